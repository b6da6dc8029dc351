"""The graph as files for others. Each format is a function of a store; files appear together, whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from graphwright.pipeline.errors import StoreError, UsageError
from graphwright.pipeline.exports.dataset import export_dataset
from graphwright.pipeline.exports.drafts import Draft, drafts
from graphwright.pipeline.exports.graphml import export_graphml
from graphwright.pipeline.exports.json_lines import export_jsonl
from graphwright.pipeline.exports.neo4j_admin import export_neo4j
from graphwright.pipeline.exports.nquads import export_nquads
from graphwright.pipeline.exports.parquet import export_parquet
from graphwright.pipeline.exports.rdf12 import export_rdf12
from graphwright.pipeline.sinks.store import Store

Writer = Callable[[Store, Draft, Mapping[str, str]], str]
"""Writes drafts, given names of predicates; returns in words what the format did not carry, "" for nothing."""

FORMATS: Final[Mapping[str, Writer]] = {
    "neo4j-admin": export_neo4j,
    "graphml": export_graphml,
    "parquet": export_parquet,
    "jsonl": export_jsonl,
    "nq": export_nquads,
    "rdf12": export_rdf12,
    "dataset": export_dataset,
}


@dataclass(frozen=True, slots=True)
class Exported:
    """The files of an export, and in words what of the graph is not in them; "" where all of it is."""

    files: tuple[Path, ...]
    lacks: str


def export(
    store: Store, format: str, folder: Path, names: Mapping[str, str] | None = None, *, license: str = ""
) -> Exported:
    """Write a graph to a folder, which is made where it is missing.

    ``names`` gives predicates readable names: {"P26": "SPOUSE"}; ``license`` is the IRI of a licence, for ``dataset``.
    Of the graph only ids are in memory, but for ``nq``, which is sorted there.

    Raises ``UsageError`` for an unknown format and ``StoreError`` where the folder cannot be written.
    """
    if format not in FORMATS:
        raise UsageError(f"wanted a format of {', '.join(FORMATS)}; received {format}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with drafts(folder) as (draft, files):
            writer = partial(export_dataset, license=license) if format == "dataset" else FORMATS[format]
            lacks = writer(store, draft, names or {})
        return Exported(tuple(files), lacks)
    except OSError as error:
        raise StoreError(f"{folder} cannot be written ({error}); free some space or choose another folder") from error
