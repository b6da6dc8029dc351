"""The convolutional network: two convolutions over five and three tokens (after Zeng et al. 2014), with a residual."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras

from graphwright.models.layers import blanked

if TYPE_CHECKING:
    from graphwright.models.networks import RelationConfig


def cnn_tokens(states: keras.KerasTensor, mask: keras.KerasTensor, config: RelationConfig) -> keras.KerasTensor:
    """Shape: states (batch, length, width), mask bool (batch, length), false at padding -> (batch, length, tokens)."""
    wide = keras.layers.Conv1D(config.tokens, 5, padding="same", activation="relu", name="wide")(blanked(states, mask))
    narrow = keras.layers.Conv1D(config.tokens, 3, padding="same", name="narrow")(blanked(wide, mask))
    straight = keras.layers.Dense(config.tokens, name="straight")(states)
    return keras.layers.Add(name="tokens")([narrow, straight])
