"""The knowledge base: one SQLite file, read-only and memory-mapped, safe to share between threads and processes."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log
from pathlib import Path
from typing import Self

from rapidfuzz import fuzz, process

from graphwright.pipeline.errors import ConfigurationError
from graphwright.pipeline.knowledge_keys import ALIAS, BAG, FUZZY, PART, lookup_keys
from graphwright.pipeline.names import SMALL_WORDS, bag, normalise

FORMAT = 1
KINDS = ("label", "alias", "core", "acronym", "bag", "part", "fuzzy")
FUZZY_CUTOFF = 88.0
_FUZZY_POOL = 400
_NEIGHBOURS = 60
_PARTS = 4
_SHORTEST = 4
_MMAP = 1 << 30
_COLUMNS = "e.id, e.name, e.label, e.types, e.prior, e.population, e.year"


@dataclass(frozen=True, slots=True)
class KnowledgeEntity:
    """What is known of a thing; ``prior`` is log(1 + popularity), ``year`` that of birth or founding, or 0."""

    id: str
    name: str
    label: str
    types: tuple[str, ...]
    prior: float
    population: int
    year: int
    aliases: tuple[str, ...] = ()
    claims: tuple[tuple[str, str], ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that a name may mean.

    ``kind``: how its key matches (one of ``KINDS``); ``count``: how often the name was seen to mean it;
    ``similarity``: 1, or less for a fuzzy match; ``sharing``: how many entities have the key.
    """

    entity: KnowledgeEntity
    kind: str
    count: int
    similarity: float
    sharing: int


@dataclass(frozen=True, slots=True)
class KnowledgeInfo:
    """Numbers of a knowledge base; ``bad`` counts lines that could not be used, ``complete`` is false after a cut."""

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


