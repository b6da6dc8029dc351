"""RDF for others: statements that reify triples (RDF 1.2), and the description of the graph as a data set."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Graph
from test_stores import contribution, couple, fact, occurrence

from graphwright.pipeline.errors import UsageError
from graphwright.pipeline.export import export
from graphwright.pipeline.graph import Contribution, Literal
from graphwright.pipeline.sinks.oxigraph import OxigraphQuads
from graphwright.pipeline.sinks.rdf import RdfStore
from graphwright.pipeline.sinks.store import Store
from graphwright.pipeline.vocabulary import PREFIXES

LICENSE = "https://creativecommons.org/licenses/by/4.0/"


def graph_of(parts: Iterable[Contribution]) -> Store:
    store = RdfStore(OxigraphQuads(ox.Store(), "memory"))
    for part in parts:
        store.replace([part])
    return store


def contributed() -> list[Contribution]:
    ada = occurrence("c", 0, "Ada", kb_id="Q7259")
    born = fact(ada, "P569", Literal("1815-12-10", "date"))
    return [couple("a"), couple("b", band="review"), contribution("c", (ada,), (born,))]


@pytest.fixture
def graph() -> Store:
    return graph_of(contributed())


def ask(path: Path, variables: str, pattern: str) -> list[tuple[str, ...]]:
    """Rows of a pattern over a Turtle file, sorted."""
    inner = ox.Store()
    inner.load(path=str(path))
    prefixes = {**PREFIXES, "void": "http://rdfs.org/ns/void#", "dcat": "http://www.w3.org/ns/dcat#"}
    found = inner.query(f"SELECT {variables} WHERE {{ {pattern} }}", prefixes=prefixes)
    return sorted(tuple(term.value for term in row) for row in found)  # type: ignore[union-attr]


def test_a_statement_reifies_its_triple_and_has_its_evidence(tmp_path: Path, graph: Store) -> None:
    exported = export(graph, "rdf12", tmp_path)
    (path,) = exported.files
    text = path.read_text(encoding="utf-8")
    assert "rdf:reifies <<( wd:Q7259 wdt:P26 wd:Q10 )>>" in text
    assert "rdflib" in exported.lacks
    evidence = "?s rdf:reifies <<( wd:Q7259 wdt:P26 ?who )>>; gw:band ?band. ?f gw:supports ?s; gw:quote ?quote"
    assert ask(path, "?quote ?band", evidence) == [("Ada married John.", "keep")] * 2
    assert (
        len(ask(path, "?name", "wd:Q7259 wdt:P26 wd:Q10; wdt:P569 '1815-12-10'^^xsd:date; skos:prefLabel ?name")) == 1
    )


def test_a_graph_is_described_with_counts_and_licence(tmp_path: Path, graph: Store) -> None:
    (path,) = export(graph, "dataset", tmp_path, license=LICENSE).files
    described = "?d a void:Dataset, dcat:Dataset; dct:license ?l; dct:identifier ?digest; void:entities ?things"
    counts = f"{described}; gw:statements ?statements; gw:documents ?documents"
    found = ask(path, "?l ?digest ?things ?statements ?documents", counts)
    assert found == [(LICENSE, graph.digest(), "2", "2", "3")]
    parts = ask(path, "?p ?n", "?d void:propertyPartition [ void:property ?p; void:triples ?n ]")
    assert parts == [(PREFIXES["wdt"] + "P26", "1"), (PREFIXES["wdt"] + "P569", "1")]
    assert len(ask(path, "?d", "?d void:classPartition [ void:class gwc:PER; void:entities 2 ]")) == 1
    assert len(Graph().parse(path)) > 20


def test_equal_graphs_have_equal_descriptions(tmp_path: Path, graph: Store) -> None:
    other = graph_of(reversed(contributed()))
    for name in ("dataset", "rdf12"):
        written = [export(one, name, tmp_path / str(number)).files[0] for number, one in enumerate((graph, other))]
        assert written[0].read_bytes() == written[1].read_bytes()


@pytest.mark.parametrize("license", ["CC BY", "https://example.org/a b"])
def test_a_licence_that_is_no_address_is_refused(tmp_path: Path, graph: Store, license: str) -> None:
    with pytest.raises(UsageError, match="wanted the address of a licence"):
        export(graph, "dataset", tmp_path, license=license)
    assert list(tmp_path.iterdir()) == []
