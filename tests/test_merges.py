"""The commands about identity, as people and programs call them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from graphwright.flows.cli import run
from graphwright.pipeline.resolution.scores import NAME_ALONE

FAKE = ("--annotator", "fakes:gazetteer")
TEXTS = {
    "a.txt": "William King was born in Jedburgh.",
    "b.txt": "William King was born in Jedburgh.",
    "c.txt": "William King lived in London.",
    "d.txt": "William King came to town.",
    "e.txt": "Ada Lovelace joined Analytical Society.",
}


@pytest.fixture
def graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """The graph of these texts, below the working folder."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("NEO4J_", "GRAPHWRIGHT_"))]:
        monkeypatch.delenv(name)
    for name, text in TEXTS.items():
        Path(name).write_text(text, encoding="utf-8")
    assert run(["build", *TEXTS, *FAKE]) == 0
    capsys.readouterr()
    return "graph"


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """What a command prints with --json."""
    assert run([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def error(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line of a command that is refused."""
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err


def test_merges_are_listed_with_their_reasons(graph: str, capsys: pytest.CaptureFixture[str]) -> None:
    [pair] = told(capsys, "merges", graph)
    assert (pair["name"], pair["with"], pair["score"] > 0.8) == ("William King", "William King", True)
    assert pair["reasons"][0] == "same name 'william king'"
    assert pair["reasons"][1].startswith("both with Jedburgh")
    assert [Path(source).name for source in pair["documents"]] == ["a.txt", "b.txt"]
    assert told(capsys, "merges", graph, "London") == []
    assert told(capsys, "merges", graph, "william king") == [pair]
    assert told(capsys, "merges", graph, pair["node"], "--limit", "1") == [pair]
    assert run(["merges", graph]) == 0
    assert "both with Jedburgh" in capsys.readouterr().out
    assert "William King" in error(capsys, "merges", graph, "Wiliam King")


def test_unmerge_merge_and_back_by_the_command_line(graph: str, capsys: pytest.CaptureFixture[str]) -> None:
    [pair] = told(capsys, "merges", graph)
    assert run(["digest", graph]) == 0
    digest = capsys.readouterr().out
    assert run(["unmerge", graph, pair["node"], "a.txt"]) == 0
    out, err = capsys.readouterr()
    assert out.count("William King") == 2
    assert "decided on 1 pair; take it back with: graphwright unmerge graph " in err
    assert told(capsys, "merges", graph) == []
    assert run(["build", *TEXTS, *FAKE]) == 0
    capsys.readouterr()
    assert told(capsys, "merges", graph) == []
    [decision] = told(capsys, "merges", graph, "--decided")
    assert (decision["verdict"], decision["pairs"], decision["applied"]) == ("apart", 1, 1)
    assert run(["merges", graph, "--decided"]) == 0
    assert f"{decision['id'][:12]}" in capsys.readouterr().out
    assert run(["unmerge", graph, decision["id"][:12], "--undo"]) == 0
    assert "is taken back" in capsys.readouterr().err
    assert run(["digest", graph]) == 0
    assert capsys.readouterr().out == digest


def test_merge_joins_two_and_says_how_to_take_it_back(graph: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("f.txt").write_text("Mary Somerville married Charles Babbage.", encoding="utf-8")
    assert run(["build", "f.txt", *FAKE]) == 0
    capsys.readouterr()
    outcome = told(capsys, "merge", graph, "Mary Somerville", "Ada Lovelace")
    assert [node["kb_id"] for node in outcome["things"]] == ["Q7259"]
    assert told(capsys, "merge", graph, "Mary Somerville", "Q7259", "--undo")["decision"] == outcome["decision"]
    assert told(capsys, "merges", graph, "--decided") == []
    assert "wants two things" in error(capsys, "merge", graph, "Q7259")
    assert "things answer to 'William King'" in error(capsys, "merge", graph, "William King", "Q7259")
    assert "fits 0" in error(capsys, "merge", graph, "William King", "Q7259", "--undo")


def test_review_lists_and_decides(graph: str, capsys: pytest.CaptureFixture[str]) -> None:
    waiting = told(capsys, "review", graph)
    merges = [item for item in waiting if item["kind"] == "merge"]
    [fact] = [item for item in waiting if item["kind"] == "fact"]
    assert (fact["sentence"], fact["score"]) == ("William King lived in London.", 0.3)
    assert merges
    assert all(item["score"] < 0.8 or NAME_ALONE in item["reasons"] for item in merges)
    assert "only merges can be decided on" in error(capsys, "review", graph, "--accept", fact["statement"][:8])
    first, second = merges[:2]
    assert run(["review", graph]) == 0
    assert first["id"][:12] in capsys.readouterr().out
    outcomes = told(capsys, "review", graph, "--accept", first["id"][:12], "--reject", second["id"])
    assert [len(item["things"]) for item in outcomes] == [1, 2]
    left = {item["id"] for item in told(capsys, "review", graph) if item["kind"] == "merge"}
    assert not left & {first["id"], second["id"]}
    assert "0 merges wait" in error(capsys, "review", graph, "--reject", "xyz")


def test_a_file_keeps_its_decisions(graph: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", "a.txt", "b.txt", *FAKE, "--to", "graph.ttl"]) == 0
    assert run(["unmerge", "graph.ttl", "William King"]) == 0
    assert run(["forget", "a.txt", "--from", "graph.ttl"]) == 0
    capsys.readouterr()
    [decision] = told(capsys, "merges", "graph.ttl", "--decided")
    assert (decision["pairs"], decision["applied"]) == (1, 0)
    assert run(["build", "a.txt", *FAKE, "--to", "graph.ttl"]) == 0
    capsys.readouterr()
    assert told(capsys, "merges", "graph.ttl") == []
