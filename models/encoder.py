"""The encoder: MiniLM-L6, a six-layer transformer over uncased word pieces, with an embedding of each piece's case.

Architecture after BERT (Devlin et al. 2019) and MiniLM (Wang et al. 2020), post-layer-norm. The vocabulary is uncased,
and case is what names are known by, so the letter case of each piece is added as an embedding that starts at zero:
with the published weights the model begins as the published one.
"""

from __future__ import annotations

from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

CASES = ("padding", "other", "lower", "title", "upper", "mixed", "digit")
MASKED = -1e4
Shape = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """Sizes of the encoder; the defaults are MiniLM-L6's."""

    vocabulary: int = 30522
    positions: int = 512
    width: int = 384
    heads: int = 12
    layers: int = 6
    inner: int = 1536
    dropout: float = 0.1


@keras.saving.register_keras_serializable("graphwright")
class PieceEmbedding(keras.layers.Layer):
    """Sum of piece, position and case embeddings, normalised.

    Shape: pieces, cases int32 (batch, length), 0 is padding -> float32 (batch, length, width).
    """

    def __init__(self, vocabulary: int, positions: int, width: int, dropout: float = 0.1, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.vocabulary, self.positions, self.width, self.dropout_rate = vocabulary, positions, width, dropout
        self.piece = keras.layers.Embedding(vocabulary, width, name="piece")
        self.position = keras.layers.Embedding(positions, width, name="position")
        self.case = keras.layers.Embedding(len(CASES), width, embeddings_initializer="zeros", name="case")
        self.norm = keras.layers.LayerNormalization(epsilon=1e-12, name="norm")
        self.dropout = keras.layers.Dropout(dropout)

    def build(self, pieces_shape: Shape, cases_shape: Shape) -> None:
        for layer in (self.piece, self.position, self.case):
            layer.build((None, None))
        self.norm.build((None, None, self.width))
        self.built = True

    def call(self, pieces: tf.Tensor, cases: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        return self.dropout(self.norm(self.summed(pieces, cases)), training=training)

    def summed(self, pieces: tf.Tensor, cases: tf.Tensor) -> tf.Tensor:
        """The embeddings before they are normalised."""
        places = tf.range(tf.shape(pieces)[1])
        return self.piece(pieces) + self.case(cases) + self.position(places)[tf.newaxis]

    def get_config(self) -> dict[str, object]:
        sizes = {"vocabulary": self.vocabulary, "positions": self.positions, "width": self.width}
        return {**super().get_config(), **sizes, "dropout": self.dropout_rate}


@keras.saving.register_keras_serializable("graphwright")
class TransformerLayer(keras.layers.Layer):
    """Self-attention and a two-layer perceptron (exact GELU), each added to its input and normalised.

    Shape: states float32 (batch, length, width), bias float32 (batch, 1, 1, length), ``MASKED`` at padding -> states.
    """

    def __init__(self, width: int, heads: int, inner: int, dropout: float = 0.1, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.width, self.heads, self.inner, self.dropout_rate = width, heads, inner, dropout
        self.query, self.key, self.value = (keras.layers.Dense(width, name=n) for n in ("query", "key", "value"))
        self.output_dense = keras.layers.Dense(width, name="output")
        self.up = keras.layers.Dense(inner, name="up")
        self.down = keras.layers.Dense(width, name="down")
        self.attention_norm = keras.layers.LayerNormalization(epsilon=1e-12, name="attention_norm")
        self.final_norm = keras.layers.LayerNormalization(epsilon=1e-12, name="final_norm")
        self.dropout = keras.layers.Dropout(dropout)

    def build(self, states_shape: Shape, bias_shape: Shape) -> None:
        for layer in (self.query, self.key, self.value, self.output_dense, self.up):
            layer.build((None, None, self.width))
        self.down.build((None, None, self.inner))
        for norm in (self.attention_norm, self.final_norm):
            norm.build((None, None, self.width))
        self.built = True

    def call(self, states: tf.Tensor, bias: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        attended = self.dropout(self.output_dense(self._attend(states, bias)), training=training)
        states = self.attention_norm(states + attended)
        up = self.up(states)
        hidden = up * 0.5 * (1.0 + tf.math.erf(up * 0.7071067811865476))
        return self.final_norm(states + self.dropout(self.down(hidden), training=training))

    def _attend(self, states: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        size = self.width // self.heads
        batch, length = tf.shape(states)[0], tf.shape(states)[1]
        shape = (batch, length, self.heads, size)
        query, key, value = (
            tf.transpose(tf.reshape(dense(states), shape), (0, 2, 1, 3)) for dense in (self.query, self.key, self.value)
        )
        scores = tf.matmul(query, key, transpose_b=True) * size**-0.5 + tf.cast(bias, query.dtype)
        mixed = tf.matmul(tf.nn.softmax(scores), value)
        return tf.reshape(tf.transpose(mixed, (0, 2, 1, 3)), (batch, length, self.width))

    def get_config(self) -> dict[str, object]:
        sizes = {"width": self.width, "heads": self.heads, "inner": self.inner, "dropout": self.dropout_rate}
        return {**super().get_config(), **sizes}


@keras.saving.register_keras_serializable("graphwright")
class AttentionBias(keras.layers.Layer):
    """Zero at pieces, ``MASKED`` at padding. Shape: pieces int32 (batch, length) -> float32 (batch, 1, 1, length)."""

    def call(self, pieces: tf.Tensor) -> tf.Tensor:
        return tf.cast(tf.equal(pieces, 0), self.compute_dtype)[:, tf.newaxis, tf.newaxis, :] * MASKED


def encoder(config: EncoderConfig | None = None) -> keras.Model:
    """Build the encoder, MiniLM-L6 in size unless told.

    Shape: {"pieces": int32 (batch, length), "cases": int32 (batch, length)} -> states float32 (batch, length, width).
    """
    config = config or EncoderConfig()
    pieces = keras.Input((None,), dtype="int32", name="pieces")
    cases = keras.Input((None,), dtype="int32", name="cases")
    embed = PieceEmbedding(config.vocabulary, config.positions, config.width, config.dropout, name="embedding")
    states = embed(pieces, cases)
    bias = AttentionBias(name="bias")(pieces)
    for number in range(config.layers):
        layer = TransformerLayer(config.width, config.heads, config.inner, config.dropout, name=f"layer{number}")
        states = layer(states, bias)
    return keras.Model({"pieces": pieces, "cases": cases}, states, name="encoder")


def load_minilm(model: keras.Model, tensors: dict[str, NDArray[np.float32]]) -> None:
    """Put the published MiniLM weights (names as in its safetensors file) into ``model``; the case embedding stays."""
    embedding = model.get_layer("embedding")
    token_type = tensors["embeddings.token_type_embeddings.weight"][0]
    embedding.piece.set_weights([tensors["embeddings.word_embeddings.weight"]])
    embedding.position.set_weights([tensors["embeddings.position_embeddings.weight"] + token_type])
    embedding.norm.set_weights([tensors["embeddings.LayerNorm.weight"], tensors["embeddings.LayerNorm.bias"]])
    number = 0
    while f"encoder.layer.{number}.output.dense.weight" in tensors:
        _load_layer(model.get_layer(f"layer{number}"), tensors, f"encoder.layer.{number}.")
        number += 1


def _load_layer(layer: TransformerLayer, tensors: dict[str, NDArray[np.float32]], prefix: str) -> None:
    dense = {
        "attention.self.query": layer.query,
        "attention.self.key": layer.key,
        "attention.self.value": layer.value,
        "attention.output.dense": layer.output_dense,
        "intermediate.dense": layer.up,
        "output.dense": layer.down,
    }
    norms = {"attention.output.LayerNorm": layer.attention_norm, "output.LayerNorm": layer.final_norm}
    for name, part in dense.items():
        part.set_weights([tensors[f"{prefix}{name}.weight"].T, tensors[f"{prefix}{name}.bias"]])
    for name, part in norms.items():
        part.set_weights([tensors[f"{prefix}{name}.weight"], tensors[f"{prefix}{name}.bias"]])
