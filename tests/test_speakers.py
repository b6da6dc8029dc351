from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphwright.pipeline.assertion import assertion
from graphwright.pipeline.records import Span
from graphwright.pipeline.speakers import speaker

CASES = [json.loads(line) for line in Path(__file__).with_name("speakers.jsonl").read_text("utf-8").splitlines()]
FLOORS = {"dev": 0.98, "test": 0.95}
PIECES = (
    "said that |according to |, said |claims by |'s claim that |, told |some, |the |close |of |her |in |May |1990 "
    "|last |who |and |'s |' |Ann |reports |_ |\x01|\n|. "
)
CUED = st.sampled_from(PIECES.split("|"))
unhurried = settings(deadline=None)


def ends(text: str, head: str, tail: str) -> tuple[Span, Span]:
    first, second = text.index(head), text.index(tail)
    return (first, first + len(head)), (second, second + len(tail))


def said_by(text: str, head: str, tail: str) -> str:
    span = speaker(text, *ends(text, head, tail))
    return text[slice(*span)] if span else ""


def test_the_sentences_are_two_parts_with_and_without_a_speaker() -> None:
    for split in FLOORS:
        part = [case for case in CASES if case["split"] == split]
        assert len(part) >= 60
        assert 5 <= sum(not case["said_by"] for case in part) < len(part) / 2


@pytest.mark.parametrize("split", FLOORS)
def test_accuracy(split: str) -> None:
    part = [case for case in CASES if case["split"] == split]
    wrong = [case for case in part if said_by(case["text"], case["head"], case["tail"]) != case["said_by"]]
    assert len(wrong) <= (1 - FLOORS[split]) * len(part), wrong


def test_the_speaker_may_be_the_subject_of_the_fact() -> None:
    assert speaker("Ann said she works for Rovers.", (0, 3), (23, 29)) == (0, 3)


@pytest.mark.parametrize(
    ("text", "how"),
    [("Bob said that Ann may join Rovers.", "hedged"), ("Bob said that Ann never joined Rovers.", "negated")],
)
def test_other_assertions_have_a_speaker_too(text: str, how: str) -> None:
    assert (assertion(text, *ends(text, "Ann", "Rovers")), said_by(text, "Ann", "Rovers")) == (how, "Bob")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bob said that Carl claims that Ann works for Rovers.", "Carl"),
        ("Bob said that Ann works for Rovers, Carl said.", "Bob"),
        ("According to Carl, it is said that Ann works for Rovers.", "Carl"),
        ("Ann works for Rovers of Leeds, England, said the man who had been its chairman.", "the man"),
    ],
)
def test_of_several_speakers_the_nearest_that_is_named(text: str, expected: str) -> None:
    assert said_by(text, "Ann", "Rovers") == expected


def test_what_is_said_outside_the_scope_of_its_cue_says_nothing() -> None:
    assert said_by("Bob said that it rained, but Ann works for Rovers.", "Ann", "Rovers") == ""


@unhurried
@given(st.sampled_from(CASES))
def test_the_order_of_the_ends_does_not_matter(case: dict[str, str]) -> None:
    head, tail = ends(case["text"], case["head"], case["tail"])
    assert speaker(case["text"], head, tail) == speaker(case["text"], tail, head)


@unhurried
@given(st.sampled_from([case for case in CASES if case["said_by"]]), st.integers(0, 3000))
def test_what_goes_before_does_not_matter_but_moves_the_span(case: dict[str, str], length: int) -> None:
    head, tail = ends(case["text"], case["head"], case["tail"])
    before = ("word " * (length // 5)) + ". "
    shift = len(before)
    expected = speaker(case["text"], head, tail)
    found = speaker(before + case["text"], (head[0] + shift, head[1] + shift), (tail[0] + shift, tail[1] + shift))
    assert expected is not None
    assert found == (expected[0] + shift, expected[1] + shift)


@unhurried
@given(st.text() | st.lists(st.one_of(CUED, st.text(max_size=4)), min_size=2).map("".join), st.data())
def test_any_text_gets_an_answer_within_it(text: str, data: st.DataObject) -> None:
    text = f"{text}ab"
    first, last = data.draw(st.integers(1, len(text) - 1)), data.draw(st.integers(1, len(text) - 1))
    head, tail = (0, min(first, last)), (max(first, last), len(text))
    span = speaker(text, head, tail)
    if span is not None:
        assert 0 <= span[0] < span[1] <= len(text)


@pytest.mark.parametrize(
    "filler",
    ["and Bob, Carl, not AAAAAAAA said that ", "a, ", "claim that ", ", a b c d told ", "of close to her said that ",
     "some, ", "last May 1990 ", "A", ", "],
)  # fmt: skip
def test_a_line_of_any_length_is_quick(filler: str) -> None:
    long = filler * (100_000 // len(filler))
    text = f"{long} Ada {long}. Bob said that Zoe lives here. {long}"
    began = time.perf_counter()
    said_by(text, "Ada", "Zoe")
    assert time.perf_counter() - began < 5


def test_the_span_fits_where_the_middle_of_a_long_sentence_is_left_out() -> None:
    text = f"Ada, {'so to say ' * 500} and Bob Reed said that she met Zoe."
    assert said_by(text, "she", "Zoe") == "Bob Reed"
    assert said_by(text, "Ada", "Zoe") == "Bob Reed"
