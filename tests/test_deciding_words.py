"""explain --words: the words of a real text that decided a fact of a real graph, in a table, as JSON and as a page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphwright.flows.cli import run
from graphwright.flows.deciding_words import DecidingWords
from graphwright.flows.heat_map import shades, write_heat_map
from graphwright.models.attribution import Word
from graphwright.pipeline.errors import StoreError

TEXT = "Angela Merkel was born in Hamburg in 1954. She led the Christian Democratic Union in Germany."


@pytest.fixture
def graph(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Path, str]:
    """A graph of one document, and the statement that says where somebody was born."""
    (tmp_path / "merkel.txt").write_text(TEXT, encoding="utf-8")
    assert run(["build", str(tmp_path / "merkel.txt"), "--to", str(tmp_path / "graph")]) == 0
    capsys.readouterr()
    asked = "SELECT ?s WHERE { ?s a gw:Statement ; rdf:predicate wdt:P19 }"
    assert run(["query", str(tmp_path / "graph"), asked, "--json"]) == 0
    [row] = json.loads(capsys.readouterr().out)
    return tmp_path, str(row["s"]).rpartition(":")[2]


@pytest.mark.slow
def test_the_words_that_decided_are_told(graph: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    folder, statement = graph
    page = folder / "words.html"
    assert run(["explain", str(folder / "graph"), statement, "--words", "--html", str(page), "--json"]) == 0
    decided = json.loads(capsys.readouterr().out)["decided"]
    best = max(decided["words"], key=lambda word: word["share"])
    assert TEXT[best["start"] : best["end"]] in {"born", "Hamburg"}
    assert "Hamburg" in page.read_text(encoding="utf-8")


def test_a_text_that_changed_is_not_explained(graph: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    folder, statement = graph
    (folder / "merkel.txt").write_text("Nobody came.", encoding="utf-8")
    assert run(["explain", str(folder / "graph"), statement]) == 0
    assert "Hamburg" in capsys.readouterr().out
    assert run(["explain", str(folder / "graph"), statement, "--words"]) == 2
    assert "no longer the one that was read" in capsys.readouterr().err


def decided(text: str) -> DecidingWords:
    return DecidingWords("file:///a.txt", 0, text, (0, len(text)), (Word(0, 3, 0.5), Word(4, 7, -1.0)))


def test_a_page_shows_the_whole_text_and_escapes_it(tmp_path: Path) -> None:
    text = "Ann <b> & went."
    assert "".join(shade.text for shade in shades(decided(text))) == text
    assert [shade.strength for shade in shades(decided(text)) if shade.share] == [50, -100]
    write_heat_map(decided(text), "A --> <B>", tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "&lt;B&gt;" in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page


def test_a_page_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        write_heat_map(decided("Ann and Bob."), "title", tmp_path / "none" / "page.html")