class KnowledgeBase:
    """Read side of a file made by ``build_knowledge``.

    Each thread has a connection of its own; pickling hands over the path. Raises ``ConfigurationError`` where the
    file is missing, is no knowledge base, or has another format version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        # Caches hold what was read from a file that never changes.
        self._lookup = lru_cache(maxsize=16384)(self._candidates)
        self.claims = lru_cache(maxsize=65536)(self._claims)
        self.object_names = lru_cache(maxsize=65536)(self._object_names)
        self.rarity = lru_cache(maxsize=65536)(self._rarity)
        _check(path)
        self._size = max(2, int(self._connection.execute("SELECT count(*) FROM entity").fetchone()[0]))

    @classmethod
    def open(cls, path: str | Path) -> Self:
        return cls(Path(path))

    def __reduce__(self) -> tuple[type[KnowledgeBase], tuple[Path]]:
        return type(self), (self.path,)

    def close(self) -> None:
        """Close this thread's connection."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def candidates(self, name: str, *, limit: int = 16) -> tuple[Candidate, ...]:
        """Entities that ``name`` may mean, best match first: by kind of match, then count, then prior.

        The keys tried are the normalised name, the name without legal forms, titles or words for its kind, and (where
        nothing else was found) names that have all its words, longer and shorter names that begin or end with the same
        words, and names that start alike and differ in a letter or two.
        """
        return self._lookup(name, limit)

    def _candidates(self, name: str, limit: int) -> tuple[Candidate, ...]:
        found: dict[int, Candidate] = {}
        for key, kind in lookup_keys(name):
            for candidate in self._by_key(key, kind, limit):
                found.setdefault(int(candidate.entity.id[1:]), candidate)
        if not found:
            for candidate in self._by_words(normalise(name)):
                found.setdefault(int(candidate.entity.id[1:]), candidate)
            for key, kind, similarity in self._near(normalise(name)):
                for candidate in self._by_key(key, kind, _PARTS, similarity):
                    found.setdefault(int(candidate.entity.id[1:]), candidate)
        order = sorted(found.values(), key=_candidate_order)
        return tuple(order[:limit])

    def _by_key(self, key: str, kind: int, limit: int, similarity: float = 1.0) -> Iterator[Candidate]:
        rows = self._connection.execute(
            f"SELECT {_COLUMNS}, a.kind, a.count, a.sharing FROM alias a JOIN entity e ON e.id = a.entity "
            "WHERE a.key = ? AND a.rank < ?",
            (key, limit),
        )
        for *columns, matched, count, sharing in rows:
            yield Candidate(_entity(columns), KINDS[max(kind, matched)], count, similarity, sharing)

    def _by_words(self, key: str) -> Iterator[Candidate]:
        """Entities whose names have all words of ``key``: the best known of those with the smallest ids."""
        words = [word for word in key.split() if word not in SMALL_WORDS]
        if not words or len(words[0]) < _SHORTEST > len(words):
            return
        query = " AND ".join(f'"{word}"' for word in words)
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM entity e WHERE e.id IN (SELECT rowid FROM word WHERE word MATCH ? LIMIT ?) "
            "ORDER BY e.prior DESC, e.id LIMIT ?",
            (query, _FUZZY_POOL, _PARTS),
        ).fetchall()
        for columns in rows:
            entity = _entity(columns)
            own = normalise(entity.name)
            same = bag(own) == bag(key)
            similarity = 1.0 if same else min(len(key) / max(len(own), 1), 1.0)
            yield Candidate(entity, KINDS[BAG if same else PART], 0, similarity, len(rows))

    def _near(self, key: str) -> Iterator[tuple[str, int, float]]:
        """Keys to try where none is equal, with kind of match and similarity: longer, shorter, then like names."""
        if len(key) >= _SHORTEST:
            for longer in self._starting(key + " ", _PARTS):
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
        for like, similarity in self._alike(key):
            yield like, FUZZY, similarity

    def _starting(self, start: str, limit: int) -> list[str]:
        """Keys that begin so, those of the best known entities first."""
        rows = self._connection.execute(
            "SELECT key FROM (SELECT a.key, a.entity FROM alias a WHERE a.key >= ? AND a.key < ? AND a.rank = 0 "
            "LIMIT ?) f JOIN entity e ON e.id = f.entity ORDER BY e.prior DESC, f.key LIMIT ?",
            (start, start + "\U0010ffff", _FUZZY_POOL, limit),
        )
        return [row[0] for row in rows]

    def _alike(self, key: str) -> list[tuple[str, float]]:
        """Keys that share their first letters with ``key`` and are nearly equal to it (rapidfuzz ratio)."""
        if len(key) < 6 or any(char.isdigit() for char in key):
            return []
        start = key[: max(4, len(key) // 3)]
        rows = self._connection.execute(
            "SELECT DISTINCT key FROM alias WHERE key >= ? AND key < ? AND rank = 0 LIMIT ?",
            (start, start + "\U0010ffff", _FUZZY_POOL),
        )
        keys = [row[0] for row in rows if abs(len(row[0]) - len(key)) < 4]
        best = process.extract(key, keys, scorer=fuzz.ratio, limit=4, score_cutoff=FUZZY_CUTOFF)
        return sorted(((found, score / 100.0) for found, score, _ in best), key=lambda item: (-item[1], item[0]))

    def entity(self, id: str) -> KnowledgeEntity | None:
        """Everything known of an id ("Q90"), with a description made from its types and claims."""
        number = _number(id)
        rows = self._connection.execute(f"SELECT {_COLUMNS} FROM entity e WHERE e.id = ?", (number,)).fetchall()
        if not rows:
            return None
        plain = _entity(list(rows[0]))
        names = self._connection.execute("SELECT name FROM name WHERE entity = ? ORDER BY name", (number,)).fetchall()
        claims = tuple((f"P{p}", f"Q{o}") for p, o in self.claims(number))
        aliases = tuple(row[0] for row in names)
        return replace(plain, aliases=aliases, claims=claims, description=self._describe(plain, claims))

    def _claims(self, number: int) -> tuple[tuple[int, int], ...]:
        rows = self._connection.execute("SELECT property, object FROM claim WHERE subject = ?", (number,))
        return tuple(rows.fetchall())

    def _object_names(self, number: int) -> frozenset[str]:
        rows = self._connection.execute(
            "SELECT DISTINCT e.name FROM claim c JOIN entity e ON e.id = c.object WHERE c.subject = ? LIMIT ?",
            (number, _NEIGHBOURS),
        )
        return frozenset(normalise(row[0]) for row in rows)

    def _rarity(self, word: str) -> float:
        """How little a word of a name says: 0 where all entities have it, ln(entities) where one has (IDF).

        Spärck Jones 1972.
        """
        row = self._connection.execute("SELECT doc FROM temp.vocabulary WHERE term = ?", (word,)).fetchone()
        return log(self._size / row[0]) if row else log(self._size)

    def names(self, numbers: Sequence[int]) -> dict[int, str]:
        """Names of entities by the number of their id."""
        marks = ",".join("?" * len(numbers))
        return dict(self._connection.execute(f"SELECT id, name FROM entity WHERE id IN ({marks})", list(numbers)))

    def _describe(self, entity: KnowledgeEntity, claims: Sequence[tuple[str, str]]) -> str:
        places = [o for wanted in ("P131", "P159", "P17", "P27", "P495") for p, o in claims if p == wanted][:2]
        named = self.names([_number(place) for place in places])
        where = ", ".join(named[_number(place)] for place in dict.fromkeys(places) if _number(place) in named)
        what = ", ".join(entity.types[:2]) or {"PER": "person", "ORG": "organization", "LOC": "place"}.get(
            entity.label, ""
        )
        return f"{what} ({where})" if what and where else what or where

    def search(self, name: str, *, limit: int = 10) -> tuple[KnowledgeEntity, ...]:
        """Entities by name, and by the start of it, for people who look something up."""
        found = [candidate.entity.id for candidate in self.candidates(name, limit=limit)]
        key = normalise(name)
        rows = self._connection.execute(
            "SELECT a.entity FROM alias a JOIN entity e ON e.id = a.entity WHERE a.key >= ? AND a.key < ? "
            "AND a.rank = 0 ORDER BY e.prior DESC, e.id LIMIT ?",
            (key, key + "\U0010ffff", limit),
        )
        ids = dict.fromkeys([*found, *(f"Q{row[0]}" for row in rows)]) if key else {}
        return tuple(entity for item in list(ids)[:limit] if (entity := self.entity(item)))

    def ids(self) -> Iterator[str]:
        """All ids, in numerical order."""
        for (number,) in self._connection.execute("SELECT id FROM entity ORDER BY id"):
            yield f"Q{number}"

    def info(self) -> KnowledgeInfo:
        return read_info(self._connection, self.path)

    @property
    def fingerprint(self) -> str:
        """A hash of the content, made at build time."""
        return str(self._connection.execute("SELECT value FROM meta WHERE key = 'fingerprint'").fetchone()[0])

    @property
    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self.path)
        return connection


def connect(path: Path) -> sqlite3.Connection:
    """A read-only, memory-mapped connection to a file that nobody writes any more."""
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
    connection.execute(f"PRAGMA mmap_size = {_MMAP}")
    connection.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab('main', 'word', 'row')")
    return connection


def read_info(connection: sqlite3.Connection, path: Path) -> KnowledgeInfo:
    meta = dict(connection.execute("SELECT key, value FROM meta"))
    counts = [
        connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("entity", "alias", "claim")
    ]
    languages, sources = (tuple(filter(None, meta[key].split("\n"))) for key in ("languages", "sources"))
    bad, complete = int(meta["bad"]), meta["complete"] == "1"
    return KnowledgeInfo(str(path), FORMAT, counts[0], counts[1], counts[2], languages, sources, bad, complete)


def _check(path: Path) -> None:
    wanted = f"a knowledge base of format {FORMAT}, made by `graphwright kb build`"
    if not path.is_file():
        raise ConfigurationError(f"wanted {wanted}; there is no file {path}")
    try:
        connection = connect(path)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        connection.close()
    except sqlite3.DatabaseError as error:
        raise ConfigurationError(f"wanted {wanted}; {path} is no SQLite file ({error})") from error
    if not {"entity", "alias", "claim", "meta"} <= tables:
        raise ConfigurationError(f"wanted {wanted}; {path} is some other SQLite file")
    if version != FORMAT:
        raise ConfigurationError(f"wanted {wanted}; {path} has format {version}: build it again with this version")


def _entity(columns: Sequence[object]) -> KnowledgeEntity:
    number, name, label, types, prior, population, year = columns
    parts = tuple(filter(None, str(types).split("|")))
    return KnowledgeEntity(
        f"Q{number}", str(name), str(label), parts, float(str(prior)), int(str(population)), int(str(year))
    )


def _candidate_order(candidate: Candidate) -> tuple[int, float, int, float, int]:
    entity = candidate.entity
    kind = max(KINDS.index(candidate.kind), ALIAS)
    return kind, -candidate.similarity, -candidate.count, -entity.prior, int(entity.id[1:])


def _number(id: str) -> int:
    return int(id[1:]) if id[:1] == "Q" and id[1:].isdigit() else -1
