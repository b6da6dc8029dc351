"""Quads as records: the inverse of ``rdf_mapping``. Properties that are sets come back sorted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import cast

from pyoxigraph import Literal as Term
from pyoxigraph import NamedNode

from graphwright.pipeline.graph import (
    NAME,
    Evidence,
    Fact,
    Literal,
    Node,
    Occurrence,
    OccurrenceMention,
    Statement,
)
from graphwright.pipeline.records import Assertion, Band, Region, Span
from graphwright.pipeline.sinks.rdf_compared import read_compared
from graphwright.pipeline.sinks.rdf_terms import (
    AnyTerm,
    local_id,
    node_of,
    predicate_name,
    qualifier_name,
    text_of,
)
from graphwright.pipeline.vocabulary import (
    ACTIVITY,
    CLASS,
    DOCUMENT,
    FACT,
    GW,
    NIF,
    OCCURRENCE,
    PROV,
    RDF,
    SKOS,
    STATEMENT,
)

Description = Mapping[NamedNode, list[AnyTerm]]
"""All values of each property of one subject."""


def descriptions(triples: Iterable[tuple[AnyTerm, AnyTerm, AnyTerm]]) -> dict[NamedNode, Description]:
    """Triples grouped by subject and property."""
    subjects: dict[NamedNode, dict[NamedNode, list[AnyTerm]]] = defaultdict(dict)
    for subject, item, value in triples:
        subjects[cast("NamedNode", subject)].setdefault(cast("NamedNode", item), []).append(value)
    return dict(subjects)


def _one(description: Description, item: NamedNode) -> str:
    return text_of(description[item][0])


def _all(description: Description, item: NamedNode) -> tuple[str, ...]:
    return tuple(sorted(text_of(value) for value in description.get(item, ())))


def _optional(description: Description, item: NamedNode) -> str | None:
    return text_of(description[item][0]) if item in description else None


def read_occurrence(iri: NamedNode, described: Mapping[NamedNode, Description]) -> Occurrence:
    """An occurrence; its mentions are described beside it, or left out where they are not."""
    return read_compared(_one(described[iri], GW.compared), read_mentions(iri, described))


def read_mentions(iri: NamedNode, described: Mapping[NamedNode, Description]) -> tuple[OccurrenceMention, ...]:
    """The mentions of an occurrence, ordered, as far as they are described."""
    spans = cast("list[NamedNode]", described[iri].get(GW.mention, [])) if iri in described else []
    return tuple(sorted(_mention(described[span]) for span in spans if span in described))


def as_read(occurrence: Occurrence) -> Occurrence:
    """An occurrence as it will be read back: aliases, keys and context are sets, mentions are ordered."""
    return replace(
        occurrence,
        aliases=tuple(sorted(set(occurrence.aliases))),
        mentions=tuple(sorted(set(occurrence.mentions))),
        keys=tuple(sorted(set(occurrence.keys))),
        context=tuple(sorted(set(occurrence.context))),
    )


def _mention(item: Description) -> OccurrenceMention:
    return OccurrenceMention(
        start=int(_one(item, NIF.beginIndex)),
        end=int(_one(item, NIF.endIndex)),
        text=_one(item, NIF.anchorOf),
        score=float(_one(item, GW.score)),
        form=_optional(item, GW.form) or NAME,
    )


def read_fact(iri: NamedNode, item: Description) -> Fact:
    target = item[RDF.object][0]
    return Fact(
        id=local_id(iri, FACT),
        subject=local_id(item[RDF.subject][0], OCCURRENCE),
        predicate=predicate_name(item[RDF.predicate][0]),
        object=read_value(item) if isinstance(target, Term) else local_id(target, OCCURRENCE),
        qualifiers=read_qualifiers(item),
        evidence=read_evidence(item),
    )


def read_evidence(item: Description) -> Evidence:
    head, tail, sentence = (_span(text) for text in _one(item, GW.line).split(" ", 3)[:3])
    return Evidence(
        id=_one(item, GW.evidenceId),
        document=local_id(item[PROV.wasDerivedFrom][0], DOCUMENT),
        head=head,
        tail=tail,
        sentence=sentence,
        text=_one(item, GW.quote),
        score=float(_one(item, GW.score)),
        assertion=cast("Assertion", _one(item, GW.assertion)),
        band=cast("Band", _one(item, GW.band)),
        model=local_id(item[PROV.wasGeneratedBy][0], ACTIVITY),
        said_by=_optional(item, GW.saidBy) or "",
        region=_region(item),
    )


def _span(text: str) -> Span:
    start, _, end = text.partition("-")
    return int(start), int(end)


def _region(item: Description) -> Region | None:
    picture = _optional(item, GW.picture)
    if picture is None:
        return None
    left, top, right, bottom = map(int, _one(item, GW.box).split(","))
    return Region(picture, int(_one(item, GW.page)), (left, top, right, bottom))


def summarized_evidence(item: Description) -> Evidence:
    """Evidence of which only score, assertion and band are known."""
    nowhere = (0, 0)
    assertion, band = cast("Assertion", _one(item, GW.assertion)), cast("Band", _one(item, GW.band))
    return Evidence("", "", nowhere, nowhere, nowhere, "", float(_one(item, GW.score)), assertion, band, "")


def read_value(item: Description) -> Literal:
    return Literal(_one(item, GW.lexicalForm), _one(item, GW.datatype), _optional(item, GW.unit) or "")


def read_object(item: Description) -> str | Literal:
    """The object of a statement: a node's id or a value."""
    target = item[RDF.object][0]
    return read_value(item) if isinstance(target, Term) else node_of(target)


def read_qualifiers(item: Description) -> tuple[tuple[str, str], ...]:
    named = ((qualifier_name(key), values) for key, values in item.items())
    return tuple(sorted((name, text_of(value)) for name, values in named if name is not None for value in values))


def read_node(iri: NamedNode, item: Description) -> Node:
    return Node(
        id=node_of(iri),
        label=local_id(item[RDF.type][0], CLASS),
        name=_one(item, SKOS.prefLabel),
        aliases=_all(item, SKOS.altLabel),
        kb_id=_optional(item, GW.kbId),
    )


def read_statement(iri: NamedNode, item: Description, evidence: Iterable[Evidence]) -> Statement:
    return Statement(
        id=local_id(iri, STATEMENT),
        subject=node_of(item[RDF.subject][0]),
        predicate=predicate_name(item[RDF.predicate][0]),
        object=read_object(item),
        qualifiers=read_qualifiers(item),
        score=float(_one(item, GW.score)),
        evidence=tuple(sorted(evidence, key=lambda found: found.id)),
    )
