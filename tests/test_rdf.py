"""The RDF stores: what lies in the quads, what survives a crash, what is refused, and what other tools read."""

from __future__ import annotations

import gzip
import logging
import signal
import socket
import subprocess
import sys
import textwrap
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Dataset, Graph
from reference_graph import ReferenceGraph, assert_equal_content
from services.sparql_server import sparql_server
from strategies import HOSTILE, corpora, texts
from test_stores import Step, contribution, couple, fact, histories, occurrence, play

from graphwright.pipeline.errors import StoreError, UsageError
from graphwright.pipeline.graph import Contribution, Literal
from graphwright.pipeline.identity import WIKIDATA
from graphwright.pipeline.sinks.opening import open_store
from graphwright.pipeline.sinks.oxigraph import MARKER, OxigraphQuads, OxigraphStore, rdf_graph
from graphwright.pipeline.sinks.rdf import VERSION_QUAD, RdfStore
from graphwright.pipeline.sinks.rdf_files import RdfFileStore
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
from graphwright.pipeline.sinks.sparql import SparqlStore
from graphwright.pipeline.sinks.sparql_text import update_text
from graphwright.pipeline.vocabulary import GW, PREFIXES, RDF, SKOS, VIEW_GRAPH

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
def test_what_is_forgotten_leaves_no_quad_behind(history: Sequence[Step]) -> None:
    store, inner = memory_store()
    play(store, history)
    store.forget(set(store.documents()))
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
    inner.update(update_text([], [ox.Quad(VIEW_GRAPH, GW.quote, literal(text), VIEW_GRAPH)]))
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
        (Literal("3.50", "decimal", "metre"), '"3.50"^^xsd:decimal'),
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
        store.forget({item.document for item in corpus})
        store.replace(corpus)
    content = path.read_bytes()
    with RdfFileStore(path) as store:
        assert_equal_content(store, reference)
    assert path.read_bytes() == content


def test_rdf_xml_holds_the_graph_or_says_that_it_cannot(tmp_path: Path) -> None:
    path = tmp_path / "graph.rdf"
    with RdfFileStore(path) as store:
        store.replace([couple("a")])
        before = store.digest()
    with RdfFileStore(path) as store:
        assert store.digest() == before
        ada = occurrence("b", 0, "Ada")
        store.replace([contribution("b", (ada,), (fact(ada, "works for 1", Literal("1", "decimal")),))])


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


def test_a_folder_keeps_its_content(tmp_path: Path) -> None:
    reference = ReferenceGraph()
    steps = [("replace", [couple("a"), couple("b")]), ("resolve", {}), ("replace", [couple("c", score=0.2)])]
    for name, argument in steps:
        getattr(reference, name)(argument)
        with OxigraphStore(tmp_path / "graph") as store:
            getattr(store, name)(argument)
    with OxigraphStore(tmp_path / "graph") as store:
        assert_equal_content(store, reference)


def test_reports_may_lie_beside_the_database(tmp_path: Path) -> None:
    with OxigraphStore(tmp_path) as store:
        store.replace([couple("a")])
    (tmp_path / "report.html").write_text("<html>")
    with open_store(str(tmp_path), create=False) as store:
        assert len(list(store.statements())) == 1


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("all I have")
    with pytest.raises(StoreError, match="holds something else"):
        OxigraphStore(tmp_path)
    with pytest.raises(StoreError, match="holds something else"):
        OxigraphStore(tmp_path / "thesis.txt")
    assert [item.name for item in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("content", ['{"format": "99"}', "[]", "no json", "{}"])
def test_a_folder_of_another_version_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / MARKER).write_text(content)
    with pytest.raises(StoreError, match=r"is of store format 99|cannot be read"):
        OxigraphStore(tmp_path)


def test_a_file_of_another_version_is_refused_by_name(tmp_path: Path) -> None:
    with RdfFileStore(tmp_path / "graph.nq"):
        pass
    text = (tmp_path / "graph.nq").read_text()
    (tmp_path / "graph.nq").write_text(text.replace('"1"', '"99"'))
    with pytest.raises(StoreError, match="is of store format 99; this graphwright reads format 1"):
        RdfFileStore(tmp_path / "graph.nq")


