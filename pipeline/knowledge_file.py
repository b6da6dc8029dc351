"""The file of a knowledge base: opened read-only and memory-mapped, checked, and described."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from graphwright.pipeline.errors import ConfigurationError

FORMAT = 1
_MMAP = 1 << 40
_TABLES = frozenset({"entity", "alias", "claim", "meta"})


@dataclass(frozen=True, slots=True)
class KnowledgeInfo:
    """Numbers of a knowledge base; ``bad`` counts lines that could not be used, ``complete`` is false after a cut.

    ``updatable``: it keeps what it was built from, so that `kb build --update` can add to it; ``bytes`` is its size.
    """

    path: str
    version: int
    entities: int
    aliases: int
    claims: int
    languages: tuple[str, ...]
    sources: tuple[str, ...]
    bad: int
    complete: bool
    messages: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    updatable: bool = False
    bytes: int = 0


def connect(path: Path) -> sqlite3.Connection:
    """A read-only, memory-mapped connection to a file that nobody writes any more."""
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
    connection.execute(f"PRAGMA mmap_size = {_MMAP}")
    try:
        connection.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab('main', 'word', 'row')")
    except sqlite3.OperationalError as error:
        if "no such module" not in str(error):
            raise
        raise ConfigurationError(
            "wanted a SQLite with full-text search (FTS5), which a knowledge base needs; this process has loaded "
            "another, as TensorFlow brings one: import sqlite3 before tensorflow"
        ) from error
    return connection


def read_info(connection: sqlite3.Connection, path: Path) -> KnowledgeInfo:
    meta = dict(connection.execute("SELECT key, value FROM meta"))
    counts = [
        connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("entity", "alias", "claim")
    ]
    languages, sources, types = (
        tuple(filter(None, meta.get(key, "").split("\n"))) for key in ("languages", "sources", "types")
    )
    return KnowledgeInfo(
        str(path), FORMAT, counts[0], counts[1], counts[2], languages, sources, int(meta["bad"]),
        meta["complete"] == "1", types=types, updatable="portion" in tables(connection), bytes=path.stat().st_size,
    )  # fmt: skip


def tables(connection: sqlite3.Connection) -> frozenset[str]:
    return frozenset(row[0] for row in connection.execute("SELECT name FROM sqlite_master"))


def check(path: Path) -> None:
    """Raises ``ConfigurationError`` where ``path`` is no knowledge base that this version can read."""
    wanted = f"a knowledge base of format {FORMAT}, made by `graphwright kb build`"
    if not path.is_file():
        raise ConfigurationError(f"wanted {wanted}; there is no file {path}")
    try:
        connection = connect(path)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        found = tables(connection)
        connection.close()
    except sqlite3.DatabaseError as error:
        raise ConfigurationError(f"wanted {wanted}; {path} is no SQLite file ({error})") from error
    if not found >= _TABLES:
        raise ConfigurationError(f"wanted {wanted}; {path} is some other SQLite file")
    if version != FORMAT:
        raise ConfigurationError(f"wanted {wanted}; {path} has format {version}: build it again with this version")
