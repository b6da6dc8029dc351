"""Facts that break the schema are told from those that keep to it, before anything is written."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_graph import ReferenceGraph
from strategies import contributions
from test_stores import contribution, fact, occurrence

from graphwright.pipeline.graph import Fact, Literal
from graphwright.pipeline.quality import check
from graphwright.pipeline.schema import load_schema
from graphwright.pipeline.violations import is_before, separate

ADA = occurrence("a", 0, "Ada")
PARIS = occurrence("a", 1, "Paris", label="LOC")
SCHEMA = load_schema()


def born(value: str, score: float = 0.8, datatype: str = "gYear", **changes: object) -> Fact:
    return fact(ADA, "P569", Literal(value, datatype), score=score, **changes)


def died(value: str, score: float = 0.8, **changes: object) -> Fact:
    return fact(ADA, "P570", Literal(value, "gYear"), score=score, **changes)


def left(*facts: Fact) -> list[str]:
    """The values, or ids of objects, that are not kept out; the same whatever the order of the facts."""
    found = {
        frozenset(item.id for item in separate(contribution("a", (ADA, PARIS), order), SCHEMA)[0].facts)
        for order in itertools.permutations(facts)
    }
    [kept] = found
    return sorted(item.object.value for item in facts if item.id in kept and isinstance(item.object, Literal))


@pytest.mark.parametrize(
    ("broken", "rule", "reason"),
    [
        (fact(PARIS, "P569", Literal("1815", "gYear")), "type of the subject", "P569 must be one of PER; it is LOC"),
        (fact(ADA, "P19", ADA), "type of the object", "the object of P19 must be one of LOC; it is PER"),
        (born("long ago", datatype="string"), "type of the object", "must be one of TIME; it is string"),
        (born("3", datatype="decimal"), "type of the object", "must be one of TIME; it is decimal"),
        (fact(ADA, "P0", PARIS), "unknown property", "the schema wikidata has no property P0"),
    ],
)
def test_what_breaks_the_schema_is_kept_out_with_its_reason(broken: Fact, rule: str, reason: str) -> None:
    fine = fact(ADA, "P19", PARIS)
    part, out = separate(contribution("a", (ADA, PARIS), (fine, broken)), SCHEMA)
    assert part.facts == (fine,)
    assert [(item.fact, item.rule) for item in out] == [(broken, rule)]
    assert reason in out[0].reason


def test_of_two_dates_out_of_order_the_less_sure_is_kept_out() -> None:
    assert left(born("1815", 0.9), died("1800", 0.6)) == ["1815"]
    assert left(born("1815", 0.5), died("1800", 0.6)) == ["1800"]
    assert left(born("1815"), died("1852")) == ["1815", "1852"]


def test_contradictions_and_periods_stay() -> None:
    assert left(born("1815"), born("1860"), died("1852")) == ["1815", "1852", "1860"]
    event = occurrence("a", 2, "Fair", label="MISC")
    periods = [fact(event, "P580", Literal(year, "gYear")) for year in ("1990", "2000")]
    ends = [fact(event, "P582", Literal(year, "gYear")) for year in ("1995", "2005")]
    part, out = separate(contribution("a", (event,), (*periods, *ends)), SCHEMA)
    assert (len(part.facts), out) == (4, ())


def test_what_is_not_asserted_contradicts_nothing() -> None:
    assert left(born("1815", 0.9), died("1800", 0.6, assertion="negated")) == ["1800", "1815"]


def test_the_words_say_which_dates_and_how_sure_the_other_is() -> None:
    _, [out] = separate(contribution("a", (ADA,), (born("1815", 0.9), died("1800", 0.6))), SCHEMA)
    assert out.reason == "P570 1800 is before P569 1815, and P569 is surer (0.90)"


def test_two_names_of_one_thing_have_one_life() -> None:
    ada, countess = (occurrence("a", number, name, kb_id="Q7259") for number, name in enumerate(("Ada", "Countess")))
    facts = fact(ada, "P569", Literal("1815", "gYear")), fact(countess, "P570", Literal("1800", "gYear"), score=0.5)
    part, _ = separate(contribution("a", (ada, countess), facts), SCHEMA)
    assert part.facts == facts[:1]


@pytest.mark.parametrize(
    ("first", "second", "before"),
    [
        ("1815", "1816", True),
        ("1815", "1815-12-10", False),
        ("1815-12-10", "1815", False),
        ("1815-12-09", "1815-12-10", True),
        ("-0043", "-0042", True),
        ("0009", "10000", True),
    ],
)
def test_dates_are_compared_as_far_as_they_are_told(first: str, second: str, before: bool) -> None:
    assert is_before(Literal(first, ""), Literal(second, "")) is before
    assert not (before and is_before(Literal(second, ""), Literal(first, "")))


@given(contributions(), st.randoms())
def test_what_is_left_conforms_and_is_a_function_of_the_set(part: object, random: object) -> None:
    from dataclasses import replace

    kept, out = separate(part, SCHEMA)  # type: ignore[arg-type]
    facts = list(part.facts)  # type: ignore[attr-defined]
    assert [item for item in facts if item in kept.facts or item in [b.fact for b in out]] == facts
    assert separate(kept, SCHEMA) == (kept, ())
    random.shuffle(facts)  # type: ignore[attr-defined]
    again, _ = separate(replace(part, facts=tuple(facts)), SCHEMA)  # type: ignore[type-var]
    assert {item.id for item in again.facts} == {item.id for item in kept.facts}


def test_the_shapes_agree() -> None:
    facts = (born("long ago", datatype="string"), fact(ADA, "P19", ADA), fact(ADA, "P19", PARIS), born("1815"))
    whole = contribution("a", (ADA, PARIS), facts)
    before, after = ReferenceGraph(), ReferenceGraph()
    before.replace([whole])
    after.replace([separate(whole, SCHEMA)[0]])
    assert check(before, SCHEMA)
    assert check(after, SCHEMA) == ()
