"""JSON-LD that is written has a context and compact names, and says the same quads to those who read it."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Dataset
from test_hostile_texts import parts
from test_stores import couple

from graphwright.pipeline.graph import Contribution
from graphwright.pipeline.sinks.opening import open_store


def written(folder: Path, content: list[Contribution], name: str) -> Path:
    path = folder / name
    with open_store(str(path)) as store:
        store.replace(content)
    return path


def test_names_are_compact_by_a_context(tmp_path: Path) -> None:
    found = json.loads(written(tmp_path, [couple("a")], "graph.jsonld").read_text(encoding="utf-8"))
    assert found["@context"]["wd"] == "http://www.wikidata.org/entity/"
    view = next(graph["graph"] for graph in found["graph"] if graph["id"] == "urn:graphwright:view")
    ada = next(subject for subject in view if subject["id"] == "wd:Q7259")
    assert ada == {
        "id": "wd:Q7259",
        "wdt:P26": {"id": "wd:Q10"},
        "type": "gwc:PER",
        "skos:prefLabel": "Ada",
        "gw:kbId": "Q7259",
    }


@pytest.mark.parametrize("hostile", [False, True])
def test_it_says_what_nquads_say(tmp_path: Path, hostile: bool) -> None:
    content = list(parts()) if hostile else [couple("a"), couple("b")]
    files = [written(tmp_path, content, name) for name in ("graph.jsonld", "graph.nq")]
    read, expected = (set(ox.parse(path=path)) for path in files)
    assert read == expected


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_rdflib_reads_the_same(tmp_path: Path) -> None:
    path = written(tmp_path, [couple("a"), couple("b")], "graph.jsonld")
    graph = Dataset()
    graph.parse(path, format="json-ld")
    assert sum(1 for _ in graph.quads()) == len(list(ox.parse(path=path)))
