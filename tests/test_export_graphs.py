"""The graphs that ship say what TensorFlow says, also where their weights are stored in 8 bits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import numpy_helper
from relation_arrays import example, inputs, tiny

from graphwright.models.encoder import EncoderConfig, encoder
from graphwright.models.networks import NETWORKS, relation_network
from graphwright.models.runtime import open_session
from graphwright.models.tags import TAGS
from graphwright.pipeline.errors import ModelError

pytest.importorskip("tf2onnx", reason="export needs the train extra")
from graphwright.models.export import LARGE, encoder_graph, network_graph, save_graph, shrunk

CONFIG = EncoderConfig(vocabulary=300, positions=32, width=32, heads=4, layers=1, inner=160, dropout=0.1)
Arrays = dict[str, NDArray[np.float32]]


def ran(graph: onnx.ModelProto, folder: Path, arrays: Arrays, outputs: list[str]) -> list[NDArray[np.float32]]:
    save_graph(graph, folder / "graph.onnx")
    return list(open_session(folder / "graph.onnx").run(outputs, arrays))


def encoder_arrays() -> Arrays:
    random = np.random.default_rng(2)
    return {
        "pieces": random.integers(1, 300, (1, 12)).astype(np.int32),
        "cases": random.integers(1, 7, (1, 12)).astype(np.int32),
    }


@pytest.fixture(scope="module")
def encoder_and_tagger() -> tuple[keras.Model, keras.layers.Dense]:
    keras.utils.set_random_seed(3)
    tagger = keras.layers.Dense(len(TAGS))
    tagger.build((None, None, CONFIG.width))
    return encoder(CONFIG), tagger


def test_encoder(encoder_and_tagger: tuple[keras.Model, keras.layers.Dense], tmp_path: Path) -> None:
    model, tagger = encoder_and_tagger
    arrays = encoder_arrays()
    expected = np.asarray(model(arrays, training=False))[:, 1:-1]
    graph = encoder_graph(model, tagger)
    states, tags = ran(graph, tmp_path, arrays, ["states", "tags"])
    assert np.allclose(states, expected, atol=1e-4)
    assert np.allclose(tags, np.asarray(tagger(expected)), atol=1e-4)
    small = shrunk(graph)
    near, near_tags = ran(small, tmp_path, arrays, ["states", "tags"])
    assert np.abs(near - states).max() < 0.1
    assert np.abs(near_tags - tags).max() < 0.15
    assert np.abs(near - states).max() > 0
    assert small.ByteSize() < 0.6 * graph.ByteSize()


@pytest.mark.parametrize("vocabulary", [0, 300], ids=["states", "pieces"])
@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_relation_networks(name: str, vocabulary: int, tmp_path: Path) -> None:
    keras.utils.set_random_seed(4)
    network = relation_network(replace(tiny(name), tokens=64, hidden=64, vocabulary=vocabulary))
    batch = inputs([example(1, 11)], list(network.input))
    expected = {key: np.asarray(value) for key, value in network(batch, training=False).items()}
    graph = network_graph(network)
    assert {item.name for item in graph.graph.input} == set(network.input)
    found = dict(zip(expected, ran(graph, tmp_path, batch, list(expected)), strict=True))
    for key, value in expected.items():
        assert np.allclose(found[key], value, atol=1e-4), key
    near = dict(zip(expected, ran(shrunk(graph), tmp_path, batch, list(expected)), strict=True))
    spread = float(np.ptp(found["logits"]))
    assert 0 < np.abs(near["logits"] - found["logits"]).max() < 0.05 * spread
    assert np.abs(near["attention"] - found["attention"]).max() < 0.02


def test_only_large_weights_are_narrow(encoder_and_tagger: tuple[keras.Model, keras.layers.Dense]) -> None:
    graph = encoder_graph(*encoder_and_tagger)
    before = graph.SerializeToString(deterministic=True)
    small = shrunk(graph)
    assert graph.SerializeToString(deterministic=True) == before
    arrays = [numpy_helper.to_array(item) for item in small.graph.initializer]
    assert any(array.dtype == np.int8 for array in arrays)
    assert all(array.size < LARGE or array.ndim < 2 for array in arrays if array.dtype == np.float32)


def test_equal_graphs_give_equal_bytes(
    encoder_and_tagger: tuple[keras.Model, keras.layers.Dense], tmp_path: Path
) -> None:
    graph = encoder_graph(*encoder_and_tagger)
    for name in ("a", "b"):
        save_graph(shrunk(graph), tmp_path / name / "graph.onnx")
    assert (tmp_path / "a" / "graph.onnx").read_bytes() == (tmp_path / "b" / "graph.onnx").read_bytes()


def test_a_missing_or_broken_graph_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nothing\.onnx"):
        open_session(tmp_path / "nothing.onnx")
    (tmp_path / "broken.onnx").write_bytes(b"no graph")
    with pytest.raises(ModelError, match=r"broken\.onnx is no network"):
        open_session(tmp_path / "broken.onnx")
