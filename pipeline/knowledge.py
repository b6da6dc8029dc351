"""The knowledge base: one SQLite file, read-only and memory-mapped, safe to share between threads and processes."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from math import log
from pathlib import Path
from typing import Self

from graphwright.pipeline.kb.nationalities import NAMED_WITH
from graphwright.pipeline.knowledge_entries import COLUMNS, KINDS, Candidate, KnowledgeEntity, entity_of
from graphwright.pipeline.knowledge_file import FORMAT, KnowledgeInfo, check, connect, read_info
from graphwright.pipeline.knowledge_keys import ALIAS, LABEL, lookup_keys
from graphwright.pipeline.knowledge_loose import PARTS, by_words, near
from graphwright.pipeline.names import normalise

__all__ = ["FORMAT", "KINDS", "Candidate", "KnowledgeBase", "KnowledgeEntity", "KnowledgeInfo"]
EXACT = KINDS[LABEL : ALIAS + 1]
_NEIGHBOURS = 60
# Names that begin with a letter or two are too many to look at all of them.
_STARTING = 20_000


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
        self._exact = lru_cache(maxsize=16384)(self._named)
        self.claims = lru_cache(maxsize=65536)(self._claims)
        self.object_names = lru_cache(maxsize=65536)(self._object_names)
        self.rarity = lru_cache(maxsize=65536)(self._rarity)
        check(path)

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

    def named(self, name: str, *, limit: int = 16) -> tuple[Candidate, ...]:
        """Entities of which ``name`` is the label or an alias, best match first: none of those that ``candidates``
        looks for where there is no such entity.
        """
        return self._exact(name, limit)

    def _named(self, name: str, limit: int) -> tuple[Candidate, ...]:
        key = normalise(name)
        found = (candidate for candidate in self._by_key(key, LABEL, limit) if candidate.kind in EXACT) if key else ()
        return tuple(sorted(found, key=_candidate_order))

    def _candidates(self, name: str, limit: int) -> tuple[Candidate, ...]:
        found: dict[int, Candidate] = {}
        for key, kind in lookup_keys(name):
            for candidate in self._by_key(key, kind, limit):
                found.setdefault(int(candidate.entity.id[1:]), candidate)
        if not found:
            for candidate in by_words(self._connection, normalise(name)):
                found.setdefault(int(candidate.entity.id[1:]), candidate)
            for key, kind, similarity in near(self._connection, normalise(name)):
                for candidate in self._by_key(key, kind, PARTS, similarity):
                    found.setdefault(int(candidate.entity.id[1:]), candidate)
        order = sorted(found.values(), key=_candidate_order)
        return tuple(order[:limit])

    def _by_key(self, key: str, kind: int, limit: int, similarity: float = 1.0) -> Iterator[Candidate]:
        rows = self._connection.execute(
            f"SELECT {COLUMNS}, a.kind, a.count, a.sharing FROM alias a JOIN entity e ON e.id = a.entity "
            "WHERE a.key = ? AND a.rank < ?",
            (key, limit),
        )
        for *columns, matched, count, sharing in rows:
            yield Candidate(entity_of(columns), KINDS[max(kind, matched)], count, similarity, sharing)

    def entity(self, id: str) -> KnowledgeEntity | None:
        """Everything known of an id ("Q90"), with a description made from its types and claims."""
        number = _number(id)
        rows = self._connection.execute(f"SELECT {COLUMNS} FROM entity e WHERE e.id = ?", (number,)).fetchall()
        if not rows:
            return None
        plain = entity_of(list(rows[0]))
        names = self._connection.execute("SELECT name FROM name WHERE entity = ? ORDER BY name", (number,)).fetchall()
        claims = tuple((f"P{p}", f"Q{o}") for p, o in self.claims(number) if p != NAMED_WITH)
        aliases = tuple(row[0] for row in names)
        return replace(plain, aliases=aliases, claims=claims, description=self._describe(plain, claims))

    def values(self, kb_id: str, property: str) -> frozenset[str]:
        """The ids that a property ("P17") of an id has; fills ``known_facts.KnownFacts``."""
        wanted = int(property[1:]) if property[:1] == "P" and property[1:].isdigit() else NAMED_WITH
        if wanted == NAMED_WITH:
            return frozenset()
        return frozenset(f"Q{o}" for p, o in self.claims(_number(kb_id)) if p == wanted)

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

    @cached_property
    def _size(self) -> int:
        return max(2, int(self._connection.execute("SELECT count(*) FROM entity").fetchone()[0]))

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
            "SELECT f.entity FROM (SELECT entity FROM alias WHERE key >= ? AND key < ? AND rank = 0 LIMIT ?) f "
            "JOIN entity e ON e.id = f.entity ORDER BY e.prior DESC, e.id LIMIT ?",
            (key, key + "\U0010ffff", _STARTING, limit),
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


def _candidate_order(candidate: Candidate) -> tuple[int, float, int, float, int]:
    entity = candidate.entity
    kind = max(KINDS.index(candidate.kind), ALIAS)
    return kind, -candidate.similarity, -candidate.count, -entity.prior, int(entity.id[1:])


def _number(id: str) -> int:
    return int(id[1:]) if id[:1] == "Q" and id[1:].isdigit() else -1
