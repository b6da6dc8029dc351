"""What a change of occurrences, or of what they stand for, does to entities, inside the transaction of a write.

``graph.merged_node`` says what the result is. An entity of many occurrences has a tally of what they are called, which
is kept up to date; those of few are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from neo4j import ManagedTransaction

from graphwright.pipeline.graph import Occurrence
from graphwright.pipeline.sinks import cypher_entity_texts as cypher
from graphwright.pipeline.sinks.cypher_names import entity_label
from graphwright.pipeline.sinks.cypher_rows import Row, entity_properties
from graphwright.pipeline.sinks.cypher_running import each
from graphwright.pipeline.tally import Tally
from graphwright.pipeline.vectors import MOST, mean_vector

PLACED = 500
"""Entities whose vectors are read at once."""


@dataclass(frozen=True, slots=True)
class Naming:
    """What one occurrence calls the entity ``node``; ``placed``: it may have a vector."""

    node: str
    label: str
    name: str
    aliases: tuple[str, ...]
    placed: bool = False

    @classmethod
    def of(cls, occurrence: Occurrence, node: str) -> Naming:
        """What an occurrence calls the entity that it stands for."""
        return cls(node, occurrence.label, occurrence.name, occurrence.aliases, bool(occurrence.vector))

    def count(self, tally: Tally, times: int) -> None:
        """Put it into a tally, or with -1 take it out."""
        tally.count(self.label, self.name, self.aliases, times)


def create(tx: ManagedTransaction, namings: Iterable[Naming]) -> set[str]:
    """Make the entities that are not there yet, of all that stands for them; returns their ids."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for naming in namings:
        naming.count(tallies[naming.node], 1)
    known = {row["id"] for row in each(tx, cypher.KNOWN_ENTITIES, tallies.keys())}
    labelled: dict[str, list[Row]] = defaultdict(list)
    for node in tallies.keys() - known:
        properties = entity_properties(node, tallies[node])
        labelled[entity_label(properties["label"])].append(properties)
    for label in sorted(labelled):
        each(tx, cypher.create_entities(label), labelled[label])
    return tallies.keys() - known


def summarize(tx: ManagedTransaction, left: Iterable[Naming], joined: Iterable[Naming]) -> None:
    """Bring names, aliases, labels and vectors of entities up to date; delete those without occurrences.

    ``left`` is what stood for an entity, ``joined`` what does so now; the occurrences themselves are written already.
    """
    left, joined = list(left), list(joined)
    rows = {row["id"]: row for row in each(tx, cypher.TALLIES, {item.node for item in (*left, *joined)})}
    tallies = _recounted(rows, left, joined)
    for row in each(tx, cypher.COUNT_OCCURRENCES, rows.keys() - tallies.keys()):
        tally = tallies.setdefault(row["id"], Tally())
        if row["count"]:
            tally.count(row["label"], row["name"], row["aliases"], row["count"])
    each(tx, cypher.DELETE_ENTITIES, (node for node, tally in tallies.items() if not tally.total))
    kept = [entity_properties(node, tally) for node, tally in tallies.items() if tally.total]
    each(tx, cypher.UPDATE_ENTITIES, kept)
    _relabel(tx, kept, rows)
    _place(tx, {item["id"] for item in kept}, rows, {item.node for item in (*left, *joined) if item.placed})


def place_new(tx: ManagedTransaction, namings: Iterable[Naming]) -> None:
    """The same for vectors of entities that were just made."""
    _set_vectors(tx, {item.node for item in namings if item.placed})


def _recounted(rows: Mapping[str, Row], left: Iterable[Naming], joined: Iterable[Naming]) -> dict[str, Tally]:
    """Entity -> what its tally becomes, where it has one that adds up."""
    found = {node: Tally.read(row["tally"]) for node, row in rows.items() if row["tally"]}
    for times, namings in ((1, joined), (-1, left)):
        for item in namings:
            if item.node in found:
                item.count(found[item.node], times)
    return {node: tally for node, tally in found.items() if tally.is_whole}


def _relabel(tx: ManagedTransaction, kept: Iterable[Row], rows: Mapping[str, Row]) -> None:
    relabelled: dict[tuple[tuple[str, ...], str], list[str]] = defaultdict(list)
    for properties in kept:
        present = set(rows[properties["id"]]["labels"]) - {"Entity"}
        label = entity_label(properties["label"])
        if present != {label}:
            relabelled[tuple(sorted(present - {label})), label].append(properties["id"])
    for (old, new), ids in sorted(relabelled.items()):
        each(tx, cypher.relabel_entities(old, new), ids)


def _place(tx: ManagedTransaction, kept: Collection[str], rows: Mapping[str, Row], touched: Collection[str]) -> None:
    """Bring the vectors of entities up to date, where any of their occurrences has one, or had."""
    placed = {node for node in kept if rows[node]["placed"]}
    having = _set_vectors(tx, {node for node in kept if node in placed or node in touched})
    each(tx, cypher.REMOVE_ENTITY_VECTORS, placed - having)


def _set_vectors(tx: ManagedTransaction, nodes: Collection[str]) -> set[str]:
    """Give entities the mean vector of their occurrences; returns those that have some with one."""
    having = set[str]()
    ordered = sorted(nodes)
    for start in range(0, len(ordered), PLACED):
        found: list[Any] = each(tx, cypher.ENTITY_VECTORS, ordered[start : start + PLACED], most=MOST)
        each(
            tx,
            cypher.SET_ENTITY_VECTORS,
            ({"id": row["id"], "vector": list(mean_vector(row["vectors"]))} for row in found),
        )
        having.update(row["id"] for row in found)
    return having
