"""Calibration: from logits to probabilities that mean what they say, and the thresholds that follow from them.

Platt scaling (Platt 1999) of each type's margin over the learned threshold class: one slope and intercept for all
types, and an intercept for each type that is drawn towards it where examples are few.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from graphwright.models.logistic import fit_logistic
from graphwright.pipeline.protocols import FloatArray

BINS = 15


@dataclass(frozen=True, slots=True)
class Calibration:
    """``sigmoid(slope * (type's logit - threshold's logit) + intercepts[type])``."""

    slope: float
    intercepts: tuple[float, ...]

    @classmethod
    def neutral(cls, types: int) -> Self:
        """The plain sigmoid of the margin."""
        return cls(1.0, (0.0,) * types)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        return cls(float(content["slope"]), tuple(content["intercepts"]))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def probabilities(self, logits: FloatArray) -> FloatArray:
        """Shape: logits float32 (pairs, 1 + types), the threshold first -> float32 (pairs, types)."""
        margins = logits[:, 1:] - logits[:, :1]
        values = self.slope * margins + np.asarray(self.intercepts, np.float32)
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -30.0, 30.0))), np.float32)


def fit_calibration(
    margins: FloatArray, types: NDArray[np.int64], true: NDArray[np.bool_], count: int, prior: float = 20.0
) -> Calibration:
    """Fit by Newton's method on held-out candidates.

    Shape: margins float32 (candidates,), types int (candidates,), true bool (candidates,). ``prior`` is the weight,
    in candidates at even odds, with which a type's own intercept is held to the common one.
    """
    slope, common = _fit_line(margins, true)
    intercepts = []
    for number in range(count):
        mine = types == number
        intercepts.append(common + _fit_shift(slope * margins[mine] + common, true[mine], prior))
    return Calibration(float(slope), tuple(round(float(value), 4) for value in intercepts))


def _fit_line(margins: FloatArray, true: NDArray[np.bool_]) -> tuple[float, float]:
    design = np.stack([margins, np.ones_like(margins)], axis=1).astype(np.float64)
    everywhere, nowhere = np.ones(len(design)), np.zeros(2)
    start = np.asarray([1.0, 0.0])
    slope, shift = fit_logistic(design, true.astype(np.float64), everywhere, nowhere, np.full(2, 1e-3), start)
    return float(slope), float(shift)


def _fit_shift(values: FloatArray, true: NDArray[np.bool_], prior: float) -> float:
    """Where the gradient, which rises with the shift, is zero: by bisection, which cannot leap away."""
    low, high = -30.0, 30.0
    for _ in range(50):
        shift = (low + high) / 2
        chance = 1.0 / (1.0 + np.exp(-np.clip(values + shift, -30, 30)))
        rising = float((chance - true).sum()) + prior / 4 * shift > 0
        low, high = (low, shift) if rising else (shift, high)
    return (low + high) / 2


def calibration_error(scores: FloatArray, true: NDArray[np.bool_], bins: int = BINS) -> float:
    """Expected calibration error (Naeini et al. 2015) over equal-width bins."""
    place = np.minimum((scores * bins).astype(int), bins - 1)
    gaps = [abs(float(scores[place == n].sum()) - float(true[place == n].sum())) for n in range(bins)]
    return sum(gaps) / max(1, len(scores))


def best_threshold(scores: FloatArray, true: NDArray[np.bool_], wanted: int) -> float:
    """The score at and above which F1 is highest, given ``wanted`` true facts in all."""
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(true[order])
    f1 = 2 * right / (np.arange(1, len(order) + 1) + wanted)
    return float(scores[order[int(np.where(_last_of_equals(scores[order]), f1, -1.0).argmax())]])


def threshold_for_precision(scores: FloatArray, true: NDArray[np.bool_], precision: float) -> float:
    """The lowest score at and above which precision is at least ``precision``; 1 where none is."""
    order = np.argsort(-scores, kind="stable")
    reached = np.cumsum(true[order]) / np.arange(1, len(order) + 1) >= precision
    places = np.flatnonzero(reached & _last_of_equals(scores[order]))
    return float(scores[order[places[-1]]]) if len(places) else 1.0


def _last_of_equals(ordered: FloatArray) -> NDArray[np.bool_]:
    """Where a threshold can cut: a score takes all that equal it along."""
    return np.append(ordered[1:] != ordered[:-1], True)


def reliability(scores: FloatArray, true: NDArray[np.bool_], bins: int = BINS) -> Sequence[tuple[float, float, int]]:
    """(mean score, share that is true, candidates) of each bin that has any: the reliability diagram's rows."""
    place = np.minimum((scores * bins).astype(int), bins - 1)
    groups = ((scores[place == n], true[place == n]) for n in range(bins))
    return [(float(s.mean()), float(t.mean()), len(s)) for s, t in groups if len(s)]
