"""Word pieces: offsets stay right on any text, and cases say how a piece is written."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from graphwright.models.pieces import (
    DIGIT,
    LOWER,
    MIXED,
    OTHER_CASE,
    TITLE,
    UPPER,
    load_tokenizer,
    piece_cases,
    split_pieces,
)
from graphwright.models.shipped import VOCABULARY, weights_folder
from graphwright.pipeline.sentences import sentences

TOKENIZER = load_tokenizer(weights_folder() / VOCABULARY)
HOSTILE = (
    "🦉👩‍🚀 Ada",
    "شركة النور في دبي",
    "\u202eAda\u202c Byron",
    "Cafe\u0301 Ne\u0301e",
    "東京とParis",
    "\x00A\u200bda\ufeff",
    "ǅungla ﬁn İstanbul",
    "a" * 300 + " Ada",
    "\u0301\u0301 x",
    "",
    " \n\t\u2028",
)
texts = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return TOKENIZER


@settings(deadline=None)
@given(texts)
def test_offsets_are_spans_of_the_text_in_order(text: str) -> None:
    pieces = split_pieces(TOKENIZER, [text])[0]
    offsets = pieces.offsets
    assert pieces.ids.shape == pieces.cases.shape == (len(offsets),)
    assert offsets.shape == (len(pieces), 2)
    assert (offsets[:, 0] < offsets[:, 1]).all()
    assert (offsets >= 0).all()
    assert (offsets <= len(text)).all()
    assert (np.diff(offsets, axis=0) >= 0).all()


@settings(deadline=None)
@given(texts)
def test_what_has_pieces_has_a_sentence(text: str) -> None:
    if len(split_pieces(TOKENIZER, [text])[0]):
        assert sentences(text)


@settings(deadline=None)
@given(texts, texts)
def test_a_text_has_the_same_pieces_whatever_it_is_split_with(first: str, second: str) -> None:
    both, alone = split_pieces(TOKENIZER, [first, second]), split_pieces(TOKENIZER, [second])
    assert np.array_equal(both[1].ids, alone[0].ids)
    assert np.array_equal(both[1].offsets, alone[0].offsets)
    assert np.array_equal(both[1].cases, alone[0].cases)


@pytest.mark.parametrize("before", ["🦉 ", "👩‍🚀", "شركة ", "\u202e", "e\u0301 ", "東京", "\x00\u200b ", "\U00010400 "])
def test_offsets_stay_right_after_a_hostile_beginning(tokenizer: Tokenizer, before: str) -> None:
    text = f"{before} London burns"
    pieces = split_pieces(tokenizer, [text])[0]
    start, end = pieces.offsets[-2].tolist()
    assert text[start:end] == "London"
    assert pieces.cases[-2:].tolist() == [TITLE, LOWER]


@pytest.mark.parametrize(
    ("text", "case"),
    [
        ("paris", LOWER),
        ("Paris", TITLE),
        ("NATO", UPPER),
        ("1815", DIGIT),
        ("...", OTHER_CASE),
        ("東", OTHER_CASE),
        ("A", TITLE),
        ("Ελλάδα", TITLE),
        ("\U00010400", OTHER_CASE),
    ],
)
def test_case_of_the_first_piece(tokenizer: Tokenizer, text: str, case: int) -> None:
    assert int(split_pieces(tokenizer, [text])[0].cases[0]) == case


def test_capitals_within_a_piece_are_mixed() -> None:
    offsets = np.array([[0, 4], [5, 13]], np.int32)
    assert piece_cases("eBay McDonald", offsets).tolist() == [MIXED, MIXED]


def test_a_slice_keeps_all_three_arrays(tokenizer: Tokenizer) -> None:
    pieces = split_pieces(tokenizer, ["Ada met Charles in London"])[0]
    part = pieces[slice(1, 3)]
    assert len(part) == 2
    assert np.array_equal(part.ids, pieces.ids[1:3])
    assert np.array_equal(part.offsets, pieces.offsets[1:3])
    assert np.array_equal(part.cases, pieces.cases[1:3])


def test_nothing_is_cut(tokenizer: Tokenizer) -> None:
    text = "word " * 5000 + "end"
    pieces = split_pieces(tokenizer, [text])[0]
    assert len(pieces) == 5001
    assert pieces.offsets[-1].tolist() == [len(text) - 3, len(text)]
