"""Dry runs and ``diff``: the difference told is the one that the build then makes, and nothing is touched before."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import GazetteerAnnotator
from services.neo4j_server import Neo4jServer
from services.sparql_server import sparql_server
from test_export_neo4j import hostile_graph
from test_stores import contribution, couple, fact, occurrence

from graphwright.flows.building import build_corpus
from graphwright.flows.cli import run
from graphwright.flows.differing import Difference, diff_targets
from graphwright.flows.forgetting import forget_sources
from graphwright.flows.settings import Settings, load_settings
from graphwright.flows.targets import open_target
from graphwright.pipeline import differences
from graphwright.pipeline.errors import StoreError
from graphwright.pipeline.export import export
from graphwright.pipeline.graph import Statement
from graphwright.pipeline.sinks.copying import copy_store
from graphwright.pipeline.sinks.opening import open_read_only, open_store
from graphwright.pipeline.sinks.rdf_reading import as_read
from graphwright.pipeline.sinks.store import Holding, Store

FAKE = ("--annotator", "fakes:gazetteer")
ADA = "Ada Lovelace was born in London."
TEXTS = {"a.txt": f"{ADA} Ada Lovelace married William King.", "b.txt": "Mary Somerville was born in Jedburgh."}
LATER = {"b.txt": "Mary Somerville lived in London.", "c.txt": f"{ADA} Charles Babbage joined Analytical Society."}


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return written(tmp_path / "corpus", TEXTS)


def written(folder: Path, texts: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def chosen(target: str = "graph", **flags: object) -> Settings:
    return load_settings(target=target, annotator="fakes:gazetteer", **flags)


def dry_run(settings: Settings) -> Difference:
    found = build_corpus(["corpus"], settings, dry_run=True).difference
    assert found is not None
    return found


def statements(settings: Settings) -> dict[str, Statement]:
    with open_target(settings, create=True) as store:
        return {item.id: item for item in store.statements()}


def assert_true(told: Difference, before: dict[str, Statement], after: dict[str, Statement]) -> None:
    """The facts told are those that differ, with what they were and what they are."""
    differing = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert {key for fact in told.facts for key in (fact.id, fact.was) if key} == differing
    for item in told.facts:
        for side, found in ((item.before, before.get(item.was or item.id)), (item.after, after.get(item.id))):
            assert (side is None) == (found is None)
            if side and found:
                assert (side.score, side.band, side.evidence) == (found.score, found.band, len(found.evidence))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("target", ["graph", "graph.ttl", "graph.nq.gz"])
def test_a_dry_run_tells_what_the_build_does_and_touches_nothing(corpus: Path, target: str) -> None:
    settings = chosen(target)
    for texts in ({}, LATER, {"b.txt": TEXTS["b.txt"]}):
        written(corpus, texts)
        files = contents(corpus.parent)
        told = dry_run(settings)
        assert contents(corpus.parent) == files
        before = statements(settings) if files.keys() - contents(corpus).keys() and Path(target).exists() else {}
        build_corpus(["corpus"], settings)
        after = statements(settings)
        assert told.facts
        assert_true(told, before, after)
        assert dry_run(settings).facts == ()


@pytest.mark.neo4j
def test_a_dry_run_on_neo4j(corpus: Path, neo4j_server: Neo4jServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server = neo4j_server
    server.wipe()
    for name in ("uri", "username", "password", "database"):
        monkeypatch.setenv(f"NEO4J_{name.upper()}", getattr(server, name))
    settings = chosen("neo4j")
    for texts in ({}, LATER):
        written(corpus, texts)
        told = dry_run(settings)
        before = statements(settings)
        build_corpus(["corpus"], settings)
        assert_true(told, before, statements(settings))
    server.wipe()


def test_a_dry_run_on_an_endpoint(corpus: Path) -> None:
    with sparql_server() as server:
        settings = chosen(server.url)
        assert dry_run(settings).counts["added"] == 3
        assert (server.updates, len(server.store)) == (0, 0)
        build_corpus(["corpus"], settings)
        written(corpus, LATER)
        updates = server.updates
        told = dry_run(settings)
        assert server.updates == updates
        before = statements(settings)
        build_corpus(["corpus"], settings)
        assert_true(told, before, statements(settings))


def test_each_change_has_its_reason(corpus: Path) -> None:
    build_corpus(["corpus"], chosen())
    written(corpus, LATER)
    (corpus / "a.txt").unlink()
    reasons = {(item.kind, item.subject, reason.why) for item in dry_run(chosen()).facts for reason in item.reasons}
    assert reasons == {
        ("added", "Mary Somerville", "changed document"),
        ("retracted", "Mary Somerville", "changed document"),
        ("added", "Charles Babbage", "new document"),
        ("changed", "Ada Lovelace", "new document"),
    }
    sources = {Path(reason.source).name for item in dry_run(chosen()).facts for reason in item.reasons}
    assert sources == {"b.txt", "c.txt"}


def test_other_thresholds_are_a_reason(corpus: Path) -> None:
    build_corpus(["corpus"], chosen())
    told = dry_run(chosen(min_score=0.85))
    assert {reason.why for item in told.facts for reason in item.reasons} == {differences.REJUDGED}
    bands = {(item.before.band, item.after.band) for item in told.facts if item.before and item.after}
    assert bands == {("keep", "review")}


def test_another_network_is_a_reason(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_corpus(["corpus"], chosen())
    monkeypatch.setattr("fakes.gazetteer", lambda **options: GazetteerAnnotator("gazetteer-2"))
    told = dry_run(chosen(workers=2))
    assert told.counts == {"added": 0, "changed": 3, "retracted": 0}
    assert {reason.why for item in told.facts for reason in item.reasons} == {differences.REMODELLED}


def test_the_command_tells_it(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", "corpus", *FAKE]) == 0
    written(corpus, LATER)
    capsys.readouterr()
    assert run(["build", "corpus", *FAKE, "--dry-run"]) == 0
    out, err = capsys.readouterr()
    assert "- 0.90 keep  Mary Somerville -- place of birth --> Jedburgh\n      Mary Somerville was born in" in out
    assert "~ 0.90 keep, evidence +1 -0  Ada Lovelace -- place of birth --> London" in out
    assert "      new document: corpus/c.txt\n" in out
    assert err.splitlines()[-1] == "2 added, 1 changed, 1 retracted"
    assert run(["build", "corpus", *FAKE, "--dry-run", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["difference"]
    assert (told["added"], told["changed"], told["retracted"], len(told["facts"])) == (2, 1, 1, 4)
    assert run(["diff", "graph", "graph"]) == 0
    assert capsys.readouterr() == ("", "0 added, 0 changed, 0 retracted\n")


@pytest.mark.parametrize("target", ["notes", "graph.docx"])
def test_a_dry_run_refuses_what_the_build_refuses(corpus: Path, target: str) -> None:
    written(Path("notes"), {"note.txt": ""})
    files = contents(corpus.parent)
    code = run(["build", "corpus", *FAKE, "--to", target, "--dry-run"])
    assert code in (2, 4)
    assert code == run(["build", "corpus", *FAKE, "--to", target])
    assert contents(corpus.parent) == files


def test_a_dry_run_waits_for_a_build(corpus: Path) -> None:
    """Another process has the store open for writing; ours is told to wait."""
    import subprocess
    import sys

    build_corpus(["corpus"], chosen())
    code = "import sys; from graphwright.pipeline.sinks.opening import open_store\n"
    code += "with open_store('graph'): print('open', flush=True); sys.stdin.read()"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "open\n"
        with pytest.raises(StoreError, match="another process is using this store"):
            dry_run(chosen())


def as_sets(holding: Holding) -> Holding:
    """Aliases, keys and context in order: RDF has no other, Neo4j keeps the one it was given."""
    part = holding.contribution
    return replace(holding, contribution=replace(part, occurrences=tuple(map(as_read, part.occurrences))))


# --- copies and exports --------------------------------------------------------------------------------------------


def test_a_copy_is_equal_in_all_that_counts(tmp_path: Path, store_factory: Callable[[], Store]) -> None:
    graph, store = hostile_graph(), store_factory()
    store.replace(list(graph.contributions.values()))
    store.resolve(graph.assigned)
    store.decide(graph.decisions())
    with copy_store(store, tmp_path / "copy") as copy:
        assert list(map(as_sets, copy.holdings())) == list(map(as_sets, store.holdings()))
        assert list(copy.statements()) == list(store.statements())
        assert (copy.pending(), list(copy.decisions())) == (store.pending(), list(store.decisions()))
        assert {item.id for item in copy.occurrences(settled=False)} == {
            item.id for item in store.occurrences(settled=False)
        }


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_exports_are_compared_like_targets(corpus: Path, kind: str) -> None:
    build_corpus(["corpus"], chosen())
    with open_read_only("graph") as store:
        export(store, kind, Path("before"))
    written(corpus, LATER)
    build_corpus(["corpus"], chosen())
    told = diff_targets("before", "graph", chosen())
    assert told.counts == {"added": 2, "changed": 1, "retracted": 1}
    assert diff_targets("graph", "before", chosen()).counts == {"added": 1, "changed": 1, "retracted": 2}
    assert diff_targets("graph", "graph", chosen()).facts == ()
    forget_sources(["corpus/c.txt"], chosen())
    with open_read_only("graph") as store:
        export(store, "nq", Path("after"))
    told = diff_targets("before", "after/graph.nq", chosen())
    assert {reason.why for item in told.facts for reason in item.reasons} == {"changed document"}


def test_what_resolution_changes_has_a_reason(tmp_path: Path) -> None:
    ada, john = occurrence("a", 0, "Ada"), occurrence("a", 1, "John")
    for name, node in (("one", None), ("two", "http://www.wikidata.org/entity/Q7259")):
        with open_store(str(tmp_path / name)) as store:
            store.replace([contribution("a", (ada, john), (fact(ada, "P26", john),)), couple("b")])
            if node:
                store.resolve({ada.id: node})
    told = diff_targets(str(tmp_path / "one"), str(tmp_path / "two"), chosen())
    (item,) = told.facts
    assert (item.kind, item.reasons[0].why, item.gained, item.lost) == ("changed", differences.RESOLVED, 0, 0)
    assert item.was
    assert item.was != item.id


def test_statements_out_of_order_are_refused(tmp_path: Path) -> None:
    graph = hostile_graph()
    found = graph.statements()
    with pytest.raises(StoreError, match="wanted them ordered by id"):
        list(differences.changes(found, found[::-1]))
