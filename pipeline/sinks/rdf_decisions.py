"""People's decisions as quads of their own graph, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from pyoxigraph import NamedNode

from graphwright.pipeline.resolution.decisions import Decision, Referent, Verdict
from graphwright.pipeline.sinks.rdf_lines import integer_literal, line, text_literal
from graphwright.pipeline.sinks.rdf_queries import Quads
from graphwright.pipeline.sinks.rdf_reading import Description, descriptions
from graphwright.pipeline.sinks.rdf_terms import document_iri, local_id, text_of
from graphwright.pipeline.vocabulary import DCT, DECISION, DECISIONS_GRAPH, DOCUMENT, GW, PROV, RDF


def decision_lines(decision: Decision) -> Iterator[str]:
    """All that is kept of a decision."""
    iri = NamedNode(DECISION + decision.id)
    first, second = NamedNode(f"{iri.value}#first"), NamedNode(f"{iri.value}#second")
    yield line(iri, RDF.type, GW.HumanDecision, DECISIONS_GRAPH)
    yield line(iri, GW.verdict, text_literal(decision.verdict), DECISIONS_GRAPH)
    yield line(iri, GW.act, text_literal(decision.act), DECISIONS_GRAPH)
    yield line(iri, GW.first, first, DECISIONS_GRAPH)
    yield from _referent_lines(first, decision.first)
    if isinstance(decision.second, str):
        yield line(iri, GW.kbId, text_literal(decision.second), DECISIONS_GRAPH)
    else:
        yield line(iri, GW.second, second, DECISIONS_GRAPH)
        yield from _referent_lines(second, decision.second)


def _referent_lines(iri: NamedNode, referent: Referent) -> Iterator[str]:
    yield line(iri, PROV.wasDerivedFrom, document_iri(referent.document), DECISIONS_GRAPH)
    yield line(iri, GW.documentKey, text_literal(referent.key), DECISIONS_GRAPH)
    yield line(iri, GW.ordinal, integer_literal(referent.ordinal), DECISIONS_GRAPH)
    yield line(iri, GW.name, text_literal(referent.name), DECISIONS_GRAPH)
    yield line(iri, DCT.source, text_literal(referent.source), DECISIONS_GRAPH)


def read_decisions(quads: Quads) -> list[Decision]:
    """All decisions, ordered by id."""
    rows = quads.select(f"SELECT ?s ?p ?o WHERE {{ GRAPH {DECISIONS_GRAPH} {{ ?s ?p ?o }} }}")
    described = descriptions((subject, item, value) for subject, item, value in rows)
    kept = [_decision(item, described) for item in described.values() if RDF.type in item]
    return sorted(kept, key=lambda decision: decision.id)


def _decision(item: Description, described: Mapping[NamedNode, Description]) -> Decision:
    second = text_of(item[GW.kbId][0]) if GW.kbId in item else _referent(item, GW.second, described)
    verdict = cast(Verdict, text_of(item[GW.verdict][0]))
    return Decision(verdict, _referent(item, GW.first, described), second, text_of(item[GW.act][0]))


def _referent(item: Description, end: NamedNode, described: Mapping[NamedNode, Description]) -> Referent:
    told = described[cast(NamedNode, item[end][0])]
    return Referent(
        document=local_id(told[PROV.wasDerivedFrom][0], DOCUMENT),
        key=text_of(told[GW.documentKey][0]),
        ordinal=int(text_of(told[GW.ordinal][0])),
        name=text_of(told[GW.name][0]),
        source=text_of(told[DCT.source][0]),
    )
