"""Parents are fathers or mothers as pronouns say, and a child has two of them at most."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphwright.pipeline.kinship import CHILD, FATHER, MOTHER, at_most, fathers_and_mothers, with_two_parents
from graphwright.pipeline.records import Entity, Mention, Relation

TEXT = "Ann met her son Bob, and he thanked him."


def entity(number: int, *words: str) -> Entity:
    starts = [TEXT.index(word) for word in words]
    forms = ["name" if word[0].isupper() else "pronoun" for word in words]
    mentions = [Mention("d", s, s + len(w), "PER", 1.0, f) for s, w, f in zip(starts, words, forms, strict=True)]  # type: ignore[arg-type]
    return Entity(number, words[0], "PER", tuple(mentions))


@pytest.mark.parametrize(
    ("pronouns", "told", "kept"),
    [
        (("her",), FATHER, MOTHER),
        (("her",), MOTHER, MOTHER),
        (("him",), MOTHER, FATHER),
        ((), FATHER, FATHER),
        (("her", "him"), FATHER, FATHER),
    ],
)
def test_a_parent_is_what_the_pronouns_say(pronouns: tuple[str, ...], told: str, kept: str) -> None:
    entities = [entity(0, "Bob"), entity(1, "Ann", *pronouns)]
    found = fathers_and_mothers(TEXT, entities, [Relation(0, 1, told, 0.7)])
    assert found == [Relation(0, 1, kept, 0.7), Relation(1, 0, CHILD, 0.7)]


@pytest.mark.parametrize(
    ("name", "told", "kept"),
    [
        ("Ann Lee", FATHER, MOTHER),
        ("Peter Lee", MOTHER, FATHER),
        ("Kim Lee", FATHER, FATHER),
        ("Martin", MOTHER, MOTHER),
    ],
)
def test_a_parent_of_whom_no_pronoun_tells_is_what_the_given_name_says(name: str, told: str, kept: str) -> None:
    entities = [entity(0, "Bob"), replace(entity(1, "Ann"), name=name)]
    found = fathers_and_mothers(TEXT, entities, [Relation(0, 1, told, 0.7)])
    assert found == [Relation(0, 1, kept, 0.7), Relation(1, 0, CHILD, 0.7)]


@pytest.mark.parametrize(
    ("name", "parent"), [("Ann Lee", [MOTHER]), ("Peter Lee", [FATHER]), ("Kim Lee", []), ("Ann", [])]
)
def test_who_has_a_child_is_its_father_or_mother_where_the_text_tells_which(name: str, parent: list[str]) -> None:
    entities = [entity(0, "Bob"), replace(entity(1, "Ann"), name=name)]
    found = fathers_and_mothers(TEXT, entities, [Relation(1, 0, CHILD, 0.7), Relation(0, 1, FATHER, 0.1)])
    assert [r for r in found if r.type == CHILD] == [Relation(1, 0, CHILD, 0.7)]
    assert [(r.head, r.tail, r.type) for r in found if r.score == 0.7 and r.type != CHILD] == [
        (0, 1, p) for p in parent
    ]


def test_what_becomes_one_fact_has_the_highest_score() -> None:
    entities = [entity(0, "Bob"), entity(1, "Ann", "her")]
    relations = [Relation(0, 1, FATHER, 0.7), Relation(0, 1, MOTHER, 0.4)]
    found = fathers_and_mothers(TEXT, entities, relations)
    assert found == [Relation(0, 1, MOTHER, 0.7), Relation(1, 0, CHILD, 0.7)]


@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=6), st.integers(1, 3))
def test_chances_are_those_of_all_cases_with_no_more_events_than_may_be(chances: list[float], most: int) -> None:
    cases = [case for case in product((0, 1), repeat=len(chances)) if sum(case) <= most]
    weights = [prod(p if event else 1 - p for p, event in zip(chances, case, strict=True)) for case in cases]
    expected = [
        sum(w for w, case in zip(weights, cases, strict=True) if case[place]) / sum(weights)
        for place in range(len(chances))
    ]
    assert at_most(most, chances) == pytest.approx(expected)


def test_of_many_parents_the_likeliest_stay_likely() -> None:
    told = [
        Relation(1, 0, CHILD, 0.97),
        Relation(2, 0, CHILD, 0.9),
        Relation(3, 0, CHILD, 0.76),
        Relation(0, 3, FATHER, 0.5),
    ]
    first, second, third, father = (relation.score for relation in with_two_parents(told))
    assert first > 0.85
    assert 0.5 < second < 0.9
    assert third < 0.5
    assert father / third == pytest.approx(0.5 / 0.76, abs=1e-3)


def test_two_parents_and_other_facts_stay_as_they_were() -> None:
    told = [
        Relation(1, 0, CHILD, 0.9),
        Relation(0, 1, FATHER, 0.8),
        Relation(2, 0, CHILD, 0.7),
        Relation(3, 0, "P26", 0.6),
    ]
    assert with_two_parents(told) == told


def test_what_is_denied_is_no_parent() -> None:
    told = [Relation(number, 0, CHILD, 0.9) for number in (1, 2, 3)]
    denied = [*told[:2], replace(told[2], assertion="negated")]
    assert with_two_parents(denied) == denied
    assert with_two_parents(told) != told
