"""Keras layers that the relation networks share: entities out of mentions, context of a pair, and the pair's scores."""

from __future__ import annotations

import keras
import tensorflow as tf

LOWEST = -1e4
Shape = tuple[int | None, ...]


def blanked(states: keras.KerasTensor, mask: keras.KerasTensor) -> keras.KerasTensor:
    """States with zeros at padding, so that a convolution reads there what it reads beyond the end of a text."""
    return states * keras.ops.expand_dims(keras.ops.cast(mask, states.dtype), -1)


@keras.saving.register_keras_serializable("graphwright")
class MentionMarks(keras.layers.Layer):
    """Adds to each state an embedding of the entity label of the mention that it lies in.

    Shape: states float32 (batch, length, width), marks int32 (batch, length) -> (batch, length, width).
    """

    def __init__(self, labels: int, width: int, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.labels, self.width = labels, width
        self.embedding = keras.layers.Embedding(labels, width, name="embedding")

    def build(self, states_shape: Shape, marks_shape: Shape) -> None:
        self.embedding.build((None, None))
        self.built = True

    def call(self, states: tf.Tensor, marks: tf.Tensor) -> tf.Tensor:
        return states + self.embedding(marks)

    def get_config(self) -> dict[str, object]:
        return {**super().get_config(), "labels": self.labels, "width": self.width}


@keras.saving.register_keras_serializable("graphwright")
class EntityPooling(keras.layers.Layer):
    """Mean over the pieces of a mention, then a smooth maximum (logsumexp, Jia et al. 2019) over an entity's mentions.

    Shape: tokens float32 (batch, length, width), spans int32 (batch, mentions, 2), owners int32 (batch, mentions)
    with -1 for padding, labels int32 (batch, entities) -> float32 (batch, entities, width).
    """

    def call(self, tokens: tf.Tensor, spans: tf.Tensor, owners: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        places = tf.range(tf.shape(tokens)[1])[tf.newaxis, tf.newaxis]
        inside = tf.logical_and(places >= spans[..., :1], places < spans[..., 1:])
        weights = tf.cast(inside, tokens.dtype)
        weights /= tf.maximum(tf.reduce_sum(weights, -1, keepdims=True), 1.0)
        mentions = tf.matmul(weights, tokens)
        rows = tf.range(tf.shape(labels)[1])[tf.newaxis, :, tf.newaxis]
        outside = tf.cast(tf.not_equal(rows, owners[:, tf.newaxis]), tokens.dtype) * LOWEST
        return tf.reduce_logsumexp(mentions[:, tf.newaxis] + outside[..., tf.newaxis], axis=2)


@keras.saving.register_keras_serializable("graphwright")
class PairContext(keras.layers.Layer):
    """What the text says about a pair: attention from both ends onto the same words.

    The attention of a pair is the product of its two entities' attentions, after ATLOP's localised context (Zhou et
    al. 2021), with learned queries in place of the encoder's own attention.
    Shape: tokens (batch, length, width), entities (batch, entities, width), pairs int32 (batch, pairs, 2), present bool
    (batch, length) -> context (batch, pairs, heads * size) and the heads' mean attention (batch, pairs, length).
    """

    def __init__(self, heads: int, size: int, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.heads, self.size = heads, size
        self.query, self.key, self.value = (keras.layers.Dense(heads * size, name=n) for n in ("query", "key", "value"))

    def build(self, tokens_shape: Shape, entities_shape: Shape, pairs_shape: Shape, present_shape: Shape) -> None:
        self.query.build(entities_shape)
        self.key.build(tokens_shape)
        self.value.build(tokens_shape)
        self.built = True

    def call(
        self, tokens: tf.Tensor, entities: tf.Tensor, pairs: tf.Tensor, present: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        batch = tf.shape(pairs)[0]
        query = self._split(self.query(entities), batch)
        key, value = self._split(self.key(tokens), batch), self._split(self.value(tokens), batch)
        scores = tf.matmul(query, key, transpose_b=True) * self.size**-0.5
        scores += tf.cast(tf.logical_not(present), scores.dtype)[:, tf.newaxis, tf.newaxis] * LOWEST
        scores = tf.transpose(scores, (0, 2, 1, 3))
        both = tf.gather(scores, pairs[..., 0], batch_dims=1) + tf.gather(scores, pairs[..., 1], batch_dims=1)
        attention = tf.nn.softmax(tf.transpose(both, (0, 2, 1, 3)))
        context = tf.transpose(tf.matmul(attention, value), (0, 2, 1, 3))
        width = self.heads * self.size
        return tf.reshape(context, (batch, -1, width)), tf.reduce_mean(attention, axis=1)

    def _split(self, tensor: tf.Tensor, batch: tf.Tensor) -> tf.Tensor:
        return tf.transpose(tf.reshape(tensor, (batch, -1, self.heads, self.size)), (0, 2, 1, 3))

    def get_config(self) -> dict[str, object]:
        return {**super().get_config(), "heads": self.heads, "size": self.size}


@keras.saving.register_keras_serializable("graphwright")
class PairScores(keras.layers.Layer):
    """Two-layer perceptron (ReLU) over a pair: both entities, their product, context, labels and distances.

    The first layer is computed for each entity once and added up for the pair. The first class is the threshold.
    Shape: entities (batch, entities, width), labels int32 (batch, entities), pairs int32 (batch, pairs, 2),
    pair_features int32 (batch, pairs, features), context (batch, pairs, width) -> logits (batch, pairs, classes).
    """

    def __init__(
        self, hidden: int, classes: int, buckets: tuple[int, ...], labels: int, dropout: float, **kwargs: object
    ) -> None:
        super().__init__(**kwargs)
        self.hidden, self.classes, self.buckets = hidden, classes, tuple(buckets)
        self.labels, self.dropout_rate = labels, dropout
        names = ("head", "tail", "head_factor", "tail_factor", "context")
        self.head, self.tail, self.head_factor, self.tail_factor, self.context = (
            keras.layers.Dense(hidden, name=name) for name in names
        )
        self.types = keras.layers.Embedding(labels * labels, hidden, name="types")
        self.features = [keras.layers.Embedding(size, hidden, name=f"feature{n}") for n, size in enumerate(buckets)]
        self.scores = keras.layers.Dense(classes, name="scores")
        self.dropout = keras.layers.Dropout(dropout)

    def build(
        self,
        entities_shape: Shape,
        labels_shape: Shape,
        pairs_shape: Shape,
        pair_features_shape: Shape,
        context_shape: Shape,
    ) -> None:
        for dense in (self.head, self.tail, self.head_factor, self.tail_factor):
            dense.build(entities_shape)
        self.context.build(context_shape)
        for embedding in (self.types, *self.features):
            embedding.build((None, None))
        self.scores.build((None, None, self.hidden))
        self.built = True

    def call(
        self,
        entities: tf.Tensor,
        labels: tf.Tensor,
        pairs: tf.Tensor,
        pair_features: tf.Tensor,
        context: tf.Tensor,
        training: bool | None = None,
    ) -> tf.Tensor:
        entities = self.dropout(entities, training=training)
        head, tail = pairs[..., 0], pairs[..., 1]
        first = tf.gather(self.head(entities), head, batch_dims=1) + tf.gather(self.tail(entities), tail, batch_dims=1)
        factors = (
            tf.gather(self.head_factor(entities), head, batch_dims=1),
            tf.gather(self.tail_factor(entities), tail, batch_dims=1),
        )
        types = tf.gather(labels, head, batch_dims=1) * self.labels + tf.gather(labels, tail, batch_dims=1)
        first += tf.tanh(factors[0]) * tf.tanh(factors[1]) + self.context(context) + self.types(types)
        for number, embedding in enumerate(self.features):
            first += embedding(pair_features[..., number])
        return self.scores(self.dropout(tf.nn.relu(first), training=training))

    def get_config(self) -> dict[str, object]:
        sizes = {"hidden": self.hidden, "classes": self.classes, "buckets": self.buckets, "labels": self.labels}
        return {**super().get_config(), **sizes, "dropout": self.dropout_rate}
