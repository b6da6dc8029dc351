"""The steps of an ingest as plain functions on paths; ``ingest`` makes tasks of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from graphwright.flows import shards
from graphwright.flows.building import read_and_record, scrub_old_texts, write_graph, write_page
from graphwright.flows.forgetting import TARGET_FILE
from graphwright.flows.inspection import check_target
from graphwright.flows.looking import looker_of
from graphwright.flows.redacting import annotator_of, new_ledger, redaction
from graphwright.flows.settings import Settings, load_settings
from graphwright.flows.targets import address_of, open_target
from graphwright.pipeline.identity import content_hash

if TYPE_CHECKING:
    from graphwright.pipeline.build import Report
    from graphwright.pipeline.quality import Violation


@dataclass(frozen=True, slots=True)
class Job:
    """What one ingest is to do. ``flags`` are settings by name; secrets are none of them, each worker has its own."""

    corpus: tuple[str, ...]
    work: str
    text_field: str = "text"
    limit: int | None = None
    flags: Mapping[str, str | float | int | None] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """The flags over the settings of the process that asks."""
        return load_settings(**self.flags)

    @property
    def folder(self) -> Path:
        """Where shards lie: a folder for each target."""
        return Path(self.work).absolute() / content_hash("target", self.settings.target)[:12]


def shard(job: Job) -> Path:
    """Read the corpus and cut it; returns a list of shards, with the ledger of the reading beside it.

    Under a policy shards hold no text, only where it is.
    """
    from graphwright.flows.pointers import cut_pointers
    from graphwright.pipeline.corpora import read_corpus

    settings = job.settings
    ledger, language = new_ledger(settings), settings.language
    documents = read_corpus(
        job.corpus, language=language, text_field=job.text_field, limit=job.limit, ledger=ledger,
        look=looker_of(settings),
    )  # fmt: skip
    place = job.folder / "shards"
    paths = cut_pointers(documents, place) if redaction(settings) else shards.cut(documents, place)
    shards.replace_file(job.folder / TARGET_FILE, address_of(settings) + "\n")
    manifest = shards.write_manifest(paths, job.folder / "shards.txt")
    shards.write_ledger(ledger, shards.ledger_of(manifest))
    shards.sweep(job.folder / "shards", paths)
    return manifest


def annotate(path: Path, job: Job) -> Path:
    """Annotate one shard; returns the annotated shard."""
    from graphwright.flows.pointers import annotate_pointers

    settings, place = job.settings, job.folder / "annotated"
    if redaction(settings):
        return annotate_pointers(path, annotator_of(settings), place, settings, job.text_field)
    return shards.annotate_shard(path, annotator_of(settings), place)


def write(manifest: Path, job: Job) -> Report:
    """Write what the annotated shards of a list say to the target and resolve it: the one writer."""
    from graphwright.pipeline.build import fingerprints

    paths = shards.read_manifest(manifest)
    settings = job.settings
    ledger = new_ledger(settings)
    for path in (job.folder / "shards.txt", *paths):
        ledger.add(shards.read_ledger(shards.ledger_of(path)))
    replay = shards.Replay(annotator_of(settings).version, tuple(paths))
    documents = (annotated.document for annotated in shards.annotated_documents(paths))
    with open_target(settings, create=True) as store:
        before = fingerprints(store)
        report = write_graph(documents, store, replay, settings, ledger)
        with store.steady():
            after = fingerprints(store)
            selection, _ = read_and_record(store, settings, report, before, after)
            write_page(store, settings, selection, report.digest)
    scrub_old_texts(settings, before, after)
    shards.sweep(job.folder / "annotated", paths)
    return report


def validate(job: Job) -> tuple[Violation, ...]:
    """Which statements break the schema, without a word of a document: ``forget`` does not clear what Prefect keeps."""
    from graphwright.pipeline.quality import Violation

    return tuple(Violation(item.node, item.message) for item in check_target(job.settings))
