"""What a build would start from, to be written to without a trace in the target."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from graphwright.pipeline.sinks.copying import copy_folder, copy_store
from graphwright.pipeline.sinks.opening import StoreSettings, is_rdf_file, local_path, open_read_only
from graphwright.pipeline.sinks.oxigraph import OxigraphQuads, OxigraphStore, check_free, is_store
from graphwright.pipeline.sinks.rdf import RdfStore
from graphwright.pipeline.sinks.store import Store


@contextmanager
def rehearsal(target: str, settings: StoreSettings) -> Iterator[tuple[Store, Store]]:
    """(the target's store, a copy of it to write to). The copy is gone afterwards; a target not yet there is empty.

    An embedded store is copied as files, of its size; other targets document by document. Raises as ``open_store``.
    """
    with tempfile.TemporaryDirectory(prefix="graphwright-") as name:
        folder = Path(name) / "graph"
        path = local_path(target)
        if path and not is_store(path) and not (is_rdf_file(path) and path.exists()):
            _check(path)
            with nothing() as empty, OxigraphStore(folder) as copy:
                yield empty, copy
        elif path and is_store(path):
            with open_read_only(target) as source, _copied(path, folder) as copy:
                yield source, copy
        else:
            with open_read_only(target, settings=settings) as source:
                with source.steady():
                    copied = copy_store(source, folder)
                with copied as copy:
                    yield source, copy


def nothing() -> Store:
    """A store without content, in memory."""
    return RdfStore(OxigraphQuads(ox.Store(), "an empty graph"))


def _copied(path: Path, folder: Path) -> OxigraphStore:
    copy_folder(path, folder)
    return OxigraphStore(folder)


def _check(path: Path) -> None:
    """Refuse what a build would refuse."""
    if is_rdf_file(path):
        from graphwright.pipeline.sinks.rdf_files import file_format

        file_format(path)
    else:
        check_free(path)
