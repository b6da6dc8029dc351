"""The graph as N-Quads (https://www.w3.org/TR/n-quads/)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING

from graphwright.pipeline.exports.drafts import Draft
from graphwright.pipeline.sinks.store import Store

if TYPE_CHECKING:
    from pyoxigraph import Quad


def export_nquads(store: Store, draft: Draft, names: Mapping[str, str]) -> str:
    """``graph.nq``: all graphs, sorted. Of an RDF store it is a whole copy, which is a target itself."""
    from graphwright.pipeline.sinks.rdf import RdfStore
    from graphwright.pipeline.sinks.rdf_files import write_quads

    path = draft("graph.nq")
    if isinstance(store, RdfStore):
        write_quads(store.quads(), path)
        return ""
    write_quads(_view(store), path)
    return "of Neo4j only the view is in it, not what documents say one by one; neo4j-admin carries all"


def _view(store: Store) -> Iterable[Quad]:
    from graphwright.pipeline.sinks.rdf_lines import as_quads
    from graphwright.pipeline.sinks.rdf_mapping import node_lines, whole_statement_lines

    statements = (text for item in store.statements() for text in whole_statement_lines(item))
    return as_quads(chain((text for node in store.nodes() for text in node_lines(node)), statements))
