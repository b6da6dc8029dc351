"""A Neo4j that cannot be reached or refuses: one line, in time, and no password in it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import pytest
from services.neo4j_server import Neo4jServer

from graphwright.pipeline.errors import StoreError
from graphwright.pipeline.sinks.cypher import Neo4jStore


def connect(server: Neo4jServer, password: str, database: str) -> Neo4jStore:
    return Neo4jStore.connect(server.uri, username=server.username, password=password, database=database)


def assert_refused(attempt: Callable[[], object], words: str) -> None:
    """One line, within 5 s, without the password."""
    began = time.monotonic()
    with pytest.raises(StoreError, match=words) as caught:
        attempt()
    assert time.monotonic() - began < 5
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.neo4j
def test_a_wrong_password_is_refused(neo4j_server: Neo4jServer) -> None:
    assert_refused(lambda: connect(neo4j_server, "secret", neo4j_server.database), "NEO4J_PASSWORD")


@pytest.mark.neo4j
def test_an_unknown_database_is_refused(neo4j_server: Neo4jServer) -> None:
    assert_refused(lambda: connect(neo4j_server, neo4j_server.password, "nowhere"), "nowhere")


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_a_stopped_server(scheme: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    uri = f"{scheme}://127.0.0.1:{port}"
    assert_refused(lambda: Neo4jStore.connect(uri, username="neo4j", password="secret"), "no Neo4j answers")


def test_a_server_that_never_answers() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        uri = f"bolt://127.0.0.1:{silent.getsockname()[1]}"
        assert_refused(lambda: Neo4jStore.connect(uri, username="neo4j", password="secret"), "no Neo4j answers")


@pytest.mark.parametrize(
    "uri", ["ftp://host", "localhost:7687", "bolt://[half", "bolt://host.invalid:7687", "bolt://me:secret@host"]
)
def test_an_address_that_is_none(uri: str) -> None:
    assert_refused(lambda: Neo4jStore.connect(uri, username="neo4j", password="secret"), "Neo4j")
