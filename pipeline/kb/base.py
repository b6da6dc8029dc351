"""A knowledge base as a source of another one: what can be told from its tables, with or without its own sources."""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from graphwright.pipeline.kb.portions import SEPARATOR, Options, Portion, Problems
from graphwright.pipeline.knowledge_file import check, connect
from graphwright.pipeline.names import normalise

_NAMES = "SELECT entity, name FROM name ORDER BY entity, name"
_CLAIMS = "SELECT subject, property, object FROM claim ORDER BY subject, property, object"


def base_portions(path: Path, options: Options, problems: Problems) -> Iterator[Portion]:
    """One portion for each entity, with all its names, whatever their language; by id.

    Raises ``ConfigurationError`` where the file is no knowledge base that this version can read.
    """
    check(path)
    with closing(connect(path)) as database:
        counts, degree = _counts(database), _degree(database)
        names, claims = _Following(database, _NAMES), _Following(database, _CLAIMS)
        for item, name, label, types, prior, population, year in database.execute("SELECT * FROM entity ORDER BY id"):
            called = [(name, 0), *((other, 1) for (other,) in names.of(item))]
            yield Portion(
                item,
                tuple((text, kind, counts.pop((item, normalise(text)), 0)) for text, kind in called),
                label,
                tuple(filter(None, types.split(SEPARATOR))),
                tuple(claims.of(item)),
                # What the claims that point here add to the popularity is added again when they are read.
                float(max(round(math.expm1(prior)) - degree[item], 0)),
                population,
                year,
            )


class _Following:
    """Rows of a query that come in the order of the entities, taken entity by entity; the id is not among them."""

    def __init__(self, database: sqlite3.Connection, query: str) -> None:
        self._groups = groupby(database.execute(query), key=itemgetter(0))
        self._next = next(self._groups, None)

    def of(self, item: int) -> list[Any]:
        while self._next is not None and self._next[0] < item:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != item:
            return []
        return [row[1:] for row in self._next[1]]


def _counts(database: sqlite3.Connection) -> dict[tuple[int, str], int]:
    """How often names were seen, by key: the first name of an entity that has the key is to get it."""
    rows = database.execute("SELECT entity, key, count FROM alias WHERE count > 0")
    return {(item, key): count for item, key, count in rows}


def _degree(database: sqlite3.Connection) -> Counter[int]:
    return Counter(dict(database.execute("SELECT object, count(*) FROM claim GROUP BY object")))
