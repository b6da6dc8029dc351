"""Records as quads. One named graph a document; nodes, statements and edges in the view. No blank nodes."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pyoxigraph import Literal as Term
from pyoxigraph import NamedNode, Quad

from graphwright.pipeline.graph import Contribution, Evidence, Fact, Literal, Node, Occurrence, Statement
from graphwright.pipeline.sinks.rdf_terms import (
    activity_iri,
    class_iri,
    document_iri,
    fact_iri,
    literal,
    node_iri,
    occurrence_iri,
    predicate_iri,
    qualifier_iri,
    span_iri,
    statement_iri,
    typed_literal,
)
from graphwright.pipeline.vocabulary import DCT, GW, NIF, PROV, RDF, RESOLUTION_GRAPH, SKOS, VIEW_GRAPH

Property = tuple[NamedNode, NamedNode | Term]


def contribution_quads(contribution: Contribution) -> Iterator[Quad]:
    """All that a document says, in the document's own graph; later calls never change it."""
    graph = document_iri(contribution.document)
    for item, value in _document(contribution):
        yield Quad(graph, item, value, graph)
    for occurrence in contribution.occurrences:
        yield from _occurrence_quads(occurrence, graph)
    for fact in contribution.facts:
        subject = fact_iri(fact.id)
        for item, value in _fact(fact, graph):
            yield Quad(subject, item, value, graph)
    for model in sorted({fact.evidence.model for fact in contribution.facts}):
        yield Quad(activity_iri(model), RDF.type, PROV.Activity, graph)
        yield Quad(activity_iri(model), GW.model, literal(model), graph)


def _document(contribution: Contribution) -> Iterator[Property]:
    yield RDF.type, GW.Document
    yield DCT.source, literal(contribution.source)
    yield DCT.title, literal(contribution.title)
    yield DCT.language, literal(contribution.language)
    yield GW.version, literal(contribution.version)
    yield GW.fingerprint, literal(contribution.fingerprint)


def _occurrence_quads(occurrence: Occurrence, graph: NamedNode) -> Iterator[Quad]:
    subject = occurrence_iri(occurrence.id)
    for item, value in _occurrence(occurrence, graph):
        yield Quad(subject, item, value, graph)
    for mention in occurrence.mentions:
        span = span_iri(subject.value, mention.start, mention.end)
        yield Quad(subject, GW.mention, span, graph)
        yield Quad(span, NIF.beginIndex, Term(mention.start), graph)
        yield Quad(span, NIF.endIndex, Term(mention.end), graph)
        yield Quad(span, NIF.anchorOf, literal(mention.text), graph)
        yield Quad(span, GW.score, Term(float(mention.score)), graph)
        yield Quad(span, GW.form, literal(mention.form), graph)


def _occurrence(occurrence: Occurrence, graph: NamedNode) -> Iterator[Property]:
    yield RDF.type, GW.Occurrence
    yield PROV.wasDerivedFrom, graph
    yield GW.label, literal(occurrence.label)
    yield SKOS.prefLabel, literal(occurrence.name)
    yield GW.score, Term(float(occurrence.score))
    if occurrence.kb_id is not None:
        yield GW.kbId, literal(occurrence.kb_id)
    for alias in occurrence.aliases:
        yield SKOS.altLabel, literal(alias)
    for key in occurrence.keys:
        yield GW.blockKey, literal(key)
    if occurrence.context:
        yield GW.context, literal(json.dumps(sorted(set(occurrence.context)), ensure_ascii=False))


def _fact(fact: Fact, graph: NamedNode) -> Iterator[Property]:
    yield RDF.subject, occurrence_iri(fact.subject)
    yield RDF.predicate, predicate_iri(fact.predicate)
    if isinstance(fact.object, Literal):
        yield from _value(fact.object)
    else:
        yield RDF.object, occurrence_iri(fact.object)
    yield from _qualifiers(fact.qualifiers)
    yield from _evidence(fact.evidence, graph)


