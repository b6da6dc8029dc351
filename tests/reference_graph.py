"""The graph made from scratch: what every store must hold after any history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from graphwright.pipeline.graph import Contribution, Node, Occurrence, Statement, assemble, digest, merged_node
from graphwright.pipeline.identity import node_id
from graphwright.pipeline.resolution.decisions import Decision, places
from graphwright.pipeline.sinks.store import Holding, Pending, Store


@dataclass(slots=True)
class ReferenceGraph:
    """Contributions, decisions, and the last assignment of each occurrence; all else is derived when asked for."""

    contributions: dict[str, Contribution] = field(default_factory=dict)
    assigned: dict[str, str] = field(default_factory=dict)
    decided: dict[str, Decision] = field(default_factory=dict)
    unresolved: set[str] = field(default_factory=set)
    maybe_unresolved: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)

    def replace(self, contributions: Iterable[Contribution]) -> None:
        self._swap({item.document: item for item in contributions})

    def forget(self, documents: Iterable[str]) -> int:
        held = {document: None for document in documents if document in self.contributions}
        self._swap(held)
        return len(held)

    def decide(self, decisions: Iterable[Decision], undone: Iterable[str] = ()) -> None:
        new = {item.id: item for item in decisions}
        touched = [*new.values(), *(self.decided[key] for key in {*new, *undone} if key in self.decided)]
        self.decided = {key: item for key, item in self.decided.items() if key not in undone} | new
        self.unresolved |= {key for item in touched for key in item.keys}
        for item in self.occurrences().values():
            if any((item.document, key) in places(touched) for key in item.keys):
                self.unresolved |= set(item.keys)

    def resolve(self, assignment: Mapping[str, str]) -> None:
        held = self.occurrences()
        self.assigned.update({key: node for key, node in assignment.items() if key in held})
        self._drop_needless(held)
        self.unresolved.clear()
        self.maybe_unresolved.clear()
        self.added.clear()

    def occurrences(self) -> dict[str, Occurrence]:
        found = (item for document in self.contributions.values() for item in document.occurrences)
        return {item.id: item for item in sorted(found, key=lambda item: item.id)}

    def assignment(self) -> dict[str, str]:
        return {key: self.assigned.get(key) or node_id(item.kb_id, key) for key, item in self.occurrences().items()}

    def documents(self) -> dict[str, tuple[str, str]]:
        return {key: (item.source, item.fingerprint) for key, item in sorted(self.contributions.items())}

    def versions(self) -> dict[str, str]:
        return {key: item.version for key, item in sorted(self.contributions.items())}

    def pending(self) -> Pending:
        held = self.occurrences()
        return Pending(frozenset(self.unresolved), {key: held[key].keys for key in sorted(self.added)})

    def decisions(self) -> list[Decision]:
        return [self.decided[key] for key in sorted(self.decided)]

    def holdings(self) -> list[Holding]:
        return [
            Holding(item, {o.id: self.assigned[o.id] for o in item.occurrences if o.id in self.assigned})
            for _, item in sorted(self.contributions.items())
        ]

    def statements(self) -> list[Statement]:
        facts = [fact for document in self.contributions.values() for fact in document.facts]
        return list(assemble(facts, self.assignment()))

    def nodes(self) -> list[Node]:
        groups: dict[str, list[Occurrence]] = {}
        held = self.occurrences()
        for key, node in self.assignment().items():
            groups.setdefault(node, []).append(held[key])
        return [merged_node(node, groups[node]) for node in sorted(groups)]

    def edges(self) -> set[tuple[str, str, object]]:
        return {(item.subject, item.predicate, item.object) for item in self.statements() if item.band == "keep"}

    def _swap(self, new: Mapping[str, Contribution | None]) -> None:
        before = self.occurrences()
        for document, contribution in new.items():
            if contribution is None:
                del self.contributions[document]
            else:
                self.contributions[document] = contribution
        after = self.occurrences()
        for key in before.keys() | after.keys():
            document = (after.get(key) or before[key]).document
            touched = {word for item in (before.get(key), after.get(key)) if item for word in item.keys}
            if key not in before:
                self.added |= {key} if touched else set()
            elif before[key] != after.get(key):
                self.unresolved |= touched
                self.added.discard(key)
            elif document in new:
                self.maybe_unresolved |= touched
        self._drop_needless(after)

    def _drop_needless(self, held: Mapping[str, Occurrence]) -> None:
        """To be assigned the node that it would stand for anyway is not to be assigned."""
        kept = ((key, node) for key, node in self.assigned.items() if key in held)
        self.assigned = {key: node for key, node in kept if node != node_id(held[key].kb_id, key)}


def assert_equal_content(store: Store, expected: ReferenceGraph) -> None:
    """Everything that a store tells is what the reference tells."""
    assert list(store.statements()) == expected.statements()
    assert list(store.nodes()) == expected.nodes()
    assert list(store.occurrences()) == list(expected.occurrences().values())
    assert [in_order(item) for item in store.holdings()] == [in_order(item) for item in expected.holdings()]
    assert dict(store.documents()) == expected.documents()
    assert dict(store.versions()) == expected.versions()
    assert list(store.decisions()) == expected.decisions()
    assert store.digest() == digest(expected.statements())
    told, added = store.pending(), expected.pending().added
    assert expected.unresolved <= told.changed <= expected.unresolved | expected.maybe_unresolved
    assert set(told.added) <= added.keys()
    for key in added.keys() - told.added.keys():  # written twice since, and told as changed
        assert set(added[key]) <= told.changed


def in_order(holding: Holding) -> Holding:
    """A document's parts ordered by id, as stores tell them."""
    part = holding.contribution
    occurrences = tuple(sorted(part.occurrences, key=lambda item: item.id))
    facts = tuple(sorted(part.facts, key=lambda item: item.id))
    return replace(holding, contribution=replace(part, occurrences=occurrences, facts=facts))
