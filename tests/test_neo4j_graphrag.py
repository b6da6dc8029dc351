"""neo4j-graphrag's retrievers on our graph: by vector, by names, by both, with sentences, and as tools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import neo4j
import pytest
from neo4j_graphrag.llm import LLMInterface
from neo4j_graphrag.llm.types import LLMResponse, ToolCall, ToolCallResponse
from neo4j_graphrag.retrievers import (
    HybridCypherRetriever,
    HybridRetriever,
    ToolsRetriever,
    VectorCypherRetriever,
    VectorRetriever,
)
from services.example_graph import CORPUS
from services.neo4j_server import Neo4jServer

from graphwright.flows.cli import run
from graphwright.models.embedder import load_embedder

pytestmark = [
    pytest.mark.neo4j,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:The default returned 'id' field:DeprecationWarning"),
]

VECTORS, NAMES = "entity_vectors", "entity_names"
FACTS = """
MATCH (node)<-[:SUBJECT|OBJECT]-(s:Statement {band: 'keep'})-[:SUPPORTED_BY]->(e:Evidence)
MATCH (s)-[:SUBJECT]->(subject:Entity)
OPTIONAL MATCH (s)-[:OBJECT]->(object:Entity)
RETURN node.name AS name, subject.name + ' ' + s.name + ' ' + coalesce(object.name, s.value) AS fact,
       collect(e.text)[0] AS sentence, score
ORDER BY score DESC
"""


@pytest.fixture(scope="module")
def server(neo4j_server: Neo4jServer) -> Iterator[Neo4jServer]:
    """A graph built with vectors by the command that README names."""
    neo4j_server.wipe()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("username", "password", "database"):
            patch.setenv(f"NEO4J_{name.upper()}", getattr(neo4j_server, name))
        assert run(["build", str(CORPUS / "computing"), "--to", neo4j_server.uri, "--vectors"]) == 0
    with neo4j_server.driver() as driver:
        driver.execute_query("CALL db.awaitIndexes(300)", database_=neo4j_server.database)
        driver.execute_query(
            "CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()", database_=neo4j_server.database
        )
    yield neo4j_server
    neo4j_server.wipe()
    with neo4j_server.driver() as driver:
        driver.execute_query(f"DROP INDEX {VECTORS}", database_=neo4j_server.database)


@pytest.fixture
def driver(server: Neo4jServer) -> Iterator[neo4j.Driver]:
    with server.driver() as opened:
        yield opened


def test_by_vector(driver: neo4j.Driver, server: Neo4jServer) -> None:
    retriever = VectorRetriever(
        driver, VECTORS, load_embedder(), return_properties=["name", "label"], neo4j_database=server.database
    )
    # The index is approximate: of the few nearest alone it may miss the nearest.
    found = retriever.search(query_text="United States Navy", top_k=3, effective_search_ratio=20)
    assert "United States Navy" in found.items[0].content
    assert found.items[0].metadata
    assert 0.5 < found.items[0].metadata["score"] <= 1


def test_what_is_like_a_thing_is_of_its_kind(driver: neo4j.Driver, server: Neo4jServer) -> None:
    [[vector]] = driver.execute_query(
        "MATCH (n:Entity {kbId: 'Q7251'}) RETURN n.vector", database_=server.database
    ).records
    retriever = VectorRetriever(driver, VECTORS, return_properties=["name", "label"], neo4j_database=server.database)
    found = retriever.search(query_vector=vector, top_k=5, filters={})
    assert "Alan Mathison Turing" in found.items[0].content
    assert all("'label': 'PER'" in item.content for item in found.items)


def test_by_vector_with_facts_and_sentences(driver: neo4j.Driver, server: Neo4jServer) -> None:
    retriever = VectorCypherRetriever(driver, VECTORS, FACTS, load_embedder(), neo4j_database=server.database)
    found = retriever.search(query_text="Grace Hopper", top_k=10)
    assert len(found.items) >= 3
    assert all("sentence=" in item.content for item in found.items)


def test_by_names_and_vector_together(driver: neo4j.Driver, server: Neo4jServer) -> None:
    retriever = HybridRetriever(
        driver, VECTORS, NAMES, load_embedder(), return_properties=["name"], neo4j_database=server.database
    )
    found = retriever.search(query_text="Turing", top_k=5)
    assert any("Alan Mathison Turing" in item.content for item in found.items)


def test_a_question_is_answered_with_sentences(driver: neo4j.Driver, server: Neo4jServer) -> None:
    retriever = HybridCypherRetriever(driver, VECTORS, NAMES, FACTS, load_embedder(), neo4j_database=server.database)
    found = retriever.search(query_text="Where was Grace Hopper born?", top_k=5)
    assert any("PLACE_OF_BIRTH New York City" in item.content and "born" in item.content for item in found.items)


class FirstTool(LLMInterface):
    """Chooses the first tool, always, as a language model would where there is one."""

    def invoke(self, *arguments: Any, **options: Any) -> LLMResponse:
        return LLMResponse(content="")

    async def ainvoke(self, *arguments: Any, **options: Any) -> LLMResponse:
        return LLMResponse(content="")

    def invoke_with_tools(self, input: Any, tools: Any, *arguments: Any, **options: Any) -> ToolCallResponse:
        return ToolCallResponse(tool_calls=[ToolCall(name=tools[0].get_name(), arguments={"query_text": input})])


def test_as_a_tool(driver: neo4j.Driver, server: Neo4jServer) -> None:
    retriever = HybridCypherRetriever(driver, VECTORS, NAMES, FACTS, load_embedder(), neo4j_database=server.database)
    tool = retriever.convert_to_tool(name="facts", description="Facts about people, places and organisations.")
    found = ToolsRetriever(driver, FirstTool("first"), [tool], neo4j_database=server.database).search(
        query_text="Ada Lovelace"
    )
    assert found.items
    assert any("Augusta Ada King" in item.content for item in found.items)
