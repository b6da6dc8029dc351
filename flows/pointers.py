"""Shards that say where documents are instead of what: under a policy no text is written before it went through it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from graphwright.flows.redacting import new_ledger
from graphwright.flows.settings import Settings
from graphwright.flows.shards import SHARD_CHARACTERS, annotated_path, batches, replace_file, write_whole
from graphwright.pipeline.build import READ_VERSION, annotate_each
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.ledger import Ledger
from graphwright.pipeline.protocols import Annotator
from graphwright.pipeline.records import Annotated, Document
from graphwright.pipeline.rereading import Held, Skipped, read_again

SUFFIX: Final = ".pointers.jsonl"


def cut_pointers(documents: Iterable[Document], folder: Path, *, characters: int = SHARD_CHARACTERS) -> list[Path]:
    """As ``shards.cut``: shards of about so many characters, with id, source and version of each document alone."""
    return [_write(batch, folder) for batch in batches(documents, characters)]


def annotate_pointers(shard: Path, annotator: Annotator, folder: Path, settings: Settings, text_field: str) -> Path:
    """As ``shards.annotate_shard``; a document that is gone or changed meanwhile goes to the ledger too.

    Each document keeps the version of the text as it was read: by that the next run knows it as unchanged.
    """
    output = annotated_path(shard, annotator, folder)
    if not output.exists():
        ledger = new_ledger(settings)
        documents = list(_read(shard, ledger, settings.language, text_field))
        versions = {document.id: document.version for document in documents}
        done = annotate_each(annotator, documents, ledger)
        write_whole((_with_version(item, versions[item.document.id]) for item in done), output, ledger)
    return output


def _read(shard: Path, ledger: Ledger, language: str, text_field: str) -> Iterator[Document]:
    held = [Held(**json.loads(line)) for line in shard.read_text(encoding="utf-8").splitlines()]
    for found in read_again(held, language=language, text_field=text_field):
        if isinstance(found, Skipped):
            ledger.fail(found.source, found.reason)
        else:
            yield found


def _with_version(annotated: Annotated, version: str) -> Annotated:
    document = annotated.document
    return replace(annotated, document=replace(document, metadata={**document.metadata, READ_VERSION: version}))


def _write(batch: Sequence[Document], folder: Path) -> Path:
    parts = [part for document in batch for part in (document.id, document.source, document.version)]
    path = folder / f"{content_hash('pointers', *parts)}{SUFFIX}"
    if not path.exists():
        held = (Held(document.id, document.source, document.version) for document in batch)
        replace_file(path, "".join(json.dumps(asdict(item), ensure_ascii=False) + "\n" for item in held))
    return path
