"""What a change of facts or of their nodes does to statements, edges and nodes: only those touched are derived again.

``graph.assemble`` and ``graph.merged_node`` say what the result is; here it is reached from the few quads around.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Quad

from graphwright.pipeline.graph import (
    Evidence,
    Fact,
    Occurrence,
    Statement,
    combined_score,
    merged_node,
    resolved,
    statement_id,
)
from graphwright.pipeline.sinks.rdf_mapping import NODE_PROPERTIES, node_quads, statement_quads, weight_quads
from graphwright.pipeline.sinks.rdf_queries import Quads, describe, kept_edges, members, supported, supporters
from graphwright.pipeline.sinks.rdf_reading import Description, read_occurrence, summarized_evidence
from graphwright.pipeline.sinks.rdf_terms import fact_iri, local_id, node_iri, node_of, occurrence_iri, statement_iri
from graphwright.pipeline.vocabulary import GW, PROV, RDF, RESOLUTION_GRAPH, SKOS, STATEMENT, VIEW_GRAPH

WEIGHTS = frozenset({GW.score, GW.band})
OCCURRENCE_SUMMARY = (PROV.wasDerivedFrom, GW.label, SKOS.prefLabel, SKOS.altLabel, GW.kbId, GW.score)
"""What ``merged_node`` and ``read_occurrence`` need of an occurrence."""

EVIDENCE_SUMMARY = (GW.score, GW.assertion, GW.band)
"""What score and band of a statement need of its evidence."""


@dataclass(slots=True)
class Change:
    """Quads to remove and to add; what is on both lists stays."""

    removed: set[Quad] = field(default_factory=set)
    added: set[Quad] = field(default_factory=set)

    def swap(self, old: Iterable[Quad], new: Iterable[Quad]) -> None:
        """Put the new quads in place of the old."""
        self.removed.update(old)
        self.added.update(new)

    def net(self) -> tuple[set[Quad], set[Quad]]:
        """(removed, added) without what is on both."""
        return self.removed - self.added, self.added - self.removed


def change_statements(
    quads: Quads, change: Change, gone: Collection[str], facts: Iterable[Fact], nodes: Mapping[str, str]
) -> None:
    """Put ``facts`` (whose occurrences stand for ``nodes``) in place of the facts ``gone`` (ids)."""
    linked = supported(quads, map(fact_iri, gone))
    groups = _grouped(facts, nodes)
    change.swap(
        (Quad(fact, GW.supports, statement, RESOLUTION_GRAPH) for fact, statement in linked.items()),
        (
            Quad(fact_iri(fact.id), GW.supports, statement, RESOLUTION_GRAPH)
            for statement, group in groups.items()
            for fact in group
        ),
    )
    touched = set(linked.values()) | set(groups)
    others = _other_evidence(quads, touched, {fact_iri(fact) for fact in gone})
    known = describe(quads, set(linked.values()) | set(others), graph=VIEW_GRAPH)
    old_edges, new_edges = set[Quad](), set[Quad]()
    for statement in touched:
        before = list(_quads(statement, known.get(statement, {})))
        after = list(_weighed(statement, before, groups.get(statement, []), others.get(statement, []), nodes))
        change.swap(before, after)
        old_edges.update(_edge(before))
        new_edges.update(_edge(after))
    shared = {edge for statement, edge in kept_edges(quads, old_edges - new_edges) if statement not in touched}
    change.swap(old_edges - shared, new_edges)


def _grouped(facts: Iterable[Fact], nodes: Mapping[str, str]) -> dict[NamedNode, list[Fact]]:
    groups: dict[NamedNode, list[Fact]] = defaultdict(list)
    for fact in facts:
        subject, predicate, tail = resolved(fact, nodes)
        if subject != tail:
            groups[statement_iri(statement_id(subject, predicate, tail, fact.qualifiers))].append(fact)
    return groups


def _other_evidence(
    quads: Quads, statements: Collection[NamedNode], gone: Collection[NamedNode]
) -> dict[NamedNode, list[Evidence]]:
    """Evidence of the statements from facts that do not change, without its spans and words."""
    links = [(statement, fact) for statement, fact in supporters(quads, statements) if fact not in gone]
    facts = describe(quads, (fact for _, fact in links), only=EVIDENCE_SUMMARY)
    found: dict[NamedNode, list[Evidence]] = defaultdict(list)
    for statement, fact in links:
        found[statement].append(summarized_evidence(facts[fact]))
    return found


def _weighed(
    statement: NamedNode, before: list[Quad], facts: list[Fact], others: list[Evidence], nodes: Mapping[str, str]
) -> Iterator[Quad]:
    """The quads of a statement that facts and other evidence support; none where nothing does."""
    evidence = [*(fact.evidence for fact in facts), *others]
    if not evidence:
        return
    core = [quad for quad in before if quad.predicate not in WEIGHTS]
    key = local_id(statement, STATEMENT)
    if not core:
        qualifiers = tuple(sorted(facts[0].qualifiers))
        core = list(statement_quads(key, *resolved(facts[0], nodes), qualifiers))
    yield from core
    yield from weight_quads(key, combined_score(evidence), _band(evidence))


def _band(evidence: Iterable[Evidence]) -> str:
    return Statement("", "", "", "", (), 0.0, tuple(evidence)).band


def _quads(subject: NamedNode, description: Description) -> Iterator[Quad]:
    for item, values in description.items():
        for value in values:
            yield Quad(subject, item, value, VIEW_GRAPH)


def _edge(statement: list[Quad]) -> Iterator[Quad]:
    """The plain edge of a statement that is kept."""
    found = {quad.predicate: quad.object for quad in statement}
    if found and found[GW.band].value == "keep":  # type: ignore[union-attr]  # a band is a literal
        yield Quad(found[RDF.subject], found[RDF.predicate], found[RDF.object], VIEW_GRAPH)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Standing:
    """An occurrence and the node that it stands for."""

    occurrence: Occurrence
    node: str


def change_nodes(quads: Quads, change: Change, before: Mapping[str, Standing], after: Mapping[str, Standing]) -> None:
    """Put the occurrences ``after`` in place of those ``before`` (both by id)."""
    moved = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    left = {before[key].node for key in moved & before.keys()}
    touched = {node_iri(node) for node in left | {after[key].node for key in moved & after.keys()}}
    named = {occurrence_iri(key) for key in before.keys() | after.keys()}
    others = [(node, item) for node, item in members(quads, touched) if item not in named]
    described = describe(quads, (item for _, item in others), only=OCCURRENCE_SUMMARY)
    groups: dict[NamedNode, list[Occurrence]] = defaultdict(list)
    for node, item in others:
        groups[node].append(read_occurrence(item, described))
    for standing in after.values():
        groups[node_iri(standing.node)].append(standing.occurrence)
    known = describe(quads, touched, graph=VIEW_GRAPH, only=NODE_PROPERTIES)
    for node in touched:
        new = node_quads(merged_node(node_of(node), groups[node])) if groups[node] else ()
        change.swap(_quads(node, known.get(node, {})), new)


def change_assignment(change: Change, before: Mapping[str, Standing], after: Mapping[str, Standing]) -> None:
    """Which node each occurrence stands for."""
    change.swap(map(_standing, before.values()), map(_standing, after.values()))


def _standing(standing: Standing) -> Quad:
    return Quad(occurrence_iri(standing.occurrence.id), GW.resolvedTo, node_iri(standing.node), RESOLUTION_GRAPH)
