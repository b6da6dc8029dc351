"""Portions packed into blocks: what is staged on disk, and what an updatable knowledge base keeps of its sources."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from graphwright.pipeline.kb.portions import Portion
from graphwright.pipeline.knowledge_types import label_of_types

Integers: TypeAlias = NDArray[np.int64]
Counts: TypeAlias = NDArray[np.int32]
# label, types joined by "|", popularity, population, year, title, names as (name, kind, count)
Row: TypeAlias = tuple[str, str, float, int, int, str, list[tuple[str, int, int]]]
_LEVEL = 1
_MOST = 10**15
# Coarse labels and class ids say what kind a thing is, but are no words to describe it by.
_NO_WORDS = re.compile(r"[A-Z]+|(Q\d+\|?)+")
_encoder = msgspec.msgpack.Encoder()
_rows = msgspec.msgpack.Decoder(list[Row])
_raw_rows = msgspec.msgpack.Decoder(list[msgspec.Raw])
_row: msgspec.msgpack.Decoder[Row] = msgspec.msgpack.Decoder(Row)


@dataclass(frozen=True, slots=True)
class Block:
    """Packed columns of portions: ids, claims (subject, property, object), and all that is said in words."""

    ids: bytes
    claims: bytes
    rows: bytes


def pack(portions: Sequence[Portion]) -> Block:
    """The portions in their order; names without a letter are left out."""
    claims = [(portion.id, attribute, value) for portion in portions for attribute, value in portion.claims]
    rows = [_row_of(portion) for portion in portions]
    return Block(
        _packed(np.array([portion.id for portion in portions], np.int64).tobytes()),
        _packed(np.array(claims, np.int64).reshape(-1, 3).T.tobytes()),
        _packed(_encoder.encode(rows)),
    )


def _row_of(portion: Portion) -> Row:
    label = portion.label or label_of_types(portion.types)
    types = "|".join(name for name in portion.types if not _NO_WORDS.fullmatch(name))
    names = [name for name in portion.names if name[0]]
    return label, types, portion.popularity, min(portion.population, _MOST), portion.year, portion.title, names


def _packed(data: bytes) -> bytes:
    return zlib.compress(data, _LEVEL)


def ids_of(packed: bytes) -> Integers:
    return np.frombuffer(zlib.decompress(packed), np.int64)


def claims_of(packed: bytes) -> Integers:
    """Subjects, properties and objects: an array (3, claims)."""
    return np.frombuffer(zlib.decompress(packed), np.int64).reshape(3, -1)


def raw_rows(packed: bytes) -> list[msgspec.Raw]:
    """Rows as they are encoded; ``row_of`` decodes one."""
    return _raw_rows.decode(zlib.decompress(packed))


def row_of(raw: msgspec.Raw | bytes) -> Row:
    return _row.decode(raw)