def run_python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


OPEN_AND_TELL = """
    import sys
    from graphwright.pipeline.errors import StoreError
    from graphwright.pipeline.sinks.opening import open_store
    try:
        open_store(sys.argv[1]).close()
    except StoreError as error:
        print(error)
    else:
        print("opened")
"""


def test_a_store_in_use_is_refused_in_one_line(tmp_path: Path) -> None:
    with OxigraphStore(tmp_path / "graph"):
        answer = run_python(OPEN_AND_TELL, tmp_path / "graph")
    assert (
        answer.stdout
        == f"{tmp_path / 'graph'}: another process is using this store; wait for it to end, or choose another target\n"
    )
    assert run_python(OPEN_AND_TELL, tmp_path / "graph").stdout == "opened\n"


@pytest.mark.parametrize("name", ["graph", "graph.nq"])
def test_a_target_that_cannot_be_written_is_refused(tmp_path: Path, name: str) -> None:
    """Root may write anywhere, so the parent is a file of the kernel's that nobody may put anything in."""
    answer = run_python(OPEN_AND_TELL, Path("/proc/self") / name)
    assert answer.stdout.count("\n") == 1
    assert "/proc/self" in answer.stdout
    assert "opened" not in answer.stdout


FILL_THE_DISK = """
    import resource, signal, sys
    sys.path.insert(0, sys.argv[2])
    from test_stores import couple
    from graphwright.pipeline.errors import StoreError
    from graphwright.pipeline.sinks.opening import open_store
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with open_store(sys.argv[1]) as store:
            store.replace([couple("a")])
            resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
            for start in range(0, 2000, 500):
                store.replace([couple(f"document {n}") for n in range(start, start + 500)])
    except StoreError as error:
        print(error)
"""


@pytest.mark.parametrize("name", ["graph", "graph.nq"])
def test_a_full_disk_is_told_and_loses_no_whole_document(tmp_path: Path, name: str) -> None:
    answer = run_python(FILL_THE_DISK, tmp_path / name, Path(__file__).parent)
    assert "no room to write" in answer.stdout, answer
    assert answer.stdout.count("\n") == 1
    assert answer.returncode == 0
    if name == "graph":
        with OxigraphStore(tmp_path / name) as store:
            assert_whole_documents(store)
            assert "a" in store.documents()
    else:
        assert list(tmp_path.iterdir()) == []


def assert_whole_documents(store: RdfStore) -> None:
    """What the store holds is the graph of the whole documents that it lists."""
    reference = ReferenceGraph()
    reference.replace([couple(document) for document in store.documents()])
    assert list(store.statements()) == reference.statements()
    assert list(store.nodes()) == reference.nodes()
    assert list(store.occurrences()) == list(reference.occurrences().values())


WRITE_UNTIL_KILLED = """
    import sys
    sys.path.insert(0, sys.argv[2])
    from test_stores import couple
    from graphwright.pipeline.sinks.oxigraph import OxigraphStore
    with OxigraphStore(sys.argv[1]) as store:
        print("ready", flush=True)
        for start in range(0, 10**6, 20):
            store.replace([couple(f"document {n}") for n in range(start % 120, start % 120 + 20)])
            store.forget([f"document {n}" for n in range(start % 90)][:7])
"""


