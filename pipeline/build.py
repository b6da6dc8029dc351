"""The whole road: documents to contributions to the store, resolved and reported."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from graphwright.pipeline.contribution import Policy, contribution
from graphwright.pipeline.errors import GraphwrightError
from graphwright.pipeline.graph import Contribution
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.ledger import Failure, Ledger
from graphwright.pipeline.pictures.depicted import depiction_lines
from graphwright.pipeline.protocols import Annotator
from graphwright.pipeline.quarantine import Quarantine, Quarantined, quarantined
from graphwright.pipeline.quarantine_verdicts import readmitted
from graphwright.pipeline.records import Annotated, Document
from graphwright.pipeline.resolution.block_keys import VERSION as KEYS_VERSION
from graphwright.pipeline.resolution.touched import resolve_store
from graphwright.pipeline.schema import Schema
from graphwright.pipeline.sinks.store import Store
from graphwright.pipeline.violations import RULES_VERSION, separate

BATCH = 64
"""Documents that are annotated together."""
WRITTEN_AT_ONCE: Final = 5_000
"""Entities and facts of documents that are written together: larger writes take less time a fact."""
LONGEST_WAIT: Final = 20.0
"""Seconds that a document waits for others to be written with: what a crash can cost of the work."""
LONGEST = 8_000_000
READ_VERSION: Final = "graphwright:read"
"""The metadata that hold the version of a text as it was read, where the text itself was redacted since."""
Progress = Callable[[int], None]


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

    annotator: Annotator
    schema: Schema
    policy: Policy
    ledger: Ledger
    released: Mapping[str, Collection[str]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    broken: list[Quarantined] = field(default_factory=list)


@dataclass(slots=True)
class _Writing:
    """Contributions that wait to be written, and since when the first of them does."""

    store: Store
    waiting: list[Contribution] = field(default_factory=list)
    size: int = 0
    since: float = 0.0

    def add(self, made: Iterable[Contribution]) -> None:
        """Write these, too, as soon as there are enough, or some have waited for long."""
        for part in made:
            if not self.waiting:
                self.since = time.monotonic()
            self.waiting.append(part)
            self.size += len(part.occurrences) + len(part.facts)
        if self.size >= WRITTEN_AT_ONCE or time.monotonic() - self.since > LONGEST_WAIT:
            self.finish()

    def finish(self) -> None:
        """Write all that waits."""
        if self.waiting:
            self.store.replace(self.waiting)
        self.waiting, self.size = [], 0


def build(
    documents: Iterable[Document],
    store: Store,
    annotator: Annotator,
    *,
    schema: Schema,
    policy: Policy,
    ledger: Ledger,
    progress: Progress | None = None,
    quarantine: Quarantine | None = None,
    released: Mapping[str, Collection[str]] | None = None,
) -> Report:
    """Annotate documents that are new or changed, write them in batches, resolve, report.

    Facts that break the schema are left out of the graph and counted in the ledger; ``quarantine`` keeps them.
    ``released``: by document, claims (ids) that go to the graph all the same.
    """
    started = time.monotonic()
    run = _Run(annotator, schema, policy, ledger, released or {})
    held = fingerprints(store)
    if quarantine:
        quarantine.sweep(held)
    stream, writing = iter(documents), _Writing(store)
    while batch := list(islice(stream, BATCH)):
        made = contributions(run, batch, held)
        if quarantine:
            quarantine.add(run.broken)
        run.broken.clear()
        writing.add(made)
        if progress:
            progress(len(batch))
    writing.finish()
    resolve_store(store)
    return _report(run, time.monotonic() - started, store.digest())


def forget(store: Store, sources: Collection[str]) -> int:
    """Remove all that documents of these sources contributed; returns how many there were."""
    wanted = set(sources)
    found = sorted(key for key, (source, _) in store.documents().items() if source in wanted)
    removed = store.forget(found)
    resolve_store(store)
    return removed


def fingerprints(store: Store) -> dict[str, str]:
    """Document id -> fingerprint, of every document that the store holds."""
    return {key: mark for key, (_, mark) in store.documents().items()}


def fingerprint(
    document: Document, annotator: Annotator, schema: Schema, policy: Policy, released: Collection[str] = ()
) -> str:
    """What a document's contribution depends on; ``released`` are its claims that somebody released."""
    bands = f"{policy.keep} {policy.review}"
    read = document.metadata.get(READ_VERSION, document.version)
    versions = (annotator.version, schema.fingerprint, bands, RULES_VERSION, KEYS_VERSION)
    parts = (read, document.language, *versions, *sorted(released), *depiction_lines(document))
    return content_hash("contribution", *parts)


