"""Whom a surname alone means: the one person whom the text named in full before, where only one has that surname.

Of 505 such surnames in the training documents of Re-DocRED and KnowledgeNet the annotators joined 440; those of the
others that were looked at are mostly oversights of theirs ("Aguilera" behind "Christina Aguilera").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graphwright.pipeline.given_names import gender_of_name
from graphwright.pipeline.mention_traits import GENDERS, mention_traits
from graphwright.pipeline.names import normalise, person_words
from graphwright.pipeline.records import Mention, Span


def surname_antecedents(text: str, names: Sequence[Mention]) -> Iterator[tuple[Span, Mention]]:
    """(span of a surname that stands alone, the full name before it). ``names`` are sorted by start.

    What is a given name as well ("Charles" behind "Ray Charles") is left to others.
    """
    bearers: dict[str, dict[str, Mention]] = {}
    for name in names:
        if name.label != "PER":
            continue
        words = person_words(normalise(text[name.start : name.end]))
        if len(words) > 1:
            bearers.setdefault(words[-1], {}).setdefault(" ".join(words), name)
        elif words and len(known := bearers.get(words[0], {})) == 1 and gender_of_name(words[0]) == "unknown":
            (full,) = known.values()
            if _fits(text, name, full):
                yield name.span, full


def _fits(text: str, surname: Mention, full: Mention) -> bool:
    """Whether a title that tells a gender ("Mrs. Bennet") tells that of the full name, too."""
    titled, named = mention_traits(text, [surname, full])
    return GENDERS[titled.gender] not in ("male", "female") or titled.gender == named.likely_gender
