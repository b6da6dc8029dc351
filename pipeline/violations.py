"""Which facts of one document break the schema: what stands at their ends, and the order of dates.

A pure function of the contribution, so that nothing that breaks the schema is written, whatever the order of documents.
What shows only when documents meet, such as a thing that each calls by another type, is for ``quality.check``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from typing import Literal as Choice

from graphwright.pipeline.graph import Contribution, Fact, Literal
from graphwright.pipeline.schema import Schema

Rule = Choice["unknown property", "type of the subject", "type of the object", "order of dates"]
RULES_VERSION: Final = "1"
"""Changes with the rules, and with it what a document's contribution depends on."""
DATATYPES: Final = {"TIME": ("date", "gYear", "gYearMonth"), "NUM": ("decimal", "integer")}
ORDERED: Final = (("P569", "P570"), ("P571", "P576"), ("P580", "P582"))
"""Wikidata's properties of a start and of the end that cannot come before it: birth, founding, start time."""
DATES: Final = frozenset(DATATYPES["TIME"])


@dataclass(frozen=True, slots=True)
class Broken:
    """A fact, the rule that it breaks, and how, in words."""

    fact: Fact
    rule: Rule
    reason: str


def separate(part: Contribution, schema: Schema) -> tuple[Contribution, tuple[Broken, ...]]:
    """The contribution without the facts that break the schema, and these, in the contribution's order."""
    labels = {item.id: item.label for item in part.occurrences}
    misplaced = [broken for fact in part.facts if (broken := misplaced_fact(fact, labels, schema))]
    out = {item.fact.id: item for item in misplaced}
    things = {item.id: item.kb_id or item.id for item in part.occurrences}
    lives = defaultdict(list)
    for fact in part.facts:
        if fact.id not in out and is_asserted_date(fact):
            lives[things[fact.subject]].append(fact)
    out |= {item.fact.id: item for dates in lives.values() for item in disordered(dates)}
    kept = tuple(fact for fact in part.facts if fact.id not in out)
    return replace(part, facts=kept), tuple(out[fact.id] for fact in part.facts if fact.id in out)


def misplaced_fact(fact: Fact, labels: Mapping[str, str], schema: Schema) -> Broken | None:
    """Whether the ends of a fact are of types that its property does not hold between; ``labels`` by occurrence."""
    allowed = schema.properties.get(fact.predicate)
    if allowed is None:
        return Broken(fact, "unknown property", f"the schema {schema.name} has no property {fact.predicate}")
    if labels[fact.subject] not in allowed.domain:
        wanted = ", ".join(sorted(allowed.domain))
        found = labels[fact.subject]
        reason = f"the subject of {fact.predicate} must be one of {wanted}; it is {found}"
        return Broken(fact, "type of the subject", reason)
    if not fits(fact.object, labels, allowed.range):
        wanted = ", ".join(sorted(allowed.range))
        found = fact.object.datatype if isinstance(fact.object, Literal) else labels[fact.object]
        reason = f"the object of {fact.predicate} must be one of {wanted}; it is {found}"
        return Broken(fact, "type of the object", reason)
    return None


def fits(end: str | Literal, labels: Mapping[str, str], range: Collection[str]) -> bool:
    """Whether an object is of the range. A date or number that has no one value ("long ago") is of none."""
    if isinstance(end, Literal):
        return any(end.datatype in DATATYPES.get(label, ()) for label in range)
    return labels[end] in range


def is_asserted_date(fact: Fact) -> bool:
    """Whether a fact says a date and means it: what a text denies or doubts contradicts nothing."""
    return isinstance(fact.object, Literal) and fact.object.datatype in DATES and fact.evidence.assertion == "asserted"


def disordered(dates: Sequence[Fact]) -> Iterator[Broken]:
    """Dates of one thing that are out of order: an end before every start. The less sure side is the broken one.

    Several starts, or several ends, are a contradiction or periods, and both stay.
    """
    for first, last in ORDERED:
        starts = [fact for fact in dates if fact.predicate == first]
        ends = sorted((fact for fact in dates if fact.predicate == last), key=lambda f: (-f.evidence.score, f.id))
        for end in ends:
            if not starts or not all(is_before(_date(end), _date(start)) for start in starts):
                continue
            surest = min(starts, key=lambda fact: (-fact.evidence.score, fact.id))
            if surest.evidence.score >= end.evidence.score:
                yield _out_of_order(end, surest, end)
            else:
                yield from (_out_of_order(start, start, end) for start in starts)
                starts = []


def is_before(first: Literal, second: Literal) -> bool:
    """Whether a date is before another, as far as both are told: 1815 is not before May 1815.

    >>> is_before(Literal("-0043", "gYear"), Literal("0014-08-19", "date"))
    True
    """
    pairs = list(zip(_numbers(first.value), _numbers(second.value), strict=False))
    return [one for one, _ in pairs] < [other for _, other in pairs]


def _numbers(value: str) -> list[int]:
    sign, digits = (-1, value[1:]) if value.startswith("-") else (1, value)
    year, *rest = (int(part) for part in digits.split("-"))
    return [sign * year, *rest]


def _date(fact: Fact) -> Literal:
    assert isinstance(fact.object, Literal)
    return fact.object


def _out_of_order(broken: Fact, start: Fact, end: Fact) -> Broken:
    said = f"{end.predicate} {_date(end).value} is before {start.predicate} {_date(start).value}"
    other, score = (start, start.evidence.score) if broken is end else (end, end.evidence.score)
    return Broken(broken, "order of dates", f"{said}, and {other.predicate} is surer ({score:.2f})")
