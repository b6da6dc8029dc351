"""The main jobs as functions: a corpus goes in, the target holds its graph, a report comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from graphwright.flows.annotators import SHIPPED, extraction, read_schema
from graphwright.flows.forgetting import changed, scrub, scrub_left
from graphwright.flows.looking import looker_of
from graphwright.flows.quarantine import quarantine_of, settle, verdicts_of
from graphwright.flows.redacting import annotator_of, new_ledger, redaction
from graphwright.flows.settings import Settings
from graphwright.flows.targets import is_folder, open_target, rehearsed
from graphwright.pipeline.errors import UsageError
from graphwright.pipeline.records import Annotated, Document

if TYPE_CHECKING:
    from graphwright.flows.differing import Difference
    from graphwright.flows.run_log import Run
    from graphwright.pipeline.build import Report
    from graphwright.pipeline.contribution import Policy
    from graphwright.pipeline.extraction import Extractor
    from graphwright.pipeline.ledger import Ledger
    from graphwright.pipeline.protocols import Annotator
    from graphwright.pipeline.report import Selection
    from graphwright.pipeline.report_facts import ReportedFact
    from graphwright.pipeline.sinks.store import Store

PAGE = "report.html"
BEST = 10
JSON_LINES = (".jsonl", ".jsonl.gz")
Given = Literal["nothing", "mentions", "entities"]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Built:
    """A run's report, the best-supported facts of the whole graph, and the page that shows it, if there is one.

    ``difference`` is what a dry run would change in the target; ``run`` what is kept of any other.
    """

    report: Report
    facts: tuple[ReportedFact, ...]
    page: Path | None = None
    difference: Difference | None = None
    run: Run | None = None


def build_corpus(
    corpus: Sequence[str],
    settings: Settings,
    *,
    text_field: str = "text",
    limit: int | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Built:
    """Read, annotate and write a corpus. A dry run does all of it on a copy of the target, and tells the difference."""
    from graphwright.pipeline.build import fingerprints
    from graphwright.pipeline.corpora import read_corpus
    from graphwright.pipeline.report import best_facts

    ledger = new_ledger(settings)
    documents = read_corpus(
        corpus, language=settings.language, text_field=text_field, limit=limit, ledger=ledger, look=looker_of(settings)
    )
    if dry_run:
        return _rehearse(documents, settings, ledger, progress)
    with open_target(settings, create=True) as store:
        before = fingerprints(store)
        report = write_graph(documents, store, annotator_of(settings), settings, ledger, progress)
        with store.steady():
            held = fingerprints(store)
            selection, run = read_and_record(store, settings, report, before, held)
            facts = best_facts(store, selection, BEST, property_names(settings))
            page = write_page(store, settings, selection, report.digest)
    settle(settings, held)
    scrub_old_texts(settings, before, held)
    return Built(report, tuple(facts), page, run=run)


def read_and_record(
    store: Store, settings: Settings, report: Report, before: Mapping[str, str], held: Mapping[str, str]
) -> tuple[Selection, Run]:
    """What the report page is to show, and the run as it is kept.

    ``before`` and ``held``: document (id) -> fingerprint. Under a policy nothing is kept of how documents that changed
    were read before.
    """
    from graphwright.flows.runs import Recording, run_log
    from graphwright.pipeline.report import select

    if redaction(settings) and changed(before, held):
        run_log(settings).wipe()
    recording = Recording(settings, report.digest, held, report.documents)
    properties = read_schema(extraction(settings)).properties
    selection = select(recording.watched(store.statements()), properties)
    return selection, recording.end(store, property_names(settings))


def _rehearse(
    documents: Iterable[Document], settings: Settings, ledger: Ledger, progress: Progress | None = None
) -> Built:
    """The build on a copy of the target, and what the copy then holds other than the target."""
    from graphwright.flows.differing import difference
    from graphwright.pipeline.report import best_facts, select

    names = property_names(settings)
    with rehearsed(settings) as (target, copy):
        report = write_graph(documents, copy, annotator_of(settings), settings, ledger, progress, dry_run=True)
        facts = best_facts(copy, select(copy.statements()), BEST, names)
        return Built(report, tuple(facts), difference=difference(target, copy, names))


def write_graph(
    documents: Iterable[Document],
    store: Store,
    annotator: Annotator,
    settings: Settings,
    ledger: Ledger,
    progress: Progress | None = None,
    *,
    dry_run: bool = False,
) -> Report:
    """``pipeline.build.build`` with what the settings choose; a dry run leaves the quarantine as it is."""
    from graphwright.pipeline.build import build

    schema = read_schema(extraction(settings))
    return build(
        documents,
        store,
        annotator,
        schema=schema,
        policy=policy(settings),
        ledger=ledger,
        progress=progress,
        quarantine=None if dry_run else quarantine_of(settings),
        released=verdicts_of(settings).released(),
    )


def scrub_old_texts(settings: Settings, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Leave nothing in the target's files of documents that were forgotten, or read otherwise before this policy."""
    if redaction(settings) and changed(before, after):
        scrub(settings)
    scrub_left(settings)


