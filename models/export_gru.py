"""A bidirectional Keras GRU as ONNX's GRU operator, since a converted loop over tokens runs many times slower."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper


def cut_model(network: keras.Model) -> tuple[list[str], keras.Model]:
    """The network with the GRU cut out, and the names of its inputs in order.

    The GRU's result comes in as "gru"; what the GRU reads goes out as "marked".
    """
    names = sorted(network.input)
    gru = network.get_layer("bidirectional").output
    marked = network.get_layer("marks_embedding").output
    inputs = [*(network.input[name] for name in names), gru]
    return [*names, "gru"], keras.Model(inputs, {**network.output, "marked": marked})


def join_gru(model: onnx.ModelProto, layer: keras.layers.Bidirectional) -> onnx.ModelProto:
    """Put ONNX's GRU (linear_before_reset = 1, Keras's reset_after) between "marked" and "gru" of a cut graph.

    Shape: marked (batch, length, width) -> gru (batch, length, 2 * units). Every sequence is taken to be unpadded.
    """
    forward, backward = (_weights(part) for part in (layer.forward_layer, layer.backward_layer))
    joined = onnx.ModelProto()
    joined.CopyFrom(model)
    graph = joined.graph
    for name, index in (("gru:W", 0), ("gru:R", 1), ("gru:B", 2)):
        graph.initializer.append(numpy_helper.from_array(np.stack([forward[index], backward[index]]), name))
    graph.initializer.append(numpy_helper.from_array(np.asarray([0, 0, -1], np.int64), "gru:shape"))
    units = layer.forward_layer.units
    added = [
        helper.make_node("Transpose", ["marked"], ["gru:in"], perm=[1, 0, 2]),
        helper.make_node(
            "GRU",
            ["gru:in", "gru:W", "gru:R", "gru:B"],
            ["gru:out"],
            hidden_size=units,
            direction="bidirectional",
            linear_before_reset=1,
        ),
        helper.make_node("Transpose", ["gru:out"], ["gru:turned"], perm=[2, 0, 1, 3]),
        helper.make_node("Reshape", ["gru:turned", "gru:shape"], ["gru"]),
    ]
    nodes = sorted_nodes([*graph.node, *added], [*(i.name for i in graph.initializer), *(i.name for i in graph.input)])
    del graph.node[:]
    graph.node.extend(nodes)
    _drop(graph.input, "gru")
    _drop(graph.output, "marked")
    onnx.checker.check_model(joined)
    return joined


def _weights(gru: keras.layers.GRU) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Keras's (input, 3 units) kernels in ONNX's layout; both order their gates update, reset, candidate."""
    kernel, recurrent, bias = gru.get_weights()
    return kernel.T, recurrent.T, bias.reshape(-1)


def sorted_nodes(nodes: Sequence[onnx.NodeProto], known: Sequence[str]) -> list[onnx.NodeProto]:
    """Nodes in an order in which each finds its inputs (ONNX demands one)."""
    ready = {"", *known} - {"gru"}
    waiting = list(nodes)
    order: list[onnx.NodeProto] = []
    while waiting:
        now = [node for node in waiting if all(name in ready for name in node.input)]
        if not now:
            raise ValueError(f"a graph without circles was wanted; {len(waiting)} nodes wait for each other")
        order += now
        ready |= {name for node in now for name in node.output}
        waiting = [node for node in waiting if not all(name in ready for name in node.output)]
    return order


def _drop(values: object, name: str) -> None:
    kept = [value for value in values if value.name != name]  # type: ignore[attr-defined]
    del values[:]  # type: ignore[attr-defined]
    values.extend(kept)  # type: ignore[attr-defined]
