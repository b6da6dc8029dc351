"""Forgetting for good: the bytes of a document are in no file any more, however the graph was made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from graphwright.flows import forgetting, shards, steps
from graphwright.flows.building import build_corpus
from graphwright.flows.cli import run
from graphwright.flows.forgetting import UNSCRUBBED, forget_sources
from graphwright.flows.settings import load_settings
from graphwright.flows.steps import Job
from graphwright.flows.targets import open_target
from graphwright.pipeline.errors import UsageError
from graphwright.pipeline.sinks import oxigraph

SECRETS = (b"Somerville", b"somerville", b"clockwork", b"secret.txt")
TEXTS = {
    "open.txt": "Ada Lovelace was born in London. Ada Lovelace married William King.",
    "secret.txt": "Mary Somerville was born in Jedburgh, with clockwork. Mary Somerville was born in 1815.",
}


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRAPHWRIGHT_ANNOTATOR", "fakes:gazetteer")
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def plainly(target: str) -> None:
    build_corpus(["corpus"], load_settings(target=target))


def by_steps(target: str) -> None:
    job = Job(("corpus",), ".graphwright", flags={"target": target})
    annotated = [steps.annotate(path, job) for path in shards.read_manifest(steps.shard(job))]
    steps.write(shards.write_manifest(annotated, job.folder / "annotated.txt"), job)


def traces(folder: Path, words: tuple[bytes, ...] = SECRETS) -> set[str]:
    """Files below a folder, the corpus left out, that hold or are called what is to be in none."""
    files = [path for path in folder.rglob("*") if "corpus" not in path.relative_to(folder).parts and path.is_file()]
    return {
        str(path.relative_to(folder))
        for path in files
        if any(word in path.read_bytes() or word.decode() in path.name for word in words)
    }


@pytest.mark.parametrize("make", [plainly, by_steps])
@pytest.mark.parametrize("target", ["graph", "graph.ttl"])
def test_nothing_of_a_forgotten_document_is_in_any_file(target: str, make: Callable[[str], None], corpus: Path) -> None:
    make(target)
    assert traces(corpus.parent)
    assert run(["forget", "corpus/secret.txt", "--from", target]) == 0
    assert traces(corpus.parent) == set()
    (corpus / "secret.txt").unlink()
    plainly("fresh")
    stores = [open_target(load_settings(target=name)) for name in (target, "fresh")]
    assert len({store.digest() for store in stores}) == 1
    for store in stores:
        store.close()


def test_shards_go_by_whatever_name_the_target_is_called_and_those_of_others_stay(corpus: Path) -> None:
    for target in (str(corpus.parent / "graph"), "other"):
        by_steps(target)
    forget_sources(["corpus/secret.txt"], load_settings(target="./graph"))
    assert {name.split("/")[0] for name in traces(corpus.parent)} == {".graphwright", "other"}
    assert len(list((corpus.parent / ".graphwright").iterdir())) == 1
    by_steps("graph")
    assert build_corpus(["corpus"], load_settings(target="graph")).report.unchanged == 2


def test_a_forget_that_was_cut_off_is_ended_by_the_next_run(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plainly("graph")

    def cut_off(settings: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(forgetting, "scrub", cut_off)
        with pytest.raises(KeyboardInterrupt):
            forget_sources(["corpus/secret.txt"], load_settings())
    assert traces(corpus.parent)
    with pytest.raises(UsageError, match="holds no document"):
        forget_sources(["corpus/secret.txt"], load_settings())
    assert traces(corpus.parent) == set()
    assert not (corpus.parent / "graph" / UNSCRUBBED).exists()


def test_a_rewriting_that_was_cut_off_loses_nothing(corpus: Path) -> None:
    plainly("graph")
    with open_target(load_settings()) as store:
        digest = store.digest()
    database = Path("graph") / oxigraph.DATABASE
    database.rename(database.with_name(oxigraph.DATABASE + oxigraph.RETIRED))
    with open_target(load_settings()) as store:
        assert store.digest() == digest
    oxigraph.rewrite(Path("graph"))
    with open_target(load_settings()) as store:
        assert store.digest() == digest
    assert [path.name for path in Path("graph").iterdir() if path.name.startswith("oxigraph")] == ["oxigraph"]


def test_decisions_that_still_name_a_document_are_told(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plainly("graph")
    assert run(["merge", "graph", "Mary Somerville", "Q7259"]) == 0
    capsys.readouterr()
    assert run(["forget", "corpus/secret.txt", "--from", "graph"]) == 0
    assert "note: decisions of yours (1) still name things in them" in capsys.readouterr().err
