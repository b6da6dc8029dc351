"""The checks: what the schema forbids is found, by statement, and what it allows is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import pytest
from hypothesis import given, settings
from reference_graph import ReferenceGraph
from strategies import HOSTILE, corpora
from test_stores import contribution, couple, fact, occurrence

from graphwright.pipeline.graph import Contribution, Literal, Node, Statement
from graphwright.pipeline.quality import check, shapes_graph
from graphwright.pipeline.schema import load_schema


@dataclass(frozen=True)
class Typed:
    domain: Sequence[str]
    range: Sequence[str]


@dataclass(frozen=True)
class Allowed:
    properties: Mapping[str, Typed]


SCHEMA = Allowed(
    {"P26": Typed(("PER",), ("PER",)), "P569": Typed(("PER",), ("TIME",)), "P1082": Typed(("LOC",), ("NUM",))}
)
VALUES = (
    ("1815", "gYear"), ("1852", "gYear"), ("-0043-03-15", "date"), ("1815-13-45", "date"), ("long ago", "date"),
    ("7", "decimal"),
)  # fmt: skip
ADA = occurrence("a", 0, "Ada")
PARIS = occurrence("a", 1, "Paris", label="LOC")


def reference(*facts: object) -> ReferenceGraph:
    graph = ReferenceGraph()
    graph.replace([contribution("a", (ADA, PARIS), facts)])
    return graph


@pytest.mark.parametrize(
    "given_fact",
    [
        fact(ADA, "P569", Literal("1815-12-10", "date")),
        fact(ADA, "P569", Literal("1815", "gYear")),
        fact(PARIS, "P1082", Literal("2000000", "decimal", "person")),
    ],
)
def test_what_the_schema_allows_conforms(given_fact: object) -> None:
    assert check(reference(given_fact), SCHEMA) == ()


@pytest.mark.parametrize(
    ("given_fact", "message"),
    [
        (fact(ADA, "P26", PARIS), "the object of P26 must be one of PER"),
        (fact(PARIS, "P26", ADA), "the subject of P26 must be one of PER"),
        (fact(ADA, "P26", Literal("1815", "gYear")), "the object of P26 must be one of PER"),
        (fact(ADA, "P569", Literal("long ago", "date")), "the object of P569 must be one of TIME"),
        (fact(ADA, "P569", PARIS), "the object of P569 must be one of TIME"),
        (fact(PARIS, "P1082", Literal("1815", "gYear")), "the object of P1082 must be one of NUM"),
        (fact(ADA, "P999", PARIS), "the property is not in the schema"),
        (fact(PARIS, "P1082", Literal("7", "decimal"), score=1.5), "the score must be from 0 to 1"),
    ],
)
def test_what_the_schema_forbids_is_found(given_fact: object, message: str) -> None:
    graph = reference(given_fact)
    (violation,) = check(graph, SCHEMA)
    assert violation.node == graph.statements()[0].id
    assert message in violation.message


def test_a_nameless_subject_is_found() -> None:
    nameless = replace(ADA, name="")
    graph = ReferenceGraph()
    graph.replace([contribution("a", (nameless,), (fact(nameless, "P569", Literal("1815", "gYear")),))])
    assert [item.message for item in check(graph, SCHEMA)] == ["the subject must have a name"]


def test_every_statement_is_checked_and_violations_are_ordered() -> None:
    graph = reference(fact(ADA, "P26", PARIS), fact(PARIS, "P26", ADA), fact(ADA, "P569", Literal("1815", "gYear")))
    assert len(graph.statements()) == 3
    ids = [item.node for item in check(graph, SCHEMA)]
    assert ids == sorted(ids)
    assert len(ids) == 2


@dataclass(frozen=True)
class Alone:
    """A graph of one statement."""

    whole: ReferenceGraph
    statement: Statement

    def nodes(self) -> Sequence[Node]:
        return self.whole.nodes()

    def statements(self) -> Sequence[Statement]:
        return (self.statement,)


def test_a_statement_is_judged_among_others_as_it_is_alone() -> None:
    """Whoever is alike in all that counts is judged by the first; the ends, scores and values here differ in each."""
    nameless = replace(occurrence("a", 2, "Nobody"), name="")
    ends = (ADA, PARIS, nameless, *(Literal(*value) for value in VALUES))
    facts = [
        fact(head, predicate, end, score=score)
        for head in (ADA, PARIS, nameless)
        for predicate in ("P26", "P569", "P999")
        for end, score in product(ends, (0.4, 0.9))
        if head != end
    ]
    graph = ReferenceGraph()
    graph.replace([contribution("a", (ADA, PARIS, nameless), [*facts, fact(PARIS, "P26", ADA, score=1.5)])])
    assert len(graph.statements()) > 60
    alone = [found for item in graph.statements() for found in check(Alone(graph, item), SCHEMA)]
    assert check(graph, SCHEMA) == tuple(sorted(alone))


@settings(max_examples=5, deadline=None)
@given(corpus=corpora)
def test_hostile_names_are_checked_as_data(corpus: list[Contribution]) -> None:
    graph = ReferenceGraph()
    graph.replace(corpus)
    labels = ("PER", "ORG", "LOC", 'hostile "label" {}', "TIME", "NUM")
    known = Allowed({item.predicate: Typed(labels, labels) for item in graph.statements()})
    typed = {item.predicate for item in graph.statements() if not isinstance(item.object, Literal)}
    wrong = {item.node for item in check(graph, known)}
    names = {node.id: node.name for node in graph.nodes()}
    for item in graph.statements():
        if isinstance(item.object, str) and item.predicate in typed and names[item.subject]:
            assert item.id not in wrong


def test_an_empty_graph_conforms() -> None:
    assert check(ReferenceGraph(), SCHEMA) == ()


def test_hostile_property_names_make_valid_shapes() -> None:
    shapes = shapes_graph({name: Typed((name,), (name,)) for name in HOSTILE})
    assert shapes.serialize(format="turtle")


def test_the_shipped_schema_makes_shapes_that_hold() -> None:
    graph = ReferenceGraph()
    graph.replace([couple("a")])
    assert check(graph, load_schema()) == ()
