"""Short texts about several people: what is said of one is not said of the others."""

from __future__ import annotations

from itertools import product

import pytest

from graphwright.models.shipped import load_annotator
from graphwright.pipeline.records import Annotated, make_document
from graphwright.pipeline.schema import load_schema

PEOPLE = (
    ("Mara Lindqvist", "Fjordbank", "Uppsala"),
    ("Grace Hopper", "Remington Rand", "New York"),
    ("Tomas Berg", "Nordlys Energi", "Bergen"),
    ("Alan Kay", "Xerox", "Springfield"),
    ("Aisha Khan", "Habib Textiles", "Lahore"),
    ("Per Dahl", "IBM", "Oslo"),
)
SAYINGS = (
    ("{person} works for {company}.", "P108", "company"),
    ("{person} joined {company} in 1987.", "P108", "company"),
    ("{person}, an engineer at {company}, retired last year.", "P108", "company"),
    ("{person} was born in {place}.", "P19", "place"),
    ("{person} lives in {place}.", "P551", "place"),
)
GAPS = (" ", "\n\n")
KEEP = 0.5


def texts() -> list[tuple[str, dict[str, tuple[str, str]]]]:
    """Texts of three people each, with what is said of whom: person -> (property, the other end)."""
    made = []
    for number, (gap, shift) in enumerate(product(GAPS, range(len(PEOPLE)))):
        said, parts = {}, []
        for place in range(3):
            person, company, town = PEOPLE[(shift + place * 2 + number % 2) % len(PEOPLE)]
            saying, name, end = SAYINGS[(number + place * 3) % len(SAYINGS)]
            parts.append(saying.format(person=person, company=company, place=town))
            said[person] = (name, company if end == "company" else town)
        made.append((gap.join(parts), said))
    return made


@pytest.fixture(scope="module")
def annotated() -> list[tuple[Annotated, dict[str, tuple[str, str]]]]:
    annotator = load_annotator(schema=load_schema())
    told = texts()
    found = annotator.annotate(make_document(f"{n}.txt", text) for n, (text, _) in enumerate(told))
    return [(item, said) for item, (_, said) in zip(found, told, strict=True)]


def kept_facts(item: Annotated) -> list[tuple[str, str, str, float]]:
    names = {entity.id: entity.name for entity in item.entities}
    relations = [r for r in item.relations or () if r.score >= KEEP]
    return [(names[r.head], r.type, names[r.tail], r.score) for r in relations]


def test_no_fact_goes_to_a_neighbour(annotated: list[tuple[Annotated, dict[str, tuple[str, str]]]]) -> None:
    mixed, right = [], 0
    for item, said in annotated:
        for head, name, tail, score in kept_facts(item):
            if head in said:
                right += said[head] == (name, tail)
                others = {end for person, (_, end) in said.items() if person != head}
                mixed += [(head, name, tail, score)] if tail in others or tail in said else []
    assert right >= len(annotated) * 3 // 2, "half of what is said, at least, is found"
    assert len(mixed) <= len(annotated) // 12, mixed
