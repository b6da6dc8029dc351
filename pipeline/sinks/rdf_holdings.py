"""Documents read back whole from their graphs: the inverse of ``rdf_mapping.contribution_quads``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from pyoxigraph import NamedNode

from graphwright.pipeline.graph import Contribution
from graphwright.pipeline.identity import node_id
from graphwright.pipeline.sinks import rdf_queries as ask
from graphwright.pipeline.sinks.rdf_reading import Description, read_fact, read_occurrence
from graphwright.pipeline.sinks.rdf_terms import AnyTerm, local_id, node_of, occurrence_iri, text_of
from graphwright.pipeline.sinks.store import Holding
from graphwright.pipeline.vocabulary import DCT, DOCUMENT, GW, RDF

AT_ONCE = 16
"""Documents in memory."""

Described = dict[NamedNode, Description]
Row = tuple[NamedNode, NamedNode, NamedNode, AnyTerm]


def read_holdings(quads: ask.Quads) -> Iterator[Holding]:
    """All documents with what resolution gave their occurrences, ordered by id."""
    documents = [cast("NamedNode", row[0]) for row in ask.document_rows(quads)]
    for chunk in ask.chunks(sorted(documents, key=lambda iri: local_id(iri, DOCUMENT)), AT_ONCE):
        graphs = _graphs(quads, chunk)
        read = [read_contribution(iri, graphs[iri]) for iri in chunk]
        nodes = ask.assigned(quads, (occurrence_iri(item.id) for part in read for item in part.occurrences))
        for part in read:
            found = ((item, node_of(nodes[occurrence_iri(item.id)])) for item in part.occurrences)
            yield Holding(part, {item.id: node for item, node in found if node != node_id(item.kb_id, item.id)})


def _graphs(quads: ask.Quads, documents: list[NamedNode]) -> dict[NamedNode, Described]:
    found: dict[NamedNode, dict[NamedNode, dict[NamedNode, list[AnyTerm]]]] = {iri: {} for iri in documents}
    for graph, subject, item, value in cast("Iterator[Row]", ask.graph_rows(quads, documents)):
        about = found[graph].setdefault(subject, {})
        if item in about:
            about[item].append(value)
        else:
            about[item] = [value]
    return cast("dict[NamedNode, Described]", found)


def read_contribution(document: NamedNode, described: Described) -> Contribution:
    """What a document contributed, of all that its graph describes; occurrences and facts are ordered by id."""
    about = described[document]
    kinds = {iri: found[RDF.type][0] for iri, found in described.items() if RDF.type in found}
    occurrences = [read_occurrence(iri, described) for iri, kind in kinds.items() if kind == GW.Occurrence]
    facts = [read_fact(iri, described[iri]) for iri, kind in kinds.items() if kind == GW.Fact]
    return Contribution(
        document=local_id(document, DOCUMENT),
        source=text_of(about[DCT.source][0]),
        version=text_of(about[GW.version][0]),
        fingerprint=text_of(about[GW.fingerprint][0]),
        language=text_of(about[DCT.language][0]),
        title=text_of(about[DCT.title][0]),
        occurrences=tuple(sorted(occurrences, key=lambda item: item.id)),
        facts=tuple(sorted(facts, key=lambda item: item.id)),
    )
