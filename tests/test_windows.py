"""Stretches: a text of any length is read to its last piece, by paragraphs, and put back together as it was."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphwright.pipeline.protocols import IntArray
from graphwright.pipeline.sentences import sentences
from graphwright.pipeline.windows import (
    PASSAGE,
    WINDOW,
    central_stretches,
    merge_stretches,
    stretches,
    window_starts,
)

SENTENCE = "The river Elbe runs through the town of Dresden. "


def words(text: str) -> IntArray:
    """A piece a word."""
    return np.asarray([word.span() for word in re.finditer(r"\w+|[^\w\s]", text)], np.int32).reshape(-1, 2)


def parts_of(text: str) -> list[str]:
    """The text of each stretch."""
    offsets = words(text)
    spans = [offsets[part] for part in stretches(text, sentences(text), offsets)]
    return [text[span[0, 0] : span[-1, 1]] for span in spans]


def paragraph(pieces: int) -> str:
    return (SENTENCE * (pieces // 10)).strip()


texts = st.lists(
    st.tuples(st.integers(1, 70), st.sampled_from(["\n\n", "\n", " ", "\n \n\n"])).map(
        lambda item: SENTENCE * item[0] + item[1]
    ),
    max_size=8,
).map("".join)


@given(texts)
def test_stretches_cover_every_piece_in_order_and_none_is_too_long(text: str) -> None:
    offsets = words(text)
    parts = stretches(text, sentences(text), offsets)
    covered = np.concatenate([np.arange(part.start, part.stop) for part in parts] or [np.zeros(0, int)])
    assert np.array_equal(np.unique(covered), np.arange(len(offsets)))
    assert all(0 < part.stop - part.start <= WINDOW for part in parts)
    assert all(one.start < other.start and one.stop <= other.stop for one, other in pairwise(parts))


@given(texts)
def test_stretches_put_together_are_the_whole_again(text: str) -> None:
    offsets = words(text)
    whole = np.arange(2 * len(offsets), dtype=np.float32).reshape(-1, 2)
    parts = stretches(text, sentences(text), offsets)
    rows = [whole[part] for part in parts] or [whole]
    assert np.array_equal(merge_stretches(rows, parts, len(offsets)), whole)


def test_a_text_that_is_read_at_once_is_one_stretch() -> None:
    text = "\n\n".join([paragraph(100)] * 5)
    assert len(words(text)) > PASSAGE
    assert parts_of(text) == [text]
    assert parts_of("") == []


def test_paragraphs_of_a_long_text_are_read_by_themselves() -> None:
    each = [paragraph(length) for length in (250, 200, 260, 240)]
    assert parts_of("\n\n".join(each)) == each


def test_short_paragraphs_make_a_passage_together() -> None:
    parts = parts_of("\n\n".join([paragraph(50)] * 30))
    assert all(PASSAGE // 4 <= len(words(part)) <= PASSAGE for part in parts)


def test_a_heading_stays_with_what_it_stands_above() -> None:
    section = "A river and its towns\n\n" + paragraph(300)
    assert parts_of("\n\n".join([section] * 4)) == [section] * 4


def test_lines_divide_what_has_no_paragraphs() -> None:
    lines = [paragraph(300)] * 2
    assert parts_of("\n".join(lines)) == lines
    assert parts_of("\n".join([paragraph(240)] * 2)) == ["\n".join([paragraph(240)] * 2)]


def test_windows_overlap_where_a_passage_has_no_break() -> None:
    text = paragraph(900)
    parts = stretches(text, sentences(text), words(text))
    assert [part.start for part in parts] == [0, 382, 390]


@given(st.integers(0, 300), st.integers(2, 40), st.data())
def test_windows_cover_every_piece_are_full_and_overlap(length: int, window: int, data: st.DataObject) -> None:
    overlap = data.draw(st.integers(0, window - 1))
    starts = window_starts(length, window, overlap)
    covered = {place for start in starts for place in range(start, start + window) if place < length}
    assert covered == set(range(length))
    assert starts == sorted(set(starts))
    assert all(start + window <= max(length, window) for start in starts)
    assert all(start + window - following >= overlap for start, following in pairwise(starts))


@given(st.integers(1, 300), st.integers(2, 40), st.data())
def test_a_piece_comes_from_the_window_that_shows_most_around_it(length: int, window: int, data: st.DataObject) -> None:
    starts = window_starts(length, window, data.draw(st.integers(0, window - 1)))
    parts = [slice(start, min(start + window, length)) for start in starts]

    def margin(part: slice, place: int) -> int:
        left = place - part.start if part.start else length
        right = part.stop - 1 - place if part.stop < length else length
        return min(left, right) if part.start <= place < part.stop else -1

    owner = central_stretches(length, parts)
    for place in range(length):
        assert margin(parts[owner[place]], place) == max(margin(part, place) for part in parts)


@pytest.mark.parametrize(("length", "starts"), [(0, []), (1, [0]), (510, [0]), (511, [0, 1]), (900, [0, 382, 390])])
def test_default_windows(length: int, starts: list[int]) -> None:
    assert window_starts(length) == starts
