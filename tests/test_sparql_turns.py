"""Several who write to one endpoint at once, each over connections of its own."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

import pytest
from reference_graph import ReferenceGraph, assert_equal_content
from services.fuseki_server import FusekiServer
from services.sparql_server import sparql_server
from test_stores import contribution, couple, occurrence

from graphwright.pipeline.errors import StoreError
from graphwright.pipeline.graph import Contribution
from graphwright.pipeline.identity import MINTED, WIKIDATA
from graphwright.pipeline.resolution.touched import resolve_store
from graphwright.pipeline.sinks import sparql_turns
from graphwright.pipeline.sinks.sparql import EndpointQuads, SparqlStore

PARTS = [couple(f"d{number}", score=number / 16) for number in range(12)]


@pytest.fixture(params=["oxigraph", pytest.param("fuseki", marks=pytest.mark.fuseki)])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty endpoint."""
    if request.param == "oxigraph":
        with sparql_server() as server:
            yield server.url
        return
    fuseki: FusekiServer = request.getfixturevalue("fuseki_server")
    fuseki.wipe(fuseki.values)
    yield fuseki.values
    fuseki.wipe(fuseki.values)


class Interrupted(SparqlStore):
    """Between what its next write reads and the write, another store writes."""

    def __init__(self, url: str, others: Sequence[Contribution]) -> None:
        super().__init__(url)
        others = list(others)
        write = EndpointQuads.write

        def overtaken(quads: EndpointQuads, removed: Collection[str], added: Collection[str]) -> None:
            if others:
                SparqlStore(url).replace([others.pop()])
            write(quads, removed, added)

        self._endpoint.write = overtaken.__get__(self._endpoint)  # type: ignore[method-assign]


def test_who_is_overtaken_reads_again_what_the_other_wrote(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparql_turns, "PAUSES", (0.01, 0.01, 0.01))
    store, expected = Interrupted(url, PARTS[:2]), ReferenceGraph()
    store.replace(PARTS[2:4])
    for part in PARTS[:4]:
        expected.replace([part])
    assert_equal_content(store, expected)
    with pytest.raises(StoreError, match="others write to it all the time; run this again when they have ended"):
        Interrupted(url, PARTS[:9]).forget(["d2"])
    assert "d2" in store.documents()


def test_a_resolution_that_was_overtaken_changes_nothing_and_is_done_again(url: str) -> None:
    store = SparqlStore(url)
    store.replace([contribution("a", (occurrence("a", 0, "Ada"),))])
    first, second = occurrence("a", 0, "Ada").id, occurrence("b", 0, "Bob").id
    pending = store.pending().keys
    SparqlStore(url).replace([contribution("b", (occurrence("b", 0, "Bob"),))])
    store.resolve({first: WIKIDATA + "Q1"})
    assert store.pending().keys > pending
    assert {node.id for node in store.nodes()} == {MINTED + first, MINTED + second}
    resolve_store(store)
    assert not store.pending()


def test_two_writers_at_once_end_right(url: str) -> None:
    """Both add evidence to the same statements, in opposite orders."""
    expected = ReferenceGraph()
    for _ in range(2):  # most are written in two pairs
        expected.replace(PARTS)
    errors: list[BaseException] = []

    def write(mine: Sequence[Contribution]) -> None:
        try:
            with SparqlStore(url) as own:
                for pair in pairwise(mine):
                    own.replace(pair)
        except BaseException as error:
            errors.append(error)

    writers = [threading.Thread(target=write, args=(half,)) for half in (PARTS[:7], PARTS[:4:-1])]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert errors == []
    assert_equal_content(SparqlStore(url), expected)


def test_who_only_reads_marks_nothing() -> None:
    with sparql_server() as server:
        SparqlStore(server.url).replace(PARTS[:1])
        before = set(server.store)
        with SparqlStore(server.url, read_only=True) as store:
            assert not any(quad.predicate.value.endswith("lastWrite") for quad in store.quads())
            store.pending()
        assert set(server.store) == before
