"""The graph as RDF, wherever the quads lie: one named graph a document, one each for decisions, resolution and view.

A call reads the quads around what changes, derives what follows, and writes all of it in one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Self

from pyoxigraph import NamedNode, Quad

from graphwright.pipeline.errors import StoreError
from graphwright.pipeline.graph import Contribution, Fact, Node, Occurrence, Statement, digest_of
from graphwright.pipeline.identity import node_id
from graphwright.pipeline.resolution.decisions import Decision, places
from graphwright.pipeline.sinks import rdf_queries as ask
from graphwright.pipeline.sinks.rdf_changes import Change, change_statements
from graphwright.pipeline.sinks.rdf_compared import read_compared
from graphwright.pipeline.sinks.rdf_decisions import decision_lines, read_decisions
from graphwright.pipeline.sinks.rdf_holdings import read_holdings
from graphwright.pipeline.sinks.rdf_lines import line, text_literal
from graphwright.pipeline.sinks.rdf_mapping import (
    NODE_PROPERTIES,
    added_line,
    contribution_blocks,
    pending_line,
)
from graphwright.pipeline.sinks.rdf_nodes import Standing, change_assignment, change_nodes
from graphwright.pipeline.sinks.rdf_occurrences import all_occurrences, first_linked, keyed_occurrences
from graphwright.pipeline.sinks.rdf_queries import Quads
from graphwright.pipeline.sinks.rdf_reading import (
    as_read,
    descriptions,
    read_fact,
    read_node,
    read_occurrence,
    read_statement,
)
from graphwright.pipeline.sinks.rdf_terms import (
    document_iri,
    literal,
    local_id,
    node_of,
    occurrence_iri,
    text_of,
)
from graphwright.pipeline.sinks.store import Holding, Pending, Table
from graphwright.pipeline.vocabulary import (
    DOCUMENT,
    FORMAT_VERSION,
    GW,
    OCCURRENCE,
    RDF,
    STATEMENT,
    STORE_GRAPH,
    VIEW_GRAPH,
)

VERSION_LINE = line(STORE_GRAPH, GW.formatVersion, text_literal(FORMAT_VERSION), STORE_GRAPH)


class RdfStore:
    """A ``Store`` over any ``Quads``. A document's graph never changes but by ``replace`` and ``forget``."""

    def __init__(self, quads: Quads) -> None:
        self._quads = quads

    def replace(self, contributions: Sequence[Contribution]) -> None:
        """Put each document's contribution in place of its last one; of two for one document the later counts.

        Raises ``ValueError`` where a fact names an occurrence that its contribution lacks.
        """
        latest = {item.document: item for item in contributions}
        for item in latest.values():
            _check_ends(item)
        if latest:
            self._swap([document_iri(document) for document in latest], list(latest.values()))

    def forget(self, documents: Collection[str]) -> int:
        """Remove all that the documents (ids) contributed; returns how many of them were there."""
        held = ask.held_documents(self._quads, map(document_iri, documents))
        if held:
            self._swap(held, ())
        return len(held)

    def decide(self, decisions: Collection[Decision], undone: Collection[str] = ()) -> None:
        """Keep decisions, each in place of the earlier one on its pair, and drop those ``undone`` (ids)."""
        held = {item.id: item for item in read_decisions(self._quads)}
        new = {item.id: item for item in decisions}
        old = [held[key] for key in held if key in new or key in undone]
        change = Change()
        change.swap(
            (text for item in old for text in decision_lines(item)),
            (text for item in new.values() for text in decision_lines(item)),
        )
        named = [(document_iri(document), literal(key)) for document, key in places((*old, *new.values()))]
        beside = (key for text in ask.found_at(self._quads, named) for key in read_compared(text).keys)
        change.swap((), map(pending_line, {*(key.value for _, key in named), *beside}))
        self._write(change)

    def decisions(self) -> Sequence[Decision]:
        """All decisions held, ordered by id."""
        return read_decisions(self._quads)

    def resolve(self, assignment: Mapping[str, str]) -> None:
        """Assign occurrences to nodes and clear ``pending``. Occurrences not held are passed over."""
        change = Change()
        iris = {occurrence_iri(key): key for key in assignment}
        held = ask.assigned(self._quads, iris)
        moved = [key for key in held if node_of(held[key]) != assignment[iris[key]]]
        occurrences = list(map(read_compared, ask.compared(self._quads, moved).values()))
        before = {item.id: Standing(item, node_of(held[occurrence_iri(item.id)])) for item in occurrences}
        after = {item.id: Standing(item, assignment[item.id]) for item in occurrences}
        self._derive(change, before, after, self._facts(ask.facts_about(self._quads, moved)))
        change.removed.update(pending_line(key.value) for key in ask.pending_keys(self._quads))
        change.removed.update(added_line(local_id(iri, OCCURRENCE)) for iri in ask.added_occurrences(self._quads))
        self._write(change)

    def documents(self) -> Mapping[str, tuple[str, str]]:
        """Document id -> (source, fingerprint), ordered by id."""
        rows = ((local_id(d, DOCUMENT), text_of(s), text_of(f)) for d, s, f in ask.document_rows(self._quads))
        return {document: (source, fingerprint) for document, source, fingerprint in sorted(rows)}

    def versions(self) -> Mapping[str, str]:
        """Document id -> version of its text, ordered by id."""
        rows = ((local_id(d, DOCUMENT), text_of(v)) for d, v in ask.version_rows(self._quads))
        return dict(sorted(rows))

    def pending(self) -> Pending:
        """Occurrences added, changed, removed or decided on since the last ``resolve``."""
        added = {item.id: item.keys for item in map(read_compared, ask.pending_occurrences(self._quads))}
        changed = frozenset(map(text_of, ask.pending_keys(self._quads)))
        return Pending(changed, {key: added[key] for key in sorted(added)})

    def occurrences(
        self, keys: Collection[str] | None = None, *, settled: bool | None = None, mentions: bool = True
    ) -> Iterator[Occurrence]:
        """Occurrences that have one of the block keys (all, where ``keys`` is ``None``), ordered by id."""
        if keys is None:
            return all_occurrences(self._quads, settled, mentions)
        return keyed_occurrences(self._quads, keys, settled, mentions)

    def linked(self, keys: Collection[str], *, most: int, mentions: bool = True) -> Iterator[Occurrence]:
        """Settled occurrences that have one of the block keys: of each key and Wikidata id the first ``most`` by id."""
        return first_linked(self._quads, keys, most, mentions)

    def holdings(self) -> Iterator[Holding]:
        """All documents whole, ordered by id."""
        return read_holdings(self._quads)

    def nodes(self) -> Iterator[Node]:
        """All nodes, ordered by id."""
        ordered = sorted(ask.node_names(self._quads), key=node_of)
        for chunk in ask.chunks(ordered):
            described = ask.describe(self._quads, chunk, graph=VIEW_GRAPH, only=NODE_PROPERTIES)
            for iri in chunk:
                yield read_node(iri, described[iri])

    def statements(self) -> Iterator[Statement]:
        """All statements with their evidence, ordered by id."""
        found = ask.instances(self._quads, GW.Statement, graph=VIEW_GRAPH)
        for chunk in ask.chunks(sorted(found, key=lambda iri: local_id(iri, STATEMENT))):
            described = ask.describe(self._quads, chunk, graph=VIEW_GRAPH)
            links = list(ask.supporters(self._quads, chunk))
            facts = ask.describe(self._quads, (fact for _, fact in links))
            evidence: dict[NamedNode, list[Fact]] = {iri: [] for iri in chunk}
            for statement, fact in links:
                evidence[statement].append(read_fact(fact, facts[fact]))
            for iri in chunk:
                yield read_statement(iri, described[iri], [fact.evidence for fact in evidence[iri]])

    def digest(self) -> str:
        """``graph.digest`` of the statements, from the parts that it covers alone."""
        return digest_of(ask.canonical_lines(self._quads))

    def steady(self) -> AbstractContextManager[None]:
        """Nothing needs to be done where one process at a time has the quads."""
        return nullcontext()

    def query(self, text: str) -> Table:
        """Run a SPARQL query (SELECT, ASK, CONSTRUCT, DESCRIBE) over all graphs; the usual prefixes are known.

        Raises ``UsageError`` on bad syntax and on updates.
        """
        return self._quads.table(text)

    def quads(self) -> Iterator[Quad]:
        """Everything the store holds, history included, for export and copies."""
        for graph, subject, item, value in self._quads.select("SELECT ?g ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } }"):
            yield Quad(subject, item, value, graph)  # type: ignore[arg-type]  # parts of a quad are what they are

    def restore(self, quads: Iterable[Quad]) -> None:
        """Put quads of another store beside those that are here."""
        self._quads.write((), [f"{quad} .\n" for quad in quads])

    def close(self) -> None:
        """Let go of the store; files are written now."""
        self._quads.close(completed=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._quads.close(completed=kind is None)

    def _swap(self, documents: Collection[NamedNode], contributions: Sequence[Contribution]) -> None:
        """Put the contributions in place of all that the documents hold."""
        change = Change()
        held = ask.held_documents(self._quads, documents) if contributions else documents
        old = list(ask.graph_rows(self._quads, held))
        change.removed.update(line(subject, item, value, graph) for graph, subject, item, value in old)
        for part in contributions:
            if document_iri(part.document) in held:
                change.swap((), contribution_blocks(part))
            else:
                change.fresh += contribution_blocks(part)
        described = descriptions((subject, item, value) for _, subject, item, value in old)
        kinds = {iri: text_of(found[RDF.type][0]) for iri, found in described.items() if RDF.type in found}
        occurrences = [read_occurrence(iri, described) for iri, kind in kinds.items() if kind == GW.Occurrence.value]
        gone = [read_fact(iri, described[iri]) for iri, kind in kinds.items() if kind == GW.Fact.value]
        before = self._standing(occurrences)
        kept = {key: standing.node for key, standing in before.items() if not standing.is_alone}
        after = {
            item.id: Standing(item, kept.get(item.id) or node_id(item.kb_id, item.id))
            for contribution in contributions
            for item in map(as_read, contribution.occurrences)
        }
        facts = [fact for contribution in contributions for fact in contribution.facts]
        self._derive(change, before, after, facts, gone)
        moved = {key for key in before if before[key] != after.get(key)}
        keys = {key for item in moved for side in (before, after) if item in side for key in side[item].occurrence.keys}
        change.removed.update(map(added_line, moved))
        change.added.update(map(pending_line, keys))
        change.added.update(added_line(key) for key in after if key not in before and after[key].occurrence.keys)
        self._write(change)

    def _standing(self, occurrences: Iterable[Occurrence]) -> dict[str, Standing]:
        items = {occurrence_iri(item.id): item for item in occurrences}
        nodes = ask.assigned(self._quads, items)
        return {item.id: Standing(item, node_of(nodes[iri])) for iri, item in items.items()}

    def _derive(
        self,
        change: Change,
        before: Mapping[str, Standing],
        after: Mapping[str, Standing],
        facts: Sequence[Fact],
        gone: Sequence[Fact] | None = None,
    ) -> None:
        """Bring assignment, statements and nodes up to date; ``gone`` are the facts that ``facts`` replace."""
        change_assignment(change, before, after)
        nodes = {key: standing.node for key, standing in after.items()}
        ends = {end for fact in facts for end in (fact.subject, fact.object) if isinstance(end, str)} - nodes.keys()
        for iri, node in ask.assigned(self._quads, map(occurrence_iri, ends)).items():
            nodes[local_id(iri, OCCURRENCE)] = node_of(node)
        change_statements(self._quads, change, facts if gone is None else gone, facts, nodes)
        change_nodes(self._quads, change, before, after)

    def _facts(self, facts: Iterable[NamedNode]) -> list[Fact]:
        return [read_fact(iri, found) for iri, found in ask.describe(self._quads, facts).items()]

    def _write(self, change: Change) -> None:
        removed, added = change.net()
        if removed or added:
            self._quads.write(removed, added)


def check_version(quads: Quads, target: str) -> bool:
    """Whether the store is ours. Raises ``StoreError`` where it is of another version."""
    query = f"SELECT ?v WHERE {{ GRAPH {STORE_GRAPH} {{ {STORE_GRAPH} {GW.formatVersion} ?v }} }}"
    versions = sorted(text_of(row[0]) for row in quads.select(query))
    if versions and versions != [FORMAT_VERSION]:
        raise StoreError(
            f"{target} is of store format {', '.join(versions)}; this graphwright reads format {FORMAT_VERSION}: "
            "use the graphwright that wrote it, or build anew into another target"
        )
    return bool(versions)


def _check_ends(contribution: Contribution) -> None:
    known = {occurrence.id for occurrence in contribution.occurrences}
    for fact in contribution.facts:
        ends = {fact.subject} | ({fact.object} if isinstance(fact.object, str) else set())
        if missing := sorted(ends - known):
            raise ValueError(
                f"fact {fact.id} of document {contribution.document} names occurrences that it lacks: {missing}"
            )
