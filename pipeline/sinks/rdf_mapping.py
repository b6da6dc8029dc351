"""Records as N-Quads. One named graph a document; nodes, statements and edges in the view. No blank nodes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from pyoxigraph import NamedNode

from graphwright.pipeline.graph import (
    NAME,
    Contribution,
    Evidence,
    Fact,
    Literal,
    Node,
    Occurrence,
    Statement,
    canonical_line,
    evidence_line,
)
from graphwright.pipeline.identity import node_id
from graphwright.pipeline.sinks.rdf_compared import compared_text
from graphwright.pipeline.sinks.rdf_lines import (
    integer_literal,
    iri_text,
    line,
    named,
    node_text,
    number_literal,
    text_literal,
)
from graphwright.pipeline.sinks.rdf_terms import (
    PREDICATES,
    class_iri,
    occurrence_iri,
    predicate_iri,
    qualifier_iri,
    typed_literal,
)
from graphwright.pipeline.vocabulary import (
    ACTIVITY,
    DCT,
    DOCUMENT,
    FACT,
    FRAGMENT,
    GW,
    NIF,
    OCCURRENCE,
    PROV,
    RDF,
    RESOLUTION_GRAPH,
    SKOS,
    STATEMENT,
    VIEW_GRAPH,
)

Property = tuple[str, str]
"""A predicate and its object, as text."""

_TYPE: Final = named(RDF.type)
_SUBJECT: Final = named(RDF.subject)
_PREDICATE: Final = named(RDF.predicate)
_OBJECT: Final = named(RDF.object)
_DERIVED: Final = named(PROV.wasDerivedFrom)
_GENERATED: Final = named(PROV.wasGeneratedBy)
_NAME: Final = named(SKOS.prefLabel)
_ALIAS: Final = named(SKOS.altLabel)
_SCORE: Final = named(GW.score)
_BAND: Final = named(GW.band)
_KB_ID: Final = named(GW.kbId)
_LABEL: Final = named(GW.label)
_BLOCK_KEY: Final = named(GW.blockKey)
_LINKED_KEY: Final = named(GW.linkedKey)
_STRAY_KEY: Final = named(GW.strayKey)
_COMPARED: Final = named(GW.compared)
_MENTION: Final = named(GW.mention)
_BEGIN: Final = named(NIF.beginIndex)
_END: Final = named(NIF.endIndex)
_ANCHOR: Final = named(NIF.anchorOf)
_FORM: Final = named(GW.form)
_EVIDENCE_ID: Final = named(GW.evidenceId)
_LINE: Final = named(GW.line)
_QUOTE: Final = named(GW.quote)
_ASSERTION: Final = named(GW.assertion)
_RESOLVED: Final = named(GW.resolvedTo)
_SUPPORTS: Final = named(GW.supports)
_CANONICAL: Final = named(GW.canonicalLine)
_PENDING: Final = named(GW.pendingKey)
_RESOLUTION: Final = named(RESOLUTION_GRAPH)
_VIEW: Final = named(VIEW_GRAPH)


def contribution_blocks(contribution: Contribution) -> Iterator[str]:
    """All that a document says, in the document's own graph; later calls never change it."""
    graph = iri_text(DOCUMENT, contribution.document)
    yield _block(graph, _document(contribution), graph)
    for occurrence in contribution.occurrences:
        yield _occurrence_block(occurrence, graph)
    for fact in contribution.facts:
        yield _block(iri_text(FACT, fact.id), _fact(fact, graph), graph)
    for model in sorted({fact.evidence.model for fact in contribution.facts}):
        about = [(_TYPE, named(PROV.Activity)), (named(GW.model), text_literal(model))]
        yield _block(iri_text(ACTIVITY, model), iter(about), graph)


def _block(subject: str, properties: Iterator[Property], graph: str) -> str:
    end = f" {graph} .\n"
    return "".join([f"{subject} {item} {value}{end}" for item, value in properties])


def _document(contribution: Contribution) -> Iterator[Property]:
    yield _TYPE, named(GW.Document)
    yield named(DCT.source), text_literal(contribution.source)
    yield named(DCT.title), text_literal(contribution.title)
    yield named(DCT.language), text_literal(contribution.language)
    yield named(GW.version), text_literal(contribution.version)
    yield named(GW.fingerprint), text_literal(contribution.fingerprint)


