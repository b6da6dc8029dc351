"""What two graphs hold true that differs: facts added, changed and retracted, each with its reasons.

Both tell their statements in order of ids, so they are compared as they come; only what differs is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from graphwright.pipeline.errors import StoreError
from graphwright.pipeline.graph import Evidence, Node, Statement

Kind = Literal["added", "changed", "retracted"]
KINDS: tuple[Kind, ...] = ("added", "changed", "retracted")
NEW = "new document"
CHANGED = "changed document"
GONE = "document gone"
REREAD = "other network, knowledge base, schema or thresholds"
REMODELLED = "other network or knowledge base"
REJUDGED = "other schema or thresholds"
RESOLVED = "things of several documents joined or parted"


class Graph(Protocol):
    """A store, or files that were exported from one."""

    def documents(self) -> Mapping[str, tuple[str, str]]:
        """Document id -> (source, fingerprint)."""

    def versions(self) -> Mapping[str, str]:
        """Document id -> version of its text."""

    def nodes(self) -> Iterator[Node]: ...

    def statements(self) -> Iterator[Statement]:
        """All statements with their evidence, ordered by id."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why evidence for a fact is not what it was, and the source of the document that it is about."""

    why: str
    source: str


@dataclass(frozen=True, slots=True)
class Change:
    """A fact before and after; one of both is ``None`` where it was added or retracted."""

    before: Statement | None
    after: Statement | None

    @property
    def moved(self) -> bool:
        """Whether it is the same fact, of the same words, between other nodes: resolution joined or parted things."""
        return self.before is not None and self.after is not None and self.before.id != self.after.id

    @property
    def kind(self) -> Kind:
        return "added" if self.before is None else "retracted" if self.after is None else "changed"

    @property
    def statement(self) -> Statement:
        """The fact as it is now, or was."""
        found = self.after or self.before
        assert found
        return found

    @property
    def gained(self) -> tuple[Evidence, ...]:
        """Evidence that is new, or not what it was."""
        return _without(self.after, self.before)

    @property
    def lost(self) -> tuple[Evidence, ...]:
        """Evidence that is gone, or not what it was."""
        return _without(self.before, self.after)


def _without(one: Statement | None, other: Statement | None) -> tuple[Evidence, ...]:
    known = {item.id: item for item in other.evidence} if other else {}
    return tuple(item for item in one.evidence if known.get(item.id) != item) if one else ()


def changes(before: Iterable[Statement], after: Iterable[Statement]) -> Iterator[Change]:
    """The facts that differ, in order of ids. Raises ``StoreError`` where statements come in another order."""
    old, new = _ordered(before), _ordered(after)
    left, right = next(old, None), next(new, None)
    while left or right:
        if right is None or (left and left.id < right.id):
            yield Change(left, None)
            left = next(old, None)
        elif left is None or right.id < left.id:
            yield Change(None, right)
            right = next(new, None)
        else:
            if left != right:
                yield Change(left, right)
            left, right = next(old, None), next(new, None)


def paired(found: Sequence[Change]) -> list[Change]:
    """The changes, with what was retracted and added on the same evidence as one: there only the nodes are others."""
    retracted: dict[tuple[str, str], Change] = {}
    for change in found:
        if change.after is None:
            retracted.update(((item.document, item.id), change) for item in change.lost)
    partners: dict[str, Change] = {}
    for change in found:
        if change.before is None:
            keys = ((item.document, item.id) for item in change.gained)
            free = (retracted[key] for key in keys if key in retracted)
            partner = next((item for item in free if item.statement.id not in partners), None)
            if partner:
                partners[partner.statement.id] = Change(partner.before, change.after)
    moved = {item.statement.id for item in partners.values()} | partners.keys()
    return [*partners.values(), *(change for change in found if change.statement.id not in moved)]


def _ordered(statements: Iterable[Statement]) -> Iterator[Statement]:
    last = ""
    for statement in statements:
        if statement.id <= last:
            raise StoreError(
                f"statement {statement.id} comes after {last}; wanted them ordered by id: export them anew"
            )
        last = statement.id
        yield statement


@dataclass(frozen=True, slots=True)
class History:
    """What became of each document: (source, fingerprint, version) by id, before and after."""

    before: Mapping[str, tuple[str, str, str]]
    after: Mapping[str, tuple[str, str, str]]

    @classmethod
    def of(cls, before: Graph, after: Graph) -> History:
        return cls(_documents(before), _documents(after))

    def reasons(self, change: Change) -> tuple[Reason, ...]:
        """Why a fact differs, a reason for each document whose evidence does, ordered."""
        lost = {item.document: item.model for item in change.lost}
        gained = {item.document: item.model for item in change.gained}
        found = {
            Reason(self._why(document, lost.get(document), gained.get(document)), self.source(document))
            for document in lost.keys() | gained.keys()
        }
        if change.moved:
            best = max(change.statement.evidence, key=lambda item: (item.score, item.id))
            found.add(Reason(RESOLVED, self.source(best.document)))
        return tuple(sorted(found, key=lambda reason: (reason.why, reason.source)))

    def source(self, document: str) -> str:
        """Where a document is from; its id where neither graph tells."""
        return (self.after.get(document) or self.before.get(document) or (document,))[0]

    def _why(self, document: str, model: str | None, model_now: str | None) -> str:
        if document not in self.before:
            return NEW
        if document not in self.after:
            return GONE
        (_, mark, version), (_, mark_now, version_now) = self.before[document], self.after[document]
        if version != version_now:
            return CHANGED
        if mark == mark_now:
            return RESOLVED
        if model is None or model_now is None:
            return REREAD
        return REJUDGED if model == model_now else REMODELLED


def _documents(graph: Graph) -> dict[str, tuple[str, str, str]]:
    versions = graph.versions()
    return {key: (source, mark, versions.get(key, "")) for key, (source, mark) in graph.documents().items()}
