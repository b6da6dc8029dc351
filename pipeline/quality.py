"""Does the graph keep to its schema? Shapes of the Shapes Constraint Language (W3C SHACL), checked by pySHACL.

Statements are checked, not bare edges, so that each violation names the statement, hence its evidence. Of those that
are alike in all that the shapes look at, the first is checked for all: memory grows with the number of nodes alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from graphwright.pipeline.graph import Node, Statement
from graphwright.pipeline.records import LITERAL_LABELS
from graphwright.pipeline.sinks.rdf_lines import as_quads
from graphwright.pipeline.sinks.rdf_mapping import node_lines, statement_lines, weight_lines
from graphwright.pipeline.sinks.rdf_terms import (
    class_iri,
    encoded,
    local_id,
    predicate_iri,
    statement_iri,
    typed_literal,
)
from graphwright.pipeline.violations import DATATYPES
from graphwright.pipeline.vocabulary import BASE, GW, RDF, SKOS, STATEMENT, XSD

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node as RdfNode

CLAIM: Final = BASE + "claim:"
"""In the graph that is checked, a statement is an instance of the class of its predicate, which the shapes target."""
Looks = tuple[str, bool, tuple[str, bool], tuple[str, bool | None]]


class Typed(Protocol):
    """A property of a schema: labels of the entities that it may hold between."""

    @property
    def domain(self) -> Collection[str]: ...

    @property
    def range(self) -> Collection[str]: ...


class Graphlike(Protocol):
    """A store, or anything else that has nodes and statements."""

    def nodes(self) -> Iterable[Node]: ...

    def statements(self) -> Iterable[Statement]: ...


class Allowed(Protocol):
    """A schema: its properties by id."""

    @property
    def properties(self) -> Mapping[str, Typed]: ...


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """What the schema forbids, and why; ``node`` is the focus node in SHACL's words, here the id of a statement."""

    node: str
    message: str


def check(graph: Graphlike, schema: Allowed) -> tuple[Violation, ...]:
    """Where statements of a graph violate the domain and range of their property, ordered by the statements' ids."""
    nodes = {node.id: node for node in graph.nodes()}
    firsts: dict[Looks, Statement] = {}
    for item in graph.statements():
        firsts.setdefault(_looks(item, nodes), item)
    looks = {item.id: key for key, item in firsts.items()}
    messages: dict[Looks, list[str]] = defaultdict(list)
    for found in _violations(data_graph(firsts.values(), nodes), shapes_graph(schema.properties)):
        messages[looks[found.node]].append(found.message)
    if not messages:
        return ()
    broken = ((item.id, messages.get(_looks(item, nodes), ())) for item in graph.statements())
    return tuple(sorted(Violation(node, message) for node, told in broken for message in told))


def _looks(statement: Statement, nodes: Mapping[str, Node]) -> Looks:
    """All that the shapes look at: property, score, name and type of the subject, type of the object."""
    from rdflib import Literal as Value

    subject, tail = nodes.get(statement.subject), statement.object
    about = (subject.label, bool(subject.name)) if subject else ("", False)
    if isinstance(tail, str):
        return statement.predicate, 0 <= statement.score <= 1, about, (nodes[tail].label if tail in nodes else "", None)
    term = typed_literal(tail)
    is_faulty = bool(Value(term.value, datatype=term.datatype.value).ill_typed)
    return statement.predicate, 0 <= statement.score <= 1, about, (term.datatype.value, is_faulty)


def shapes_graph(properties: Mapping[str, Typed]) -> Graph:
    """The shapes of a schema: one for all statements, one for each property."""
    from rdflib import Graph

    graph = Graph()
    shape = _shape(graph, GW.Statement.value)
    _add(graph, shape, "property", _statement_properties(graph, properties))
    for name in sorted(properties):
        allowed = properties[name]
        shape = _shape(graph, CLAIM + encoded(name))
        _add(graph, shape, "property", [_domain(graph, name, allowed)])
        _add(graph, shape, "or", [_list(graph, _ranges(graph, allowed))])
        wanted = ", ".join(sorted(allowed.range))
        _add(graph, shape, "message", [_text(f"the object of {name} must be one of {wanted}")])
    return graph


def data_graph(statements: Iterable[Statement], nodes: Mapping[str, Node]) -> Graph:
    """Statements and the nodes at their ends as one graph."""
    import pyoxigraph as ox
    from oxrdflib import OxigraphStore
    from rdflib import Graph
    from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

    inner, ends = ox.Store(), set[str]()
    for item in statements:
        iri = statement_iri(item.id)
        lines = [*statement_lines(item.id, item.subject, item.predicate, item.object, item.qualifiers)]
        lines += weight_lines(item.id, item.score, item.band)
        inner.extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in as_quads(lines))
        inner.add(ox.Quad(iri, RDF.type, ox.NamedNode(CLAIM + encoded(item.predicate))))
        ends |= {end for end in (item.subject, item.object) if isinstance(end, str)}
    for end in ends & nodes.keys():
        inner.extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in as_quads(node_lines(nodes[end])))
    return Graph(store=OxigraphStore(store=inner), identifier=DATASET_DEFAULT_GRAPH_ID)


