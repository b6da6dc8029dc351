"""The losses of training; each is a mean over what is known and leaves its arguments alone."""

from __future__ import annotations

import tensorflow as tf

FAR = -1e4


def tag_loss(logits: tf.Tensor, allowed: tf.Tensor) -> tf.Tensor:
    """Negative log-probability that each piece carries one of its allowed tags (marginal likelihood).

    A piece with all tags allowed, as padding has, costs nothing.
    Shape: logits float32 (batch, length, tags), allowed bool (batch, length, tags) -> scalar.
    """
    everything = tf.reduce_logsumexp(logits, -1)
    wanted = tf.reduce_logsumexp(logits + tf.cast(tf.logical_not(allowed), logits.dtype) * FAR, -1)
    known = tf.cast(tf.reduce_any(tf.logical_not(allowed), -1), logits.dtype)
    return tf.reduce_sum((everything - wanted) * known) / tf.maximum(tf.reduce_sum(known), 1.0)


def adaptive_threshold_loss(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """ATLOP's adaptive threshold (Zhou et al. 2021): true types above the threshold class, false ones below it.

    Shape: logits float32 (batch, pairs, 1 + types), the threshold first; labels int8 (batch, pairs, types): 1 true,
    0 false, -1 unknown (left out; padding is all -1) -> scalar, the mean over pairs of which anything is known.
    """
    positive = tf.cast(tf.equal(labels, 1), logits.dtype)
    negative = tf.cast(tf.equal(labels, 0), logits.dtype)
    threshold, types = logits[..., :1], logits[..., 1:]
    with_positive = tf.concat([threshold, types + (1.0 - positive) * FAR], -1)
    with_negative = tf.concat([threshold, types + (1.0 - negative) * FAR], -1)
    above = tf.reduce_sum((tf.reduce_logsumexp(with_positive, -1, keepdims=True) - types) * positive, -1)
    below = tf.reduce_logsumexp(with_negative, -1) - threshold[..., 0]
    below *= tf.reduce_max(negative, -1)
    known = tf.reduce_max(positive + negative, -1)
    return tf.reduce_sum(above + below) / tf.maximum(tf.reduce_sum(known), 1.0)


def evidence_loss(attention: tf.Tensor, evidence: tf.Tensor) -> tf.Tensor:
    """Negative log of the attention that falls on a pair's evidence sentences, after DREEAM (Ma et al. 2023).

    Shape: attention float32 (batch, pairs, length); evidence bool (batch, pairs, length), all false where unknown.
    """
    marks = tf.cast(evidence, attention.dtype)
    known = tf.reduce_max(marks, -1)
    mass = tf.reduce_sum(attention * marks, -1)
    return tf.reduce_sum(-tf.math.log(mass + 1e-6) * known) / tf.maximum(tf.reduce_sum(known), 1.0)
