"""What the knowledge base says already: one more witness of a fact between two things that are linked to it.

A fact that it holds is likelier than the text alone makes it; one that it contradicts is less likely, where the
property has one value that stays. By how much was measured on documents of Re-DocRED's training split that no network
learned from (``tests/weighing_quality.py``): of 107 facts that it holds 86 were annotated where 63 were expected, of 56
contradicted countries, continents and capitals 6 where 17 were. What may change, such as an employer, it cannot
contradict. A place that does not lie in a country is no province of it either (16 of 69 where 28 were expected). These
documents hold too few linked people and rivers to tell: their properties are weighed as those of places are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import exp
from typing import Final, Protocol

from graphwright.pipeline.records import Entity, Relation

HELD: Final = 1.5
CONTRADICTED: Final = -1.5
ELSEWHERE: Final = -1.0
"""What is added to the logarithm of a fact's odds."""
COUNTRY, WITHIN, CONTAINS = "P17", "P131", "P150"
LASTING: Final = frozenset({"P17", "P19", "P20", "P22", "P25", "P30", "P36", "P403"})
"""Country, places of birth and death, father, mother, continent, capital, mouth of a river."""
SURE: Final = 0.9999
"""The most that is believed of a fact."""


class KnownFacts(Protocol):
    def values(self, kb_id: str, property: str) -> Collection[str]:
        """The ids that a property of an id has in the knowledge base; none where it says nothing."""


def weighed(relations: Iterable[Relation], entities: Sequence[Entity], known: KnownFacts) -> Iterator[Relation]:
    """The relations, in order, with what is known of their ends."""
    ids = {entity.id: entity.kb_id for entity in entities}
    found = [(relation, _weight(relation, ids, known)) for relation in relations]
    abroad = {(r.head, r.tail) for r, weight in found if r.type == COUNTRY and weight == CONTRADICTED}
    for relation, weight in found:
        yield _moved(relation, weight or _weight_of_place(relation, abroad))


def witness(relation: Relation, entities: Iterable[Entity], known: KnownFacts) -> str:
    """What the knowledge base says of a fact, in words; "" where that is nothing or nothing that weighs."""
    ids = {entity.id: entity.kb_id for entity in entities}
    weight, head = _weight(relation, ids, known), ids[relation.head]
    if weight == HELD:
        return "so says the knowledge base"
    return f"the knowledge base says {_told(known.values(head, relation.type))}" if head and weight else ""


def _told(values: Iterable[str]) -> str:
    return ", ".join(sorted(values, key=lambda value: (len(value), value)))


def _weight(relation: Relation, ids: Mapping[int, str | None], known: KnownFacts) -> float:
    head, tail = ids[relation.head], ids[relation.tail]
    values = known.values(head, relation.type) if head and tail else ()
    if tail in values:
        return HELD
    return CONTRADICTED if values and relation.type in LASTING else 0.0


def _weight_of_place(relation: Relation, abroad: Collection[tuple[int, int]]) -> float:
    inner, outer = (relation.tail, relation.head) if relation.type == CONTAINS else (relation.head, relation.tail)
    return ELSEWHERE if relation.type in (WITHIN, CONTAINS) and (inner, outer) in abroad else 0.0


def _moved(relation: Relation, weight: float) -> Relation:
    if not weight:
        return relation
    chance = min(relation.score, SURE)
    odds = chance / (1 - chance) * exp(weight)
    return replace(relation, score=min(round(odds / (1 + odds), 4), SURE))
