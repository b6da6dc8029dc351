"""The export for neo4j-admin: read by the real import tool, opened by a real Neo4j, equal to what our store writes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from reference_graph import ReferenceGraph
from services.maven import ServiceUnavailableHereError
from services.neo4j_server import Neo4jServer, imported_server
from strategies import HOSTILE
from test_cypher import NAMES, assert_same, connect
from test_export import CORPUS
from test_stores import contribution, couple, fact, occurrence

from graphwright.pipeline.errors import StoreError
from graphwright.pipeline.export import export
from graphwright.pipeline.exports.neo4j_csv import DELIMITER
from graphwright.pipeline.exports.sorting import SortedRows
from graphwright.pipeline.graph import Literal
from graphwright.pipeline.identity import MINTED, WIKIDATA
from graphwright.pipeline.resolution.decisions import Decision, Referent, decision_on
from graphwright.pipeline.sinks.cypher import Neo4jStore
from graphwright.pipeline.sinks.opening import open_store
from graphwright.pipeline.tally import MANY

ARRAYS = (
    (),
    ("",),
    ("", "a"),
    ("a", ""),
    (DELIMITER,),
    (f"a{DELIMITER}b", "c;d,e|f"),
    tuple(HOSTILE),
    ("🦉", "é'\"\\"),
)
EVERYTHING = {
    "nodes": "MATCH (n) WHERE NOT n:GraphInfo RETURN labels(n) AS labels, properties(n) AS properties",
    "relationships": "MATCH (a)-[r]->(b) RETURN labels(a) AS labels, a.id AS start, type(r) AS type, b.id AS end, "
    "properties(r) AS properties",
}


def hostile_graph() -> ReferenceGraph:
    """Every kind of node and relationship, with values that CSV and Cypher find hard."""
    graph = ReferenceGraph()
    listed = [
        occurrence("arrays", number, HOSTILE[number], aliases=array, keys=array, context=array)
        for number, array in enumerate(ARRAYS)
    ]
    facts = [
        replace(fact(listed[number], "P39", listed[-1], text=HOSTILE[number], said_by=text), qualifiers=qualifiers)
        for number, (text, qualifiers) in enumerate(
            [("", (("P580", ""), ("P582", DELIMITER))), ("she", ()), ("", (("'", "\\"), ("\\u0041", '"'))), ('"', ())]
        )
    ]
    facts += [fact(listed[0], "P569", Literal("", "string", "")), fact(listed[1], "P1", Literal("5", "decimal", ","))]
    graph.replace([*CORPUS, contribution("arrays", listed, facts), contribution('odd "id",\n\\', ()), couple("d")])
    graph.replace([couple(f"hub {number}") for number in range(MANY)])
    together, twins = occurrence("twins", 0, "Ada"), occurrence("twins", 1, "Byron")
    graph.replace([contribution("twins", (together, twins), (fact(together, "P26", twins),))])
    graph.resolve({twins.id: MINTED + together.id, listed[3].id: WIKIDATA + "Q5"})
    ada, john = Referent("a", "ada", name="Ada", source="a.txt"), Referent("b", HOSTILE[0], 1, HOSTILE[1], HOSTILE[5])
    graph.decide([decision_on("same", john, ada), decision_on("apart", ada, "Q7259")])
    return graph


@pytest.fixture(scope="module")
def expected() -> ReferenceGraph:
    return hostile_graph()


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, expected: ReferenceGraph) -> Iterator[Neo4jServer]:
    """A Neo4j whose database was made by the import tool, with the script run."""
    folder = tmp_path_factory.mktemp("neo4j") / "with space"
    export(expected, "neo4j-admin", folder, NAMES)
    with ExitStack() as stack:
        try:
            server = stack.enter_context(imported_server(folder / "import.sh"))
        except ServiceUnavailableHereError as error:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(str(error))
        with server.driver() as driver, driver.session() as session:
            for line in (folder / "after_import.cypher").read_text(encoding="ascii").splitlines():
                session.run(line.removesuffix(";")).consume()
        yield server


def everything(store: Neo4jStore, question: str) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in store.query(EVERYTHING[question]).rows)


@pytest.mark.neo4j
@pytest.mark.slow
def test_an_import_is_what_our_store_writes(imported: Neo4jServer, expected: ReferenceGraph) -> None:
    with connect(imported) as store:
        assert_same(store, expected)
        found = {question: everything(store, question) for question in EVERYTHING}
        imported.wipe()
        store.replace(list(expected.contributions.values()))
        store.resolve(expected.assigned)
        store.decide(expected.decisions())
        for question, rows in found.items():
            assert rows == everything(store, question)
        assert_same(store, expected)


@pytest.mark.parametrize("target", ["graph", "graph.ttl"])
def test_rdf_gives_the_same_tables(tmp_path: Path, target: str) -> None:
    graph = ReferenceGraph()
    graph.replace(CORPUS)
    with open_store(str(tmp_path / target)) as store:
        store.replace(CORPUS)
        written = export(store, "neo4j-admin", tmp_path / "written", NAMES)
    assert written.lacks == ""
    for path in export(graph, "neo4j-admin", tmp_path / "expected", NAMES).files:
        assert sorted((tmp_path / "written" / path.name).read_text().split("\n")) == sorted(
            path.read_text().split("\n")
        )


def test_sorting_on_disk_groups_what_memory_does_not_hold() -> None:
    with SortedRows(run=7) as rows:
        rows.extend((str(number * 37 % 100), number, ("ä\ud800", None)) for number in range(1000))
        groups = [(key, [row[1] for row in group]) for key, group in rows.groups()]
    assert [key for key, _ in groups] == sorted(str(number) for number in range(100))
    assert all(len(found) == 10 and {number * 37 % 100 for number in found} == {int(key)} for key, found in groups)


def test_what_fails_half_way_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    class Broken(ReferenceGraph):
        def decisions(self) -> list[Decision]:
            raise OSError("no room")

    (tmp_path / "documents.csv").write_text("of last time")
    with pytest.raises(StoreError, match="no room"):
        export(Broken(), "neo4j-admin", tmp_path)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["of last time"]
