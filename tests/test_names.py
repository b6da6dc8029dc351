"""Names in normal form."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphwright.pipeline import names


def test_examples_in_docstrings_hold() -> None:
    result = doctest.testmod(names)
    assert result.attempted > 5
    assert result.failed == 0


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Société Générale", "societe generale"),
        ("AT&T", "at and t"),
        ("The Hague", "hague"),
        ("O’Neill-Söderström", "oneill soderstrom"),
        ("Łódź", "lodz"),
        ("J.R.R. Tolkien", "jrr tolkien"),
        ("ПЁТР", "петр"),
        ("北京", "北京"),
        ("…", ""),
    ],
)
def test_normal_form(written: str, normal: str) -> None:
    assert names.normalise(written) == normal


@given(st.text(max_size=30))
def test_normal_form_is_stable_and_clean(text: str) -> None:
    key = names.normalise(text)
    assert key == " ".join(key.split())
    assert names.organisation_core(key) == "" or names.organisation_core(key) in key
    assert names.bag(key) == names.bag(" ".join(reversed(key.split())))


@pytest.mark.parametrize(
    ("first", "second"), [("Apollo 11", "Apollo 12"), ("Louis XIV", "Louis XV"), ("Unit 7B", "Unit 7")]
)
def test_codes_tell_names_apart(first: str, second: str) -> None:
    assert names.codes(names.normalise(first)) != names.codes(names.normalise(second))


@pytest.mark.parametrize(
    ("text", "named"), [("She", False), ("the company", False), ("US", True), ("U.S.", True), ("it", False)]
)
def test_pronouns_and_descriptions_are_no_names(text: str, named: bool) -> None:
    assert names.is_name(text) is named


def test_initials_are_an_acronym_only_of_several_words() -> None:
    assert names.acronym("Bureau of Odd Weights") == "bow"
    assert names.acronym("Bureau") == ""
    assert names.is_acronym("B.O.W.")
    assert not names.is_acronym("Bow")
