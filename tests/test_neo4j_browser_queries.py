"""The saved queries for Neo4j Browser, each run on a real Neo4j that holds the example corpus."""

from __future__ import annotations

from typing import Any

import pytest
from services.neo4j_server import Neo4jServer

from graphwright.pipeline.browser.pages import saved_queries
from graphwright.pipeline.schema import load_schema
from graphwright.pipeline.sinks.cypher import Neo4jStore

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]

QUERIES = saved_queries()


def rows(server: Neo4jServer, name: str) -> list[dict[str, Any]]:
    """What Neo4j Browser would show, for the whole file as it is."""
    with server.driver() as driver:
        found = driver.execute_query(QUERIES[name], database_=server.database, routing_="r")  # type: ignore[arg-type]
    return [record.data() for record in found.records]


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_finds_what_the_corpus_has(name: str, example_server: Neo4jServer) -> None:
    found = rows(example_server, name)
    assert found
    assert len(found) <= 250
    for column in ("sentence", "document", "subject", "fact", "name", "path"):
        assert all(row[column] for row in found if column in row), column


def test_what_is_known_of_somebody_comes_with_its_sentences(example_server: Neo4jServer) -> None:
    found = rows(example_server, "about.cypher")
    facts = {(row["fact"], row["object"]) for row in found}
    assert {("DATE_OF_BIRTH", "1912-06-23"), ("PLACE_OF_DEATH", "Wilmslow")} <= facts
    assert all("Turing" in row["sentence"] or "He" in row["sentence"] or "he" in row["sentence"] for row in found)
    assert {row["document"].rpartition("/")[2] for row in found} >= {"alan-turing.txt", "bletchley-park.md"}


def test_names_are_found_by_other_spellings(example_server: Neo4jServer) -> None:
    assert {"Alan Mathison Turing", "Augusta Ada King"} <= {row["name"] for row in rows(example_server, "find.cypher")}


def test_a_chain_of_facts_joins_two_people(example_server: Neo4jServer) -> None:
    steps = rows(example_server, "connected-evidence.cypher")
    ends = {name for row in steps for name in (row["subject"], row["object"])}
    assert {"Charles Darwin", "Alan Mathison Turing"} <= ends
    assert [row["step"] for row in steps] == list(range(1, len(steps) + 1))
    assert all(row["sentences"] and row["documents"] for row in steps)


def test_a_document_says_its_facts_in_order(example_server: Neo4jServer) -> None:
    found = rows(example_server, "document.cypher")
    assert {row["document"].rpartition("/")[2] for row in found} == {"alan-turing.txt"}
    assert [row["at"] for row in found] == sorted(row["at"] for row in found)
    assert {row["band"] for row in found} == {"keep", "review"}


def test_contradictions_are_several_values_of_what_has_one(example_server: Neo4jServer) -> None:
    found = rows(example_server, "contradictions.cypher")
    groups: dict[tuple[str, str], set[str]] = {}
    for row in found:
        groups.setdefault((row["subject"], row["fact"]), set()).add(row["object"])
    assert groups["Jean-Paul Sartre", "DATE_OF_BIRTH"] == {"1905-06-21", "1908-01-09"}
    assert all(len(values) > 1 for values in groups.values())
    assert ("Agatha Christie", "PLACE_OF_BIRTH") not in groups, "Torquay lies in Devon"


def test_review_holds_what_makes_no_edge(example_server: Neo4jServer) -> None:
    found = rows(example_server, "review.cypher")
    with Neo4jStore.connect(
        example_server.uri, username=example_server.username, password=example_server.password
    ) as store:
        [[shown]] = store.query("MATCH ()-[r]->() WHERE r.statement IS NOT NULL RETURN collect(r.statement)").rows
    assert not {row["statement"] for row in found} & set(shown)
    assert {"asserted", "negated", "attributed"} <= {row["said"] for row in found}


@pytest.mark.parametrize("name", ["contradictions.cypher", "contradictions-picture.cypher"])
def test_contradictions_ask_about_what_the_schema_calls_functional(name: str) -> None:
    functional = [key for key, found in load_schema().properties.items() if found.functional]
    assert "[" + ", ".join(f"'{key}'" for key in functional) + "]" in QUERIES[name]
