"""One contract for the three networks over every kind of example, plain and with all that can be switched on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from classifier_examples import BETTER, CASES, examples_of, small

from graphwright.models.classifiers.batches import Batches
from graphwright.models.classifiers.classifier import Classifier, load, probabilities, save
from graphwright.models.classifiers.classifier import test as measured
from graphwright.models.classifiers.config import ReadConfig
from graphwright.models.classifiers.examples import Examples, Text, chosen
from graphwright.models.classifiers.fitting import batches_of, build, fit, input_spec, untrained
from graphwright.pipeline.errors import UsageError

Case = tuple[str, str, dict[str, object]]


@pytest.fixture(scope="module", params=CASES, ids=lambda case: "-".join([*case[:2], *(["better"] if case[2] else [])]))
def case(request: pytest.FixtureRequest) -> tuple[Classifier, Examples]:
    """A network that learned one epoch, so that nothing is as it was drawn."""
    network, kind, options = request.param
    examples = examples_of(kind)
    return fit(small(network, {**options, "epochs": 1}), examples).classifier, examples


def test_probabilities_for_any_size_of_batch(case: tuple[Classifier, Examples]) -> None:
    classifier, examples = case
    whole = probabilities(classifier, examples.items, 256)
    assert whole.shape == (30, 3)
    assert np.allclose(whole.sum(axis=1), 1.0, atol=1e-5)
    for size in (1, 7, 30):
        assert np.abs(probabilities(classifier, examples.items, size) - whole).max() < 1e-5


def test_padding_changes_nothing(case: tuple[Classifier, Examples]) -> None:
    classifier, examples = case
    if classifier.kind == "pictures":
        return
    place = min(range(len(examples)), key=lambda n: len(examples.items[n].tokens))
    alone = probabilities(classifier, chosen(examples, [place]).items)
    longest = Text(tuple(["ash"] * 100), tuple([1] * 100))
    together = probabilities(classifier, (examples.items[place], longest))
    assert np.abs(alone[0] - together[0]).max() < 1e-5


def test_what_stands_in_padding_does_not_matter(case: tuple[Classifier, Examples]) -> None:
    classifier, examples = case
    if classifier.kind == "pictures":
        return
    (inputs, _), *_ = batches_of(classifier, examples, 30)
    before = np.asarray(classifier.network(inputs, training=False))
    inputs["tokens"][inputs["parts"] == 0] = 3
    assert np.abs(np.asarray(classifier.network(inputs, training=False)) - before).max() < 1e-5


def test_every_weight_learns(case: tuple[Classifier, Examples]) -> None:
    classifier, examples = case
    (inputs, targets), *_ = batches_of(classifier, examples, 30)
    variables = classifier.network.trainable_variables
    assert variables
    with tf.GradientTape() as tape:
        predicted = classifier.network(inputs, training=True)
        loss = tf.reduce_mean(keras.losses.categorical_crossentropy(targets, predicted))
    gradients = tape.gradient(loss, [variable.value for variable in variables])
    still = [
        v.path
        for v, g in zip(variables, gradients, strict=True)
        if g is None or not np.abs(tf.convert_to_tensor(g)).max() > 0
    ]
    assert [path for path in still if not _before_normalisation(path, classifier.network)] == []


def _before_normalisation(path: str, network: keras.Model) -> bool:
    """A bias before batch normalisation is taken out again: it cannot learn."""
    return path.endswith("bias") and any("batch_normalization" in layer.name for layer in network.layers)


def test_saved_and_loaded_it_answers_the_same(case: tuple[Classifier, Examples], tmp_path: Path) -> None:
    classifier, examples = case
    loaded = load(save(classifier, tmp_path))
    assert replace(loaded, network=classifier.network) == classifier
    assert np.array_equal(probabilities(loaded, examples.items), probabilities(classifier, examples.items))


@pytest.mark.parametrize(("network", "kind"), [("fnn", "texts"), ("cnn", "pictures"), ("rnn", "pairs")])
def test_it_learns_what_can_be_learned(network: str, kind: str) -> None:
    examples = examples_of(kind)
    fitted = fit(small(network, {"epochs": 25, "rate": 0.03}), examples)
    assert measured(fitted.classifier, examples)["accuracy"] >= 0.9


@pytest.mark.parametrize(("network", "kind", "options"), BETTER)
def test_equal_seeds_give_equal_weights(network: str, kind: str, options: dict[str, object]) -> None:
    examples = examples_of(kind)
    first, second, other = (
        fit(small(network, {**options, "epochs": 2, "seed": seed}), examples).classifier.network.get_weights()
        for seed in (13, 13, 14)
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize("number", [1, 8, 9, 30])
def test_an_epoch_holds_every_example_once(number: int) -> None:
    batches = Batches(examples_of("pictures", number).items, np.arange(number), number, (), ReadConfig(), 8)
    batches.shuffle(1, 0)
    seen = [int(place) for _, targets in batches for place in targets.argmax(axis=1)]
    assert sorted(seen) == list(range(number))
    first = batches.order.copy()
    batches.shuffle(1, 1)
    assert number < 8 or not np.array_equal(first, batches.order)
    batches.shuffle(1, 0)
    assert np.array_equal(first, batches.order)


def test_the_plain_networks_are_those_of_the_introductions() -> None:
    pictures, texts = examples_of("pictures"), examples_of("texts")
    kinds = {}
    for name, examples in (("fnn", pictures), ("cnn", pictures), ("rnn", texts)):
        settings = small(name)
        network = build(type(settings.network)(), input_spec(examples, ReadConfig(), 5), 3)
        kinds[name] = [
            type(layer).__name__ for layer in network.layers if layer.count_params() or "Pool" in type(layer).__name__
        ]
    assert kinds["fnn"] == ["Dense", "Dense"]
    assert kinds["cnn"] == ["Conv2D", "MaxPooling2D", "Conv2D", "MaxPooling2D", "Dense", "Dense"]
    assert kinds["rnn"] == ["Embedding", "GRU", "Dense"]


def test_a_state_of_zeros_begins_every_example() -> None:
    """Neither the size of a batch nor what was read before shows in an answer."""
    examples = examples_of("texts")
    classifier = untrained(small("rnn"), examples)
    first = probabilities(classifier, examples.items[:1])
    probabilities(classifier, examples.items)
    assert np.array_equal(probabilities(classifier, examples.items[:1]), first)


def test_long_texts_are_cut_around_the_entities() -> None:
    parts = (1,) * 30 + (2,) * 2 + (3,) * 3 + (4,) * 2 + (5,) * 30
    text = Text(tuple(f"w{place}" for place in range(len(parts))), parts)
    batches = Batches((text,), np.zeros(1, np.int64), 2, ("w30", "w36"), ReadConfig(length=16), 4)
    ((inputs, _),) = batches
    assert inputs["tokens"].shape == (1, 16)
    assert {2, 3} <= set(inputs["tokens"][0].tolist())
    assert sorted(inputs["parts"][0].tolist()) == inputs["parts"][0].tolist()


def test_numbers_of_a_wrong_shape_are_told() -> None:
    classifier = untrained(small("fnn"), examples_of("pictures"))
    with pytest.raises(UsageError, match=r"\(6, 6, 3\); received \(5, 5, 3\)"):
        probabilities(classifier, np.zeros((2, 5, 5, 3), np.uint8))
    with pytest.raises(UsageError, match="trained on pictures; received texts"):
        measured(classifier, examples_of("texts"))


def test_the_picture_network_wants_pictures() -> None:
    vectors = replace(examples_of("pictures"), items=np.ones((30, 7), np.float32))
    with pytest.raises(UsageError, match=r"\(examples, height, width\[, colours\]\).*\(7,\)"):
        untrained(small("cnn"), vectors)
