"""Small made-up examples for the relation networks, as the arrays that they read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from graphwright.models.arrays import Arrays, padded, relation_inputs
from graphwright.models.examples import Example
from graphwright.models.features import relation_features
from graphwright.models.heads import StateExample
from graphwright.models.networks import RelationConfig
from graphwright.models.pieces import Pieces
from graphwright.models.tags import TAGS
from graphwright.pipeline.records import Entity, Mention

WIDTH, TYPES, VOCABULARY = 8, 3, 50


def tiny(network: str, *, vocabulary: int = 0, dropout: float = 0.0) -> RelationConfig:
    return RelationConfig(
        network, TYPES, WIDTH, tokens=8, hidden=16, heads=2, size=4, dropout=dropout, vocabulary=vocabulary
    )


def example(seed: int, length: int) -> StateExample:
    """``length`` pieces in two sentences with three entities; what is true of a pair is a function of its labels."""
    random = np.random.default_rng(seed)
    offsets = np.array([[2 * n, 2 * n + 2] for n in range(length)], np.int32)
    labels = [str(label) for label in random.choice(["PER", "ORG", "LOC"], 3)]
    starts = sorted(random.choice(length, 3, replace=False).tolist())
    entities = [
        Entity(n, "", label, (Mention("d", 2 * start, 2 * start + 2, label),))
        for n, (start, label) in enumerate(zip(starts, labels, strict=True))
    ]
    features = relation_features(offsets, ((0, length), (length, 2 * length)), entities, None)
    types = np.zeros((len(features.pairs), TYPES), np.int8)
    for row, (head, _) in enumerate(features.pairs.tolist()):
        types[row, features.labels[head] - 1] = 1
    evidence = np.zeros((len(types), length), bool)
    evidence[:, : length // 2] = True
    ids = random.integers(1, VOCABULARY, length).astype(np.int32)
    pieces = Pieces(ids, np.ones(length, np.int32), offsets)
    allowed = np.ones((length, len(TAGS)), bool)
    states = random.normal(size=(length, WIDTH)).astype(np.float16)
    return StateExample(Example(f"d{seed}", pieces, allowed, features, types, evidence), states)


def inputs(items: list[StateExample], names: list[str]) -> Arrays:
    """One padded batch, as in use."""
    features = [item.example.relations for item in items if item.example.relations is not None]
    arrays = relation_inputs(features, [len(item.example.pieces) for item in items])
    arrays["states"] = padded([item.states.astype(np.float32) for item in items], 0)
    arrays["pieces"] = padded([item.example.pieces.ids for item in items], 0)
    return {name: arrays[name] for name in names}


def with_pairs(item: StateExample, order: list[int]) -> StateExample:
    """The same example with some of its pairs, in this order."""
    relations = item.example.relations
    assert relations is not None
    chosen = replace(relations, pairs=relations.pairs[order], pair_features=relations.pair_features[order])
    labels = {"types": item.example.types[order], "evidence": item.example.evidence[order]}
    return replace(item, example=replace(item.example, relations=chosen, **labels))
