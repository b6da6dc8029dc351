"""Long documents are read in parts, to the last word, and put together again."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from graphwright.pipeline.parts import OVERLAP, PART, WHOLE, joined, part_spans
from graphwright.pipeline.records import Annotated, Entity, Mention, Relation, make_document
from graphwright.pipeline.sentences import sentences


@given(st.lists(st.sampled_from(["A short one. ", "No end at all ", "x" * 900, "Line.\n\n"]), max_size=120))
def test_parts_cover_the_text_and_stay_short(pieces: list[str]) -> None:
    text = "".join(pieces)
    spans = part_spans(text, sentences(text))
    assert spans[0][0] == 0
    assert spans[-1][1] == len(text)
    assert all(end - start <= max(PART, WHOLE) for start, end in spans)
    assert all(before[0] < after[0] < before[1] for before, after in pairwise(spans))


def test_a_short_text_is_one_part() -> None:
    assert part_spans("Short.", ((0, 6),)) == [(0, 6)]


def entity(number: int, name: str, start: int, label: str = "PER", kb_id: str | None = None) -> Entity:
    return Entity(number, name, label, (Mention("d", start, start + len(name), label),), kb_id)


def test_one_name_in_two_parts_is_one_entity_and_relations_follow() -> None:
    text = "Ada Byron " + "." * (PART - 10) + "Ada Byron Paris"
    document = make_document("s", text)
    first = Annotated(document, entities=(entity(0, "Ada Byron", 0),), relations=())
    place = entity(1, "Paris", 10, "LOC", "Q90")
    second = Annotated(document, entities=(entity(0, "Ada Byron", 0), place), relations=(Relation(0, 1, "P19", 0.7),))
    whole = joined(document, (), [(0, first), (PART, second)])
    assert [item.name for item in whole.entities] == ["Ada Byron", "Paris"]
    assert [text[m.start : m.end] for m in whole.entities[0].mentions] == ["Ada Byron", "Ada Byron"]
    assert [(r.head, r.type, r.tail) for r in whole.relations or ()] == [(0, "P19", 1)]


def test_pairs_left_out_of_parts_are_left_out_of_the_whole() -> None:
    document = make_document("s", "." * (PART + OVERLAP))
    parts = [(0, Annotated(document, unasked=2)), (PART, Annotated(document, unasked=3))]
    assert joined(document, (), parts).unasked == 5


def test_what_an_overlap_yields_twice_counts_once() -> None:
    document = make_document("s", "." * (PART + OVERLAP))
    part = Annotated(document, entities=(entity(0, "Ada", 20),), relations=())
    again = Annotated(document, entities=(entity(0, "Ada", 10),), relations=())
    whole = joined(document, (), [(0, part), (10, again)])
    assert [m.span for m in whole.mentions] == [(20, 23)]
