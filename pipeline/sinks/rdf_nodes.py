"""What a change of occurrences, or of what they stand for, does to nodes: only those touched are derived again.

``graph.merged_node`` says what the result is. A node of many occurrences has a tally of what they are called, which is
kept up to date; those of few are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from graphwright.pipeline.graph import Occurrence
from graphwright.pipeline.identity import node_id
from graphwright.pipeline.sinks.rdf_changes import Change
from graphwright.pipeline.sinks.rdf_compared import read_compared
from graphwright.pipeline.sinks.rdf_lines import line
from graphwright.pipeline.sinks.rdf_mapping import NODE_PROPERTIES, node_lines, standing_lines, tally_line
from graphwright.pipeline.sinks.rdf_queries import Quads, compared, describe, members, tallies
from graphwright.pipeline.sinks.rdf_reading import Description
from graphwright.pipeline.sinks.rdf_terms import local_id, node_iri, node_of
from graphwright.pipeline.tally import Tally
from graphwright.pipeline.vocabulary import OCCURRENCE, VIEW_GRAPH


@dataclass(frozen=True, slots=True)
class Standing:
    """An occurrence and the node that it stands for."""

    occurrence: Occurrence
    node: str

    @property
    def is_alone(self) -> bool:
        """Whether resolution gave it no other node than its own."""
        return self.node == node_id(self.occurrence.kb_id, self.occurrence.id)


def change_assignment(change: Change, before: Mapping[str, Standing], after: Mapping[str, Standing]) -> None:
    """Which node each occurrence stands for."""
    change.removed.update(text for item in before.values() for text in standing_lines(item.occurrence, item.node))
    change.added.update(text for item in after.values() for text in standing_lines(item.occurrence, item.node))


def change_nodes(quads: Quads, change: Change, before: Mapping[str, Standing], after: Mapping[str, Standing]) -> None:
    """Put the occurrences ``after`` in place of those ``before`` (both by id)."""
    moved = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    left = [before[key] for key in moved if key in before]
    joined = [after[key] for key in moved if key in after]
    touched = dict.fromkeys(standing.node for standing in (*left, *joined))
    held = {node_of(iri): text for iri, text in tallies(quads, map(node_iri, touched))}
    counted = _recounted(held, left, joined)
    unread = touched.keys() - counted.keys()
    others = _other_members(quads, unread, {**before, **after}.keys())
    counted |= {node: _counted(others.get(node, ())) for node in unread}
    for standing in after.values():
        if standing.node in unread:
            counted[standing.node].add(standing.occurrence)
    known = {*held, *others, *(standing.node for standing in left)}
    described = describe(quads, map(node_iri, known), graph=VIEW_GRAPH, only=NODE_PROPERTIES)
    change.removed.update(text for iri, about in described.items() for text in _lines(iri, about))
    change.removed.update(tally_line(node, text) for node, text in held.items())
    for node in touched:
        change.added.update(_told(node, counted[node]))


def _recounted(held: Mapping[str, str], left: Iterable[Standing], joined: Iterable[Standing]) -> dict[str, Tally]:
    """Node -> what its tally becomes, where that adds up: a file may have lost characters that it cannot hold."""
    found = {node: Tally.read(text) for node, text in held.items()}
    for standing in joined:
        if standing.node in found:
            found[standing.node].add(standing.occurrence)
    for standing in left:
        if standing.node in found:
            found[standing.node].add(standing.occurrence, -1)
    return {node: tally for node, tally in found.items() if tally.is_whole}


def _other_members(quads: Quads, nodes: Collection[str], named: Collection[str]) -> dict[str, list[Occurrence]]:
    """Node -> occurrences that stand for it, without those named (ids)."""
    rows = [row for row in members(quads, map(node_iri, nodes)) if local_id(row[1], OCCURRENCE) not in named]
    texts = compared(quads, (item for _, item in rows))
    found: dict[str, list[Occurrence]] = defaultdict(list)
    for node, item in rows:
        found[node_of(node)].append(read_compared(texts[item]))
    return found


def _counted(occurrences: Iterable[Occurrence]) -> Tally:
    tally = Tally()
    for item in occurrences:
        tally.add(item)
    return tally


def _told(node: str, tally: Tally) -> Iterator[str]:
    if tally.total:
        yield from node_lines(tally.node(node))
    if (text := tally.kept_text) is not None:
        yield tally_line(node, text)


def _lines(subject: NamedNode, description: Description) -> Iterator[str]:
    for item, values in description.items():
        for value in values:
            yield line(subject, item, value, VIEW_GRAPH)
