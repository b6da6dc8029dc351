"""Facts of one type that compete: of the tails that a head may have, and of the heads of a tail, each makes the others
less likely.

Where no more than one can be true, the probability of each follows from its odds and those of all others; where any
number can, from its own odds alone. A type lies between the two on either side: how much its rivals count, from 0 to 1,
is fitted on held-out documents.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from graphwright.models.logistic import Floats
from graphwright.pipeline.protocols import FloatArray

Rivalry = tuple[float, float]
"""How much the odds of a head's other tails, and of a tail's other heads, count against a fact."""
STEPS: Final = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
DOUBT: Final = 2.0
"""What a rivalry of 1 has to gain in log-likelihood before it is believed."""
MOST: Final = 12.0
"""The logarithm of the highest odds."""


def other_odds(values: NDArray[Any], groups: NDArray[np.int64]) -> Floats:
    """The sums of the odds of all others of each one's groups.

    Shape: values (candidates,) logits; groups int (candidates, 2), each column numbered from 0: the same number for the
    same type and head, and for the same type and tail -> float64 (candidates, 2).
    """
    odds = np.exp(np.clip(values.astype(np.float64), -30.0, MOST))
    sums = [np.bincount(column, odds)[column] - odds for column in groups.T]
    return np.maximum(np.stack(sums, axis=-1), 0.0)


def chances(values: NDArray[Any], others: Floats, rivalry: Any) -> FloatArray:
    """Probabilities of candidates among their rivals: the sigmoid of ``values`` where rivalry is 0.

    Shape: values (...,), others (..., 2), rivalry (2,) or (..., 2) -> float32 (...,).
    """
    odds = np.exp(np.clip(values.astype(np.float64), -30.0, 30.0))
    return np.asarray(odds / (1.0 + odds + (others * np.asarray(rivalry)).sum(axis=-1)), np.float32)


def fit_rivalry(values: Floats, others: Floats, true: NDArray[np.bool_], prior: float) -> tuple[float, Rivalry]:
    """The shift of the logits, which ``prior`` draws to 0, and the rivalry under which candidates are likeliest.

    Tails are fitted first, then heads, then tails again. Shape: values (candidates,), others (candidates, 2).
    """
    best, shift, found = -np.inf, 0.0, [0.0, 0.0]
    for side in (0, 1, 0):
        for step in STEPS:
            tried = [step if place == side else found[place] for place in (0, 1)]
            moved = _fit_shift(values, others @ np.asarray(tried), true, prior)
            gain = _log_likelihood(values + moved, np.exp(moved) * others, tried, true)
            gain -= DOUBT * sum(tried) + prior * moved**2 / 2
            if gain > best:
                best, shift, found = gain, moved, tried
    return shift, (found[0], found[1])


def _log_likelihood(values: Floats, others: Floats, rivalry: list[float], true: NDArray[np.bool_]) -> float:
    likely = np.clip(chances(values, others, rivalry).astype(np.float64), 1e-9, 1 - 1e-9)
    return float(np.log(np.where(true, likely, 1 - likely)).sum())


def _fit_shift(values: Floats, rivals: Floats, true: NDArray[np.bool_], prior: float) -> float:
    """Where as many are true as are expected, by bisection; all odds rise with the shift."""
    odds, low, high = np.exp(np.clip(values, -30.0, 30.0)), -10.0, 10.0
    for _ in range(50):
        shift = (low + high) / 2
        rise = np.exp(shift)
        expected = float((rise * odds / (1.0 + rise * (odds + rivals))).sum())
        low, high = (low, shift) if expected - true.sum() + prior * shift > 0 else (shift, high)
    return (low + high) / 2
