"""What networks do not know of parents: whom a text calls "she", or by a woman's name, is a mother, and a child has two
parents at most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from graphwright.pipeline.given_names import gender_of_name
from graphwright.pipeline.pronouns import PRONOUN_GENDERS, pronoun_kind
from graphwright.pipeline.records import Entity, Relation

FATHER, MOTHER, CHILD = "P22", "P25", "P40"
"""Properties of Wikidata: the tail is the head's father, mother, child."""
PARENTS: Final = 2
SURE: Final = 1 - 1e-6
_BY_GENDER: Final[Mapping[str, str]] = MappingProxyType({"male": FATHER, "female": MOTHER})


def fathers_and_mothers(text: str, entities: Sequence[Entity], relations: Iterable[Relation]) -> list[Relation]:
    """The relations, with a parent that is called "he" as the father and one that is called "she" as the mother; where
    a text says neither, the given name does. In training data it agreed in 424 of 425 places where it says anything.

    Who is called both stays what the network says. A parent has the child and a child the parent with one probability:
    the higher one. Each fact once, in order.
    """
    by_id = {entity.id: entity for entity in entities}
    best: dict[tuple[int, str, int], Relation] = {}
    for relation in relations:
        for known in _known(relation, text, by_id):
            key = (known.head, known.type, known.tail)
            if key not in best or known.score > best[key].score:
                best[key] = known
    return list(best.values())


def _known(relation: Relation, text: str, entities: Mapping[int, Entity]) -> Iterator[Relation]:
    """What a relation says, and what follows between a child and its parent. Annotators mostly say both: of 53 children
    whose parent's gender is told Re-DocRED's training documents give 49 the father or mother, too.
    """
    if relation.type in (FATHER, MOTHER):
        told = _parent(text, entities[relation.tail])
        yield replace(relation, type=told) if told else relation
        yield replace(relation, type=CHILD, head=relation.tail, tail=relation.head)
        return
    yield relation
    if relation.type == CHILD and (told := _parent(text, entities[relation.head])):
        yield replace(relation, type=told, head=relation.tail, tail=relation.head)


def _parent(text: str, entity: Entity) -> str | None:
    pronouns = (pronoun_kind(text[m.start : m.end]) for m in entity.mentions if m.form == "pronoun")
    told = {_BY_GENDER[PRONOUN_GENDERS[kind]] for kind in pronouns if kind in PRONOUN_GENDERS}
    # One word may be a surname.
    named = _BY_GENDER.get(gender_of_name(entity.name)) if " " in entity.name else None
    return next(iter(told), named) if len(told) < 2 else None


def with_two_parents(relations: Sequence[Relation]) -> list[Relation]:
    """The relations, where a child has more parents than two with the probability of each, given that two are the most.

    Probabilities are taken for independent but for that. Only what the text asserts counts.
    """
    parents: dict[int, dict[int, float]] = defaultdict(dict)
    for relation in relations:
        if relation.assertion == "asserted" and (ends := _child_and_parent(relation)):
            child, parent = ends
            parents[child][parent] = max(relation.score, parents[child].get(parent, 0.0))
    share = {
        (child, parent): chance / before
        for child, found in parents.items()
        if len(found) > PARENTS
        for (parent, before), chance in zip(found.items(), at_most(PARENTS, list(found.values())), strict=True)
    }
    return [_lowered(relation, share.get(_child_and_parent(relation) or (-1, -1), 1.0)) for relation in relations]


def _child_and_parent(relation: Relation) -> tuple[int, int] | None:
    if relation.type == CHILD:
        return relation.tail, relation.head
    return (relation.head, relation.tail) if relation.type in (FATHER, MOTHER) else None


def _lowered(relation: Relation, share: float) -> Relation:
    if share == 1.0 or relation.assertion != "asserted":
        return relation
    return replace(relation, score=round(relation.score * share, 4))


def at_most(most: int, chances: Sequence[float]) -> list[float]:
    """The probability of each event, given that no more than ``most`` of them happen; else they are independent.

    >>> [round(chance, 2) for chance in at_most(1, [0.9, 0.5])]
    [0.82, 0.09]
    """
    bounded = [min(chance, SURE) for chance in chances]
    whole = sum(_counts(bounded, most))
    others = (bounded[:place] + bounded[place + 1 :] for place in range(len(bounded)))
    return [chance * sum(_counts(rest, most - 1)) / whole for chance, rest in zip(bounded, others, strict=True)]


def _counts(chances: Sequence[float], most: int) -> list[float]:
    """The probability that 0, 1, ... ``most`` of independent events happen (the Poisson binomial distribution)."""
    counts = [1.0, *[0.0] * most]
    for chance in chances:
        moved = [0.0, *(count * chance for count in counts[:-1])]
        counts = [count * (1 - chance) + more for count, more in zip(counts, moved, strict=True)]
    return counts
