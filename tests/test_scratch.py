"""Relation networks without the encoder: trained on somebody's own documents by the command line, and used by it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from graphwright.flows.cli import run
from graphwright.models.shipped import read_card
from graphwright.pipeline.interchange import read_annotated

SCHEMA = """\
name: own
properties:
  employer: {name: works for, edge: WORKS_FOR, domain: [PER], range: [ORG]}
  founder: {name: founder, edge: FOUNDER, domain: [ORG], range: [PER]}
"""
GIVEN = ("Ada", "Bela", "Carl", "Dora", "Egon", "Frida", "Gerd", "Hanna", "Ivo", "Jana")
FAMILY = ("Ahlberg", "Brandt", "Castell", "Dorn", "Eklund", "Falk", "Grahn", "Holm")
FIRMS = ("Altwerk", "Borealis", "Cobalt", "Deltona", "Elbtal", "Fjordia", "Grimm", "Havel", "Iskra", "Jupiter")
SAYINGS = (
    ("{p} works for {o} since the spring.", "employer"),
    ("{p} was hired by {o} last year.", "employer"),
    ("{p} visited {o} on a rainy day.", None),
    ("{p} walked past the gates of {o}.", None),
    ("{o} was founded by {p} in a shed.", "founder"),
)


def document(number: int, random: np.random.Generator) -> dict[str, object]:
    person = f"{random.choice(GIVEN)} {random.choice(FAMILY)}"
    firm = f"{random.choice(FIRMS)} {random.choice(['Works', 'Bank', 'Lines'])}"
    saying, name = SAYINGS[int(random.integers(len(SAYINGS)))]
    text = saying.format(p=person, o=firm)
    spans = [(text.index(name), text.index(name) + len(name)) for name in (person, firm)]
    labels = ("PER", "ORG")
    pair = (1, 0) if name == "founder" else (0, 1)
    return {
        "id": f"own-{number}",
        "text": text,
        "mentions": [
            {"start": s, "end": e, "type": label, "entity": n}
            for n, ((s, e), label) in enumerate(zip(spans, labels, strict=True))
        ],
        "entities": [{"id": n, "name": name, "type": labels[n]} for n, name in enumerate((person, firm))],
        "relations": [{"head": pair[0], "tail": pair[1], "type": name}] if name else [],
    }


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    random = np.random.default_rng(3)
    path = tmp_path_factory.mktemp("own") / "own.jsonl"
    path.write_text("".join(json.dumps(document(n, random)) + "\n" for n in range(400)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def model(corpus: Path) -> Path:
    out = corpus.parent / "model"
    arguments = ["train", "relations", "--from-scratch", "--network", "fnn", "--data", str(corpus), "-o", str(out)]
    assert run([*arguments, "--epochs", "8"]) == 0
    return out


def test_it_learns_what_the_documents_say(model: Path, corpus: Path) -> None:
    from graphwright.models.scratch import test_scratch

    card = read_card(model)
    assert card["types"] == ["employer", "founder"]
    assert card["input"] == "pieces"
    scores = test_scratch(model, corpus)
    assert scores["documents"] >= 20
    assert scores["f1"] >= 0.9


def test_annotate_uses_it(model: Path, tmp_path: Path) -> None:
    random = np.random.default_rng(99)
    (tmp_path / "schema.yaml").write_text(SCHEMA, encoding="utf-8")
    gold = [document(n, random) for n in range(40)]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(item) + "\n" for item in gold), encoding="utf-8")
    asked = ["--network", str(model), "--schema", str(tmp_path / "schema.yaml"), "--given", "entities"]
    assert run(["annotate", str(tmp_path / "in.jsonl"), "-o", str(tmp_path / "out.jsonl"), *asked]) == 0
    found = {item.document.id: item for item in read_annotated(tmp_path / "out.jsonl")}
    wanted = [[(r["head"], r["type"], r["tail"]) for r in item["relations"]] for item in gold]  # type: ignore[attr-defined]
    told = [[(r.head, r.type, r.tail) for r in found[str(item["id"])].relations or ()] for item in gold]
    assert sum(one == other for one, other in zip(wanted, told, strict=True)) >= 36


def test_the_schema_must_know_its_types(model: Path, corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["annotate", str(corpus), "-o", "-", "--network", str(model)]) == 2
    assert "--schema" in capsys.readouterr().err


def test_documents_without_relations_teach_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bare.jsonl"
    path.write_text('{"id": "1", "text": "Nothing is said here.", "mentions": [], "entities": []}\n', encoding="utf-8")
    code = run(["train", "relations", "--from-scratch", "--data", str(path), "-o", str(tmp_path / "out")])
    assert code != 0
    assert "found none" in capsys.readouterr().err


def test_only_relations_are_trained_from_scratch(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "linker", "--from-scratch", "--data", str(corpus), "-o", "out"]) == 2
    assert "only relations" in capsys.readouterr().err


def test_a_model_of_another_format_is_refused(model: Path, corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = model.parent / "other"
    other.mkdir()
    card = json.loads((model / "card.json").read_text())
    (other / "card.json").write_text(json.dumps({**card, "format": 99}))
    assert run(["annotate", str(corpus), "-o", "-", "--network", str(other)]) != 0
    assert "format 99" in capsys.readouterr().err
