"""A short ``make chaos``: kills, a full disk, a cut connection, two builds at once."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from random import Random

import chaos
import chaos_links
import pytest
from services.neo4j_server import Neo4jServer

from graphwright.flows.settings import load_settings
from graphwright.flows.targets import open_target

KILLS = 3


@pytest.fixture
def editions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[int, int]:
    """The edition of each document of a corpus in a folder of its own, without settings of the user."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("NEO4J_", "GRAPHWRIGHT_"))]:
        monkeypatch.delenv(name)
    editions = dict.fromkeys(range(chaos.DOCUMENTS), 0)
    chaos.write_corpus(editions)
    return editions


@pytest.fixture
def server(editions: dict[int, int], neo4j_server: Neo4jServer, monkeypatch: pytest.MonkeyPatch) -> Neo4jServer:
    """An empty server that the settings reach."""
    for name, value in chaos.access(neo4j_server).items():
        monkeypatch.setenv(name, value)
    neo4j_server.wipe()
    return neo4j_server


@pytest.mark.slow
@pytest.mark.usefixtures("editions")
def test_killed_builds_leave_whole_documents() -> None:
    done = list(chaos.rounds("graph", KILLS))
    assert sum(item.killed for item in done) == KILLS


@pytest.mark.slow
@pytest.mark.neo4j
def test_killed_builds_leave_whole_documents_in_neo4j(server: Neo4jServer) -> None:
    done = list(chaos.rounds(server.uri, KILLS))
    assert sum(item.killed for item in done) == KILLS


@pytest.mark.slow
def test_a_full_disk_is_told_in_one_line(editions: dict[int, int]) -> None:
    chaos.build("graph")
    words = chaos_links.full_disk(Random(1), editions, chaos_links.ROOMS[0])
    assert "File too large" in words


@pytest.mark.slow
@pytest.mark.neo4j
def test_a_connection_that_is_cut_for_long_is_told_in_one_line(server: Neo4jServer, editions: dict[int, int]) -> None:
    link = chaos_links.Link(chaos_links.address(server.uri))
    chaos.build(link.uri)
    assert "no Neo4j answers" in chaos_links.cut_off(link, Random(1), editions, 0.2, 30)


@pytest.mark.slow
@pytest.mark.neo4j
def test_two_builds_at_once_are_both_completed(server: Neo4jServer, editions: dict[int, int]) -> None:
    chaos_links.two_builds(server.uri, Random(1), editions)


def test_a_document_without_one_of_its_facts_is_not_whole(editions: dict[int, int]) -> None:
    chaos.build("graph")
    chaos.assert_whole("graph")
    with open_target(load_settings(target="graph")) as store:
        part = next(item.contribution for item in store.holdings() if item.contribution.facts)
        store.replace([replace(part, facts=part.facts[:-1])])
    with pytest.raises(AssertionError):
        chaos.assert_whole("graph")
