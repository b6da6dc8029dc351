"""Logistic regression with weights drawn to what is believed of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SMALL = 1e-6


def fit_logistic(
    inputs: Floats, true: Floats, counts: Floats, belief: Floats, penalty: Floats, start: Floats
) -> Floats:
    """Fit by Newton's method; a step that does not lower the loss is halved (Lin et al. 2007): it may leap too far.

    Shape: inputs (examples, features); true, how often it is so, and counts, how much an example counts, (examples,);
    belief, penalty and start (features,) -> weights (features,).
    """

    def loss(weights: Floats) -> float:
        values = inputs @ weights
        misfit = counts * (np.logaddexp(0.0, values) - values * true)
        return float(misfit.sum() + 0.5 * (penalty * (weights - belief) ** 2).sum())

    weights = start
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        gradient = inputs.T @ (counts * (chance - true)) + penalty * (weights - belief)
        curvature = (inputs * (counts * chance * (1 - chance))[:, None]).T @ inputs + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        while np.abs(step).max() >= SMALL and not loss(weights - step) <= loss(weights):
            step = step / 2
        weights = weights - step
        if np.abs(step).max() < SMALL:
            break
    return weights
