"""The graph in RDF 1.2 (https://www.w3.org/TR/rdf12-turtle/): a statement reifies the triple that it states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from graphwright.pipeline.exports.drafts import Draft
from graphwright.pipeline.sinks.store import Store

if TYPE_CHECKING:
    from pyoxigraph import Triple

    from graphwright.pipeline.graph import Statement


def export_rdf12(store: Store, draft: Draft, names: Mapping[str, str]) -> str:
    """``graph.ttl``: things, plain edges, and of every statement its triple, score, band and evidence.

    Programs that know RDF 1.1 only, such as rdflib 7, cannot read it.
    """
    import pyoxigraph as ox

    from graphwright.pipeline.vocabulary import PREFIXES

    with draft("graph.ttl").open("wb") as stream:
        ox.serialize(_triples(store), stream, ox.RdfFormat.TURTLE, prefixes=PREFIXES)
    return (
        "what documents say one by one, mentions, merges and people's decisions are not in it; "
        "rdflib and others that know RDF 1.1 only cannot read it"
    )


def _triples(store: Store) -> Iterator[Triple]:
    from pyoxigraph import Triple

    from graphwright.pipeline.sinks.rdf_lines import as_quads
    from graphwright.pipeline.sinks.rdf_mapping import node_lines

    for node in store.nodes():
        yield from (Triple(quad.subject, quad.predicate, quad.object) for quad in as_quads(node_lines(node)))
    for statement in store.statements():
        yield from _statement(statement)


def _statement(statement: Statement) -> Iterator[Triple]:
    from pyoxigraph import Triple

    from graphwright.pipeline.graph import Literal
    from graphwright.pipeline.sinks.rdf_lines import as_quads
    from graphwright.pipeline.sinks.rdf_mapping import whole_statement_lines
    from graphwright.pipeline.sinks.rdf_terms import node_iri, predicate_iri, statement_iri, typed_literal
    from graphwright.pipeline.vocabulary import RDF

    told = statement.object
    tail = typed_literal(told) if isinstance(told, Literal) else node_iri(told)
    stated = Triple(node_iri(statement.subject), predicate_iri(statement.predicate), tail)
    yield Triple(statement_iri(statement.id), RDF.reifies, stated)
    for quad in as_quads(whole_statement_lines(statement)):
        if quad.predicate not in (RDF.subject, RDF.predicate, RDF.object):
            yield Triple(quad.subject, quad.predicate, quad.object)
