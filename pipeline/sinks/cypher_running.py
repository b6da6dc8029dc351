"""Queries of a write, one after the other in its transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from neo4j import ManagedTransaction

from graphwright.pipeline.sinks.cypher_rows import Row

ROWS = 5000
"""Rows a query: one round trip and one cached plan for each."""


def run(tx: ManagedTransaction, text: str, **parameters: Any) -> list[Row]:
    """One query, read to its end. ``text`` comes from ``cypher_statements`` alone, whose identifiers are checked."""
    return tx.run(text, parameters).data()


def each(tx: ManagedTransaction, text: str, rows: Iterable[Any], **parameters: Any) -> list[Row]:
    """A query over rows, sorted (so that locks are taken in one order) and in batches."""
    ordered = sorted(rows, key=_order)
    found: list[Row] = []
    for start in range(0, len(ordered), ROWS):
        found += run(tx, text, rows=ordered[start : start + ROWS], **parameters)
    return found


def _order(row: Any) -> str:
    if isinstance(row, str):
        return row
    return str(row.get("id") or row.get("occurrence") or row.get("evidence") or row["properties"]["id"])
