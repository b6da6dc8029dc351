"""What a build has read so far: a folder beside the knowledge base to be made, so that a build that was killed goes on.

Blocks of portions lie in one SQLite file together with how far each source was read; one transaction writes both.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from graphwright.pipeline.errors import ConfigurationError, GraphwrightError
from graphwright.pipeline.kb.blocks import Block
from graphwright.pipeline.kb.portions import Problems

FORMAT = 1
COMMIT_BLOCKS = 16
PORTIONS = "portion(seq INTEGER PRIMARY KEY, ids BLOB, claims BLOB, rows BLOB)"
_SOURCES = "source(number INTEGER PRIMARY KEY, name TEXT, position TEXT)"


@dataclass(frozen=True, slots=True)
class Position:
    """How far a source was read: ``end`` bytes of the unpacked file and ``line`` lines, or ``end`` portions.

    ``opened`` and ``closed`` tell of the brackets around a dump.
    """

    end: int = 0
    line: int = 0
    bad: int = 0
    messages: tuple[str, ...] = ()
    complete: bool = True
    opened: bool = False
    closed: bool = False
    done: bool = False

    @property
    def problems(self) -> Problems:
        return Problems(self.bad, self.complete, list(self.messages))

    def with_problems(self, problems: Problems) -> Position:
        return replace(self, bad=problems.bad, complete=problems.complete, messages=tuple(problems.messages))


@dataclass(slots=True)
class Staging:
    """The open file; ``resumed`` where it held something of the same build."""

    folder: Path
    database: sqlite3.Connection
    resumed: bool = False
    _pending: int = field(default=0, repr=False)

    def position(self, source: int) -> Position:
        row = self.database.execute("SELECT position FROM source WHERE number = ?", (source,)).fetchone()
        if row is None:
            return Position()
        values = json.loads(row[0])
        return Position(**{**values, "messages": tuple(values["messages"])})

    def positions(self) -> list[tuple[str, Position]]:
        """Name and position of every source, in their order."""
        rows = self.database.execute("SELECT number, name FROM source ORDER BY number").fetchall()
        return [(name, self.position(number)) for number, name in rows]

    def reach(
        self, source: int, name: str, position: Position, block: Block | None = None, *, safe: bool = True
    ) -> None:
        """Keep a block together with the position that it leads to; where it is ``safe``, every few blocks for good."""
        if block is not None:
            values = (block.ids, block.claims, block.rows)
            self.database.execute("INSERT INTO portion(ids, claims, rows) VALUES (?, ?, ?)", values)
        row = (source, name, json.dumps(asdict(position)))
        self.database.execute("INSERT OR REPLACE INTO source VALUES (?, ?, ?)", row)
        self._pending += 1
        if safe and (position.done or self._pending >= COMMIT_BLOCKS):
            self.database.commit()
            self._pending = 0

    def ids(self) -> Iterator[bytes]:
        for (packed,) in self.database.execute("SELECT ids FROM portion ORDER BY seq"):
            yield packed

    def claims(self) -> Iterator[bytes]:
        for (packed,) in self.database.execute("SELECT claims FROM portion ORDER BY seq"):
            yield packed

    def rows(self) -> Iterator[tuple[bytes, bytes]]:
        """Ids and rows of every block."""
        yield from self.database.execute("SELECT ids, rows FROM portion ORDER BY seq")


def staging_folder(output: Path) -> Path:
    return output.with_name(f".{output.name}.partial")


@contextmanager
def staging(output: Path, build: Mapping[str, object]) -> Iterator[Staging]:
    """The staging of a build that ``build`` identifies; what another build left is cleared away.

    It is removed when the block ends well, and kept for the next run when it does not.
    Raises ``ConfigurationError`` where another process builds the same file.
    """
    folder = staging_folder(output)
    folder.mkdir(exist_ok=True)
    identity = json.dumps({"format": FORMAT, **build}, sort_keys=True)
    try:
        database, resumed = _open(folder, identity)
    except (OSError, sqlite3.OperationalError) as error:
        if folder.is_dir():
            raise
        raise ConfigurationError(
            f"wanted to build {output} alone; another process did meanwhile: see what it made, or build again"
        ) from error
    for left in folder.glob("*/"):  # what a build that was killed had begun to write
        shutil.rmtree(left)
    try:
        yield Staging(folder, database, resumed)
    except GraphwrightError:
        # What is wrong with the input shows at once, mostly; then there is nothing to go on with.
        if database.execute("SELECT count(*) FROM portion").fetchone() == (0,):
            shutil.rmtree(folder)
        raise
    finally:
        database.close()
    shutil.rmtree(folder)


def _open(folder: Path, identity: str) -> tuple[sqlite3.Connection, bool]:
    path = folder / "staging.sqlite"
    with suppress(sqlite3.DatabaseError):
        database = _connect(path)
        found = database.execute("SELECT value FROM build").fetchone()
        if found == (identity,):
            return database, True
        database.close()
    for name in ("staging.sqlite", "staging.sqlite-wal", "staging.sqlite-shm"):
        (folder / name).unlink(missing_ok=True)
    database = _connect(path)
    for table in ("build(value TEXT)", _SOURCES, PORTIONS):
        database.execute(f"CREATE TABLE {table}")
    database.execute("INSERT INTO build VALUES (?)", (identity,))
    database.commit()
    return database, False


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=0.5, uri=True)
    try:
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("BEGIN IMMEDIATE")
        database.commit()
    except sqlite3.OperationalError as error:
        database.close()
        if "locked" not in str(error):
            raise
        raise ConfigurationError(
            f"wanted to build alone in {path.parent}; another process does: wait for it, or give another --output"
        ) from error
    return database


def copy_portions(base: Path, into: Staging, sources: Sequence[str], problems: Problems) -> None:
    """Begin with what a knowledge base keeps of the sources it was built from."""
    database = into.database
    database.execute("ATTACH ? AS base", (f"{base.resolve().as_uri()}?mode=ro&immutable=1",))
    database.execute("INSERT INTO portion SELECT * FROM base.portion ORDER BY seq")
    whole = Position(done=True)
    for number, name in enumerate(sources):
        into.reach(number, name, whole.with_problems(problems) if number == 0 else whole, safe=False)
    database.commit()
    database.execute("DETACH base")
