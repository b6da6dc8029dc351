"""Entity tags of pieces: BIO labels, the training targets, and the best allowed sequence (Viterbi)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np
from numpy.typing import NDArray

from graphwright.pipeline.protocols import FloatArray, IntArray
from graphwright.pipeline.records import ENTITY_LABELS

TAGS = ("O", *(f"{prefix}-{label}" for label in ENTITY_LABELS for prefix in "BI"))
FORBIDDEN = -1e4


def begin(label: str) -> int:
    """Number of the tag that begins a mention of ``label``; the inside tag follows it."""
    return 1 + 2 * ENTITY_LABELS.index(label)


def piece_range(offsets: IntArray, start: int, end: int) -> tuple[int, int]:
    """The half-open range of pieces that overlap the characters ``[start, end)``; empty where none does."""
    first = int(np.searchsorted(offsets[:, 1], start, side="right"))
    last = int(np.searchsorted(offsets[:, 0], end, side="left"))
    return first, max(first, last)


def allowed_tags(
    length: int, mentions: Iterable[tuple[int, int, Collection[str]]], known: Collection[str]
) -> NDArray[np.bool_]:
    """Which tags each piece may carry, given a partial annotation.

    ``mentions`` are (first piece, past the last piece, possible labels); ``known`` are the labels that were annotated
    exhaustively: elsewhere a piece is outside, or inside a mention of a label that nobody marked.
    Shape: bool (length, tags).
    """
    allowed = np.zeros((length, len(TAGS)), bool)
    allowed[:, 0] = True
    for label in ENTITY_LABELS:
        if label not in known:
            allowed[:, begin(label) : begin(label) + 2] = True
    for first, last, labels in mentions:
        allowed[first:last] = False
        for label in labels:
            allowed[first, begin(label)] = True
            allowed[first + 1 : last, begin(label) + 1] = True
    return allowed


def transition_scores() -> FloatArray:
    """Zero where a tag may follow another, ``FORBIDDEN`` where not. Shape: float32 (tags, tags)."""
    scores = np.zeros((len(TAGS), len(TAGS)), np.float32)
    for number, tag in enumerate(TAGS):
        if tag.startswith("I-"):
            scores[:, number] = FORBIDDEN
            scores[[number - 1, number], number] = 0.0
    return scores


def best_tags(logits: FloatArray, transitions: FloatArray) -> IntArray:
    """The best sequence of tags (Viterbi 1967). Shape: float32 (length, tags) -> int32 (length,)."""
    length = len(logits)
    if not length:
        return np.zeros(0, np.int32)
    back = np.empty((length, logits.shape[1]), np.int32)
    total = np.where([tag.startswith("I-") for tag in TAGS], FORBIDDEN, 0.0).astype(np.float32) + logits[0]
    for place in range(1, length):
        paths = total[:, None] + transitions
        back[place] = paths.argmax(axis=0)
        total = paths.max(axis=0) + logits[place]
    tags = np.empty(length, np.int32)
    tags[-1] = int(total.argmax())
    for place in range(length - 1, 0, -1):
        tags[place - 1] = back[place, tags[place]]
    return tags


def tag_spans(tags: IntArray) -> list[tuple[int, int, str]]:
    """Mentions of a valid tag sequence as (first piece, past the last piece, label)."""
    starts = np.flatnonzero((tags > 0) & (tags % 2 == 1))
    spans = []
    for start in starts:
        end = int(start) + 1
        while end < len(tags) and tags[end] == tags[start] + 1:
            end += 1
        spans.append((int(start), end, ENTITY_LABELS[(int(tags[start]) - 1) // 2]))
    return spans
