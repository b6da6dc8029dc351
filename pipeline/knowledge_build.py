"""Build a knowledge base: portions of all sources are staged on disk, joined by id, and written sorted, so that equal
input gives equal bytes and memory does not grow with the input.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from graphwright.pipeline.errors import ConfigurationError
from graphwright.pipeline.knowledge import FORMAT, KnowledgeInfo, connect, read_info
from graphwright.pipeline.knowledge_keys import ALIAS, LABEL, derived_keys
from graphwright.pipeline.knowledge_sources import DEFAULT_COLUMNS, Options, Portion, Problems, read_source
from graphwright.pipeline.knowledge_types import ends_of_property, label_of_types, label_of_votes
from graphwright.pipeline.names import normalise

_BATCH = 5000
_TYPES = 4
_DISAMBIGUATION = frozenset({4167410, 13406463, 4167836, 11266439})
_STAGING = """
CREATE TABLE part(id INTEGER, seq INTEGER, label TEXT, types TEXT, popularity REAL, population INTEGER, year INTEGER);
CREATE TABLE called(id INTEGER, seq INTEGER, name TEXT, kind INTEGER, count INTEGER);
CREATE TABLE claimed(subject INTEGER, property INTEGER, object INTEGER);
CREATE TABLE title(title TEXT, id INTEGER);
CREATE TABLE titled(title TEXT, name TEXT, count INTEGER);
"""
_TABLES = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE entity(id INTEGER PRIMARY KEY, name TEXT, label TEXT, types TEXT, prior REAL, population INTEGER,
                    year INTEGER);
CREATE TABLE name(entity INTEGER, name TEXT, PRIMARY KEY(entity, name)) WITHOUT ROWID;
CREATE TABLE claim(subject INTEGER, property INTEGER, object INTEGER,
                   PRIMARY KEY(subject, property, object)) WITHOUT ROWID;
CREATE TABLE alias(key TEXT, rank INTEGER, entity INTEGER, kind INTEGER, count INTEGER, sharing INTEGER,
                   PRIMARY KEY(key, rank)) WITHOUT ROWID;
CREATE VIRTUAL TABLE word USING fts5(names, content='', detail=none, columnsize=0, tokenize='unicode61');
"""


def build_knowledge(
    sources: Sequence[str],
    output: Path,
    *,
    languages: Sequence[str] = ("en",),
    types: Collection[str] | None = None,
    columns: Mapping[str, str] | None = None,
) -> KnowledgeInfo:
    """Make the knowledge base ``output`` out of files (see ``knowledge_sources``), each adding to the ones before.

    ``languages``: names to keep, the first gives the preferred name; ``types``: coarse labels or class ids
    ("PER", "Q5") to keep, all where ``None``; ``columns``: our field -> the source's column. Lines that cannot be used
    are counted and the first ones named in the result. The file appears whole or not at all.
    Raises ``ConfigurationError`` for a missing or unknown source.
    """
    if not sources:
        raise ConfigurationError("wanted at least one source to build a knowledge base from; received none")
    options = Options(tuple(languages), {**DEFAULT_COLUMNS, **(columns or {})})
    problems = Problems()
    streams = [read_source(Path(source), options, problems) for source in sources]
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".knowledge-") as folder:
        made = Path(folder) / "made.sqlite"
        _build(streams, Path(folder) / "staging.sqlite", made, frozenset(types or ()))
        _describe_file(made, options.languages, [Path(source).name for source in sources], problems)
        os.replace(made, output)
    connection = connect(output)
    info = read_info(connection, output)
    connection.close()
    return replace(info, messages=tuple(problems.messages))


def _build(streams: Sequence[Iterator[Portion]], staging: Path, made: Path, types: frozenset[str]) -> None:
    database = sqlite3.connect(staging, isolation_level=None)
    database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;")
    database.executescript(_STAGING)
    database.execute("ATTACH ? AS made", (str(made),))
    database.execute("PRAGMA made.journal_mode = OFF")
    database.executescript(_TABLES.replace("TABLE ", "TABLE made."))
    database.execute("BEGIN")
    _stage(database, streams)
    _join_titles(database)
    _write_entities(database, types)
    _write_claims(database)
    _write_aliases(database)
    _write_words(database)
    database.execute("COMMIT")
    database.close()


