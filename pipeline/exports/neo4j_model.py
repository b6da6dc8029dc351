"""The model that ``sinks.cypher_statements`` writes down, as tables: one for each kind of node and relationship."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from graphwright.pipeline.exports.neo4j_csv import EdgeTable, NodeTable

_VALUE: Final = {"value": "string", "datatype": "string", "unit": "string"}
_REFERENT: Final = {"Document": "string", "Key": "string", "Ordinal": "long", "Name": "string", "Source": "string"}

DOCUMENT: Final = NodeTable(
    "documents.csv",
    "Document",
    dict.fromkeys(("id", "name", "source", "version", "fingerprint", "language", "title"), "string"),
)
OCCURRENCE: Final = NodeTable(
    "occurrences.csv",
    "Occurrence",
    {
        **dict.fromkeys(("id", "documentId", "label", "name"), "string"),
        "aliases": "string[]",
        "kbId": "string",
        "score": "double",
        "keys": "string[]",
        "context": "string[]",
        "decision": "string",
    },
    labelled=True,
)
MENTION: Final = NodeTable(
    "mentions.csv",
    "Mention",
    {
        "id": "string",
        "position": "long",
        "start": "long",
        "end": "long",
        "text": "string",
        "score": "double",
        "form": "string",
    },
)
EVIDENCE: Final = NodeTable(
    "evidence.csv",
    "Evidence",
    {
        **dict.fromkeys(("id", "evidenceId", "documentId", "text"), "string"),
        **dict.fromkeys(("head", "tail", "sentence"), "long[]"),
        "score": "double",
        **dict.fromkeys(("assertion", "band", "model", "saidBy", "subject", "predicate", "picture"), "string"),
        "page": "long",
        "box": "long[]",
        "qualifiers": "string[]",
        "object": "string",
        **_VALUE,
    },
)
ENTITY: Final = NodeTable(
    "entities.csv",
    "Entity",
    {
        **dict.fromkeys(("id", "uri", "name", "fullName", "label"), "string"),
        "aliases": "string[]",
        "kbId": "string",
        "tally": "string",
    },
    labelled=True,
)
STATEMENT: Final = NodeTable(
    "statements.csv",
    "Statement",
    {
        **dict.fromkeys(("id", "name", "predicate"), "string"),
        "qualifiers": "string[]",
        **_VALUE,
        "score": "double",
        "band": "string",
        "evidenceCount": "long",
        "edge": "string",
    },
)
BLOCK_KEY: Final = NodeTable("block_keys.csv", "BlockKey", {"id": "string", "key": "string"}, labelled=True)
DECISION: Final = NodeTable(
    "decisions.csv",
    "Decision",
    {
        **dict.fromkeys(("id", "verdict", "act", "kbId"), "string"),
        **{f"{end}{part}": kind for end in ("first", "second") for part, kind in _REFERENT.items()},
    },
)
GRAPH_INFO: Final = NodeTable("graph.csv", "GraphInfo", {"id": "string", "format": "long", "writes": "long"})
NODES: Final = (DOCUMENT, OCCURRENCE, MENTION, EVIDENCE, ENTITY, STATEMENT, BLOCK_KEY, DECISION, GRAPH_INFO)

_NONE: Final[Mapping[str, str]] = MappingProxyType({})
IN: Final = EdgeTable("occurrence_in.csv", "IN", "Occurrence", "Document", _NONE)
RESOLVED_TO: Final = EdgeTable("occurrence_resolved_to.csv", "RESOLVED_TO", "Occurrence", "Entity", _NONE)
KEYED: Final = EdgeTable("occurrence_keyed.csv", "KEYED", "Occurrence", "BlockKey", _NONE)
MENTION_FROM: Final = EdgeTable("mention_from.csv", "FROM", "Mention", "Document", _NONE)
OF: Final = EdgeTable("mention_of.csv", "OF", "Mention", "Occurrence", _NONE)
REFERS_TO: Final = EdgeTable("mention_refers_to.csv", "REFERS_TO", "Mention", "Entity", _NONE)
EVIDENCE_FROM: Final = EdgeTable("evidence_from.csv", "FROM", "Evidence", "Document", _NONE)
SUPPORTED_BY: Final = EdgeTable("statement_supported_by.csv", "SUPPORTED_BY", "Statement", "Evidence", _NONE)
SUBJECT: Final = EdgeTable("statement_subject.csv", "SUBJECT", "Statement", "Entity", _NONE)
OBJECT: Final = EdgeTable("statement_object.csv", "OBJECT", "Statement", "Entity", _NONE)
VIEW: Final = EdgeTable(
    "facts.csv",
    None,
    "Entity",
    "Entity",
    {"statement": "string", "predicate": "string", "score": "double", "evidenceCount": "long"},
)
EDGES: Final = (
    IN, RESOLVED_TO, KEYED, MENTION_FROM, OF, REFERS_TO, EVIDENCE_FROM, SUPPORTED_BY, SUBJECT, OBJECT, VIEW,
)  # fmt: skip
