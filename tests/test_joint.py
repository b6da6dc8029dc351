"""Training of the encoder with its heads: every group is read, and a training that was cut off ends the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from relation_arrays import TYPES, VOCABULARY, example

from graphwright.models.batches import training_batch
from graphwright.models.encoder import EncoderConfig
from graphwright.models.examples import Example
from graphwright.models.joint import JointConfig, JointModel, epoch_batches, epoch_examples, fit_joint, joint_model
from graphwright.models.tags import TAGS

CONFIG = JointConfig(epochs=2, pieces=40, encoder_rate=1e-3, head_rate=1e-2, seed=5)
TINY = EncoderConfig(vocabulary=103 + VOCABULARY, positions=32, width=12, heads=3, layers=1, inner=20)


class KilledError(Exception):
    """What stands for a kill between two epochs."""


def tagged(seed: int, *, related: bool) -> Example:
    """An example in which the first piece is a name and nothing else is."""
    made = example(seed, 6 + seed).example
    allowed = np.zeros((len(made.pieces), len(TAGS)), bool)
    allowed[:, TAGS.index("O")] = True
    allowed[0] = np.arange(len(TAGS)) == TAGS.index("B-PER")
    made = replace(made, allowed=allowed)
    return made if related else replace(made, relations=None, types=made.types[:0], evidence=made.evidence[:0])


def groups() -> list[tuple[float, list[Example]]]:
    return [(1.0, [tagged(n, related=True) for n in range(4)]), (0.5, [tagged(n, related=False) for n in range(4)])]


def fresh() -> JointModel:
    keras.utils.set_random_seed(11)
    return joint_model(TYPES, config=TINY)


def weights(model: JointModel) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    return [np.asarray(v.value) for v in [*model.encoder.trainable_variables, *model.head_variables()]]


def test_a_training_cut_off_ends_with_the_weights_of_one_that_was_not(tmp_path: Path) -> None:
    straight = fresh()
    seen: dict[int, Mapping[str, float]] = {}
    fit_joint(straight, groups(), CONFIG, tmp_path / "straight" / "checkpoint", seen.__setitem__)
    assert sorted(seen) == [1, 2]
    assert set(seen[1]) == {"tags", "types", "evidence"}
    assert seen[2]["tags"] < seen[1]["tags"]

    def kill(epoch: int, parts: Mapping[str, float]) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        fit_joint(fresh(), groups(), CONFIG, tmp_path / "cut" / "checkpoint", kill)
    resumed = fresh()
    fit_joint(resumed, groups(), CONFIG, tmp_path / "cut" / "checkpoint", seen.__setitem__)
    for one, other in zip(weights(straight), weights(resumed), strict=True):
        assert np.array_equal(one, other)


def test_progress_is_told_by_the_batch(tmp_path: Path) -> None:
    totals: list[int] = []
    counted: list[int] = []

    def track(batches: object, total: int) -> list[object]:
        found = list(batches)  # type: ignore[call-overload]
        totals.append(total)
        counted.append(len(found))
        return found

    fit_joint(fresh(), groups(), CONFIG, tmp_path / "checkpoint", lambda *_: None, track)
    assert totals == counted
    assert len(totals) == 2


def test_a_group_below_one_is_read_in_turns() -> None:
    even, odd = (epoch_examples(groups(), epoch)[4:] for epoch in (0, 1))
    assert len(even) == len(odd) == 2
    assert {item.id for item in even + odd} == {item.id for item in groups()[1][1]}


def test_batches_with_relations_stand_among_the_others() -> None:
    made = [training_batch(batch) for batch in epoch_batches(groups(), CONFIG, 0)]
    assert {"types" in batch for batch in made} == {True, False}
    assert sum(len(batch["pieces"]) for batch in made) == 6
