"""The embedded store: Oxigraph in a folder, no server. One process at a time owns it.

The folder holds ``graphwright.json`` (whose folder it is and the version of its format), ``oxigraph`` (the database,
which ``oxigraph serve --location`` can serve too) and while much is written a journal; reports may lie beside them.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graphwright.pipeline.errors import StoreError, UsageError
from graphwright.pipeline.sinks.oxigraph_journal import carry_out, drop_draft, is_recorded, record
from graphwright.pipeline.sinks.rdf import VERSION_LINE, RdfStore, check_version
from graphwright.pipeline.sinks.rdf_lines import as_quads
from graphwright.pipeline.sinks.rdf_queries import Row
from graphwright.pipeline.sinks.sparql_text import table, update_text
from graphwright.pipeline.sinks.store import Table
from graphwright.pipeline.vocabulary import FORMAT_VERSION, PREFIXES

if TYPE_CHECKING:
    from rdflib import Dataset


MARKER: Final = "graphwright.json"
DATABASE: Final = "oxigraph"
FLUSH_AFTER: Final = 40_000_000
"""Characters."""
BULK: Final = 1_000_000
"""Characters of lines to add: from here on a journal and loading in bulk take less than a transaction."""
RETIRED: Final = ".old"
LOCK: Final = "LOCK"


@contextmanager
def reported(target: str) -> Iterator[None]:
    """Oxigraph's errors as ``StoreError`` in one line that says what to do."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"{target}: {_advice(error)}") from error


def _advice(error: OSError) -> str:
    said = " ".join(str(error).split())
    if "lock" in said.lower():
        return "another process is using this store; wait for it to end, or choose another target"
    if "Read-only" in said or "Permission denied" in said or isinstance(error, PermissionError):
        return f"cannot be written ({said}); choose a target that you may write to"
    if "No space left" in said or "too large" in said:
        return f"no room to write ({said}); free some space and run again: what was written is whole documents"
    return f"the store refused: {said}"


class OxigraphQuads:
    """``Quads`` in a pyoxigraph store, in memory or on disk."""

    def __init__(self, store: ox.Store, target: str) -> None:
        self._store: ox.Store | None = store
        self._target = target

    @property
    def store(self) -> ox.Store:
        if self._store is None:
            raise StoreError(f"{self._target}: the store is closed; open it again")
        return self._store

    def select(self, query: str) -> Iterator[Row]:
        with reported(self._target):
            for solution in self.store.query(query):  # type: ignore[union-attr]  # a SELECT has solutions
                yield tuple(solution)

    def write(self, removed: Collection[str], added: Collection[str]) -> None:
        """Both are one transaction; without a removal, no text needs to be made and parsed."""
        with reported(self._target):
            if removed:
                self.store.update(update_text(removed, added))
            else:
                self.store.extend(as_quads(added))

    def table(self, query: str) -> Table:
        with reported(self._target):
            try:
                return table(self.store.query(query, prefixes=PREFIXES, use_default_graph_as_union=True))
            except (SyntaxError, ValueError) as error:
                raise UsageError(f"wanted a SPARQL query that reads; {' '.join(str(error).split())}") from error

    def close(self, *, completed: bool) -> None:
        if self._store is not None:
            with reported(self._target):
                if completed:
                    self._store.flush()
            self._store = None


class FolderQuads(OxigraphQuads):
    """``Quads`` in a folder, where much is loaded in bulk: several times as fast as a transaction."""

    def __init__(self, folder: Path) -> None:
        super().__init__(opened(folder), str(folder))
        self._folder = folder
        self._unflushed = 0

    def write(self, removed: Collection[str], added: Collection[str]) -> None:
        """One transaction, or for much a journal, and then what it says."""
        size = sum(map(len, added))
        if size < BULK:
            super().write(removed, added)
            self._flush_after(size + sum(map(len, removed)))
            return
        with reported(self._target):
            record(self._folder, removed, added)
            store, self._store = self.store, None  # nobody is to read what is half done
            carry_out(self._folder, store)
            self._store = store

    def _flush_after(self, size: int) -> None:
        """RocksDB keeps what was written in memory until its buffers are full, a gigabyte in all."""
        self._unflushed += size
        if self._unflushed >= FLUSH_AFTER:
            self.store.flush()
            self._unflushed = 0


def opened(folder: Path) -> ox.Store:
    """The database of a folder, with what was to be written when the last process that had it was cut off."""
    store = ox.Store(folder / DATABASE)
    drop_draft(folder)
    carry_out(folder, store)
    return store


