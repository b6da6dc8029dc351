"""A picture that is a file of its own: a document of one page that holds nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from graphwright.pipeline.pictures.found import Piece, data_hash, size_of, unpacked


def pictures(data: bytes) -> Iterator[Piece]:
    """The one picture."""
    yield Piece(data_hash(data), 1, (0, 0, *size_of(data)), partial(unpacked, data), 0)
