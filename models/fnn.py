"""The feed-forward network: each token is read by itself, through one dense layer (ReLU) added to its state.

The pair's two-layer perceptron (``layers.PairScores``) does the rest. What it is not: aware of word order beyond what
the encoder's states hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras

if TYPE_CHECKING:
    from graphwright.models.networks import RelationConfig


def fnn_tokens(states: keras.KerasTensor, mask: keras.KerasTensor, config: RelationConfig) -> keras.KerasTensor:
    """Shape: states (batch, length, width), mask bool (batch, length), false at padding -> (batch, length, tokens)."""
    return keras.layers.Dense(config.tokens, activation="relu", name="token")(states)
