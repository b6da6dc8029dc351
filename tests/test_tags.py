"""Entity tags: the best allowed sequence is the best of all sequences, and partial labels forbid only what is known."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graphwright.models.tags import (
    FORBIDDEN,
    TAGS,
    allowed_tags,
    begin,
    best_tags,
    piece_range,
    tag_spans,
    transition_scores,
)
from graphwright.pipeline.records import ENTITY_LABELS

OFFSETS = np.array([[0, 3], [3, 5], [6, 9], [10, 11]], np.int32)


def may_follow(before: str, tag: str) -> bool:
    return not tag.startswith("I-") or before[2:] == tag[2:]


def sequences(length: int) -> list[tuple[int, ...]]:
    numbers = range(len(TAGS))
    return [
        tags
        for tags in product(numbers, repeat=length)
        if all(may_follow(a, b) for a, b in zip(["O", *(TAGS[t] for t in tags)], (TAGS[t] for t in tags), strict=False))
    ]


ALLOWED = {length: np.array(sequences(length)) for length in (1, 2, 3)}


@settings(deadline=None)
@given(st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_viterbi_finds_what_brute_force_finds(length: int, seed: int) -> None:
    logits = np.random.default_rng(seed).normal(size=(length, len(TAGS))).astype(np.float32)
    found = best_tags(logits, transition_scores())
    totals = logits[np.arange(length), ALLOWED[length]].sum(axis=1)
    assert tuple(found.tolist()) == tuple(ALLOWED[length][totals.argmax()].tolist())


@given(st.integers(0, 40), st.integers(0, 2**32 - 1))
def test_spans_of_any_logits_lie_apart_and_in_order(length: int, seed: int) -> None:
    logits = np.random.default_rng(seed).normal(scale=3, size=(length, len(TAGS))).astype(np.float32)
    tags = best_tags(logits, transition_scores())
    assert tags.dtype == np.int32
    spans = tag_spans(tags)
    rebuilt = np.zeros(length, np.int32)
    for first, last, label in spans:
        rebuilt[first], rebuilt[first + 1 : last] = begin(label), begin(label) + 1
    assert rebuilt.tolist() == tags.tolist()
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_transitions_forbid_an_inside_tag_after_another_label() -> None:
    scores = transition_scores()
    person, place = begin("PER"), begin("LOC")
    assert scores[person, person + 1] == scores[person + 1, person + 1] == scores[0, person] == 0
    assert scores[0, person + 1] == scores[place, person + 1] == scores[place + 1, person + 1] == FORBIDDEN


def test_known_labels_are_outside_where_nothing_is_marked() -> None:
    allowed = allowed_tags(3, [(1, 3, ("PER",))], ENTITY_LABELS)
    expected = np.zeros((3, len(TAGS)), bool)
    expected[0, 0] = expected[1, begin("PER")] = expected[2, begin("PER") + 1] = True
    assert np.array_equal(allowed, expected)


def test_unknown_labels_stay_possible_where_nothing_is_marked() -> None:
    allowed = allowed_tags(2, [(0, 1, ("ORG", "MISC"))], {"PER", "ORG", "LOC"})
    assert {TAGS[n] for n in np.flatnonzero(allowed[0])} == {"B-ORG", "B-MISC"}
    unknown = {f"{prefix}-{label}" for label in ("TIME", "NUM", "MISC") for prefix in "BI"}
    assert {TAGS[n] for n in np.flatnonzero(allowed[1])} == {"O", *unknown}


def test_pieces_that_a_span_overlaps() -> None:
    assert piece_range(OFFSETS, 0, 5) == (0, 2)
    assert piece_range(OFFSETS, 4, 7) == (1, 3)
    assert piece_range(OFFSETS, 6, 9) == (2, 3)


def test_a_span_between_pieces_has_none() -> None:
    for start, end in ((5, 6), (11, 15)):
        first, last = piece_range(OFFSETS, start, end)
        assert first == last
