"""Calibration: from logits to probabilities that mean what they say, and the thresholds that follow from them.

Platt scaling (Platt 1999) of each type's margin over the learned threshold class, in two pieces that meet at the
threshold, which knows something of the text: the more often a pair is mentioned, the more its margin says; in a crowd
of entities the same margin is more often wrong; and it says less where entities were found and not given. All types
share these weights; each has an intercept, drawn towards the common one where examples are few.

Then facts compete, as far as held-out documents say that a type allows of but one tail for a head, or one head for a
tail: a place lies in one country, and each other that is likely to be it makes a country less likely (``rivals.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from graphwright.models.features import MENTIONS, RelationFeatures
from graphwright.models.logistic import Floats, fit_logistic
from graphwright.models.rivals import Rivalry, chances, fit_rivalry, other_odds
from graphwright.pipeline.errors import ModelError
from graphwright.pipeline.protocols import FloatArray, IntArray

BINS = 15
NEAR = -6.0
"""Margins below this are left out of the fit: nearly none is true, and a line through so many misses the others."""
PRIOR = 20.0
"""The weight, in candidates at even odds, with which a type's own intercept is held to the common one."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """``sigmoid(slope * margin + rise * max(0, margin) + mentioned * mentions * margin + blur * found * margin +
    miss * found + crowd * log(entities) + intercepts[type])``.

    The margin is the type's logit less the threshold's; ``mentions`` are those of the pair, as its features count them;
    ``entities`` those of the text; ``found`` is 1 where they were found, and 0 where they were given. ``rivalry`` is
    that of each type; empty where facts do not compete.
    """

    slope: float
    intercepts: tuple[float, ...]
    rise: float = 0.0
    mentioned: float = 0.0
    blur: float = 0.0
    miss: float = 0.0
    crowd: float = 0.0
    rivalry: tuple[Rivalry, ...] = ()

    @classmethod
    def neutral(cls, types: int) -> Self:
        """The plain sigmoid of the margin."""
        return cls(1.0, (0.0,) * types)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """Raises ``ModelError`` for weights that this version does not know."""
        unknown = sorted(set(content) - {field.name for field in fields(cls)})
        if unknown:
            raise ModelError(
                f"the card's calibration has {unknown[0]!r}, which this version cannot read: train it again"
            )
        rivalry = tuple((by_head, by_tail) for by_head, by_tail in content.get("rivalry", ()))
        return cls(**{**content, "intercepts": tuple(content["intercepts"]), "rivalry": rivalry})

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def probabilities(self, logits: FloatArray, text: RelationFeatures) -> FloatArray:
        """Of all pairs of a text.

        Shape: logits float32 (pairs, 1 + types), the threshold first -> float32 (pairs, types).
        """
        margins = logits[:, 1:] - logits[:, :1]
        mentions, entities, found = circumstances(text)
        slopes = np.asarray(self.slope + self.mentioned * mentions + self.blur * found, np.float32)
        shift = np.float32(self.miss * found + self.crowd * np.log(max(1, entities)))
        shifts = np.asarray(self.intercepts, np.float32) + shift
        values = slopes[:, np.newaxis] * margins + np.float32(self.rise) * np.maximum(margins, 0) + shifts
        if not self.rivalry:
            return _sigmoid(values)
        types = values.shape[1]
        groups = text.pairs[:, np.newaxis] * types + np.arange(types)[:, np.newaxis]
        others = other_odds(values.ravel(), groups.reshape(-1, 2)).reshape(groups.shape)
        return chances(values, others, self.rivalry)


def circumstances(text: RelationFeatures) -> tuple[IntArray, int, bool]:
    """What calibration knows of a text: mentions of each pair, how many entities there are, whether they were found.

    Shape: mentions int32 (pairs,).
    """
    mentions = np.asarray(text.pair_features[:, MENTIONS].sum(axis=1), np.int32)
    return mentions, len(text.kept), not text.given


def _sigmoid(values: NDArray[Any]) -> FloatArray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -30.0, 30.0))), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Facts of held-out documents, some of them true: all arrays (candidates,), margins float32 and the others int or
    bool. ``types`` are columns; ``groups`` (candidates, 2) says what shares a type and a head, a type and a tail.
    """

    margins: FloatArray
    types: NDArray[np.int64]
    mentions: NDArray[np.int64]
    entities: NDArray[np.int64]
    found: NDArray[np.bool_]
    true: NDArray[np.bool_]
    groups: NDArray[np.int64]

    def probabilities(self, calibration: Calibration) -> FloatArray:
        c = calibration
        weights = np.asarray([c.slope, c.rise, c.mentioned, c.blur, c.miss, c.crowd, 0.0])
        values = self.inputs() @ weights + np.asarray(c.intercepts)[self.types]
        if not c.rivalry:
            return _sigmoid(values)
        return chances(values, other_odds(values, self.groups), np.asarray(c.rivalry)[self.types])

    def inputs(self) -> Floats:
        """What the common weights multiply, the intercept's last. Shape: float64 (candidates, 7)."""
        margins, found = self.margins.astype(np.float64), self.found.astype(np.float64)
        above, crowd = np.maximum(margins, 0), np.log(np.maximum(1, self.entities))
        parts = margins, above, margins * self.mentions, margins * found, found, crowd, np.ones_like(margins)
        return np.stack(parts, axis=1)


def fit_calibration(candidates: Candidates, types: int) -> Calibration:
    """Fit by Newton's method: common weights, and then each type's intercept and rivalry."""
    near = candidates.margins > NEAR
    inputs, true = candidates.inputs(), candidates.true.astype(np.float64)
    start, penalty = np.eye(inputs.shape[1])[0], np.ones(inputs.shape[1])
    counts = np.ones(int(near.sum()))
    weights = fit_logistic(inputs[near], true[near], counts, np.zeros_like(start), penalty, start)
    values = inputs @ weights
    slope, rise, mentioned, blur, miss, crowd, shift = (round(float(weight), 4) for weight in weights)
    others = other_odds(values, candidates.groups)
    of_types = [near & (candidates.types == number) for number in range(types)]
    fitted = [fit_rivalry(values[part], others[part], candidates.true[part], PRIOR / 4) for part in of_types]
    intercepts = tuple(round(shift + own, 4) for own, _ in fitted)
    rivalry = tuple(rivalry for _, rivalry in fitted)
    return Calibration(slope, intercepts, rise, mentioned, blur, miss, crowd, rivalry)


def calibration_error(scores: FloatArray, true: NDArray[np.bool_], bins: int = BINS) -> float:
    """Expected calibration error (Naeini et al. 2015) over equal-width bins."""
    place = np.minimum((scores * bins).astype(int), bins - 1)
    gaps = [abs(float(scores[place == n].sum()) - float(true[place == n].sum())) for n in range(bins)]
    return sum(gaps) / max(1, len(scores))


def half_of_best_f1(scores: FloatArray, true: NDArray[np.bool_]) -> float:
    """The threshold under which F1 is highest where scores are probabilities (Lipton et al. 2014): half of that F1.

    It moves less with the sample than the threshold that was best there. 0.5 where nothing is true.
    """
    wanted = int(true.sum())
    if not wanted:
        return 0.5
    kept = scores >= best_threshold(scores, true, wanted)
    return float((true & kept).sum() / (kept.sum() + wanted))


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
