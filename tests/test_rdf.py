"""What lies in the quads: edges, names and values, and files that are read back as they were."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference_graph import ReferenceGraph, assert_equal_content
from strategies import corpora, occurrences, texts
from test_stores import Step, contribution, couple, fact, histories, occurrence, play

from graphwright.pipeline.errors import StoreError
from graphwright.pipeline.graph import Contribution, Literal, Occurrence
from graphwright.pipeline.identity import MINTED, WIKIDATA
from graphwright.pipeline.sinks.oxigraph import OxigraphQuads
from graphwright.pipeline.sinks.rdf import RdfStore
from graphwright.pipeline.sinks.rdf_compared import compared_text, read_compared
from graphwright.pipeline.sinks.rdf_files import RdfFileStore
from graphwright.pipeline.sinks.rdf_lines import line, text_literal
from graphwright.pipeline.sinks.rdf_queries import Row
from graphwright.pipeline.sinks.rdf_reading import as_read
from graphwright.pipeline.sinks.rdf_terms import (
    decoded,
    encoded,
    literal,
    node_iri,
    node_of,
    predicate_iri,
    predicate_name,
    sparql_text,
    typed_literal,
)
from graphwright.pipeline.sinks.sparql_text import update_text
from graphwright.pipeline.vocabulary import FORMAT_VERSION, GW, PREFIXES, RDF, SKOS, VIEW_GRAPH

FILES = ("graph.nq", "graph.nq.gz", "graph.trig", "graph.jsonld", "graph.ttl", "graph.nt", "graph.ttl.gz")


law = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def memory_store() -> tuple[RdfStore, ox.Store]:
    inner = ox.Store()
    return RdfStore(OxigraphQuads(inner, "memory")), inner


def edges(inner: ox.Store) -> set[tuple[str, str, str]]:
    """The plain edges of the view, as text."""
    other = {RDF.type, SKOS.prefLabel, SKOS.altLabel, GW.kbId}
    statements = {quad.subject for quad in inner.quads_for_pattern(None, RDF.type, GW.Statement, VIEW_GRAPH)}
    return {
        (str(quad.subject), str(quad.predicate), str(quad.object))
        for quad in inner.quads_for_pattern(None, None, None, VIEW_GRAPH)
        if quad.subject not in statements and quad.predicate not in other
    }


def expected_edges(reference: ReferenceGraph) -> set[tuple[str, str, str]]:
    inner = ox.Store()
    for subject, predicate, value in reference.edges():
        tail = typed_literal(value) if isinstance(value, Literal) else node_iri(str(value))
        inner.add(ox.Quad(node_iri(subject), predicate_iri(predicate), tail))
    return {(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in inner}


@law
@given(history=histories)
def test_the_view_has_an_edge_for_each_kept_statement_and_no_other(history: Sequence[Step]) -> None:
    store, inner = memory_store()
    reference = ReferenceGraph()
    play(store, history)
    play(reference, history)
    assert edges(inner) == expected_edges(reference)


@law
@given(history=histories)
def test_what_is_forgotten_and_undone_leaves_no_quad_behind(history: Sequence[Step]) -> None:
    store, inner = memory_store()
    play(store, history)
    store.forget(set(store.documents()))
    store.decide([], [item.id for item in store.decisions()])
    store.resolve({})
    assert list(inner) == []


@law
@given(history=histories)
def test_there_are_no_blank_nodes_and_no_default_graph(history: Sequence[Step]) -> None:
    store, inner = memory_store()
    play(store, history)
    for quad in inner:
        assert isinstance(quad.subject, ox.NamedNode)
        assert isinstance(quad.object, ox.NamedNode | ox.Literal)
        assert isinstance(quad.graph_name, ox.NamedNode)


@given(text=st.one_of(texts, st.text(st.characters(), max_size=8)))
def test_names_in_iris_can_be_read_back(text: str) -> None:
    assert decoded(encoded(text)) == text
    assert predicate_name(predicate_iri(text)) == text
    assert node_of(node_iri(WIKIDATA + text)) == WIKIDATA + text


@given(text=st.one_of(texts, st.text(st.sampled_from('\\uU041"\n\r\x00\t{}.;<>'), max_size=12)))
def test_literals_survive_an_update(text: str) -> None:
    inner = ox.Store()
    inner.update(update_text([], [line(VIEW_GRAPH, GW.quote, text_literal(text), VIEW_GRAPH)]))
    assert [quad.object.value for quad in inner] == [text]


@given(text=st.text(st.sampled_from("\\uU041ab"), max_size=10))
def test_literals_survive_a_server_that_decodes_escapes_before_it_parses(text: str) -> None:
    import re

    sent = sparql_text(literal(text))
    early = re.sub(r"\\u([0-9A-F]{4})", lambda found: chr(int(found[1], 16)), sent)
    assert [item.object.value for item in ox.parse(f"<urn:a> <urn:b> {early} .".encode(), ox.RdfFormat.TURTLE)] == [
        text
    ]


def test_a_lone_surrogate_becomes_a_replacement_character() -> None:
    assert literal("a\ud800b").value == "a\ufffdb"
    assert literal("\U0001f989").value == "\U0001f989"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Literal("1815-12-10", "date"), '"1815-12-10"^^xsd:date'),
        (Literal("1815", "gYear"), '"1815"^^xsd:gYear'),
        (Literal("-0044", "gYear"), '"-0044"^^xsd:gYear'),
        (Literal("1815-13", "gYearMonth"), '"1815-13"'),
        (Literal("3.50", "decimal", "metre"), '"3.5"^^xsd:decimal'),
        (Literal("about 3", "decimal"), '"about 3"'),
        (Literal("x", 'no> such "type'), '"x"'),
    ],
)
def test_a_value_is_typed_only_where_its_words_allow_it(value: Literal, written: str) -> None:
    assert str(typed_literal(value)).replace("<" + PREFIXES["xsd"], "xsd:").replace(">", "") == written


@pytest.mark.parametrize("name", FILES)
@settings(parent=law, max_examples=8)
@given(corpus=corpora)
def test_a_file_is_read_back_as_it_was(tmp_path: Path, name: str, corpus: list[Contribution]) -> None:
    path, reference = tmp_path / name, ReferenceGraph()
    path.unlink(missing_ok=True)
    reference.replace(corpus)
    with RdfFileStore(path) as store:
        store.replace(corpus)
    with RdfFileStore(path) as store:
        assert_equal_content(store, reference)
        for graph in (store, reference):
            graph.forget({item.document for item in corpus})
            graph.replace(corpus)
    content = path.read_bytes()
    with RdfFileStore(path) as store:
        assert_equal_content(store, reference)
    assert path.read_bytes() == content


def test_rdf_xml_holds_the_graph_or_says_that_it_cannot(tmp_path: Path) -> None:
    path = tmp_path / "graph.rdf"
    with RdfFileStore(path) as store:
        store.replace([couple("a")])
        before = store.digest()
    store = RdfFileStore(path)
    assert store.digest() == before
    ada = occurrence("b", 0, "Ada")
    store.replace([contribution("b", (ada,), (fact(ada, "works for 1", Literal("1", "decimal")),))])
    with pytest.raises(StoreError, match="no XML name can be made of"):
        store.close()
    with RdfFileStore(path) as store:
        assert store.digest() == before


def test_after_an_error_the_file_is_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "graph.nq"
    with RdfFileStore(path) as store:
        store.replace([couple("a")])
    before = path.read_bytes()

    def failing_build() -> None:
        with RdfFileStore(path) as store:
            store.replace([couple("b")])
            raise RuntimeError("the build failed")

    with pytest.raises(RuntimeError, match="the build failed"):
        failing_build()
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["graph.nq"]


@pytest.mark.parametrize("is_new", [True, False])
def test_of_two_writers_of_a_file_the_later_is_refused(tmp_path: Path, is_new: bool) -> None:
    path = tmp_path / "graph.nq"
    if not is_new:
        with RdfFileStore(path) as store:
            store.replace([couple("a")])
    slow = RdfFileStore(path)
    slow.replace([couple("b")])
    with RdfFileStore(path) as quick:
        quick.replace([couple("c")])
    with pytest.raises(StoreError, match=r"graph\.nq: another process wrote it meanwhile.*run this again"):
        slow.close()
    with RdfFileStore(path) as store:
        assert set(store.documents()) == ({"c"} if is_new else {"a", "c"})
    assert [item.name for item in tmp_path.iterdir()] == ["graph.nq"]


def test_reading_a_file_does_not_write_it(tmp_path: Path) -> None:
    path = tmp_path / "graph.ttl"
    with RdfFileStore(path) as store:
        store.replace([couple("a")])
    written = path.stat().st_mtime_ns
    with RdfFileStore(path) as store:
        assert store.query("SELECT ?s { ?s a gw:Statement }").columns == ("s",)
    assert path.stat().st_mtime_ns == written


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("theirs.nq", b"<urn:a> <urn:b> <urn:c> .\n", "was not written by graphwright"),
        ("broken.ttl", b"this is no Turtle", "cannot be read as Turtle"),
        ("broken.nq.gz", b"this is no gzip", "refused"),
        ("cut.nq.gz", gzip.compress(b"<urn:a> <urn:b> <urn:c> .\n" * 99)[:40], "cannot be read"),
        ("empty.nq", b"", "was not written by graphwright"),
    ],
)
def test_a_file_of_others_is_left_alone(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(StoreError, match=said) as caught:
        RdfFileStore(path)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == content


def test_a_file_of_another_version_is_refused_by_name(tmp_path: Path) -> None:
    with RdfFileStore(tmp_path / "graph.nq"):
        pass
    text = (tmp_path / "graph.nq").read_text()
    (tmp_path / "graph.nq").write_text(text.replace(f'"{FORMAT_VERSION}"', '"99"'))
    with pytest.raises(StoreError, match=f"is of store format 99; this graphwright reads format {FORMAT_VERSION}"):
        RdfFileStore(tmp_path / "graph.nq")


@given(item=occurrences("d/ä #?", 1), key=st.text(st.characters(), max_size=8))
def test_what_an_occurrence_is_compared_by_can_be_read_back(item: Occurrence, key: str) -> None:
    assert read_compared(compared_text(item), as_read(item).mentions) == as_read(item)
    named = replace(item, id=key, document=key[::-1])
    text = literal(compared_text(named)).value
    assert (read_compared(text).id, read_compared(text).document) == (key, key[::-1])


class CountingQuads(OxigraphQuads):
    """Counts the rows that are read."""

    rows = 0

    def select(self, query: str) -> Iterator[Row]:
        for row in super().select(query):
            self.rows += 1
            yield row


def test_of_what_may_be_one_with_newcomers_only_that_is_read_and_each_in_one_row() -> None:
    """Whatever stands beside it: thousands of linked namesakes, and all that a document says of each."""
    quads = CountingQuads(ox.Store(), "memory")
    store = RdfStore(quads)
    items = [
        occurrence("a", number, "Ada", kb_id="Q7259" if number > 5 else None, keys=("ada", f"k{number}"))
        for number in range(40)
    ]
    store.replace([contribution("a", items)])
    quads.rows = 0
    assert [item.id for item in store.occurrences(["ada"], settled=False, mentions=False)] == sorted(
        item.id for item in items[:6]
    )
    assert quads.rows == 6
    store.resolve({items[9].id: MINTED + items[9].id})
    quads.rows = 0
    found = list(store.occurrences(["ada"], settled=False, mentions=False))
    assert {item.id for item in found} == {item.id for item in (*items[:6], items[9])}
    assert quads.rows == 7 + 1  # one more tells that there is such a one


@pytest.mark.parametrize("name", FILES)
def test_a_linked_occurrence_that_stands_elsewhere_is_known_as_such_in_every_file(tmp_path: Path, name: str) -> None:
    items = [occurrence("a", number, "Ada", kb_id="Q7259") for number in range(2)]
    with RdfFileStore(tmp_path / name) as store:
        store.replace([contribution("a", items)])
        store.resolve({items[0].id: MINTED + items[0].id})
    with RdfFileStore(tmp_path / name) as store:
        assert [item.id for item in store.occurrences(["ada"], settled=False)] == [items[0].id]
        assert [item.id for item in store.linked(["ada"], most=9)] == [items[1].id]
        assert [item.decided for item in store.holdings()] == [{items[0].id: MINTED + items[0].id}]
        store.replace([contribution("a", [replace(item, kb_id=None) for item in items])])
        assert [item.decided for item in store.holdings()] == [{}]
