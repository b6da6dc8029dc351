"""What a write does inside its one transaction.

Each function may be run again by the driver after a deadlock or a lost connection, so it changes nothing outside.
Only what the documents or assignments touch is derived again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from neo4j import ManagedTransaction

from graphwright.pipeline.errors import OvertakenError
from graphwright.pipeline.graph import Contribution, Fact, Occurrence, resolved, statement_id
from graphwright.pipeline.identity import MINTED, WIKIDATA, node_id
from graphwright.pipeline.resolution.decisions import Decision, places
from graphwright.pipeline.sinks import cypher_decisions
from graphwright.pipeline.sinks import cypher_statements as cypher
from graphwright.pipeline.sinks.cypher_entities import Naming, create, place_new, summarize
from graphwright.pipeline.sinks.cypher_entity_texts import PUT_ENTITIES, SET_OCCURRENCE_VECTORS
from graphwright.pipeline.sinks.cypher_names import relationship_type
from graphwright.pipeline.sinks.cypher_rows import (
    Claim,
    Row,
    decision_row,
    document_row,
    evidence_row,
    key_id,
    occurrence_row,
    paired,
    read_decision,
    read_object,
    statement_row,
    weighed_row,
)
from graphwright.pipeline.sinks.cypher_running import each, run


@dataclass(frozen=True, slots=True)
class Held:
    """What documents hold before they change: ids of occurrences and statements, what occurrences call their nodes,
    assignments by occurrence, block keys.
    """

    occurrences: frozenset[str]
    statements: frozenset[str]
    namings: tuple[Naming, ...]
    assigned: Mapping[str, str]
    keys: frozenset[str]


def put(tx: ManagedTransaction, contributions: Sequence[Contribution], names: Mapping[str, str]) -> None:
    """Put each contribution in place of the document's last one."""
    run(tx, cypher.LOCK)
    known = [row["id"] for row in each(tx, cypher.HELD_DOCUMENTS, [item.document for item in contributions])]
    held = _clear(tx, known)
    occurrences = [occurrence for item in contributions for occurrence in item.occurrences]
    nodes = {item.id: held.assigned.get(item.id) or node_id(item.kb_id, item.id) for item in occurrences}
    namings = [Naming.of(item, nodes[item.id]) for item in occurrences]
    each(tx, cypher.PUT_DOCUMENTS, map(document_row, contributions))
    new = create(tx, namings)
    _create_occurrences(tx, occurrences, nodes, held)
    _put_facts(tx, [fact for item in contributions for fact in item.facts], nodes, names, held.statements)
    summarize(tx, held.namings, [item for item in namings if item.node not in new])
    place_new(tx, [item for item in namings if item.node in new])


def remove(tx: ManagedTransaction, documents: Collection[str], names: Mapping[str, str]) -> int:
    """Remove documents and all they contributed; returns how many were there."""
    run(tx, cypher.LOCK)
    known = [row["id"] for row in each(tx, cypher.HELD_DOCUMENTS, documents)]
    held = _clear(tx, known)
    each(tx, cypher.DELETE_DOCUMENTS, known)
    _mark_pending(tx, held.keys)
    weigh(tx, held.statements, names)
    summarize(tx, held.namings, ())
    return len(known)


def decide(tx: ManagedTransaction, decisions: Collection[Decision], undone: Collection[str]) -> None:
    """Keep decisions, drop those undone (ids), and mark pending what either refers to."""
    run(tx, cypher.LOCK)
    new = {item.id: item for item in decisions}
    held = [read_decision(row["decision"]) for row in each(tx, cypher_decisions.HELD_DECISIONS, {*new, *undone})]
    each(tx, cypher_decisions.DELETE_DECISIONS, {item.id for item in held} - new.keys())
    each(tx, cypher_decisions.PUT_DECISIONS, map(decision_row, new.values()))
    named = [{"id": document, "key": key} for document, key in places((*held, *new.values()))]
    beside = {row["key"] for row in each(tx, cypher_decisions.KEYS_BESIDE, named)}
    _mark_pending(tx, beside.union(row["key"] for row in named))


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
    moved = each(tx, cypher.ASSIGN, rows, wikidata=WIKIDATA, minted=MINTED)
    moves = [{"occurrence": row["id"], "node": assignment[row["id"]]} for row in moved]
    each(tx, PUT_ENTITIES, {row["node"] for row in moves})
    each(tx, cypher.MOVE_OCCURRENCES, moves)
    each(tx, cypher.MOVE_MENTIONS, moves)
    touched = _derive_again(tx, {row["document"] for row in moved}, names)
    weigh(tx, touched, names)
    summarize(tx, [_naming(row, row["node"]) for row in moved], [_naming(row, assignment[row["id"]]) for row in moved])
    run(tx, cypher.CLEAR_ADDED)
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