class OxigraphStore(RdfStore):
    """A ``Store`` in a folder, made where it is missing.

    Raises ``StoreError`` where the folder is in use, read-only, of another version, or holds something else.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        path = Path(folder)
        _claim(path)
        with reported(str(path)):
            _restore(path)
            quads = FolderQuads(path)
        if not check_version(quads, str(path)):
            quads.write((), [VERSION_LINE])
        super().__init__(quads)


def rewrite(folder: Path) -> None:
    """Copy a closed store into files of its own: words of removed statements stay in the old ones, for good.

    Takes three times the room for as long. A crash leaves the old or the new store, never half of one.
    Raises ``StoreError``.
    """
    database = folder / DATABASE
    fresh, old = folder / (DATABASE + ".new"), folder / (DATABASE + RETIRED)
    with reported(str(folder)):
        for left in (fresh, old):
            shutil.rmtree(left, ignore_errors=True)
        _copy(opened(folder), fresh)
        database.rename(old)
        fresh.rename(database)
        shutil.rmtree(old)


def _copy(source: ox.Store, database: Path) -> None:
    """Fill a new database, by way of a file that has no name any more while it is read."""
    copy = ox.Store(database)
    with tempfile.TemporaryFile(dir=database.parent) as stream:
        source.dump(stream, ox.RdfFormat.N_QUADS)
        stream.seek(0)
        copy.bulk_load(stream, format=ox.RdfFormat.N_QUADS, lenient=True)
    copy.flush()


class ReadOnlyStore(RdfStore):
    """The store of a folder, which is left as it is; nobody can write to it until this is closed.

    Raises as ``OxigraphStore``.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        path = Path(folder)
        _check_marker(path)
        lock = ExitStack()
        with reported(str(path)), lock:
            finish(path)
            lock.enter_context(_kept_from_writers(path))
            quads = _ReadOnlyQuads(ox.Store.read_only(str(path / DATABASE)), str(path), lock.pop_all())
        check_version(quads, str(path))
        super().__init__(quads)


def finish(folder: Path) -> None:
    """Do what was to be written when the last process that had the store was cut off; nobody may have it now."""
    if is_recorded(folder):
        opened(folder).flush()


class _ReadOnlyQuads(OxigraphQuads):
    def __init__(self, store: ox.Store, target: str, lock: ExitStack) -> None:
        super().__init__(store, target)
        self._lock = lock

    def close(self, *, completed: bool) -> None:
        super().close(completed=False)
        self._lock.close()


@contextmanager
def _kept_from_writers(folder: Path) -> Iterator[None]:
    """A lock on the file that RocksDB locks to write. Raises ``StoreError`` where somebody does."""
    lock = folder / DATABASE / LOCK
    if sys.platform == "win32" or not lock.exists():  # on Windows an open database cannot be read anyway
        yield
        return
    import fcntl

    with lock.open("rb") as stream:
        try:
            fcntl.lockf(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            raise OSError("the lock is held") from None
        yield


def is_store(folder: Path) -> bool:
    """Whether the folder holds a store of ours, of whatever version."""
    return (folder / MARKER).is_file()


def _restore(folder: Path) -> None:
    """Put the database back that a rewriting had set aside when it was cut off."""
    retired = folder / (DATABASE + RETIRED)
    if retired.is_dir() and not (folder / DATABASE).exists():
        retired.rename(folder / DATABASE)


def _claim(folder: Path) -> None:
    """Make the folder ours, or see that it is."""
    if is_store(folder):
        _check_marker(folder)
        return
    check_free(folder)
    with reported(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / (MARKER + ".new")
        draft.write_text(json.dumps({"format": FORMAT_VERSION, "store": DATABASE}) + "\n", encoding="utf-8")
        draft.replace(folder / MARKER)


def check_free(folder: Path) -> None:
    """Raises ``StoreError`` where no store can be made since something else is there."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StoreError(
            f"{folder} holds something else than a graphwright store; choose an empty or new folder as the target"
        )


def _check_marker(folder: Path) -> None:
    try:
        version = json.loads((folder / MARKER).read_text(encoding="utf-8"))["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{folder / MARKER} cannot be read ({error}); restore it, or build into a new folder"
        ) from error
    if version != FORMAT_VERSION:
        raise StoreError(
            f"{folder} is of store format {version}; this graphwright reads format {FORMAT_VERSION}: "
            "use the graphwright that wrote it, or build anew into another target"
        )


def rdf_graph(folder: str | os.PathLike[str]) -> Dataset:
    """The store of a folder as an ``rdflib.Dataset`` that reads; its default graph is the union of all.

    Raises ``UsageError`` where there is no store. Don't use it while a build writes to the folder.
    """
    from oxrdflib import OxigraphStore as RdflibStore
    from rdflib import Dataset

    path = Path(folder)
    if not is_store(path):
        raise UsageError(f"{path} is no graphwright store; make one with: graphwright build CORPUS --to {path}")
    _check_marker(path)
    with reported(str(path)):
        finish(path)
        store = RdflibStore(store=ox.Store.read_only(str(path / DATABASE)))
    dataset = Dataset(store=store, default_union=True)
    for prefix, namespace in PREFIXES.items():
        dataset.bind(prefix, namespace)
    return dataset
