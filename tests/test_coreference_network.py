"""The coreference network: its loss, that it learns, that the graph that ships computes the same, and its scores."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphwright.models.antecedents import CANDIDATES, PAIR_BUCKETS, SINGLE_BUCKETS, AntecedentFeatures
from graphwright.models.coreference import (
    CoreferenceConfig,
    CoreferenceExample,
    antecedent_loss,
    coreference_batch,
    coreference_inputs,
    coreference_network,
    fit_coreference,
)
from graphwright.models.coreference_scores import Cluster, coreference_scores
from graphwright.models.resolver import NetworkCoreference, linked
from graphwright.models.runtime import open_session
from graphwright.pipeline.mention_traits import traits
from graphwright.pipeline.records import Mention

CONFIG = CoreferenceConfig(width=4, hidden=16, dropout=0.0, epochs=30, rate=0.02)


def example(name: str, mentions: int, seed: int) -> CoreferenceExample:
    """Two entities in turn; the vectors tell which is which."""
    random = np.random.default_rng(seed)
    clusters = random.integers(0, 2, mentions).astype(np.int32)
    vectors = np.repeat(clusters[:, None] * 2.0 - 1.0, 3 * CONFIG.width, 1).astype(np.float32)
    singles = np.stack([random.integers(0, n, mentions) for n in SINGLE_BUCKETS], 1).astype(np.int32)
    candidates = np.arange(mentions)[:, None] - 1 - np.arange(CANDIDATES)
    pairs = np.stack([random.integers(0, n, candidates.shape) for n in PAIR_BUCKETS], -1).astype(np.int32)
    features = AntecedentFeatures(vectors, singles, np.maximum(candidates, -1).astype(np.int32), pairs)
    return CoreferenceExample(name, features, clusters)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[keras.Model, list[float]]:
    keras.utils.set_random_seed(7)
    network = coreference_network(CONFIG)
    losses: list[float] = []
    examples = [example(str(n), 6 + n, n) for n in range(6)]
    folder = tmp_path_factory.mktemp("coreference") / "checkpoint"
    fit_coreference(network, examples, CONFIG, folder, lambda epoch, parts: losses.append(parts["loss"]))
    return network, losses


def test_the_loss_is_that_of_the_summed_right_answers() -> None:
    scores = np.log(np.asarray([[[0.2, 0.3, 0.5], [0.1, 0.1, 0.8]]], np.float32))
    right = np.asarray([[[False, True, True], [False, False, False]]])
    assert float(antecedent_loss(scores, right)) == pytest.approx(-np.log(0.8), rel=1e-5)


def test_right_answers_are_earlier_mentions_of_the_entity_or_new() -> None:
    item = example("a", 4, 1)
    item = CoreferenceExample(item.id, item.features, np.asarray([5, 6, 5, 7], np.int32))
    right = coreference_batch([item])["right"][0]
    assert [np.flatnonzero(row).tolist() for row in right] == [[0], [0], [2], [0]]


def test_the_network_learns(trained: tuple[keras.Model, list[float]]) -> None:
    network, losses = trained
    assert losses[-1] < 0.1 < losses[0]
    fresh = example("fresh", 12, 99)
    scores = network(coreference_inputs([fresh.features]))["scores"].numpy()[0]
    mentions = [Mention("d", n, n + 1, "thing") for n in range(12)]
    known = [traits(chr(65 + n)) for n in range(12)]
    clusters = linked(mentions, known, fresh.features.candidates, scores)
    found = {frozenset(m.start for m in cluster.mentions) for cluster in clusters}
    assert found == {frozenset(np.flatnonzero(fresh.clusters == n).tolist()) for n in (0, 1)}


def test_the_graph_that_ships_computes_the_same(trained: tuple[keras.Model, list[float]], tmp_path: Path) -> None:
    export = pytest.importorskip("graphwright.models.export", reason="the extra [train] is not installed")
    network, _ = trained
    export.save_graph(export.network_graph(network), tmp_path / "coreference.onnx")
    features = example("fresh", 9, 42).features
    resolver = NetworkCoreference(open_session(tmp_path / "coreference.onnx"))
    wanted = network(coreference_inputs([features]))["scores"].numpy()[0]
    np.testing.assert_allclose(resolver.scores(features), wanted, atol=1e-4)


def cluster(*places: int) -> Cluster:
    return frozenset((place, place + 1) for place in places)


def test_scores_of_the_classic_example() -> None:
    """Keys {1..5} {6 7} {8..12}, one response that joins the first and the last: Bagga and Baldwin 1998."""
    keys = [cluster(1, 2, 3, 4, 5), cluster(6, 7), cluster(8, 9, 10, 11, 12)]
    response = [cluster(1, 2, 3, 4, 5, 8, 9, 10, 11, 12), cluster(6, 7)]
    scores = coreference_scores([(keys, response)])
    assert scores["muc"] == pytest.approx(2 * 0.9 / 1.9, abs=1e-4)
    assert scores["b3"] == pytest.approx(2 * (7 / 12) / (1 + 7 / 12), abs=1e-4)
    assert scores["f1"] == pytest.approx((scores["muc"] + scores["b3"] + scores["ceafe"]) / 3, abs=1e-4)


@given(st.lists(st.integers(0, 4), min_size=2, max_size=12))
def test_what_is_right_scores_one(owners: list[int]) -> None:
    clusters = [cluster(*(n for n, owner in enumerate(owners) if owner == one)) for one in sorted(set(owners))]
    scores = coreference_scores([(clusters, clusters)])
    assert scores["b3"] == scores["ceafe"] == 1.0
    assert scores["muc"] == (1.0 if len(clusters) < len(owners) else 0.0)
