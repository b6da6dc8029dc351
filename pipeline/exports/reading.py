"""Exports read again: the statements, nodes and documents of JSON lines and of Parquet files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final, TypeVar

from graphwright.pipeline.errors import StoreError
from graphwright.pipeline.exports.json_lines import DOCUMENTS, NODES, STATEMENTS
from graphwright.pipeline.graph import Evidence, Literal, Node, Statement
from graphwright.pipeline.records import Region, Span

Record = Mapping[str, Any]
T = TypeVar("T")
_PLAIN: Final = ("id", "document", "text", "score", "assertion", "band", "model")


@dataclass(frozen=True, slots=True)
class ExportedGraph:
    """A folder that ``export`` wrote. ``rows`` reads a table; methods raise ``StoreError`` where it is not ours."""

    folder: Path
    rows: Callable[[Path, str], Iterator[Record]]
    evidence_apart: bool

    def documents(self) -> Mapping[str, tuple[str, str]]:
        """Document id -> (source, fingerprint)."""
        return dict(self._read("documents", lambda row: (row["id"], (row["source"], row["fingerprint"]))))

    def versions(self) -> Mapping[str, str]:
        """Document id -> version of its text."""
        return dict(self._read("documents", lambda row: (row["id"], row["version"])))

    def nodes(self) -> Iterator[Node]:
        """All nodes, ordered by id."""
        return self._read(
            "nodes", lambda row: Node(row["id"], row["label"], row["name"], tuple(row["aliases"]), row["kb_id"])
        )

    def statements(self) -> Iterator[Statement]:
        """All statements with their evidence, ordered by id."""
        if not self.evidence_apart:
            yield from self._read("statements", _statement)
            return
        groups = groupby(self._read("evidence", lambda row: row), lambda row: row["statement"])
        for row in self._read("statements", lambda row: row):
            key, found = next(groups, ("", iter(())))
            if key != row["id"]:
                raise StoreError(f"{self.folder}: evidence of statement {row['id']} is missing; export the graph anew")
            with _ours(self.folder):
                yield _flat_statement(row, found)

    def _read(self, table: str, read: Callable[[Record], T]) -> Iterator[T]:
        with _ours(self.folder):
            yield from map(read, self.rows(self.folder, table))


def exported_graph(folder: Path) -> ExportedGraph | None:
    """The graph that was exported to a folder as JSON lines or Parquet; ``None`` where there is none."""
    if (folder / STATEMENTS).is_file():
        return ExportedGraph(folder, _lines, evidence_apart=False)
    if (folder / "statements.parquet").is_file():
        return ExportedGraph(folder, _parquet_rows, evidence_apart=True)
    return None


@contextmanager
def _ours(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError) as error:
        said = f"a row lacks {error}" if isinstance(error, KeyError) else " ".join(str(error).split())
        raise StoreError(f"{folder} does not hold what graphwright exports ({said}); export the graph anew") from error


def _lines(folder: Path, table: str) -> Iterator[Record]:
    name = {"nodes": NODES, "statements": STATEMENTS, "documents": DOCUMENTS}[table]
    path = folder / name
    if table == "documents" and not path.exists():  # as earlier versions wrote it
        return
    with path.open(encoding="utf-8", errors="surrogatepass", newline="\n") as stream:
        for line in stream:
            yield json.loads(line)


def _parquet_rows(folder: Path, table: str) -> Iterator[Record]:
    from pyarrow import parquet

    with parquet.ParquetFile(folder / f"{table}.parquet") as file:
        for batch in file.iter_batches(batch_size=2000):
            yield from batch.to_pylist()


def _statement(row: Record) -> Statement:
    target = row["object"]
    return Statement(
        row["id"],
        row["subject"],
        row["predicate"],
        Literal(**target) if isinstance(target, dict) else target,
        tuple((name, value) for name, value in row["qualifiers"]),
        row["score"],
        tuple(map(_evidence, row["evidence"])),
    )


def _evidence(row: Record) -> Evidence:
    return _told(row, *(_span(row[part]) for part in ("head", "tail", "sentence")))


def _flat_statement(row: Record, evidence: Iterator[Record]) -> Statement:
    value = row["object"] is None
    return Statement(
        row["id"],
        row["subject"],
        row["predicate"],
        Literal(row["value"], row["datatype"], row["unit"]) if value else row["object"],
        tuple((pair["name"], pair["value"]) for pair in row["qualifiers"]),
        row["score"],
        tuple(map(_flat_evidence, evidence)),
    )


def _flat_evidence(row: Record) -> Evidence:
    return _told(row, *((row[f"{part}_start"], row[f"{part}_end"]) for part in ("head", "tail", "sentence")))


def _told(row: Record, head: Span, tail: Span, sentence: Span) -> Evidence:
    plain = {name: row[name] for name in _PLAIN}
    region = _region(row.get("region"))
    return Evidence(**plain, head=head, tail=tail, sentence=sentence, said_by=row["said_by"] or "", region=region)


def _region(found: Record | None) -> Region | None:
    if found is None:
        return None
    left, top, right, bottom = found["box"]
    return Region(found["picture"], found["page"], (left, top, right, bottom))


def _span(pair: list[int]) -> Span:
    start, end = pair
    return start, end