def _stage(database: sqlite3.Connection, streams: Sequence[Iterator[Portion]]) -> None:
    seq = 0
    parts: list[tuple[object, ...]] = []
    called: list[tuple[object, ...]] = []
    claimed: list[tuple[int, int, int]] = []
    for stream in streams:
        for portion in stream:
            seq += 1
            if portion.id == 0:
                rows = [(portion.title, name, count) for name, _, count in portion.names]
                database.executemany("INSERT INTO titled VALUES (?, ?, ?)", rows)
                continue
            if portion.title:
                database.execute("INSERT INTO title VALUES (?, ?)", (portion.title, portion.id))
            label = portion.label or label_of_types(portion.types)
            kept = "|".join(name for name in portion.types if not re.fullmatch(r"[A-Z]+|(Q\d+\|?)+", name))
            parts.append((portion.id, seq, label, kept, portion.popularity, portion.population, portion.year))
            called += [(portion.id, seq, name, kind, count) for name, kind, count in portion.names if name]
            claimed += [(portion.id, attribute, value) for attribute, value in portion.claims]
            if len(parts) >= _BATCH:
                _flush(database, parts, called, claimed)
    _flush(database, parts, called, claimed)


def _flush(
    database: sqlite3.Connection,
    parts: list[tuple[object, ...]],
    called: list[tuple[object, ...]],
    claimed: list[tuple[int, int, int]],
) -> None:
    database.executemany("INSERT INTO part VALUES (?, ?, ?, ?, ?, ?, ?)", parts)
    database.executemany("INSERT INTO called VALUES (?, ?, ?, ?, ?)", called)
    database.executemany("INSERT INTO claimed VALUES (?, ?, ?)", claimed)
    for rows in (parts, called, claimed):
        rows.clear()


def _join_titles(database: sqlite3.Connection) -> None:
    """Titles are names; names seen with a title only go to the entity that has it."""
    database.execute("CREATE TEMP TABLE known AS SELECT title, min(id) AS id FROM title GROUP BY title")
    database.execute("CREATE INDEX temp.known_title ON known(title)")
    seq = 1 << 40
    database.execute(
        "INSERT INTO called SELECT k.id, ?, t.name, 1, t.count FROM titled t JOIN known k ON k.title = t.title", (seq,)
    )
    rows = database.execute("SELECT DISTINCT id, title FROM title ORDER BY id, title").fetchall()
    bare = [(qid, seq, re.sub(r"\s*\([^)]*\)$", "", title), 1, 0) for qid, title in rows]
    database.executemany("INSERT INTO called VALUES (?, ?, ?, ?, ?)", [row for row in bare if row[2]])


def _write_entities(database: sqlite3.Connection, wanted: frozenset[str]) -> None:
    """Join the parts of each id; needs the coarse labels that claims vote for."""
    database.execute("CREATE INDEX called_id ON called(id)")
    database.execute("CREATE TABLE vote(id INTEGER, label TEXT)")
    classes = dict(database.execute("SELECT DISTINCT object, '' FROM claimed WHERE property = 31").fetchall())
    class_names = _preferred_names(database, classes)
    votes = _claim_votes(database)
    degree: Counter[int] = Counter(dict(database.execute("SELECT object, count(*) FROM claimed GROUP BY object")))
    instance = "SELECT subject, object FROM claimed WHERE property = 31 ORDER BY subject, object"
    kinds: dict[int, list[int]] = {}
    for subject, value in database.execute(instance):
        kinds.setdefault(subject, []).append(value)
    names = groupby(
        database.execute("SELECT id, name, kind, count FROM called ORDER BY id, kind, seq, name"),
        key=lambda row: int(row[0]),
    )
    parts = groupby(database.execute("SELECT * FROM part ORDER BY id, seq"), key=lambda row: int(row[0]))
    entities: list[tuple[object, ...]] = []
    spelled: list[tuple[int, str]] = []
    for qid, rows, called in _aligned(parts, names):
        mine = kinds.get(qid, [])
        if not called or _DISAMBIGUATION & set(mine):
            continue
        row = _entity_row(
            qid, rows, called, [class_names.get(kind, "") for kind in mine], mine, votes.get(qid), degree[qid]
        )
        if wanted and row[2] not in wanted and not wanted & {f"Q{kind}" for kind in mine}:
            continue
        entities.append(row)
        spelled += [(qid, name) for name in sorted({str(item[1]) for item in called} - {row[1]})]
        if len(entities) >= _BATCH:
            _insert_entities(database, entities, spelled)
    _insert_entities(database, entities, spelled)


