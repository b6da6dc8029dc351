"""Father or mother: networks mistake one for the other, where the pronouns of a text leave no doubt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from graphwright.pipeline.pronouns import pronoun_kind
from graphwright.pipeline.records import Entity, Relation

FATHER, MOTHER = "P22", "P25"
"""Properties of Wikidata: the tail is the head's father, or mother."""
_PARENTS: Final[Mapping[str, str]] = MappingProxyType({"he": FATHER, "she": MOTHER})


def parents_by_pronoun(text: str, entities: Sequence[Entity], relations: Iterable[Relation]) -> list[Relation]:
    """The relations, with a parent that is called "he" as the father and one that is called "she" as the mother.

    Who is called both, or neither, stays what the network says. Each fact once, in order, with its highest score.
    """
    by_id = {entity.id: entity for entity in entities}
    best: dict[tuple[int, str, int], Relation] = {}
    for relation in relations:
        told = _parent(text, by_id[relation.tail]) if relation.type in (FATHER, MOTHER) else None
        known = replace(relation, type=told) if told else relation
        key = (known.head, known.type, known.tail)
        if key not in best or known.score > best[key].score:
            best[key] = known
    return list(best.values())


def _parent(text: str, entity: Entity) -> str | None:
    pronouns = (pronoun_kind(text[m.start : m.end]) for m in entity.mentions if m.form == "pronoun")
    told = {_PARENTS[kind] for kind in pronouns if kind and kind in _PARENTS}
    return told.pop() if len(told) == 1 else None
