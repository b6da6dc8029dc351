"""What a write does inside its one transaction.

Each function may be run again by the driver after a deadlock or a lost connection, so it changes nothing outside.
Only what the documents or assignments touch is derived again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from neo4j import ManagedTransaction

from graphwright.pipeline.graph import Contribution, Fact, Occurrence, resolved, statement_id
from graphwright.pipeline.identity import node_id
from graphwright.pipeline.resolution.decisions import Decision, places
from graphwright.pipeline.sinks import cypher_statements as cypher
from graphwright.pipeline.sinks.cypher_names import entity_label, relationship_type
from graphwright.pipeline.sinks.cypher_rows import (
    Claim,
    Row,
    by_id,
    decision_row,
    document_row,
    evidence_row,
    key_id,
    mention_rows,
    merged,
    node_properties,
    occurrence_row,
    paired,
    read_decision,
    read_object,
    statement_row,
)
from graphwright.pipeline.vectors import MOST, mean_vector

ROWS = 5000
"""Rows a query: one round trip and one cached plan for each."""
PLACED = 500
"""Entities whose vectors are read at once."""


@dataclass(frozen=True, slots=True)
class Held:
    """What documents hold before they change: ids of statements and nodes, assignments by occurrence, block keys."""

    statements: frozenset[str]
    nodes: frozenset[str]
    assigned: Mapping[str, str]
    keys: frozenset[str]


def put(tx: ManagedTransaction, contributions: Sequence[Contribution], names: Mapping[str, str]) -> None:
    """Put each contribution in place of the document's last one."""
    run(tx, cypher.LOCK)
    held = _clear(tx, [item.document for item in contributions])
    occurrences = [occurrence for item in contributions for occurrence in item.occurrences]
    nodes = {item.id: held.assigned.get(item.id) or node_id(item.kb_id, item.id) for item in occurrences}
    each(tx, cypher.PUT_DOCUMENTS, map(document_row, contributions))
    _create_occurrences(tx, occurrences, nodes, held)
    facts = [fact for item in contributions for fact in item.facts]
    each(tx, cypher.CREATE_EVIDENCE, map(evidence_row, facts))
    claims = list(_claims(facts, nodes))
    _put_claims(tx, claims, names)
    weigh(tx, held.statements | {claim.statement for claim in claims}, names)
    summarize(tx, held.nodes | set(nodes.values()))


def remove(tx: ManagedTransaction, documents: Collection[str], names: Mapping[str, str]) -> int:
    """Remove documents and all they contributed; returns how many were there."""
    run(tx, cypher.LOCK)
    known = [row["id"] for row in each(tx, cypher.HELD_DOCUMENTS, documents)]
    held = _clear(tx, known)
    each(tx, cypher.DELETE_DOCUMENTS, known)
    _mark_pending(tx, held.keys)
    weigh(tx, held.statements, names)
    summarize(tx, held.nodes)
    return len(known)


def decide(tx: ManagedTransaction, decisions: Collection[Decision], undone: Collection[str]) -> None:
    """Keep decisions, drop those undone (ids), and mark pending what either refers to."""
    run(tx, cypher.LOCK)
    new = {item.id: item for item in decisions}
    held = [read_decision(row["decision"]) for row in each(tx, cypher.HELD_DECISIONS, {*new, *undone})]
    each(tx, cypher.DELETE_DECISIONS, {item.id for item in held} - new.keys())
    each(tx, cypher.PUT_DECISIONS, map(decision_row, new.values()))
    named = [{"id": document, "key": key} for document, key in places((*held, *new.values()))]
    beside = {row["key"] for row in each(tx, cypher.KEYS_BESIDE, named)}
    _mark_pending(tx, beside.union(row["key"] for row in named))


class OvertakenError(Exception):
    """Another writer has come between what was read and what was to follow from it."""


