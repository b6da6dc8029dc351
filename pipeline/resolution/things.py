"""The things of a graph as people speak of them: a node by its id or name, with the occurrences that stand for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from graphwright.pipeline.errors import UsageError
from graphwright.pipeline.graph import Node, Occurrence, merged_node
from graphwright.pipeline.identity import MINTED, node_id
from graphwright.pipeline.records import ENTITY_LABELS
from graphwright.pipeline.resolution.block_keys import name_key
from graphwright.pipeline.resolution.decisions import Decision, Referent, Referring, corrected_links, in_order, main_key
from graphwright.pipeline.resolution.resolve import Resolution, resolve
from graphwright.pipeline.resolution.touched import resolve_touched
from graphwright.pipeline.sinks.store import Store
from graphwright.pipeline.whereabouts import alike_names, answers, names_of

SHORTEST_ID: Final = 6
"""Characters of an id that are enough to name it, where no other begins so."""
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Thing:
    """A node and the occurrences that stand for it, ordered by id; ``linked`` are those that have its Wikidata id."""

    node: Node
    members: tuple[Occurrence, ...]
    linked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Part:
    """Occurrences (by id) with all that they are compared to, how they resolve, and all decisions.

    ``referring`` tells what these are about, ``sources``: where documents (ids) come from.
    """

    occurrences: Mapping[str, Occurrence]
    resolution: Resolution
    decisions: tuple[Decision, ...]
    referring: Referring
    sources: Mapping[str, str]
    _links: Mapping[str, str | None]
    _members: Mapping[str, list[Occurrence]]
    _beside: Mapping[tuple[str, str], list[Occurrence]]

    def thing(self, node: str) -> Thing:
        """The thing of a node (id)."""
        members = tuple(self._members[node])
        told = merged_node(node, members)
        linked = frozenset(item.id for item in members if told.kb_id and self._links[item.id] == told.kb_id)
        return Thing(told, members, linked)

    def source(self, occurrence: Occurrence) -> str:
        return self.sources.get(occurrence.document, occurrence.document)

    def referent(self, item: Occurrence) -> Referent | None:
        """What a decision on an occurrence refers to; ``None`` where it has no name to go by."""
        key = main_key(item)
        if key not in item.keys:
            return None
        ordinal = in_order(self._beside[item.document, key], key).index(item)
        return Referent(item.document, key, ordinal, item.name, self.source(item))


def around(store: Store, keys: Iterable[str] | None = None) -> Part:
    """The part of a graph that is connected with block keys; all of it, where ``keys`` is ``None``."""
    decisions = tuple(store.decisions())
    if keys is None:
        found = {item.id: item for item in store.occurrences()}
        resolution = resolve(found.values(), decisions=decisions)
    else:
        found, resolution = _touched(store, set(keys), decisions)
    referring = Referring(found.values(), decisions)
    members: dict[str, list[Occurrence]] = defaultdict(list)
    beside: dict[tuple[str, str], list[Occurrence]] = defaultdict(list)
    for item in sorted(found.values(), key=lambda item: item.id):
        members[resolution.assignment[item.id]].append(item)
        for key in item.keys:
            beside[item.document, key].append(item)
    sources = {key: source for key, (source, _) in store.documents().items()}
    links = corrected_links(found, referring)
    return Part(found, resolution, decisions, referring, sources, links, members, beside)


def _touched(store: Store, keys: set[str], decisions: Sequence[Decision]) -> tuple[dict[str, Occurrence], Resolution]:
    """What has the keys, with what that depends on; linked occurrences that do not stand where they stand."""
    touched = resolve_touched(store, keys, decisions)
    settled = {item.id: item for item in store.occurrences(sorted(keys), settled=True)}
    standing = {key: node_id(item.kb_id, key) for key, item in settled.items()}
    resolution = replace(touched.resolution, assignment=standing | dict(touched.resolution.assignment))
    return settled | dict(touched.occurrences), resolution


def find_nodes(store: Store, *asked: str) -> list[Node]:
    """For each name, Wikidata id, IRI or beginning of an id the one node that answers to it.

    Raises:
        UsageError: none does, or several do.
    """
    nodes = list(store.nodes())
    return [_the_node(nodes, words.strip()) for words in asked]


def _the_node(nodes: Sequence[Node], asked: str) -> Node:
    found = answering(nodes, asked)
    if len(found) > 1:
        shown = ", ".join(f"{node.id} ({node.label} {node.name})" for node in found[:_SHOWN])
        more = ", ..." if len(found) > _SHOWN else ""
        raise UsageError(f"{len(found)} things answer to {asked!r}; name one by its id: {shown}{more}")
    return found[0]


def answering(nodes: Sequence[Node], asked: str) -> list[Node]:
    """The nodes that answer to a name or id. Raises ``UsageError``, with names like it, where none does."""
    found = [node for node in nodes if asked in (node.id, node.kb_id) or _begins(node.id, asked)]
    found = found or [node for node in nodes if asked and answers(node, asked)]
    if not found:
        alike = alike_names(asked, (name for node in nodes for name in names_of(node)))
        near = f"; names like it: {', '.join(alike)}" if alike else ""
        raise UsageError(
            f"wanted the name, Wikidata id or IRI of a thing of the graph; nothing answers to {asked!r}{near}"
        )
    return found


def _begins(node: str, asked: str) -> bool:
    return len(asked) >= SHORTEST_ID and node.startswith(MINTED + asked)


def keys_of(*nodes: Node) -> set[str]:
    """Block keys that every occurrence of the nodes has one of."""
    labels = {*ENTITY_LABELS, *(node.label for node in nodes)}
    return {name_key(name, label) for node in nodes for name in names_of(node) for label in labels}
