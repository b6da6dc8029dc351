"""Queries find what they ask for by an index, as the server plans them for the example corpus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

import pytest
from services.neo4j_server import Neo4jServer

from graphwright.pipeline.browser.pages import saved_queries
from graphwright.pipeline.sinks import (
    cypher_decisions,
    cypher_digest,
    cypher_entity_texts,
    cypher_holdings,
    cypher_statements,
)

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]

MODULES = (cypher_statements, cypher_entity_texts, cypher_decisions, cypher_holdings, cypher_digest)
PARAMETERS = {
    **dict.fromkeys(("rows", "keys", "occurrences"), ()),
    "settled": None,
    "wikidata": "",
    "minted": "",
    "mentions": True,
    "most": 1,
}
WHOLE = {
    "DOCUMENTS": "d:Document",
    "VERSIONS": "d:Document",
    "PENDING": "n:Pending",
    "CLEAR_ADDED": "o:Occurrence&Pending",
    "CLEAR_PENDING": "k:BlockKey&Pending",
    "ALL_DECISIONS": "d:Decision",
    "LINES": "s:Statement",
}
"""Queries that ask for all that has a label."""
NAMED = sorted(name for name, text in saved_queries().items() if "'Alan Turing'" in text)


def texts(module: ModuleType) -> Iterator[tuple[str, str]]:
    """The queries of a module by name, those with a type or label of the data included."""
    for name, value in vars(module).items():
        if name.isupper() and name[0] != "_" and isinstance(value, str) and ("$" in value or name in WHOLE):
            yield name, value
    if module is cypher_statements:
        yield from (("edges", module.create_edges("SPOUSE")), ("shown", module.create_shown_statements("SPOUSE")))
    if module is cypher_entity_texts:
        yield from (("new", module.create_entities("Person")), ("other", module.relabel_entities(("Person",), "Place")))


OWN = dict(pair for module in MODULES for pair in texts(module))


def scans(server: Neo4jServer, text: str) -> list[str]:
    """What a query goes through from end to end, node by node or relationship by relationship."""
    with server.driver() as driver:
        found = driver.execute_query(
            f"EXPLAIN {text}",  # type: ignore[arg-type]
            PARAMETERS,
            database_=server.database,
        )
    assert found.summary.plan
    return [details for name, details in _operators(found.summary.plan) if "Scan" in name and "Index" not in name]


def _operators(plan: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield plan["operatorType"], plan["args"].get("Details", "")
    for child in plan.get("children", ()):
        yield from _operators(child)


def test_there_are_queries_to_look_at() -> None:
    assert WHOLE.keys() <= OWN.keys()
    assert len(OWN) > 45
    assert len(NAMED) >= 6


@pytest.mark.parametrize("name", OWN)
def test_the_store_goes_through_nothing_but_what_it_wants_whole(name: str, example_server: Neo4jServer) -> None:
    assert scans(example_server, OWN[name]) == ([WHOLE[name]] if name in WHOLE else [])


@pytest.mark.parametrize("name", NAMED)
def test_what_is_asked_about_a_name_starts_there(name: str, example_server: Neo4jServer) -> None:
    assert scans(example_server, saved_queries()[name]) == []


def test_a_scan_is_seen(example_server: Neo4jServer) -> None:
    assert scans(example_server, "MATCH (n:Entity) WHERE 'Ada' IN n.aliases RETURN n") == ["n:Entity"]
    assert scans(example_server, "MATCH (n) WHERE n.id = 'a' RETURN n") == ["n"]
