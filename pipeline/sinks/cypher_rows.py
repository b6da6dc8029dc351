"""Records as rows of parameters, and what Neo4j returns as records again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from graphwright.pipeline.graph import (
    Contribution,
    Evidence,
    Fact,
    Literal,
    Node,
    Occurrence,
    OccurrenceMention,
    Statement,
    combined_score,
)
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.records import Assertion, Band, Region, Span
from graphwright.pipeline.resolution.decisions import Decision, Referent, Verdict
from graphwright.pipeline.tally import Tally
from graphwright.pipeline.vectors import rounded

Row = dict[str, Any]
Pairs = tuple[tuple[str, str], ...]

LONGEST_NAME = 1000
"""Characters of a name that the index holds; Neo4j refuses entries of more than 8 kB. The rest is in ``fullName``."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A fact with its ends resolved: what is needed to put its statement down."""

    fact: str
    statement: str
    subject: str
    predicate: str
    object: str | Literal
    qualifiers: Pairs


def key_id(key: str) -> str:
    """The id of a block key's node: of one length, so that an index takes any key."""
    return content_hash("key", key)


def document_row(contribution: Contribution) -> Row:
    return {
        "id": contribution.document,
        "name": contribution.title or contribution.source,
        "source": contribution.source,
        "version": contribution.version,
        "fingerprint": contribution.fingerprint,
        "language": contribution.language,
        "title": contribution.title,
    }


def occurrence_row(occurrence: Occurrence, node: str, assigned: str | None) -> Row:
    properties = {
        "id": occurrence.id,
        "documentId": occurrence.document,
        "label": occurrence.label,
        "name": occurrence.name,
        "aliases": list(occurrence.aliases),
        "kbId": occurrence.kb_id,
        "score": occurrence.score,
        "keys": list(occurrence.keys),
        "context": list(occurrence.context),
        "decision": assigned,
    }
    return {
        "document": occurrence.document,
        "node": node,
        "properties": properties,
        "keys": sorted({key_id(key) for key in occurrence.keys}),
        "mentions": list(mention_properties(occurrence)),
    }


def mention_properties(occurrence: Occurrence) -> Iterator[Row]:
    for position, mention in enumerate(occurrence.mentions):
        yield {
            "id": content_hash("mention", occurrence.id, str(position)),
            "position": position,
            "start": mention.start,
            "end": mention.end,
            "text": mention.text,
            "score": mention.score,
            "form": mention.form,
        }


def evidence_row(fact: Fact) -> Row:
    item = fact.evidence
    properties = {
        "id": fact.id,
        "evidenceId": item.id,
        "documentId": item.document,
        "text": item.text,
        "head": list(item.head),
        "tail": list(item.tail),
        "sentence": list(item.sentence),
        "score": item.score,
        "assertion": item.assertion,
        "band": item.band,
        "model": item.model,
        "saidBy": item.said_by or None,
        **_region_properties(item.region),
        "subject": fact.subject,
        "predicate": fact.predicate,
        "qualifiers": flat(fact.qualifiers),
        **_object_properties(fact.object),
    }
    return {"document": item.document, "properties": properties}


def _region_properties(region: Region | None) -> Row:
    return {"picture": region.picture, "page": region.page, "box": list(region.box)} if region else {}


def decision_row(decision: Decision) -> Row:
    second = {"kbId": decision.second} if isinstance(decision.second, str) else _referent_row("second", decision.second)
    return {
        "id": decision.id,
        "verdict": decision.verdict,
        "act": decision.act,
        **_referent_row("first", decision.first),
        **second,
    }


def _referent_row(end: str, referent: Referent) -> Row:
    return {
        f"{end}Document": referent.document,
        f"{end}Key": referent.key,
        f"{end}Ordinal": referent.ordinal,
        f"{end}Name": referent.name,
        f"{end}Source": referent.source,
    }


def _object_properties(object: str | Literal) -> Row:
    if isinstance(object, Literal):
        return {"value": object.value, "datatype": object.datatype, "unit": object.unit}
    return {"object": object}


def weighed_row(claim: Claim, name: str, evidence: Sequence[Evidence]) -> Row:
    """A statement that all its evidence has come with, as ``WEIGH_STATEMENTS`` would leave it."""
    row = statement_row(claim, name)
    band = Statement("", "", "", "", (), 0.0, tuple(evidence)).band
    edge = name if band == "keep" and "object" in row else None
    weights = {"score": combined_score(evidence), "band": band, "evidenceCount": len(evidence), "edge": edge}
    return {**row, "properties": {**row["properties"], **weights}}


