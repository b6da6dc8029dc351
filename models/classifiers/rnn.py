"""The recurrent network: a GRU (Cho et al. 2014) over the embeddings of a text or the rows of numbers; the softmax.

Each example begins with a state of zeros, whatever the size of its batch, in training as in use. The softmax reads the
state after the last token; padding leaves it as it is. Or it reads the maximum or the mean of each part, with a
residual that of tokens in their context and by themselves (after Lai et al. 2015).
"""

from __future__ import annotations

from typing import Literal

import keras

from graphwright.models.classifiers.config import RnnConfig
from graphwright.models.classifiers.layers import (
    InputSpec,
    PartPooling,
    dropped,
    numbers_input,
    same_width,
    softmax,
    tokens_input,
)


def rnn(spec: InputSpec, classes: int, config: RnnConfig) -> keras.Model:
    """Build the network.

    Shape: {"numbers": float32 (batch, steps[, ...])} or {"tokens", "parts": int32 (batch, length)} -> float32 (batch,
    classes). Of numbers all but the steps is flattened: the rows of a picture are its steps.
    """
    if spec.vocabulary:
        text = tokens_input(spec, config.embedding, config.dropout)
        mask = keras.ops.not_equal(text.parts, 0)
        inputs, states, parts, number = text.inputs, text.states, text.parts, spec.parts
    else:
        inputs, scaled = numbers_input(spec)
        states = keras.layers.Reshape((spec.shape[0], -1))(scaled)
        mask, parts, number = None, keras.ops.ones_like(states[..., 0], dtype="int32"), 1
    for layer in range(1, config.layers):
        found = _gru(config, f"gru_{layer}", sequences=True)(states, mask=mask)
        states = keras.layers.Add()([found, same_width(states, found.shape[-1])]) if config.residual else found
        states = dropped(states, config.dropout)
    read = _gru(config, f"gru_{config.layers}", sequences=config.pooling != "last")(states, mask=mask)
    if config.pooling != "last":
        if config.residual:
            read = keras.layers.Add()([read, same_width(states, read.shape[-1])])
        kind: Literal["mean", "maximum"] = "mean" if config.pooling == "means" else "maximum"
        read = PartPooling(number, kind, name="pooled")(read, parts)
    return keras.Model(inputs, softmax(dropped(read, config.dropout), classes), name="rnn")


def _gru(config: RnnConfig, name: str, *, sequences: bool) -> keras.layers.Layer:
    gru = keras.layers.GRU(config.units, return_sequences=sequences, name=name)
    return keras.layers.Bidirectional(gru, name=name) if config.bidirectional else gru
