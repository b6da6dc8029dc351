"""Where the text around a name says that it is: countries named near it, the place that follows it after a comma."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

from graphwright.pipeline.kb.nationalities import NAMED_WITH, nationalities
from graphwright.pipeline.knowledge import KnowledgeBase
from graphwright.pipeline.names import normalise
from graphwright.pipeline.records import Document, Entity

FEATURES = (
    "country near", "country in document", "other country near", "place behind", "country of place behind",
    "other country behind", "place before", "country of place before",
)  # fmt: skip
_NEAR = 120
"""So many characters around a name a country counts as near."""
_MENTIONS = 50
"""So many of an entity's names are looked around at."""
_LOCATED = frozenset({NAMED_WITH, 17, 19, 20, 27, 36, 131, 159, 276, 361, 495, 551, 740, 937})
_WITHIN = frozenset({17})
_COUNTRY = frozenset({NAMED_WITH, 17, 27, 495})
_WORD = r"(?:(?:[A-Z]\.)+|(?:St|Mt|Ft)\.|[A-Z][\w'’-]*)"
PLACE_NAME: Final = rf"{_WORD}(?: {_WORD}){{0,2}}"
"""Up to three capitalised words; a full stop is part of a name in "D.C." and "St. Louis" only."""
_BEHIND = re.compile(rf",?\s*\(?({PLACE_NAME})")
_BEFORE = re.compile(rf"({PLACE_NAME}),\s*$")
_MEANINGS = 3
_OBJECTS = 60


@dataclass(frozen=True, slots=True)
class Setting:
    """Ids (numbers) of the countries named near an entity's names, and of what the names beside a comma may mean."""

    near: frozenset[int]
    behind: frozenset[int]
    before: frozenset[int]


def setting_of(document: Document, entity: Entity, base: KnowledgeBase) -> Setting:
    near: set[int] = set()
    behind: set[int] = set()
    before: set[int] = set()
    text = document.text
    for mention in islice((m for m in entity.mentions if m.form == "name"), _MENTIONS):
        start, end = max(0, mention.start - _NEAR), mention.end + _NEAR
        near |= countries_in(f"{text[start : mention.start]} . {text[mention.end : end]}", base)
        if after := _BEHIND.match(text, mention.end):
            behind |= _meanings(after[1], base)
        if ahead := _BEFORE.search(text, start, mention.start):
            before |= _meanings(ahead[1], base)
    return Setting(frozenset(near), frozenset(behind), frozenset(before))


def countries_in(text: str, base: KnowledgeBase) -> set[int]:
    """Ids of the countries that a text names, by name or adjective, with those that these lie in."""
    words, known = normalise(text).split(), _countries(base)
    grams = (" ".join(words[start : start + length]) for length in (1, 2, 3) for start in range(len(words)))
    found = {known[gram] for gram in grams if gram in known}
    return found | _objects(sorted(found), _WITHIN, base)


@lru_cache(maxsize=8)
def _countries(base: KnowledgeBase) -> Mapping[str, int]:
    """Normalised names and adjectives of countries, each with the number of its id."""
    adjectives = nationalities()
    names = base.names(sorted(set(adjectives.values())))
    return {normalise(name): number for number, name in names.items()} | dict(adjectives)


def _meanings(name: str, base: KnowledgeBase) -> set[int]:
    return {int(option.entity.id[1:]) for option in base.named(name)[:_MEANINGS]}


def place_features(number: int, setting: Setting, named: frozenset[int], base: KnowledgeBase) -> list[float]:
    """Columns ``FEATURES`` of one option: ``number`` is that of its id, ``named`` are the countries of the document."""
    own = located_in(number, base)
    behind = _objects(setting.behind, _COUNTRY, base)
    holds = _objects(setting.before, _LOCATED, base)
    return [
        float(not own.isdisjoint(setting.near)),
        float(not own.isdisjoint(named)),
        float(bool(own) and bool(setting.near) and own.isdisjoint(setting.near)),
        float(not own.isdisjoint(setting.behind)),
        float(not own.isdisjoint(behind)),
        float(bool(own) and bool(behind) and own.isdisjoint(behind) and own.isdisjoint(setting.behind)),
        float(number in holds),
        float(not own.isdisjoint(holds)),
    ]


def located_in(number: int, base: KnowledgeBase) -> set[int]:
    """Id numbers of the places that an entity has to do with, and of their countries, as far as they are known."""
    places = _objects((number,), _LOCATED, base)
    return _objects((number,), _COUNTRY, base) | _objects(sorted(places), _COUNTRY - {NAMED_WITH}, base) | places


def _objects(numbers: Iterable[int], properties: frozenset[int], base: KnowledgeBase) -> set[int]:
    return {value for one in numbers for attribute, value in base.claims(one)[:_OBJECTS] if attribute in properties}
