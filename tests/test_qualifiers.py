"""When a fact held: dates in the clause of the fact, by the words that tie them to it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphwright.pipeline.qualifiers import LASTING, Qualifiers, time_qualifiers

YEAR = re.compile(r"(?:\d{1,2} )?(?:March )?\b1\d{3}|\b2\d{3}")


def found(text: str, property: str = "P108", head: str = "Ada", tail: str = "Lundin") -> list[Qualifiers]:
    head_span, tail_span = ((start := text.index(name), start + len(name)) for name in (head, tail))
    dates = [match.span() for match in YEAR.finditer(text)]
    return time_qualifiers(text, (0, len(text)), head_span, tail_span, dates, property)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Ada worked for Lundin from 1990 to 1995.", [{"P580": "1990", "P582": "1995"}]),
        ("Ada worked for Lundin between 1990 and 1995.", [{"P580": "1990", "P582": "1995"}]),
        ("Ada worked for Lundin (from 1990 until 1995).", [{"P580": "1990", "P582": "1995"}]),
        ("From 1990 to 1995, Ada worked for Lundin.", [{"P580": "1990", "P582": "1995"}]),
        (
            "Ada worked for Lundin from 1990 to 1995 and again from 2001 to 2003.",
            [{"P580": "1990", "P582": "1995"}, {"P580": "2001", "P582": "2003"}],
        ),
        ("Ada has worked for Lundin since 1990.", [{"P580": "1990"}]),
        ("Ada worked for Lundin until 1995.", [{"P582": "1995"}]),
        ("Ada joined Lundin in 1990.", [{"P580": "1990"}]),
        ("In 1990, Ada joined Lundin.", [{"P580": "1990"}]),
        ("Ada joined Lundin on 3 March 1990.", [{"P580": "1990-03-03"}]),
        ("Ada left Lundin in 1995.", [{"P582": "1995"}]),
        ("Ada, since 1990 an engineer of Lundin, spoke.", [{"P580": "1990"}]),
    ],
)
def test_dates_in_the_clause(text: str, wanted: list[dict[str, str]]) -> None:
    assert [dict(item) for item in found(text)] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Ada worked for Lundin, which was founded in 1900.",
        "Ada worked for Lundin. It closed in 1995.",
        "Ada worked for Lundin and in the spring of her life wrote the book of 1995.",
        "Ada worked for Lundin and died in 1995.",
        "Founded in 1990; Ada worked for Lundin.",
        "Ada worked for Lundin 1995 times.",
        "Ada worked for Lundin.",
        "Ada worked for Lundin in 1995.",
        "Ada lived in Oslo until 1980, and joined Lundin.",
    ],
)
def test_dates_of_other_clauses_say_nothing(text: str) -> None:
    assert found(text) == []


def test_what_lasts_for_ever_has_no_time() -> None:
    assert found("Ada was born in Lundin in 1990.", "P19") == []


def test_a_prize_is_won_at_a_point_in_time() -> None:
    assert found("Ada won the Lundin Prize in 1990.", "P166") == [(("P585", "1990"),)]


PARTS = ("Ada", "Lundin", "from", "to", "in", "1990", "2001", ",", "and", "left", ".", "again")


@given(st.lists(st.sampled_from(PARTS), max_size=12), st.sampled_from(sorted(LASTING)))
def test_values_are_dates_of_the_text(parts: list[str], property: str) -> None:
    text = " ".join(("Ada", "of", "Lundin", *parts))
    for item in found(text, property):
        assert 1 <= len(item) <= 2
        assert {name for name, _ in item} <= {"P580", "P582", "P585"}
        assert {value for _, value in item} <= {"1990", "2001"}
