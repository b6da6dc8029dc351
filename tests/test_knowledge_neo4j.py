"""A Neo4j database as a source of a knowledge base."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graphwright.flows.cli import run
from graphwright.pipeline.errors import StoreError
from graphwright.pipeline.knowledge import KnowledgeBase
from graphwright.pipeline.knowledge_build import build_knowledge
from graphwright.pipeline.sinks.opening import StoreSettings

if TYPE_CHECKING:
    from services.neo4j_server import Neo4jServer

GRAPH = """
CREATE (a:Entity:Person {uri: 'http://www.wikidata.org/entity/Q41', name: 'Mira Oldfen', aliases: ['M. Oldfen']})
CREATE (b:City {id: 'Q42', name: 'Fenland', population: 5200})
CREATE (c:ChemicalCompound {qid: 'Q43', label: 'Ruberine', altLabel: 'R-12|red salt'})
CREATE (d {wikidata: 'wd:Q44', title: 'Oldfen Works'})
CREATE (e:Entity:Organization {uri: 'urn:graphwright:entity/abc', kbId: 'Q45', name: 'Fen Society'})
CREATE (:Document {id: 'deadbeef', name: 'Not an item'}), (:Entity {id: 7})
CREATE (a)-[:PLACE_OF_BIRTH]->(b), (a)-[:P108]->(d), (a)-[:KNOWS]->(b), (d)-[:SEAT {property: 'P159'}]->(b)
CREATE (a)-[:MEMBER {predicate: 'http://www.wikidata.org/prop/direct/P463'}]->(e)
"""


@pytest.fixture
def server(neo4j_server: Neo4jServer) -> Iterator[Neo4jServer]:
    neo4j_server.wipe()
    with neo4j_server.driver() as driver:
        driver.execute_query(GRAPH, database_=neo4j_server.database)
    yield neo4j_server
    neo4j_server.wipe()


@pytest.mark.neo4j
def test_nodes_with_ids_names_labels_and_relationships(server: Neo4jServer, tmp_path: Path) -> None:
    login = StoreSettings(server.username, server.password, server.database)
    more = tmp_path / "more.csv"
    more.write_text("id,label,aliases\nQ42,Fen Land,The Fens\n", encoding="utf-8")
    told: list[str] = []
    info = build_knowledge([server.uri, str(more)], tmp_path / "out", login=login, tell=told.append, updatable=True)
    base = KnowledgeBase.open(tmp_path / "out")
    assert list(base.ids()) == ["Q41", "Q42", "Q43", "Q44", "Q45"]
    found = {item: base.entity(item) for item in base.ids()}
    person, city, salt, works, society = found.values()
    assert person is not None
    assert (person.name, person.label, person.aliases) == ("Mira Oldfen", "PER", ("M. Oldfen",))
    assert person.claims == (("P19", "Q42"), ("P108", "Q44"), ("P463", "Q45"))
    assert city is not None
    assert (city.label, city.population, city.aliases) == ("LOC", 5200, ("Fen Land", "The Fens"))
    assert salt is not None
    assert (salt.types, salt.aliases) == (("chemical compound",), ("R-12", "red salt"))
    assert works is not None
    assert (works.name, works.claims) == ("Oldfen Works", (("P159", "Q42"),))
    assert society is not None
    assert society.label == "ORG"
    assert "2 nodes without a Wikidata id" in info.messages[0]
    assert "KNOWS" in info.messages[1]
    assert info.sources == (server.uri, "more.csv")
    build_knowledge([server.uri, str(more)], tmp_path / "again", login=login, updatable=True)
    assert (tmp_path / "out").read_bytes() == (tmp_path / "again").read_bytes()


@pytest.mark.neo4j
def test_on_the_command_line(
    server: Neo4jServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("username", "password", "database"):
        monkeypatch.setenv(f"NEO4J_{name.upper()}", getattr(server, name))
    assert run(["kb", "build", server.uri, "-o", str(tmp_path / "out")]) == 0
    monkeypatch.setenv("NEO4J_PASSWORD", "wrong")
    capsys.readouterr()
    assert run(["kb", "build", server.uri, "-o", str(tmp_path / "other")]) == 4
    assert "refused the user name or password" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no Neo4j answers at bolt://127\.0\.0\.1:9"):
        build_knowledge(["bolt://127.0.0.1:9"], tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
