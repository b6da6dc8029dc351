"""The quarantine: exact for each document, whatever runs were cut off, by command and by flow."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from fakes import GazetteerAnnotator

from graphwright.flows import shards, steps
from graphwright.flows.building import build_corpus
from graphwright.flows.cli import run
from graphwright.flows.forgetting import forget_sources
from graphwright.flows.quarantine import quarantine_of, quarantine_rows, settle
from graphwright.flows.settings import Settings, load_settings
from graphwright.flows.steps import Job
from graphwright.pipeline.build import Report, build, fingerprints
from graphwright.pipeline.contribution import Policy
from graphwright.pipeline.errors import StoreError
from graphwright.pipeline.graph import Contribution
from graphwright.pipeline.ledger import Ledger
from graphwright.pipeline.quarantine import Quarantine
from graphwright.pipeline.records import make_document
from graphwright.pipeline.schema import load_schema
from graphwright.pipeline.sinks.opening import open_store
from graphwright.pipeline.sinks.store import Store

GOOD = "Ada Lovelace was born in London."
BAD = "Mary Somerville was born in 1815."  # a place of birth that is a year
WORSE = "William King married London."
REASON = "the object of P19 must be one of LOC; it is gYear"


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in {"a.txt": f"{GOOD} {BAD}", "b.txt": WORSE, "c.txt": GOOD}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def chosen(target: str = "graph") -> Settings:
    return load_settings(target=target, annotator="fakes:gazetteer")


def subjects(settings: Settings) -> list[str]:
    return [item.subject for item in quarantine_rows(settings)]


def test_what_breaks_the_schema_is_not_in_the_graph_but_in_quarantine(corpus: Path) -> None:
    report = build_corpus(["corpus"], chosen()).report
    rows = [(what, why, number) for what, why, number in report.ledger if "quarantine" in why]
    assert rows == [("fact", "in quarantine: type of the object", 2)]
    assert (report.kept, report.review) == (2, 0)
    with open_store("graph", create=False) as store:
        assert {statement.predicate for statement in store.statements()} == {"P19"}
    born, married = quarantine_rows(chosen())
    assert (born.subject, born.predicate, born.object, born.reason) == ("Mary Somerville", "P19", "1815", REASON)
    assert (born.score, born.assertion, born.band, born.sentence) == (0.9, "asserted", "keep", BAD)
    assert born.span == (len(GOOD) + 1, len(GOOD) + 1 + len(BAD))
    assert married.source == (corpus / "b.txt").as_uri()
    assert run(["check", "graph"]) == 0


def test_it_changes_and_goes_with_its_document(corpus: Path) -> None:
    build_corpus(["corpus"], chosen())
    assert build_corpus(["corpus"], chosen()).report.unchanged == 3
    assert subjects(chosen()) == ["Mary Somerville", "William King"]
    (corpus / "a.txt").write_text(GOOD, encoding="utf-8")
    build_corpus(["corpus"], chosen())
    assert subjects(chosen()) == ["William King"]
    assert "Somerville" not in quarantine_of(chosen()).path.read_text(encoding="utf-8")
    forget_sources(["corpus/b.txt"], chosen())
    assert not quarantine_of(chosen()).path.exists()
    assert subjects(chosen()) == []


@pytest.mark.parametrize("target", ["flow", "flow.ttl"])
def test_the_flow_keeps_out_what_the_command_does(corpus: Path, target: str) -> None:
    plain = build_corpus(["corpus"], chosen()).report
    job = Job(("corpus",), "work", flags={"target": target, "annotator": "fakes:gazetteer", "work": "work"})
    annotated = [steps.annotate(path, job) for path in shards.read_manifest(steps.shard(job))]
    report = steps.write(shards.write_manifest(annotated, job.folder / "annotated.txt"), job)
    settle(job.settings)
    assert (report.digest, report.ledger, report.kept) == (plain.digest, plain.ledger, plain.kept)
    assert quarantine_rows(job.settings) == quarantine_rows(chosen())


def test_a_dry_run_counts_and_keeps_nothing(corpus: Path) -> None:
    report = build_corpus(["corpus"], chosen(), dry_run=True).report
    assert ("fact", "in quarantine: type of the object", 2) in report.ledger
    assert [path.name for path in corpus.parent.iterdir()] == ["corpus"]


@pytest.mark.parametrize(
    ("target", "place"), [("graph", "graph/quarantine.jsonl"), ("some.ttl", "some.ttl.quarantine.jsonl")]
)
def test_it_lies_with_the_graph(corpus: Path, target: str, place: str) -> None:
    build_corpus(["corpus"], chosen(target))
    assert quarantine_of(chosen(target)).path == Path(place)
    assert len(Path(place).read_text(encoding="utf-8").splitlines()) == 2


def test_servers_have_one_each_in_the_work_folder() -> None:
    flags: list[dict[str, str]] = [
        {"target": "bolt://one"},
        {"target": "bolt://two"},
        {"target": "neo4j", "neo4j_uri": "bolt://three"},
        {"target": "neo4j", "neo4j_uri": "bolt://three", "neo4j_database": "other"},
    ]
    places = [quarantine_of(load_settings(work="shared", **each)).path for each in flags]
    assert len(set(places)) == 4
    assert {place.parent for place in places} == {Path("shared")}


def test_the_command_lists_it(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", "corpus", "--annotator", "fakes:gazetteer"]) == 0
    assert "in quarantine: type of the object" in capsys.readouterr().out
    assert run(["quarantine", "list", "graph"]) == 0
    shown = capsys.readouterr().out
    assert "the object of place of birth must be one of LOC; it is gYear" in shown
    assert run(["quarantine", "list", "graph", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(item["subject"], item["object"], item["score"]) for item in found] == [
        ("Mary Somerville", "1815", 0.9),
        ("William King", "London", 0.8),
    ]
    assert run(["quarantine", "list", "nowhere"]) == 2


# Runs that are cut off, at the level of the library.


@pytest.fixture
def quarantine(tmp_path: Path) -> Quarantine:
    return Quarantine(tmp_path / "kept.jsonl")


def write(store: Store, quarantine: Quarantine, *texts: str) -> Report:
    documents = [make_document(f"{number}.txt", text) for number, text in enumerate(texts)]
    return build(
        documents, store, GazetteerAnnotator(), schema=load_schema(), policy=Policy(), ledger=Ledger(),
        quarantine=quarantine,
    )  # fmt: skip


def test_a_run_cut_off_before_the_graph_was_written_changes_nothing(
    tmp_path: Path, quarantine: Quarantine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(str(tmp_path / "graph")) as store:
        write(store, quarantine, BAD)
        before = quarantine.facts(fingerprints(store))

        def cut_off(contributions: Sequence[Contribution]) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(store, "replace", cut_off)
            with pytest.raises(KeyboardInterrupt):
                write(store, quarantine, WORSE, BAD)
        with quarantine.path.open("a", encoding="utf-8") as stream:
            stream.write('{"id": "a line that was not')
        assert quarantine.facts(fingerprints(store)) == before
        write(store, quarantine, WORSE, BAD)
        assert [item.subject for item in quarantine.facts(fingerprints(store))] == ["William King", "Mary Somerville"]


def test_a_file_that_is_not_ours_is_told(quarantine: Quarantine) -> None:
    quarantine.path.write_text('{"id": 1}\n', encoding="utf-8")
    with pytest.raises(StoreError, match=r"kept\.jsonl line 1: wanted a fact as JSON"):
        quarantine.facts({})


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with (
        open_store(str(tmp_path / "graph")) as store,
        pytest.raises(StoreError, match=r"the quarantine .* cannot be written"),
    ):
        write(store, Quarantine(tmp_path / "file" / "kept.jsonl"), BAD)
