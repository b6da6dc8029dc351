"""Texts about two people or firms: what is told of "he", "she" or "it" is told of the one that is meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graphwright.models.shipped import load_annotator
from graphwright.pipeline.records import Annotated, make_document
from graphwright.pipeline.schema import load_schema

WOMEN = (
    "Maria Kowalska", "Sarah Thompson", "Ingrid Larsen", "Priya Sharma", "Elena Petrova",
    "Grace Hopwood", "Lucia Ferrari", "Hannah Vogel", "Amélie Durand", "Fatima Haddad",
)  # fmt: skip
MEN = (
    "Rahul Verma", "Ivan Sokolov", "Daniel Whitlock", "Marco Bianchi", "Peter Krause",
    "Julien Moreau", "Omar Nasser", "Jan Kowalski", "Thomas Bennett", "Lars Nygaard",
)  # fmt: skip
TOWNS = ("Oslo", "Lyon", "Kraków", "Boston", "Lisbon", "Vienna", "Dublin", "Turin", "Hamburg", "Leeds")
TOGETHER = (
    "{one} met {other} at a conference in {here}. {One} was born in {there}.",
    "{one} founded the company with {other}. {Other} was born in {there} and studied in {here}.",
    "{one} succeeded {other} as director. Before that, {Other} lived in {here}. {One} was born in {there}.",
    "{one} wrote the book together with {other}, an engineer. {One} was born in {there}.",
    "{one} and {other} opened the museum in {here}. {Other} was born in {there}.",
)
AFTER = "{one} was a painter. {One} was born in {here}. {other} was a writer. {Other} was born in {there}."
FIRMS = (
    "Nordlys Energi", "Fjordbank", "Remington Rand", "Habib Textiles", "Acme Software",
    "Globex Corporation", "Helios Motors", "Blue Ridge Airlines", "Kestrel Foods", "Orion Pharma",
)  # fmt: skip
FOUNDED_AFTER = "{one} is a company. It was founded in {here}. {other} is a company. It was founded in {there}."
BORN, FOUNDED = "P19", "P571"


def texts() -> Iterator[tuple[str, str, str]]:
    """(a text of a woman and a man, who was born in a town, the town)."""
    for pattern in TOGETHER:
        for number, (woman, man) in enumerate(zip(WOMEN, MEN, strict=True)):
            for one, other, first, second in ((woman, man, "She", "He"), (man, woman, "He", "She")):
                here, there = TOWNS[number], TOWNS[(number + 4) % len(TOWNS)]
                text = pattern.format(one=one, other=other, One=first, Other=second, here=here, there=there)
                yield text, one if "{One} was born" in pattern else other, there


def one_after_the_other(people: Sequence[str], pronoun: str) -> Iterator[tuple[str, str, str]]:
    """The same of two of one gender, who are told of one after the other."""
    for number, one in enumerate(people):
        other, here, there = people[number - 1], TOWNS[number], TOWNS[(number + 4) % len(TOWNS)]
        yield AFTER.format(one=one, other=other, One=pronoun, Other=pronoun, here=here, there=there), other, there


def firms() -> Iterator[tuple[str, str, str]]:
    """The same of two firms, and the years of their founding."""
    for number, one in enumerate(FIRMS):
        other, here, there = FIRMS[number - 1], str(1950 + 7 * number), str(1953 + 6 * number)
        yield FOUNDED_AFTER.format(one=one, other=other, here=here, there=there), other, there


def told_of(found: Annotated, end: str) -> list[str]:
    """Who was born in a town, or founded in a year, the likeliest first."""
    names = {entity.id: {found.document.text[m.start : m.end] for m in entity.mentions} for entity in found.entities}
    facts = [r for r in found.relations or () if r.type in (BORN, FOUNDED) and end in names[r.tail]]
    return [" ".join(sorted(names[r.head])) for r in sorted(facts, key=lambda r: -r.score)]


def right(told: Sequence[tuple[str, str, str]]) -> int:
    """In how many texts the likeliest one is the one who is meant."""
    annotator = load_annotator(schema=load_schema())
    found = annotator.annotate(make_document(f"{n}.txt", text) for n, (text, *_) in enumerate(told))
    first = ((told_of(item, end) or [""])[0] for item, (_, _, end) in zip(found, told, strict=True))
    return sum(person in names for names, (_, person, _) in zip(first, told, strict=True))


def test_a_woman_and_a_man() -> None:
    told = list(texts())
    assert right(told) >= 0.9 * len(told)


def test_one_after_the_other() -> None:
    told = [*one_after_the_other(WOMEN, "She"), *one_after_the_other(MEN, "He")]
    assert right(told) >= 0.9 * len(told)


def test_firms_one_after_the_other() -> None:
    told = list(firms())
    assert right(told) >= 0.9 * len(told)
