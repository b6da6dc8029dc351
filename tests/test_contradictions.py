"""Contradictions between documents: found with both sides, whatever their order; what only says less is none."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from graphwright.pipeline.contradictions import contradictions
from graphwright.pipeline.graph import Evidence, Literal, Statement, statement_id
from graphwright.pipeline.schema import load_schema

ADA = "urn:graphwright:entity:ada"
PROPERTIES = load_schema().properties


def said(
    predicate: str, value: str | Literal, document: str = "a", score: float = 0.9, subject: str = ADA
) -> Statement:
    """A kept statement of one document's only sentence."""
    evidence = Evidence(document, document, (0, 3), (9, 12), (0, 20), "…", score, "asserted", "keep", "rnn 1")
    return Statement(statement_id(subject, predicate, value, ()), subject, predicate, value, (), score, (evidence,))


def day(value: str) -> Literal:
    return Literal(value, {4: "gYear", 7: "gYearMonth", 10: "date"}[len(value.removeprefix("-"))])


def test_two_birth_dates_contradict_and_both_are_told_with_their_evidence() -> None:
    told = [said("P569", day("1815"), "a", 0.7), said("P569", day("1816-01-02"), "b", 0.9), said("P26", "urn:x", "a")]
    for order in permutations(told):
        (found,) = contradictions(order, PROPERTIES)
        assert (found.subject, found.rule, found.statements) == (ADA, "one value", (told[1], told[0]))
        assert [item.document for one in found.statements for item in one.evidence] == ["b", "a"]


@pytest.mark.parametrize(
    "told",
    [
        [said("P569", day("1815")), said("P569", day("1815-12-10"), "b"), said("P569", day("1815-12"), "c")],
        [said("P26", "urn:john"), said("P26", "urn:jack", "b")],
        [said("P19", "urn:torquay", "a", 0.9), said("P19", "urn:devon", "a", 0.8)],
        [
            said("P19", "urn:torquay"),
            said("P19", "urn:england", "b"),
            said("P131", "urn:devon", "c", subject="urn:torquay"),
            said("P17", "urn:england", "d", subject="urn:devon"),
        ],
        [said("P569", day("1815-12")), said("P570", day("1815"))],
        [said("P569", day("1815"), subject="urn:other"), said("P570", day("1800"))],
    ],
    ids=["parts of one date", "not functional", "one clause", "one place in another", "no order", "two people"],
)
def test_what_can_be_true_together_is_no_contradiction(told: list[Statement]) -> None:
    assert contradictions(told, PROPERTIES) == ()


def test_what_is_only_in_review_contradicts_nothing() -> None:
    sure, unsure = said("P19", "urn:rome"), said("P19", "urn:oslo", "b")
    unsure = replace(unsure, evidence=(replace(unsure.evidence[0], assertion="negated"),))
    assert contradictions([sure, unsure], PROPERTIES) == ()
    assert len(contradictions([sure, said("P19", "urn:oslo", "b")], PROPERTIES)) == 1


def test_a_life_that_ends_before_it_begins_is_told() -> None:
    born, died = said("P569", day("1815"), "a", 0.7), said("P570", day("1811-03"), "b", 0.9)
    (found,) = contradictions([born, died], PROPERTIES)
    assert (found.rule, found.statements) == ("order of dates", (died, born))
    earlier = said("P569", day("1801"), "c", 0.5)
    assert [item.rule for item in contradictions([born, died, earlier], PROPERTIES)] == ["one value"]