def _aligned(
    parts: Iterable[tuple[int, Iterator[tuple[object, ...]]]], names: Iterable[tuple[int, Iterator[tuple[object, ...]]]]
) -> Iterator[tuple[int, list[tuple[object, ...]], list[tuple[object, ...]]]]:
    """Parts and names of each id, both streams being in the order of ids. An id without a part is left out."""
    names = iter(names)
    current = next(names, None)
    for qid, rows in parts:
        while current is not None and current[0] < qid:
            current = next(names, None)
        called = list(current[1]) if current is not None and current[0] == qid else []
        yield qid, list(rows), called


def _entity_row(
    qid: int,
    parts: list[tuple[object, ...]],
    called: list[tuple[object, ...]],
    class_names: Sequence[str],
    classes: Sequence[int],
    votes: Counter[str] | None,
    degree: int,
) -> tuple[object, ...]:
    stated = next((str(part[2]) for part in parts if part[2]), "")
    label = (
        stated
        or label_of_types([*(f"Q{kind}" for kind in classes), *class_names])
        or label_of_votes(votes or Counter())
    )
    own = [name for part in parts for name in str(part[3]).split("|") if name]
    types = "|".join(list(dict.fromkeys([*own, *filter(None, class_names)]))[:_TYPES])
    popularity = sum(float(str(part[4])) for part in parts) + degree
    population = max(int(str(part[5])) for part in parts)
    year = next((int(str(part[6])) for part in parts if part[6]), 0)
    return qid, _display_name(called, label), label, types, round(math.log1p(popularity), 4), population, year


def _display_name(called: list[tuple[object, ...]], label: str) -> str:
    """The first preferred name, else the one seen most; where data is in lower case, names get capitals again."""
    preferred = [str(name) for _, name, kind, _ in called if kind == 0]
    if preferred:
        return preferred[0]
    counts = Counter[str]()
    for _, name, _, count in called:
        counts[str(name)] += int(str(count))
    cased = [name for name in counts if name != name.lower()] or list(counts)
    name = min(cased, key=lambda text: (-counts[text], -len(text), text))
    return name.title() if name == name.lower() and label in ("PER", "ORG", "LOC") else name


def _insert_entities(
    database: sqlite3.Connection, entities: list[tuple[object, ...]], spelled: list[tuple[int, str]]
) -> None:
    database.executemany("INSERT INTO made.entity VALUES (?, ?, ?, ?, ?, ?, ?)", entities)
    database.executemany("INSERT INTO made.name VALUES (?, ?)", spelled)
    entities.clear()
    spelled.clear()


