"""GraphML, Parquet and JSON lines: what is written is read again as the same graph, by us and by other tools."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pyarrow import parquet
from reference_graph import ReferenceGraph
from test_export_neo4j import hostile_graph
from test_stores import contribution, fact, occurrence

from graphwright.pipeline.errors import StoreError
from graphwright.pipeline.export import export
from graphwright.pipeline.exports.reading import ExportedGraph, exported_graph
from graphwright.pipeline.graph import Evidence, Literal, Statement, digest

XML = {"g": "http://graphml.graphdrawing.org/xmlns"}
NAMES = {"P26": "SPOUSE"}


@pytest.fixture(scope="module")
def graph() -> ReferenceGraph:
    return hostile_graph()


def read(folder: Path) -> ExportedGraph:
    found = exported_graph(folder)
    assert found
    return found


@pytest.mark.parametrize("chosen", ["jsonl", "parquet"])
def test_it_is_read_as_the_graph_that_was_written(tmp_path: Path, graph: ReferenceGraph, chosen: str) -> None:
    exported = export(graph, chosen, tmp_path, NAMES)
    assert "decisions are not in it" in exported.lacks
    copy = read(tmp_path)
    assert digest(copy.statements()) == digest(graph.statements())
    assert list(copy.statements()) == graph.statements()
    assert list(copy.nodes()) == graph.nodes()
    assert (copy.documents(), copy.versions()) == (graph.documents(), graph.versions())


def test_parquet_tables_refer_to_each_other(tmp_path: Path, graph: ReferenceGraph) -> None:
    export(graph, "parquet", tmp_path, NAMES)
    tables = {path.stem: parquet.read_table(path) for path in tmp_path.iterdir()}
    assert set(tables) == {"nodes", "statements", "evidence", "mentions", "documents"}
    nodes = set(tables["nodes"]["id"].to_pylist())
    assert {*tables["mentions"]["node"].to_pylist(), *tables["statements"]["subject"].to_pylist()} <= nodes
    count = sum(len(item.mentions) for item in graph.occurrences().values())
    assert tables["mentions"].num_rows == count
    assert set(tables["mentions"]["document"].to_pylist()) <= set(tables["documents"]["id"].to_pylist())
    assert set(tables["evidence"]["statement"].to_pylist()) == set(tables["statements"]["id"].to_pylist())
    assert "SPOUSE" in tables["statements"]["name"].to_pylist()


def test_half_characters_are_told_of(tmp_path: Path) -> None:
    graph = ReferenceGraph()
    graph.replace([contribution("a", (occurrence("a", 0, "half \ud800"),))])
    assert "lone surrogates" in export(graph, "parquet", tmp_path).lacks
    assert [node.name for node in read(tmp_path).nodes()] == ["half \ufffd"]
    assert list(read(tmp_path).statements()) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [("statements.jsonl", "{}\n"), ("statements.jsonl", "no JSON\n"), ("statements.parquet", "no Parquet")],
)
def test_what_is_no_export_of_ours_is_told(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(StoreError, match="export the graph anew"):
        list(read(tmp_path).statements())
    assert exported_graph(tmp_path / "elsewhere") is None


# --- GraphML -------------------------------------------------------------------------------------------------------


def attributes(element: ET.Element) -> dict[str, str]:
    return {item.attrib["key"].partition("-")[2]: item.text or "" for item in element.iterfind("g:data", XML)}


def read_graphml(path: Path) -> list[Statement]:
    """The statements of a GraphML file, of its edges alone but for values."""
    root = ET.parse(path).getroot()
    nodes = {node.attrib["id"]: attributes(node) for node in root.iterfind("g:graph/g:node", XML)}
    found = []
    for edge in root.iterfind("g:graph/g:edge", XML):
        data, end = attributes(edge), edge.attrib["target"]
        value = nodes[end] if end.startswith("value:") else None
        target = Literal(value.get("label", ""), value["datatype"], value.get("unit", "")) if value else end
        spans = ("head", "tail", "sentence")
        told = [{**item, **{name: tuple(item[name]) for name in spans}} for item in json.loads(data["evidence"])]
        qualifiers = tuple((name, text) for name, text in json.loads(data.get("qualifiers", "[]")))
        evidence = tuple(Evidence(**item) for item in told)
        predicate = data.get("predicate", "")
        score = float(data["score"])
        found.append(
            Statement(edge.attrib["id"], edge.attrib["source"], predicate, target, qualifiers, score, evidence)
        )
    return found


def test_graphml_holds_all_statements(tmp_path: Path, graph: ReferenceGraph) -> None:
    exported = export(graph, "graphml", tmp_path, NAMES)
    assert "characters that XML cannot hold became U+FFFD" in exported.lacks
    found = read_graphml(exported.files[0])
    assert digest(found) == digest(graph.statements())
    plain = [item for item in graph.statements() if item.predicate.startswith("P")]
    by_id = {item.id: item for item in found}
    assert [by_id[item.id] for item in plain] == plain


def test_graphml_keeps_control_characters_where_it_can(tmp_path: Path) -> None:
    graph = ReferenceGraph()
    name = "a\x00b\x1f\ufffe\r\n\t<&>\"'"
    ada = occurrence("a", 0, name, kb_id="Q7259", aliases=("\x01",))
    said = replace(fact(ada, "P569", Literal("\x0b", "string"), text="\x02"), qualifiers=(("P1", "\x03"),))
    graph.replace([contribution("a", (ada,), (said,))])
    path = export(graph, "graphml", tmp_path, NAMES).files[0]
    nodes = [attributes(node) for node in ET.parse(path).getroot().iterfind("g:graph/g:node", XML)]
    assert nodes[0]["label"] == "a\ufffdb\ufffd\ufffd\r\n\t<&>\"'"
    assert json.loads(nodes[0]["aliases"]) == ["\x01"]
    assert nodes[1]["label"] == "\ufffd"
    (statement,) = read_graphml(path)
    assert (statement.evidence[0].text, statement.qualifiers) == ("\x02", (("P1", "\x03"),))


def test_graphml_opens_in_networkx(tmp_path: Path, graph: ReferenceGraph) -> None:
    networkx = pytest.importorskip("networkx")
    path = export(graph, "graphml", tmp_path, NAMES).files[0]
    opened = networkx.read_graphml(path, force_multigraph=True)
    entities = [node for node, data in opened.nodes(data=True) if data["type"] != "value"]
    assert len(entities) == len(graph.nodes())
    edges = {key: data for _, _, key, data in opened.edges(keys=True, data=True)}
    assert set(edges) == {item.id for item in graph.statements()}
    for item in graph.statements():
        data = edges[item.id]
        assert (data["score"], data["evidenceCount"], data["band"]) == (item.score, len(item.evidence), item.band)
