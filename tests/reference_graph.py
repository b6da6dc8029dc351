"""The graph made from scratch: what every store must hold after any history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from graphwright.pipeline.graph import Contribution, Node, Occurrence, Statement, assemble, digest, merged_node
from graphwright.pipeline.identity import node_id
from graphwright.pipeline.sinks.store import Store


@dataclass(slots=True)
class ReferenceGraph:
    """Contributions and the last decision on each occurrence held; all else is derived when asked for."""

    contributions: dict[str, Contribution] = field(default_factory=dict)
    decisions: dict[str, str] = field(default_factory=dict)
    unresolved: set[str] = field(default_factory=set)
    maybe_unresolved: set[str] = field(default_factory=set)

    def replace(self, contributions: Iterable[Contribution]) -> None:
        self._swap({item.document: item for item in contributions})

    def forget(self, documents: Iterable[str]) -> int:
        held = {document: None for document in documents if document in self.contributions}
        self._swap(held)
        return len(held)

    def resolve(self, decisions: Mapping[str, str]) -> None:
        held = self.occurrences()
        self.decisions.update({key: node for key, node in decisions.items() if key in held})
        self.unresolved.clear()
        self.maybe_unresolved.clear()

    def occurrences(self) -> dict[str, Occurrence]:
        found = (item for document in self.contributions.values() for item in document.occurrences)
        return {item.id: item for item in sorted(found, key=lambda item: item.id)}

    def assignment(self) -> dict[str, str]:
        return {key: self.decisions.get(key) or node_id(item.kb_id, key) for key, item in self.occurrences().items()}

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
            if before.get(key) != after.get(key):
                self.unresolved |= touched
            elif document in new:
                self.maybe_unresolved |= touched
        self.decisions = {key: node for key, node in self.decisions.items() if key in after}


def assert_equal_content(store: Store, expected: ReferenceGraph) -> None:
    """Everything that a store tells is what the reference tells."""
    assert list(store.statements()) == expected.statements()
    assert list(store.nodes()) == expected.nodes()
    assert list(store.occurrences()) == list(expected.occurrences().values())
    documents = {key: (item.source, item.fingerprint) for key, item in expected.contributions.items()}
    assert dict(store.documents()) == documents
    assert dict(store.versions()) == {key: item.version for key, item in expected.contributions.items()}
    assert store.digest() == digest(expected.statements())
    assert expected.unresolved <= store.pending() <= expected.unresolved | expected.maybe_unresolved