def _preferred_names(database: sqlite3.Connection, ids: Mapping[int, str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for qid in sorted(ids):
        row = database.execute("SELECT name FROM called WHERE id = ? ORDER BY kind, seq LIMIT 1", (qid,)).fetchone()
        if row:
            found[qid] = row[0]
    return found


def _claim_votes(database: sqlite3.Connection) -> dict[int, Counter[str]]:
    """For each entity, the labels that the properties of its claims ask for."""
    votes: dict[int, Counter[str]] = {}
    for (attribute,) in database.execute("SELECT DISTINCT property FROM claimed ORDER BY property").fetchall():
        for column, label in zip(("subject", "object"), ends_of_property(f"P{attribute}"), strict=True):
            if label:
                query = f"SELECT {column}, count(*) FROM claimed WHERE property = ? GROUP BY {column}"
                for qid, count in database.execute(query, (attribute,)):
                    votes.setdefault(qid, Counter())[label] += count
    return votes


def _write_claims(database: sqlite3.Connection) -> None:
    database.execute(
        "INSERT INTO made.claim SELECT DISTINCT c.subject, c.property, c.object FROM claimed c "
        "JOIN made.entity s ON s.id = c.subject JOIN made.entity o ON o.id = c.object "
        "WHERE c.subject != c.object ORDER BY 1, 2, 3"
    )


def _write_aliases(database: sqlite3.Connection) -> None:
    """Every name under all its keys; within a key the entity seen most with it, then the most popular, comes first."""
    database.execute("CREATE TABLE keyed(key TEXT, entity INTEGER, kind INTEGER, count INTEGER)")
    rows = database.execute(
        "SELECT c.id, c.name, c.kind, sum(c.count), e.label FROM called c JOIN made.entity e ON e.id = c.id "
        "GROUP BY c.id, c.name, c.kind ORDER BY c.id, c.name, c.kind"
    )
    batch: list[tuple[str, int, int, int]] = []
    for qid, name, kind, count, label in _chunks(rows):
        for key, match in derived_keys(name, label):
            batch.append((key, qid, max(match, ALIAS if kind else LABEL), count if match == LABEL else 0))
        if len(batch) >= _BATCH:
            database.executemany("INSERT INTO keyed VALUES (?, ?, ?, ?)", batch)
            batch.clear()
    database.executemany("INSERT INTO keyed VALUES (?, ?, ?, ?)", batch)
    database.execute(
        "INSERT INTO made.alias SELECT key, "
        "row_number() OVER (PARTITION BY key ORDER BY count DESC, prior DESC, entity) - 1, "
        "entity, kind, count, count(*) OVER (PARTITION BY key) FROM ("
        "SELECT k.key AS key, k.entity AS entity, min(k.kind) AS kind, sum(k.count) AS count, e.prior AS prior "
        "FROM keyed k JOIN made.entity e ON e.id = k.entity GROUP BY k.key, k.entity) ORDER BY 1, 2"
    )


def _write_words(database: sqlite3.Connection) -> None:
    """An index of all words of each entity's names, for names that nothing equals."""
    rows = groupby(
        database.execute(
            "SELECT DISTINCT c.id, c.name FROM called c JOIN made.entity e ON e.id = c.id ORDER BY c.id, c.name"
        ),
        key=lambda row: int(row[0]),
    )
    words = (
        (qid, " ".join(sorted({word for _, name in names for word in normalise(name).split()}))) for qid, names in rows
    )
    database.executemany("INSERT INTO made.word(rowid, names) VALUES (?, ?)", words)
    database.execute("INSERT INTO made.word(word) VALUES ('optimize')")


def _chunks(rows: sqlite3.Cursor) -> Iterator[tuple[int, str, int, int, str]]:
    while chunk := rows.fetchmany(_BATCH):
        yield from chunk


def _describe_file(made: Path, languages: Sequence[str], sources: Sequence[str], problems: Problems) -> None:
    """Meta data, format version and a hash of the content; VACUUM makes the bytes a function of the content."""
    database = sqlite3.connect(made, isolation_level=None)
    total = hashlib.sha256()
    for table in ("entity", "name", "claim", "alias"):
        for row in database.execute(f"SELECT * FROM {table}"):
            total.update(repr(row).encode())
    meta = {
        "fingerprint": total.hexdigest()[:32], "languages": "\n".join(languages), "sources": "\n".join(sources),
        "bad": str(problems.bad), "complete": "1" if problems.complete else "0",
    }  # fmt: skip
    database.executemany("INSERT INTO meta VALUES (?, ?)", sorted(meta.items()))
    database.execute(f"PRAGMA user_version = {FORMAT}")
    database.execute("PRAGMA journal_mode = DELETE")
    database.execute("VACUUM")
    database.close()
