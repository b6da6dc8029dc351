"""Where a network looked when it named a picture: Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391)."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from graphwright.models.classifiers.layers import PartPooling
from graphwright.pipeline.errors import ModelError

LEAST = 1e-12


def load_network(folder: Path) -> keras.Model:
    """The network of a folder with its gradients. Raises ``ModelError`` where it is missing or broken."""
    try:
        return keras.saving.load_model(folder / "network.keras", {"PartPooling": PartPooling}, compile=False)
    except (OSError, ValueError) as error:
        said = str(error).splitlines()[0]
        raise ModelError(f"{folder} has no network that can be followed back ({said}): train it again") from None


def heat(network: keras.Model, picture: NDArray[np.uint8], target: int) -> NDArray[np.float32]:
    """How much each region speaks for a class, from 0 to 1; all zero where none does.

    The maps of the last convolution, weighted by the mean gradient of the class's log-probability, what speaks
    against it cut off. Shape: uint8 (height, width, colours) -> float32 (rows, columns). Raises ``ModelError`` for a
    network without a convolution.
    """
    maps = [
        layer.output
        for layer in network.layers
        if isinstance(layer, keras.layers.ReLU) and len(layer.output.shape) == 4
    ]
    if not maps:
        raise ModelError(f"{network.name} has no convolution whose maps could be shown")
    both = keras.Model(network.input, [maps[-1], network.output])
    with tf.GradientTape() as tape:
        found, answers = both({"numbers": picture[np.newaxis].astype(np.float32)}, training=False)
        tape.watch(found)
        score = tf.math.log(tf.maximum(answers[0, target], LEAST))
    gradient = tape.gradient(score, found)
    return _weighted(np.asarray(found[0]), np.asarray(gradient[0]))


def _weighted(maps: NDArray[np.float32], gradient: NDArray[np.float32]) -> NDArray[np.float32]:
    summed = np.maximum(0.0, (maps * gradient.mean(axis=(0, 1))).sum(axis=-1))
    return np.asarray(summed / max(LEAST, float(summed.max())), np.float32)
