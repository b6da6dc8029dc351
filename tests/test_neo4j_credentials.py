"""The password of a Neo4j: from the environment or a file, and nowhere to be found afterwards."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from services.neo4j_server import Neo4jServer

from graphwright.flows.cli import run
from graphwright.flows.steps import Job, shard

TEXT = "Ada Lovelace was born in London. Ada Lovelace married William King."


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a text and quick extraction."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRAPHWRIGHT_ANNOTATOR", "fakes:gazetteer")
    Path("ada.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def assert_nowhere(secret: str, folder: Path, *outputs: str) -> None:
    assert all(secret not in text for text in outputs)
    holding = [path for path in folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
    assert holding == []


@pytest.mark.neo4j
def test_no_output_log_or_file_holds_the_password(
    neo4j_server: Neo4jServer,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    neo4j_server.wipe()
    monkeypatch.setenv("NEO4J_URI", neo4j_server.uri)
    monkeypatch.setenv("NEO4J_DATABASE", neo4j_server.database)
    monkeypatch.setenv("NEO4J_PASSWORD", neo4j_server.password)
    done = []
    with caplog.at_level(logging.DEBUG):
        for command in (
            ["--debug", "build", "ada.txt", "--to", "neo4j", "--json"],
            ["query", "neo4j", "MATCH (n:Entity) RETURN n.name"],
            ["--debug", "query", "neo4j", "no Cypher"],
            ["review", "neo4j"],
            ["export", "neo4j", "--format", "neo4j-admin", "-o", "tables"],
            ["forget", "ada.txt", "--from", "neo4j"],
        ):
            done.append(run(command))
        monkeypatch.setenv("NEO4J_DATABASE", "nowhere")
        done.append(run(["--debug", "digest", "neo4j"]))
    assert done == [0, 0, 2, 0, 0, 0, 4]
    printed = capfd.readouterr()
    assert "Ada Lovelace" in printed.out
    assert "LOGON" in caplog.text, "the driver's own talk is looked at too"
    assert_nowhere(neo4j_server.password, place, printed.out, printed.err, caplog.text)


@pytest.mark.neo4j
def test_the_password_may_be_a_file(
    neo4j_server: Neo4jServer, place: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (place / "secrets").mkdir()
    (place / "secrets" / "neo4j_password").write_text(neo4j_server.password + "\n", encoding="utf-8")
    monkeypatch.setenv("GRAPHWRIGHT_SECRETS", str(place / "secrets"))
    monkeypatch.setenv("NEO4J_DATABASE", neo4j_server.database)
    monkeypatch.delenv("NEO4J_PASSWORD", raising=False)
    assert run(["digest", neo4j_server.uri]) == 0
    printed = capfd.readouterr()
    assert neo4j_server.password not in printed.out + printed.err


def test_an_address_with_a_password_is_refused_unseen(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    address = "neo4j+s://ada:s3cret-of-ada@example.invalid"
    for command in (["build", "ada.txt", "--to", address], ["digest", address], ["forget", "a", "--from", address]):
        assert run(["--debug", *command]) == 2
    with pytest.raises(Exception, match="NEO4J_PASSWORD"):
        shard(Job(("ada.txt",), str(place / "work"), flags={"target": address}))
    printed = capfd.readouterr()
    assert printed.err.count("NEO4J_PASSWORD") >= 3
    assert_nowhere("s3cret-of-ada", place, printed.out, printed.err)
