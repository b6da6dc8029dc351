"""The shapes of the schema, run by pySHACL, say of random documents what our own quick check says.

rdflib has no days before the year 1 and takes them for words, so there are only years of these here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyoxigraph as ox
from hypothesis import given, settings
from hypothesis import strategies as st
from pyshacl import validate
from rdflib import Graph
from rdflib.namespace import RDF, SH
from test_stores import contribution, fact, occurrence

from graphwright.pipeline.graph import Contribution, Fact, Literal
from graphwright.pipeline.identity import MINTED
from graphwright.pipeline.schema import load_schema, parse_schema
from graphwright.pipeline.shapes import shapes_turtle
from graphwright.pipeline.sinks.oxigraph import OxigraphQuads
from graphwright.pipeline.sinks.rdf import RdfStore
from graphwright.pipeline.violations import separate
from graphwright.pipeline.vocabulary import VIEW_GRAPH

SCHEMA = parse_schema(
    """
name: lives
properties:
  P26: {name: spouse, edge: SPOUSE, domain: [PER], range: [PER]}
  P19: {name: place of birth, edge: PLACE_OF_BIRTH, domain: [PER, MISC], range: [LOC], functional: true}
  P569: {name: born, edge: BORN, domain: [PER], range: [TIME], functional: true}
  P570: {name: died, edge: DIED, domain: [PER], range: [TIME], functional: true}
  P1082: {name: population, edge: POPULATION, domain: [LOC], range: [NUM]}
""",
    "a test",
)
DATES = tuple(
    Literal(words, {4: "gYear", 7: "gYearMonth", 10: "date"}[len(words.removeprefix("-"))])
    for words in ("1815", "1815-12", "1815-12-10", "1852-11-27", "1814", "-0043", "-0044", "0014")
)
VALUES = (*DATES, Literal("12", "decimal"), Literal("12.5", "decimal"), Literal("long ago", "string"))
SHAPES = Graph().parse(data=shapes_turtle(SCHEMA), format="turtle")


@st.composite
def documents(draw: st.DrawFn) -> Contribution:
    """Things of any type with facts, mostly dates, that may or may not fit them. Scores differ from fact to fact."""
    labels = draw(st.lists(st.sampled_from(("PER", "PER", "LOC", "ORG", "MISC")), min_size=1, max_size=3))
    things = [occurrence("a", number, f"{label} {number}", label=label) for number, label in enumerate(labels)]
    ends = st.one_of(st.sampled_from(VALUES), st.sampled_from(things))
    parts = st.tuples(st.sampled_from(things), st.sampled_from((*SCHEMA.properties, "P569", "P570")), ends)
    facts = [
        fact(head, name, end, score=0.5 + number / 100)
        for number, (head, name, end) in enumerate(draw(st.lists(parts, max_size=6)))
        if head != end
    ]
    return contribution("a", things, facts)


def view(part: Contribution) -> Graph:
    """The plain view of a graph of one document, as rdflib reads it."""
    inner = ox.Store()
    with RdfStore(OxigraphQuads(inner, "memory")) as store:
        store.replace([part])
    kept = [ox.Triple(q.subject, q.predicate, q.object) for q in inner.quads_for_pattern(None, None, None, VIEW_GRAPH)]
    return Graph().parse(data=ox.serialize(kept, format=ox.RdfFormat.N_TRIPLES), format="nt")


def faults(part: Contribution) -> list[tuple[str, str]]:
    """(severity, message) of what pySHACL finds."""
    _, report, _ = validate(view(part), shacl_graph=SHAPES, inference="none")
    return [
        (str(report.value(item, SH.resultSeverity)).removeprefix(str(SH)), str(report.value(item, SH.resultMessage)))
        for item in report.subjects(RDF.type, SH.ValidationResult)
    ]


def violations(part: Contribution) -> list[str]:
    return sorted(message for severity, message in faults(part) if severity == "Violation")


@settings(max_examples=60)
@given(documents())
def test_shacl_finds_fault_where_the_quick_check_does(part: Contribution) -> None:
    kept, broken = separate(part, SCHEMA)
    assert bool(violations(part)) == bool(broken)
    assert violations(kept) == []
    for item in broken:
        assert violations(replace(part, facts=with_needed(part, item.fact))), item


def with_needed(part: Contribution, fact: Fact) -> Sequence[Fact]:
    """A fact with the dates of its thing, which say whether it is out of order."""
    dates = tuple(item for item in part.facts if item.predicate in ("P569", "P570") and item.subject == fact.subject)
    return tuple(dict.fromkeys((fact, *dates)))


def test_several_values_are_a_warning() -> None:
    ada = occurrence("a", 0, "Ada")
    two = contribution("a", [ada], [fact(ada, "P569", DATES[0]), fact(ada, "P569", DATES[4], score=0.7)])
    assert faults(two) == [("Warning", "P569 has one value")]


def test_a_thing_of_two_types_is_a_violation() -> None:
    thing = f"<{MINTED}x> a <urn:graphwright:class:PER>, <urn:graphwright:class:LOC> ."
    conforms, _, text = validate(Graph().parse(data=thing, format="turtle"), shacl_graph=SHAPES)
    assert not conforms
    assert "a thing is of one type" in text


def test_the_shapes_of_the_shipped_schema_are_sound_and_always_the_same() -> None:
    text = shapes_turtle(load_schema())
    assert text == shapes_turtle(load_schema())
    shapes = Graph().parse(data=text, format="turtle")
    conforms, _, _ = validate(Graph(), shacl_graph=shapes, meta_shacl=True)
    assert conforms
    assert len(list(shapes.subjects(RDF.type, SH.NodeShape))) > 2 * len(load_schema().properties)
