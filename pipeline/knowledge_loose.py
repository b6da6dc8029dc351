"""Names that no key equals: those with the same words, longer and shorter ones, and those that differ in a letter."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from rapidfuzz import fuzz, process

from graphwright.pipeline.knowledge_entries import COLUMNS, KINDS, Candidate, entity_of
from graphwright.pipeline.knowledge_keys import BAG, FUZZY, PART
from graphwright.pipeline.names import SMALL_WORDS, bag, normalise

FUZZY_CUTOFF = 88.0
PARTS = 4
_FUZZY_POOL = 400
_SHORTEST = 4


def by_words(connection: sqlite3.Connection, key: str) -> Iterator[Candidate]:
    """Entities whose names have all words of ``key``: the best known of those with the smallest ids."""
    words = [word for word in key.split() if word not in SMALL_WORDS]
    if not words or len(words[0]) < _SHORTEST > len(words):
        return
    query = " AND ".join(f'"{word}"' for word in words)
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM entity e WHERE e.id IN (SELECT rowid FROM word WHERE word MATCH ? LIMIT ?) "
        "ORDER BY e.prior DESC, e.id LIMIT ?",
        (query, _FUZZY_POOL, PARTS),
    ).fetchall()
    for columns in rows:
        entity = entity_of(columns)
        own = normalise(entity.name)
        same = bag(own) == bag(key)
        similarity = 1.0 if same else min(len(key) / max(len(own), 1), 1.0)
        yield Candidate(entity, KINDS[BAG if same else PART], 0, similarity, len(rows))


def near(connection: sqlite3.Connection, key: str) -> Iterator[tuple[str, int, float]]:
    """Keys to try where none is equal, with kind of match and similarity: longer, shorter, then like names."""
    if len(key) >= _SHORTEST:
        for longer in _starting(connection, key + " ", PARTS):
            yield longer, PART, len(key) / len(longer)
        words = key.split()
        if len(words) > 2:
            yield " ".join(words[1:]), PART, 1.0 - len(words[0]) / len(key)
            ends = f"{words[0]} {words[-1]}"
            yield ends, PART, len(ends) / len(key)
        for count in range(len(words) - 1, 0, -1):
            shorter = " ".join(words[:count])
            if len(shorter) >= _SHORTEST and words[count - 1] not in SMALL_WORDS:
                yield shorter, PART, len(shorter) / len(key)
    for like, similarity in _alike(connection, key):
        yield like, FUZZY, similarity


def _starting(connection: sqlite3.Connection, start: str, limit: int) -> list[str]:
    """Keys that begin so, those of the best known entities first."""
    rows = connection.execute(
        "SELECT key FROM (SELECT a.key, a.entity FROM alias a WHERE a.key >= ? AND a.key < ? AND a.rank = 0 "
        "LIMIT ?) f JOIN entity e ON e.id = f.entity ORDER BY e.prior DESC, f.key LIMIT ?",
        (start, start + "\U0010ffff", _FUZZY_POOL, limit),
    )
    return [row[0] for row in rows]


def _alike(connection: sqlite3.Connection, key: str) -> list[tuple[str, float]]:
    """Keys that share their first letters with ``key`` and are nearly equal to it (rapidfuzz ratio)."""
    if len(key) < 6 or any(char.isdigit() for char in key):
        return []
    start = key[: max(4, len(key) // 3)]
    rows = connection.execute(
        "SELECT DISTINCT key FROM alias WHERE key >= ? AND key < ? AND rank = 0 LIMIT ?",
        (start, start + "\U0010ffff", _FUZZY_POOL),
    )
    keys = [row[0] for row in rows if abs(len(row[0]) - len(key)) < 4]
    best = process.extract(key, keys, scorer=fuzz.ratio, limit=4, score_cutoff=FUZZY_CUTOFF)
    return sorted(((found, score / 100.0) for found, score, _ in best), key=lambda item: (-item[1], item[0]))
