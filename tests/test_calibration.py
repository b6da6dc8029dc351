"""Calibration: fitted probabilities mean what they say, and thresholds keep what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphwright.models.calibration import (
    Calibration,
    best_threshold,
    calibration_error,
    fit_calibration,
    reliability,
    threshold_for_precision,
)

scored = st.lists(st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9]), st.booleans()), min_size=1, max_size=30)


def arrays(pairs: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([score for score, _ in pairs], np.float32), np.array([true for _, true in pairs])


def f1_at(scores: np.ndarray, true: np.ndarray, threshold: float, wanted: int) -> float:
    chosen = scores >= np.float32(threshold)
    return 2 * float(true[chosen].sum()) / (int(chosen.sum()) + wanted)


def test_neutral_is_the_sigmoid_of_the_margin() -> None:
    logits = np.array([[1.0, 3.0, 0.0]], np.float32)
    expected = 1 / (1 + np.exp(-np.array([[2.0, -1.0]])))
    assert np.allclose(Calibration.neutral(2).probabilities(logits), expected)


def test_extreme_logits_stay_probabilities() -> None:
    found = Calibration.neutral(1).probabilities(np.array([[0, 1e9], [0, -1e9]], np.float32))
    assert np.isfinite(found).all()
    assert found[0, 0] > 0.999
    assert found[1, 0] < 0.001


def test_json_round_trip() -> None:
    one = Calibration(0.75, (0.5, -1.25))
    assert Calibration.from_json(one.to_json()) == one


def test_fit_recovers_slope_and_intercept() -> None:
    random = np.random.default_rng(5)
    margins = random.normal(scale=3, size=20000).astype(np.float32)
    types = random.integers(0, 2, 20000)
    chance = 1 / (1 + np.exp(-(0.6 * margins + np.where(types == 0, -1.0, 0.5))))
    found = fit_calibration(margins, types, random.uniform(size=20000) < chance, 2)
    assert found.slope == pytest.approx(0.6, abs=0.05)
    assert found.intercepts == pytest.approx((-1.0, 0.5), abs=0.12)


def test_fit_lowers_the_calibration_error() -> None:
    random = np.random.default_rng(6)
    margins = random.normal(scale=4, size=5000).astype(np.float32)
    true = random.uniform(size=5000) < 1 / (1 + np.exp(-(0.4 * margins - 1.0)))
    types = np.zeros(5000, np.int64)
    logits = np.stack([np.zeros_like(margins), margins], axis=1)
    before = calibration_error(Calibration.neutral(1).probabilities(logits)[:, 0], true)
    after = calibration_error(fit_calibration(margins, types, true, 1).probabilities(logits)[:, 0], true)
    assert before > 0.1
    assert after < 0.03


def test_a_type_with_few_examples_stays_with_the_others() -> None:
    margins = np.tile(np.array([-2.0, 2.0], np.float32), 200)
    true = margins > 0
    true[::8] = ~true[::8]
    types = np.zeros(400, np.int64)
    types[:2] = 1
    found = fit_calibration(margins, types, true, 3)
    assert abs(found.intercepts[1] - found.intercepts[2]) < 0.5
    assert all(np.isfinite(found.intercepts))


def test_separable_candidates_give_finite_weights() -> None:
    margins = np.array([-1.0, 1.0] * 10, np.float32)
    found = fit_calibration(margins, np.zeros(20, np.int64), margins > 0, 1)
    assert np.isfinite(found.slope)
    assert found.slope > 0


@settings(deadline=None)
@given(scored)
def test_no_threshold_has_a_better_f1(pairs: list[tuple[float, bool]]) -> None:
    scores, true = arrays(pairs)
    wanted = int(true.sum()) + 1
    best = f1_at(scores, true, best_threshold(scores, true, wanted), wanted)
    assert best == pytest.approx(max(f1_at(scores, true, float(score), wanted) for score in scores))


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
