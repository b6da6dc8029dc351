"""Fixtures that several test files share. Services start once a session, and only where a test asks for one."""

from __future__ import annotations

import os
import sqlite3  # noqa: F401 (before TensorFlow, whose own SQLite lacks full-text search)
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from _pytest.mark.structures import ParameterSet
    from services.fuseki_server import FusekiServer
    from services.neo4j_server import Neo4jServer
    from services.prefect_server import PrefectServer

    from graphwright.pipeline.sinks.store import Store

Server = TypeVar("Server")

# How long an example takes says more about the machine than about the program.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Neo4jServer]:
    """A real Neo4j: uri, username, password, database. Where none can run, a failure on CI and a skip elsewhere."""
    from services.neo4j_server import neo4j_server

    with ExitStack() as stack:
        yield _started(stack, neo4j_server())


@pytest.fixture(scope="session")
def fuseki_server() -> Iterator[FusekiServer]:
    """A real Fuseki with two empty datasets. Where none can run, as for ``neo4j_server``."""
    from services.fuseki_server import fuseki_server

    with ExitStack() as stack:
        yield _started(stack, fuseki_server())


def _started(stack: ExitStack, service: AbstractContextManager[Server]) -> Server:
    from services.maven import ServiceUnavailableHereError

    try:
        return stack.enter_context(service)
    except ServiceUnavailableHereError as error:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(str(error))


@pytest.fixture(scope="session")
def example_graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedded store with the graph of the example corpus; not to be changed."""
    from services.example_graph import build_example_graph

    return build_example_graph(tmp_path_factory.mktemp("examples"))


@pytest.fixture
def example_server(example_graph: Path, neo4j_server: Neo4jServer) -> Neo4jServer:
    """A real Neo4j that holds the graph of the example corpus; not to be changed, and left for the next test."""
    from services.example_graph import load_example_graph

    load_example_graph(example_graph, neo4j_server)
    return neo4j_server


@pytest.fixture(scope="session")
def prefect_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    """A real Prefect server with a home of its own."""
    from services.prefect_server import prefect_server

    with prefect_server(tmp_path_factory.mktemp("prefect")) as server:
        yield server


def _neo4j_stores(request: pytest.FixtureRequest) -> Iterator[Callable[[], Store]]:
    from graphwright.pipeline.sinks.cypher import Neo4jStore

    server: Neo4jServer = request.getfixturevalue("neo4j_server")
    opened: list[Neo4jStore] = []

    def fresh() -> Store:
        server.wipe()
        opened.append(
            Neo4jStore.connect(server.uri, username=server.username, password=server.password, database=server.database)
        )
        return opened[-1]

    yield fresh
    for store in opened:
        store.close()
    server.wipe()


def _local_stores(name: str) -> Callable[[pytest.FixtureRequest], Iterator[Callable[[], Store]]]:
    def stores(request: pytest.FixtureRequest) -> Iterator[Callable[[], Store]]:
        from graphwright.pipeline.sinks.opening import open_store

        folder: Path = request.getfixturevalue("tmp_path")
        numbers = count()
        opened: list[Store] = []

        def fresh() -> Store:
            for store in opened:
                store.close()
            opened[:] = [open_store(str(folder / f"{next(numbers)}-{name}"))]
            return opened[0]

        yield fresh
        for store in opened:
            store.close()

    return stores


def _sparql_stores(request: pytest.FixtureRequest) -> Iterator[Callable[[], Store]]:
    from services.sparql_server import sparql_server

    from graphwright.pipeline.sinks.sparql import SparqlStore

    with sparql_server() as server:

        def fresh() -> Store:
            server.store.clear()
            return SparqlStore(server.url)

        yield fresh


def _fuseki_stores(dataset: str) -> Callable[[pytest.FixtureRequest], Iterator[Callable[[], Store]]]:
    def stores(request: pytest.FixtureRequest) -> Iterator[Callable[[], Store]]:
        from graphwright.pipeline.sinks.sparql import SparqlStore

        server: FusekiServer = request.getfixturevalue("fuseki_server")
        url: str = getattr(server, dataset)

        def fresh() -> Store:
            server.wipe(url)
            return SparqlStore(url)

        yield fresh
        server.wipe(url)

    return stores


STORES = {
    "oxigraph": _local_stores("graph"),
    "nq.gz": _local_stores("graph.nq.gz"),
    "ttl": _local_stores("graph.ttl"),
    "sparql": _sparql_stores,
    "fuseki": _fuseki_stores("values"),
    "fuseki memory": _fuseki_stores("terms"),
    "neo4j": _neo4j_stores,
}
MARKS = {"fuseki": pytest.mark.fuseki, "fuseki memory": pytest.mark.fuseki, "neo4j": pytest.mark.neo4j}


def _params(*without: str) -> list[ParameterSet]:
    return [pytest.param(name, marks=MARKS.get(name, ())) for name in STORES if name not in without]


@pytest.fixture(params=_params())
def store_factory(request: pytest.FixtureRequest) -> Iterator[Callable[[], Store]]:
    """Makes an empty store of each kind; a second call empties a server again."""
    yield from STORES[request.param](request)


@pytest.fixture(params=_params("fuseki memory"))
def large_store_factory(request: pytest.FixtureRequest) -> Iterator[Callable[[], Store]]:
    """The same without Fuseki's dataset in memory, which goes through all graphs for each subject."""
    yield from STORES[request.param](request)


@pytest.fixture
def factories(request: pytest.FixtureRequest) -> Iterator[dict[str, Callable[[], Store]]]:
    """For each kind of place (folder, file, SPARQL server, Neo4j) what makes an empty store of it."""
    with ExitStack() as stack:
        kinds = ("oxigraph", "nq.gz", "fuseki", "neo4j")
        yield {kind: stack.enter_context(contextmanager(STORES[kind])(request)) for kind in kinds}
