"""Vectors of things: made in the one pass of the encoder, kept by Neo4j, the same whatever the history."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from reference_graph import ReferenceGraph
from services.neo4j_server import Neo4jServer
from test_cypher import connect
from test_stores import Step, couple, histories, play

from graphwright.flows.cli import run
from graphwright.models.embedder import load_embedder
from graphwright.models.shipped import load_annotator
from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.graph import Contribution, digest
from graphwright.pipeline.interchange import read_annotated, write_annotated
from graphwright.pipeline.protocols import Encoded
from graphwright.pipeline.records import Annotated, Entity, Mention, make_document
from graphwright.pipeline.schema import load_schema
from graphwright.pipeline.sinks.cypher import Neo4jStore
from graphwright.pipeline.vectors import MOST, entity_vector, mean_vector, rounded, text_vector

TEXT = "Ada met Bob. She left."
WIDTH = 4
VECTORS = """
MATCH (n:Entity) WHERE n.vector IS NOT NULL RETURN n.id AS id, n.vector AS vector ORDER BY id
"""


def encoded() -> Encoded:
    document = make_document("a.txt", TEXT)
    offsets = np.array([(0, 3), (4, 7), (8, 11), (11, 12), (13, 16), (17, 21), (21, 22)], dtype=np.int32)
    states = np.eye(len(offsets), 8, dtype=np.float32)
    return Encoded(document, ((0, 12), (13, 22)), offsets, states, np.zeros((len(offsets), 1), np.float32))


def entity(*spans: tuple[int, int, str]) -> Entity:
    mentions = tuple(Mention("d", start, end, "PER", form=form) for start, end, form in spans)  # type: ignore[arg-type]
    return Entity(0, "Ada", "PER", mentions)


def test_a_vector_is_the_mean_of_what_names_a_thing() -> None:
    assert entity_vector(encoded(), entity((0, 3, "name"), (13, 16, "pronoun"))) == (1, 0, 0, 0, 0, 0, 0, 0)
    both = entity_vector(encoded(), entity((0, 3, "name"), (8, 11, "name")))
    assert both == (0.70711, 0, 0.70711, 0, 0, 0, 0, 0)
    assert entity_vector(encoded(), entity((13, 16, "pronoun"))) == (0, 0, 0, 0, 1, 0, 0, 0)
    assert len([part for part in text_vector(encoded()) if part]) == 7


def test_single_precision_gives_back_what_was_written() -> None:
    numbers = random.Random(13)
    vector = mean_vector([tuple(numbers.uniform(-1, 1) for _ in range(384)) for _ in range(3)])
    assert math.isclose(math.hypot(*vector), 1, abs_tol=1e-4)
    assert rounded(np.asarray(vector, dtype=np.float32)) == vector
    assert mean_vector([(0.0, 0.0), (0.0, 0.0)]) == ()


def test_vectors_survive_the_files_of_a_run(tmp_path: Path) -> None:
    document = make_document("a.txt", TEXT)
    made = Annotated(document, entities=(replace(entity(), vector=(0.6, -0.8)),))
    write_annotated([made], tmp_path / "a.jsonl")
    assert [item.entities[0].vector for item in read_annotated(tmp_path / "a.jsonl")] == [(0.6, -0.8)]
    broken = (tmp_path / "a.jsonl").read_text().replace("-0.8", '"x"')
    (tmp_path / "b.jsonl").write_text(broken)
    with pytest.raises(CorpusError, match="vector"):
        list(read_annotated(tmp_path / "b.jsonl"))


@pytest.mark.slow
def test_extraction_gives_each_entity_one_and_changes_nothing_else() -> None:
    document = make_document("b.txt", "Marie Curie was born in Warsaw. In 1895 she married Pierre Curie.")
    plain, rich = (load_annotator(schema=load_schema(), vectors=wanted) for wanted in (False, True))
    [before], [after] = list(plain.annotate([document])), list(rich.annotate([document]))
    assert {len(item.vector) for item in after.entities} == {384}
    bare = tuple(replace(item, vector=()) for item in after.entities)
    assert replace(after, entities=bare) == before
    assert plain.version != rich.version
    found = load_embedder().embed_query("Marie Curie")
    person, place = (next(item.vector for item in after.entities if item.label == label) for label in ("PER", "LOC"))
    assert np.dot(found, person) > np.dot(found, place)
    with pytest.raises(ValueError, match="words"):
        load_embedder().embed_query(" ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--to", "graph"], "Neo4j"), (["--to", "bolt://127.0.0.1:9", "--redact", "PER=drop"], "--redact")],
)
def test_vectors_that_cannot_be_are_refused(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(TEXT)
    assert run(["build", "a.txt", "--vectors", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert not Path("graph").exists()


def with_vectors(contribution: Contribution) -> Contribution:
    """Each occurrence with a vector that follows from its id; every third has none."""
    changed = []
    for number, item in enumerate(contribution.occurrences):
        numbers = random.Random(item.id)
        vector = mean_vector([tuple(numbers.uniform(-1, 1) for _ in range(WIDTH))]) if number % 3 < 2 else ()
        changed.append(replace(item, vector=vector))
    return replace(contribution, occurrences=tuple(changed))


def expected_vectors(graph: ReferenceGraph) -> dict[str, tuple[float, ...]]:
    nodes, found = graph.assignment(), graph.occurrences()
    groups: dict[str, list[tuple[float, ...]]] = {}
    for key in sorted(found):
        if found[key].vector:
            groups.setdefault(nodes[key], []).append(found[key].vector)
    return {node: mean_vector(vectors[:MOST]) for node, vectors in groups.items()}


@pytest.fixture(scope="module")
def store(neo4j_server: Neo4jServer) -> Iterator[Neo4jStore]:
    with connect(neo4j_server) as opened:
        yield opened
    neo4j_server.wipe()
    with neo4j_server.driver() as driver:
        driver.execute_query("DROP INDEX entity_vectors IF EXISTS", database_=neo4j_server.database)


@pytest.mark.neo4j
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories)
def test_after_any_history_a_thing_has_the_mean_of_its_occurrences(
    store: Neo4jStore, neo4j_server: Neo4jServer, history: list[Step]
) -> None:
    neo4j_server.wipe()
    graph = ReferenceGraph()
    for step in history:
        if step[0] == "replace":
            step = ("replace", [with_vectors(item) for item in step[1]])
        play(graph, [step])
        play(store, [step])
    held = {str(row[0]): rounded(row[1]) for row in store.query(VECTORS).rows}
    wanted = {node: vector for node, vector in expected_vectors(graph).items() if vector}
    assert held == wanted
    assert store.digest() == digest(graph.statements())
    kept = {item.id: item.vector for part in store.holdings() for item in part.contribution.occurrences}
    assert kept == {key: item.vector for key, item in graph.occurrences().items()}


@pytest.mark.neo4j
def test_the_index_is_there_once_there_are_vectors(store: Neo4jStore, neo4j_server: Neo4jServer) -> None:
    neo4j_server.wipe()
    store.replace([with_vectors(couple("a"))])
    asked = "SHOW INDEXES YIELD name, type, options WHERE name = 'entity_vectors' RETURN type, options.indexConfig"
    [[kind, settings]] = store.query(asked).rows
    assert kind == "VECTOR"
    assert isinstance(settings, dict)
    assert settings["vector.dimensions"] == WIDTH
    assert settings["vector.similarity_function"] == "COSINE"
