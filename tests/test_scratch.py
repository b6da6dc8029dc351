"""Relation networks without the encoder: trained on somebody's own documents by the command line, and used by it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from graphwright.flows.cli import run
from graphwright.models.heads import StateExample, candidate_scores
from graphwright.models.own_documents import document_examples
from graphwright.models.pieces import load_tokenizer, split_pieces
from graphwright.models.relation_labels import FALSE, TRUE, UNKNOWN
from graphwright.models.shipped import VOCABULARY, card_policy, load_relations, read_card, weights_folder
from graphwright.pipeline.interchange import from_json, read_annotated
from graphwright.pipeline.protocols import Encoded

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
    from graphwright.models.own_documents import test_own

    card = read_card(model)
    assert card["types"] == ["employer", "founder"]
    assert card["input"] == "pieces"
    scores = test_own(model, corpus)
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


def scores_of(model: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    capsys.readouterr()
    assert run(["score", str(model), str(data), "--json"]) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_score_reads_what_training_did_not(model: Path, corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    random = np.random.default_rng(7)
    moved, fresh = corpus.with_name("moved.jsonl"), corpus.with_name("fresh.jsonl")
    moved.write_bytes(corpus.read_bytes())
    fresh.write_text("".join(json.dumps(document(n, random)) + "\n" for n in range(60)), encoding="utf-8")
    assert 20 <= scores_of(model, moved, capsys)["documents"] <= 60
    scores = scores_of(model, fresh, capsys)
    assert scores["documents"] == 60
    assert scores["f1"] >= 0.9


def far_off(evidence: bool) -> dict[str, object]:
    """A document whose one fact stands behind more words than a network reads at once, and names met before it."""
    item = document(1, np.random.default_rng(11))
    start = "Ada Dorn looked at Elbtal Bank. "
    filler = "The rain fell on the roof. " * 200
    text = f"{start}{filler}Ada Dorn works for Elbtal Bank since the spring."
    places = [(0, "Ada Dorn", "PER"), (1, "Elbtal Bank", "ORG")]
    spans = [(n, at, name, label) for n, name, label in places for at in (text.index(name), text.rindex(name))]
    said = [len(start) + len(filler), len(text)]
    relation = {"head": 0, "tail": 1, "type": "employer"}
    return {
        **item,
        "text": text,
        "sentences": [[0, len(start) - 1], said],
        "mentions": [{"start": a, "end": a + len(w), "type": label, "entity": n} for n, a, w, label in spans],
        "entities": [{"id": n, "name": name, "type": label} for n, name, label in places],
        "relations": [{**relation, "evidence": [1]} if evidence else relation],
    }


@pytest.mark.parametrize(("evidence", "first"), [(True, UNKNOWN), (False, TRUE)])
def test_a_fact_is_learned_where_it_is_said(evidence: bool, first: int) -> None:
    tokenizer = load_tokenizer(weights_folder() / VOCABULARY)
    item = from_json(far_off(evidence), "far")
    examples = list(document_examples(item, tokenizer, ["employer", "founder"]))
    assert [example.types.tolist() for example in examples] == [
        [[first, FALSE], [FALSE, FALSE]],
        [[TRUE, FALSE], [FALSE, FALSE]],
    ]


def test_use_reads_the_stretches_that_training_reads(model: Path) -> None:
    network = replace(load_relations(model), least=0.0)
    tokenizer = load_tokenizer(weights_folder() / VOCABULARY)
    item = from_json(far_off(True), "far")
    stretches = [StateExample(e) for e in document_examples(item, tokenizer, network.types)]
    found = candidate_scores(network.sessions, stretches)
    logits = [network.calibration.probabilities(logits, stretch.example.relations) for stretch, logits in found]
    offsets = split_pieces(tokenizer, [item.document.text])[0].offsets
    nothing = np.zeros((len(offsets), 0), np.float32)
    encoded = Encoded(item.document, item.sentences, offsets, nothing, nothing)
    scores = [r.score for r in network.classify(encoded, item.entities, [(0, 1), (1, 0)])]
    assert len(logits) == 2
    assert np.abs(logits[0] - logits[1]).max() > 1e-3
    assert np.allclose(scores, np.maximum(*logits).ravel(), atol=1e-4)


def test_other_documents_in_the_same_folder_make_another_network(corpus: Path, tmp_path: Path) -> None:
    arguments = ["train", "relations", "--from-scratch", "--network", "fnn", "-o", str(tmp_path / "out")]
    text = corpus.read_text(encoding="utf-8")
    for words in (text, text.replace('"employer"', '"zeal"')):
        (tmp_path / "own.jsonl").write_text(words, encoding="utf-8")
        assert run([*arguments, "--data", str(tmp_path / "own.jsonl"), "--epochs", "1"]) == 0
    assert read_card(tmp_path / "out")["types"] == ["founder", "zeal"]
    assert len(list((tmp_path / "out").glob("checkpoint-*"))) == 2


def test_the_schema_must_know_its_types(model: Path, corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["annotate", str(corpus), "-o", str(corpus.with_name("none.jsonl")), "--network", str(model)]) == 2
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


@pytest.mark.parametrize(("reached", "keep"), [(0.01, 0.5), (0.83, 0.83)])
def test_what_is_less_likely_than_not_is_never_kept(model: Path, tmp_path: Path, reached: float, keep: float) -> None:
    card = read_card(model)
    (tmp_path / "card.json").write_text(json.dumps({**card, "precision": {"0.9": reached}}))
    policy = card_policy(str(tmp_path))
    assert (policy.keep, policy.review) == (keep, 0.5)


def test_a_model_of_another_format_is_refused(model: Path, corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = model.parent / "other"
    other.mkdir()
    card = json.loads((model / "card.json").read_text())
    (other / "card.json").write_text(json.dumps({**card, "format": 99}))
    assert run(["annotate", str(corpus), "-o", str(corpus.with_name("none.jsonl")), "--network", str(other)]) != 0
    assert "format 99" in capsys.readouterr().err
