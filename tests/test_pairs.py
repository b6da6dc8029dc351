"""Pairs of entities: which are asked about, and which of too many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphwright.pipeline.contribution import Policy, contribution
from graphwright.pipeline.ledger import Ledger
from graphwright.pipeline.pairs import FEW, TOO_MANY, asked_pairs, candidate_pairs, nearest_pairs, pair_count
from graphwright.pipeline.records import Annotated, Entity, Mention, make_document
from graphwright.pipeline.schema import load_schema, parse_schema

SCHEMA = parse_schema(
    """
name: small
properties:
  P26: {name: spouse, edge: SPOUSE, domain: [PER], range: [PER], symmetric: true}
  P569: {name: date of birth, edge: BORN, domain: [PER], range: [TIME]}
""",
    "test",
)
LABELS = ("PER", "ORG", "TIME", "LOC", "NUM", "MISC")


def entity(id: int, label: str, *spans: tuple[int, int]) -> Entity:
    return Entity(id, str(id), label, tuple(Mention("d", *span, label) for span in spans))


def people(number: int) -> list[Entity]:
    """As a list of names has them, one after the other."""
    return [entity(n, "PER", (4 * n, 4 * n + 3)) for n in range(number)]


def test_pairs_are_those_the_schema_knows() -> None:
    entities = [entity(5, "PER", (0, 1)), entity(2, "PER", (2, 3)), entity(3, "TIME", (4, 5)), entity(4, "ORG", (6, 7))]
    assert candidate_pairs(entities, SCHEMA) == [(5, 2), (5, 3), (2, 5), (2, 3)]
    assert candidate_pairs([], SCHEMA) == []


def test_a_literal_is_never_a_head() -> None:
    odd = parse_schema("name: odd\nproperties:\n  P1: {name: of, edge: OF, domain: [PER, MISC], range: [TIME]}", "test")
    pairs = candidate_pairs([entity(0, "TIME", (0, 1)), entity(1, "TIME", (2, 3)), entity(2, "MISC", (4, 5))], odd)
    assert pairs == [(2, 0), (2, 1)]


@given(st.lists(st.sampled_from(LABELS), max_size=12))
def test_pairs_are_counted_without_making_them(labels: list[str]) -> None:
    entities = [entity(number, label, (number, number + 1)) for number, label in enumerate(labels)]
    assert pair_count(entities, load_schema()) == len(candidate_pairs(entities, load_schema()))


@given(st.lists(st.tuples(st.sampled_from(LABELS), st.integers(0, 300)), max_size=12), st.integers(0, 150))
def test_the_nearest_are_some_of_all_and_all_where_they_may(found: list[tuple[str, int]], most: int) -> None:
    entities = [entity(number, label, (place, place + 1)) for number, (label, place) in enumerate(found)]
    every, nearest = set(candidate_pairs(entities, load_schema())), nearest_pairs(entities, load_schema(), most)
    assert set(nearest) <= every
    assert len(nearest) <= most
    assert set(nearest) == every or len(every) > most


def test_neighbours_come_first() -> None:
    assert nearest_pairs(people(5), SCHEMA, 9) == [(0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2), (3, 4), (4, 3)]


def test_one_far_from_the_others_by_name_is_near_by_another_mention() -> None:
    hub = entity(9, "PER", (0, 3), (400, 403))
    assert {(9, 0), (0, 9), (9, 1), (1, 9)} <= set(
        nearest_pairs([hub, entity(0, "PER", (4, 7)), entity(1, "PER", (404, 407))], SCHEMA, 4)
    )


@pytest.mark.parametrize("number", [2, 40])
def test_prose_is_asked_about_whole(number: int) -> None:
    assert asked_pairs(people(number), SCHEMA, 4 * number) == (candidate_pairs(people(number), SCHEMA), 0)


def test_work_grows_with_the_text_and_not_with_its_square() -> None:
    pairs, unasked = asked_pairs(people(10_000), SCHEMA, 40_000)
    assert FEW < len(pairs) <= 400_000
    assert len(pairs) + unasked == 10_000 * 9_999


def test_what_is_left_out_is_in_the_ledger() -> None:
    ledger = Ledger()
    annotated = Annotated(make_document("a", "Ada"), unasked=12)
    contribution(annotated, "m", Policy(), "f", ledger)
    assert list(ledger.rows()) == [("pair of entities", TOO_MANY, 12)]
