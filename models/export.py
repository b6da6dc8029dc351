"""From trained Keras models to the graphs that ship: ONNX, small on disk, widened to 32 bits when loaded.

Large weights are stored as 8-bit integers with a scale for each output, and computed with in 32 bits. TensorFlow stays
the reference: a test holds both to the same answers.
"""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import onnx
import tensorflow as tf
import tf2onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from graphwright.models.export_gru import cut_model, join_gru, sorted_nodes

OPSET = 17
Weights = NDArray[np.float32]
LARGE = 4096
"""Weights with fewer elements stay 32-bit: norms and biases are cheap to keep and costly to round."""


def encoder_graph(encoder: keras.Model, tagger: keras.layers.Dense) -> onnx.ModelProto:
    """Shape: pieces, cases int32 (batch, 2 + length) -> states (batch, length, width), tags (batch, length, tags)."""

    def run(pieces: tf.Tensor, cases: tf.Tensor) -> dict[str, tf.Tensor]:
        states = encoder({"pieces": pieces, "cases": cases}, training=False)[:, 1:-1]
        return {"states": states, "tags": tagger(states)}

    signature = [tf.TensorSpec((None, None), tf.int32, name=name) for name in ("pieces", "cases")]
    return _converted(run, signature)


def network_graph(network: keras.Model) -> onnx.ModelProto:
    """A network over the encoder's states or over mentions, with its inputs and outputs by name."""
    if not any(layer.name == "bidirectional" for layer in network.layers):
        names = sorted(network.input)
        return _graph_of(keras.Model([network.input[name] for name in names], network.output), names)
    names, cut = cut_model(network)
    return join_gru(_graph_of(cut, names), network.get_layer("bidirectional"))


def _graph_of(network: keras.Model, names: list[str]) -> onnx.ModelProto:
    signature = [tf.TensorSpec(t.shape, t.dtype, name=name) for name, t in zip(names, network.inputs, strict=True)]

    def run(*tensors: tf.Tensor) -> dict[str, tf.Tensor]:
        outputs: dict[str, tf.Tensor] = network(list(tensors), training=False)
        return outputs

    return _converted(run, signature)


def _converted(run: object, signature: list[tf.TensorSpec]) -> onnx.ModelProto:
    function = tf.function(run, input_signature=signature)
    model, _ = tf2onnx.convert.from_function(function, input_signature=signature, opset=OPSET)
    return model


def shrunk(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same graph with its large weights stored in 8 bits, with one scale for each output of a layer.

    Tables stay 8 bits wide in memory and are widened row by row as they are looked up; the runtime widens all other
    weights once, when it folds constants.
    """
    small = onnx.ModelProto()
    small.CopyFrom(model)
    graph = small.graph
    readers: dict[str, str] = {name: node.op_type for node in graph.node for name in node.input}
    for item in list(graph.initializer):
        value = numpy_helper.to_array(item)
        if value.dtype == np.float32 and value.size >= LARGE and value.ndim > 1:
            graph.initializer.remove(item)
            store = _store_table if readers[item.name] == "Gather" else _store_weights
            store(graph, item.name, value, CONTRACTED.get(readers[item.name], (0,)))
    nodes = sorted_nodes(graph.node, [*(i.name for i in graph.initializer), *(i.name for i in graph.input)])
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(small)
    return small


CONTRACTED: dict[str, tuple[int, ...]] = {"Gather": (1,), "GRU": (2,), "Conv": (1, 2)}
"""The axes over which an operator sums its weights; a matrix product's are rows."""


def _store_weights(graph: onnx.GraphProto, name: str, value: Weights, axes: tuple[int, ...]) -> None:
    _add_rows(graph, name, value, axes)
    graph.node.extend(_widened(f"{name}:8", f"{name}:scale", name))


def _store_table(graph: onnx.GraphProto, name: str, value: Weights, axes: tuple[int, ...]) -> None:
    """Each lookup in the float table becomes one in its 8-bit rows, times the row's scale."""
    _add_rows(graph, name, value, axes)
    for node in [node for node in graph.node if node.op_type == "Gather" and node.input[0] == name]:
        out, index = node.output[0], node.input[1]
        graph.node.remove(node)
        for part in ("8", "scale"):
            graph.node.append(onnx.helper.make_node("Gather", [f"{name}:{part}", index], [f"{out}:{part}"], axis=0))
        graph.node.extend(_widened(f"{out}:8", f"{out}:scale", out))


def _add_rows(graph: onnx.GraphProto, name: str, value: Weights, axes: tuple[int, ...]) -> None:
    scale = np.maximum(np.abs(value).max(axis=axes, keepdims=True) / 127.0, 1e-12).astype(np.float32)
    graph.initializer.append(numpy_helper.from_array(np.rint(value / scale).astype(np.int8), f"{name}:8"))
    graph.initializer.append(numpy_helper.from_array(scale, f"{name}:scale"))


def _widened(narrow: str, scale: str, out: str) -> list[onnx.NodeProto]:
    cast = onnx.helper.make_node("Cast", [narrow], [f"{out}:wide"], to=onnx.TensorProto.FLOAT)
    return [cast, onnx.helper.make_node("Mul", [f"{out}:wide", scale], [out])]


def save_graph(model: onnx.ModelProto, path: Path) -> None:
    """Write a graph; equal graphs give equal bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString(deterministic=True))
