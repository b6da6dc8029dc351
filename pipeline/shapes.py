"""The schema as SHACL shapes over the plain edges of the graph, for any SHACL engine (W3C SHACL, with SHACL-SPARQL).

They say what ``violations`` says of one document, about a whole graph: types at both ends, datatypes, one type a thing,
and dates in their order. Several values where one can be true are a warning, since both sides of a contradiction stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from graphwright.pipeline.records import LITERAL_LABELS
from graphwright.pipeline.schema import Property, Schema
from graphwright.pipeline.sinks.rdf_terms import class_iri, encoded, literal, predicate_iri
from graphwright.pipeline.violations import DATATYPES, ORDERED
from graphwright.pipeline.vocabulary import BASE, PREFIXES, XSD

SHAPE: Final = BASE + "shape:"
USED: Final = ("rdf", "xsd", "gw")
_DATE: Final = r"^(-?)([0-9]{4,})(?:-([0-9]{2}))?(?:-([0-9]{2}))?$"
_PARTS: Final = ("$1$2", "$3", "$4")
"""Year with its sign, month, day."""


def shapes_turtle(schema: Schema) -> str:
    """The shapes of a schema as Turtle; equal schemas give equal texts."""
    prefixes = {"sh": "http://www.w3.org/ns/shacl#", **{name: PREFIXES[name] for name in USED}}
    lines = [f"@prefix {name}: <{space}> ." for name, space in prefixes.items()]
    parts = [
        "\n".join(lines),
        *(_of_label(label) for label in sorted(set(schema.labels) - LITERAL_LABELS)),
        *(_of_property(schema.properties[name]) for name in sorted(schema.properties)),
        *(_of_order(first, last) for first, last in ORDERED if {first, last} <= schema.properties.keys()),
    ]
    return "\n\n".join(parts) + "\n"


def _of_label(label: str) -> str:
    return (
        f"<{SHAPE}type:{encoded(label)}> a sh:NodeShape ; sh:targetClass {class_iri(label)} ;\n"
        f'    sh:property [ sh:path rdf:type ; sh:maxCount 1 ; sh:message "a thing is of one type" ] .'
    )


def _of_property(item: Property) -> str:
    edge, shape = predicate_iri(item.id), f"<{SHAPE}{encoded(item.id)}"
    subject = _text(f"the subject of {item.id} must be one of {', '.join(sorted(item.domain))}")
    value = _text(f"the object of {item.id} must be one of {', '.join(sorted(item.range))}")
    found = (
        f"{shape}> a sh:NodeShape ; sh:targetSubjectsOf {edge} ;\n"
        f"    sh:or ( {' '.join(_classes(item.domain))} ) ; sh:message {subject} .\n"
        f"{shape}:range> a sh:NodeShape ; sh:targetObjectsOf {edge} ;\n"
        f"    sh:or ( {' '.join((*_classes(item.range), *_datatypes(item.range)))} ) ; sh:message {value} ."
    )
    if item.functional:
        found += (
            f"\n{shape}:one> a sh:NodeShape ; sh:targetSubjectsOf {edge} ;\n"
            f"    sh:property [ sh:path {edge} ; sh:maxCount 1 ; sh:severity sh:Warning ;\n"
            f"        sh:message {_text(f'{item.id} has one value')} ] ."
        )
    return found


def _classes(labels: Iterable[str]) -> Iterator[str]:
    return (f"[ sh:class {class_iri(label)} ]" for label in sorted(set(labels) - LITERAL_LABELS))


def _datatypes(labels: Iterable[str]) -> Iterator[str]:
    return (f"[ sh:datatype xsd:{name} ]" for label in sorted(labels) for name in DATATYPES.get(label, ()))


def _of_order(first: str, last: str) -> str:
    """No end before every start, as far as both are told: years first, then months and days that both have."""
    start, end = predicate_iri(first), predicate_iri(last)
    query = (
        f"SELECT $this ?value WHERE {{ $this {end} ?value . FILTER EXISTS {{ $this {start} ?any }} "
        f"FILTER NOT EXISTS {{ $this {start} ?start . FILTER(!({_before('?value', '?start')})) }} }}"
    )
    return (
        f"<{SHAPE}{encoded(last)}:order> a sh:NodeShape ; sh:targetSubjectsOf {end} ;\n"
        f"    sh:sparql [ sh:message {_text(f'{last} is before every {first}')} ;\n"
        f"        sh:select {_text(query)} ] ."
    )


def _before(one: str, other: str) -> str:
    """SPARQL for ``violations.is_before``: a part that one side lacks decides nothing."""
    pairs = [(_number(one, part), _number(other, part)) for part in _PARTS]
    less = [f"COALESCE({a} < {b}, false)" for a, b in pairs]
    same = [f"COALESCE({a} = {b}, false)" for a, b in pairs]
    return f"{less[0]} || ({same[0]} && ({less[1]} || ({same[1]} && {less[2]})))"


def _number(date: str, part: str) -> str:
    """A part of a date as an integer, an error in SPARQL where the date lacks it."""
    return f'<{XSD}integer>(REPLACE(STR({date}), "{_DATE}", "{part}"))'


def _text(words: str) -> str:
    return str(literal(words))
