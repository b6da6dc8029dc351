from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphwright.pipeline.word_classes import classed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The club's chairman, Ann Lee, said", "DSL,CC,X"),
        ("Mr. Lee of U.S. Steel", "CCOCCC"),
        ("Last week Will May left", "TTCYZ"),
        ("IT said it", "CXP"),
        ("\x01\x01's mother and \x02\x02", "SLAM"),
        ("the injured player ruled in 1990", "DLLZOT"),
        ("news. “Reports", "L.BC"),
        ("her family reluctantly reports ____", "HLVNZ"),
    ],
)
def test_classes(text: str, expected: str) -> None:
    assert classed(text, 0, len(text)).classes == expected


@settings(deadline=None)
@given(st.text(), st.integers(0, 20))
def test_each_word_has_a_letter_and_a_place(text: str, start: int) -> None:
    words = classed(text, start, len(text))
    assert len(words.classes) == len(words.spans)
    places = [place for span in words.spans for place in span]
    assert places == sorted(places)
    covered = "".join(text[first:last] for first, last in words.spans)
    assert covered == "".join(text[start:].split())
