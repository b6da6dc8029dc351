"""Training of relation networks: it can be cut off and goes on, and says so when it goes astray."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import NDArray
from relation_arrays import WIDTH, example, tiny

from graphwright.models.batches import by_length
from graphwright.models.heads import HeadConfig, StateExample, fit_head, state_batch
from graphwright.models.networks import relation_network
from graphwright.pipeline.errors import ModelError

CONFIG = HeadConfig(epochs=2, pieces=40, rate=0.01, seed=3)


class KilledError(Exception):
    """What stands for a kill between two epochs."""


def items() -> list[StateExample]:
    return [example(seed, 6 + seed) for seed in range(8)]


def fresh(dropout: float = 0.2) -> keras.Model:
    keras.utils.set_random_seed(11)
    return relation_network(tiny("fnn", dropout=dropout))


def weights(network: keras.Model) -> list[NDArray[np.float32]]:
    return [np.asarray(variable.value) for variable in network.trainable_variables]


def test_a_training_cut_off_ends_with_the_weights_of_one_that_was_not(tmp_path: Path) -> None:
    straight, losses = fresh(), dict[int, Mapping[str, float]]()
    fit_head(straight, items(), CONFIG, tmp_path / "straight", losses.__setitem__)
    assert sorted(losses) == [1, 2]

    def kill(epoch: int, parts: Mapping[str, float]) -> None:
        assert parts == pytest.approx(losses[1])
        raise KilledError

    with pytest.raises(KilledError):
        fit_head(fresh(), items(), CONFIG, tmp_path / "cut", kill)
    resumed, later = fresh(), dict[int, Mapping[str, float]]()
    fit_head(resumed, items(), CONFIG, tmp_path / "cut", later.__setitem__)
    assert sorted(later) == [2]
    for one, other in zip(weights(straight), weights(resumed), strict=True):
        assert np.allclose(one, other, atol=1e-6)


def test_a_finished_training_does_nothing_more(tmp_path: Path) -> None:
    network = fresh()
    fit_head(network, items(), CONFIG, tmp_path / "done", lambda epoch, parts: None)
    before = weights(network)
    assert list((tmp_path / "logs").glob("events.out.tfevents.*"))
    reported: list[int] = []
    fit_head(network, items(), CONFIG, tmp_path / "done", lambda epoch, parts: reported.append(epoch))
    assert reported == []
    assert all(np.array_equal(one, other) for one, other in zip(before, weights(network), strict=True))


def test_the_seed_decides(tmp_path: Path) -> None:
    found = []
    for name in ("a", "b"):
        network = fresh()
        fit_head(network, items(), CONFIG, tmp_path / name, lambda epoch, parts: None)
        found.append(weights(network))
    assert all(np.allclose(one, other, atol=1e-6) for one, other in zip(*found, strict=True))


def test_a_loss_that_is_no_number_is_an_error(tmp_path: Path) -> None:
    broken = [*items()[:-1], replace(items()[-1], states=np.full((13, WIDTH), np.nan, np.float16))]
    with pytest.raises(ModelError, match="no number in epoch 1"):
        fit_head(fresh(), broken, CONFIG, tmp_path / "nan", lambda epoch, parts: None)
    assert list((tmp_path / "nan").glob("ckpt*")) == []


def test_batches_hold_each_example_once_and_little_padding() -> None:
    lengths = [5, 60, 7, 30, 31, 200, 6]
    batches = list(by_length(lengths, 64, seed=1))
    assert sorted(place for batch in batches for place in batch) == list(range(7))
    assert all(len(batch) == 1 or max(lengths[n] for n in batch) * len(batch) <= 64 for batch in batches)
    assert list(by_length(lengths, 64, seed=1)) == batches
    assert list(by_length([], 64, seed=1)) == []


def test_a_batch_marks_padding_as_unknown() -> None:
    short, long = example(0, 6), example(1, 9)
    arrays = state_batch([short, long])
    assert arrays["states"].shape == (2, 9, WIDTH)
    assert arrays["mask"].sum(axis=1).tolist() == [6, 9]
    assert arrays["types"].shape[:2] == arrays["pairs"].shape[:2]
    assert not arrays["evidence"][0, :, 6:].any()
