"""The graph as Parquet (https://parquet.apache.org/docs/file-format/), for pandas, DuckDB, Spark, Polars.

``nodes``, ``statements``, ``evidence``, ``mentions``, ``documents``: plain tables that refer to each other by id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from graphwright.pipeline.exports.drafts import Draft
from graphwright.pipeline.graph import Evidence, Literal, Node, Statement
from graphwright.pipeline.sinks.store import Holding, Store

Record = dict[str, Any]
ROWS: Final = 10_000
"""Rows of a group: what is in memory at a time."""

_EVIDENCE: Final = {
    **dict.fromkeys(("id", "statement", "document"), "text"),
    **{f"{part}_{end}": "int64" for part in ("head", "tail", "sentence") for end in ("start", "end")},
    "text": "text",
    "score": "float64",
    **dict.fromkeys(("assertion", "band", "model", "said_by"), "text"),
    "region": "region",
}
TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "nodes": {**dict.fromkeys(("id", "label", "name"), "text"), "aliases": "texts", "kb_id": "text"},
    "statements": {
        **dict.fromkeys(("id", "subject", "predicate", "name", "object", "value", "datatype", "unit"), "text"),
        "qualifiers": "pairs",
        "score": "float64",
        "band": "text",
        "evidence_count": "int64",
    },
    "evidence": _EVIDENCE,
    "mentions": {
        **dict.fromkeys(("document", "occurrence", "node"), "text"),
        **dict.fromkeys(("start", "end"), "int64"),
        "text": "text",
        "score": "float64",
        "form": "text",
    },
    "documents": dict.fromkeys(("id", "source", "version", "fingerprint", "language", "title"), "text"),
}


def export_parquet(store: Store, draft: Draft, names: Mapping[str, str]) -> str:
    """Five files. ``name`` of a statement is its predicate in words; offsets are code points, ends exclusive."""
    with _Tables(draft) as tables:
        tables.write("nodes", map(_node, store.nodes()))
        for statement in store.statements():
            tables.add("statements", _statement(statement, names))
            for item in statement.evidence:
                tables.add("evidence", _evidence(item, statement.id))
        for holding in store.holdings():
            tables.add("documents", _document(holding))
            tables.write("mentions", _mentions(holding))
    lost = "; half characters (lone surrogates) became U+FFFD" if tables.lost else ""
    return f"merges and people's decisions are not in it{lost}; nq and neo4j-admin carry all"


class _Tables:
    """The files while they are written, each with a group of rows in memory."""

    def __init__(self, draft: Draft) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        text = pa.string()
        pair = pa.struct([("name", text), ("value", text)])
        kinds = {"text": text, "texts": pa.list_(text), "pairs": pa.list_(pair)}
        region = pa.struct([("picture", text), ("page", pa.int64()), ("box", pa.list_(pa.int64()))])
        kinds |= {"int64": pa.int64(), "float64": pa.float64(), "region": region}
        self._record_batch: Callable[..., Any] = pa.RecordBatch.from_pylist
        self._schemas = {
            name: pa.schema([(column, kinds[kind]) for column, kind in columns.items()])
            for name, columns in TABLES.items()
        }
        self._writers = {
            name: parquet.ParquetWriter(draft(f"{name}.parquet"), schema, compression="zstd")
            for name, schema in self._schemas.items()
        }
        self._rows: dict[str, list[Record]] = {name: [] for name in TABLES}
        self.lost = False

    def add(self, name: str, row: Record) -> None:
        rows = self._rows[name]
        rows.append(row)
        if len(rows) >= ROWS:
            self._flush(name)

    def write(self, name: str, rows: Iterable[Record]) -> None:
        for row in rows:
            self.add(name, row)

    def _flush(self, name: str) -> None:
        rows, schema = self._rows[name], self._schemas[name]
        try:
            batch = self._record_batch(rows, schema=schema)
        except UnicodeEncodeError:
            self.lost = True
            batch = self._record_batch([_whole(row) for row in rows], schema=schema)
        self._writers[name].write_batch(batch)
        rows.clear()

    def __enter__(self) -> _Tables:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        for name, writer in self._writers.items():
            if kind is None and self._rows[name]:
                self._flush(name)
            writer.close()


def _whole(value: Any) -> Any:
    """A value without lone surrogates."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list | tuple) else value


def _node(node: Node) -> Record:
    told = {"id": node.id, "label": node.label, "name": node.name}
    return {**told, "aliases": list(node.aliases), "kb_id": node.kb_id}


def _statement(statement: Statement, names: Mapping[str, str]) -> Record:
    return {
        "id": statement.id,
        "subject": statement.subject,
        "predicate": statement.predicate,
        "name": names.get(statement.predicate, statement.predicate),
        **_object(statement.object),
        "qualifiers": [{"name": name, "value": text} for name, text in statement.qualifiers],
        "score": statement.score,
        "band": statement.band,
        "evidence_count": len(statement.evidence),
    }


def _object(target: str | Literal) -> Record:
    if isinstance(target, Literal):
        return {"value": target.value, "datatype": target.datatype, "unit": target.unit}
    return {"object": target}


def _evidence(item: Evidence, statement: str) -> Record:
    row: Record = {"id": item.id, "statement": statement, "document": item.document}
    for part, span in (("head", item.head), ("tail", item.tail), ("sentence", item.sentence)):
        row[f"{part}_start"], row[f"{part}_end"] = span
    said = {"text": item.text, "score": item.score, "assertion": item.assertion, "band": item.band}
    region = asdict(item.region) if item.region else None
    return {**row, **said, "model": item.model, "said_by": item.said_by or None, "region": region}


def _document(holding: Holding) -> Record:
    part = holding.contribution
    told = {"id": part.document, "source": part.source, "version": part.version, "fingerprint": part.fingerprint}
    return {**told, "language": part.language, "title": part.title}


def _mentions(holding: Holding) -> Iterator[Record]:
    nodes = holding.nodes
    for item in holding.contribution.occurrences:
        place = {"document": item.document, "occurrence": item.id, "node": nodes[item.id]}
        for found in item.mentions:
            said = {"text": found.text, "score": found.score, "form": found.form}
            yield {**place, "start": found.start, "end": found.end, **said}
