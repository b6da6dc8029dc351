"""How good the classifiers are on the digits of scikit-learn: python tests/classifier_quality.py [fnn cnn rnn]

Five folds, stratified, with the networks as they are by default: each fold is tested once, by what learned the others.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedKFold

from graphwright.models.classifiers.classifier import test
from graphwright.models.classifiers.config import settings_of
from graphwright.models.classifiers.examples import Examples, chosen
from graphwright.models.classifiers.fitting import fit

FOLDS = 5


def digits() -> Examples:
    """1,797 digits of 8 x 8 points."""
    found = load_digits()
    names = tuple(f"digit {number}" for number in range(len(found.target)))
    return Examples("arrays", found.images.astype(np.float32), tuple(map(str, found.target.tolist())), names, names)


def accuracies(network: str) -> list[float]:
    """The accuracy on each fold."""
    examples = digits()
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(examples.items, examples.labels)
    return [
        test(fit(settings_of(network), chosen(examples, learned.tolist())).classifier, chosen(examples, kept.tolist()))[
            "accuracy"
        ]
        for learned, kept in folds
    ]


def main(networks: Sequence[str]) -> None:
    for network in networks or ("fnn", "cnn"):
        found = accuracies(network)
        print(f"{network}: mean {np.mean(found):.4f}, lowest {min(found):.4f}, of {FOLDS} folds")


if __name__ == "__main__":
    main(sys.argv[1:])
