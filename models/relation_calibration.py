"""What the card of a relation network says of its scores: calibration, thresholds and how far they can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from graphwright.models.calibration import (
    Candidates,
    calibration_error,
    circumstances,
    fit_calibration,
    half_of_best_f1,
    threshold_for_precision,
)
from graphwright.models.heads import StateExample, candidate_scores

PRECISIONS = (0.8, 0.9, 0.95)
LEAST = 0.05
"""Scores below are not told to anybody, and say little about calibration by their great number."""
ENTITIES = 2**16
"""More than any text has entities."""


def calibrated(
    sessions: Sequence[onnxruntime.InferenceSession], items: Sequence[StateExample], types: Sequence[str]
) -> dict[str, Any]:
    """Calibration and thresholds, fitted on held-out documents."""
    return fitted(held_out_candidates(sessions, items), types)


def fitted(candidates: Candidates, types: Sequence[str]) -> dict[str, Any]:
    """The entries of a card."""
    calibration = fit_calibration(candidates, len(types))
    scores, right = candidates.probabilities(calibration), candidates.true
    likely = scores >= LEAST
    return {
        "calibration": calibration.to_json(),
        "threshold": round(half_of_best_f1(scores, right), 4),
        "precision": {str(p): round(threshold_for_precision(scores, right, p), 4) for p in PRECISIONS},
        "ece": round(calibration_error(scores[likely], right[likely]), 4),
    }


def held_out_candidates(sessions: Sequence[onnxruntime.InferenceSession], items: Sequence[StateExample]) -> Candidates:
    """All pairs and types of which it is known whether they hold, with the networks' margins."""
    parts: list[tuple[NDArray[Any], ...]] = []
    for number, (item, logits) in enumerate(candidate_scores(sessions, items)):
        types, text = item.example.types, item.example.relations
        assert text is not None
        rows, columns = np.nonzero(types >= 0)
        margins = logits[rows, columns + 1] - logits[rows, 0]
        mentions, entities, found = circumstances(text)
        constants = (np.full(len(rows), value) for value in (entities, found))
        ends = number * ENTITIES + text.pairs[rows].astype(np.int64)
        groups = ends * types.shape[1] + columns[:, np.newaxis]
        parts.append((margins, columns, mentions[rows], *constants, types[rows, columns] == 1, groups))
    known = Candidates(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    numbered = (np.unique(column, return_inverse=True)[1] for column in known.groups.T)
    return replace(known, groups=np.stack(list(numbered), axis=1))
