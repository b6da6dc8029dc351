"""Rows of portions to the files of their shards, and the names of classes picked out on the way."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np

from graphwright.pipeline.kb.blocks import Integers, Row, ids_of, raw_rows, row_of
from graphwright.pipeline.kb.staging import Staging

_ROWS_AT_ONCE = 1 << 16
# Names that come from titles follow all others.
_LAST = 1 << 40
_QUALIFIER = re.compile(r"\s*\([^)]*\)$")
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[tuple[int, int, msgspec.Raw]])
Placed = tuple[int, int, msgspec.Raw]


def shards_of(bounds: Integers, ids: Integers) -> Integers:
    """The number of the shard of each id."""
    return np.searchsorted(bounds, ids, side="right") - 1


def shard_file(folder: Path, kind: str, shard: int) -> Path:
    return folder / f"{kind}-{shard}"


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as stream:
        stream.write(data)


def bare(title: str) -> str:
    """A title without what tells it from others of the same name: "Mercury (planet)"."""
    return _QUALIFIER.sub("", title)


@dataclass(slots=True)
class _Notes:
    """What is learnt from rows on their way: names of ``classes`` as (kind, sequence, name), owners of titles."""

    classes: set[int]
    titled: Mapping[str, list[tuple[str, int]]]
    called: dict[int, list[tuple[int, int, str]]] = field(default_factory=lambda: defaultdict(list))
    owners: dict[str, int] = field(default_factory=dict)

    def take(self, row: Row, id: int, seq: int) -> None:
        if id in self.classes:
            self.called[id] += _first_names(row, seq)
        if row[5] in self.titled:
            self.owners[row[5]] = min(self.owners.get(row[5], id), id)


def _first_names(row: Row, seq: int) -> Iterator[tuple[int, int, str]]:
    seen: set[int] = set()
    for name, kind, _ in row[6]:
        if kind not in seen:
            seen.add(kind)
            yield kind, seq, name
    if row[5]:
        yield 1, _LAST, bare(row[5])


def route_rows(staged: Staging, folder: Path, bounds: Integers, classes: set[int]) -> dict[int, str]:
    """Write the rows of each shard to its file; returns the preferred names of the classes."""
    notes = _Notes(classes, _titled(staged))
    buckets: dict[int, list[Placed]] = defaultdict(list)
    first = held = 0
    for packed_ids, packed_rows in staged.rows():
        ids, rows = ids_of(packed_ids), raw_rows(packed_rows)
        for shard, placed in _placed(bounds, ids, rows, first, notes):
            buckets[shard].append(placed)
        first, held = first + len(rows), held + len(rows)
        if held >= _ROWS_AT_ONCE:
            _write(folder, buckets)
            held = 0
    _write(folder, buckets)
    _write(folder, _titled_rows(notes, bounds))
    return {item: min(names)[2] for item, names in sorted(notes.called.items()) if names}


def _placed(
    bounds: Integers, ids: Integers, rows: list[msgspec.Raw], first: int, notes: _Notes
) -> Iterator[tuple[int, Placed]]:
    for seq, (shard, item, raw) in enumerate(
        zip(shards_of(bounds, ids).tolist(), ids.tolist(), rows, strict=True), first
    ):
        if item == 0:
            continue
        if item in notes.classes or notes.titled:
            notes.take(row_of(raw), item, seq)
        yield shard, (item, seq, raw)


def _titled(staged: Staging) -> dict[str, list[tuple[str, int]]]:
    """Names that were seen with a title instead of an id."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for packed_ids, packed_rows in staged.rows():
        without = np.flatnonzero(ids_of(packed_ids) == 0).tolist()
        rows = raw_rows(packed_rows) if without else []
        for index in without:
            row = row_of(rows[index])
            found[row[5]] += [(name, count) for name, _, count in row[6]]
    return dict(found)


def _titled_rows(notes: _Notes, bounds: Integers) -> dict[int, list[Placed]]:
    """Rows that only add names, for the entities that have the titles."""
    buckets: dict[int, list[Placed]] = defaultdict(list)
    for title, item in sorted(notes.owners.items()):
        names = [(name, 1, count) for name, count in notes.titled[title]]
        row: Row = ("", "", 0.0, 0, 0, "", names)
        shard = int(shards_of(bounds, np.array([item]))[0])
        buckets[shard].append((item, _LAST, msgspec.Raw(_encoder.encode(row))))
        if item in notes.classes:
            notes.called[item] += [(1, _LAST, name) for name, _, _ in names]
    return buckets


def _write(folder: Path, buckets: dict[int, list[Placed]]) -> None:
    for shard, rows in buckets.items():
        data = _encoder.encode(rows)
        append(shard_file(folder, "rows", shard), len(data).to_bytes(8, "little") + data)
    buckets.clear()


def rows_of_shard(folder: Path, shard: int) -> list[tuple[int, int, Row]]:
    """(id, sequence, row) of a shard, by id and sequence."""
    path = shard_file(folder, "rows", shard)
    found: list[tuple[int, int, Row]] = []
    if path.exists():
        with path.open("rb") as stream:
            found = list(_read(stream))
    return sorted(found, key=lambda item: item[:2])


def _read(stream: BinaryIO) -> Iterator[tuple[int, int, Row]]:
    while length := stream.read(8):
        for item, seq, raw in _decoder.decode(stream.read(int.from_bytes(length, "little"))):
            yield item, seq, row_of(raw)
