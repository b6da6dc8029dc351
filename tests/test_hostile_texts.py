"""A thousand hostile texts arrive as data: names, sentences, sources and all else are read back as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from hostile_texts import CONTROL, LONG, PIECES, hostile_texts
from reference_graph import ReferenceGraph, assert_equal_content
from test_stores import contribution, fact, occurrence

from graphwright.pipeline.graph import Contribution, Literal, OccurrenceMention
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.sinks.opening import open_store
from graphwright.pipeline.sinks.store import Store

TEXTS = hostile_texts(1000)
A_DOCUMENT = 20
"""Texts that meet in a document."""


def parts() -> Iterator[Contribution]:
    """Documents that have the texts in every place where words of others can come to stand."""
    rest = iter(TEXTS)
    while batch := list(islice(rest, A_DOCUMENT)):
        document = content_hash("document", batch[0])
        members = [
            occurrence(
                document, number, text, aliases=(text + "!",), context=(text,), keys=(text,), label=text,
                mentions=(OccurrenceMention(number, number + 3, text, 0.9),),
            )
            for number, text in enumerate(batch)
        ]  # fmt: skip
        facts = [
            replace(
                fact(head, text, Literal(text, "string", text), text=text, model=text, said_by=text),
                qualifiers=((text, text),),
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
