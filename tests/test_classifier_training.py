"""Training of classifiers: cut off and resumed, stopped early, gone astray; folders, formats and scores."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from classifier_examples import examples_of, small

from graphwright.models.classifiers import resuming
from graphwright.models.classifiers.classifier import load, probabilities, save, scores
from graphwright.models.classifiers.classifier import test as measured
from graphwright.models.classifiers.config import read_options, settings_of
from graphwright.models.classifiers.examples import chosen
from graphwright.models.classifiers.fitting import class_weights, fit, moments, untrained
from graphwright.models.classifiers.resuming import has_stopped, read_progress
from graphwright.models.classifiers.training import score_classifier, train_classifier
from graphwright.models.shipped import read_card
from graphwright.pipeline.errors import CorpusError, ModelError, UsageError

BETTER: list[tuple[str, dict[str, object]]] = [
    ("fnn", {"dropout": 0.3, "normalise": True, "anneal": True}),
    ("cnn", {"dropout": 0.3, "normalise": True, "augment": True}),
    ("rnn", {"dropout": 0.3, "bidirectional": True, "pooling": "means", "residual": True}),
]


class CutOffError(Exception):
    """Somebody pulls the plug."""


@pytest.mark.parametrize(("network", "options"), BETTER)
def test_a_training_cut_off_ends_as_one_that_was_not(
    network: str, options: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = examples_of("pictures", 40)
    learned, validating = chosen(examples, range(30)), chosen(examples, range(30, 40))
    settings = small(network, {**options, "epochs": 4, "patience": 2})
    whole = fit(settings, learned, validating)
    begin = resuming.Checkpoints.on_epoch_begin

    def cut(self: resuming.Checkpoints, number: int, logs: object = None) -> None:
        if number == 2:
            raise CutOffError
        begin(self, number, logs)

    monkeypatch.setattr(resuming.Checkpoints, "on_epoch_begin", cut)
    with pytest.raises(CutOffError):
        fit(settings, learned, validating, folder=tmp_path)
    monkeypatch.undo()
    assert len(read_progress(tmp_path).history) == 2
    resumed = fit(settings, learned, validating, folder=tmp_path)
    assert resumed.history == whole.history
    weights = zip(resumed.classifier.network.get_weights(), whole.classifier.network.get_weights(), strict=True)
    assert all(np.array_equal(a, b) for a, b in weights)


@pytest.mark.parametrize(("network", "kind"), [("fnn", "texts"), ("cnn", "pictures"), ("rnn", "pairs")])
def test_members_answer_with_their_mean(network: str, kind: str, tmp_path: Path) -> None:
    examples = examples_of(kind)
    one = small(network, {"epochs": 2})
    alone = [fit(replace(one, fit=replace(one.fit, seed=one.fit.seed + number)), examples) for number in range(3)]
    found = fit(replace(one, fit=replace(one.fit, members=3)), examples)
    expected = np.mean([probabilities(member.classifier, examples.items) for member in alone], axis=0)
    assert np.allclose(probabilities(found.classifier, examples.items), expected, atol=1e-5)
    assert not np.allclose(expected, probabilities(alone[0].classifier, examples.items), atol=1e-3)
    assert found.history == tuple(figures for member in alone for figures in member.history)
    save(found.classifier, tmp_path / "model", {})
    assert np.allclose(probabilities(load(tmp_path / "model"), examples.items), expected, atol=1e-5)


def test_two_kinds_of_network_are_heard_together(tmp_path: Path) -> None:
    data = texts_file(tmp_path / "texts.jsonl")
    options = {"dropout": 0.1}
    alone = [
        train_classifier(data, tmp_path / name, network=name, epochs=1, options=options) for name in ("fnn", "rnn")
    ]
    both = train_classifier(data, tmp_path / "both", network="rnn", epochs=1, options=options, beside=tmp_path / "fnn")
    items = examples_of("texts").items
    expected = np.mean([probabilities(load(folder), items) for folder in alone], axis=0)
    assert np.allclose(probabilities(load(both), items), expected, atol=1e-5)
    assert not np.allclose(expected, probabilities(load(alone[0]), items), atol=1e-3)
    assert read_card(both)["beside"] == read_card(alone[0])["version"]


def test_only_classifiers_that_read_alike_are_heard_together(tmp_path: Path) -> None:
    data = texts_file(tmp_path / "texts.jsonl")
    train_classifier(data, tmp_path / "fnn", network="fnn", epochs=1, options={"bigrams": True})
    with pytest.raises(UsageError, match="they differ in read: train both"):
        train_classifier(data, tmp_path / "rnn", network="rnn", epochs=1, beside=tmp_path / "fnn")
    assert not (tmp_path / "rnn").exists()


def test_it_stops_early_and_goes_back_to_the_best(tmp_path: Path) -> None:
    examples = examples_of("pictures", 40)
    learned, validating = chosen(examples, range(30)), chosen(examples, range(30, 40))
    fitted = fit(small("fnn", {"epochs": 50, "patience": 2, "rate": 0.3}), learned, validating, folder=tmp_path)
    losses = [figures["val_loss"] for figures in fitted.history]
    best = int(np.argmin(losses))
    assert len(losses) == max(2, best + 3) < 50
    right = probabilities(fitted.classifier, validating.items)[
        np.arange(10), [" abc".index(x) - 1 for x in validating.labels]
    ]
    assert float(np.mean(-np.log(right))) == pytest.approx(losses[best], rel=1e-3)
    again = fit(small("fnn", {"epochs": 50, "patience": 2, "rate": 0.3}), learned, validating, folder=tmp_path)
    assert again.history == fitted.history
    assert np.array_equal(
        probabilities(again.classifier, validating.items), probabilities(fitted.classifier, validating.items)
    )


@pytest.mark.parametrize(
    ("values", "stopped"),
    [([1.0], False), ([1.0, 1.1], False), ([1.0, 1.1, 1.2], True), ([1.0, 1.1, 0.9, 1.0], False)],
)
def test_when_early_stopping_stops(values: list[float], stopped: bool) -> None:
    history = [{"val_loss": value, "val_accuracy": -value} for value in values]
    assert has_stopped(history, "val_loss", 2) is stopped
    assert has_stopped(history, "val_accuracy", 2) is stopped


def test_a_loss_that_is_no_number_names_its_batch(tmp_path: Path) -> None:
    examples = examples_of("pictures")
    broken = chosen(examples, range(30))
    broken = type(broken)(broken.kind, broken.items.astype(np.float32), broken.labels, broken.names, broken.groups)
    settings = small("fnn", {"epochs": 3})
    fit(small("fnn", {"epochs": 1}), broken, folder=tmp_path)
    broken.items[17] = np.nan
    with pytest.raises(ModelError, match=r"after batch \d of epoch \d \(pictures \d+, .*lower the rate"):
        fit(settings, broken, folder=tmp_path)
    assert len(read_progress(tmp_path).history) == 1


def test_class_weights_and_smoothing_change_what_is_learned() -> None:
    examples = chosen(examples_of("texts"), [*range(20), *range(0, 20, 3)])
    plain, balanced, smooth = (
        fit(small("rnn", options), examples).classifier for options in ({}, {"balanced": True}, {"smoothing": 0.3})
    )
    assert not np.allclose(probabilities(plain, examples.items), probabilities(balanced, examples.items))
    assert probabilities(smooth, examples.items).max() < probabilities(plain, examples.items).max()
    assert class_weights(np.array([0, 0, 1]), 2) == {0: 0.75, 1: 1.5}


def test_moments_are_those_of_numpy() -> None:
    values = np.random.default_rng(0).normal(3, 2, (10_000, 4))
    for axes in ((0,), (0, 1)):
        mean, variance = moments(values, axes)
        assert np.allclose(mean, values.mean(axis=axes))
        assert np.allclose(variance, values.var(axis=axes))


def test_a_model_of_another_format_is_refused_by_name(tmp_path: Path) -> None:
    save(untrained(small("fnn"), examples_of("texts")), tmp_path)
    card = json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))
    (tmp_path / "card.json").write_text(json.dumps({**card, "format": 99}), encoding="utf-8")
    with pytest.raises(ModelError, match=rf"{tmp_path.name}.*format 99.*train it again"):
        load(tmp_path)
    (tmp_path / "card.json").write_text(json.dumps({**card, "kind": "linker"}), encoding="utf-8")
    with pytest.raises(ModelError, match="kind 'linker'; wanted a classifier"):
        load(tmp_path)


def test_it_is_loaded_where_nothing_was_trained(tmp_path: Path) -> None:
    save(untrained(small("cnn"), examples_of("texts")), tmp_path)
    code = "import sys; from pathlib import Path; from graphwright.models.classifiers.classifier import load; "
    code += "print(load(Path(sys.argv[1])).labels)"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "('a', 'b', 'c')", done.stderr


@pytest.mark.parametrize("name", ["network.keras", "vocabulary.json"])
def test_a_broken_folder_is_named(name: str, tmp_path: Path) -> None:
    save(untrained(small("fnn"), examples_of("texts")), tmp_path)
    (tmp_path / name).write_bytes(b"\x00broken")
    with pytest.raises(ModelError, match=f"{tmp_path.name} is no classifier that can be read"):
        load(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(ModelError, match=f"{tmp_path.name} is no classifier that can be read"):
        load(tmp_path)


def texts_file(path: Path, number: int = 60) -> Path:
    examples = examples_of("texts", number)
    lines = [
        {"text": " ".join(t.tokens), "label": label} for t, label in zip(examples.items, examples.labels, strict=True)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_from_a_file_to_a_folder_and_its_scores(tmp_path: Path) -> None:
    data = texts_file(tmp_path / "texts.jsonl")
    said: list[str] = []
    options = {"hidden": 8, "embedding": 8, "rate": 0.02}
    folder = train_classifier(data, tmp_path / "model", network="fnn", epochs=3, options=options, say=said.append)
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    assert card["labels"] == ["a", "b", "c"]
    assert len(card["history"]) == 3
    assert "60 texts of 3 classes" in said[0]
    assert score_classifier(folder, data)["examples"] == 6
    other = texts_file(tmp_path / "other.jsonl", 20)
    assert score_classifier(folder, other)["examples"] == 20
    assert not list(folder.glob("checkpoint*"))
    again = train_classifier(data, tmp_path / "again", network="fnn", epochs=3, options=options)
    assert json.loads((again / "card.json").read_text(encoding="utf-8"))["version"] == card["version"]


def test_a_validation_set_of_its_own(tmp_path: Path) -> None:
    data, validation = texts_file(tmp_path / "texts.jsonl"), texts_file(tmp_path / "dev.jsonl", 15)
    options = {"units": 4, "embedding": 4}
    folder = train_classifier(data, tmp_path / "model", network="rnn", epochs=2, options=options, validation=validation)
    assert score_classifier(folder, validation)["examples"] == 15
    assert score_classifier(folder, data)["examples"] == 60
    np.savez(tmp_path / "dev.npz", x=np.ones((4, 3)), y=np.arange(4))
    with pytest.raises(CorpusError, match=r"wanted texts.*found arrays"):
        train_classifier(data, tmp_path / "none", validation=tmp_path / "dev.npz")


def test_scores_leave_the_null_class_out() -> None:
    found = scores(["x", "none", "y", "x"], ["x", "y", "none", "y"])
    assert found["accuracy"] == 0.25
    assert found["precision"] == pytest.approx(1 / 3)
    assert found["recall"] == pytest.approx(1 / 3)
    assert found["f1"] == pytest.approx(1 / 3)
    assert found["macro_f1"] == pytest.approx((2 / 3 + 0) / 2)


def test_labels_that_were_not_learned_count_as_missed() -> None:
    examples = examples_of("texts")
    classifier = untrained(small("fnn"), examples)
    strange = type(examples)("texts", examples.items, ("new",) * 30, examples.names, examples.groups)
    assert measured(classifier, strange)["accuracy"] == 0


def test_options_as_they_are_typed() -> None:
    settings = settings_of("cnn", read_options(["filters=8,16", "dropout=0.5", "batch=4", "augment=true", "height=9"]))
    assert settings.network == settings_of("cnn", {"filters": (8, 16), "dropout": 0.5, "augment": True}).network
    assert (settings.fit.batch, settings.read.height) == (4, 9)


@pytest.mark.parametrize(
    ("network", "options", "message"),
    [
        ("lstm", {}, "'lstm'; known: cnn, fnn, rnn"),
        ("fnn", {"units": 3}, "fnn has no option 'units'; known: .*hidden"),
        ("fnn", {"hidden": "many"}, "option hidden.*'many'"),
        ("fnn", {"hidden": 0}, "option hidden: wanted more than 0; received 0"),
        ("cnn", {"dropout": 1.0}, "wanted a share"),
        ("cnn", {"colours": 2}, "wanted 1"),
        ("rnn", {"pooling": "some"}, "option pooling"),
    ],
)
def test_options_that_there_are_not(network: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        settings_of(network, options)


def test_an_option_without_a_value() -> None:
    with pytest.raises(UsageError, match="NAME=VALUE"):
        read_options(["units"])


def test_digits_are_told_apart() -> None:
    """A part of the digits of scikit-learn, few epochs; the README has what all folds give."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = digits.images.astype(np.float32)
    names = tuple(map(str, range(len(images))))
    labels = tuple(map(str, digits.target.tolist()))
    all_digits = type(examples_of("texts"))("arrays", images, labels, names, names)
    learned, kept = chosen(all_digits, range(360, 1797)), chosen(all_digits, range(360))
    for network, wanted in (("fnn", 0.93), ("cnn", 0.95)):
        fitted = fit(settings_of(network, {"epochs": 8, "batch": 64, "rate": 0.003}), learned)
        assert measured(fitted.classifier, kept)["accuracy"] >= wanted, network
    keras.backend.clear_session()