def _clear(tx: ManagedTransaction, documents: Collection[str]) -> Held:
    occurrences = each(tx, cypher.HELD_OCCURRENCES, documents)
    held = Held(
        occurrences=frozenset(row["id"] for row in occurrences),
        statements=frozenset(row["id"] for row in each(tx, cypher.SUPPORTED_STATEMENTS, documents)),
        namings=tuple(_naming(row, row["node"]) for row in occurrences),
        assigned={row["id"]: row["decision"] for row in occurrences if row["decision"]},
        keys=frozenset(key for row in occurrences for key in row["keys"]),
    )
    each(tx, cypher.DELETE_SPANS, documents)
    each(tx, cypher.DELETE_OCCURRENCES, documents)
    return held


def _naming(row: Row, node: str) -> Naming:
    return Naming(node, row["label"], row["name"], tuple(row["aliases"]), row.get("placed", False))


def _create_occurrences(
    tx: ManagedTransaction, occurrences: Sequence[Occurrence], nodes: Mapping[str, str], held: Held
) -> None:
    _mark_pending(tx, held.keys.union(*(item.keys for item in occurrences if item.id in held.occurrences)))
    keys = {key for item in occurrences for key in item.keys}
    each(tx, cypher.PUT_KEYS, ({"id": key_id(key), "key": key} for key in keys))
    decided = {item.id: nodes[item.id] for item in occurrences if nodes[item.id] != node_id(item.kb_id, item.id)}
    rows = (occurrence_row(item, nodes[item.id], decided.get(item.id)) for item in occurrences)
    each(tx, cypher.CREATE_OCCURRENCES, rows)
    each(tx, cypher.MARK_ADDED, {item.id for item in occurrences if item.keys} - held.occurrences)
    vectors = ({"id": item.id, "vector": list(item.vector)} for item in occurrences if item.vector)
    each(tx, SET_OCCURRENCE_VECTORS, vectors)


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


def _put_facts(
    tx: ManagedTransaction,
    facts: Sequence[Fact],
    nodes: Mapping[str, str],
    names: Mapping[str, str],
    left: Collection[str],
) -> None:
    """Write facts as evidence of their statements; ``left`` are statements (ids) that others no longer support."""
    evidence = {fact.id: fact.evidence for fact in facts}
    claims = {claim.fact: claim for claim in _claims(facts, nodes)}
    groups: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims.values():
        groups[claim.statement].append(claim)
    known = {row["id"] for row in each(tx, cypher.KNOWN_STATEMENTS, groups)}
    shown: dict[str, list[Row]] = defaultdict(list)
    for statement, group in groups.items():
        if statement not in known:
            name = relationship_type(group[0].predicate, names)
            row = weighed_row(group[0], name, [evidence[claim.fact] for claim in group])
            shown[row["properties"]["edge"] or ""].append(row)
    _create_statements(tx, shown.pop("", []))
    for edge in sorted(shown):
        each(tx, cypher.create_shown_statements(edge), shown[edge])
    rows = [(evidence_row(fact), claims.get(fact.id)) for fact in facts]
    each(tx, cypher.CREATE_SUPPORT, ({**row, "statement": claim.statement} for row, claim in rows if claim))
    each(tx, cypher.CREATE_EVIDENCE, (row for row, claim in rows if not claim))
    weigh(tx, known.union(left), names)


def _create_statements(tx: ManagedTransaction, rows: Sequence[Row]) -> None:
    each(tx, cypher.CREATE_LINKED_STATEMENTS, (row for row in rows if "object" in row))
    each(tx, cypher.CREATE_VALUED_STATEMENTS, (row for row in rows if "object" not in row))


def _put_claims(tx: ManagedTransaction, claims: Sequence[Claim], names: Mapping[str, str]) -> None:
    wanted = {claim.statement: claim for claim in claims}
    known = {row["id"] for row in each(tx, cypher.KNOWN_STATEMENTS, wanted)}
    rows = [
        statement_row(claim, relationship_type(claim.predicate, names))
        for statement, claim in wanted.items()
        if statement not in known
    ]
    _create_statements(tx, rows)
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
