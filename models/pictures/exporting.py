"""A trained Keras network of pictures as the graph that is used."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from graphwright.models.export import network_graph, save_graph, shrunk


def export_pictures(network: keras.Model, path: Path) -> None:
    """Write the graph: uint8-valued "numbers" float32 (batch, height, width, colours) -> (batch, classes)."""
    plain = keras.models.clone_model(network, clone_function=_plain)
    plain.set_weights(network.get_weights())
    save_graph(shrunk(network_graph(plain)), path)


def _plain(layer: keras.layers.Layer) -> keras.layers.Layer:
    """The same layer, but a scale by two numbers, which the exporter can write, in place of one by two tensors."""
    if not isinstance(layer, keras.layers.Normalization):
        return layer.__class__.from_config(layer.get_config())
    mean, deviation = (float(np.asarray(value).reshape(-1)[0]) for value in (layer.mean, np.sqrt(layer.variance)))
    return keras.layers.Rescaling(1.0 / deviation, -mean / deviation, name=layer.name)
