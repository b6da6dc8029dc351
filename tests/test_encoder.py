"""The encoder: padding changes nothing, case counts, and published weights find their places."""

from __future__ import annotations

from math import erf
from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from graphwright.models.arrays import encoder_inputs
from graphwright.models.encoder import EncoderConfig, encoder, load_minilm
from graphwright.models.pieces import Pieces

CONFIG = EncoderConfig(vocabulary=200, positions=32, width=12, heads=3, layers=2, inner=20, dropout=0.1)


@pytest.fixture(scope="module")
def model() -> keras.Model:
    keras.utils.set_random_seed(5)
    return encoder(CONFIG)


def pieces(seed: int, length: int) -> Pieces:
    random = np.random.default_rng(seed)
    return Pieces(
        random.integers(103, 200, length).astype(np.int32),
        random.integers(1, 7, length).astype(np.int32),
        np.zeros((length, 2), np.int32),
    )


def states(model: keras.Model, *parts: Pieces) -> NDArray[np.float32]:
    return np.asarray(model(encoder_inputs(parts), training=False))


def test_shape(model: keras.Model) -> None:
    assert states(model, pieces(0, 5), pieces(1, 9)).shape == (2, 11, 12)


@pytest.mark.parametrize("longest", [6, 12, 30])
def test_padding_changes_nothing(model: keras.Model, longest: int) -> None:
    alone = states(model, pieces(0, 5))[0]
    padded = states(model, pieces(0, 5), pieces(1, longest))[0, :7]
    assert np.abs(alone - padded).max() < 1e-5


def test_an_empty_text_is_its_two_marks(model: keras.Model) -> None:
    found = states(model, pieces(0, 0))
    assert found.shape == (1, 2, 12)
    assert np.isfinite(found).all()


def test_order_matters(model: keras.Model) -> None:
    text = pieces(0, 6)
    turned = Pieces(text.ids[::-1], text.cases, text.offsets)
    assert np.abs(states(model, text)[0, 1:-1][::-1] - states(model, turned)[0, 1:-1]).max() > 1e-3


def tensors(config: EncoderConfig) -> dict[str, NDArray[np.float32]]:
    """Made-up weights under the names and in the shapes of the published file."""
    random = np.random.default_rng(9)

    def made(*shape: int) -> NDArray[np.float32]:
        return random.normal(size=shape, scale=0.3).astype(np.float32)

    width, inner = config.width, config.inner
    found = {
        "embeddings.word_embeddings.weight": made(config.vocabulary, width),
        "embeddings.position_embeddings.weight": made(config.positions, width),
        "embeddings.token_type_embeddings.weight": made(2, width),
        "embeddings.LayerNorm.weight": made(width),
        "embeddings.LayerNorm.bias": made(width),
    }
    for number in range(config.layers):
        prefix = f"encoder.layer.{number}."
        for name in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            found |= {f"{prefix}{name}.weight": made(width, width), f"{prefix}{name}.bias": made(width)}
        found |= {
            f"{prefix}intermediate.dense.weight": made(inner, width),
            f"{prefix}intermediate.dense.bias": made(inner),
        }
        found |= {f"{prefix}output.dense.weight": made(width, inner), f"{prefix}output.dense.bias": made(width)}
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            found |= {f"{prefix}{name}.weight": made(width), f"{prefix}{name}.bias": made(width)}
    return found


def normalised(states: NDArray[np.float64], name: str, given: dict[str, NDArray[np.float32]]) -> NDArray[np.float64]:
    centred = states - states.mean(-1, keepdims=True)
    return centred / np.sqrt(centred.var(-1, keepdims=True) + 1e-12) * given[f"{name}.weight"] + given[f"{name}.bias"]


def by_hand(
    ids: NDArray[np.int32], given: dict[str, NDArray[np.float32]], config: EncoderConfig
) -> NDArray[np.float64]:
    """BERT as published, in numpy: one text, unpadded."""
    gelu = np.vectorize(lambda value: value * 0.5 * (1 + erf(value / 2**0.5)))

    def dense(states: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        return states @ given[f"{name}.weight"].T + given[f"{name}.bias"]

    total = given["embeddings.word_embeddings.weight"][ids] + given["embeddings.position_embeddings.weight"][: len(ids)]
    states = normalised(total + given["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm", given)
    for number in range(config.layers):
        prefix = f"encoder.layer.{number}."
        query, key, value = (
            dense(states, f"{prefix}attention.self.{name}").reshape(len(ids), config.heads, -1).transpose(1, 0, 2)
            for name in ("query", "key", "value")
        )
        scores = np.exp(query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[-1]))
        mixed = (scores / scores.sum(-1, keepdims=True)) @ value
        attended = dense(mixed.transpose(1, 0, 2).reshape(len(ids), -1), f"{prefix}attention.output.dense")
        states = normalised(states + attended, f"{prefix}attention.output.LayerNorm", given)
        inner = dense(gelu(dense(states, f"{prefix}intermediate.dense")), f"{prefix}output.dense")
        states = normalised(states + inner, f"{prefix}output.LayerNorm", given)
    return states


def test_published_weights_make_the_published_network() -> None:
    model, given = encoder(CONFIG), tensors(CONFIG)
    load_minilm(model, given)
    text = pieces(3, 7)
    arrays = encoder_inputs([text])
    found = np.asarray(model(arrays, training=False))[0]
    assert np.allclose(found, by_hand(arrays["pieces"][0], given, CONFIG), atol=1e-4)


def test_a_fresh_case_embedding_is_zero_and_then_counts(model: keras.Model) -> None:
    text = pieces(0, 6)
    other = Pieces(text.ids, text.cases[::-1].copy() % 6 + 1, text.offsets)
    fresh = encoder(CONFIG)
    assert np.array_equal(states(fresh, text), states(fresh, other))
    case = fresh.get_layer("embedding").case
    case.set_weights([np.random.default_rng(1).normal(size=weight.shape) for weight in case.get_weights()])
    assert np.abs(states(fresh, text) - states(fresh, other)).max() > 1e-3


def test_saved_and_loaded_it_gives_equal_states(model: keras.Model, tmp_path: Path) -> None:
    model.save(tmp_path / "encoder.keras")
    loaded = keras.saving.load_model(tmp_path / "encoder.keras")
    assert np.array_equal(states(loaded, pieces(0, 5)), states(model, pieces(0, 5)))
