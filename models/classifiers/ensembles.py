"""Several networks as one: members of one training, and two classifiers that learned from the same data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import keras

from graphwright.models.classifiers.classifier import Classifier, decided
from graphwright.models.classifiers.examples import Examples
from graphwright.pipeline.errors import UsageError


def together(networks: Sequence[keras.Model]) -> keras.Model:
    """One network that answers with the mean of several: deep ensembles (Lakshminarayanan et al. 2017)."""
    if len(networks) == 1:
        return networks[0]
    inputs = {name: keras.Input(i.shape[1:], dtype=i.dtype, name=name) for name, i in networks[0].input.items()}
    for number, network in enumerate(networks):
        network.name = f"{network.name}_{number}"
    mean = keras.layers.Average(name="mean")([network(inputs) for network in networks])
    return keras.Model(inputs, mean, name="together")


def heard_with(classifier: Classifier, other: Classifier, validating: Examples | None = None) -> Classifier:
    """Two classifiers as one that answers with their mean. Raises ``UsageError`` as ``check_alike``."""
    check_alike(classifier, other)
    return decided(replace(classifier, network=together([classifier.network, other.network])), validating)


def check_alike(classifier: Classifier, other: Classifier) -> None:
    """Raises ``UsageError`` where two classifiers learned from other data, or read it in another way."""
    for name in ("kind", "labels", "shape", "read", "tokens"):
        mine, yours = getattr(classifier, name), getattr(other, name)
        if mine != yours:
            raise UsageError(
                f"wanted two classifiers that learned from the same data and read it alike; they differ in {name}:"
                " train both on that data, with equal options of reading"
            )
