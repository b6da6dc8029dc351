"""Does a graph keep to its schema? Shapes are made from the schema and checked by pySHACL.

W3C Shapes Constraint Language (SHACL), https://www.w3.org/TR/shacl/. A shape for each property says what stands at
either end of it, and for a functional one that it is there at most once. Statements are checked in portions that hold
all statements of a subject, so that memory does not grow with the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from rdflib import RDF, RDFS, SH, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection

from graphwright.pipeline import graph
from graphwright.pipeline.graph import Node, Statement
from graphwright.pipeline.records import LITERAL_LABELS
from graphwright.pipeline.schema import Property, Schema
from graphwright.pipeline.sinks.store import Store

PORTION = 5000
CHECK = Namespace("urn:graphwright:check:")
VALUE_TYPES = {
    "TIME": ("date", "gYearMonth", "gYear", "string"),
    "NUM": ("decimal", "integer", "string"),
}


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """A node of the graph (IRI), the property (id) it breaks the rule of, and what the rule says."""

    node: str
    property: str
    message: str


def check(store: Store, schema: Schema) -> tuple[Violation, ...]:
    """Where the kept statements of a store violate the schema, sorted; empty where all is well."""
    shapes = shapes_graph(schema)
    nodes = {node.id: node for node in store.nodes()}
    kept = (item for item in store.statements() if item.band == "keep")
    found: set[Violation] = set()
    for portion in _portions(sorted(kept, key=attrgetter("subject"))):
        found |= set(_violations(data_graph(portion, nodes), shapes))
    return tuple(sorted(found))


def shapes_graph(schema: Schema) -> Graph:
    """The SHACL shapes of a schema, for whoever wants them in a tool of their own."""
    shapes = Graph()
    for found in schema.properties.values():
        _add_shape(shapes, found)
    return shapes


def data_graph(statements: Iterable[Statement], nodes: Mapping[str, Node]) -> Graph:
    """Statements as plain edges, and the label of each end as its class."""
    data = Graph()
    for item in statements:
        subject = URIRef(item.subject)
        ends = [item.subject] + ([item.object] if isinstance(item.object, str) else [])
        for end in ends:
            if end in nodes:
                data.add((URIRef(end), RDF.type, CHECK[nodes[end].label]))
        data.add((subject, CHECK[item.predicate], _term(item.object)))
    return data


def _add_shape(shapes: Graph, found: Property) -> None:
    path, subject, value = CHECK[found.id], CHECK[f"{found.id}/subject"], CHECK[f"{found.id}/value"]
    shapes.add((subject, RDF.type, SH.NodeShape))
    shapes.add((subject, SH.targetSubjectsOf, path))
    shapes.add((subject, RDFS.label, Literal(found.id)))
    shapes.add((subject, SH.message, Literal(f"the subject of {found.name} ({found.id}) must be {_or(found.domain)}")))
    _any_of(shapes, subject, [(SH["class"], CHECK[label]) for label in sorted(found.domain)])
    shapes.add((value, RDF.type, SH.NodeShape))
    shapes.add((value, SH.targetObjectsOf, path))
    shapes.add((value, RDFS.label, Literal(found.id)))
    shapes.add((value, SH.message, Literal(f"the object of {found.name} ({found.id}) must be {_or(found.range)}")))
    _any_of(shapes, value, list(_values(found)))


def _values(found: Property) -> Iterator[tuple[URIRef, URIRef]]:
    for label in sorted(found.range):
        if label in LITERAL_LABELS:
            yield from ((SH.datatype, XSD[name]) for name in VALUE_TYPES[label])
        else:
            yield SH["class"], CHECK[label]


def _any_of(shapes: Graph, shape: URIRef, rules: list[tuple[URIRef, URIRef]]) -> None:
    """``sh:or`` over shapes of one rule each (SHACL 4.6.3)."""
    members = []
    for predicate, value in rules:
        member = BNode()
        shapes.add((member, predicate, value))
        members.append(member)
    head = BNode()
    Collection(shapes, head, members)  # type: ignore[arg-type]
    shapes.add((shape, SH["or"], head))


def _violations(data: Graph, shapes: Graph) -> Iterator[Violation]:
    from pyshacl import validate

    _, report, _ = validate(data, shacl_graph=shapes, inference="none", advanced=False)
    for result in report.subjects(RDF.type, SH.ValidationResult):
        shape = report.value(result, SH.sourceShape)
        property = str(shape).removeprefix(CHECK).partition("/")[0]
        yield Violation(
            str(report.value(result, SH.focusNode)), property, str(report.value(result, SH.resultMessage))
        )


def _portions(statements: Iterable[Statement]) -> Iterator[list[Statement]]:
    """Lists of about ``PORTION`` statements, those of a subject together."""
    portion: list[Statement] = []
    for _, group in groupby(statements, key=attrgetter("subject")):
        portion.extend(group)
        if len(portion) >= PORTION:
            yield portion
            portion = []
    if portion:
        yield portion


def _term(value: str | graph.Literal) -> URIRef | Literal:
    if isinstance(value, str):
        return URIRef(value)
    return Literal(value.value, datatype=XSD[value.datatype])


def _or(labels: Iterable[str]) -> str:
    return " or ".join(sorted(labels))
