"""A policy by flag, environment or file: command, flow and annotate keep nothing of what it takes out."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from fakes import FAILING
from test_forgetting import traces as _traces

from graphwright.flows import shards, steps
from graphwright.flows.building import build_corpus
from graphwright.flows.cli import run
from graphwright.flows.quarantine import settle
from graphwright.flows.settings import Settings, load_settings
from graphwright.flows.steps import Job
from graphwright.flows.targets import open_target
from graphwright.pipeline.errors import ConfigurationError

KEY = "a key that only these tests have"
POLICY = "PER=pseudonymise,LOC=drop,email=drop,phone=pseudonymise"
TEXTS = {
    "a.txt": "Ada Lovelace was born in London. Ada Lovelace married William King. Write to ada@example.org.",
    "b.md": "# Mary Somerville\n\nMary Somerville joined Analytical Society. Call +44 20 7946 0018.",
    "c.txt": "Ada Lovelace joined Analytical Society. William King married London.",
    "d.txt": f"{FAILING}: Ada Lovelace",
}
NAMES = (b"Lovelace", b"lovelace", b"King", b"Somerville", b"somerville", b"London")
SECRETS = (*NAMES, b"ada@", b"7946 0018", b"entity/Q7259", b"entity/Q84")


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRAPHWRIGHT_ANNOTATOR", "fakes:gazetteer")
    monkeypatch.setenv("GRAPHWRIGHT_REDACT_KEY", KEY)
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def traces(folder: Path, *more: bytes) -> set[str]:
    return _traces(folder, (*SECRETS, KEY.encode(), *more))


def by_steps(target: str, policy: str | None = POLICY) -> None:
    job = Job(("corpus",), ".graphwright", flags={"target": target, "redact": policy})
    job = pickle.loads(pickle.dumps(job))  # as another process gets it
    annotated = [steps.annotate(path, job) for path in shards.read_manifest(steps.shard(job))]
    steps.write(shards.write_manifest(annotated, job.folder / "annotated.txt"), job)
    settle(job.settings)


def facts(settings: Settings) -> set[tuple[str, str]]:
    with open_target(settings) as store:
        names = {node.id: node.name for node in store.nodes()}
        return {(names[item.subject], names[str(item.object)]) for item in store.statements()}


def digest(target: str) -> str:
    with open_target(load_settings(target=target)) as store:
        return store.digest()


@pytest.mark.parametrize("target", ["graph", "graph.ttl"])
def test_nothing_that_was_taken_out_is_in_any_file(
    target: str, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["build", "corpus", "--to", target, "--redact", POLICY]) == 1
    printed = "".join(capsys.readouterr())
    assert "email taken out by the policy" in printed
    assert not any(secret.decode() in printed for secret in (*SECRETS, KEY.encode()))
    by_steps("flow")
    assert traces(corpus.parent) == set()
    assert digest(target) == digest("flow")
    built = build_corpus(["corpus"], load_settings(target="flow", redact=POLICY))
    assert built.report.unchanged == 3


def test_the_graph_still_connects(corpus: Path) -> None:
    build_corpus(["corpus"], load_settings(redact=POLICY))
    found = facts(load_settings())
    assert len(found) == 3
    joined = [one for one, other in found if other == "Analytical Society"]
    married = [one for one, other in found if other != "Analytical Society"]
    assert len(joined) == 2
    assert set(married) < set(joined)


def test_another_policy_or_key_reads_everything_again_and_leaves_nothing_behind(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_corpus(["corpus"], load_settings())
    by_steps("flow", None)
    assert traces(corpus.parent)
    assert build_corpus(["corpus"], load_settings(redact=POLICY)).report.unchanged == 0
    by_steps("flow")
    assert traces(corpus.parent) == set()
    assert build_corpus(["corpus"], load_settings(redact=POLICY)).report.unchanged == 3
    before = facts(load_settings())
    monkeypatch.setenv("GRAPHWRIGHT_REDACT_KEY", "another key that is long enough")
    assert build_corpus(["corpus"], load_settings(redact=POLICY)).report.unchanged == 0
    assert not before & facts(load_settings())


def test_a_document_that_changed_between_the_steps_is_told(corpus: Path) -> None:
    job = Job(("corpus",), ".graphwright", flags={"target": "graph", "redact": POLICY})
    [shard] = shards.read_manifest(steps.shard(job))
    (corpus / "a.txt").write_text("Other.", encoding="utf-8")
    annotated = steps.annotate(shard, job)
    report = steps.write(shards.write_manifest([annotated], job.folder / "annotated.txt"), job)
    assert [Path(item.source).name for item in report.failures] == ["a.txt", "d.txt"]
    assert report.documents == 2


def test_a_policy_in_the_settings_file_and_a_key_in_a_file(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRAPHWRIGHT_REDACT_KEY")
    Path("key").write_text(f"{KEY}\n", encoding="utf-8")
    Path("graphwright.toml").write_text(
        'redact_key_file = "key"\n[redact]\nPER = "pseudonymise"\nemail = "drop"\n', encoding="utf-8"
    )
    assert load_settings().redact == "PER=pseudonymise,email=drop"
    table = build_corpus(["corpus"], load_settings()).report.digest
    Path("graphwright.toml").unlink()
    monkeypatch.setenv("GRAPHWRIGHT_REDACT_KEY", KEY)
    monkeypatch.setenv("GRAPHWRIGHT_REDACT", "email=drop,PER=pseudonymise")
    assert build_corpus(["corpus"], load_settings(target="other")).report.digest == table


def test_annotate_takes_a_policy_too(corpus: Path) -> None:
    assert run(["annotate", "corpus/b.md", "-o", "out.jsonl", "--redact", POLICY]) == 0
    [line] = [json.loads(line) for line in Path("out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert traces(corpus.parent) == set()
    assert line["title"] == line["entities"][0]["name"]
    for mention in line["mentions"]:
        assert line["text"][mention["start"] : mention["end"]] in [item["name"] for item in line["entities"]]
    assert run(["annotate", "out.jsonl", "-o", "again.jsonl", "--given", "entities", "--redact", POLICY]) == 0
    assert json.loads(Path("again.jsonl").read_text(encoding="utf-8"))["text"] == line["text"]


@pytest.mark.parametrize(
    ("policy", "code", "message"),
    [
        ("PERSON=drop", 2, "unknown kind 'PERSON'; known: PER, ORG"),
        ("PER=hide", 2, "wants one of keep, drop, pseudonymise"),
        ("PER=pseudonymise", 3, "wants a key of at least 16 characters"),
    ],
)
def test_a_bad_policy_ends_in_one_line(
    policy: str,
    code: int,
    message: str,
    corpus: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("GRAPHWRIGHT_REDACT_KEY")
    assert run(["build", "corpus", "--redact", policy]) == code
    said = capsys.readouterr().err
    assert message in " ".join(said.replace("│", " ").split())
    assert "Traceback" not in said
    assert not Path("graph").exists()


def test_a_key_file_that_is_missing_is_named(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRAPHWRIGHT_REDACT_KEY")
    with pytest.raises(ConfigurationError, match="nowhere cannot be read"):
        build_corpus(["corpus"], load_settings(redact=POLICY, redact_key_file="nowhere"))
    assert "tests have" not in repr(load_settings(redact_key=KEY))