def _occurrence_block(occurrence: Occurrence, graph: str) -> str:
    subject = iri_text(OCCURRENCE, occurrence.id)
    end = f" {graph} .\n"
    lines = [f"{subject} {item} {value}{end}" for item, value in _occurrence(occurrence, graph)]
    for mention in occurrence.mentions:
        span = f"{subject[:-1]}{FRAGMENT}{mention.start},{mention.end}>"
        lines.append(
            f"{subject} {_MENTION} {span}{end}"
            f"{span} {_BEGIN} {integer_literal(mention.start)}{end}"
            f"{span} {_END} {integer_literal(mention.end)}{end}"
            f"{span} {_ANCHOR} {text_literal(mention.text)}{end}"
            f"{span} {_SCORE} {number_literal(mention.score)}{end}"
        )
        if mention.form != NAME:
            lines.append(f"{span} {_FORM} {text_literal(mention.form)}{end}")
    return "".join(lines)


def _occurrence(occurrence: Occurrence, graph: str) -> Iterator[Property]:
    yield _TYPE, named(GW.Occurrence)
    yield _DERIVED, graph
    yield _LABEL, text_literal(occurrence.label)
    yield _NAME, text_literal(occurrence.name)
    yield _SCORE, number_literal(occurrence.score)
    if occurrence.kb_id is not None:
        yield _KB_ID, text_literal(occurrence.kb_id)
    for alias in occurrence.aliases:
        yield _ALIAS, text_literal(alias)
    key_property = _BLOCK_KEY if occurrence.kb_id is None else _LINKED_KEY
    for key in occurrence.keys:
        yield key_property, text_literal(key)
    yield _COMPARED, text_literal(compared_text(occurrence))


def _fact(fact: Fact, graph: str) -> Iterator[Property]:
    yield _SUBJECT, iri_text(OCCURRENCE, fact.subject)
    yield _PREDICATE, _predicate(fact.predicate)
    if isinstance(fact.object, Literal):
        yield from _value(fact.object)
    else:
        yield _OBJECT, iri_text(OCCURRENCE, fact.object)
    yield from _qualifiers(fact.qualifiers)
    yield from _evidence(fact.evidence, graph)


def _evidence(evidence: Evidence, graph: str) -> Iterator[Property]:
    yield _TYPE, named(GW.Fact)
    yield _DERIVED, graph
    yield _GENERATED, iri_text(ACTIVITY, evidence.model)
    yield _EVIDENCE_ID, text_literal(evidence.id)
    yield _LINE, text_literal(evidence_line(evidence))
    yield _QUOTE, text_literal(evidence.text)
    yield _SCORE, number_literal(evidence.score)
    yield _ASSERTION, text_literal(evidence.assertion)
    yield _BAND, text_literal(evidence.band)
    if evidence.said_by:
        yield named(GW.saidBy), text_literal(evidence.said_by)
    if evidence.region:
        yield named(GW.picture), text_literal(evidence.region.picture)
        yield named(GW.page), integer_literal(evidence.region.page)
        yield named(GW.box), text_literal(",".join(map(str, evidence.region.box)))


@lru_cache(PREDICATES)
def _predicate(predicate: str) -> str:
    return named(predicate_iri(predicate))


def _value(value: Literal) -> Iterator[Property]:
    """The typed literal for queries; its very words apart, since stores rewrite "0.10" to "0.1"."""
    yield _OBJECT, str(typed_literal(value))
    yield named(GW.lexicalForm), text_literal(value.value)
    yield named(GW.datatype), text_literal(value.datatype)
    if value.unit:
        yield named(GW.unit), text_literal(value.unit)


def _qualifiers(qualifiers: tuple[tuple[str, str], ...]) -> Iterator[Property]:
    for name, value in qualifiers:
        yield named(qualifier_iri(name)), text_literal(value)


