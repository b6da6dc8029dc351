"""Facts that compete: no more than one of them true, any number, and what lies between."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphwright.models.rivals import STEPS, chances, fit_rivalry, other_odds

logits = st.lists(st.floats(-8, 8), min_size=1, max_size=8).map(np.asarray)


def one_head(values: np.ndarray) -> np.ndarray:
    """The other odds of facts that share a head and no tail."""
    return other_odds(values, np.stack([np.zeros(len(values), np.int64), np.arange(len(values))], axis=1))


def sigmoid(values: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-values)))


@given(logits)
def test_without_rivalry_each_stands_for_itself(values: np.ndarray) -> None:
    assert np.allclose(chances(values, one_head(values), (0.0, 0.0)), sigmoid(values), atol=1e-6)


@given(logits)
def test_of_full_rivals_one_at_most_is_true(values: np.ndarray) -> None:
    odds = np.exp(values)
    assert np.allclose(chances(values, one_head(values), (1.0, 0.5)), odds / (1 + odds.sum()), atol=1e-5)


@given(logits, st.sampled_from(STEPS))
def test_rivals_never_raise_a_probability_nor_change_the_order(values: np.ndarray, rivalry: float) -> None:
    found = chances(values, one_head(values), (rivalry, 1.0))
    assert (found <= sigmoid(values) + 1e-6).all()
    assert (np.diff(found[np.argsort(values)]) >= -1e-6).all()


def test_only_those_of_a_group_are_rivals() -> None:
    values, heads, tails = np.array([0.0, 1.0, 2.0, 3.0]), np.array([0, 1, 0, 1]), np.array([0, 1, 1, 1])
    others = other_odds(values, np.stack([heads, tails], axis=1))
    assert others[:, 0] == pytest.approx(np.exp([2.0, 3.0, 0.0, 1.0]))
    assert others[:, 1] == pytest.approx([0.0, np.exp(2) + np.exp(3), np.exp(1) + np.exp(3), np.exp(1) + np.exp(2)])
    assert one_head(values[:0]).shape == (0, 2)
    extreme = np.array([1e9, -1e9])
    assert np.isfinite(chances(extreme, one_head(extreme), (1.0, 1.0))).all()


def drawn(exclusive: bool, seed: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logits and truth of four tails for each of 500 heads: one of them is true at most, or each by itself."""
    random = np.random.default_rng(seed)
    values = random.normal(-0.5, 1.5, (500, 4))
    odds = np.exp(values)
    if exclusive:
        shares = np.concatenate([odds, np.ones((500, 1))], axis=1)
        shares /= shares.sum(axis=1, keepdims=True)
        true = np.array([random.choice(5, p=row) for row in shares])[:, None] == np.arange(4)
    else:
        true = random.random(odds.shape) < sigmoid(values)
    return values.ravel(), true.ravel(), np.repeat(np.arange(500), 4)


@pytest.mark.parametrize("side", [0, 1])
def test_rivalry_is_learned_where_there_is_any(side: int) -> None:
    values, true, groups = drawn(exclusive=True)
    alone = np.arange(len(values))
    columns = [groups, alone] if side == 0 else [alone, groups]
    others = other_odds(values, np.stack(columns, axis=1))
    shift, rivalry = fit_rivalry(values, others, true, prior=5.0)
    assert rivalry[side] >= 0.7
    assert rivalry[1 - side] == 0.0
    assert abs(shift) < 0.3
    values, true, _ = drawn(exclusive=False)
    shift, rivalry = fit_rivalry(values, others, true, prior=5.0)
    assert rivalry == (0.0, 0.0)
    assert abs(shift) < 0.2


def test_of_nothing_nothing_is_learned() -> None:
    shift, rivalry = fit_rivalry(np.zeros(0), np.zeros((0, 2)), np.zeros(0, bool), prior=5.0)
    assert (shift, rivalry) == (pytest.approx(0.0, abs=1e-9), (0.0, 0.0))
