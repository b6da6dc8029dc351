"""What the encoder's states say of an entity as one vector, for similarity search.

Vectors are unit vectors of so few digits that single precision holds them: what is read back is what was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from graphwright.pipeline.protocols import Encoded
from graphwright.pipeline.records import Entity, Span

Vector = tuple[float, ...]
DIGITS: Final = 5
MOST: Final = 64
"""Occurrences that a thing's vector is the mean of, the first by id: the mean of more is not better, and as costly."""


def entity_vector(encoded: Encoded, entity: Entity) -> Vector:
    """The mean state of the word pieces that name an entity; of all its mentions where only pronouns stand for it."""
    names = [mention.span for mention in entity.mentions if mention.form == "name"]
    return _mean_state(encoded, names or [mention.span for mention in entity.mentions])


def text_vector(encoded: Encoded) -> Vector:
    """The mean state of all word pieces: a question as a vector, to be compared with those of entities."""
    return _mean_state(encoded, [(0, len(encoded.document.text))])


def mean_vector(vectors: Sequence[Vector]) -> Vector:
    """The direction between vectors, which are to come in one order for one result."""
    return _unit(np.asarray(vectors, dtype=np.float64).mean(axis=0))


def rounded(vector: ArrayLike) -> Vector:
    """A vector as it was written, from numbers of single precision."""
    return tuple(float(number) for number in np.round(np.asarray(vector, dtype=np.float64), DIGITS))


def _mean_state(encoded: Encoded, spans: Sequence[Span]) -> Vector:
    starts, ends = encoded.offsets[:, 0], encoded.offsets[:, 1]
    chosen = np.zeros(len(starts), dtype=bool)
    for start, end in spans:
        chosen |= (starts < end) & (ends > start)
    return _unit(encoded.states[chosen].astype(np.float64).mean(axis=0)) if chosen.any() else ()


def _unit(vector: np.ndarray) -> Vector:
    length = float(np.linalg.norm(vector))
    return rounded(vector / length) if length else ()