def test_what_a_killed_process_wrote_is_whole_documents(tmp_path: Path) -> None:
    for pause in (0.0, 0.03, 0.11, 0.4):
        command = [sys.executable, "-c", textwrap.dedent(WRITE_UNTIL_KILLED), str(tmp_path / "graph")]
        with subprocess.Popen([*command, str(Path(__file__).parent)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(pause)
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        with OxigraphStore(tmp_path / "graph") as store:
            assert_whole_documents(store)


def test_targets_are_opened_by_name(tmp_path: Path) -> None:
    for name, kind in {"folder": OxigraphStore, "a.ttl": RdfFileStore, "b.nq.gz": RdfFileStore}.items():
        with open_store(str(tmp_path / name)) as store:
            assert isinstance(store, kind)


@pytest.mark.parametrize("target", ["nothing", "nothing.ttl"])
def test_a_missing_target_is_not_made_for_readers(tmp_path: Path, target: str) -> None:
    with pytest.raises(UsageError, match="does not exist; make it with: graphwright build CORPUS --to"):
        open_store(str(tmp_path / target), create=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("target", "said"), [("ftp://host/x", "received ftp://"), ("graph.docx", "wanted a file name")]
)
def test_a_target_of_no_known_kind_is_refused(target: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        open_store(target)


@pytest.fixture(params=["memory", "endpoint"])
def small(request: pytest.FixtureRequest) -> Iterator[RdfStore]:
    """A store that holds one couple."""
    if request.param == "memory":
        store, _ = memory_store()
        store.replace([couple("a")])
        yield store
        return
    with sparql_server() as server, SparqlStore(server.url) as remote:
        remote.replace([couple("a")])
        yield remote


def test_queries_know_the_prefixes_and_see_all_graphs(small: RdfStore) -> None:
    found = small.query(
        "SELECT ?name ?score { ?s wdt:P26 []; skos:prefLabel ?name . ?t rdf:subject ?s; gw:band ?b; gw:score ?score }"
    )
    assert (found.columns, found.rows) == (("name", "score"), (("Ada", 0.8),))
    counted = small.query("SELECT (COUNT(?s) AS ?n) (true AS ?yes) (SAMPLE(?x) AS ?none) { ?s a gw:Statement }")
    assert counted.rows == ((1, True, None),)
    assert small.query("ASK { wd:Q7259 wdt:P26 wd:Q10 }").rows == ((True,),)
    triples = small.query("CONSTRUCT { ?s wdt:P26 ?o } WHERE { ?s wdt:P26 ?o }")
    assert triples.columns == ("subject", "predicate", "object")
    assert triples.rows == ((WIKIDATA + "Q7259", PREFIXES["wdt"] + "P26", WIKIDATA + "Q10"),)


def test_evidence_is_found_from_an_edge(small: RdfStore) -> None:
    found = small.query(
        "SELECT ?quote ?source ?model { ?s rdf:subject wd:Q7259; rdf:predicate wdt:P26 . ?fact gw:supports ?s;"
        " gw:quote ?quote; prov:wasDerivedFrom/dct:source ?source; prov:wasGeneratedBy/gw:model ?model }"
    )
    assert found.rows == (("Ada married John.", "file:///a.txt", "rnn 1"),)


@pytest.mark.parametrize(
    "text", ["SELECT ?s WHERE {", "DROP ALL", "INSERT DATA { <urn:a> <urn:b> <urn:c> }", "", "MATCH (n) RETURN n"]
)
def test_a_query_that_does_not_read_is_refused(small: RdfStore, text: str) -> None:
    with pytest.raises(UsageError, match="wanted a SPARQL query that reads"):
        small.query(text)
    assert len(list(small.statements())) == 1


def test_a_batch_is_one_update_request() -> None:
    with sparql_server() as server, SparqlStore(server.url) as store:
        store.replace([couple("a"), couple("b")])
        sent = server.updates
        store.replace([couple("a", score=0.3), couple("c")])
        assert server.updates == sent + 1
        store.forget(["a", "b"])
        assert server.updates == sent + 2
        store.resolve({})
        assert server.updates == sent + 3
        assert server.store.contains_named_graph(VIEW_GRAPH)


def test_an_endpoint_keeps_what_others_put_there() -> None:
    with sparql_server() as server:
        theirs = ox.Quad(VIEW_GRAPH, RDF.type, RDF.object, ox.NamedNode("urn:theirs"))
        server.store.add(theirs)
        with SparqlStore(server.url) as store:
            store.replace([couple("a")])
            store.forget(["a"])
            store.resolve({})
        assert set(server.store) == {theirs, VERSION_QUAD}


def test_a_password_in_the_url_is_used_and_not_shown() -> None:
    with sparql_server(password="secret") as server:
        with SparqlStore(server.url.replace("//", "//user:secret@")) as store:
            store.replace([couple("a")])
        with pytest.raises(StoreError, match="refused the user or password") as caught:
            SparqlStore(server.url.replace("//", "//user:wrong@"))
        assert "wrong" not in str(caught.value)


def listening() -> socket.socket:
    """A socket that takes connections and never answers."""
    silent = socket.create_server(("127.0.0.1", 0))
    silent.listen(8)
    return silent


def test_a_server_that_does_not_answer_is_given_up_within_five_seconds() -> None:
    with listening() as silent:
        port = silent.getsockname()[1]
        started = time.monotonic()
        with pytest.raises(StoreError, match="does not answer"):
            open_store(f"http://127.0.0.1:{port}/sparql")
        assert time.monotonic() - started < 5
    with pytest.raises(StoreError, match="does not answer"):
        open_store(f"http://127.0.0.1:{port}/sparql")


def test_a_server_that_is_no_endpoint_is_refused() -> None:
    with sparql_server() as server:
        with pytest.raises(StoreError, match=r"nothing is there \(404\)"):
            open_store(server.url + "/no/such/place")
        server.read_only = True
        with pytest.raises(StoreError, match="takes no updates"):
            open_store(server.url)


def test_a_server_that_stops_half_way_is_told() -> None:
    with sparql_server() as server:
        store = SparqlStore(server.url)
        store.replace([couple("a")])
    with pytest.raises(StoreError, match="does not answer"):
        store.replace([couple("b")])
    with pytest.raises(StoreError, match="does not answer"):
        list(store.statements())


@pytest.fixture
def no_complaints(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.WARNING), warnings.catch_warnings():
        warnings.simplefilter("error")
        # rdflib parses into what rdflib deprecates
        warnings.filterwarnings("ignore", r"(Dataset\.|ConjunctiveGraph)", DeprecationWarning)
        yield
    assert [record.getMessage() for record in caplog.records] == []


@pytest.mark.usefixtures("no_complaints")
@pytest.mark.parametrize(
    ("name", "kind"), [("graph.ttl", Graph), ("graph.nt", Graph), ("graph.nq", Dataset), ("graph.trig", Dataset)]
)
def test_rdflib_reads_the_files(tmp_path: Path, name: str, kind: type[Graph]) -> None:
    hostile = [occurrence("b", number, word) for number, word in enumerate(HOSTILE)]
    notes = [fact(hostile[0], word, hostile[-1], text=word) for word in HOSTILE]
    dates = [fact(hostile[0], "P569", value) for value in (Literal("1815-12-10", "date"), Literal("1815", "gYear"))]
    with RdfFileStore(tmp_path / name) as store:
        store.replace([couple("a"), contribution("b", hostile, [*notes, *dates])])
    graph = kind()
    graph.parse(tmp_path / name)
    query = "SELECT ?name { ?s wdt:P26 ?o . ?s skos:prefLabel ?name }"
    if kind is Graph:
        assert [str(row[0]) for row in graph.query(query, initNs=PREFIXES)] == ["Ada"]
    assert len(list(graph)) > 100


@pytest.mark.usefixtures("no_complaints")
def test_rdflib_reads_the_folder(tmp_path: Path) -> None:
    with OxigraphStore(tmp_path / "graph") as store:
        store.replace([couple("a")])
    dataset = rdf_graph(tmp_path / "graph")
    rows = list(dataset.query("SELECT ?o { wd:Q7259 wdt:P26 ?o }"))
    assert [str(row[0]) for row in rows] == [WIKIDATA + "Q10"]
    with pytest.raises(UsageError, match="is no graphwright store"):
        rdf_graph(tmp_path / "nothing")
