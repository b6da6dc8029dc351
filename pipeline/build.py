"""The whole road: documents to contributions to the store, resolved and reported."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from graphwright.pipeline.errors import GraphwrightError
from graphwright.pipeline.extraction import closest_mentions, sentence_around
from graphwright.pipeline.graph import Contribution, Evidence, Fact, Literal, Occurrence, OccurrenceMention
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.ledger import Failure, Ledger
from graphwright.pipeline.literals import parse_literal
from graphwright.pipeline.protocols import Annotator
from graphwright.pipeline.records import LITERAL_LABELS, Annotated, Band, Document, Entity, Relation
from graphwright.pipeline.resolution import block_keys, context_keys, resolve_store
from graphwright.pipeline.schema import Schema
from graphwright.pipeline.sinks.store import Store

BATCH = 64
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Policy:
    """From which probability on a fact is kept, and from which it waits for review."""

    keep: float = 0.5
    review: float = 0.25

    def band(self, score: float) -> Band:
        return "keep" if score >= self.keep else "review" if score >= self.review else "drop"


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did. ``ledger`` holds (what, reason, number); ``failures`` the documents that did not make it."""

    documents: int
    unchanged: int
    words: int
    mentions: int
    entities: int
    kept: int
    review: int
    dropped: int
    seconds: float
    digest: str
    ledger: tuple[tuple[str, str, int], ...] = ()
    failures: tuple[Failure, ...] = ()


@dataclass(slots=True)
class _Run:
    """One run's tools and counts."""

    store: Store
    annotator: Annotator
    schema: Schema
    policy: Policy
    ledger: Ledger
    counts: Counter[str] = field(default_factory=Counter)


def build(
    documents: Iterable[Document],
    store: Store,
    annotator: Annotator,
    *,
    schema: Schema,
    policy: Policy,
    ledger: Ledger,
    progress: Progress | None = None,
) -> Report:
    """Annotate documents that are new or changed, write them in batches, resolve, report."""
    started = time.monotonic()
    run = _Run(store, annotator, schema, policy, ledger)
    held = {key: fingerprint for key, (_, fingerprint) in store.documents().items()}
    stream = iter(documents)
    while batch := list(islice(stream, BATCH)):
        _write(run, batch, held)
        if progress:
            progress(len(batch))
    resolve_store(store)
    return _report(run, time.monotonic() - started)


def forget(store: Store, sources: Collection[str]) -> int:
    """Remove all that documents of these sources contributed; returns how many there were."""
    wanted = set(sources)
    found = sorted(key for key, (source, _) in store.documents().items() if source in wanted)
    removed = store.forget(found)
    resolve_store(store)
    return removed


def _write(run: _Run, batch: list[Document], held: dict[str, str]) -> None:
    run.counts["documents"] += len(batch)
    changed = [document for document in batch if held.get(document.id) != fingerprint(document, run)]
    run.counts["unchanged"] += len(batch) - len(changed)
    made = []
    for annotated in annotate_each(run.annotator, changed, run.ledger):
        run.counts["words"] += len(annotated.document.text.split())
        run.counts["mentions"] += len(annotated.mentions)
        run.counts["entities"] += len(annotated.entities)
        made.append(contribution(annotated, run.annotator.version, run.policy, fingerprint(annotated.document, run)))
        for relation in annotated.relations or ():
            run.counts[run.policy.band(relation.score)] += 1
    if made:
        run.store.replace(made)


def annotate_each(annotator: Annotator, documents: Sequence[Document], ledger: Ledger) -> Iterator[Annotated]:
    """Annotate documents together. A document that fails goes to the ledger and does not stop the others."""
    try:
        yield from list(annotator.annotate(documents))
        return
    except GraphwrightError:
        raise
    except Exception as error:  # what a model may raise is not known; one document must not stop the others
        if len(documents) == 1:
            ledger.fail(documents[0].source, f"{type(error).__name__}: {error}")
            return
    for document in documents:
        yield from annotate_each(annotator, [document], ledger)


def fingerprint(document: Document, run: _Run) -> str:
    """What a document's contribution depends on."""
    policy = f"{run.policy.keep} {run.policy.review}"
    return content_hash("contribution", document.version, run.annotator.version, run.schema.fingerprint, policy)


def contribution(annotated: Annotated, model: str, policy: Policy, fingerprint: str) -> Contribution:
    """What a document adds to the graph."""
    document = annotated.document
    contexts = context_keys(annotated.entities)
    nodes = {
        entity.id: _occurrence(document, entity, context)
        for entity, context in zip(annotated.entities, contexts, strict=True)
        if entity.label not in LITERAL_LABELS
    }
    entities = {entity.id: entity for entity in annotated.entities}
    facts = {}
    for relation in annotated.relations or ():
        if relation.head in nodes and policy.band(relation.score) != "drop":
            fact = _fact(annotated, relation, entities, nodes, model, policy)
            facts[fact.id] = fact
    title = document.metadata.get("title", "")
    return Contribution(
        document.id, document.source, document.version, fingerprint, document.language, title,
        tuple(nodes.values()), tuple(facts[key] for key in sorted(facts)),
    )  # fmt: skip


def _occurrence(document: Document, entity: Entity, context: tuple[str, ...]) -> Occurrence:
    mentions = tuple(
        OccurrenceMention(m.start, m.end, document.text[m.start : m.end], m.score, m.form) for m in entity.mentions
    )
    key = content_hash("occurrence", document.id, str(mentions[0].start), str(mentions[0].end), entity.label)
    aliases = tuple(sorted({m.text for m in mentions if m.form == "name"} - {entity.name}))
    keys = block_keys(entity.name, aliases, entity.label, entity.kb_id)
    return Occurrence(
        key, document.id, entity.label, entity.name, aliases, entity.kb_id, entity.score, mentions, keys, context
    )


def _fact(
    annotated: Annotated,
    relation: Relation,
    entities: dict[int, Entity],
    nodes: dict[int, Occurrence],
    model: str,
    policy: Policy,
) -> Fact:
    head, tail = closest_mentions(entities[relation.head], entities[relation.tail])
    sentence = sentence_around(annotated.sentences, head, tail)
    document, band = annotated.document, policy.band(relation.score)
    spans = [str(number) for span in (head.span, tail.span, sentence) for number in span]
    text = document.text[slice(*sentence)]
    key = content_hash("evidence", document.id, relation.type, *spans, relation.assertion, band)
    evidence = Evidence(
        key, document.id, head.span, tail.span, sentence, text, relation.score, relation.assertion, band, model
    )
    end: str | Literal = (
        nodes[relation.tail].id
        if relation.tail in nodes
        else parse_literal(document.text[tail.start : tail.end], tail.label)
    )
    subject = nodes[relation.head].id
    return Fact(content_hash("fact", subject, key), subject, relation.type, end, relation.qualifiers, evidence)


def _report(run: _Run, seconds: float) -> Report:
    counts = run.counts
    return Report(
        counts["documents"], counts["unchanged"], counts["words"], counts["mentions"], counts["entities"],
        counts["keep"], counts["review"], counts["drop"], seconds, run.store.digest(),
        tuple(run.ledger.rows()), tuple(sorted(run.ledger.failures)),
    )  # fmt: skip
