"""From graphs that ship back to Keras models: their weights, widened from 8 bits, for what needs gradients.

Training goes on from them, and an explanation follows a score back to the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import keras
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from graphwright.pipeline.errors import ModelError

Weights = NDArray[np.float32]
KINDS = {
    "Cast/ReadVariableOp:0": "kernel",
    "BiasAdd/ReadVariableOp:0": "bias",
    "GatherV2/ReadVariableOp:0": "embeddings",
    "Reshape:0": "gamma",
    "Reshape_1:0": "beta",
    "convolution/ExpandDims_1:0": "kernel",
}
"""What the exporter calls a layer's weights, behind the layer's name."""
GRU_PARTS = {"kernel": "gru:W", "recurrent_kernel": "gru:R", "bias": "gru:B"}
NUMBERED = re.compile(r"(?:_\d+)+(?=/|$)")


def restore_weights(model: keras.Model | keras.layers.Layer, path: Path) -> None:
    """Put the weights of an exported graph into a model of the same architecture, but for the rounding to 8 bits.

    Raises ``ModelError`` where the graph lacks a weight of the model, or has it in another shape.
    """
    stored = stored_weights(path)
    for variable in model.variables:
        if "seed_generator" in variable.path:
            continue
        value = stored.get(variable.path, stored.get(f"encoder/{variable.path}"))
        if value is None or value.shape != tuple(variable.shape):
            found = "nothing" if value is None else f"shape {value.shape}"
            raise ModelError(f"{path} was wanted to hold {variable.path} {tuple(variable.shape)}; it holds {found}")
        variable.assign(value)


def stored_weights(path: Path) -> dict[str, Weights]:
    """The weights of an exported graph under the paths that they have in Keras, in Keras's shapes."""
    try:
        graph = onnx.load(path).graph
    except Exception as error:  # protobuf's errors have no common public class
        raise ModelError(f"{path} is no network that can be restored: {error}") from None
    values = dict(_widened({item.name: numpy_helper.to_array(item) for item in graph.initializer}))
    found = {name: value for stored, value in values.items() for name, value in _as_keras(stored, value)}
    # A convolution's bias lost its name when the exporter folded constants.
    for node in graph.node:
        bias = next((values[name] for name in node.input if name in values), None)
        if node.output[0].endswith("/BiasAdd:0") and bias is not None:
            found[f"{_layer(node.output[0].removesuffix('/BiasAdd:0'))}/bias"] = bias.reshape(-1)
    return found


def _widened(stored: Mapping[str, NDArray[np.generic]]) -> Iterator[tuple[str, Weights]]:
    for name, value in stored.items():
        if name.endswith(":8"):
            plain = name.removesuffix(":8")
            yield plain, value.astype(np.float32) * stored[f"{plain}:scale"].astype(np.float32)
        elif value.dtype == np.float32 and not name.endswith(":scale"):
            yield name, value.astype(np.float32)


def _as_keras(name: str, value: Weights) -> Iterator[tuple[str, Weights]]:
    if name in GRU_PARTS.values():
        yield from _gru(name, value)
    for suffix, kind in KINDS.items():
        if name.endswith(f"/{suffix}"):
            yield f"{_layer(name.removesuffix(f'/{suffix}'))}/{kind}", _in_keras_shape(value, kind)


def _in_keras_shape(value: Weights, kind: str) -> Weights:
    """Convolutions are (outputs, inputs, 1, size) in a graph, and norms have axes of one."""
    if kind == "kernel" and value.ndim == 4:
        return value[:, :, 0].transpose(2, 1, 0)
    return value.reshape(-1) if kind in ("gamma", "beta") else value


def _gru(name: str, value: Weights) -> Iterator[tuple[str, Weights]]:
    """Keras's (input, 3 units) kernels out of ONNX's layout, as ``export_gru`` put them in."""
    kind = next(kind for kind, stored in GRU_PARTS.items() if stored == name)
    for direction, part in zip(("forward", "backward"), value, strict=True):
        restored = part.reshape(2, -1) if kind == "bias" else part.T
        yield f"bidirectional/{direction}_gru/gru_cell/{kind}", restored


def _layer(name: str) -> str:
    """The path of a layer in its model: calls are numbered, and a functional model's name comes first."""
    plain = NUMBERED.sub("", name)
    return re.sub(r"^(?:functional|relations_\w+)/", "", plain)
