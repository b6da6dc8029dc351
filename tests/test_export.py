"""Exports: what is written holds the whole graph, for tools that know nothing of us."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pyoxigraph as ox
import pytest
from reference_graph import ReferenceGraph, assert_equal_content
from strategies import HOSTILE
from test_stores import contribution, couple, fact, occurrence

from graphwright.pipeline.errors import StoreError, UsageError
from graphwright.pipeline.export import export
from graphwright.pipeline.graph import Literal
from graphwright.pipeline.sinks.opening import open_store
from graphwright.pipeline.sinks.rdf_files import RdfFileStore
from graphwright.pipeline.sinks.store import Store

CORPUS = [
    couple("a"),
    couple("b", band="review"),
    contribution(
        "c",
        (hostile := [occurrence("c", number, name, aliases=(name + "!",)) for number, name in enumerate(HOSTILE)]),
        [fact(hostile[0], "P569", Literal("1815-12-10", "date")), fact(hostile[1], HOSTILE[0], hostile[2])],
    ),
]


@pytest.fixture
def reference() -> ReferenceGraph:
    graph = ReferenceGraph()
    graph.replace(CORPUS)
    return graph


def test_nquads_of_an_rdf_store_are_a_store(tmp_path: Path, reference: ReferenceGraph) -> None:
    with open_store(str(tmp_path / "graph")) as store:
        store.replace(CORPUS)
        (written,) = export(store, "nq", tmp_path / "out").files
    with RdfFileStore(written) as copy:
        assert_equal_content(copy, reference)


def test_nquads_of_any_store_hold_the_view_and_the_evidence(tmp_path: Path, reference: ReferenceGraph) -> None:
    (written,) = export(reference, "nq", tmp_path).files
    inner = ox.Store()
    inner.load(path=str(written))
    kept = "SELECT ?quote { GRAPH <urn:graphwright:view> { ?s a gw:Statement; gw:band 'keep'; rdf:predicate wdt:P26 } "
    evidence = "?fact gw:supports ?s; gw:quote ?quote }"
    prefixes = {"gw": "urn:graphwright:ontology#", "wdt": "http://www.wikidata.org/prop/direct/"}
    prefixes["rdf"] = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    found = inner.query(kept + evidence, prefixes=prefixes, use_default_graph_as_union=True)
    assert [row["quote"].value for row in found] == ["Ada married John.", "Ada married John."]
    with open_store(str(tmp_path / "whole.nq")) as store:
        store.replace(CORPUS)
        view = ox.NamedNode("urn:graphwright:view")
        whole = {str(quad) for quad in store.quads() if quad.graph_name == view}
    assert {str(quad) for quad in inner.quads_for_pattern(None, None, None, view)} == whole


def test_jsonl_has_a_line_for_each_node_and_statement(tmp_path: Path, reference: ReferenceGraph) -> None:
    nodes, statements, documents = export(reference, "jsonl", tmp_path / "out").files
    lines = [json.loads(line) for line in nodes.read_text().split("\n") if line]
    assert [(line["id"], line["name"]) for line in lines] == [(item.id, item.name) for item in reference.nodes()]
    told = [json.loads(line) for line in statements.read_text().split("\n") if line]
    plain = [{**asdict(item), "band": item.band} for item in reference.statements()]
    assert told == json.loads(json.dumps(plain))
    assert [json.loads(line)["source"] for line in documents.read_text().splitlines()] == [
        f"file:///{name}.txt" for name in "abc"
    ]
    assert {path.name for path in nodes.parent.iterdir()} == {"nodes.jsonl", "statements.jsonl", "documents.jsonl"}


def test_an_unknown_format_is_refused(tmp_path: Path, reference: ReferenceGraph) -> None:
    with pytest.raises(UsageError, match=r"wanted a format of neo4j-admin, graphml, .*received docx"):
        export(reference, "docx", tmp_path)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, reference: ReferenceGraph) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        export(reference, "jsonl", tmp_path / "file" / "out")


def test_every_store_exports_the_same_lines(
    tmp_path: Path, reference: ReferenceGraph, store_factory: Callable[[], Store]
) -> None:
    store = store_factory()
    store.replace(CORPUS)
    told = [path.read_bytes() for path in export(store, "jsonl", tmp_path / "told").files]
    assert told == [path.read_bytes() for path in export(reference, "jsonl", tmp_path / "expected").files]