def _evidence(evidence: Evidence, graph: NamedNode) -> Iterator[Property]:
    yield RDF.type, GW.Fact
    yield PROV.wasDerivedFrom, graph
    yield PROV.wasGeneratedBy, activity_iri(evidence.model)
    yield GW.evidenceId, literal(evidence.id)
    yield GW.head, span_iri(graph.value, *evidence.head)
    yield GW.tail, span_iri(graph.value, *evidence.tail)
    yield GW.sentence, span_iri(graph.value, *evidence.sentence)
    yield GW.quote, literal(evidence.text)
    yield GW.score, Term(float(evidence.score))
    yield GW.assertion, literal(evidence.assertion)
    yield GW.band, literal(evidence.band)
    if evidence.said_by:
        yield GW.saidBy, literal(evidence.said_by)
    if evidence.region:
        yield GW.picture, literal(evidence.region.picture)
        yield GW.page, Term(evidence.region.page)
        yield GW.box, literal(",".join(map(str, evidence.region.box)))


def _value(value: Literal) -> Iterator[Property]:
    """The typed literal for queries; its very words apart, since stores rewrite "0.10" to "0.1"."""
    yield RDF.object, typed_literal(value)
    yield GW.lexicalForm, literal(value.value)
    yield GW.datatype, literal(value.datatype)
    if value.unit:
        yield GW.unit, literal(value.unit)


def _qualifiers(qualifiers: tuple[tuple[str, str], ...]) -> Iterator[Property]:
    for name, value in qualifiers:
        yield qualifier_iri(name), literal(value)


def statement_quads(
    id: str, subject: str, predicate: str, object: str | Literal, qualifiers: tuple[tuple[str, str], ...]
) -> Iterator[Quad]:
    """A statement as a node of the view, without its score and band, which follow from its evidence."""
    iri = statement_iri(id)
    yield Quad(iri, RDF.type, GW.Statement, VIEW_GRAPH)
    yield Quad(iri, RDF.subject, node_iri(subject), VIEW_GRAPH)
    yield Quad(iri, RDF.predicate, predicate_iri(predicate), VIEW_GRAPH)
    if isinstance(object, Literal):
        for item, value in _value(object):
            yield Quad(iri, item, value, VIEW_GRAPH)
    else:
        yield Quad(iri, RDF.object, node_iri(object), VIEW_GRAPH)
    for item, value in _qualifiers(qualifiers):
        yield Quad(iri, item, value, VIEW_GRAPH)


def weight_quads(id: str, score: float, band: str) -> Iterator[Quad]:
    """What a statement's evidence amounts to."""
    yield Quad(statement_iri(id), GW.score, Term(float(score)), VIEW_GRAPH)
    yield Quad(statement_iri(id), GW.band, literal(band), VIEW_GRAPH)


def whole_statement_quads(statement: Statement) -> Iterator[Quad]:
    """A statement with score, edge and evidence, for stores that hold no RDF. The documents' entities are left out."""
    subject, predicate, target = statement.subject, statement.predicate, statement.object
    yield from statement_quads(statement.id, subject, predicate, target, statement.qualifiers)
    yield from weight_quads(statement.id, statement.score, statement.band)
    if statement.band == "keep":
        tail = typed_literal(target) if isinstance(target, Literal) else node_iri(target)
        yield Quad(node_iri(subject), predicate_iri(predicate), tail, VIEW_GRAPH)
    for evidence in statement.evidence:
        graph, iri = document_iri(evidence.document), fact_iri(f"{statement.id}-{evidence.id}")
        for item, value in _evidence(evidence, graph):
            yield Quad(iri, item, value, graph)
        yield Quad(iri, GW.supports, statement_iri(statement.id), RESOLUTION_GRAPH)


def node_quads(node: Node) -> Iterator[Quad]:
    """A node of the view: its class and names."""
    iri = node_iri(node.id)
    yield Quad(iri, RDF.type, class_iri(node.label), VIEW_GRAPH)
    yield Quad(iri, SKOS.prefLabel, literal(node.name), VIEW_GRAPH)
    for alias in node.aliases:
        yield Quad(iri, SKOS.altLabel, literal(alias), VIEW_GRAPH)
    if node.kb_id is not None:
        yield Quad(iri, GW.kbId, literal(node.kb_id), VIEW_GRAPH)


NODE_PROPERTIES = (RDF.type, SKOS.prefLabel, SKOS.altLabel, GW.kbId)
"""What describes a node; every other property of it in the view is an edge."""
