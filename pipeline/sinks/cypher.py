"""The graph in Neo4j 5.26 or newer, Community included, without APOC.

The model is written down in ``cypher_statements``. A call that writes is one transaction: it happens or it does not.
Writers take turns on one lock, so two at once end as if they had come one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar

from neo4j import Driver, ManagedTransaction
from neo4j.exceptions import ClientError, Forbidden

from graphwright.pipeline.errors import OvertakenError
from graphwright.pipeline.graph import Contribution, Node, Occurrence, Statement, digest_of
from graphwright.pipeline.identity import WIKIDATA
from graphwright.pipeline.resolution.decisions import Decision
from graphwright.pipeline.sinks import cypher_decisions
from graphwright.pipeline.sinks import cypher_statements as cypher
from graphwright.pipeline.sinks.cypher_connection import asked, open_driver, reading, reported
from graphwright.pipeline.sinks.cypher_digest import LINES
from graphwright.pipeline.sinks.cypher_holdings import HOLDINGS, read_holding
from graphwright.pipeline.sinks.cypher_rows import (
    Row,
    key_id,
    read_decision,
    read_node,
    read_occurrence,
    read_statement,
)
from graphwright.pipeline.sinks.cypher_values import plain
from graphwright.pipeline.sinks.cypher_writing import assign, decide, put, remove
from graphwright.pipeline.sinks.store import Holding, Pending, Table

P = ParamSpec("P")
T = TypeVar("T")


class Neo4jStore:
    """A ``Store`` in a Neo4j database. ``names`` gives predicates readable names: {"P26": "SPOUSE"}."""

    def __init__(self, driver: Driver, *, uri: str, database: str, names: Mapping[str, str] | None = None) -> None:
        self._driver = driver
        self._uri = uri
        self._database = database
        self._names = dict(names or {})
        self._prepared = False
        self._steady = False
        self._seen: int | None = None  # how many writes there were when ``pending`` was told

    @classmethod
    def connect(
        cls,
        uri: str,
        *,
        username: str,
        password: str,
        database: str = "neo4j",
        names: Mapping[str, str] | None = None,
    ) -> Self:
        """A store whose server has answered. Raises ``StoreError`` within 5 s where it does not or refuses."""
        return cls(open_driver(uri, username, password, database), uri=uri, database=database, names=names)

    def replace(self, contributions: Sequence[Contribution]) -> None:
        """Put each document's contribution in place of what it contributed before, in one transaction.

        The server holds a transaction in its heap, some 1 MB a document of 20 facts: a hundred documents a call is
        a good size.

        Raises ``ValueError`` where a fact names an occurrence that its contribution lacks.
        """
        last = {item.document: item for item in contributions}
        for item in last.values():
            _check_ends(item)
        width = next((len(one.vector) for item in last.values() for one in item.occurrences if one.vector), 0)
        if width:
            self._index_vectors(width)
        if last:
            self._write(put, [last[document] for document in sorted(last)], self._names)

    def forget(self, documents: Collection[str]) -> int:
        """Remove all that the documents (ids) contributed; returns how many of them were there."""
        return self._write(remove, frozenset(documents), self._names)

    def decide(self, decisions: Collection[Decision], undone: Collection[str] = ()) -> None:
        """Keep decisions, each in place of the earlier one on its pair, and drop those ``undone`` (ids)."""
        self._write(decide, list(decisions), frozenset(undone))

    def decisions(self) -> Sequence[Decision]:
        """All decisions held, ordered by id."""
        return [read_decision(row["decision"]) for row in self._read(cypher_decisions.ALL_DECISIONS)]

    def resolve(self, assignment: Mapping[str, str]) -> None:
        """Assign occurrences to nodes and clear ``pending``. Occurrences not held are passed over.

        Nothing happens, and all stays pending, where somebody wrote since this store told what was pending.
        """
        with suppress(OvertakenError):
            self._write(assign, dict(assignment), self._names, self._seen)

    def documents(self) -> Mapping[str, tuple[str, str]]:
        """Document id -> (source, fingerprint)."""
        return {row["id"]: (row["source"], row["fingerprint"]) for row in self._read(cypher.DOCUMENTS)}

    def versions(self) -> Mapping[str, str]:
        """Document id -> version of its text."""
        return {row["id"]: row["version"] for row in self._read(cypher.VERSIONS)}

    def pending(self) -> Pending:
        """Occurrences added, changed, removed or decided on since the last ``resolve``."""
        rows = list(self._read(cypher.PENDING))
        self._seen = rows[0]["seen"]
        keys = frozenset(row["key"] for row in rows if row["key"] is not None)
        return Pending(keys, {row["occurrence"]: tuple(row["keys"]) for row in rows if row["occurrence"] is not None})

    def occurrences(
        self, keys: Collection[str] | None = None, *, settled: bool | None = None, mentions: bool = True
    ) -> Iterator[Occurrence]:
        """Occurrences that have one of the block keys (all, where ``keys`` is ``None``), ordered by id."""
        chosen = {"settled": settled, "wikidata": WIKIDATA, "mentions": mentions}
        if keys is None:
            rows = self._read(cypher.ALL_OCCURRENCES, **chosen)
        else:
            rows = self._read(cypher.KEYED_OCCURRENCES, keys=sorted(map(key_id, set(keys))), **chosen)
        return (read_occurrence(row["occurrence"], row["mentions"]) for row in rows)

    def linked(self, keys: Collection[str], *, most: int, mentions: bool = True) -> Iterator[Occurrence]:
        """Settled occurrences that have one of the block keys: of each key and Wikidata id the first ``most`` by id."""
        chosen = {"settled": True, "wikidata": WIKIDATA, "mentions": mentions}
        rows = self._read(cypher.FIRST_LINKED, keys=sorted(map(key_id, set(keys))), most=most, **chosen)
        return (read_occurrence(row["occurrence"], row["mentions"]) for row in rows)

    def holdings(self) -> Iterator[Holding]:
        """All documents whole, ordered by id, as they come from the server."""
        return map(read_holding, self._read(HOLDINGS))

    def nodes(self) -> Iterator[Node]:
        """All nodes, ordered by id."""
        return (read_node(row["node"]) for row in self._read(cypher.NODES))

    def statements(self) -> Iterator[Statement]:
        """All statements with their evidence, ordered by id, as they come from the server."""
        return map(read_statement, self._read(cypher.STATEMENTS))

    def digest(self) -> str:
        """``graph.digest`` of the statements, whose lines the server writes."""
        with self.steady():
            return digest_of(row["line"] for row in self._read(LINES))

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Keep writers waiting, so that all that is read in the block is of one moment. Nothing is to be written in it.

        Neo4j tells a query at each moment what is committed by then. Who may not write keeps nobody waiting.
        """
        if self._steady:
            yield
            return
        with self._driver.session(database=self._database) as session:  # its end undoes what the lock wrote
            with reported(self._uri):
                turn = session.begin_transaction()
                with suppress(Forbidden):
                    turn.run(cypher.LOCK).consume()
            self._steady = True
            try:
                yield
            finally:
                self._steady = False

    def query(self, text: str) -> Table:
        """Run a Cypher query that reads. Raises ``UsageError`` on bad syntax and where it would write."""
        with reading(self._driver, self._uri, self._database) as session, asked():
            return session.execute_read(_table, text)

    def close(self) -> None:
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _index_vectors(self, width: int) -> None:
        """The index comes before the first vector, as the others come before any data."""
        with reported(self._uri), self._driver.session(database=self._database) as session:
            session.run(cypher.vector_index(width)).consume()

    def _read(self, text: str, **parameters: object) -> Iterator[Row]:
        with reading(self._driver, self._uri, self._database) as session:
            for record in session.run(text, parameters):
                yield record.data()

    def _write(
        self, work: Callable[Concatenate[ManagedTransaction, P], T], *arguments: P.args, **options: P.kwargs
    ) -> T:
        if self._steady:
            raise RuntimeError("a store was written to while it was to be steady")
        with reported(self._uri), self._driver.session(database=self._database) as session:
            if not self._prepared:
                _prepare(self._driver, self._database)
                self._prepared = True
            done = session.execute_write(work, *arguments, **options)
        self._seen = None
        return done


def _prepare(driver: Driver, database: str) -> None:
    """Constraints and indexes, before any data; what is there already is left."""
    with driver.session(database=database) as session:
        present = {record["name"] for record in session.run(cypher.INDEXES)}
        for name in cypher.SCHEMA.keys() - present:
            try:
                session.run(cypher.SCHEMA[name]).consume()
            except ClientError as error:
                # two writers that start at once can both find it missing
                if error.code != "Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists":
                    raise
        session.run(cypher.AWAIT_INDEXES).consume()


def _table(tx: ManagedTransaction, text: str) -> Table:
    result = tx.run(text)
    columns = tuple(result.keys())
    return Table(columns, tuple(tuple(plain(value) for value in record.values()) for record in result))


def _check_ends(contribution: Contribution) -> None:
    known = {occurrence.id for occurrence in contribution.occurrences}
    for fact in contribution.facts:
        ends = {fact.subject} | ({fact.object} if isinstance(fact.object, str) else set())
        if missing := sorted(ends - known):
            raise ValueError(
                f"fact {fact.id} of document {contribution.document} names occurrences that it lacks: {missing}"
            )
