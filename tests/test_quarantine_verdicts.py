"""Verdicts on facts in quarantine: inputs of the graph that outlive builds, forgotten with their documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from graphwright.flows import shards, steps
from graphwright.flows.building import build_corpus
from graphwright.flows.cli import run
from graphwright.flows.forgetting import forget_sources
from graphwright.flows.quarantine import decide, quarantine_rows, take_back, verdicts_of
from graphwright.flows.settings import Settings, load_settings
from graphwright.flows.steps import Job
from graphwright.flows.targets import open_target
from graphwright.pipeline.errors import StoreError, UsageError
from graphwright.pipeline.quarantine_verdicts import Decided, Verdicts

BORN, MARRIED = "Mary Somerville", "William King"


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRAPHWRIGHT_ANNOTATOR", "fakes:gazetteer")
    folder = tmp_path / "corpus"
    folder.mkdir()
    texts = {
        "a.txt": "Ada Lovelace was born in London. Mary Somerville was born in 1815.",
        "b.txt": "William King married London.",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def built(**flags: object) -> str:
    return build_corpus(["corpus"], load_settings(**flags)).report.digest


def subjects(settings: Settings) -> set[str]:
    with open_target(settings) as store:
        names = {node.id: node.name for node in store.nodes()}
        return {names[item.subject] for item in store.statements()}


def waiting() -> dict[str, str]:
    return {item.subject: item.claim for item in quarantine_rows(load_settings())}


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, list)
    return found


def test_a_released_fact_is_in_the_graph_after_the_next_build_and_every_other(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = built()
    assert run(["quarantine", "release", "graph", waiting()[BORN][:12]]) == 0
    assert "the next build into graph puts them in" in capsys.readouterr().err
    assert set(waiting()) == {MARRIED}
    report = build_corpus(["corpus"], load_settings()).report
    assert report.unchanged == 1
    assert subjects(load_settings()) == {"Ada Lovelace", BORN}
    assert built() == report.digest != before
    (row,) = told(capsys, "quarantine", "list", "graph", "--decided")
    assert (row["verdict"], row["in_graph"], row["subject"], row["object"]) == ("released", True, BORN, "1815")
    assert run(["check", "graph"]) == 0
    assert run(["quarantine", "release", "graph", row["claim"], "--undo"]) == 0
    assert built() == before
    assert set(waiting()) == {BORN, MARRIED}


def test_verdicts_survive_changed_thresholds_and_the_flow_minds_them(corpus: Path) -> None:
    built()
    decide(load_settings(), [waiting()[BORN]], "released")
    digest = built()
    built(min_score=0.95)
    with open_target(load_settings()) as store:
        assert {item.band for item in store.statements()} <= {"review"}
    assert built() == digest
    job = Job(("corpus",), "work", flags={"target": "graph"})
    annotated = [steps.annotate(path, job) for path in shards.read_manifest(steps.shard(job))]
    report = steps.write(shards.write_manifest(annotated, job.folder / "annotated.txt"), job)
    assert (report.digest, report.unchanged) == (digest, 2)


def test_a_dropped_fact_is_not_shown_again(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = built()
    assert run(["quarantine", "drop", "graph", waiting()[MARRIED]]) == 0
    assert set(waiting()) == {BORN}
    assert built() == before
    assert set(waiting()) == {BORN}
    assert run(["quarantine", "list", "graph", "--decided"]) == 0
    assert "dropped" in capsys.readouterr().out
    [row] = told(capsys, "quarantine", "list", "graph", "--decided")
    assert (row["subject"], row["in_graph"]) == (MARRIED, False)
    assert take_back(load_settings(), [row["claim"][:8]], "dropped") == 1
    assert set(waiting()) == {BORN, MARRIED}


def test_a_verdict_waits_while_its_document_says_otherwise_and_goes_when_it_is_forgotten(corpus: Path) -> None:
    built()
    text = (corpus / "b.txt").read_text(encoding="utf-8")
    decide(load_settings(), [waiting()[MARRIED]], "released")
    (corpus / "b.txt").write_text("Nothing.", encoding="utf-8")
    built()
    (corpus / "b.txt").write_text(text, encoding="utf-8")
    built()
    assert MARRIED in subjects(load_settings())
    forget_sources(["corpus/b.txt"], load_settings())
    assert not verdicts_of(load_settings()).path.exists()
    built()
    assert MARRIED not in subjects(load_settings())


def test_the_file_holds_no_word_of_the_document(corpus: Path) -> None:
    built(target="some.ttl")
    settings = load_settings(target="some.ttl")
    decide(settings, [item.claim for item in quarantine_rows(settings)], "dropped")
    assert verdicts_of(settings).path == Path("some.ttl.quarantine.decisions.jsonl")
    kept = [json.loads(line) for line in verdicts_of(settings).path.read_text(encoding="utf-8").splitlines()]
    assert [set(item) for item in kept] == [{"claim", "document", "verdict"}] * 2


@pytest.mark.parametrize("asked", ["", "nothing", "release"])
def test_ids_that_are_none_are_refused(asked: str, corpus: Path) -> None:
    built()
    with pytest.raises(UsageError, match=rf"0 facts .* starts with '{asked}'; wanted one.*quarantine list graph"):
        decide(load_settings(), [asked], "released")
    with pytest.raises(UsageError, match="0 facts"):
        take_back(load_settings(), [waiting()[BORN]], "released")


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    verdicts = Verdicts(tmp_path / "decisions.jsonl")
    verdicts.decide([Decided("c", "d", "dropped")])
    assert verdicts.read() == {"c": Decided("c", "d", "dropped")}
    verdicts.decide([Decided("c", "d", "released")])
    assert verdicts.released() == {"d": frozenset({"c"})}
    verdicts.path.write_text('{"claim": "c"}\n', encoding="utf-8")
    with pytest.raises(StoreError, match="line 1: wanted a decision as JSON"):
        verdicts.read()
    with pytest.raises(StoreError, match="cannot be read"):
        Verdicts(tmp_path).read()
