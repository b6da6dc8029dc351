"""What the three networks share: their inputs, the pooling of a text's parts, and the layers between two others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import keras
import tensorflow as tf

Shape = tuple[int | None, ...]
LOWEST = -1e9


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What a network reads: numbers of a ``shape``, scaled by ``mean`` and ``variance``; or tokens, where there is
    a ``vocabulary``, in texts of so many ``parts``, and maybe their ``bigrams``.
    """

    shape: tuple[int, ...] = ()
    mean: tuple[float, ...] = ()
    variance: tuple[float, ...] = ()
    vocabulary: int = 0
    parts: int = 1
    bigrams: bool = False


@dataclass(frozen=True, slots=True)
class Tokens:
    """Texts inside a network: inputs int32 (batch, length) each; states (batch, length, width); parts, 0 at padding."""

    inputs: dict[str, keras.KerasTensor]
    states: keras.KerasTensor
    parts: keras.KerasTensor


def numbers_input(spec: InputSpec) -> tuple[dict[str, keras.KerasTensor], keras.KerasTensor]:
    """The input {"numbers": (batch, ...)}, and the same scaled: each feature of vectors for itself, else all alike."""
    numbers = keras.Input(spec.shape, dtype="float32", name="numbers")
    axis = -1 if len(spec.shape) == 1 else None
    mean, variance = (list(v) if axis else v[0] for v in (spec.mean, spec.variance))
    scaled = keras.layers.Normalization(axis=axis, mean=mean, variance=variance, name="scale")(numbers)
    return {"numbers": numbers}, scaled


def tokens_input(spec: InputSpec, width: int, dropout: float) -> Tokens:
    """The inputs {"tokens", "parts"[, "bigrams"]}: int32 (batch, length), 0 at padding; and the tokens' embeddings.

    In training a share of the tokens is blanked (word dropout, Iyyer et al. 2015), so that none is relied upon alone.
    """
    names = ("tokens", "parts", "bigrams") if spec.bigrams else ("tokens", "parts")
    inputs = {name: keras.Input((None,), dtype="int32", name=name) for name in names}
    embedding = keras.layers.Embedding(spec.vocabulary, width, name="embedding")
    states = embedding(inputs["tokens"])
    if spec.bigrams:
        states = keras.layers.Add()([states, embedding(inputs["bigrams"])])
    if dropout:
        states = keras.layers.Dropout(dropout / 2, noise_shape=(None, None, 1))(states)
    return Tokens(inputs, dropped(states, dropout / 2), inputs["parts"])


def dropped(states: keras.KerasTensor, share: float) -> keras.KerasTensor:
    """States with dropout, where there is any."""
    return keras.layers.Dropout(share)(states) if share else states


def normalised(states: keras.KerasTensor, wanted: bool, mask: keras.KerasTensor | None = None) -> keras.KerasTensor:
    """States after batch normalisation (Ioffe and Szegedy 2015), where it is wanted; padding has no part in it."""
    return keras.layers.BatchNormalization()(states, mask=mask) if wanted else states


def same_width(states: keras.KerasTensor, width: int) -> keras.KerasTensor:
    """States as a residual of ``width`` takes them, by a linear layer where they are of another one."""
    return states if states.shape[-1] == width else keras.layers.Dense(width, use_bias=False)(states)


def softmax(states: keras.KerasTensor, classes: int) -> keras.KerasTensor:
    """The probabilities of the classes. Shape: (batch, width) -> float32 (batch, classes)."""
    return keras.layers.Dense(classes, activation="softmax", dtype="float32", name="classes")(states)


@keras.saving.register_keras_serializable("graphwright")
class PartPooling(keras.layers.Layer):
    """The mean or the maximum of each part of a text, side by side (Zeng et al. 2015); zeros of a part that is empty.

    Shape: states (batch, length, width), parts int32 (batch, length), 0 at padding -> (batch, number x width).
    """

    def __init__(self, number: int, kind: Literal["mean", "maximum"], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.number, self.kind = number, kind
        self.supports_masking = True  # the mask ends here: what is pooled has no steps

    def compute_mask(self, inputs: object, previous_mask: object = None) -> None:
        return None

    def call(self, states: tf.Tensor, parts: tf.Tensor) -> tf.Tensor:
        found = []
        for number in range(1, self.number + 1):
            inside = tf.cast(tf.equal(parts, number), states.dtype)[..., tf.newaxis]
            count = tf.reduce_sum(inside, axis=1)
            if self.kind == "mean":
                found.append(tf.reduce_sum(states * inside, axis=1) / tf.maximum(count, 1.0))
            else:
                highest = tf.reduce_max(states + (1.0 - inside) * LOWEST, axis=1)
                found.append(tf.where(count > 0, highest, tf.zeros_like(highest)))
        return tf.concat(found, axis=-1)

    def compute_output_shape(self, states_shape: Shape, parts_shape: Shape) -> Shape:
        return states_shape[0], self.number * (states_shape[-1] or 0)

    def get_config(self) -> dict[str, object]:
        return {**super().get_config(), "number": self.number, "kind": self.kind}
