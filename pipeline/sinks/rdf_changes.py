"""What a change of facts or of their nodes does to statements and edges: only those touched are derived again.

``graph.assemble`` says what the result is; here it is reached from the few quads around.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import NamedNode

from graphwright.pipeline.graph import (
    Evidence,
    Fact,
    Literal,
    Statement,
    combined_score,
    resolved,
    statement_id,
)
from graphwright.pipeline.sinks.rdf_lines import as_quads, line, lines_of
from graphwright.pipeline.sinks.rdf_mapping import (
    edge_line,
    statement_lines,
    support_lines,
    weight_lines,
)
from graphwright.pipeline.sinks.rdf_queries import Quads, describe, kept_edges, supported, supporters
from graphwright.pipeline.sinks.rdf_reading import Description, summarized_evidence
from graphwright.pipeline.sinks.rdf_terms import (
    fact_iri,
    local_id,
    statement_iri,
    text_of,
)
from graphwright.pipeline.vocabulary import FACT, GW, RDF, STATEMENT, VIEW_GRAPH

WEIGHTS: Final = (GW.score, GW.band)
EVIDENCE_SUMMARY: Final = (GW.score, GW.assertion, GW.band)
"""What score and band of a statement need of its evidence."""


@dataclass(slots=True)
class Change:
    """Lines to remove and to add; what is on both lists stays. ``fresh`` are blocks that the store has nothing of."""

    removed: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)
    fresh: list[str] = field(default_factory=list)

    def swap(self, old: Iterable[str], new: Iterable[str]) -> None:
        """Put the new blocks in place of the old."""
        self.removed.update(lines_of(old))
        self.added.update(lines_of(new))

    def net(self) -> tuple[set[str], list[str]]:
        """(lines to remove, blocks to add) without what is on both."""
        return self.removed - self.added, [*self.fresh, *(self.added - self.removed)]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a statement says, and the facts of a change that support it."""

    subject: str
    predicate: str
    object: str | Literal
    qualifiers: tuple[tuple[str, str], ...]
    facts: list[Fact]


def change_statements(
    quads: Quads, change: Change, gone: Iterable[Fact], facts: Iterable[Fact], nodes: Mapping[str, str]
) -> None:
    """Put ``facts`` (whose occurrences stand for ``nodes``) in place of the facts ``gone``."""
    left = {fact.id: fact for fact in gone}
    pairs = supported(quads, map(fact_iri, left)).items()
    linked = {local_id(fact, FACT): local_id(statement, STATEMENT) for fact, statement in pairs}
    claims = _grouped(facts, nodes)
    change.swap(
        (text for fact, statement in linked.items() for text in support_lines(left[fact], statement)),
        (text for key, claim in claims.items() for fact in claim.facts for text in support_lines(fact, key)),
    )
    touched = dict.fromkeys((*linked.values(), *claims))
    found = describe(quads, map(statement_iri, touched), graph=VIEW_GRAPH)
    known = {local_id(iri, STATEMENT): about for iri, about in found.items()}
    others = _other_evidence(quads, known, frozenset(linked.values()), set(map(fact_iri, left)))
    old_edges, new_edges = set[str](), set[str]()
    for statement in touched:
        about, claim = known.get(statement), claims.get(statement)
        evidence = [*(fact.evidence for fact in (claim.facts if claim else ())), *others.get(statement, ())]
        change.swap(_before(statement, about, bool(evidence)), _after(statement, about, claim, evidence))
        old_edges.update(_old_edge(about))
        if evidence and _band(evidence) == "keep":
            new_edges.add(_edge(about, claim))
    change.swap(old_edges - _shared(quads, old_edges - new_edges, touched), new_edges)


def _grouped(facts: Iterable[Fact], nodes: Mapping[str, str]) -> dict[str, Claim]:
    claims: dict[str, Claim] = {}
    for fact in facts:
        subject, predicate, tail = resolved(fact, nodes)
        if subject != tail:
            key = statement_id(subject, predicate, tail, fact.qualifiers)
            if key not in claims:
                claims[key] = Claim(subject, predicate, tail, tuple(sorted(fact.qualifiers)), [])
            claims[key].facts.append(fact)
    return claims


def _other_evidence(
    quads: Quads, known: Mapping[str, Description], left: Collection[str], gone: Collection[NamedNode]
) -> dict[str, list[Evidence]]:
    """Evidence of the statements from facts that do not change, without its spans and words.

    A kept one that no fact leaves has asserted evidence, of which the best gave it its score: that stands for all.
    """
    found: dict[str, list[Evidence]] = defaultdict(list)
    asked = []
    for statement, about in known.items():
        if statement in left or not _is_kept(about):
            asked.append(statement)
        else:
            found[statement].append(_summary(float(text_of(about[GW.score][0]))))
    links = [pair for pair in supporters(quads, map(statement_iri, asked)) if pair[1] not in gone]
    facts = describe(quads, (fact for _, fact in links), only=EVIDENCE_SUMMARY)
    for iri, fact in links:
        found[local_id(iri, STATEMENT)].append(summarized_evidence(facts[fact]))
    return found


def _summary(score: float) -> Evidence:
    return Evidence("", "", (0, 0), (0, 0), (0, 0), "", score, "asserted", "keep", "")


def _before(statement: str, about: Description | None, stays: bool) -> Iterator[str]:
    """What may change of a statement as it was: all of it, or where it stays, its weights."""
    for item, values in (about or {}).items():
        if item in WEIGHTS or not stays:
            for value in values:
                yield line(statement_iri(statement), item, value, VIEW_GRAPH)


def _after(statement: str, about: Description | None, claim: Claim | None, evidence: list[Evidence]) -> Iterator[str]:
    """What is new of a statement that evidence supports."""
    if not evidence:
        return
    if about is None and claim is not None:
        yield from statement_lines(statement, claim.subject, claim.predicate, claim.object, claim.qualifiers)
    yield from weight_lines(statement, combined_score(evidence), _band(evidence))


def _band(evidence: Iterable[Evidence]) -> str:
    return Statement("", "", "", "", (), 0.0, tuple(evidence)).band


def _is_kept(about: Description) -> bool:
    return text_of(about[GW.band][0]) == "keep"


def _old_edge(about: Description | None) -> Iterator[str]:
    if about is not None and _is_kept(about):
        yield _edge(about, None)


def _edge(about: Description | None, claim: Claim | None) -> str:
    """The plain edge of a statement that is kept, as it was described or as a change claims it."""
    if about is not None:
        subject, predicate, tail = (about[item][0] for item in (RDF.subject, RDF.predicate, RDF.object))
        return line(subject, predicate, tail, VIEW_GRAPH)
    if claim is None:
        raise ValueError("wanted a statement that is described or claimed; received neither")
    return edge_line(claim.subject, claim.predicate, claim.object)


def _shared(quads: Quads, edges: Collection[str], touched: Collection[str]) -> set[str]:
    """Those of the edges that kept statements have which are not touched."""
    rows = kept_edges(quads, as_quads(sorted(edges)))
    kept = ((local_id(statement, STATEMENT), edge) for statement, edge in rows)
    return {
        line(edge.subject, edge.predicate, edge.object, edge.graph_name)
        for statement, edge in kept
        if statement not in touched
    }
