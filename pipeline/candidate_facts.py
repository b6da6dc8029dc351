"""Facts that a document could yield between two of its entities, and what became of each.

Everything is asked of the functions that make the graph's facts, so that what is told is what happens in a build.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from graphwright.pipeline.contribution import UNTRAINED, Policy, contribution, has_name, reason_to_drop
from graphwright.pipeline.extraction import Extractor
from graphwright.pipeline.graph import Fact
from graphwright.pipeline.known_facts import KnownFacts, witness
from graphwright.pipeline.ledger import Ledger
from graphwright.pipeline.protocols import Annotator
from graphwright.pipeline.records import ENTITY_LABELS, LITERAL_LABELS, Annotated, Assertion, Document, Entity, Relation
from graphwright.pipeline.report_facts import attributed
from graphwright.pipeline.schema import Property, Schema, make_schema
from graphwright.pipeline.violations import Broken, separate

LEAST: Final = 0.05
"""What a relation network tells, as ``RelationClassifier.classify`` promises."""
Outcome = Literal[
    "kept", "review", "not asserted", "quarantine", "schema", "no name", "too unsure", "one entity", "not recognised"
]


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides over candidates beside the networks. ``types`` are those asked about; empty means all."""

    schema: Schema
    policy: Policy
    types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reading:
    """What extraction says of a document, and the relations that the schema had it leave out.

    ``types`` are those that the relation network knows; ``None`` where that is not said. ``known`` weighed on scores.
    """

    annotated: Annotated
    forbidden: tuple[Relation, ...] = ()
    types: frozenset[str] | None = None
    known: KnownFacts | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fact that could be, its probability (``None``: less than ``LEAST``), and what became of it.

    ``evidence`` is the id of its evidence in the graph, "" where nothing of it gets there; ``statement`` is the id of
    the statement that rests on it.
    """

    head: str
    type: str
    name: str
    tail: str
    score: float | None
    outcome: Outcome
    reason: str
    assertion: Assertion = "asserted"
    qualifiers: tuple[tuple[str, str], ...] = ()
    evidence: str = ""
    statement: str = ""


def read(annotator: Annotator, document: Document) -> Reading:
    """Extraction on one document. What the schema forbids is known only where the annotator is our ``Extractor``."""
    annotated = next(annotator.annotate([document]))
    if not isinstance(annotator, Extractor):
        return Reading(annotated)
    everything = next(unrestricted(annotator).annotate([document]))
    labels = {entity.id: entity.label for entity in everything.entities}
    forbidden = []
    for relation in everything.relations or ():
        allowed = annotator.schema.candidate_types(labels[relation.head], labels[relation.tail])
        # Of pairs between which nothing is allowed, a network has learned nothing.
        if allowed and relation.type not in allowed:
            forbidden.append(relation)
    return Reading(annotated, tuple(forbidden), frozenset(annotator.relations.types), annotator.known)


def unrestricted(extractor: Extractor) -> Extractor:
    """The extractor with a schema in which every type of its network may hold between anything."""
    labels = tuple(dict.fromkeys((*ENTITY_LABELS, *extractor.schema.labels)))
    heads, tails = frozenset(labels) - LITERAL_LABELS, frozenset(labels)
    types = enumerate(extractor.relations.types)
    properties = [Property(key, key, f"TYPE_{number}", heads, tails) for number, key in types]
    return replace(extractor, schema=make_schema("anything", labels, properties))


def broken_facts(annotated: Annotated, rules: Rules) -> dict[str, Broken]:
    """Fact id -> how it breaks the schema, of the document's facts that a build puts into quarantine."""
    whole = contribution(annotated, "", rules.policy, "", Ledger())
    return {item.fact.id: item for item in separate(whole, rules.schema)[1]}


