"""Knowledge out of RDF."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import IO

import pyoxigraph

from graphwright.pipeline.kb.files import DAMAGE, open_binary
from graphwright.pipeline.kb.portions import Portion, Problems, number, year_of

_ITEM = re.compile(r"/(Q\d+)$")
_PROPERTY = re.compile(r"/(P\d+)$")
_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_NAMES = {
    "http://www.w3.org/2000/01/rdf-schema#label": 0,
    "http://www.w3.org/2004/02/skos/core#prefLabel": 0,
    "http://schema.org/name": 0,
    "http://xmlns.com/foaf/0.1/name": 1,
    "http://www.w3.org/2004/02/skos/core#altLabel": 1,
    "http://schema.org/alternateName": 1,
}
_BY_LINE = (".nt", ".nq")
_END = "Unexpected end"
_FORMATS = {
    ".nt": pyoxigraph.RdfFormat.N_TRIPLES,
    ".nq": pyoxigraph.RdfFormat.N_QUADS,
    ".ttl": pyoxigraph.RdfFormat.TURTLE,
}


def rdf_portions(path: Path, languages: Sequence[str], problems: Problems) -> Iterator[Portion]:
    """Portions of all triples whose subject is an item (an IRI that ends in /Q and a number); others are counted.

    Triples of one subject that follow each other make one portion.
    """
    for _, portions in groupby(_portions(path, languages, problems), key=lambda portion: portion.id):
        yield _joined(list(portions))


def _joined(portions: Sequence[Portion]) -> Portion:
    return Portion(
        portions[0].id,
        tuple(dict.fromkeys(name for portion in portions for name in portion.names)),
        types=tuple(dict.fromkeys(kind for portion in portions for kind in portion.types)),
        claims=tuple(dict.fromkeys(claim for portion in portions for claim in portion.claims)),
        population=max(portion.population for portion in portions),
        year=next((portion.year for portion in portions if portion.year), 0),
    )


def _portions(path: Path, languages: Sequence[str], problems: Problems) -> Iterator[Portion]:
    suffix = [part for part in path.suffixes if part in _FORMATS][-1]
    with open_binary(path) as stream:
        try:
            for quad in _quads(path.name, stream, suffix, problems):
                item = _ITEM.search(quad.subject.value) if isinstance(quad.subject, pyoxigraph.NamedNode) else None
                if item is None:
                    problems.add(path.name, f"subject {quad.subject} is no item such as .../Q42")
                    continue
                yield from _triple(number(item[1]), quad.predicate.value, quad.object, languages)
        except (SyntaxError, *DAMAGE) as error:
            problems.cut(path.name, f"not well-formed from here on ({error})")


def _quads(name: str, stream: IO[bytes], suffix: str, problems: Problems) -> Iterator[pyoxigraph.Quad]:
    """What a file holds; of one that has a line for each triple, without the lines that are wrong."""
    parser = pyoxigraph.parse(stream, format=_FORMATS[suffix])
    while True:
        try:
            yield next(parser)
        except StopIteration:
            return
        except SyntaxError as error:
            if suffix not in _BY_LINE or _END in str(error):
                raise
            problems.add(name, f"not well-formed ({error})")


def _triple(subject: int, predicate: str, value: object, languages: Sequence[str]) -> Iterator[Portion]:
    attribute = _PROPERTY.search(predicate)
    if isinstance(value, pyoxigraph.Literal):
        language = (value.language or languages[0]).split("-")[0]
        if predicate in _NAMES and language in (*languages, "mul"):
            yield Portion(subject, ((value.value, _NAMES[predicate], 0),))
        elif attribute and attribute[1] in ("P569", "P571"):
            yield Portion(subject, year=year_of(value.value))
        elif attribute and attribute[1] == "P1082" and value.value.lstrip("+").isdigit():
            yield Portion(subject, population=int(value.value))
    elif isinstance(value, pyoxigraph.NamedNode):
        item = _ITEM.search(value.value)
        if item and (attribute or predicate == _RDF_TYPE):
            yield Portion(subject, claims=((int(attribute[1][1:]) if attribute else 31, number(item[1])),))
        elif predicate == _RDF_TYPE:
            yield Portion(subject, types=(re.split(r"[/#]", value.value)[-1],))
