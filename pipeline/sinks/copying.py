"""A copy of a store to try things on: equal in all that a later write depends on."""

from __future__ import annotations

import shutil
from pathlib import Path

from graphwright.pipeline.sinks.oxigraph import DATABASE, LOCK, MARKER, OxigraphStore, reported
from graphwright.pipeline.sinks.rdf import RdfStore
from graphwright.pipeline.sinks.rdf_lines import as_quads
from graphwright.pipeline.sinks.rdf_mapping import added_line, pending_line
from graphwright.pipeline.sinks.rdf_queries import chunks
from graphwright.pipeline.sinks.store import Store

DOCUMENTS = 64
QUADS = 50_000


def copy_store(source: Store, folder: Path) -> OxigraphStore:
    """An embedded store in a new folder that holds what ``source`` does, resolution and pending keys included."""
    copy = OxigraphStore(folder)
    if isinstance(source, RdfStore):
        for quads in chunks(source.quads(), QUADS):
            copy.restore(quads)
        return copy
    for batch in chunks(source.holdings(), DOCUMENTS):
        copy.replace([item.contribution for item in batch])
        copy.resolve({key: node for item in batch for key, node in item.decided.items()})
    copy.decide(source.decisions())
    copy.resolve({})  # clears what all of this made pending
    pending = source.pending()
    copy.restore(as_quads(map(pending_line, sorted(pending.changed))))
    copy.restore(as_quads(map(added_line, sorted(pending.added))))
    return copy


def copy_folder(source: Path, folder: Path) -> None:
    """Copy the files of an embedded store, while a ``ReadOnlyStore`` of it keeps writers away."""
    with reported(str(source)):
        shutil.copytree(source / DATABASE, folder / DATABASE, ignore=shutil.ignore_patterns(LOCK))
        shutil.copy(source / MARKER, folder)
