"""Overlapping windows over the pieces of a document, so that a text of any length is read to its last word."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graphwright.pipeline.protocols import FloatArray, IntArray

WINDOW = 510
OVERLAP = 128


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


def central_windows(length: int, starts: Sequence[int], window: int = WINDOW) -> IntArray:
    """For each piece, the number of the window in which it lies farthest from an edge that cuts the text.

    Shape: int32 (length,).
    """
    owner, widest = np.zeros(length, np.int32), np.full(length, -1)
    for number, start in enumerate(starts):
        end = min(start + window, length)
        places = np.arange(start, end)
        left = places - start if start else np.full(end - start, length)
        right = end - 1 - places if end < length else np.full(end - start, length)
        margins = np.minimum(left, right)
        wider = places[margins > widest[start:end]]
        owner[wider], widest[wider] = number, margins[wider - start]
    return owner


def merge_windows(parts: Sequence[FloatArray], starts: Sequence[int], length: int, window: int = WINDOW) -> FloatArray:
    """Put windows back together, each piece from its most central window.

    Shape: each part float32 (pieces of the window, width) -> float32 (length, width).
    """
    if len(parts) == 1:
        return parts[0]
    merged = np.empty((length, parts[0].shape[1]), np.float32)
    owner = central_windows(length, starts, window)
    for number, (start, part) in enumerate(zip(starts, parts, strict=True)):
        mine = np.flatnonzero(owner == number)
        merged[mine] = part[mine - start]
    return merged
