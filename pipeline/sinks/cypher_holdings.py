"""Documents read back whole from Neo4j: the inverse of what ``cypher_writing.put`` writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphwright.pipeline.graph import Contribution, Fact
from graphwright.pipeline.sinks.cypher_rows import paired, read_evidence, read_object, read_occurrence
from graphwright.pipeline.sinks.store import Holding

HOLDINGS = """
MATCH (d:Document) WHERE d.id >= ''
WITH d ORDER BY d.id
RETURN properties(d) AS document,
       COLLECT {
           MATCH (d)<-[:IN]-(o:Occurrence)
           RETURN {properties: properties(o),
                   mentions: COLLECT { MATCH (o)<-[:OF]-(m:Mention) RETURN properties(m) ORDER BY m.position }}
           ORDER BY o.id
       } AS occurrences,
       COLLECT { MATCH (d)<-[:FROM]-(e:Evidence) RETURN properties(e) ORDER BY e.id } AS facts
"""


def read_holding(row: Mapping[str, Any]) -> Holding:
    """A row of ``HOLDINGS``."""
    document, occurrences = row["document"], row["occurrences"]
    decided = {item["properties"]["id"]: item["properties"].get("decision") for item in occurrences}
    part = Contribution(
        document=document["id"],
        source=document["source"],
        version=document["version"],
        fingerprint=document["fingerprint"],
        language=document["language"],
        title=document["title"],
        occurrences=tuple(read_occurrence(item["properties"], item["mentions"]) for item in occurrences),
        facts=tuple(map(_fact, row["facts"])),
    )
    return Holding(part, {key: node for key, node in decided.items() if node is not None})


def _fact(properties: Mapping[str, Any]) -> Fact:
    return Fact(
        id=properties["id"],
        subject=properties["subject"],
        predicate=properties["predicate"],
        object=read_object(properties, properties.get("object")),
        qualifiers=paired(properties["qualifiers"]),
        evidence=read_evidence(properties),
    )
