"""The recurrent network: a bidirectional GRU (Cho et al. 2014) over the tokens, with a residual.

The reset gate is applied after the recurrent product, as cuDNN does, so that the three products of a step are one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras

if TYPE_CHECKING:
    from graphwright.models.networks import RelationConfig


def rnn_tokens(states: keras.KerasTensor, mask: keras.KerasTensor, config: RelationConfig) -> keras.KerasTensor:
    """Shape: states (batch, length, width), mask bool (batch, length), false at padding -> (batch, length, tokens)."""
    gru = keras.layers.GRU(config.tokens // 2, return_sequences=True, reset_after=True, name="gru")
    both = keras.layers.Bidirectional(gru, name="bidirectional")(states, mask=mask)
    straight = keras.layers.Dense(config.tokens, name="straight")(states)
    return keras.layers.Add(name="tokens")([both, straight])
