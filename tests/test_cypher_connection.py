"""A Neo4j that cannot be reached or refuses: one line, in time, and no password in it."""

from __future__ import annotations

import ast
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from neo4j import GraphDatabase
from neo4j.exceptions import DriverError
from services.neo4j_server import Neo4jServer

from graphwright.pipeline.errors import StoreError
from graphwright.pipeline.sinks.cypher import Neo4jStore
from graphwright.pipeline.sinks.cypher_statements import SCHEMA
from graphwright.pipeline.sinks.opening import NEO4J_SCHEMES, StoreSettings, open_store

ROOT = Path(__file__).parents[1]


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


@pytest.mark.neo4j
@pytest.mark.parametrize("scheme", sorted(NEO4J_SCHEMES))
def test_every_scheme_reaches_the_server_or_says_why_not(neo4j_server: Neo4jServer, scheme: str) -> None:
    if not encrypted(neo4j_server):
        pytest.skip("no openssl here to make a certificate with")
    settings = StoreSettings(neo4j_server.username, neo4j_server.password, neo4j_server.database)
    uri = f"{scheme}://{neo4j_server.uri.partition('://')[2]}"
    if scheme.endswith("+s"):
        assert_refused(lambda: open_store(uri, settings=settings), r"not trusted here.*\+ssc")
        return
    with open_store(uri, settings=settings) as store:
        assert store.query("RETURN 1 AS one").rows == ((1,),)


def encrypted(server: Neo4jServer) -> bool:
    with suppress(DriverError), GraphDatabase.driver(server.uri.replace("bolt:", "bolt+ssc:")) as driver:
        driver.verify_authentication(auth=(server.username, server.password))
        return True
    return False


def test_every_session_names_its_database() -> None:
    """A session without one asks the server for the user's home database first, or writes to another than was meant."""
    calls = []
    for part in ("pipeline", "models", "flows"):
        for path in (ROOT / part).rglob("*.py"):
            if "neo4j" in (text := path.read_text(encoding="utf-8")):
                calls += [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    named = {"session": "database", "execute_query": "database_", "verify_connectivity": "database"}
    opened = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in named]
    assert len(opened) >= 4
    for call in opened:
        assert isinstance(call.func, ast.Attribute)
        assert named[call.func.attr] in {item.arg for item in call.keywords}, ast.unparse(call)


@pytest.mark.neo4j
def test_constraints_and_indexes_come_before_the_first_document(neo4j_server: Neo4jServer) -> None:
    neo4j_server.wipe()
    with neo4j_server.driver() as driver:
        names = driver.execute_query("SHOW CONSTRAINTS YIELD name", database_=neo4j_server.database).records
        for [name] in names:
            driver.execute_query(f"DROP CONSTRAINT {name}", database_=neo4j_server.database)  # type: ignore[arg-type]
        driver.execute_query("DROP INDEX entity_names IF EXISTS", database_=neo4j_server.database)
        driver.execute_query("DROP INDEX entity_name IF EXISTS", database_=neo4j_server.database)
    with connect(neo4j_server, neo4j_server.password, neo4j_server.database) as store:
        assert store.forget(["none"]) == 0  # a write that writes nothing
        found = store.query("SHOW INDEXES YIELD name, type, labelsOrTypes, properties, state WHERE type <> 'LOOKUP'")
    kinds = {str(name): (kind, tuple(properties)) for name, kind, _, properties, _ in found.rows}
    assert set(SCHEMA) <= set(kinds)
    assert kinds["entity_id"] == ("RANGE", ("id",))
    assert kinds["entity_names"] == ("FULLTEXT", ("name", "aliases"))
    assert {row[4] for row in found.rows} == {"ONLINE"}
    neo4j_server.wipe()


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
