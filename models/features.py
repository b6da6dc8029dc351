"""One function turns a document with entities into arrays, for training and for use alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graphwright.models.tags import piece_range
from graphwright.pipeline.protocols import IntArray
from graphwright.pipeline.records import ENTITY_LABELS, Entity, Span

DISTANCES = (0, 1, 2, 4, 8, 16, 32, 64, 128, 256)
SENTENCE_BUCKETS = 6
DISTANCE_BUCKETS = 2 * len(DISTANCES) + 1
MENTION_BUCKETS = 5
MENTIONS = slice(2, 4)
"""The columns of pair features that count mentions."""


@dataclass(frozen=True, slots=True, eq=False)
class RelationFeatures:
    """What a relation network needs beside the states of a stretch of text.

    Shape: all int32. marks (pieces,), 0 outside of mentions, else 1 + label; spans (mentions, 2), half-open piece
    ranges; owners (mentions,), the row of the entity; labels (entities,); pairs (pairs, 2), rows of head and tail;
    pair_features (pairs, 4): sentence distance, signed piece distance, mentions of head, of tail, all in buckets.
    ``kept`` are the ids of the entities that have a mention in the stretch, in the order of the rows. ``given`` says
    that people gave the entities (what is found has scores below 1), which is for calibration alone.
    """

    marks: IntArray
    spans: IntArray
    owners: IntArray
    labels: IntArray
    pairs: IntArray
    pair_features: IntArray
    kept: tuple[int, ...]
    given: bool = True


def label_number(label: str) -> int:
    """1 + the place of an entity label, 0 for one that is unknown."""
    return ENTITY_LABELS.index(label) + 1 if label in ENTITY_LABELS else 0


def relation_features(
    offsets: IntArray, sentences: Sequence[Span], entities: Sequence[Entity], pairs: Sequence[tuple[int, int]] | None
) -> RelationFeatures:
    """Arrays for the ordered pairs of entity ids (all, where ``None``) that both occur in the stretch.

    ``offsets`` int32 (pieces, 2) are the stretch's pieces in the document; mentions outside of it are left out.
    """
    located = [(entity, _locate(offsets, entity)) for entity in entities]
    present = [(entity, spans) for entity, spans in located if spans]
    kept = tuple(entity.id for entity, _ in present)
    spans = [span for _, group in present for span in group]
    owners = [row for row, (_, group) in enumerate(present) for _ in group]
    labels = [label_number(entity.label) for entity, _ in present]
    marks = np.zeros(len(offsets), np.int32)
    for (first, last), owner in zip(spans, owners, strict=True):
        marks[first:last] = labels[owner]
    rows = _pair_rows(kept, pairs)
    span_array = np.asarray(spans, np.int32).reshape(-1, 2)
    owner_array = np.asarray(owners, np.int32)
    features = _pair_features(offsets, sentences, span_array, owner_array, len(kept), rows)
    given = all(mention.score == 1 for entity in entities for mention in entity.mentions)
    label_array = np.asarray(labels, np.int32)
    return RelationFeatures(marks, span_array, owner_array, label_array, rows, features, kept, given)


def _locate(offsets: IntArray, entity: Entity) -> list[tuple[int, int]]:
    ranges = (piece_range(offsets, mention.start, mention.end) for mention in entity.mentions)
    return [(first, last) for first, last in ranges if last > first]


def _pair_rows(kept: Sequence[int], pairs: Sequence[tuple[int, int]] | None) -> IntArray:
    if pairs is None:
        grid = np.stack(np.meshgrid(np.arange(len(kept)), np.arange(len(kept)), indexing="ij"), -1).reshape(-1, 2)
        return grid[grid[:, 0] != grid[:, 1]].astype(np.int32)
    row = {entity: number for number, entity in enumerate(kept)}
    found = [(row[head], row[tail]) for head, tail in pairs if head in row and tail in row]
    return np.asarray(found, np.int32).reshape(-1, 2)


def _pair_features(
    offsets: IntArray, sentences: Sequence[Span], spans: IntArray, owners: IntArray, entities: int, pairs: IntArray
) -> IntArray:
    """Distances between the closest mentions of each pair; all mentions against all, by whole arrays."""
    if not len(pairs):
        return np.zeros((0, 4), np.int32)
    starts = np.asarray([start for start, _ in sentences] or [0])
    sentence = np.searchsorted(starts, offsets[spans[:, 0], 0], side="right")
    gaps = spans[None, :, 0] - spans[:, None, 0]
    closeness = np.abs(gaps) * 2 + (gaps < 0)
    best = _closest(closeness, owners, entities)
    apart = _closest(np.abs(sentence[None, :] - sentence[:, None]), owners, entities)
    counts = np.minimum(np.bincount(owners, minlength=entities), MENTION_BUCKETS - 1)
    head, tail = pairs[:, 0], pairs[:, 1]
    closest = best[head, tail]
    bucket = np.searchsorted(DISTANCES, closest // 2, side="right")
    signed = np.where(closest % 2 == 1, bucket, bucket + len(DISTANCES))
    near = np.minimum(apart[head, tail], SENTENCE_BUCKETS - 1)
    return np.stack([near, signed, counts[head], counts[tail]], axis=1).astype(np.int32)


def _closest(distances: IntArray, owners: IntArray, entities: int) -> IntArray:
    """Least distance between any mentions of two entities. Shape: (mentions, mentions) -> (entities, entities)."""
    large = np.iinfo(np.int64).max
    rows = np.full((entities, distances.shape[1]), large)
    np.minimum.at(rows, owners, distances)
    least = np.full((entities, entities), large)
    np.minimum.at(least.T, owners, rows.T)
    return least
