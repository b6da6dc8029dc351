"""N-Quads text (https://www.w3.org/TR/n-quads/) made directly: a fact is dozens of quads, and their objects are slow.

A *block* is one or more whole lines. Lines are written as pyoxigraph writes them, so equal quads are equal lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final, cast

import pyoxigraph as ox
from pyoxigraph import Literal as Term
from pyoxigraph import NamedNode, Quad

from graphwright.pipeline.identity import MINTED
from graphwright.pipeline.sinks.rdf_terms import encoded, literal, node_iri
from graphwright.pipeline.vocabulary import XSD

REMEMBERED: Final = 65_536
"""Texts of terms that recur: scores, names of nodes."""
PARSED_AT_ONCE: Final = 10_000
"""Blocks."""
_SPECIAL: Final = re.compile('["\\\\\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]').search
_PLAIN: Final = re.compile("[A-Za-z0-9]+").fullmatch


def line(subject: object, predicate: object, value: object, graph: object) -> str:
    """One quad, of terms or their texts."""
    return f"{subject} {predicate} {value} {graph} .\n"


def as_quads(blocks: Iterable[str]) -> Iterator[Quad]:
    """The quads of blocks."""
    rest = iter(blocks)
    while text := "".join(islice(rest, PARSED_AT_ONCE)):
        yield from cast("Iterator[Quad]", ox.parse(text.encode(), ox.RdfFormat.N_QUADS))


def lines_of(blocks: Iterable[str]) -> Iterator[str]:
    """The lines of blocks, one by one; a text within a line has no line break of its own."""
    for block in blocks:
        for text in block[:-1].split("\n"):
            yield text + "\n"


def iri_text(namespace: str, id: str) -> str:
    """An IRI that ``namespace`` and an id make, between its brackets."""
    return f"<{namespace}{encoded(id)}>"


@lru_cache(REMEMBERED)
def node_text(node: str) -> str:
    """The IRI of a node. Raises ``ValueError`` as ``node_iri``."""
    if node.startswith(MINTED) and _PLAIN(node, len(MINTED)):
        return f"<{node}>"
    return str(node_iri(node))


def text_literal(text: str) -> str:
    """A string literal."""
    return str(literal(text)) if _SPECIAL(text) else f'"{text}"'


@lru_cache(REMEMBERED)
def number_literal(value: float) -> str:
    """A literal of xsd:double."""
    return str(Term(float(value)))


def integer_literal(value: int) -> str:
    """A literal of xsd:integer."""
    return f'"{value}"^^<{XSD}integer>'


def named(iri: NamedNode) -> str:
    """An IRI as text."""
    return f"<{iri.value}>"
