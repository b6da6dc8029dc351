"""Which words decided a relation's score: integrated gradients (Sundararajan et al. 2017) through all networks.

TensorFlow computes them, on the weights that ship: gradients of a type's margin over the threshold, from a text whose
pieces are all masked to the text itself. The shares of all pieces add up to the difference between the two margins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from graphwright.models.arrays import Arrays, encoder_inputs, relation_inputs
from graphwright.models.encoder import encoder
from graphwright.models.features import relation_features
from graphwright.models.networks import RelationConfig, relation_network
from graphwright.models.pieces import Pieces
from graphwright.models.restoring import restore_weights
from graphwright.models.shipped import ENCODER, RELATIONS, member_folders, read_card
from graphwright.pipeline.errors import UsageError
from graphwright.pipeline.protocols import FloatArray, IntArray
from graphwright.pipeline.records import Entity, Span

MASK = 103
"""The number of "[MASK]" in the vocabulary: a word that says nothing."""
STEPS = 24
BATCH = 2048
"""Pieces that share a batch: memory grows with it."""


@dataclass(frozen=True, slots=True, eq=False)
class Networks:
    """The encoder and the relation networks as Keras models, for gradients."""

    encoder: keras.Model
    members: tuple[keras.Model, ...]
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text with its share in the margin: above 0 it speaks for the relation, below 0 against it."""

    start: int
    end: int
    share: float


def load_networks(weights: Path, network: Path) -> Networks:
    """The encoder in ``weights`` and the relation network in ``network``, or its members where it is a committee.

    Raises ``UsageError`` for a network that does not read the shipped encoder's states.
    """
    card = read_card(network)
    if "input" in card:
        raise UsageError(f"words can be told for networks over the encoder that ships; {network} has {card['input']}")
    model = encoder()
    restore_weights(model, weights / ENCODER)
    members = []
    for folder in member_folders(network, card):
        members.append(relation_network(RelationConfig(read_card(folder)["network"], types=len(card["types"]))))
        restore_weights(members[-1], folder / RELATIONS)
    return Networks(model, tuple(members), tuple(card["types"]))


def word_shares(
    networks: Networks,
    text: str,
    pieces: Pieces,
    sentences: Sequence[Span],
    entities: Sequence[Entity],
    pair: tuple[int, int],
    type: str,
    steps: int = STEPS,
) -> list[Word]:
    """The words of a stretch of at most ``WINDOW`` pieces of a text, each with its share in the margin of ``type``.

    ``pair`` are the ids of head and tail. Raises ``UsageError`` where one of them is not in the stretch.
    """
    features = relation_features(pieces.offsets, sentences, entities, [pair])
    if not len(features.pairs):
        raise UsageError(f"entities {pair[0]} and {pair[1]} do not stand in the same stretch of text")
    inputs = relation_inputs([features], [len(pieces)])
    arrays = encoder_inputs([pieces])
    column = 1 + networks.types.index(type)
    return list(words(text, pieces.offsets, _integrated(networks, arrays, inputs, column, steps)[1:-1]))


def _integrated(networks: Networks, text: Arrays, inputs: Arrays, column: int, steps: int) -> FloatArray:
    """The share of each piece, float32 (2 + pieces,): the gradients between the masked text and the text, summed up."""
    table = networks.encoder.get_layer("embedding")
    cases = tf.constant(text["cases"])
    start, end = (table.summed(tf.constant(pieces), cases) for pieces in (masked(text["pieces"]), text["pieces"]))
    total = tf.zeros_like(end)
    places = (np.arange(steps, dtype=np.float32) + 0.5) / steps
    for part in np.array_split(places, -(-steps * text["pieces"].shape[1] // BATCH)):
        points = start + (end - start) * tf.constant(part)[:, tf.newaxis, tf.newaxis]
        with tf.GradientTape() as tape:
            tape.watch(points)
            value = tf.reduce_sum(margins(networks, points, inputs, column))
        total += tf.reduce_sum(tape.gradient(value, points), axis=0, keepdims=True) / steps
    return np.asarray(tf.reduce_sum(total * (end - start), axis=-1)[0], np.float32)


def masked(pieces: IntArray) -> IntArray:
    """The same number of pieces, all masked but for the first and the last, which are special."""
    nothing = np.full_like(pieces, MASK)
    nothing[:, [0, -1]] = pieces[:, [0, -1]]
    return nothing


def margins(networks: Networks, summed: tf.Tensor, inputs: Arrays, column: int) -> tf.Tensor:
    """The committee's mean margin of a class over the threshold class, from embeddings that are not normalised yet.

    Shape: summed float32 (points, 2 + pieces, width); inputs as of one document -> float32 (points,).
    """
    model = networks.encoder
    states = model.get_layer("embedding").norm(summed)
    for layer in model.layers:
        if layer.name.startswith("layer"):
            states = layer(states, tf.zeros((1, 1, 1, 1)), training=False)
    tensors = {name: tf.repeat(tf.constant(value), len(summed), axis=0) for name, value in inputs.items()}
    logits = [member({"states": states[:, 1:-1], **tensors}, training=False)["logits"] for member in networks.members]
    return tf.add_n([item[:, 0, column] - item[:, 0, 0] for item in logits]) / len(logits)


def words(text: str, offsets: IntArray, shares: FloatArray) -> Iterator[Word]:
    """Letters and digits that touch are one word; its share is the sum of its pieces'.

    Shape: offsets int32 (pieces, 2), into ``text``; shares float32 (pieces,).
    """
    first = 0
    for place in range(1, len(offsets) + 1):
        if place == len(offsets) or _apart(text, *offsets[[place - 1, place]].ravel().tolist()):
            start, end = int(offsets[first, 0]), int(offsets[place - 1, 1])
            yield Word(start, end, round(float(shares[first:place].sum()), 4))
            first = place


def _apart(text: str, _: int, end: int, start: int, __: int) -> bool:
    return start > end or not (text[end - 1].isalnum() and text[start].isalnum())
