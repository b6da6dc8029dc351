"""Networks that ship, back in Keras: TensorFlow and the shipped graphs give the same answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from relation_arrays import example, inputs

from graphwright.models.arrays import encoder_inputs
from graphwright.models.encoder import encoder
from graphwright.models.export import network_graph, save_graph, shrunk
from graphwright.models.networks import NETWORKS, RelationConfig, relation_network
from graphwright.models.pieces import split_pieces
from graphwright.models.restoring import restore_weights
from graphwright.models.runtime import open_session
from graphwright.models.shipped import ENCODER, RELATIONS, load_encoder, read_card, weights_folder
from graphwright.pipeline.errors import ModelError
from graphwright.pipeline.records import make_document

WEIGHTS = weights_folder()
TEXT = "Marie Curie was born in Warsaw; in 1895 she married Pierre Curie."


def test_the_shipped_encoder_reads_alike_in_tensorflow() -> None:
    shipped, model = load_encoder(WEIGHTS), encoder()
    restore_weights(model, WEIGHTS / ENCODER)
    states = model(encoder_inputs([split_pieces(shipped.tokenizer, [TEXT])[0]]), training=False)[0, 1:-1]
    assert np.allclose(states, shipped.encode(make_document("a", TEXT)).states, atol=1e-4)


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_a_shipped_relation_network_scores_alike_in_tensorflow(name: str) -> None:
    types = len(read_card(WEIGHTS / name)["types"])
    network = relation_network(RelationConfig(name, types=types))
    restore_weights(network, WEIGHTS / name / RELATIONS)
    states = np.random.default_rng(5).normal(size=(12, 384)).astype(np.float16)
    arrays = inputs([replace(example(5, 12), states=states)], sorted(network.input))
    session = open_session(WEIGHTS / name / RELATIONS)
    logits = session.run(["logits"], {item.name: arrays[item.name] for item in session.get_inputs()})[0]
    assert np.allclose(network(arrays, training=False)["logits"], logits, atol=1e-3)


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_a_graph_of_any_size_comes_back_but_for_rounding(name: str, tmp_path: Path) -> None:
    config = RelationConfig(name, types=9, width=96, tokens=96, hidden=64, size=16)
    one, other = relation_network(config), relation_network(config)
    random = np.random.default_rng(3)
    for variable in one.trainable_variables:
        variable.assign(random.normal(size=variable.shape))
    save_graph(shrunk(network_graph(one)), tmp_path / RELATIONS)
    restore_weights(other, tmp_path / RELATIONS)
    for first, second in zip(one.trainable_variables, other.trainable_variables, strict=True):
        assert np.abs(first - second).max() <= np.abs(first).max() / 127 + 1e-6, first.path


def test_a_graph_of_another_architecture_is_refused() -> None:
    types = len(read_card(WEIGHTS / "fnn")["types"])
    with pytest.raises(ModelError, match="wide/kernel"):
        restore_weights(relation_network(RelationConfig("cnn", types=types)), WEIGHTS / "fnn" / RELATIONS)
    with pytest.raises(ModelError, match="scores/kernel"):
        restore_weights(relation_network(RelationConfig("fnn", types=types + 1)), WEIGHTS / "fnn" / RELATIONS)


def test_what_is_no_graph_is_refused(tmp_path: Path) -> None:
    (tmp_path / ENCODER).write_text("no graph", encoding="utf-8")
    with pytest.raises(ModelError, match="restored"):
        restore_weights(encoder(), tmp_path / ENCODER)
