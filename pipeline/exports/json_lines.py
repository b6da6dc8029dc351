"""The graph as JSON lines (https://jsonlines.org): statements with their evidence, nodes, documents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from graphwright.pipeline.exports.drafts import Draft, open_text
from graphwright.pipeline.graph import Statement
from graphwright.pipeline.sinks.store import Store

NODES, STATEMENTS, DOCUMENTS = "nodes.jsonl", "statements.jsonl", "documents.jsonl"


def export_jsonl(store: Store, draft: Draft, names: Mapping[str, str]) -> str:
    """``nodes.jsonl``, ``statements.jsonl`` (with evidence) and ``documents.jsonl``: an object a line, by id."""
    _write(draft(NODES), map(asdict, store.nodes()))
    _write(draft(STATEMENTS), map(statement_object, store.statements()))
    documents, versions = store.documents(), store.versions()
    _write(draft(DOCUMENTS), (_document(key, *documents[key], versions[key]) for key in sorted(documents)))
    return "mentions without a fact, merges and people's decisions are not in it; nq and neo4j-admin carry them"


def statement_object(statement: Statement) -> dict[str, object]:
    """A statement as JSON has it: a value is an object of its words, datatype and unit."""
    return {**asdict(statement), "band": statement.band}


def _document(id: str, source: str, fingerprint: str, version: str) -> dict[str, str]:
    return {"id": id, "source": source, "version": version, "fingerprint": fingerprint}


def _write(path: Path, objects: Iterable[object]) -> None:
    with open_text(path) as stream:
        for item in objects:
            stream.write(json.dumps(item, ensure_ascii=False) + "\n")
