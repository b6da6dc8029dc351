"""Queries, and the store behind a SPARQL endpoint on a real socket."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from services.fuseki_server import FusekiServer
from services.sparql_server import sparql_server
from test_stores import couple

from graphwright.flows.cli import run
from graphwright.pipeline.errors import StoreError, UsageError
from graphwright.pipeline.identity import WIKIDATA
from graphwright.pipeline.sinks.opening import open_store
from graphwright.pipeline.sinks.oxigraph import OxigraphQuads
from graphwright.pipeline.sinks.rdf import VERSION_LINE, RdfStore
from graphwright.pipeline.sinks.rdf_lines import as_quads
from graphwright.pipeline.sinks.sparql import SparqlStore
from graphwright.pipeline.vocabulary import GW, PREFIXES, RDF, VIEW_GRAPH


def memory_store() -> tuple[RdfStore, ox.Store]:
    inner = ox.Store()
    return RdfStore(OxigraphQuads(inner, "memory")), inner


@pytest.fixture(params=["memory", "endpoint", pytest.param("fuseki", marks=pytest.mark.fuseki)])
def small(request: pytest.FixtureRequest) -> Iterator[RdfStore]:
    """A store that holds one couple."""
    if request.param == "fuseki":
        fuseki: FusekiServer = request.getfixturevalue("fuseki_server")
        fuseki.wipe(fuseki.values)
        with SparqlStore(fuseki.values) as remote:
            remote.replace([couple("a")])
            yield remote
        fuseki.wipe(fuseki.values)
        return
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
    assert small.query("ASK { GRAPH ?g { wd:Q7259 wdt:P26 wd:Q10 } }").rows == ((True,),)
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
        ours = {quad for quad in server.store if quad.predicate != GW.lastWrite}
        assert ours == {theirs, *as_quads([VERSION_LINE])}
        assert len(server.store) == len(ours) + 1


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


def test_what_only_reads_needs_a_server_for_queries_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with sparql_server() as server:
        with SparqlStore(server.url) as store:
            store.replace([couple("a")])
            [statement] = store.statements()
            expected = store.digest()
        server.read_only = True
        assert run(["digest", server.url]) == 0
        assert capsys.readouterr().out == expected + "\n"
        for command in (
            ["query", server.url, "ASK { ?s a gw:Statement }"],
            ["check", server.url],
            ["explain", server.url, statement.id],
            ["export", server.url, "--format", "neo4j-admin", "-o", "tables"],
        ):
            assert run(command) == 0


def test_a_server_that_stops_half_way_is_told() -> None:
    with sparql_server() as server:
        store = SparqlStore(server.url)
        store.replace([couple("a")])
    with pytest.raises(StoreError, match="does not answer"):
        store.replace([couple("b")])
    with pytest.raises(StoreError, match="does not answer"):
        list(store.statements())