def _violations(data: Graph, shapes: Graph) -> Iterator[Violation]:
    from pyshacl import validate
    from rdflib.namespace import RDF as RDFLIB_RDF
    from rdflib.namespace import SH

    _, report, _ = validate(data, shacl_graph=shapes, inference="none", inplace=True)
    for result in report.subjects(RDFLIB_RDF.type, SH.ValidationResult):
        focus = report.value(result, SH.focusNode)
        messages = sorted(map(str, report.objects(result, SH.resultMessage)))
        yield Violation(_statement(str(focus)), "; ".join(messages))


def _statement(focus: str) -> str:
    import pyoxigraph as ox

    return local_id(ox.NamedNode(focus), STATEMENT)


def _statement_properties(graph: Graph, properties: Mapping[str, Typed]) -> list[RdfNode]:
    from rdflib import Literal

    known = [_iri(predicate_iri(name).value) for name in sorted(properties)]
    names = [_iri(RDF.subject.value), _iri(SKOS.prefLabel.value)]
    return [
        _property(graph, _iri(RDF.predicate.value), "the property is not in the schema", {"in": _list(graph, known)}),
        _property(
            graph,
            _iri(GW.score.value),
            "the score must be from 0 to 1",
            {"minCount": Literal(1), "minInclusive": Literal(0.0), "maxInclusive": Literal(1.0)},
        ),
        _property(
            graph,
            _list(graph, names),
            "the subject must have a name",
            {"minCount": Literal(1), "minLength": Literal(1)},
        ),
    ]


def _domain(graph: Graph, name: str, allowed: Typed) -> RdfNode:
    wanted = ", ".join(sorted(allowed.domain))
    return _class_of(graph, RDF.subject.value, allowed.domain, f"the subject of {name} must be one of {wanted}")


def _ranges(graph: Graph, allowed: Typed) -> list[RdfNode]:
    """One shape for entities, one for each type of value; an object needs to fit one of them."""
    message = "the object is of another type"
    shapes = [_holding(graph, _class_of(graph, RDF.object.value, allowed.range, message))]
    for label in sorted(LITERAL_LABELS.intersection(allowed.range)):
        for datatype in DATATYPES[label]:
            wanted = _property(graph, _iri(RDF.object.value), message, {"datatype": _iri(XSD + datatype)})
            shapes.append(_holding(graph, wanted))
    return shapes


def _class_of(graph: Graph, end: str, labels: Collection[str], message: str) -> RdfNode:
    from rdflib import Literal

    path = _list(graph, [_iri(end), _iri(RDF.type.value)])
    classes = _list(graph, [_iri(class_iri(label).value) for label in sorted(labels)])
    return _property(graph, path, message, {"in": classes, "minCount": Literal(1)})


def _property(graph: Graph, path: RdfNode, message: str, constraints: Mapping[str, RdfNode]) -> RdfNode:
    from rdflib import BNode

    node = BNode()
    for name, value in {"path": path, "message": _text(message), **constraints}.items():
        _add(graph, node, name, [value])
    return node


def _holding(graph: Graph, property: RdfNode) -> RdfNode:
    from rdflib import BNode

    node = BNode()
    _add(graph, node, "property", [property])
    return node


def _shape(graph: Graph, target: str) -> RdfNode:
    from rdflib.namespace import RDF as RDFLIB_RDF
    from rdflib.namespace import SH

    shape = _iri(target + "#shape" if "#" not in target else target + "Shape")
    graph.add((shape, RDFLIB_RDF.type, SH.NodeShape))
    graph.add((shape, SH.targetClass, _iri(target)))
    return shape


def _list(graph: Graph, items: list[RdfNode]) -> RdfNode:
    from rdflib import BNode
    from rdflib.collection import Collection as RdfList

    node = BNode()
    RdfList(graph, node, items)
    return node


def _add(graph: Graph, shape: RdfNode, name: str, values: Iterable[RdfNode]) -> None:
    from rdflib.namespace import SH

    for value in values:
        graph.add((shape, SH[name], value))


def _iri(text: str) -> RdfNode:
    from rdflib import URIRef

    return URIRef(text)


def _text(text: str) -> RdfNode:
    from rdflib import Literal

    return Literal(text)
