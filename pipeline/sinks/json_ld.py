"""Quads as JSON-LD 1.1 (https://www.w3.org/TR/json-ld11/) that people and programs without RDF can read.

Names are compact by a context in the file itself; each graph has its subjects, each subject its properties.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import IO, Final

from pyoxigraph import Literal, NamedNode, Quad

from graphwright.pipeline.vocabulary import PREFIXES, RDF, XSD

ALIASES: Final = {"id": "@id", "type": "@type", "graph": "@graph", "value": "@value"}
CONTEXT: Final[Mapping[str, object]] = {"@version": 1.1, **ALIASES, **PREFIXES}
Value = str | dict[str, str]


def write_json_ld(quads: Sequence[Quad], stream: IO[bytes]) -> None:
    """Write quads that are ordered by graph, subject and property; one line a subject."""
    stream.write(b'{"@context": ' + _json(CONTEXT) + b',\n"graph": [')
    for number, (graph, members) in enumerate(groupby(quads, key=lambda quad: quad.graph_name)):
        head = b'{"id": ' + _json(_compact(graph)) + b', "graph": ['
        stream.write((b",\n" if number else b"\n") + head)
        for position, subject in enumerate(_subjects(members)):
            stream.write((b",\n " if position else b"\n ") + _json(subject))
        stream.write(b"]}")
    stream.write(b"\n]}\n")


def _subjects(quads: Iterable[Quad]) -> Iterator[dict[str, object]]:
    for subject, members in groupby(quads, key=lambda quad: quad.subject):
        described: dict[str, object] = {"id": _compact(subject)}
        for item, values in groupby(members, key=lambda quad: quad.predicate):
            told = [_typed(quad) if item == RDF.type else _value(quad) for quad in values]
            described["type" if item == RDF.type else _compact(item)] = told[0] if len(told) == 1 else told
        yield described


def _typed(quad: Quad) -> str:
    return _compact(quad.object)  # type: ignore[arg-type]  # a type is an IRI


def _value(quad: Quad) -> Value:
    value = quad.object
    if isinstance(value, NamedNode):
        return {"id": _compact(value)}
    if not isinstance(value, Literal) or value.language:
        raise ValueError(f"wanted an IRI or a literal without a language; received {value}")
    if value.datatype.value == XSD + "string":
        return value.value
    return {"value": value.value, "type": _compact(value.datatype)}


def _compact(iri: NamedNode) -> str:
    """A name with a prefix, or the whole IRI where none fits, or what would follow it could be misread."""
    for prefix, namespace in PREFIXES.items():
        if iri.value.startswith(namespace) and not iri.value.startswith(namespace + "//"):
            return f"{prefix}:{iri.value.removeprefix(namespace)}"
    return iri.value


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
