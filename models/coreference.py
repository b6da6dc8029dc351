"""The coreference network: a two-layer perceptron that ranks the candidate antecedents of each mention.

Mention ranking with "new entity" as one more candidate, trained on the summed probability of all true antecedents (Lee
et al. 2017, End-to-end Neural Coreference Resolution), over the frozen states of the encoder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from graphwright.models.antecedents import PAIR_BUCKETS, SINGLE_BUCKETS, AntecedentFeatures
from graphwright.models.arrays import Arrays, padded
from graphwright.models.batches import by_length
from graphwright.models.layers import LOWEST
from graphwright.models.progress import Report, Track, untracked
from graphwright.models.training_loop import Training, run_epochs, single_step
from graphwright.pipeline.protocols import IntArray


@dataclass(frozen=True, slots=True)
class CoreferenceConfig:
    """Sizes of the network, and how long and how fast to train it."""

    width: int = 384
    hidden: int = 192
    dropout: float = 0.3
    epochs: int = 8
    mentions: int = 400
    rate: float = 1e-3
    warmup: float = 0.06
    decay: float = 0.02
    clip: float = 1.0
    seed: int = 13


@dataclass(frozen=True, slots=True, eq=False)
class CoreferenceExample:
    """A document's mentions with the number of each one's entity. Shape: clusters int32 (mentions,)."""

    id: str
    features: AntecedentFeatures
    clusters: IntArray


@keras.saving.register_keras_serializable("graphwright")
class AntecedentScores(keras.layers.Layer):
    """Scores of "a new entity" and of each candidate antecedent of each mention.

    The first layer of the perceptron is computed for each mention once and added up for the pair.
    Shape: vectors float32 (batch, mentions, 3 * width), singles int32 (batch, mentions, traits), candidates int32
    (batch, mentions, candidates), pairs int32 (batch, mentions, candidates, features) ->
    (batch, mentions, 1 + candidates).
    """

    def __init__(self, hidden: int, dropout: float, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.hidden, self.dropout_rate = hidden, dropout
        names = ("mention", "here", "there", "here_factor", "there_factor", "new")
        self.mention, self.here, self.there, self.here_factor, self.there_factor, self.new = (
            keras.layers.Dense(hidden, activation="relu" if name in ("mention", "new") else None, name=name)
            for name in names
        )
        self.singles = [keras.layers.Embedding(n, hidden, name=f"single{k}") for k, n in enumerate(SINGLE_BUCKETS)]
        self.pairs = [keras.layers.Embedding(n, hidden, name=f"pair{k}") for k, n in enumerate(PAIR_BUCKETS)]
        self.second = keras.layers.Dense(hidden // 2, activation="relu", name="second")
        self.score, self.new_score = keras.layers.Dense(1, name="score"), keras.layers.Dense(1, name="new_score")
        self.dropout = keras.layers.Dropout(dropout)

    def build(self, vectors_shape: tuple[int | None, ...], *shapes: tuple[int | None, ...]) -> None:
        row = (None, None, self.hidden)
        self.mention.build(vectors_shape)
        for dense in (self.here, self.there, self.here_factor, self.there_factor, self.new, self.second):
            dense.build(row)
        for embedding in (*self.singles, *self.pairs):
            embedding.build((None, None))
        self.score.build((None, None, self.hidden // 2))
        self.new_score.build(row)
        self.built = True

    def call(
        self,
        vectors: tf.Tensor,
        singles: tf.Tensor,
        candidates: tf.Tensor,
        pairs: tf.Tensor,
        training: bool | None = None,
    ) -> tf.Tensor:
        mention = self.mention(self.dropout(vectors, training=training))
        for number, embedding in enumerate(self.singles):
            mention += embedding(singles[..., number])
        mention = self.dropout(mention, training=training)
        at = tf.maximum(candidates, 0)
        there = tf.gather(self.there(mention), at, batch_dims=1)
        factor = tf.gather(tf.tanh(self.there_factor(mention)), at, batch_dims=1)
        first = self.here(mention)[:, :, tf.newaxis] + there
        first += tf.tanh(self.here_factor(mention))[:, :, tf.newaxis] * factor
        for number, embedding in enumerate(self.pairs):
            first += embedding(pairs[..., number])
        second = self.second(self.dropout(tf.nn.relu(first), training=training))
        scores = tf.squeeze(self.score(second), -1) + tf.cast(candidates < 0, tf.float32) * LOWEST
        new = self.new_score(self.dropout(self.new(mention), training=training))
        return tf.concat([new, scores], axis=-1)

    def get_config(self) -> dict[str, object]:
        return {**super().get_config(), "hidden": self.hidden, "dropout": self.dropout_rate}


def coreference_network(config: CoreferenceConfig) -> keras.Model:
    """Build the network; inputs and output as ``AntecedentScores`` has them, by name."""
    inputs = {
        "vectors": keras.Input((None, 3 * config.width), dtype="float32", name="vectors"),
        "singles": keras.Input((None, len(SINGLE_BUCKETS)), dtype="int32", name="singles"),
        "candidates": keras.Input((None, None), dtype="int32", name="candidates"),
        "pairs": keras.Input((None, None, len(PAIR_BUCKETS)), dtype="int32", name="pairs"),
    }
    layer = AntecedentScores(config.hidden, config.dropout, name="antecedents")
    scores = layer(inputs["vectors"], inputs["singles"], inputs["candidates"], inputs["pairs"])
    return keras.Model(inputs, {"scores": scores}, name="coreference")


def coreference_inputs(features: Sequence[AntecedentFeatures]) -> Arrays:
    """The network's inputs for several documents."""
    return {
        "vectors": padded([item.vectors for item in features], 0).astype(np.float32),
        "singles": padded([item.singles for item in features], 0),
        "candidates": padded([item.candidates for item in features], -1),
        "pairs": padded([item.pairs for item in features], 0),
    }


