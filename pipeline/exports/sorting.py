"""Sorting more rows than memory holds: sorted runs in a file without a name, merged as they are read."""

from __future__ import annotations

import heapq
import marshal
import tempfile
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from types import TracebackType
from typing import IO, Any, Final, Self

Row = tuple[Any, ...]
"""A key (a string) and plain values."""

RUN: Final = 20_000
"""Rows in memory while they are collected."""
PIECE: Final = 500
"""Rows of each run in memory while runs are merged."""
_key = itemgetter(0)


class SortedRows:
    """Collects rows in any order and gives them back grouped by their first value, in its order."""

    def __init__(self, run: int = RUN) -> None:
        self._run = run
        self._rows: list[Row] = []
        self._runs: list[tuple[int, int]] = []
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="graphwright-")  # noqa: SIM115 (closed by __exit__)

    def add(self, row: Row) -> None:
        """Take a row. Raises ``OSError`` where there is no room for it."""
        self._rows.append(row)
        if len(self._rows) >= self._run:
            self._put_away()

    def extend(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self.add(row)

    def groups(self) -> Iterator[tuple[str, Iterator[Row]]]:
        """(key, its rows) in order of keys; nothing may be added any more."""
        self._rows.sort(key=_key)
        merged = heapq.merge(self._rows, *(self._read(*run) for run in self._runs), key=_key)
        return groupby(merged, _key)

    def _put_away(self) -> None:
        self._rows.sort(key=_key)
        start = self._file.seek(0, 2)
        for first in range(0, len(self._rows), PIECE):
            marshal.dump(self._rows[first : first + PIECE], self._file)
        self._runs.append((start, self._file.tell()))
        self._rows.clear()

    def _read(self, place: int, end: int) -> Iterator[Row]:
        while place < end:
            self._file.seek(place)
            rows = marshal.load(self._file)
            place = self._file.tell()
            yield from rows

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