def assign(
    tx: ManagedTransaction, assignment: Mapping[str, str], names: Mapping[str, str], seen: int | None = None
) -> None:
    """Move occurrences to the nodes assigned, and derive again the statements of their documents.

    Raises ``OvertakenError`` where ``seen``, a number of writes, is not that of the last one before this.
    """
    write = run(tx, cypher.LOCK)[0]["write"]
    if seen is not None and write != seen + 1:
        raise OvertakenError
    rows = [{"occurrence": occurrence, "node": assignment[occurrence]} for occurrence in sorted(assignment)]
    moved = each(tx, cypher.ASSIGN, rows)
    moves = [{"occurrence": row["id"], "node": assignment[row["id"]]} for row in moved]
    targets = {row["node"] for row in moves}
    each(tx, cypher.PUT_ENTITIES, targets)
    each(tx, cypher.MOVE_OCCURRENCES, moves)
    each(tx, cypher.MOVE_MENTIONS, moves)
    touched = _derive_again(tx, {row["document"] for row in moved}, names)
    weigh(tx, touched, names)
    summarize(tx, targets | {row["node"] for row in moved})
    run(tx, cypher.CLEAR_PENDING)


def weigh(tx: ManagedTransaction, statements: Collection[str], names: Mapping[str, str]) -> None:
    """Bring score, band and view edge of statements up to date; delete those without evidence."""
    stale: list[str] = []
    same: list[str] = []
    empty: list[str] = []
    fresh: dict[str, list[str]] = defaultdict(list)
    for row in each(tx, cypher.WEIGH_STATEMENTS, statements):
        edge = relationship_type(row["predicate"], names) if row["shown"] else None
        if row["edge"] and row["edge"] != edge:
            stale.append(row["id"])
        if edge and row["edge"] == edge:
            same.append(row["id"])
        elif edge:
            fresh[edge].append(row["id"])
        if not row["evidenceCount"]:
            empty.append(row["id"])
    each(tx, cypher.DELETE_EDGES, stale)
    each(tx, cypher.DELETE_STATEMENTS, empty)
    each(tx, cypher.UPDATE_EDGES, same)
    for edge in sorted(fresh):
        each(tx, cypher.create_edges(edge), fresh[edge])


def summarize(tx: ManagedTransaction, nodes: Collection[str]) -> None:
    """Bring names, aliases and labels of entities up to date; delete those without occurrences."""
    groups = by_id(each(tx, cypher.SUMMARIZE_ENTITIES, nodes))
    empty = [node for node, rows in groups.items() if not rows[0]["count"]]
    each(tx, cypher.DELETE_ENTITIES, empty)
    kept = [merged(node, rows) for node, rows in groups.items() if rows[0]["count"]]
    each(tx, cypher.UPDATE_ENTITIES, map(node_properties, kept))
    _place(tx, {node.id: groups[node.id] for node in kept})
    relabelled: dict[tuple[tuple[str, ...], str], list[str]] = defaultdict(list)
    for node in kept:
        present = set(groups[node.id][0]["labels"]) - {"Entity"}
        label = entity_label(node.label)
        if present != {label}:
            relabelled[tuple(sorted(present - {label})), label].append(node.id)
    for (old, new), ids in sorted(relabelled.items()):
        each(tx, cypher.relabel_entities(old, new), ids)


