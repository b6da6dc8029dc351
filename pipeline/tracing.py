"""Why a document yields a fact between two of its entities, or does not: the stages of extraction, for one pair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from graphwright.pipeline.candidate_facts import (
    LEAST,
    Candidate,
    Outcome,
    Reading,
    Rules,
    broken_facts,
    candidates,
)
from graphwright.pipeline.extraction import closest_mentions, sentence_around
from graphwright.pipeline.pairs import TOO_MANY
from graphwright.pipeline.parts import PART
from graphwright.pipeline.records import LITERAL_LABELS, Annotated, Entity, Mention, Span
from graphwright.pipeline.schema import Schema
from graphwright.pipeline.violations import Broken

ORDER: Final[tuple[Outcome, ...]] = ("kept", "review", "not asserted", "quarantine")
"""From the graph outwards; what was dropped for another reason comes after these, by probability."""


@dataclass(frozen=True, slots=True)
class TracedEntity:
    """An end of the pair as a document has it, with the words that mention it, each once."""

    name: str
    label: str
    kb_id: str | None
    mentions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """One pair in one document: where the two stand closest, the candidates, best first, and what decided.

    ``span`` covers the sentences from ``sentences[0]`` to ``sentences[1]``, counted from 1.
    """

    document: str
    source: str
    first: tuple[TracedEntity, ...]
    second: tuple[TracedEntity, ...]
    span: Span
    sentences: tuple[int, int]
    text: str
    candidates: tuple[Candidate, ...]
    outcome: Outcome
    decided: str


def trace(reading: Reading, first: Sequence[Span], second: Sequence[Span], rules: Rules) -> list[Trace]:
    """A trace of each pair of entities that are mentioned at these places of the text, the closest pair first."""
    annotated = reading.annotated
    ends = entities_at(annotated, first), entities_at(annotated, second)
    pairs = [(one, other) for one, other in product(*ends) if one.id != other.id]
    if not pairs:
        return [_no_pair(annotated, ends, (first, second))]
    near = sorted(
        pairs, key=lambda pair: (gap(*(mention.span for mention in closest_mentions(*pair))), pair[0].id, pair[1].id)
    )
    broken = broken_facts(annotated, rules)
    return [_pair_trace(reading, pair, rules, broken) for pair in near]


def best_first(traces: Iterable[Trace]) -> list[Trace]:
    """Traces in order of their best candidates; one without candidates comes last."""
    return sorted(traces, key=lambda item: (not item.candidates, *map(_order, item.candidates[:1])))


def entities_at(annotated: Annotated, spans: Iterable[Span]) -> list[Entity]:
    """Entities with a mention, other than a pronoun, that overlaps one of the spans."""
    places = list(spans)
    return [
        entity
        for entity in annotated.entities
        if any(m.form != "pronoun" and any(m.start < end and start < m.end for start, end in places)
               for m in entity.mentions)
    ]  # fmt: skip


def gap(first: Span, second: Span) -> int:
    """Characters between two spans; less than 0 where they overlap."""
    return max(first[0] - second[1], second[0] - first[1])


def _pair_trace(reading: Reading, pair: tuple[Entity, Entity], rules: Rules, broken: Mapping[str, Broken]) -> Trace:
    found = sorted(candidates(reading, pair, rules, broken), key=_order)
    spans = [mention.span for mention in closest_mentions(*pair, reading.annotated.sentences)]
    outcome, decided = _decision(found, pair, rules.schema, reading.annotated.unasked)
    return _trace(reading.annotated, ([pair[0]], [pair[1]]), spans, found, outcome, decided)


def _no_pair(
    annotated: Annotated, ends: tuple[Sequence[Entity], Sequence[Entity]], places: tuple[Sequence[Span], Sequence[Span]]
) -> Trace:
    """An end that the recogniser did not find, or two that are one entity."""
    spans = min(product(*places), key=lambda pair: (gap(*pair), pair))
    missed = [
        f"{annotated.document.text[slice(*span)]!r}" for span, found in zip(spans, ends, strict=True) if not found
    ]
    if missed:
        return _trace(
            annotated, ends, spans, (), "not recognised", f"the recogniser found no {' and no '.join(missed)}"
        )
    decided = f"coreference took both for one entity, {ends[0][0].name}"
    return _trace(annotated, ends, spans, (), "one entity", decided)


def _trace(
    annotated: Annotated,
    ends: tuple[Sequence[Entity], Sequence[Entity]],
    spans: Sequence[Span],
    found: Sequence[Candidate],
    outcome: Outcome,
    decided: str,
) -> Trace:
    document = annotated.document
    start, end = around = sentence_around(annotated.sentences, *(Mention(document.id, *span, "") for span in spans))
    first, last = (sum(begin <= place for begin, _ in annotated.sentences) for place in (start, end - 1))
    one, other = (tuple(_traced(annotated, entity) for entity in end) for end in ends)
    text = document.text[start:end]
    return Trace(document.id, document.source, one, other, around, (first, last), text, tuple(found), outcome, decided)


def _traced(annotated: Annotated, entity: Entity) -> TracedEntity:
    words = (annotated.document.text[slice(*mention.span)] for mention in entity.mentions)
    return TracedEntity(entity.name, entity.label, entity.kb_id, tuple(dict.fromkeys(words)))


def _order(candidate: Candidate) -> tuple[int, float, str, str]:
    place = ORDER.index(candidate.outcome) if candidate.outcome in ORDER else len(ORDER)
    return place, -(candidate.score or 0.0), candidate.type, candidate.head


def _decision(
    found: Sequence[Candidate], pair: tuple[Entity, Entity], schema: Schema, unasked: int
) -> tuple[Outcome, str]:
    """What became of the best candidate, and what decided that, in words."""
    if found and found[0].score is not None:
        return found[0].outcome, _reason(found[0])
    if not any(_asked(head, tail, schema) for head, tail in (pair, pair[::-1])):
        return "schema", f"the schema {schema.name} allows no relation between {pair[0].label} and {pair[1].label}"
    unscored = [candidate for candidate in found if candidate.outcome != "schema"]
    if found and not unscored:
        return "schema", found[0].reason
    if gap(*(mention.span for mention in closest_mentions(*pair))) > PART:
        return "too unsure", f"they stand further apart than the {PART} characters within which relations are sought"
    if unasked:
        return "too unsure", f"the relation network told nothing of them; {TOO_MANY}"
    if unscored:
        return "too unsure", f"{unscored[0].name}: {unscored[0].reason}"
    return "too unsure", f"the relation network sees nothing between them: no type reached {LEAST:.2f}"


def _asked(head: Entity, tail: Entity, schema: Schema) -> bool:
    return head.label not in LITERAL_LABELS and bool(schema.candidate_types(head.label, tail.label))


def _reason(best: Candidate) -> str:
    match best.outcome:
        case "kept":
            return f"{best.name} is sure enough, asserted, and keeps to the schema"
        case "review":
            return "the relation network is not sure enough to keep it"
        case "too unsure":
            return "the relation network is not sure enough"
        case _:
            return f"{best.name} is the likeliest ({best.score:.2f}), but {best.reason}"
