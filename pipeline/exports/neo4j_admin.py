"""The graph as ``neo4j-admin database import full`` takes it: what our Neo4j store would hold, in tables.

Documents are read once, one after the other. What is derived from many of them, statements and entities, is sorted on
disk, so memory does not grow with the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from typing import IO, Any

from graphwright.pipeline.exports import neo4j_model as model
from graphwright.pipeline.exports import neo4j_words as words
from graphwright.pipeline.exports.drafts import Draft, open_text
from graphwright.pipeline.exports.neo4j_csv import EdgeFile, EdgeTable, NodeFile, NodeTable, Unsayable
from graphwright.pipeline.exports.sorting import Row, SortedRows
from graphwright.pipeline.graph import Fact, Literal, Occurrence, resolved, statement_id
from graphwright.pipeline.sinks.cypher_names import entity_label, relationship_type
from graphwright.pipeline.sinks.cypher_rows import (
    decision_row,
    document_row,
    entity_properties,
    evidence_row,
    flat,
    key_id,
    mention_properties,
    occurrence_row,
)
from graphwright.pipeline.sinks.store import Holding, Pending, Store
from graphwright.pipeline.tally import Tally

Names = Mapping[str, str]


def export_neo4j(store: Store, draft: Draft, names: Names) -> str:
    """A table for each kind of node and relationship, with headers, import command and the Cypher to run after it."""
    draft(words.COMMAND).write_text(words.shell_script(), encoding="utf-8", newline="\n")
    draft(words.README).write_text(words.readme(), encoding="utf-8", newline="\n")
    with ExitStack() as opened:
        script = opened.enter_context(open_text(draft(words.SCRIPT)))
        words.start_script(script)
        sorters = (opened.enter_context(SortedRows()) for _ in range(3))
        tables = _Tables(opened, draft, script, names, store.pending(), *sorters)
        for holding in store.holdings():
            tables.document(holding)
        tables.derived(store)
    return ""


class _Tables:
    """The files while they are written."""

    def __init__(
        self,
        opened: ExitStack,
        draft: Draft,
        script: IO[str],
        names: Names,
        pending: Pending,
        statements: SortedRows,
        entities: SortedRows,
        keys: SortedRows,
    ) -> None:
        self._names = names
        self._pending = pending
        self._statements, self._entities, self._keys = statements, entities, keys
        self._nodes = {
            table.label: opened.enter_context(closing(_node_file(table, draft, script))) for table in model.NODES
        }
        self._edges: dict[EdgeTable, EdgeFile] = {
            table: opened.enter_context(closing(EdgeFile(table, draft(table.file)))) for table in model.EDGES
        }

    def document(self, holding: Holding) -> None:
        """All rows of one document."""
        part, nodes = holding.contribution, holding.nodes
        self._nodes["Document"].write(document_row(part))
        for occurrence in part.occurrences:
            self._occurrence(occurrence, nodes[occurrence.id], holding.decided.get(occurrence.id))
        for fact in part.facts:
            self._fact(fact, nodes)

    def derived(self, store: Store) -> None:
        """What follows from all documents, and what belongs to none."""
        self._write_statements()
        self._write_entities()
        pending = self._pending.changed
        self._keys.extend((key_id(key), key) for key in sorted(pending))
        for key, rows in self._keys.groups():
            text = next(rows)[1]
            self._nodes["BlockKey"].write({"id": key, "key": text}, "Pending" if text in pending else "")
        for decision in store.decisions():
            self._nodes["Decision"].write(decision_row(decision))
        self._nodes["GraphInfo"].write({"id": "graph", "format": 1, "writes": 1})

    def _occurrence(self, occurrence: Occurrence, node: str, decided: str | None) -> None:
        document = occurrence.document
        mark = "Pending" if occurrence.id in self._pending.added else ""
        self._nodes["Occurrence"].write(occurrence_row(occurrence, node, decided)["properties"], mark)
        self._edges[model.IN].write(occurrence.id, document)
        self._edges[model.RESOLVED_TO].write(occurrence.id, node)
        for key in sorted(set(occurrence.keys)):
            self._edges[model.KEYED].write(occurrence.id, key_id(key))
            self._keys.add((key_id(key), key))
        for properties in mention_properties(occurrence):
            mention = properties["id"]
            self._nodes["Mention"].write(properties)
            self._edges[model.MENTION_FROM].write(mention, document)
            self._edges[model.OF].write(mention, occurrence.id)
            self._edges[model.REFERS_TO].write(mention, node)
        self._entities.add((node, occurrence.label, occurrence.name, tuple(occurrence.aliases)))

    def _fact(self, fact: Fact, nodes: Mapping[str, str]) -> None:
        self._nodes["Evidence"].write(evidence_row(fact)["properties"])
        self._edges[model.EVIDENCE_FROM].write(fact.id, fact.evidence.document)
        subject, predicate, tail = resolved(fact, nodes)
        if subject == tail:  # as graph.assemble
            return
        qualifiers = tuple(sorted(fact.qualifiers))
        statement = statement_id(subject, predicate, tail, qualifiers)
        self._edges[model.SUPPORTED_BY].write(statement, fact.id)
        target = (tail.value, tail.datatype, tail.unit) if isinstance(tail, Literal) else tail
        item = fact.evidence
        said = (item.score, item.assertion == "asserted", item.band == "keep")
        self._statements.add((statement, subject, predicate, target, flat(qualifiers), *said))

    def _write_statements(self) -> None:
        for key, rows in self._statements.groups():
            row, subject, target = _statement(key, rows, self._names)
            self._nodes["Statement"].write(row)
            self._edges[model.SUBJECT].write(key, subject)
            if target is not None:
                self._edges[model.OBJECT].write(key, target)
                if row["edge"]:
                    self._edges[model.VIEW].write_typed(subject, target, row["edge"], {**row, "statement": key})

    def _write_entities(self) -> None:
        for key, rows in self._entities.groups():
            properties = entity_properties(key, _counted(rows))
            self._nodes["Entity"].write(properties, entity_label(properties["label"]))


def _node_file(table: NodeTable, draft: Draft, script: IO[str]) -> NodeFile:
    return NodeFile(table, draft(table.file), _told_in(script, table.label))


def _told_in(script: IO[str], label: str) -> Unsayable:
    def unsayable(id: str, name: str, values: Sequence[str]) -> None:
        script.write(words.set_array(label, id, name, values))

    return unsayable


def _statement(key: str, rows: Iterator[Row], names: Names) -> tuple[dict[str, Any], str, str | None]:
    """The properties of a statement, its subject, and its object if that is a node; see ``WEIGH_STATEMENTS``."""
    first = next(rows)
    _, subject, predicate, target, qualifiers, *_ = first
    count, kept, best, asserted = 0, False, 0.0, None
    for *_, score, is_asserted, is_kept in (first, *rows):
        count += 1
        best = max(best, score)
        if is_asserted:
            asserted = score if asserted is None else max(asserted, score)
            kept = kept or is_kept
    edge = relationship_type(predicate, names)
    row = {
        "id": key,
        "name": edge,
        "predicate": predicate,
        "qualifiers": qualifiers,
        "score": best if asserted is None else asserted,
        "band": "keep" if kept else "review",
        "evidenceCount": count,
        "edge": edge if kept and isinstance(target, str) else None,
    }
    if isinstance(target, str):
        return row, subject, target
    return {**row, **dict(zip(("value", "datatype", "unit"), target, strict=True))}, subject, None


def _counted(rows: Iterable[Row]) -> Tally:
    """What the occurrences of an entity are called."""
    tally = Tally()
    for _, label, name, aliases in rows:
        tally.count(label, name, aliases, 1)
    return tally
