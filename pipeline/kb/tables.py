"""The file of a knowledge base, written table by table in the order of its keys: equal content gives equal bytes."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from graphwright.pipeline.kb.blocks import Integers
from graphwright.pipeline.kb.entities import ENTITY, KEYED, NAME, Made
from graphwright.pipeline.kb.shards import stored_claims
from graphwright.pipeline.kb.staging import PORTIONS, Staging
from graphwright.pipeline.knowledge_file import FORMAT

_CLAIM = """claim(subject INTEGER, property INTEGER, object INTEGER,
                   PRIMARY KEY(subject, property, object)) WITHOUT ROWID"""
_ALIAS = """alias(key TEXT, rank INTEGER, entity INTEGER, kind INTEGER, count INTEGER, sharing INTEGER,
                   PRIMARY KEY(key, rank)) WITHOUT ROWID"""
_TABLES = (
    "TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
    f"TABLE {ENTITY}",
    f"TABLE {NAME}",
    f"TABLE {_CLAIM}",
    f"TABLE {_ALIAS}",
)
_WORD = "CREATE VIRTUAL TABLE word USING fts5(names, content='', detail=none, columnsize=0, tokenize='unicode61')"
_WORD_TABLES = ("word_data", "word_idx")
_ALIASES = """
INSERT INTO alias SELECT key, row_number() OVER (PARTITION BY key ORDER BY count DESC, prior DESC, entity) - 1,
entity, kind, count, count(*) OVER (PARTITION BY key) FROM sorting.keyed
"""
_HASHED = 1 << 20
# The pages' content does not include the header, which names the version of SQLite.
_HEADER = 100


def create(path: Path, sorting: Path) -> sqlite3.Connection:
    """An empty knowledge base, with a database beside it for what has yet to be sorted."""
    database = sqlite3.connect(path, isolation_level=None, uri=True)
    database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;")
    database.execute("ATTACH ? AS sorting", (str(sorting),))
    database.executescript("PRAGMA sorting.journal_mode = OFF; PRAGMA sorting.synchronous = OFF;")
    for table in _TABLES:
        database.execute(f"CREATE {table}")
    database.execute(_WORD)
    database.execute(f"CREATE TABLE sorting.{KEYED}")
    return database


def add_shards(database: sqlite3.Connection, made: Iterable[Made]) -> list[Made]:
    """Entities and names of the shards, which come in the order of ids; their keys wait to be sorted."""
    added = []
    for shard in made:
        database.execute("ATTACH ? AS shard", (str(shard.path),))
        for table in ("entity", "name", "sorting.keyed"):
            database.execute(f"INSERT INTO {table} SELECT * FROM shard.{table.rpartition('.')[2]}")
        database.execute("DETACH shard")
        added.append(shard)
    return added


def add_claims(database: sqlite3.Connection, folder: Path, shards: int) -> None:
    """Claims between two different entities that are both kept."""
    kept = np.fromiter((row[0] for row in database.execute("SELECT id FROM entity ORDER BY id")), np.int64)
    for shard in range(shards):
        claims = _between(stored_claims(folder, shard), kept)
        database.execute("BEGIN")
        database.executemany("INSERT INTO claim VALUES (?, ?, ?)", zip(*claims.T.tolist(), strict=True))
        database.execute("COMMIT")


def _between(claims: Integers, kept: Integers) -> Integers:
    if not len(claims) or not len(kept):
        return claims[:0]
    known = [kept[np.minimum(np.searchsorted(kept, claims[:, end]), len(kept) - 1)] == claims[:, end] for end in (0, 2)]
    found: Integers = claims[known[0] & known[1] & (claims[:, 0] != claims[:, 2])]
    return found


def add_aliases(database: sqlite3.Connection) -> None:
    """Within a key the entity seen most with it comes first, then the most popular.

    SQLite hands rows on in the order that it partitioned them by, so they need not be sorted once more.
    """
    database.execute(_ALIASES)


def index_words(made: Sequence[Path]) -> Path:
    """An index of all words of each entity's names, for names that nothing equals; returns its file."""
    path = made[0].with_name("words.sqlite")
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;")
    database.execute(_WORD)
    database.execute("BEGIN")
    for shard in made:
        with closing(sqlite3.connect(shard)) as source:
            rows = source.execute("SELECT id, names FROM words ORDER BY id")
            database.executemany("INSERT INTO word(rowid, names) VALUES (?, ?)", rows)
    database.execute("INSERT INTO word(word) VALUES ('optimize')")
    database.execute("COMMIT")
    database.close()
    return path


def add_words(database: sqlite3.Connection, words: Path) -> None:
    """Copy the tables that the index consists of."""
    database.execute("ATTACH ? AS words", (str(words),))
    for table in _WORD_TABLES:
        database.execute(f"DELETE FROM {table}")
        database.execute(f"INSERT INTO {table} SELECT * FROM words.{table}")
    database.execute("DETACH words")


def add_portions(database: sqlite3.Connection, staged: Staging) -> None:
    """Keep what was read, so that more can be added later."""
    database.execute(f"CREATE TABLE {PORTIONS}")
    rows = staged.database.execute("SELECT * FROM portion ORDER BY seq")
    database.execute("BEGIN")
    database.executemany("INSERT INTO portion VALUES (?, ?, ?, ?)", rows)
    database.execute("COMMIT")


def finish(database: sqlite3.Connection, path: Path, meta: Mapping[str, str]) -> None:
    """Meta data with a hash of the content, and the format version."""
    database.execute("DETACH sorting")
    database.execute("VACUUM")
    values = {**meta, "fingerprint": _hash(path)}
    database.executemany("INSERT INTO meta VALUES (?, ?)", sorted(values.items()))
    database.execute(f"PRAGMA user_version = {FORMAT}")
    database.close()
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def _hash(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as stream:
        stream.seek(_HEADER)
        while data := stream.read(_HASHED):
            total.update(data)
    return total.hexdigest()[:32]