def coreference_batch(items: Sequence[CoreferenceExample]) -> Arrays:
    """Inputs, and which answers are right: bool (batch, mentions, 1 + candidates), all false at padding."""
    right = []
    for item in items:
        at = item.features.candidates
        same = (at >= 0) & (item.clusters[np.maximum(at, 0)] == item.clusters[:, None])
        right.append(np.concatenate([~same.any(1, keepdims=True), same], axis=1))
    return {**coreference_inputs([item.features for item in items]), "right": padded(right, 0)}


def antecedent_loss(scores: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    """Mean over mentions of -log of the summed probability of the right answers. Shape: (batch, mentions, answers)."""
    known = tf.reduce_any(right, -1)
    wanted = tf.reduce_logsumexp(tf.where(right, scores, LOWEST), -1)
    losses = tf.where(known, tf.reduce_logsumexp(scores, -1) - wanted, 0.0)
    return tf.reduce_sum(losses) / tf.maximum(tf.reduce_sum(tf.cast(known, tf.float32)), 1.0)


def fit_coreference(
    network: keras.Model,
    examples: Sequence[CoreferenceExample],
    config: CoreferenceConfig,
    folder: Path,
    report: Report,
    track: Track = untracked,
) -> None:
    """Train, with a checkpoint after each epoch in ``folder``; a training cut off goes on from the last one."""
    lengths = [len(item.clusters) for item in examples]
    orders = [list(by_length(lengths, config.mentions, config.seed * 1000 + n)) for n in range(config.epochs)]
    signature = {name: tf.TensorSpec(tensor.shape, tensor.dtype) for name, tensor in network.input.items()}
    signature["right"] = tf.TensorSpec((None, None, None), tf.bool)

    def loss(batch: dict[str, tf.Tensor]) -> tf.Tensor:
        scores = network({name: batch[name] for name in network.input}, training=True)["scores"]
        return antecedent_loss(scores, batch["right"])

    def arrays(batch: Sequence[int]) -> Arrays:
        return coreference_batch([examples[place] for place in batch])

    step, optimizer = single_step(network, loss, signature, config, sum(map(len, orders)))
    training = Training(step, {"network": network, "optimizer": optimizer}, network.variables, config.seed)
    run_epochs(training, orders, arrays, folder, report, track)
