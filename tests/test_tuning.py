"""The encoder tuned for somebody's own relation types: trained by the command line from few documents, used by it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from test_scratch import SCHEMA, document, scores_of

from graphwright.flows.cli import run
from graphwright.models.shipped import ENCODER, RELATIONS, VOCABULARY, read_card
from graphwright.pipeline.interchange import read_annotated


def write_documents(path: Path, number: int, seed: int) -> list[dict[str, object]]:
    random = np.random.default_rng(seed)
    items = [document(n, random) for n in range(number)]
    path.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    return items


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tuned") / "own.jsonl"
    write_documents(path, 200, 5)
    return path


@pytest.fixture(scope="module")
def model(data: Path) -> Path:
    out = data.parent / "model"
    arguments = ["train", "relations", "--fine-tune", "--network", "fnn", "--data", str(data), "-o", str(out)]
    assert run([*arguments, "--epochs", "4"]) == 0
    return out


@pytest.mark.slow
def test_a_few_documents_are_enough(model: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert {ENCODER, RELATIONS, VOCABULARY} <= {path.name for path in model.iterdir()}
    assert read_card(model)["types"] == ["employer", "founder"]
    fresh = data.with_name("fresh.jsonl")
    write_documents(fresh, 60, 7)
    scores = scores_of(model, fresh, capsys)
    assert scores["documents"] == 60
    assert scores["f1"] >= 0.9


@pytest.mark.slow
def test_annotate_uses_it(model: Path, tmp_path: Path) -> None:
    (tmp_path / "schema.yaml").write_text(SCHEMA, encoding="utf-8")
    gold = write_documents(tmp_path / "in.jsonl", 40, 99)
    asked = ["--network", str(model), "--schema", str(tmp_path / "schema.yaml"), "--given", "entities"]
    assert run(["annotate", str(tmp_path / "in.jsonl"), "-o", str(tmp_path / "out.jsonl"), *asked]) == 0
    found = {item.document.id: item for item in read_annotated(tmp_path / "out.jsonl")}
    wanted = [[(r["head"], r["type"], r["tail"]) for r in item["relations"]] for item in gold]  # type: ignore[attr-defined]
    told = [[(r.head, r.type, r.tail) for r in found[str(item["id"])].relations or ()] for item in gold]
    assert sum(one == other for one, other in zip(wanted, told, strict=True)) >= 36


def test_one_start_is_wanted(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = ["train", "relations", "--fine-tune", "--from-scratch", "--data", str(data), "-o", "out"]
    assert run(both) == 2
    assert "give one of them" in capsys.readouterr().err
    assert run(["train", "linker", "--fine-tune", "--data", str(data), "-o", "out"]) == 2
    assert "only relations" in capsys.readouterr().err
