"""Why a graph holds a fact between two things or does not: by the command, over documents that come, change and go."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import fakes
import pytest

from graphwright.flows.cli import run
from graphwright.flows.settings import load_settings
from graphwright.flows.why_not import Answer, Rereading, why_not

FAKE = ("--annotator", "fakes:gazetteer")
TEXTS = {
    "a.txt": "Ada Lovelace married William King. Grace Hopper never met Ada Lovelace. Ada Lovelace was born in London.",
    "b.txt": "Mary Somerville was born in Jedburgh. William King lived in London.",
    "c.txt": "Mary Somerville was born in 1815. Mary Somerville lived in Jedburgh.",
}


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("NEO4J_", "GRAPHWRIGHT_"))]:
        monkeypatch.delenv(name)
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def graph(corpus: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert run(["build", "corpus", *FAKE]) == 0
    capsys.readouterr()
    return "graph"


def asked(first: str, second: str, type: str | None = None, limit: int = 5) -> Answer:
    settings = load_settings(target="graph", annotator="fakes:gazetteer")
    return why_not(settings, first, second, type=type, how=Rereading(limit))


def test_what_the_graph_holds_is_said_with_its_statement(graph: str, capsys: pytest.CaptureFixture[str]) -> None:
    answer = asked("ada lovelace", "Q84")
    [fact] = answer.facts
    assert (fact.subject, fact.predicate, fact.object, fact.band) == (
        "Ada Lovelace", "place of birth", "London", "keep",
    )  # fmt: skip
    [found] = answer.traces
    assert (found.outcome, found.sentences) == ("kept", (3, 3))
    assert found.candidates[0].statement == fact.statement
    assert run(["explain", graph, fact.statement]) == 0
    assert run(["why-not", graph, "William King", "London", *FAKE]) == 0
    out, err = capsys.readouterr()
    assert "the graph has for review: William King -- residence --> London   0.30" in out
    assert 'William King [PER] and London [LOC] in corpus/b.txt, sentence 2: "William King lived in London."' in out
    assert "what decided: the relation network is not sure enough to keep it" in out
    assert err == ""


def test_both_documents_are_looked_at_the_closest_first_and_no_more_than_wanted(graph: str) -> None:
    answer = asked("Mary Somerville", "Jedburgh")
    assert [(Path(item.source).name, item.outcome) for item in answer.traces] == [
        ("b.txt", "kept"),
        ("c.txt", "review"),
    ]
    answer = asked("Mary Somerville", "Jedburgh", limit=1)
    assert len(answer.traces) == 1
    assert answer.notes == ("1 of 2 documents with both were looked at; --limit takes more",)


def test_what_is_in_quarantine_is_found_though_the_graph_has_no_such_node(graph: str) -> None:
    answer = asked("Mary Somerville", "1815")
    assert (answer.facts, [item.outcome for item in answer.traces]) == ((), ["quarantine"])
    assert answer.decided.endswith("but the object of P19 must be one of LOC; it is gYear")


def test_a_name_that_a_text_has_and_the_recogniser_missed(graph: str) -> None:
    answer = asked("Ada Lovelace", "grace hopper")
    assert (answer.second.nodes, answer.decided) == ((), "the recogniser found no 'Grace Hopper'")


def test_a_name_that_nothing_has(graph: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("Mary Sommerville", "London").first.nearest == ("Mary Somerville",)
    assert run(["why-not", graph, "Mary Sommerville", "Zork", *FAKE]) == 0
    out = capsys.readouterr().out
    searched = "and it is in none of the texts searched (3 documents)"
    assert f"no entity of the graph is called 'Mary Sommerville', {searched}; names like it: Mary Somerville" in out
    assert f"no entity of the graph is called 'Zork', {searched}" in out


def test_two_that_are_never_in_one_document(graph: str) -> None:
    answer = asked("Ada Lovelace", "Mary Somerville")
    assert answer.decided == (
        "facts are found within a document, and none has both: "
        "Ada Lovelace is in 1 document and Mary Somerville is in 2 documents"
    )
    assert answer.traces == ()


def test_two_names_of_one_thing(graph: str) -> None:
    assert asked("Ada Lovelace", "wd:Q7259").decided == "both ends are one node of the graph, Ada Lovelace"


def test_a_source_that_is_gone_or_changed_is_named_and_nothing_is_made_up(
    corpus: Path, graph: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (corpus / "c.txt").write_text(TEXTS["c.txt"] + " She was rich.", encoding="utf-8")
    answer = asked("Mary Somerville", "Jedburgh")
    assert [Path(item.source).name for item in answer.traces] == ["b.txt"]
    assert [(Path(item.source).name, item.reason[:37]) for item in answer.skipped] == [
        ("c.txt", "its text is no longer the one that wa")
    ]
    (corpus / "b.txt").unlink()
    assert run(["why-not", graph, "Mary Somerville", "Jedburgh", *FAKE]) == 0
    out, err = capsys.readouterr()
    assert "no document with both can be read as it was when the graph was made" in out
    assert "b.txt: it is gone" in err
    assert len(err.splitlines()) == 2


def test_other_rules_than_those_of_the_graph_are_told(graph: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["why-not", graph, "Ada Lovelace", "London", *FAKE, "--min-score", "0.95"]) == 0
    out, err = capsys.readouterr()
    assert err.startswith("note: the graph was made with other options")
    assert "what decided: the relation network is not sure enough" in out
    assert "the graph holds: Ada Lovelace -- place of birth --> London" in out


@pytest.mark.parametrize("wanted", ["P26", "p26", "Spouse"])
def test_one_type_is_asked_about_by_id_or_name(graph: str, wanted: str) -> None:
    answer = asked("Ada Lovelace", "London", wanted)
    assert answer.facts == ()
    assert {(item.type, item.outcome) for found in answer.traces for item in found.candidates} == {("P26", "schema")}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["", "London"], "received an empty one"),
        (["Ada Lovelace", "London", "--type", "place of brith"], "such as place of birth"),
        (["Ada Lovelace", "London", "--type", ""], "--type wants an id or name of the schema"),
        (["Ada Lovelace", "London", "--limit", "0"], "--limit"),
        (["Ada Lovelace"], "'B'"),
    ],
)
def test_bad_input_is_one_line(
    graph: str, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["why-not", graph, *arguments]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert words in err


def test_with_the_networks_that_ship(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "Marie Curie was born in Warsaw. She married Pierre Curie in 1895. Marie Curie never worked for Siemens."
    (corpus / "curie.txt").write_text(text, encoding="utf-8")
    assert run(["build", "corpus/curie.txt", "--to", "curie.ttl"]) == 0
    capsys.readouterr()

    def ask(*arguments: str) -> dict[str, Any]:
        assert run(["why-not", "curie.ttl", *arguments, "--json"]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        found = json.loads(out)
        assert isinstance(found, dict)
        return found

    born = ask("Marie Curie", "Warsaw")
    assert [fact["predicate"] for fact in born["facts"]] == ["place of birth"]
    best = born["traces"][0]["candidates"][0]
    assert (best["type"], best["outcome"], best["statement"]) == ("P19", "kept", born["facts"][0]["statement"])
    assert born["traces"][0]["first"][0]["label"] == "PER"
    assert ask("Warsaw", "Pierre Curie", "--type", "capital of")["traces"][0]["outcome"] == "schema"
    worked = ask("Marie Curie", "Siemens", "--type", "employer")["traces"][0]
    assert worked["outcome"] in ("not asserted", "too unsure")
    assert worked["sentences"] == [3, 3]


def test_every_kind_of_store_answers_alike(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = []
    for target in ("graph", "graph.ttl"):
        assert run(["build", "corpus", *FAKE, "--to", target]) == 0
        capsys.readouterr()
        assert run(["why-not", target, "Ada Lovelace", "London", *FAKE, "--json"]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0] == answers[1]


def test_a_document_that_cannot_be_annotated_any_more_is_named(graph: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fakes, "FAILING", "Jedburgh")
    answer = asked("Mary Somerville", "Jedburgh")
    assert answer.traces == ()
    assert {item.reason for item in answer.skipped} == {"ValueError: Jedburgh"}
