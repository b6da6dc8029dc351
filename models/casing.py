"""Texts in small letters or in capitals alone: read as they would be written, and as they are.

Letter case tells names from other words, so that a network that reads it is lost without it. Truecasing (Lita et al.
2003), here by how each word is mostly written, gives it back; what is no known word is taken for a name.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from graphwright.models.pieces import letter_counts
from graphwright.pipeline.sentences import sentences

WORD = re.compile(r"[^\W\d_]+")
FEW_CAPITALS, FEW_SMALL = 0.005, 0.05
"""A text with no larger share of such letters, among those that have a case, is in one case; prose has 3 % capitals."""


def one_case(text: str) -> Literal["small", "capitals"] | None:
    """The case of a text in small letters alone or in capitals alone, but for a few.

    >>> one_case("vera lund lives in oslo"), one_case("VERA LUND LIVES IN OSLO"), one_case("Vera"), one_case("42")
    ('small', 'capitals', None, None)
    """
    small, capital = letter_counts(text)
    both = small + capital
    if both and capital <= FEW_CAPITALS * both:
        return "small"
    return "capitals" if both and small <= FEW_SMALL * both else None


@dataclass(frozen=True, slots=True)
class Casing:
    """Words that are mostly written in ``small`` letters, and those mostly in ``capitals``; without case here."""

    small: frozenset[str]
    capitals: frozenset[str]

    def restored(self, text: str) -> str:
        """The text with the letter case that it would have, of the same length."""
        starts = {start for start, _ in sentences(text)}
        parts, at = [], 0
        for word in WORD.finditer(text):
            parts += [text[at : word.start()], self._written(word.group(), begins=word.start() in starts)]
            at = word.end()
        return "".join((*parts, text[at:]))

    def _written(self, word: str, *, begins: bool) -> str:
        plain = word.lower()
        if plain in self.capitals:
            written = plain.upper()
        elif plain in self.small and not begins:
            written = plain
        else:
            written = plain[:1].upper() + plain[1:]
        return written if len(written) == len(word) else word


def learned_casing(texts: Iterable[str]) -> Casing:
    """How words are mostly written in texts; texts in one case, first words of sentences, and sentences in capitals say
    nothing.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for text in (text for text in texts if not one_case(text)):
        for start, end in sentences(text):
            words = [word.group() for word in WORD.finditer(text, start, end)]
            if sum(word.isupper() for word in words) * 2 <= len(words):
                for place, word in enumerate(words):
                    if place or word.islower() or word[1:].isupper():
                        counts[word.lower()][_kind(word)] += 1
    kinds = [(word, found["small"], found["title"], found["capitals"]) for word, found in counts.items()]
    mostly_small = frozenset(word for word, small, title, capitals in kinds if small >= max(title, capitals))
    mostly_capitals = frozenset(word for word, small, title, capitals in kinds if capitals > max(1, title, small))
    return Casing(mostly_small, mostly_capitals)


def _kind(word: str) -> str:
    if word.islower():
        return "small"
    return "capitals" if len(word) > 1 and word.isupper() else "title"


def save_casing(casing: Casing, path: Path) -> None:
    """Write the words, one a line, each as it is written."""
    words = sorted({*casing.small, *(word.upper() for word in casing.capitals)})
    path.write_text("".join(f"{word}\n" for word in words), encoding="utf-8")


def load_casing(path: Path) -> Casing | None:
    """What ``save_casing`` wrote; ``None`` where there is no such file, for weights from before it."""
    if not path.is_file():
        return None
    words = path.read_text(encoding="utf-8").split("\n")[:-1]
    capitals = frozenset(word.lower() for word in words if word.isupper())
    return Casing(frozenset(words) - {word.upper() for word in capitals}, capitals)