def contributions(run: _Run, batch: Sequence[Document], held: dict[str, str]) -> list[Contribution]:
    """What the new and changed documents of a batch contribute."""
    marks = {d.id: fingerprint(d, run.annotator, run.schema, run.policy, run.released.get(d.id, ())) for d in batch}
    changed = [d for d in batch if held.get(d.id) != marks[d.id] and _readable(d, run.ledger)]
    run.counts.update(documents=len(batch), unchanged=sum(held.get(d.id) == marks[d.id] for d in batch))
    made = []
    for annotated in annotate_each(run.annotator, changed, run.ledger):
        part = _contributed(run, annotated, marks[annotated.document.id])
        if part is not None:
            made.append(part)
            _count(run, annotated)
    return made


def _contributed(run: _Run, annotated: Annotated, mark: str) -> Contribution | None:
    """What one document contributes; ``None``, and a line of the ledger, where that fails."""
    ledger = Ledger()
    try:
        whole = contribution(annotated, run.annotator.version, run.policy, mark, ledger)
        _, broken = separate(whole, run.schema)
        part, broken = readmitted(whole, broken, run.released.get(whole.document, ()))
    except GraphwrightError:
        raise
    except Exception as error:  # as in annotate_each: one document must not take others with it
        run.ledger.fail(annotated.document.source, f"{type(error).__name__}: {error}")
        return None
    for item in broken:
        ledger.count("fact", f"in quarantine: {item.rule}")
    run.ledger.add(ledger)
    run.counts.subtract(item.fact.evidence.band for item in broken)
    run.broken += quarantined(whole, broken)
    return part


def _readable(document: Document, ledger: Ledger) -> bool:
    """Whether a document is of a length that can be read in minutes; if not, the ledger says what to do."""
    length = len(document.text)
    if length > LONGEST:
        reason = f"{length:,} characters are too many for one document (at most {LONGEST:,}); split it"
        ledger.fail(document.source, reason)
    return length <= LONGEST


def annotate_each(annotator: Annotator, documents: Sequence[Document], ledger: Ledger) -> Iterator[Annotated]:
    """Annotate documents; one that fails is put down in the ledger and does not stop the others.

    A picture that is a document has no text to be read.
    """
    try:
        if all(document.text for document in documents):
            yield from list(annotator.annotate(documents))
            return
        yield from _with_pictures(annotator, documents)
        return
    except GraphwrightError:
        raise
    except Exception as error:  # whatever a text does to the code, it must not take other texts with it
        if len(documents) == 1:
            ledger.fail(documents[0].source, f"{type(error).__name__}: {error}")
            return
    for document in documents:
        yield from annotate_each(annotator, [document], ledger)


def _with_pictures(annotator: Annotator, documents: Sequence[Document]) -> Iterator[Annotated]:
    read = iter(list(annotator.annotate([document for document in documents if document.text])))
    yield from [next(read) if document.text else Annotated(document) for document in documents]


def _count(run: _Run, annotated: Annotated) -> None:
    run.counts.update(
        words=len(annotated.document.text.split()),
        mentions=len(annotated.mentions),
        entities=len(annotated.entities),
    )
    policy = run.policy.of(annotated.document.language)
    run.counts.update(policy.band(relation.score) for relation in annotated.relations or ())
    run.counts.update(run.policy.band(item.score) for item in annotated.document.depictions)


def _report(run: _Run, seconds: float, digest: str) -> Report:
    counts = run.counts
    return Report(
        documents=counts["documents"],
        unchanged=counts["unchanged"],
        words=counts["words"],
        mentions=counts["mentions"],
        entities=counts["entities"],
        kept=counts["keep"],
        review=counts["review"],
        dropped=counts["drop"],
        seconds=seconds,
        digest=digest,
        ledger=tuple(run.ledger.rows()),
        failures=tuple(sorted(run.ledger.failures)),
    )
