"""Options that lie elsewhere than the text says: "Paris, Texas" and "Cambridge is a town in Ontario" are no capitals
and no universities of other countries, however well known these are.

Only what cannot be a list counts: "Paris, Texas" names a part of a country behind the comma, "in Paris, Germany agreed"
does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from graphwright.pipeline.knowledge import KnowledgeBase
from graphwright.pipeline.knowledge_entries import KnowledgeEntity
from graphwright.pipeline.linking_places import PLACE_NAME, countries_in, located_in
from graphwright.pipeline.records import Document, Entity

_KIND = (
    "(?:city|town|village|hamlet|municipality|township|commune|borough|suburb|district|county seat|capital|port|"
    "seaport|resort|settlement|parish|community)"
)
_DEFINED = re.compile(
    rf"(?: is| was|,)(?: an?| the)(?: [a-z][\w-]*){{0,4}}? {_KIND}(?: and [a-z]+)? (?:in|of|on) (?:the )?"
    rf"({PLACE_NAME}(?:, (?:in )?{PLACE_NAME}){{0,2}})"
)
_BEHIND = re.compile(rf", ({PLACE_NAME})(?![\w'’-]|,? (?:and|or)\b)")
_PLACE = re.compile(PLACE_NAME)
_DIVISION = re.compile(
    r"\b(?:states?|provinces?|territor(?:y|ies)|regions?|prefectures?|cantons?|voivodeships?)\b", re.I
)
_CITY = re.compile(r"\b(?:city|capital)\b", re.I)
_COUNTRY = re.compile(r"\b(?:country|countries|sovereign state|nation|republic)\b", re.I)
_UNITED_STATES = 30
_MENTIONS = 50
_MEANINGS = 3


def stated_places(document: Document, entity: Entity, base: KnowledgeBase) -> frozenset[int]:
    """Id numbers of what the text says a place lies in, with the countries of these; empty where it says nothing."""
    if entity.label != "LOC":
        return frozenset()
    found: set[int] = set()
    for mention in islice((m for m in entity.mentions if m.form == "name"), _MENTIONS):
        if defined := _DEFINED.match(document.text, mention.end):
            names = _PLACE.findall(defined[1])
            found |= _with_countries([place for name in names for place in _likeliest(name, base)], base)
        elif behind := _BEHIND.match(document.text, mention.end):
            found |= _with_countries(_divisions(behind[1], base), base)
    return frozenset(found)


def not_elsewhere(entities: Iterable[KnowledgeEntity], stated: frozenset[int], base: KnowledgeBase) -> set[str]:
    """Ids of the entities that may lie where it is stated.

    What is not known to be a place counts while none is known to lie elsewhere: where the well-known place is not
    meant, the council that is called after it hardly is.
    """
    if not stated:
        return {entity.id for entity in entities}
    places = {entity: _places_of(entity, base) for entity in entities}
    elsewhere = {entity for entity, own in places.items() if own and own.isdisjoint(stated)}
    fitting = (entity for entity, own in places.items() if own or entity.label == "LOC" or not elsewhere)
    return {entity.id for entity in fitting if entity not in elsewhere}


def _places_of(entity: KnowledgeEntity, base: KnowledgeBase) -> set[int]:
    """Where an entity is known to lie, by its claims or what stands behind the comma of its name."""
    names = _PLACE.findall(entity.name.partition(",")[2])
    behind = [place for name in names for place in _likeliest(name, base)]
    return located_in(int(entity.id[1:]), base) or _with_countries(behind, base)


def _meanings(name: str, base: KnowledgeBase) -> list[KnowledgeEntity]:
    found = (candidate.entity for candidate in base.named(name)[:_MEANINGS])
    return [entity for entity in found if entity.label == "LOC"]


def _likeliest(name: str, base: KnowledgeBase) -> list[KnowledgeEntity]:
    return _divisions(name, base) or _meanings(name, base)


def _divisions(name: str, base: KnowledgeBase) -> list[KnowledgeEntity]:
    """The part of a country that a name means; none where it may as well be that of a country, or is rather that of a
    city, which a list could go on with ("Geneva, Vienna and Nairobi").
    """
    meanings = _meanings(name, base)
    kinds = [" . ".join(entity.types) for entity in meanings]
    if not kinds or not _DIVISION.search(kinds[0]) or _CITY.search(kinds[0]) or any(map(_COUNTRY.search, kinds)):
        return []
    return meanings[:1]


def _with_countries(entities: Sequence[KnowledgeEntity], base: KnowledgeBase) -> set[int]:
    """Id numbers of places with those of what they lie in; none at all where the country of one is not known."""
    found: set[int] = set()
    for entity in entities:
        kinds = " . ".join(entity.types)
        # "province of Canada" tells what no claim does.
        around = located_in(int(entity.id[1:]), base) | countries_in(kinds, base)
        if re.search(r"\bUS\b", kinds):
            around.add(_UNITED_STATES)
        if not around and not _COUNTRY.search(kinds):
            return set()
        found |= {int(entity.id[1:]), *around}
    return found
