"""A corpus cut into shards, files of documents, each annotated by itself: what tasks hand on instead of documents.

A shard and its annotations are named by a hash of what they depend on, so that a run that was cut off, and one that
finds most documents as they were, does only what is left. Files appear whole or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.interchange import read_annotated, write_annotated
from graphwright.pipeline.ledger import Failure, Ledger
from graphwright.pipeline.pictures.depicted import depiction_lines
from graphwright.pipeline.protocols import Annotator
from graphwright.pipeline.records import Annotated, Document
from graphwright.pipeline.whole_files import whole_file

SHARD_CHARACTERS = 400_000
"""About a minute of work on two cores."""


@dataclass(frozen=True, slots=True)
class Replay:
    """Fills ``Annotator`` with what was annotated before; documents must come in the order of the shards."""

    version: str
    shards: tuple[Path, ...]

    def annotate(self, documents: Iterable[Document]) -> Iterator[Annotated]:
        """What the shards hold of each document."""
        known: dict[str, Annotated] = {}
        stream = annotated_documents(self.shards)
        for document in documents:
            while document.id not in known:
                found = next(stream)
                known = {found.document.id: found}
            yield known[document.id]


def cut(documents: Iterable[Document], folder: Path, *, characters: int = SHARD_CHARACTERS) -> list[Path]:
    """Write documents into shards of about so many characters; returns their paths in order."""
    return [_write_shard(batch, folder) for batch in batches(documents, characters)]


def annotate_shard(shard: Path, annotator: Annotator, folder: Path) -> Path:
    """Annotate one shard into ``folder``, unless that was done. A document that fails goes to the ledger beside it."""
    from graphwright.pipeline.build import annotate_each

    output = annotated_path(shard, annotator, folder)
    if not output.exists():
        ledger = Ledger()
        documents = [item.document for item in read_annotated(shard)]
        write_whole(annotate_each(annotator, documents, ledger), output, ledger)
    return output


def annotated_path(shard: Path, annotator: Annotator, folder: Path) -> Path:
    """Where the annotations of a shard lie that this annotator makes."""
    return folder / f"{content_hash('annotated', shard.stem, annotator.version)}.jsonl"


def annotated_documents(shards: Iterable[Path]) -> Iterator[Annotated]:
    """The documents of all shards, in order."""
    for shard in shards:
        yield from read_annotated(shard)


def write_ledger(ledger: Ledger, path: Path) -> None:
    """Keep a ledger beside the file that it is about."""
    counts = [[what, reason, number] for (what, reason), number in sorted(ledger.counts.items())]
    failures = [list(astuple(failure)) for failure in sorted(ledger.failures)]
    replace_file(path, json.dumps({"counts": counts, "failures": failures}, ensure_ascii=False))


def read_ledger(path: Path) -> Ledger:
    """The ledger that ``write_ledger`` kept; an empty one where there is none."""
    ledger = Ledger()
    if path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
        for what, reason, number in kept["counts"]:
            ledger.count(what, reason, number)
        ledger.failures.extend(Failure(*pair) for pair in kept["failures"])
    return ledger


def ledger_of(path: Path) -> Path:
    """Where the ledger of a file lies."""
    return path.with_suffix(".ledger.json")


def write_manifest(paths: Sequence[Path], manifest: Path) -> Path:
    """A list of files as a file, so that tasks pass one path, however many there are."""
    replace_file(manifest, "".join(f"{path}\n" for path in paths))
    return manifest


def read_manifest(manifest: Path) -> list[Path]:
    """The paths of a list."""
    return [Path(line) for line in manifest.read_text(encoding="utf-8").splitlines()]


def sweep(folder: Path, used: Iterable[Path]) -> None:
    """Remove files of earlier runs that this run did not use."""
    kept = {name for path in used for name in (path.name, ledger_of(path).name)}
    for path in sorted(folder.iterdir()):
        if path.name not in kept and path.is_file():
            path.unlink()


def batches(documents: Iterable[Document], characters: int) -> Iterator[list[Document]]:
    """Documents in lists of about so many characters."""
    batch: list[Document] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += len(document.text)
        if size >= characters:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _write_shard(documents: Sequence[Document], folder: Path) -> Path:
    parts = [part for document in documents for part in (document.id, document.source, document.version)]
    extra = [json.dumps([document.language, dict(document.metadata)], sort_keys=True) for document in documents]
    extra += [line for document in documents for line in depiction_lines(document)]
    path = folder / f"{content_hash('shard', *parts, *extra)}.jsonl"
    if not path.exists():
        write_whole((Annotated(document, relations=None) for document in documents), path, Ledger())
    return path


def write_whole(documents: Iterable[Annotated], path: Path, ledger: Ledger) -> None:
    """Write documents, and their ledger beside them; the file appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as draft:
        write_annotated(documents, draft)
        if ledger.counts or ledger.failures:
            write_ledger(ledger, ledger_of(path))


def replace_file(path: Path, text: str) -> None:
    """Write a file that appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as draft:
        draft.write_text(text, encoding="utf-8")
