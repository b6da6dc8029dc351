"""The protocol that every store of the graph fills."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from graphwright.pipeline.graph import Contribution, Node, Occurrence, Statement
from graphwright.pipeline.identity import node_id
from graphwright.pipeline.resolution.decisions import Decision


@dataclass(frozen=True, slots=True)
class Table:
    """The answer to a query: column names and rows of plain values (str, int, float, bool, None, list)."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """What a store holds of a document; ``decided``: occurrence (id) -> the node that it was given, if another's."""

    contribution: Contribution
    decided: Mapping[str, str]

    @property
    def nodes(self) -> dict[str, str]:
        """Occurrence (id) -> the node that it stands for."""
        return {
            item.id: self.decided.get(item.id) or node_id(item.kb_id, item.id) for item in self.contribution.occurrences
        }


@dataclass(frozen=True, slots=True)
class Pending:
    """What resolution has not seen yet; false where there is nothing.

    ``changed``: block keys of occurrences removed, changed or decided on; ``added``: occurrence (id) -> its block keys.
    """

    changed: frozenset[str]
    added: Mapping[str, tuple[str, ...]]

    @property
    def keys(self) -> frozenset[str]:
        """Block keys of all of it."""
        return self.changed.union(*self.added.values())

    def __bool__(self) -> bool:
        return bool(self.changed or self.added)


class Store(Protocol):
    """Holds contributions, people's decisions, the assignment of occurrences to nodes, and the statements that follow.

    After any history of ``replace``, ``forget`` and ``resolve`` the content is a function of the contributions
    held and of the last assignment of each occurrence. Each call is atomic: after a crash it happened or it did not.
    An occurrence that was not assigned yet stands for itself (``node_id(kb_id, id)``); to be assigned that is not to be
    assigned any more.
    All methods raise ``StoreError`` where the target is unreachable or refuses.
    """

    def replace(self, contributions: Sequence[Contribution]) -> None:
        """Put each document's contribution in place of what it contributed before."""

    def forget(self, documents: Collection[str]) -> int:
        """Remove all that the documents (ids) contributed; returns how many of them were there."""

    def documents(self) -> Mapping[str, tuple[str, str]]:
        """Document id -> (source, fingerprint), of every document held."""

    def versions(self) -> Mapping[str, str]:
        """Document id -> version of the text that was read (``Document.version``), of every document held."""

    def pending(self) -> Pending:
        """Occurrences added, changed, removed or decided on since the last ``resolve``; it survives a crash.

        What has no block key is no part of it.
        """

    def occurrences(
        self, keys: Collection[str] | None = None, *, settled: bool | None = None, mentions: bool = True
    ) -> Iterator[Occurrence]:
        """Occurrences that have one of the block keys (all, where ``keys`` is ``None``), ordered by id.

        Of these, ``settled`` chooses those that stand for the node of their own Wikidata id, or the others. Without
        their ``mentions`` they are read in less than half of the time.
        """

    def linked(self, keys: Collection[str], *, most: int, mentions: bool = True) -> Iterator[Occurrence]:
        """Settled occurrences that have one of the block keys: of each key and Wikidata id the first ``most`` by id."""

    def decide(self, decisions: Collection[Decision], undone: Collection[str] = ()) -> None:
        """Keep decisions, each in place of the earlier one on its pair, and drop those ``undone`` (ids).

        What they may refer to becomes pending: their block keys, and all keys of the occurrences found by these.
        They are no part of any document: ``replace`` and ``forget`` leave them.
        """

    def decisions(self) -> Sequence[Decision]:
        """All decisions held, ordered by id."""

    def resolve(self, assignment: Mapping[str, str]) -> None:
        """Assign occurrences (ids) to nodes (ids), bring statements and view up to date, and clear ``pending``.

        Where another process wrote since ``pending`` was asked for, nothing happens, and all stays pending.
        """

    def holdings(self) -> Iterator[Holding]:
        """All documents whole, ordered by id, a few in memory at a time."""

    def nodes(self) -> Iterator[Node]:
        """All nodes (as ``graph.merged_node`` makes them), ordered by id."""

    def statements(self) -> Iterator[Statement]:
        """All statements with their evidence, ordered by id."""

    def digest(self) -> str:
        """``graph.digest`` of the statements."""

    def steady(self) -> AbstractContextManager[None]:
        """In the block all that is read is of one moment, where the target allows for that; nothing is to be written.

        Folders and files are so at all times; in Neo4j writers wait; a SPARQL endpoint may change between two calls.
        """

    def query(self, text: str) -> Table:
        """Run a read-only query in the store's own language (SPARQL or Cypher). Raises ``UsageError`` on bad syntax."""

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
