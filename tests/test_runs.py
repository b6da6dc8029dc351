"""Past runs: what ``diff`` tells of two of them is what differs between the graphs that they left."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from test_differing import ADA, written
from test_forgetting import SECRETS, traces
from test_histories import Played, Step, histories, memory

from graphwright.flows import run_log, runs, steps
from graphwright.flows.building import build_corpus, property_names
from graphwright.flows.cli import run
from graphwright.flows.differing import Difference, Side, difference
from graphwright.flows.run_state import DOCUMENTS, NAMES, STATEMENTS, State
from graphwright.flows.runs import Recording, diff_runs, runs_of
from graphwright.flows.settings import Settings, load_settings
from graphwright.flows.targets import open_target
from graphwright.pipeline.build import fingerprints
from graphwright.pipeline.errors import StoreError, UsageError

TEXTS = {"a.txt": f"{ADA} Ada Lovelace married William King.", "secret.txt": "Mary Somerville was born in Jedburgh."}
LATER = {"secret.txt": "Mary Somerville lived in London.", "c.txt": f"{ADA} Charles Babbage joined Analytical Society."}


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRAPHWRIGHT_ANNOTATOR", "fakes:gazetteer")
    return written(tmp_path / "corpus", TEXTS)


def two_runs(target: str, corpus: Path) -> Difference:
    """Two builds; returns what a dry run told before the second."""
    build_corpus(["corpus"], load_settings(target=target))
    written(corpus, LATER)
    told = build_corpus(["corpus"], load_settings(target=target), dry_run=True).difference
    build_corpus(["corpus"], load_settings(target=target))
    assert told
    return told


@pytest.mark.parametrize("target", ["graph", "graph.ttl"])
def test_two_runs_differ_by_what_the_dry_run_told(
    target: str, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = two_runs(target, corpus)
    assert {fact.kind for fact in told.facts} == {"added", "changed", "retracted"}
    assert diff_runs("run-1", "run-2", load_settings(target=target)) == told
    assert run(["diff", "run-1", "run-2", "--of", target]) == 0
    shown = capsys.readouterr()
    assert "+ 0.70 keep  Charles Babbage" in shown.out
    assert "changed document: corpus/secret.txt" in shown.out
    assert shown.err.strip().endswith("added, 1 changed, 1 retracted")


def test_runs_are_listed_with_what_they_changed(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = two_runs("graph", corpus)
    assert run(["build", "corpus", "--to", "graph"]) == 0
    assert "run-3, no fact changed" in capsys.readouterr().err
    assert run(["runs", "graph", "--json"]) == 0
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in rows] == ["run-1", "run-2", "run-3"]
    assert [row["added"] for row in rows] == [None, told.counts["added"], 0]
    assert rows[1]["digest"] == rows[2]["digest"] != rows[0]["digest"]
    assert run(["runs", "graph"]) == 0
    assert "retracted" in capsys.readouterr().out
    assert diff_runs("run-2", "run-3", load_settings(target="graph")).facts == ()


def test_a_build_names_its_run_and_how_to_see_it(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", "corpus", "--to", "graph"]) == 0
    assert "run-1, the first one" in capsys.readouterr().err
    written(corpus, LATER)
    assert run(["build", "corpus", "--to", "graph"]) == 0
    assert "graphwright diff run-1 run-2 --of graph" in capsys.readouterr().err
    assert run(["build", "corpus", "--to", "graph", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["run"]["id"] == "run-3"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("run-1", "run-9"), "graph has no run 'run-9'; there are run-1 to run-2"),
        (("run-2", "run-1"), "wanted the earlier run first"),
        (("yesterday", "run-1"), "graph has no run 'yesterday'"),
    ],
)
def test_runs_that_cannot_be_compared_are_named(
    names: tuple[str, str], said: str, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two_runs("graph", corpus)
    assert run(["diff", *names, "--of", "graph"]) == 2
    assert said in capsys.readouterr().err


def test_a_target_called_like_a_run_is_a_target(corpus: Path) -> None:
    for target in ("run-1", "run-2"):
        build_corpus(["corpus"], load_settings(target=target))
    assert run(["diff", "run-1", "run-2"]) == 0


def unpacked(folder: Path) -> bytes:
    return b"".join(gzip.decompress(path.read_bytes()) for path in sorted(folder.rglob("*.gz")))


@pytest.mark.parametrize("target", ["graph", "graph.ttl"])
def test_forgetting_leaves_no_word_in_what_is_kept_of_runs(
    target: str, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two_runs(target, corpus)
    assert any(word in unpacked(corpus.parent) for word in SECRETS)
    assert run(["forget", "corpus/secret.txt", "--from", target]) == 0
    assert not any(word in unpacked(corpus.parent) for word in SECRETS)
    assert traces(corpus.parent) == set()
    assert run(["diff", "run-1", "run-2", "--of", target]) == 2
    assert "run-3 forgot documents" in capsys.readouterr().err
    (corpus / "secret.txt").unlink()
    (corpus / "c.txt").write_text(ADA, encoding="utf-8")
    build_corpus(["corpus"], load_settings(target=target))
    assert diff_runs("run-3", "run-4", load_settings(target=target)).counts["retracted"] == 1
    with pytest.raises(UsageError, match="run-3 forgot documents"):
        diff_runs("run-2", "run-4", load_settings(target=target))


def test_under_a_policy_nothing_is_kept_of_what_was_read_before(corpus: Path) -> None:
    build_corpus(["corpus"], load_settings(target="graph"))
    build_corpus(["corpus"], load_settings(target="graph", redact="PER=drop"))
    assert not any(word in unpacked(corpus.parent / "graph") for word in SECRETS[:2])
    with pytest.raises(UsageError, match="had nothing to be compared to"):
        diff_runs("run-1", "run-2", load_settings(target="graph"))


def test_the_flow_keeps_its_runs_too(corpus: Path) -> None:
    from graphwright.flows import shards
    from graphwright.flows.steps import Job

    for texts in ({}, LATER):
        written(corpus, texts)
        job = Job(("corpus",), ".graphwright", flags={"target": "graph"})
        annotated = [steps.annotate(path, job) for path in shards.read_manifest(steps.shard(job))]
        steps.write(shards.write_manifest(annotated, job.folder / "annotated.txt"), job)
    assert next(item.added for item in runs_of(load_settings(target="graph"))) is None
    assert diff_runs("run-1", "run-2", load_settings(target="graph")).counts["added"] > 0


def test_what_is_kept_is_bounded(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_log, "KEPT", 2)
    chosen = load_settings(target="graph")
    for number in range(5):
        (corpus / "a.txt").write_text(ADA * (number + 1), encoding="utf-8")
        build_corpus(["corpus"], chosen)
    assert sorted(path.name for path in (corpus.parent / "graph" / "runs").glob("run-*")) == [
        "run-4.jsonl.gz",
        "run-5.jsonl.gz",
    ]
    with pytest.raises(UsageError, match="only that of the last"):
        diff_runs("run-1", "run-5", chosen)
    monkeypatch.setattr(runs, "MOST", 0)
    written(corpus, LATER)
    build_corpus(["corpus"], chosen)
    with pytest.raises(UsageError, match=r"changed \d+ facts; at most 0"):
        diff_runs("run-5", "run-6", chosen)


def test_a_run_that_was_cut_off_is_told_by_the_next(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = load_settings(target="graph")
    build_corpus(["corpus"], chosen)
    kept = corpus.parent / "kept"
    shutil.copytree("graph/runs", kept)
    written(corpus, LATER)
    build_corpus(["corpus"], chosen)
    whole = diff_runs("run-1", "run-2", chosen)
    shutil.rmtree("graph/runs")
    kept.rename("graph/runs")
    with Path("graph/runs/runs.jsonl").open("a") as index:
        index.write('{"id": "run-2", "ki')
    build_corpus(["corpus"], chosen)
    assert diff_runs("run-1", "run-2", chosen) == whole


def test_two_runs_that_end_at_once_are_both_kept(corpus: Path) -> None:
    build_corpus(["corpus"], load_settings(target="graph.ttl"))
    told = load_settings(target="graph.ttl")
    with open_target(told) as store:
        first, second = (Recording(told, digest, fingerprints(store), 2) for digest in ("one", "two"))
        for recording in (first, second):
            assert list(recording.watched(store.statements()))
        ended = [recording.end(store, {}).id for recording in (second, first)]
    assert ended == ["run-2", "run-3"]
    assert [one.id for one in runs_of(told)] == ["run-1", "run-2", "run-3"]
    assert not list(runs.run_log(told).folder.glob(f"{run_log.NEXT}*"))


def test_a_log_that_cannot_be_read_is_named(corpus: Path) -> None:
    two_runs("graph", corpus)
    Path("graph/runs/run-2.jsonl.gz").write_bytes(b"no gzip")
    with pytest.raises(StoreError, match="runs kept in graph/runs cannot be read"):
        diff_runs("run-1", "run-2", load_settings(target="graph"))


def flat(found: Difference) -> set[tuple[str, Side | None, Side | None]]:
    """By id what stood before and after; of facts that moved both places."""
    told = set()
    for fact in found.facts:
        told |= {(fact.was, fact.before, None), (fact.id, None, fact.after)} if fact.was else set()
        told |= set() if fact.was else {(fact.id, fact.before, fact.after)}
    return told


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories)
def test_any_two_runs_of_any_history_differ_as_their_graphs_do(
    tmp_path_factory: pytest.TempPathFactory, history: list[Step]
) -> None:
    folder = tmp_path_factory.mktemp("runs")
    chosen = load_settings(target=str(folder / "graph.ttl"))
    played = Played(memory(), {})
    states = [played_run(played, step, chosen, folder / str(number)) for number, step in enumerate(history)]
    for end in range(len(states)):
        for start in range(end):
            told = diff_runs(f"run-{start + 1}", f"run-{end + 1}", chosen)
            assert flat(told) == flat(difference(states[start], states[end], property_names(chosen)))


def played_run(played: Played, step: Step, chosen: Settings, copy: Path) -> State:
    """A step, kept as a run; returns a copy of the state that it left."""
    played.play(step)
    store = played.store
    recording = Recording(chosen, store.digest(), fingerprints(store), len(played.texts))
    list(recording.watched(store.statements()))
    recording.end(store, property_names(chosen))
    shutil.copytree(runs.run_log(chosen).folder / run_log.STATE, copy)
    assert sorted(path.name for path in copy.iterdir()) == sorted((DOCUMENTS, NAMES, STATEMENTS))
    return State(copy)
