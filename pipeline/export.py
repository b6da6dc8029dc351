"""The graph as files for others. Each format is a function of a store and a folder; files are written whole or not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from graphwright.pipeline.errors import StoreError, UsageError
from graphwright.pipeline.graph import Statement
from graphwright.pipeline.sinks.store import Store

if TYPE_CHECKING:
    from pyoxigraph import Quad


def export(store: Store, format: str, folder: Path) -> tuple[Path, ...]:
    """Write a graph to a folder, which is made where it is missing; returns the files.

    Raises ``UsageError`` for an unknown format and ``StoreError`` where the folder cannot be written.
    """
    if format not in FORMATS:
        raise UsageError(f"wanted a format of {', '.join(FORMATS)}; received {format}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return tuple(FORMATS[format](store, folder))
    except OSError as error:
        raise StoreError(f"{folder} cannot be written ({error}); free some space or choose another folder") from error


def export_nquads(store: Store, folder: Path) -> Iterator[Path]:
    """``graph.nq``: all graphs, sorted. Of an RDF store it is a whole copy, which is a target itself."""
    from graphwright.pipeline.sinks.rdf_files import write_quads

    path = folder / "graph.nq"
    write_quads(_quads(store), path)
    yield path


def export_jsonl(store: Store, folder: Path) -> Iterator[Path]:
    """``nodes.jsonl`` and ``statements.jsonl`` (with evidence), an object a line, ordered by id."""
    yield _write_lines(folder / "nodes.jsonl", map(asdict, store.nodes()))
    yield _write_lines(folder / "statements.jsonl", map(statement_object, store.statements()))


FORMATS: Final[Mapping[str, Callable[[Store, Path], Iterator[Path]]]] = {"nq": export_nquads, "jsonl": export_jsonl}


def statement_object(statement: Statement) -> dict[str, object]:
    """A statement as JSON has it: a value is an object of its words, datatype and unit."""
    return {**asdict(statement), "band": statement.band}


def _quads(store: Store) -> Iterable[Quad]:
    from graphwright.pipeline.sinks.rdf import RdfStore
    from graphwright.pipeline.sinks.rdf_mapping import node_quads, whole_statement_quads

    if isinstance(store, RdfStore):
        return store.quads()
    statements = (quad for item in store.statements() for quad in whole_statement_quads(item))
    return chain((quad for node in store.nodes() for quad in node_quads(node)), statements)


def _write_lines(path: Path, objects: Iterable[object]) -> Path:
    with _whole(path) as stream:
        for item in objects:
            stream.write(json.dumps(item, ensure_ascii=False) + "\n")
    return path


@contextmanager
def _whole(path: Path) -> Iterator[IO[str]]:
    """A file that appears under its name only when it is complete."""
    draft = path.with_name(f".{path.name}.new")
    try:
        with draft.open("w", encoding="utf-8", errors="surrogatepass", newline="\n") as stream:
            yield stream
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
