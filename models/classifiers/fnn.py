"""The feed-forward network: a two-layer perceptron, a dense layer (ReLU) and the softmax.

Of a text it reads the mean of its tokens' embeddings, part by part; so it knows no order within a part.
"""

from __future__ import annotations

import keras

from graphwright.models.classifiers.config import FnnConfig
from graphwright.models.classifiers.layers import (
    InputSpec,
    PartPooling,
    dropped,
    normalised,
    numbers_input,
    same_width,
    softmax,
    tokens_input,
)


def fnn(spec: InputSpec, classes: int, config: FnnConfig) -> keras.Model:
    """Build the network.

    Shape: {"numbers": float32 (batch, ...)} or {"tokens", "parts": int32 (batch, length)} -> float32 (batch, classes).
    """
    inputs, states = _vectors(spec, config)
    for number in range(config.layers):
        hidden = keras.layers.Dense(config.hidden, name=f"hidden_{number + 1}")(states)
        hidden = keras.layers.ReLU()(normalised(hidden, config.normalise))
        states = keras.layers.Add()([hidden, same_width(states, config.hidden)]) if config.residual else hidden
        states = dropped(states, config.dropout)
    return keras.Model(inputs, softmax(states, classes), name="fnn")


def _vectors(spec: InputSpec, config: FnnConfig) -> tuple[dict[str, keras.KerasTensor], keras.KerasTensor]:
    if spec.vocabulary:
        text = tokens_input(spec, config.embedding, config.dropout)
        return text.inputs, PartPooling(spec.parts, "mean", name="means")(text.states, text.parts)
    inputs, scaled = numbers_input(spec)
    return inputs, keras.layers.Flatten()(scaled)
