"""The convolutional network: convolution and pool, twice, a dense layer (ReLU), the softmax (LeCun et al. 1998).

Pictures are flattened after the last pool. Texts of any length give the maximum of each of their parts instead.
"""

from __future__ import annotations

import keras

from graphwright.models.classifiers.config import CnnConfig
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
from graphwright.models.layers import blanked
from graphwright.pipeline.errors import UsageError

Inputs = dict[str, keras.KerasTensor]


def cnn(spec: InputSpec, classes: int, config: CnnConfig) -> keras.Model:
    """Build the network.

    Shape: {"numbers": float32 (batch, height, width) or (batch, height, width, colours)} or {"tokens", "parts":
    int32 (batch, length)} -> float32 (batch, classes). Raises ``UsageError`` for numbers of another shape.
    """
    inputs, states = _text(spec, config) if spec.vocabulary else _picture(spec, config)
    hidden = keras.layers.Dense(config.hidden, name="hidden")(dropped(states, config.dropout))
    hidden = keras.layers.ReLU()(normalised(hidden, config.normalise))
    return keras.Model(inputs, softmax(dropped(hidden, config.dropout), classes), name="cnn")


def _picture(spec: InputSpec, config: CnnConfig) -> tuple[Inputs, keras.KerasTensor]:
    if len(spec.shape) not in (2, 3):
        raise UsageError(
            f"cnn wants pictures, texts or arrays (examples, height, width[, colours]); received examples of shape"
            f" {spec.shape}: give x that shape, or train fnn"
        )
    inputs, states = numbers_input(spec)
    if len(spec.shape) == 2:
        states = keras.ops.expand_dims(states, -1)
    if config.augment:
        states = _augmented(states)
    for number, filters in enumerate(config.filters, 1):
        found = keras.layers.Conv2D(filters, config.kernel, padding="same", name=f"convolution_{number}")(states)
        found = keras.layers.ReLU()(normalised(found, config.normalise))
        found = keras.layers.Add()([found, same_width(states, filters)]) if config.residual else found
        states = keras.layers.MaxPooling2D(2, padding="same")(found)
    return inputs, keras.layers.Flatten()(states)


def _augmented(states: keras.KerasTensor) -> keras.KerasTensor:
    """In training, pictures turned, moved and zoomed by chance; never mirrored, which changes what digits are."""
    for layer in (
        keras.layers.RandomRotation(0.03, fill_mode="nearest"),
        keras.layers.RandomTranslation(0.1, 0.1, fill_mode="nearest"),
        keras.layers.RandomZoom(0.1, fill_mode="nearest"),
    ):
        states = layer(states)
    return states


def _text(spec: InputSpec, config: CnnConfig) -> tuple[Inputs, keras.KerasTensor]:
    """As pictures, over one axis. Padding is zero before each convolution, as is what lies beyond the end."""
    text = tokens_input(spec, config.embedding, config.dropout)
    states, parts = text.states, text.parts
    for number, filters in enumerate(config.filters, 1):
        mask = keras.ops.not_equal(parts, 0)
        found = keras.layers.Conv1D(filters, config.kernel, padding="same", name=f"convolution_{number}")(
            blanked(states, mask)
        )
        found = keras.layers.ReLU()(normalised(found, config.normalise, mask))
        found = keras.layers.Add()([found, same_width(states, filters)]) if config.residual else found
        if number < len(config.filters):
            states = keras.layers.MaxPooling1D(2, padding="same")(blanked(found, mask))
            parts = parts[:, ::2]
        else:
            states = found
    return text.inputs, PartPooling(spec.parts, "maximum", name="maxima")(states, parts)