def write_page(store: Store, settings: Settings, selection: Selection, digest: str) -> Path | None:
    """The report page beside an embedded store; ``None`` for other targets."""
    if not is_folder(settings.target):
        return None
    from graphwright.pipeline.report import write_report

    path = Path(settings.target) / PAGE
    names = property_names(settings)
    write_report(store, path, selection, digest, title=path.parent.name, schema_names=names)
    return path


def property_names(settings: Settings) -> dict[str, str]:
    """Property id -> its name in words."""
    return {key: found.name for key, found in read_schema(extraction(settings)).properties.items()}


def policy(settings: Settings) -> Policy:
    """The bands that the network's card gives for the wanted precision; ``min_score`` sets the lower end of keeping."""
    from graphwright.pipeline.contribution import Policy

    shipped = Policy()
    if settings.annotator == SHIPPED:
        from graphwright.models.shipped import card_policy

        shipped = card_policy(settings.network, settings.precision)
    if settings.min_score is None:
        return shipped
    return Policy(keep=settings.min_score, review=min(settings.min_score, shipped.review))


def annotate_file(
    documents: str,
    output: Path,
    settings: Settings,
    *,
    given: Given = "nothing",
    all_scores: bool = False,
    text_field: str = "text",
    limit: int | None = None,
    progress: Progress | None = None,
) -> tuple[int, Ledger]:
    """Write the annotated documents of ``documents`` as JSON lines; returns how many, and what failed."""
    from graphwright.pipeline.extraction import told
    from graphwright.pipeline.interchange import write_annotated

    settings = settings.model_copy(update={"vectors": False})  # they are for the graph alone
    ledger = new_ledger(settings)
    read = _read(documents, settings, given, text_field, limit, ledger)
    done = _complete(annotator_of(settings), read, given, ledger)
    threshold = 0.0 if all_scores else told_threshold(settings)
    kept = (told(annotated, threshold, every_pronoun=given != "nothing") for annotated in _noted(done, ledger))
    return write_annotated(_counted(kept, progress), output), ledger


def _read(
    path: str, settings: Settings, given: Given, text_field: str, limit: int | None, ledger: Ledger
) -> Iterator[Annotated]:
    from graphwright.pipeline.corpora import read_corpus
    from graphwright.pipeline.interchange import read_annotated

    if path.endswith(JSON_LINES) and Path(path).is_file() and text_field == "text":
        return read_annotated(path, limit=limit)
    if given != "nothing":
        raise UsageError(f"--given {given} wants a file of annotated JSON lines; received {path}")
    documents = read_corpus(
        [path], language=settings.language, text_field=text_field, limit=limit, ledger=ledger, look=looker_of(settings)
    )
    return (Annotated(document) for document in documents)


def _complete(
    annotator: Annotator, documents: Iterator[Annotated], given: Given, ledger: Ledger
) -> Iterator[Annotated]:
    if given == "nothing":
        return _annotated((annotated.document for annotated in documents), annotator, ledger)
    if not hasattr(annotator, "complete"):
        raise UsageError(f"this annotator cannot start from given {given}; leave --given out")
    return cast("Extractor", annotator).complete(documents, given)


def _annotated(documents: Iterator[Document], annotator: Annotator, ledger: Ledger) -> Iterator[Annotated]:
    """The documents annotated; one that fails is put down in the ledger and does not stop the others."""
    from graphwright.pipeline.build import BATCH, annotate_each

    while batch := list(islice(documents, BATCH)):
        yield from annotate_each(annotator, batch, ledger)


def told_threshold(settings: Settings) -> float:
    """From which probability on a relation is worth telling: the best balance of precision and recall, unless told."""
    if settings.min_score is not None:
        return settings.min_score
    if settings.annotator != SHIPPED:
        return policy(settings).keep
    from graphwright.models.shipped import network_folder, read_card, weights_folder

    return float(read_card(network_folder(settings.network, weights_folder()))["threshold"])


def _noted(documents: Iterable[Annotated], ledger: Ledger) -> Iterator[Annotated]:
    """The documents; what is not trusted or was left out is counted."""
    from graphwright.pipeline.contribution import Policy, count_left_out

    for annotated in documents:
        count_left_out(annotated, Policy(), ledger)
        yield annotated


def _counted(documents: Iterable[Annotated], progress: Progress | None) -> Iterator[Annotated]:
    for annotated in documents:
        yield annotated
        if progress:
            progress(1)