def candidates(
    reading: Reading, pair: tuple[Entity, Entity], rules: Rules, broken: Mapping[str, Broken]
) -> Iterator[Candidate]:
    """What could hold between two entities, in both directions."""
    for head, tail in (pair, pair[::-1]):
        found = _between(reading.annotated.relations or (), head, tail, rules.types)
        left_out = _between(reading.forbidden, head, tail, rules.types)
        yield from (_judged(reading, relation, (head, tail), rules, broken) for relation in found)
        yield from (_forbidden(head, relation.type, tail, relation.score, rules.schema) for relation in left_out)
        scored = {relation.type for relation in (*found, *left_out)}
        yield from _unscored(head, tail, rules, rules.types - scored, reading.types)


def _between(relations: Iterable[Relation], head: Entity, tail: Entity, types: Collection[str]) -> list[Relation]:
    ends = head.id, tail.id
    return [item for item in relations if (item.head, item.tail) == ends and (not types or item.type in types)]


def _judged(
    reading: Reading, relation: Relation, ends: tuple[Entity, Entity], rules: Rules, broken: Mapping[str, Broken]
) -> Candidate:
    """A candidate, judged as a build does."""
    annotated = reading.annotated
    said = witness(relation, ends, reading.known) if reading.known else ""
    facts = contribution(replace(annotated, relations=(relation,)), "", rules.policy, "", Ledger()).facts
    outcome, reason = _verdict(annotated, relation, rules.policy, facts, broken)
    evidence = facts[0].evidence.id if facts and outcome != "quarantine" else ""
    head, tail = (entity.name for entity in ends)
    name = _name(relation.type, rules.schema)
    how = relation.assertion, relation.qualifiers, evidence
    told = f"{reason}; {said}" if said else reason
    return Candidate(head, relation.type, name, tail, relation.score, outcome, told, *how)


def _verdict(
    annotated: Annotated, relation: Relation, policy: Policy, facts: Sequence[Fact], broken: Mapping[str, Broken]
) -> tuple[Outcome, str]:
    """The outcome and its reason: threshold, names at both ends, schema, assertion, band; ``facts`` is one or none."""
    if policy.band(relation.score) == "drop":
        return "too unsure", f"below {_digits(policy.review)}, the least that waits for review"
    if not facts:
        named = {entity.id: entity for entity in annotated.entities if has_name(entity)}
        return "no name", str(reason_to_drop(relation, named, policy))
    [fact] = facts
    if fact.id in broken:
        return "quarantine", broken[fact.id].reason
    if relation.assertion != "asserted":
        return "not asserted", f"{attributed(relation.assertion, relation.said_by)}: the text does not assert it"
    if fact.evidence.band == "keep":
        return "kept", "kept"
    language = annotated.document.language
    unsure = f"below {_digits(policy.keep)}, the least that is kept: waits for review"
    return "review", unsure if policy.trusts(language) else f"language {language}: {UNTRAINED}"


def _forbidden(head: Entity, type: str, tail: Entity, score: float | None, schema: Schema) -> Candidate:
    name = _name(type, schema)
    kind = f"the schema {schema.name} has no {name}" if type not in schema.properties else f"{name} does not hold"
    reason = f"{kind} from {head.label} to {tail.label}"
    return Candidate(head.name, type, name, tail.name, score, "schema", reason)


def _unscored(
    head: Entity, tail: Entity, rules: Rules, missing: Iterable[str], known: Collection[str] | None
) -> Iterator[Candidate]:
    """The types asked about of which the network says nothing."""
    allowed = () if head.label in LITERAL_LABELS else rules.schema.candidate_types(head.label, tail.label)
    for key in sorted(missing):
        if key not in allowed:
            yield _forbidden(head, key, tail, None, rules.schema)
            continue
        unknown = known is not None and key not in known
        reason = (
            "the relation network does not know it"
            if unknown
            else f"below {LEAST:.2f}, the least that the network tells"
        )
        yield Candidate(head.name, key, _name(key, rules.schema), tail.name, None, "too unsure", reason)


def _name(type: str, schema: Schema) -> str:
    return schema.properties[type].name if type in schema.properties else type


def _digits(threshold: float) -> str:
    """As many as it takes to tell the threshold from a score just below it.

    >>> _digits(0.5), _digits(0.69374)
    ('0.50', '0.6937')
    """
    return f"{threshold:.2f}" if round(threshold, 2) == threshold else f"{threshold:.4f}"
