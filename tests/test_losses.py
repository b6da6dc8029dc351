"""Losses against the same formulas written out in numpy, element by element."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from graphwright.models.losses import adaptive_threshold_loss, evidence_loss, tag_loss

RANDOM = np.random.default_rng(3)


def logsumexp(values: list[float]) -> float:
    return math.log(sum(math.exp(value) for value in values))


def test_tag_loss_is_the_surprise_at_the_allowed_tags() -> None:
    logits = RANDOM.normal(size=(2, 3, 4)).astype(np.float32)
    allowed = np.array([[[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 1]], [[0, 0, 0, 1], [1, 1, 1, 1], [1, 1, 1, 1]]], bool)
    costs = [
        logsumexp(list(row)) - logsumexp(list(row[mask]))
        for row, mask in zip(logits.reshape(-1, 4), allowed.reshape(-1, 4), strict=True)
        if not mask.all()
    ]
    assert len(costs) == 3
    assert float(tag_loss(tf.constant(logits), tf.constant(allowed))) == pytest.approx(sum(costs) / 3, rel=1e-5)


def test_tag_loss_of_nothing_known_is_zero() -> None:
    assert float(tag_loss(tf.zeros((1, 2, 4)), tf.ones((1, 2, 4), tf.bool))) == 0.0


def written_out(logits: NDArray[np.float32], labels: NDArray[np.int8]) -> float:
    """ATLOP, equations 5 to 7, pair by pair."""
    total, known = 0.0, 0
    for row, mask in zip(logits.reshape(-1, logits.shape[-1]), labels.reshape(-1, labels.shape[-1]), strict=True):
        threshold, types = float(row[0]), row[1:]
        true, false = [float(x) for x in types[mask == 1]], [float(x) for x in types[mask == 0]]
        if true or false:
            known += 1
            total += sum(logsumexp([threshold, *true]) - value for value in true)
            total += logsumexp([threshold, *false]) - threshold if false else 0.0
    return total / max(known, 1)


def test_adaptive_threshold_loss() -> None:
    logits = RANDOM.normal(size=(2, 4, 6)).astype(np.float32)
    labels = RANDOM.integers(-1, 2, (2, 4, 5)).astype(np.int8)
    labels[1, 2:] = -1
    found = float(adaptive_threshold_loss(tf.constant(logits), tf.constant(labels)))
    assert found == pytest.approx(written_out(logits, labels), rel=1e-5)


def test_what_is_unknown_costs_nothing_whatever_its_logit() -> None:
    labels = np.array([[[1, -1]]], np.int8)
    costs = [
        float(adaptive_threshold_loss(tf.constant([[[0.0, 0.0, more]]]), tf.constant(labels))) for more in (0.0, 50.0)
    ]
    assert costs[0] == costs[1] == pytest.approx(math.log(2))
    nothing = np.full((1, 2, 2), -1, np.int8)
    assert float(adaptive_threshold_loss(tf.zeros((1, 2, 3)), tf.constant(nothing))) == 0.0


def test_padding_leaves_the_threshold_loss_alone() -> None:
    logits = RANDOM.normal(size=(1, 2, 4)).astype(np.float32)
    labels = np.array([[[1, 0, -1], [0, 0, 0]]], np.int8)
    plain = float(adaptive_threshold_loss(tf.constant(logits), tf.constant(labels)))
    more = np.pad(logits, ((0, 1), (0, 3), (0, 0))), np.pad(labels, ((0, 1), (0, 3), (0, 0)), constant_values=-1)
    assert float(adaptive_threshold_loss(*map(tf.constant, more))) == pytest.approx(plain, rel=1e-6)


def test_evidence_loss() -> None:
    attention = np.array([[[0.5, 0.25, 0.25], [0.1, 0.2, 0.7], [1.0, 0.0, 0.0]]], np.float32)
    evidence = np.array([[[1, 1, 0], [0, 0, 1], [0, 0, 0]]], bool)
    expected = -(math.log(0.75 + 1e-6) + math.log(0.7 + 1e-6)) / 2
    assert float(evidence_loss(tf.constant(attention), tf.constant(evidence))) == pytest.approx(expected, rel=1e-5)
    assert float(evidence_loss(tf.constant(attention), tf.zeros((1, 3, 3), tf.bool))) == 0.0


def test_evidence_loss_is_finite_where_attention_misses_everything() -> None:
    found = float(evidence_loss(tf.constant([[[1.0, 0.0]]]), tf.constant([[[False, True]]])))
    assert math.isfinite(found)
    assert found > 10
