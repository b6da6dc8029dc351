"""Windows: a text of any length is read to its last piece, and put back together as it was."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphwright.pipeline.windows import central_windows, merge_windows, window_starts


@st.composite
def shapes(draw: st.DrawFn) -> tuple[int, int, int]:
    window = draw(st.integers(2, 40))
    return draw(st.integers(0, 300)), window, draw(st.integers(0, window - 1))


@given(shapes())
def test_windows_cover_every_piece(shape: tuple[int, int, int]) -> None:
    length, window, overlap = shape
    starts = window_starts(length, window, overlap)
    covered = {place for start in starts for place in range(start, start + window) if place < length}
    assert covered == set(range(length))
    assert starts == sorted(set(starts))


@given(shapes())
def test_windows_are_full_and_overlap(shape: tuple[int, int, int]) -> None:
    length, window, overlap = shape
    starts = window_starts(length, window, overlap)
    assert all(start + window <= max(length, window) for start in starts)
    assert all(start + window - following >= overlap for start, following in pairwise(starts))


@given(shapes())
def test_merged_windows_are_the_whole_again(shape: tuple[int, int, int]) -> None:
    length, window, overlap = shape
    whole = np.arange(2 * length, dtype=np.float32).reshape(length, 2)
    starts = window_starts(length, window, overlap)
    parts = [whole[start : start + window] for start in starts] or [whole]
    assert np.array_equal(merge_windows(parts, starts or [0], length, window), whole)


@given(shapes())
def test_a_piece_comes_from_the_window_that_shows_most_around_it(shape: tuple[int, int, int]) -> None:
    length, window, overlap = shape
    starts = window_starts(length, window, overlap)
    if not starts:
        return

    def margin(number: int, place: int) -> int:
        start = starts[number]
        end = min(start + window, length)
        left = place - start if start else length
        right = end - 1 - place if end < length else length
        return min(left, right) if start <= place < end else -1

    owner = central_windows(length, starts, window)
    for place in range(length):
        assert margin(int(owner[place]), place) == max(margin(number, place) for number in range(len(starts)))


@pytest.mark.parametrize(("length", "starts"), [(0, []), (1, [0]), (510, [0]), (511, [0, 1]), (900, [0, 382, 390])])
def test_default_windows(length: int, starts: list[int]) -> None:
    assert window_starts(length) == starts
