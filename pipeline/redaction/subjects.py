"""Names that are to be taken out, found wherever they stand: also where no network took them for a name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from graphwright.pipeline.names import SMALL_WORDS, SUFFIXES, TITLES
from graphwright.pipeline.pronouns import pronoun_kind
from graphwright.pipeline.records import Annotated, Entity, Mention
from graphwright.pipeline.redaction.cuts import Cut
from graphwright.pipeline.redaction.policy import Redaction, is_pseudonym, marker

_WORD: Final = re.compile(r"[^\W_]+")
_UNSPACED: Final = 0x2E80
"""From here on scripts are written without spaces between words."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A name and what takes its place; ``part``: it is a word of a name."""

    name: str
    kind: str
    text: str
    dropped: bool
    part: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """Names by their first word, the longest first; ``unspaced`` are those of scripts without spaces."""

    by_word: dict[str, list[Wanted]]
    unspaced: tuple[Wanted, ...]

    def cuts(self, text: str) -> Iterator[Cut]:
        """Where names stand as whole words, in the letters of the name or in capitals."""
        for match in _WORD.finditer(text) if self.by_word else ():
            for wanted in self.by_word.get(match.group(), ()):
                found = _form(wanted.name).match(text, match.start())
                if found:
                    yield Cut(*found.span(), wanted.kind, wanted.text, wanted.dropped)
                    break
        for wanted in self.unspaced:
            for found in re.finditer(re.escape(wanted.name), text):
                yield Cut(*found.span(), wanted.kind, wanted.text, wanted.dropped)


def wanted_names(documents: Iterable[Annotated], redaction: Redaction) -> Names:
    """The names of all entities that do not stay, and the words of which persons' names are made.

    Of two with one name, dropping goes first, then whole names, then the smaller replacement. A word that several
    persons share stands for none of them.
    """
    same: dict[str, set[Wanted]] = defaultdict(set)
    for wanted in _all(documents, redaction):
        same[wanted.name].add(wanted)
    by_word: dict[str, list[Wanted]] = defaultdict(list)
    unspaced = []
    for name in sorted(same, key=lambda name: (-len(name), name)):
        first = _WORD.search(name)
        if any(ord(char) >= _UNSPACED for char in name):
            unspaced.append(_chosen(same[name]))
        elif first:
            by_word[first.group()].append(_chosen(same[name]))
    return Names(dict(by_word), tuple(unspaced))


def _chosen(same: set[Wanted]) -> Wanted:
    found = min(same, key=lambda item: (not item.dropped, item.part, item.text))
    shared = found.part and len({item.text for item in same}) > 1
    return replace(found, text=marker(found.kind)) if shared else found


def subjects(annotated: Annotated, redaction: Redaction) -> Iterator[Entity]:
    """The entities that do not stay; so do mentions of such a label that belong to no entity, or to one that stays."""
    owned: set[Mention] = set()
    for entity in annotated.entities:
        if redaction.of(entity.label) != "keep":
            owned.update(entity.mentions)
            yield entity
    others = {item for entity in annotated.entities for item in entity.mentions} | set(annotated.mentions)
    for mention in sorted(others - owned, key=lambda item: (item.span, item.label, item.score)):
        if redaction.of(mention.label) != "keep" and mention.form == "name":
            text = annotated.document.text[mention.start : mention.end]
            yield Entity(-1, text, mention.label, (mention,))


def _all(documents: Iterable[Annotated], redaction: Redaction) -> Iterator[Wanted]:
    for annotated in documents:
        for entity in subjects(annotated, redaction):
            text, dropped = redaction.replacement(entity.label, entity.name), redaction.of(entity.label) == "drop"
            names = _names(annotated, entity)
            for name in names:
                yield Wanted(name, entity.label, text, dropped)
            for word in _words_of(names) - names if entity.label == "PER" else ():
                yield Wanted(word, entity.label, text, dropped, part=True)


def _names(annotated: Annotated, entity: Entity) -> set[str]:
    """The names of an entity without what surrounds their letters, also in capitals."""
    text = annotated.document.text
    said = {text[item.start : item.end] for item in entity.mentions if item.form == "name"} | {entity.name}
    return _loud({bare for name in said if not is_pseudonym(name) and (bare := _bare(name)) and not pronoun_kind(bare)})


def _words_of(names: set[str]) -> set[str]:
    """The words of a person's names, also in capitals."""
    return _loud({word for name in names for word in _telling(name)})


def _loud(names: set[str]) -> set[str]:
    return names | {name.upper() for name in names if len(name) > 2}


def _bare(name: str) -> str:
    words = list(_WORD.finditer(name))
    return name[words[0].start() : words[-1].end()] if words else ""


def _telling(name: str) -> Iterator[str]:
    """The words of a person's name that say who it is: no title before it, no suffix, no small word, no initial."""
    words = _WORD.findall(name)
    while len(words) > 1 and words[0].casefold() in TITLES:
        words.pop(0)
    for word in words:
        small = word.casefold() in SMALL_WORDS | SUFFIXES
        if len(word) > 1 and word[0].isupper() and not small and not pronoun_kind(word):
            yield word


@lru_cache(maxsize=4096)
def _form(name: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(map(re.escape, name.split())) + r"(?![^\W_])")
