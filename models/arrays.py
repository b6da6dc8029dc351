"""Documents as arrays of the shapes that networks read; padded where several share a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphwright.models.features import RelationFeatures
from graphwright.models.pieces import CLS, SEP, Pieces

Arrays = dict[str, NDArray[Any]]


def padded(rows: Sequence[NDArray[Any]], fill: int) -> NDArray[Any]:
    """Rows of unequal shapes as one array, ``fill`` beyond each. At least one long in every direction."""
    sizes = [max(1, *(row.shape[axis] for row in rows)) for axis in range(rows[0].ndim)]
    result = np.full((len(rows), *sizes), fill, rows[0].dtype)
    for number, row in enumerate(rows):
        result[number][tuple(slice(size) for size in row.shape)] = row
    return result


def encoder_inputs(pieces: Sequence[Pieces]) -> Arrays:
    """Word pieces between [CLS] and [SEP]. Shape: pieces, cases int32 (batch, 2 + longest), 0 is padding."""
    ids = [np.concatenate([[CLS], part.ids, [SEP]]).astype(np.int32) for part in pieces]
    cases = [np.concatenate([[1], part.cases, [1]]).astype(np.int32) for part in pieces]
    return {"pieces": padded(ids, 0), "cases": padded(cases, 0)}


def relation_inputs(features: Sequence[RelationFeatures], lengths: Sequence[int]) -> Arrays:
    """The relation networks' inputs but for the states; shapes as in ``networks.relation_network``."""
    return {
        "mask": padded([np.ones(length, bool) for length in lengths], 0),
        "marks": padded([item.marks for item in features], 0),
        "spans": padded([item.spans for item in features], 0),
        "owners": padded([item.owners for item in features], -1),
        "labels": padded([item.labels for item in features], 0),
        "pairs": padded([item.pairs for item in features], 0),
        "pair_features": padded([item.pair_features for item in features], 0),
    }
