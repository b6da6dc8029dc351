"""Ids are functions of content: the one place where they are made."""

from __future__ import annotations

import hashlib

WIKIDATA = "http://www.wikidata.org/entity/"
MINTED = "urn:graphwright:entity:"


def content_hash(*parts: str) -> str:
    """Hex digest (32 characters, 128 bits of SHA-256) of a sequence of strings.

    Parts are length-prefixed, so that ("ab", "c") and ("a", "bc") differ.

    >>> content_hash("ab", "c") == content_hash("a", "bc")
    False
    """
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()[:32]


def node_id(kb_id: str | None, occurrence: str) -> str:
    """The node of an entity: the Wikidata IRI of its id, else an IRI minted from an occurrence's id.

    >>> node_id("Q90", "")
    'http://www.wikidata.org/entity/Q90'
    """
    return WIKIDATA + kb_id if kb_id else MINTED + occurrence


def wikidata_id(node: str) -> str | None:
    """The Wikidata id of a node, ``None`` of one that was minted.

    >>> wikidata_id("http://www.wikidata.org/entity/Q90")
    'Q90'
    """
    return node.removeprefix(WIKIDATA) if node.startswith(WIKIDATA) else None