def _place(tx: ManagedTransaction, groups: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Bring the vectors of entities up to date, where any of their occurrences has one, or had."""
    having = [node for node, rows in groups.items() if any(row["vectors"] for row in rows)]
    placed = {node for node, rows in groups.items() if rows[0]["placed"]}
    each(tx, cypher.REMOVE_ENTITY_VECTORS, placed.difference(having))
    for start in range(0, len(having), PLACED):
        found = each(tx, cypher.ENTITY_VECTORS, having[start : start + PLACED], most=MOST)
        rows = [{"id": row["id"], "vector": list(mean_vector(row["vectors"]))} for row in found]
        each(tx, cypher.SET_ENTITY_VECTORS, rows)


def run(tx: ManagedTransaction, text: str, **parameters: Any) -> list[Row]:
    """One query, read to its end. ``text`` comes from ``cypher_statements`` alone, whose identifiers are checked."""
    return tx.run(text, parameters).data()


def each(tx: ManagedTransaction, text: str, rows: Iterable[Any], **parameters: Any) -> list[Row]:
    """A query over rows, sorted (so that locks are taken in one order) and in batches."""
    ordered = sorted(rows, key=_order)
    found: list[Row] = []
    for start in range(0, len(ordered), ROWS):
        found += run(tx, text, rows=ordered[start : start + ROWS], **parameters)
    return found


def _order(row: Any) -> str:
    if isinstance(row, str):
        return row
    return str(row.get("id") or row.get("occurrence") or row.get("evidence") or row["properties"]["id"])


def _clear(tx: ManagedTransaction, documents: Collection[str]) -> Held:
    occurrences = each(tx, cypher.HELD_OCCURRENCES, documents)
    held = Held(
        statements=frozenset(row["id"] for row in each(tx, cypher.SUPPORTED_STATEMENTS, documents)),
        nodes=frozenset(row["node"] for row in occurrences),
        assigned={row["id"]: row["decision"] for row in occurrences if row["decision"]},
        keys=frozenset(key for row in occurrences for key in row["keys"]),
    )
    each(tx, cypher.DELETE_SPANS, documents)
    each(tx, cypher.DELETE_OCCURRENCES, documents)
    return held


def _create_occurrences(
    tx: ManagedTransaction, occurrences: Sequence[Occurrence], nodes: Mapping[str, str], held: Held
) -> None:
    each(tx, cypher.PUT_ENTITIES, set(nodes.values()))
    each(
        tx,
        cypher.CREATE_OCCURRENCES,
        (occurrence_row(item, nodes[item.id], held.assigned.get(item.id)) for item in occurrences),
    )
    vectors = ({"id": item.id, "vector": list(item.vector)} for item in occurrences if item.vector)
    each(tx, cypher.SET_OCCURRENCE_VECTORS, vectors)
    _mark_pending(tx, held.keys | {key for item in occurrences for key in item.keys})
    pairs = {(item.id, key_id(key)) for item in occurrences for key in item.keys}
    each(tx, cypher.CREATE_KEYS, ({"occurrence": occurrence, "key": key} for occurrence, key in sorted(pairs)))
    each(tx, cypher.CREATE_MENTIONS, (row for item in occurrences for row in mention_rows(item, nodes[item.id])))


def _mark_pending(tx: ManagedTransaction, keys: Iterable[str]) -> None:
    each(tx, cypher.MARK_PENDING, ({"id": key_id(key), "key": key} for key in keys))


def _claims(facts: Iterable[Fact], nodes: Mapping[str, str]) -> Iterator[Claim]:
    """As ``graph.assemble`` groups them: a fact whose two ends are one node is no statement."""
    for fact in facts:
        subject, predicate, tail = resolved(fact, nodes)
        if subject != tail:
            qualifiers = tuple(sorted(fact.qualifiers))
            statement = statement_id(subject, predicate, tail, qualifiers)
            yield Claim(fact.id, statement, subject, predicate, tail, qualifiers)


def _put_claims(tx: ManagedTransaction, claims: Sequence[Claim], names: Mapping[str, str]) -> None:
    wanted = {claim.statement: claim for claim in claims}
    known = {row["id"] for row in each(tx, cypher.KNOWN_STATEMENTS, wanted)}
    rows = [
        statement_row(claim, relationship_type(claim.predicate, names))
        for statement, claim in wanted.items()
        if statement not in known
    ]
    each(tx, cypher.CREATE_LINKED_STATEMENTS, (row for row in rows if "object" in row))
    each(tx, cypher.CREATE_VALUED_STATEMENTS, (row for row in rows if "object" not in row))
    each(tx, cypher.ATTACH_EVIDENCE, ({"evidence": claim.fact, "statement": claim.statement} for claim in claims))


def _derive_again(tx: ManagedTransaction, documents: Collection[str], names: Mapping[str, str]) -> set[str]:
    """Attach evidence to the statements it now supports; returns the ids of those it left or joined."""
    detached: dict[str, str] = {}
    attached: list[Claim] = []
    for row in each(tx, cypher.DERIVE_AGAIN, documents):
        subject, tail = row["subject"], read_object(row, row["object"])
        qualifiers = paired(row["qualifiers"])
        statement = statement_id(subject, row["predicate"], tail, qualifiers) if subject != tail else None
        if statement == row["statement"]:
            continue
        if row["statement"]:
            detached[row["id"]] = row["statement"]
        if statement:
            attached.append(Claim(row["id"], statement, subject, row["predicate"], tail, qualifiers))
    each(tx, cypher.DETACH_EVIDENCE, detached)
    _put_claims(tx, attached, names)
    return {*detached.values(), *(claim.statement for claim in attached)}
