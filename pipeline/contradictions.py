"""Where documents contradict each other: facts of which only one can be true, and lives that end before they begin.

Both sides stay in the graph with their evidence; who reads it decides. No contradiction are a date that is part of
another, a place within another, and two places of one sentence ("in Torquay, Devon"), of which the surer is meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol
from typing import Literal as Choice

from graphwright.pipeline.graph import Literal, Statement
from graphwright.pipeline.violations import DATES, ORDERED, is_before

WITHIN: Final = frozenset({"P131", "P17"})
"""Wikidata's properties of what lies within what: administrative unit, country."""
STEPS: Final = 2
"""How far up places are followed."""
Rule = Choice["one value", "order of dates"]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Statements about one thing that cannot all be true, the surest first, with their evidence."""

    subject: str
    rule: Rule
    statements: tuple[Statement, ...]


class OneValued(Protocol):
    """A property of a schema."""

    @property
    def functional(self) -> bool:
        """Whether a thing has one value of it only."""


def is_concerned(statement: Statement, properties: Mapping[str, OneValued]) -> bool:
    """Whether a statement can be part of a contradiction, or tell that there is none."""
    found = properties.get(statement.predicate)
    told = statement.predicate in WITHIN or any(statement.predicate in pair for pair in ORDERED)
    return statement.band == "keep" and (told or (found is not None and found.functional))


def contradictions(statements: Iterable[Statement], properties: Mapping[str, OneValued]) -> tuple[Contradiction, ...]:
    """All contradictions between kept statements, ordered by the ids of the things.

    In memory are only the statements of functional properties, of dates that have an order, and of what lies where.
    """
    single = {key for key, found in properties.items() if found.functional}
    ordered = {key for pair in ORDERED for key in pair}
    about: dict[str, list[Statement]] = defaultdict(list)
    around: dict[str, set[str]] = defaultdict(set)
    for item in statements:
        if item.band != "keep":
            continue
        if item.predicate in single | ordered:
            about[item.subject].append(item)
        if item.predicate in WITHIN and isinstance(item.object, str):
            around[item.subject].add(item.object)
    found: list[Contradiction] = []
    for subject in sorted(about):
        found += _many(about[subject], single, around)
        found += _disordered(about[subject])
    return tuple(found)


def _many(
    told: list[Statement], single: Collection[str], around: Mapping[str, Collection[str]]
) -> Iterator[Contradiction]:
    groups: dict[str, list[Statement]] = defaultdict(list)
    for item in told:
        if item.predicate in single:
            groups[item.predicate].append(item)
    for predicate in sorted(groups):
        group = groups[predicate]
        versions = [one for one in group if not any(_gives_way(one, other, around) for other in group)]
        if len({item.object for item in versions}) > 1:
            yield _contradiction("one value", versions)


def _gives_way(one: Statement, other: Statement, around: Mapping[str, Collection[str]]) -> bool:
    """Whether a statement says less than another, or what it says is part of how the other is told."""
    if one.id == other.id:
        return False
    if isinstance(one.object, Literal) or isinstance(other.object, Literal):
        return _is_part(one.object, other.object)
    return one.object in _wider(other.object, around) or (one.score < other.score and _share_a_sentence(one, other))


def _is_part(one: str | Literal, other: str | Literal) -> bool:
    """Whether a date is told less exactly than another that agrees with it."""
    if isinstance(one, str) or isinstance(other, str) or not {one.datatype, other.datatype} <= DATES:
        return False
    return one.value != other.value and other.value.startswith(one.value + "-")


def _wider(place: str, around: Mapping[str, Collection[str]]) -> set[str]:
    found, edge = set[str](), {place}
    for _ in range(STEPS):
        edge = {outer for inner in edge for outer in around.get(inner, ())} - found - {place}
        found |= edge
    return found


def _share_a_sentence(one: Statement, other: Statement) -> bool:
    places = {(item.document, item.sentence) for item in one.evidence}
    return any((item.document, item.sentence) in places for item in other.evidence)


def _disordered(told: list[Statement]) -> Iterator[Contradiction]:
    """Ends that come before every start."""
    for first, last in ORDERED:
        starts = [item for item in told if item.predicate == first and _date(item)]
        for end in told:
            if end.predicate != last or not _date(end) or not starts:
                continue
            if all(is_before(end.object, start.object) for start in starts):  # type: ignore[arg-type]  # both are dates
                yield _contradiction("order of dates", [*starts, end])


def _date(item: Statement) -> bool:
    return isinstance(item.object, Literal) and item.object.datatype in DATES


def _contradiction(rule: Rule, statements: Iterable[Statement]) -> Contradiction:
    ordered = sorted(statements, key=lambda item: (-item.score, item.id))
    return Contradiction(ordered[0].subject, rule, tuple(ordered))
