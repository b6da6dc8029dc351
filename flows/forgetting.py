"""Forgetting documents for good: out of the graph, and out of all that was kept on the way to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graphwright.flows.annotators import extraction, read_schema
from graphwright.flows.quarantine import settle, verdicts_of
from graphwright.flows.settings import Settings
from graphwright.flows.targets import address_of, is_folder, open_target
from graphwright.pipeline.errors import StoreError, UsageError
from graphwright.pipeline.identity import content_hash

if TYPE_CHECKING:
    from graphwright.pipeline.sinks.store import Store

TARGET_FILE: Final = "target.txt"
"""In a folder of shards: the full address of the target that they are for."""

UNSCRUBBED: Final = "forgetting"
"""In a store's folder while its files may hold words of what was removed."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many documents went, the digest of what is left, and how many decisions about identity still name them."""

    removed: int
    digest: str
    decisions: int


def forget_sources(paths: Sequence[str], settings: Settings) -> Forgotten:
    """Remove all documents of files, folders or URLs, and shards, annotations, pages, quarantine, runs that hold them.

    An embedded store is written anew, so that nothing of them is left in its files; what a server keeps in its own
    logs is the server's. People's decisions stay, as they are no part of a document.

    Raises:
        UsageError: nothing of a path is in the target; then nothing is removed.
    """
    from graphwright.flows.building import write_page
    from graphwright.flows.runs import Recording, run_log
    from graphwright.pipeline.build import fingerprints, forget
    from graphwright.pipeline.corpora import sources_under
    from graphwright.pipeline.report import select

    settle(settings)  # what an earlier run of this left when it was cut off
    scrub_left(settings)
    with open_target(settings) as store:
        held = {source: key for key, (source, _) in store.documents().items()}
        found = {path: sources_under(list(held), path) for path in paths}
        missing = [path for path, sources in found.items() if not sources]
        if missing:
            raise UsageError(f"{settings.target} holds no document of {', '.join(missing)}; nothing was removed")
        gone = sorted({source for sources in found.values() for source in sources})
        clear_work(settings)
        run_log(settings).wipe()
        had_page = _begin(settings)
        removed = forget(store, gone)
        decisions = _deciding(store, {held[source] for source in gone})
        digest, kept = store.digest(), fingerprints(store)
        log = run_log(settings)
        recording = Recording(settings, digest, kept, removed, "forget") if log.runs() else None
        statements = recording.watched(store.statements()) if recording else store.statements()
        selection = select(statements, read_schema(extraction(settings)).properties)
        if recording:
            recording.end(store, {})
        if had_page:
            write_page(store, settings, selection, digest)
    settle(settings, kept)
    verdicts_of(settings).forget({held[source] for source in gone})
    scrub(settings)
    return Forgotten(removed, digest, decisions)


def clear_work(settings: Settings) -> None:
    """Remove shards, annotated shards and their ledgers of the flow's runs for this target."""
    for folder in _work_folders(settings):
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise StoreError(f"{folder} holds shards of what was forgotten and cannot be removed: {error}") from error


def scrub(settings: Settings) -> None:
    """Write an embedded store anew, since its files keep the words of what was removed; it must be closed."""
    if (folder := _folder(settings)) is not None:
        from graphwright.pipeline.sinks.oxigraph import rewrite

        rewrite(folder)
        (folder / UNSCRUBBED).unlink(missing_ok=True)


def scrub_left(settings: Settings) -> None:
    """The same where an earlier ``forget`` was cut off before it."""
    folder = _folder(settings)
    if folder is not None and (folder / UNSCRUBBED).exists():
        scrub(settings)


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Whether documents that a store held are gone or were read otherwise; both by id, with fingerprints."""
    return any(after.get(key) != mark for key, mark in before.items())


def _folder(settings: Settings) -> Path | None:
    """The folder of an embedded store, ``None`` for other targets."""
    target = settings.target.removeprefix("file://")
    return Path(target) if is_folder(target) else None


def _work_folders(settings: Settings) -> Iterable[Path]:
    """The folders of shards for this target, by whatever name it was called; early ones do not tell their target."""
    wanted = address_of(settings)
    early = settings.work / content_hash("target", settings.target)[:12]
    if early.is_dir() and not (early / TARGET_FILE).exists():
        yield early
    for file in sorted(settings.work.glob(f"*/{TARGET_FILE}")):
        if file.read_text(encoding="utf-8").strip() == wanted:
            yield file.parent


def _deciding(store: Store, documents: set[str]) -> int:
    referents = [item for decision in store.decisions() for item in decision.referents]
    return sum(item.document in documents for item in referents)


def _begin(settings: Settings) -> bool:
    """Leave a note that the store's files are to be written anew, and remove the page; returns whether there was one.

    So whatever cuts the rest off, nothing that shows the documents is taken for done.
    """
    from graphwright.flows.building import PAGE

    folder = _folder(settings)
    if folder is None:
        return False
    (folder / UNSCRUBBED).touch()
    had_page = (folder / PAGE).exists()
    (folder / PAGE).unlink(missing_ok=True)
    return had_page
