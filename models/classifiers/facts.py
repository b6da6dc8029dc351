"""Relations of pairs stated as facts: from which probability on one is stated, and how good what is stated is.

A pair of entities is asked once, however many relations hold of it. Stated is the likeliest relation, also where it is
less likely than ``NONE``: to leave out a fact costs as much as to make one up, so F1 is highest with a threshold of its
own (Lipton et al. 2014, arXiv 1402.1892).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graphwright.models.calibration import best_threshold
from graphwright.models.classifiers.examples import NONE, Examples

Fact = tuple[str, str]
"""The name of a pair and its relation."""


def likeliest(probabilities: NDArray[np.float32], labels: Sequence[str]) -> tuple[list[str], NDArray[np.float32]]:
    """The likeliest relation of each pair, and its probability.

    Shape: probabilities (pairs, labels) -> as many relations, float32 (pairs,).
    """
    places = [place for place, label in enumerate(labels) if label != NONE]
    relations = probabilities[:, places]
    return [labels[places[best]] for best in relations.argmax(axis=1)], relations.max(axis=1)


def fact_threshold(probabilities: NDArray[np.float32], labels: Sequence[str], examples: Examples) -> float:
    """The probability from which on facts are stated, so that micro F1 is highest on labelled pairs; 0.5 without facts.

    Shape: probabilities (examples, labels).
    """
    wanted = _said(examples)
    if not wanted:
        return 0.5
    relations, scores = likeliest(probabilities, labels)
    once = np.unique(examples.names, return_index=True)[1]
    right = np.asarray([(examples.names[place], relations[place]) in wanted for place in once])
    return best_threshold(scores[once], right, len(wanted)) if right.any() else 0.5


def fact_scores(stated: Sequence[str], examples: Examples) -> dict[str, float]:
    """Precision, recall and micro F1 of the facts stated of pairs.

    Shape: as many labels as examples; a pair that is an example of several relations gets the same label each time.
    """
    found = {fact for fact in zip(examples.names, stated, strict=True) if fact[1] != NONE}
    wanted = _said(examples)
    right = len(found & wanted)
    return {
        "precision": right / max(1, len(found)),
        "recall": right / max(1, len(wanted)),
        "f1": 2 * right / max(1, len(found) + len(wanted)),
    }


def _said(examples: Examples) -> set[Fact]:
    return {fact for fact in zip(examples.names, examples.labels, strict=True) if fact[1] != NONE}
