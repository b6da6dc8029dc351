"""One contract for all relation networks, over encoder states and over trained embeddings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray
from relation_arrays import TYPES, VOCABULARY, WIDTH, example, inputs, tiny, with_pairs

from graphwright.models.heads import StateExample
from graphwright.models.losses import adaptive_threshold_loss
from graphwright.models.networks import NETWORKS, relation_network, token_reader
from graphwright.pipeline.errors import UsageError

CASES = [(name, vocabulary) for name in sorted(NETWORKS) for vocabulary in (0, VOCABULARY)]
LENGTHS = (9, 5, 14, 7)
Outputs = dict[str, NDArray[np.float32]]


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[0]}-{'pieces' if case[1] else 'states'}")
def network(request: pytest.FixtureRequest) -> keras.Model:
    keras.utils.set_random_seed(7)
    name, vocabulary = request.param
    return relation_network(tiny(name, vocabulary=vocabulary))


def items() -> list[StateExample]:
    return [example(seed, length) for seed, length in enumerate(LENGTHS)]


def run(network: keras.Model, batch: list[StateExample]) -> Outputs:
    arrays = {name: tf.constant(value) for name, value in inputs(batch, list(network.input)).items()}
    return {name: np.asarray(value) for name, value in network(arrays, training=False).items()}


def test_output_shapes(network: keras.Model) -> None:
    found = run(network, items())
    assert found["logits"].shape == (4, 6, 1 + TYPES)
    assert found["attention"].shape == (4, 6, max(LENGTHS))
    assert np.isfinite(found["logits"]).all()
    assert np.allclose(found["attention"].sum(axis=-1), 1.0, atol=1e-5)


def test_padding_changes_nothing(network: keras.Model) -> None:
    together = run(network, items())
    for number, item in enumerate(items()):
        alone = run(network, [item])
        assert np.abs(together["logits"][number] - alone["logits"][0]).max() < 1e-5
        length = LENGTHS[number]
        assert np.abs(together["attention"][number, :, :length] - alone["attention"][0]).max() < 1e-5
        assert np.abs(together["attention"][number, :, length:]).max(initial=0) < 1e-6


def test_what_stands_in_padding_does_not_matter(network: keras.Model) -> None:
    batch = [example(0, 9), example(1, 5)]
    arrays = inputs(batch, list(network.input))
    before = np.asarray(network({k: tf.constant(v) for k, v in arrays.items()}, training=False)["logits"])
    text = "states" if "states" in arrays else "pieces"
    arrays[text] = arrays[text].copy()
    arrays[text][1, 5:] = 7
    after = np.asarray(network({k: tf.constant(v) for k, v in arrays.items()}, training=False)["logits"])
    assert np.abs(before - after).max() < 1e-5


def test_the_last_partial_batch(network: keras.Model) -> None:
    whole = run(network, items())["logits"]
    first, last = run(network, items()[:3])["logits"], run(network, items()[3:])["logits"]
    assert np.abs(np.concatenate([first, last]) - whole).max() < 1e-5


def test_each_pair_is_scored_by_itself(network: keras.Model) -> None:
    item = example(0, 9)
    straight = run(network, [item])["logits"][0]
    turned = run(network, [with_pairs(item, [3, 0, 5])])["logits"][0]
    assert np.abs(turned - straight[[3, 0, 5]]).max() < 1e-5


def test_direction_matters(network: keras.Model) -> None:
    item = example(0, 9)
    pairs = item.example.relations.pairs.tolist()  # type: ignore[union-attr]
    there, back = pairs.index([0, 1]), pairs.index([1, 0])
    logits = run(network, [item])["logits"][0]
    assert np.abs(logits[there] - logits[back]).max() > 1e-3


def test_the_text_matters(network: keras.Model) -> None:
    item, other = example(0, 9), example(5, 9)
    text = {"pieces": other.example.pieces, "states": other.states}
    swapped = replace(item, states=text["states"], example=replace(item.example, pieces=text["pieces"]))
    assert np.abs(run(network, [item])["logits"] - run(network, [swapped])["logits"]).max() > 1e-3


def test_saved_and_loaded_it_gives_equal_logits(network: keras.Model, tmp_path: Path) -> None:
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    assert np.array_equal(run(loaded, items())["logits"], run(network, items())["logits"])


@pytest.mark.parametrize(("name", "vocabulary"), CASES)
def test_the_loss_falls_on_eight_examples(name: str, vocabulary: int) -> None:
    keras.utils.set_random_seed(1)
    model = relation_network(tiny(name, vocabulary=vocabulary, dropout=0.1))
    batch = [example(seed, 6 + seed) for seed in range(8)]
    arrays = {key: tf.constant(value) for key, value in inputs(batch, list(model.input)).items()}
    labels = tf.constant(np.stack([item.example.types for item in batch]))
    optimizer = keras.optimizers.Adam(0.02)

    @tf.function
    def step() -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = adaptive_threshold_loss(model(arrays, training=True)["logits"], labels)
        weights = [variable.value for variable in model.trainable_variables]
        optimizer.apply(tape.gradient(loss, weights, unconnected_gradients="zero"), model.trainable_variables)
        return loss

    optimizer.build(model.trainable_variables)
    losses = [float(step()) for _ in range(40)]
    assert losses[-1] < 0.5 * losses[0]


def sigmoid(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return 1 / (1 + np.exp(-values))


def test_the_recurrent_networks_step_by_hand() -> None:
    keras.utils.set_random_seed(2)
    model = relation_network(tiny("rnn"))
    gru = model.get_layer("bidirectional").forward_layer
    gru.set_weights([np.random.default_rng(4).normal(size=weight.shape) for weight in gru.get_weights()])
    kernel, recurrent, bias = gru.get_weights()
    text = np.random.default_rng(3).normal(size=(5, WIDTH)).astype(np.float32)
    state = np.zeros(gru.units, np.float32)
    by_hand = []
    for word in text:
        update_in, reset_in, new_in = np.split(word @ kernel + bias[0], 3)
        update_back, reset_back, new_back = np.split(state @ recurrent + bias[1], 3)
        update, reset = sigmoid(update_in + update_back), sigmoid(reset_in + reset_back)
        candidate = np.tanh(new_in + reset * new_back)
        state = update * state + (1 - update) * candidate
        by_hand.append(state)
    assert np.allclose(np.asarray(gru(text[np.newaxis]))[0], by_hand, atol=1e-5)


def test_an_unknown_network_is_named_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="'lstm'; known: cnn, fnn, rnn"):
        token_reader("lstm")
