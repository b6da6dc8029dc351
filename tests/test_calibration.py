"""Calibration: fitted probabilities mean what they say, and thresholds keep what they promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphwright.models.calibration import (
    Calibration,
    Candidates,
    best_threshold,
    calibration_error,
    fit_calibration,
    half_of_best_f1,
    reliability,
    threshold_for_precision,
)
from graphwright.models.features import RelationFeatures
from graphwright.pipeline.errors import ModelError

scored = st.lists(st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9]), st.booleans()), min_size=1, max_size=30)


def arrays(pairs: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([score for score, _ in pairs], np.float32), np.array([true for _, true in pairs])


def f1_at(scores: np.ndarray, true: np.ndarray, threshold: float, wanted: int) -> float:
    chosen = scores >= np.float32(threshold)
    return 2 * float(true[chosen].sum()) / (int(chosen.sum()) + wanted)


def candidates(
    margins: np.ndarray,
    true: np.ndarray,
    types: int | np.ndarray = 0,
    mentions: int | np.ndarray = 2,
    entities: int | np.ndarray = 1,
    found: bool | np.ndarray = False,
) -> Candidates:
    parts = (np.broadcast_to(part, len(margins)).astype(np.int64) for part in (types, mentions, entities))
    groups = np.stack([np.arange(len(margins))] * 2, axis=1)  # none has a rival
    return Candidates(margins.astype(np.float32), *parts, np.broadcast_to(found, len(margins)), true, groups)


def text(mentions: Sequence[tuple[int, int]] = (), entities: int = 1, given: bool = True) -> RelationFeatures:
    """What calibration reads of a text: how often the ends of its pairs are mentioned, and what entities it has."""
    nothing = np.zeros(0, np.int32)
    counts = np.array([(0, 0, *both) for both in mentions], np.int32)
    return RelationFeatures(nothing, nothing, nothing, nothing, nothing, counts, tuple(range(entities)), given)


def chances(values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-values))


def test_neutral_is_the_sigmoid_of_the_margin() -> None:
    logits = np.array([[1.0, 3.0, 0.0]], np.float32)
    assert np.allclose(
        Calibration.neutral(2).probabilities(logits, text([(1, 2)], 9)), chances(np.array([[2.0, -1.0]]))
    )


def test_extreme_logits_stay_probabilities() -> None:
    found = Calibration.neutral(1).probabilities(np.array([[0, 1e9], [0, -1e9]], np.float32), text([(1, 1)] * 2))
    assert np.isfinite(found).all()
    assert found[0, 0] > 0.999
    assert found[1, 0] < 0.001


def test_the_circumstances_count() -> None:
    one = Calibration(0.5, (-1.0,), rise=0.125, mentioned=0.25, blur=-0.2, miss=-0.3, crowd=-0.5)
    logits = np.array([[0, 2], [0, -2]], np.float32)
    crowd = -0.5 * np.log(20)
    given = [(0.5 + 0.125 + 0.25 * 5) * 2 + crowd - 1, (0.5 + 0.25 * 2) * -2 + crowd - 1]
    found = [given[0] - 0.2 * 2 - 0.3, given[1] - 0.2 * -2 - 0.3]
    both = [(4, 1), (1, 1)]
    assert np.allclose(one.probabilities(logits, text(both, 20))[:, 0], chances(np.array(given)))
    assert np.allclose(one.probabilities(logits, text(both, 20, given=False))[:, 0], chances(np.array(found)))
    assert np.isfinite(one.probabilities(logits, text(both, 0))).all()


def test_json_round_trip() -> None:
    one = Calibration(0.75, (0.5, -1.25), 0.5, 0.1, -0.2, -0.3, -0.25, ((0.0, 0.5), (1.0, 0.0)))
    assert Calibration.from_json(one.to_json()) == one
    assert Calibration.from_json({"slope": 0.75, "intercepts": [0.5]}) == Calibration(0.75, (0.5,))


def test_a_card_of_another_version_is_refused_by_name() -> None:
    with pytest.raises(ModelError, match="'tilt', which this version cannot read"):
        Calibration.from_json({"slope": 0.75, "intercepts": [0.5], "tilt": 1})


def test_candidates_and_logits_are_scored_alike() -> None:
    one = Calibration(0.5, (-1.0, 0.5), 0.125, 0.25, -0.2, -0.3, -0.5)
    logits = np.array([[1.0, 3.0, -2.0]], np.float32)
    both = candidates(np.array([2.0, -3.0]), np.array([True, False]), np.array([0, 1]), 3, 7, True)
    assert np.allclose(both.probabilities(one), one.probabilities(logits, text([(1, 2)], 7, given=False))[0])


def test_candidates_and_logits_compete_alike() -> None:
    one = Calibration(0.5, (-1.0, 0.5), 0.125, 0.25, -0.2, -0.3, -0.5, rivalry=((1.0, 0.0), (0.0, 0.0)))
    logits = np.array([[0.0, 2.0, 1.0], [0.0, 3.0, -1.0], [0.0, 2.0, 0.5]], np.float32)
    pairs = np.array([[0, 1], [0, 2], [1, 2]], np.int32)
    found = one.probabilities(logits, replace(text([(1, 2)] * 3, 7, given=False), pairs=pairs))
    margins, types = (logits[:, 1:] - logits[:, :1]).ravel(), np.array([0, 1] * 3)
    same = replace(
        candidates(margins, margins > 0, types, 3, 7, True),
        groups=np.array([[0, 2], [1, 3], [0, 4], [1, 5], [2, 4], [3, 5]]),
    )
    assert np.allclose(found.ravel(), same.probabilities(one))
    alone = replace(one, rivalry=()).probabilities(logits, replace(text([(1, 2)] * 3, 7, given=False), pairs=pairs))
    assert (found[:2, 0] < alone[:2, 0]).all(), "two tails of one head"
    assert np.allclose(found[2], alone[2])
    assert np.allclose(found[:, 1], alone[:, 1])


def test_fit_recovers_what_the_chances_were_made_of() -> None:
    random = np.random.default_rng(5)
    margins = random.normal(scale=3, size=40000)
    types, mentions, entities = (random.integers(*ends, 40000) for ends in ((0, 2), (2, 9), (2, 40)))
    found = random.uniform(size=40000) < 0.5
    values = (0.4 + 0.1 * mentions - 0.2 * found) * margins + 0.3 * np.maximum(margins, 0)
    values += -0.3 * np.log(entities) - 0.25 * found + np.where(types == 0, -1.0, 0.5)
    true = random.uniform(size=40000) < chances(values)
    fit = fit_calibration(candidates(margins, true, types, mentions, entities, found), 2)
    assert (fit.slope, fit.rise, fit.mentioned) == pytest.approx((0.4, 0.3, 0.1), abs=0.1)
    assert (fit.blur, fit.miss, fit.crowd) == pytest.approx((-0.2, -0.25, -0.3), abs=0.1)
    assert fit.intercepts == pytest.approx((-1.0, 0.5), abs=0.2)


def test_fit_lowers_the_calibration_error() -> None:
    random = np.random.default_rng(6)
    margins = random.normal(scale=4, size=5000)
    held = candidates(margins, random.uniform(size=5000) < chances(0.4 * margins - 1.0))
    before = calibration_error(held.probabilities(Calibration.neutral(1)), held.true)
    after = calibration_error(held.probabilities(fit_calibration(held, 1)), held.true)
    assert before > 0.1
    assert after < 0.03


def test_a_type_with_few_examples_stays_with_the_others() -> None:
    margins = np.tile(np.array([-2.0, 2.0]), 200)
    true = margins > 0
    true[::8] = ~true[::8]
    types = np.zeros(400, np.int64)
    types[:2] = 1
    found = fit_calibration(candidates(margins, true, types), 3)
    assert abs(found.intercepts[1] - found.intercepts[2]) < 0.5
    assert all(np.isfinite(found.intercepts))


def test_separable_candidates_give_finite_weights() -> None:
    margins = np.array([-1.0, 1.0] * 10)
    found = fit_calibration(candidates(margins, margins > 0), 1)
    assert np.isfinite(found.slope)
    assert found.slope > 0


@settings(deadline=None)
@given(scored)
def test_no_threshold_has_a_better_f1(pairs: list[tuple[float, bool]]) -> None:
    scores, true = arrays(pairs)
    wanted = int(true.sum()) + 1
    best = f1_at(scores, true, best_threshold(scores, true, wanted), wanted)
    assert best == pytest.approx(max(f1_at(scores, true, float(score), wanted) for score in scores))


def test_half_of_the_best_f1_is_the_best_threshold_of_probabilities() -> None:
    chance = np.random.default_rng(3)
    scores = chance.beta(0.4, 1.6, 200_000)
    true = chance.random(200_000) < scores
    half, wanted = half_of_best_f1(scores, true), int(true.sum())
    assert half == pytest.approx(best_threshold(scores, true, wanted), abs=0.03)
    assert f1_at(scores, true, half, wanted) == pytest.approx(2 * half, abs=1e-3)
    assert half_of_best_f1(scores, np.zeros(200_000, bool)) == 0.5


@settings(deadline=None)
@given(scored, st.sampled_from([0.5, 0.8, 0.9]))
def test_the_precision_promised_is_kept(pairs: list[tuple[float, bool]], precision: float) -> None:
    scores, true = arrays(pairs)
    threshold = threshold_for_precision(scores, true, precision)
    levels = {float(level): float(true[scores >= level].mean()) for level in np.unique(scores)}
    reached = [level for level, share in levels.items() if share >= precision]
    assert threshold == (min(reached) if reached else 1.0)


def test_calibration_error_by_hand() -> None:
    scores = np.array([0.25, 0.25, 0.75, 0.75], np.float32)
    true = np.array([False, True, True, True])
    assert calibration_error(scores, true, bins=2) == pytest.approx((abs(0.5 - 1) + abs(1.5 - 2)) / 4)
    assert calibration_error(np.array([1.0], np.float32), np.array([True])) == 0


def test_reliability_leaves_out_empty_bins() -> None:
    scores = np.array([0.1, 0.2, 0.9], np.float32)
    rows = reliability(scores, np.array([False, True, True]), bins=2)
    assert [number for _, _, number in rows] == [2, 1]
    assert rows[0][:2] == pytest.approx((0.15, 0.5))