def statement_lines(
    id: str, subject: str, predicate: str, object: str | Literal, qualifiers: tuple[tuple[str, str], ...]
) -> Iterator[str]:
    """A statement as a node of the view, without its score and band, which follow from its evidence."""
    iri = iri_text(STATEMENT, id)
    yield line(iri, _TYPE, named(GW.Statement), _VIEW)
    yield line(iri, _SUBJECT, node_text(subject), _VIEW)
    yield line(iri, _PREDICATE, _predicate(predicate), _VIEW)
    if isinstance(object, Literal):
        for item, value in _value(object):
            yield line(iri, item, value, _VIEW)
    else:
        yield line(iri, _OBJECT, node_text(object), _VIEW)
    for item, value in _qualifiers(qualifiers):
        yield line(iri, item, value, _VIEW)


def weight_lines(id: str, score: float, band: str) -> Iterator[str]:
    """What a statement's evidence amounts to."""
    iri = iri_text(STATEMENT, id)
    yield line(iri, _SCORE, number_literal(score), _VIEW)
    yield line(iri, _BAND, text_literal(band), _VIEW)


def edge_line(subject: str, predicate: str, object: str | Literal) -> str:
    """The plain edge of a statement that is kept."""
    tail = str(typed_literal(object)) if isinstance(object, Literal) else node_text(object)
    return line(node_text(subject), _predicate(predicate), tail, _VIEW)


def whole_statement_lines(statement: Statement) -> Iterator[str]:
    """A statement with score, edge and evidence, for stores that hold no RDF. The documents' entities are left out."""
    subject, predicate, target = statement.subject, statement.predicate, statement.object
    yield from statement_lines(statement.id, subject, predicate, target, statement.qualifiers)
    yield from weight_lines(statement.id, statement.score, statement.band)
    if statement.band == "keep":
        yield edge_line(subject, predicate, target)
    for evidence in statement.evidence:
        graph, key = iri_text(DOCUMENT, evidence.document), f"{statement.id}-{evidence.id}"
        yield _block(iri_text(FACT, key), _evidence(evidence, graph), graph)
        yield supports_line(key, statement.id)


def node_lines(node: Node) -> Iterator[str]:
    """A node of the view: its class and names."""
    iri = node_text(node.id)
    yield line(iri, _TYPE, named(class_iri(node.label)), _VIEW)
    yield line(iri, _NAME, text_literal(node.name), _VIEW)
    for alias in node.aliases:
        yield line(iri, _ALIAS, text_literal(alias), _VIEW)
    if node.kb_id is not None:
        yield line(iri, _KB_ID, text_literal(node.kb_id), _VIEW)


def supports_line(fact: str, statement: str) -> str:
    """Which statement a fact supports."""
    return line(iri_text(FACT, fact), _SUPPORTS, iri_text(STATEMENT, statement), _RESOLUTION)


def support_lines(fact: Fact, statement: str) -> Iterator[str]:
    """Which statement a fact supports, and beside it what the digest says of that, so that it is read in one go."""
    told = canonical_line(statement, fact.evidence.document, evidence_line(fact.evidence))
    yield supports_line(fact.id, statement)
    yield line(iri_text(FACT, fact.id), _CANONICAL, text_literal(told), _RESOLUTION)


def standing_lines(occurrence: Occurrence, node: str) -> Iterator[str]:
    """Which node an occurrence stands for; of a linked one that stands for another than its id's also its keys."""
    subject = iri_text(OCCURRENCE, occurrence.id)
    yield line(subject, _RESOLVED, node_text(node), _RESOLUTION)
    if occurrence.kb_id is not None and node != node_id(occurrence.kb_id, occurrence.id):
        for key in occurrence.keys:
            yield line(subject, _STRAY_KEY, text_literal(key), _RESOLUTION)


def tally_line(node: str, text: str) -> str:
    """What the occurrences of a node are called, in numbers."""
    return line(node_text(node), named(GW.tally), text_literal(text), _RESOLUTION)


def pending_line(key: str) -> str:
    """A block key that waits for resolution."""
    return line(_RESOLUTION, _PENDING, text_literal(key), _RESOLUTION)


def added_line(occurrence: str) -> str:
    """An occurrence that was added and waits for resolution."""
    return line(_RESOLUTION, GW.pendingOccurrence, occurrence_iri(occurrence), _RESOLUTION)


NODE_PROPERTIES: Final[tuple[NamedNode, ...]] = (RDF.type, SKOS.prefLabel, SKOS.altLabel, GW.kbId)
"""What describes a node; every other property of it in the view is an edge."""
