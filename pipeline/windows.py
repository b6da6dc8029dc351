"""Stretches in which a text of any length is read: paragraphs, as many as make a passage; windows where it has none.

Networks learn from texts of a few hundred pieces, each about one subject. A passage is such a text, so that a long
document's networks see what they know; a fact between names that never meet in a passage rests on no words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from graphwright.pipeline.protocols import FloatArray, IntArray
from graphwright.pipeline.records import Span

WINDOW = 510
"""Pieces that the networks read at once, at most."""
OVERLAP = 128
PASSAGE = 320
"""A text that cannot be read at once is divided where paragraphs end, until its parts are at most this long."""
FINISHED = ".!?…。！？:;\"'”’)]"
"""A paragraph's last letters; without one of these it is a heading, which stays with what it stands above."""


def stretches(text: str, sentences: Sequence[Span], offsets: IntArray) -> list[slice]:
    """Stretches of pieces that cover a text, in order, none longer than ``WINDOW``.

    ``offsets`` int32 (pieces, 2) are code points. Only windows over a passage without a break overlap.
    """
    length = len(offsets)
    if length <= WINDOW:
        return [slice(0, length)] if length else []
    paragraphs, lines = _breaks(text, sentences, offsets)
    return [
        slice(start + first, start + min(first + WINDOW, end - start))
        for start, end in _passages(0, length, paragraphs, lines)
        for first in window_starts(end - start)
    ]


def _breaks(text: str, sentences: Sequence[Span], offsets: IntArray) -> tuple[IntArray, IntArray]:
    """The pieces with which paragraphs begin, and those with which a sentence begins on a line of its own."""
    places: tuple[list[int], list[int]] = [], []
    for (_, end), (start, _) in pairwise(sentences):
        breaks = text.count("\n", end, start)
        if breaks:
            places[1].append(start)
        if breaks > 1 and text[end - 1] in FINISHED:
            places[0].append(start)
    paragraphs, lines = (np.searchsorted(offsets[:, 0], np.asarray(those, np.int32)) for those in places)
    return np.asarray(paragraphs, np.int32), np.asarray(lines, np.int32)


def _passages(start: int, end: int, paragraphs: IntArray, lines: IntArray) -> Iterator[Span]:
    """Halves of halves: each cut is the break nearest to the middle, and no cut leaves less than a quarter."""
    length = end - start
    levels = (paragraphs, lines) if length > WINDOW else (paragraphs,)
    cuts = (_middle(start, end, places) for places in levels if length > PASSAGE)
    cut = next((cut for cut in cuts if cut is not None), None)
    if cut is None:
        yield start, end
        return
    yield from _passages(start, cut, paragraphs, lines)
    yield from _passages(cut, end, paragraphs, lines)


def _middle(start: int, end: int, places: IntArray) -> int | None:
    quarter = (end - start) // 4
    first, last = np.searchsorted(places, (start + quarter, end - quarter))
    inside = places[first:last]
    return int(inside[np.abs(2 * inside - (start + end)).argmin()]) if len(inside) else None


def window_starts(length: int, window: int = WINDOW, overlap: int = OVERLAP) -> list[int]:
    """First pieces of the windows that cover ``length`` pieces.

    The last window ends with the text, so that all but a single short one are full.

    >>> window_starts(10), window_starts(600), window_starts(0)
    ([0], [0, 90], [])
    """
    if length <= window:
        return [0] if length else []
    starts = list(range(0, length - window, window - overlap))
    return [*starts, length - window]


def central_stretches(length: int, parts: Sequence[slice]) -> IntArray:
    """For each piece, the number of the stretch in which it lies farthest from an edge that cuts the text.

    Shape: int32 (length,).
    """
    owner, widest = np.zeros(length, np.int32), np.full(length, -1)
    for number, part in enumerate(parts):
        places = np.arange(part.start, part.stop)
        left = places - part.start if part.start else np.full(len(places), length)
        right = part.stop - 1 - places if part.stop < length else np.full(len(places), length)
        margins = np.minimum(left, right)
        wider = places[margins > widest[part]]
        owner[wider], widest[wider] = number, margins[wider - part.start]
    return owner


def merge_stretches(rows: Sequence[FloatArray], parts: Sequence[slice], length: int) -> FloatArray:
    """Put stretches back together, each piece from the one in which it lies most central.

    Shape: each of ``rows`` float32 (pieces of the stretch, width) -> float32 (length, width).
    """
    if len(rows) == 1:
        return rows[0]
    merged = np.empty((length, rows[0].shape[1]), np.float32)
    owner = central_stretches(length, parts)
    for number, (part, row) in enumerate(zip(parts, rows, strict=True)):
        mine = np.flatnonzero(owner[part] == number)
        merged[part][mine] = row[mine]
    return merged