def statement_row(claim: Claim, name: str) -> Row:
    """``name`` is what Neo4j Browser writes on the node."""
    properties = {
        "id": claim.statement,
        "name": name,
        "predicate": claim.predicate,
        "qualifiers": flat(claim.qualifiers),
    }
    if isinstance(claim.object, Literal):
        properties |= _object_properties(claim.object)
        return {"subject": claim.subject, "properties": properties}
    return {"subject": claim.subject, "object": claim.object, "properties": properties}


def node_properties(node: Node) -> Row:
    return {
        "id": node.id,
        "uri": node.id,
        "name": node.name[:LONGEST_NAME],
        "fullName": node.name if len(node.name) > LONGEST_NAME else None,
        "label": node.label,
        "aliases": list(node.aliases),
        "kbId": node.kb_id,
    }


def entity_properties(id: str, tally: Tally) -> Row:
    """All properties of an entity but its vector."""
    return {**node_properties(tally.node(id)), "tally": tally.kept_text}


def flat(pairs: Pairs) -> list[str]:
    return [part for pair in sorted(pairs) for part in pair]


def paired(parts: Sequence[str]) -> Pairs:
    return tuple(zip(parts[::2], parts[1::2], strict=True))


# --- back to records -----------------------------------------------------------------------------------------------


def read_node(properties: Mapping[str, Any]) -> Node:
    name = properties.get("fullName", properties["name"])
    return Node(properties["id"], properties["label"], name, tuple(properties["aliases"]), properties.get("kbId"))


def read_occurrence(properties: Mapping[str, Any], mentions: Iterable[Mapping[str, Any]]) -> Occurrence:
    return Occurrence(
        id=properties["id"],
        document=properties["documentId"],
        label=properties["label"],
        name=properties["name"],
        aliases=tuple(properties["aliases"]),
        kb_id=properties.get("kbId"),
        score=properties["score"],
        mentions=tuple(
            OccurrenceMention(item["start"], item["end"], item["text"], item["score"], item["form"])
            for item in mentions
        ),
        keys=tuple(properties["keys"]),
        context=tuple(properties["context"]),
        vector=rounded(properties.get("vector") or ()),
    )


def read_evidence(properties: Mapping[str, Any]) -> Evidence:
    return Evidence(
        id=properties["evidenceId"],
        document=properties["documentId"],
        head=_span(properties["head"]),
        tail=_span(properties["tail"]),
        sentence=_span(properties["sentence"]),
        text=properties["text"],
        score=properties["score"],
        assertion=cast(Assertion, properties["assertion"]),
        band=cast(Band, properties["band"]),
        model=properties["model"],
        said_by=properties.get("saidBy") or "",
        region=_read_region(properties),
    )


def _read_region(properties: Mapping[str, Any]) -> Region | None:
    if not properties.get("picture"):
        return None
    left, top, right, bottom = properties["box"]
    return Region(properties["picture"], properties["page"], (left, top, right, bottom))


def read_decision(properties: Mapping[str, Any]) -> Decision:
    second = properties["kbId"] if "kbId" in properties else _read_referent("second", properties)
    verdict = cast(Verdict, properties["verdict"])
    return Decision(verdict, _read_referent("first", properties), second, properties["act"])


def _read_referent(end: str, properties: Mapping[str, Any]) -> Referent:
    document, key, ordinal, name, source = (
        properties[end + part] for part in ("Document", "Key", "Ordinal", "Name", "Source")
    )
    return Referent(document, key, ordinal, name, source)


def read_object(properties: Mapping[str, Any], node: str | None) -> str | Literal:
    if node is not None:
        return node
    return Literal(properties["value"], properties["datatype"], properties["unit"])


def read_statement(row: Mapping[str, Any]) -> Statement:
    properties = row["statement"]
    evidence = sorted(row["evidence"], key=lambda item: (item["evidenceId"], item["id"]))
    return Statement(
        id=properties["id"],
        subject=row["subject"],
        predicate=properties["predicate"],
        object=read_object(properties, row["object"]),
        qualifiers=paired(properties["qualifiers"]),
        score=properties["score"],
        evidence=tuple(read_evidence(item) for item in evidence),
    )


def _span(pair: Sequence[int]) -> Span:
    return pair[0], pair[1]
