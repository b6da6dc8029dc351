"""A thousand hostile texts arrive as data: names, sentences, sources and all else are read back as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hostile_texts import CONTROL, LONG, PIECES, hostile_texts
from reference_graph import ReferenceGraph, assert_equal_content
from test_stores import contribution, fact, occurrence

from graphwright.pipeline.errors import StoreError
from graphwright.pipeline.graph import Contribution, Literal, OccurrenceMention
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.sinks.opening import open_store
from graphwright.pipeline.sinks.store import Store

TEXTS = hostile_texts(1000)
A_DOCUMENT = 20
"""Texts that meet in a document."""


def parts(property: str | None = None) -> Iterator[Contribution]:
    """Documents that have the texts in every place where words of others can come to stand.

    ``property``, where given, names all properties and qualifiers instead, and all are persons.
    """
    rest = iter(TEXTS)
    while batch := list(islice(rest, A_DOCUMENT)):
        document = content_hash("document", batch[0])
        members = [
            occurrence(
                document, number, text, aliases=(text + "!",), context=(text,), keys=(text,),
                label="PER" if property else text,
                mentions=(OccurrenceMention(number, number + 3, text, 0.9),),
            )
            for number, text in enumerate(batch)
        ]  # fmt: skip
        facts = [
            replace(
                fact(head, property or text, Literal(text, "string", text), text=text, model=text, said_by=text),
                qualifiers=((property or text, text),),
            )
            for head, text in zip(members, batch, strict=True)
        ]
        married = fact(members[0], "P26", members[1], text=batch[1])
        whole = contribution(document, members, [*facts, married])
        yield replace(whole, source=batch[0], title=batch[-1], language=batch[1], version=batch[2])


def test_the_texts_are_a_thousand_and_what_they_say_they_are() -> None:
    assert len(set(TEXTS)) == 1000
    assert set(TEXTS) >= {*PIECES, *CONTROL}
    assert max(map(len, TEXTS)) == LONG


@pytest.mark.slow
def test_a_thousand_hostile_texts_arrive_as_data(large_store_factory: Callable[[], Store]) -> None:
    expected, store = ReferenceGraph(), large_store_factory()
    bystander = contribution("bystander", [occurrence("bystander", 0, "Ada")])
    for batch in ([bystander], list(parts())):
        expected.replace(batch)
        store.replace(batch)
    assert_equal_content(store, expected)
    assert {item.name for item in store.occurrences()} == {*TEXTS, "Ada"}
    assert {item.id for item in store.occurrences(TEXTS)} == {o.id for part in parts() for o in part.occurrences}
    assert store.forget({part.document for part in parts()}) == len(TEXTS) / A_DOCUMENT
    assert [item.name for item in store.nodes()] == ["Ada"]
    assert list(store.statements()) == []


@pytest.mark.parametrize("suffix", [".nq", ".trig.gz", ".jsonld", ".ttl", ".nt"])
def test_a_thousand_hostile_texts_are_read_back_from_a_file(tmp_path: Path, suffix: str) -> None:
    expected = ReferenceGraph()
    expected.replace(parts())
    target = str(tmp_path / f"graph{suffix}")
    with open_store(target) as store:
        store.replace(list(parts()))
    with open_store(target) as store:
        assert_equal_content(store, expected)


def test_rdf_xml_has_names_whole_and_all_else_but_control_characters(tmp_path: Path) -> None:
    target = str(tmp_path / "graph.rdf")
    with open_store(target) as store:
        store.replace(list(parts("P26")))
        digest = store.digest()
    with open_store(target) as store:
        assert store.digest() == digest
        no_characters = str.maketrans("\ufffe\uffff", "\ufffd\ufffd")
        assert sorted(item.name for item in store.occurrences()) == sorted(t.translate(no_characters) for t in TEXTS)
        assert {node.name for node in store.nodes()} == set(map(without_control, TEXTS))
        assert {item.text for statement in store.statements() for item in statement.evidence} == set(
            map(without_control, TEXTS)
        )
    ET.parse(target)


def without_control(text: str) -> str:
    """What XML 1.0 can hold of a text, the rest replaced."""
    kept = {*"\t\n\r"}
    return "".join(char if char in kept or (char >= " " and char not in "\ufffe\uffff") else "\ufffd" for char in text)


def test_a_property_that_xml_cannot_name_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "graph.rdf"
    ada, john = occurrence("a", 0, "Ada"), occurrence("a", 1, "John")
    store = open_store(str(target))
    store.replace([contribution("a", [ada, john], [fact(ada, "#1", john)])])
    with pytest.raises(StoreError, match="no XML name can be made of <urn:graphwright:property:%231>"):
        store.close()
    assert not target.exists()
