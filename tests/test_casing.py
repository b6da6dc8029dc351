"""Texts in one letter case: told from others, and written as they would be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphwright.models.casing import Casing, learned_casing, load_casing, one_case, save_casing
from graphwright.models.runtime import OnnxEncoder, TagRecognizer
from graphwright.models.shipped import CASING, load_encoder, weights_folder
from graphwright.pipeline.records import make_document

CORPUS = Path(__file__).parents[1] / "examples" / "corpus"
WORDS = Casing(frozenset({"the", "met", "in", "of"}), frozenset({"nato"}))
TEXT = "In May the head of NATO met Vera Lund in Oslo. The rain fell, and nobody in the town went out to see it."


@pytest.mark.parametrize(
    "text",
    [
        "vera lund lives in oslo",
        "VERA LUND, Esq., LIVED IN OSLO, NOT FAR FROM HALLGRIM",
        "ß",
        "ÉCOLE",
    ],
)
def test_one_case(text: str) -> None:
    assert one_case(text)


@pytest.mark.parametrize("text", ["", "42", "東京", "Vera", TEXT, "VERA lund", "The rain fell on the roof."])
def test_both_cases_or_none(text: str) -> None:
    assert not one_case(text)


@pytest.mark.parametrize(
    "text", ["the head of nato met vera lund.\n\nin oslo", "THE HEAD OF NATO MET VERA LUND.\n\nIN OSLO"]
)
def test_case_is_restored(text: str) -> None:
    assert WORDS.restored(text) == "The Head of NATO met Vera Lund.\n\nIn Oslo"


@given(st.text(max_size=60))
def test_restored_text_is_as_long_and_the_same_but_for_case(text: str) -> None:
    restored = WORDS.restored(text)
    assert len(restored) == len(text)
    assert restored.casefold() == text.casefold()
    assert WORDS.restored(restored) == restored


def test_casing_is_learned_within_sentences_alone() -> None:
    shouted = "ALL OF THIS IS SHOUTED. "
    texts = ["Rain fell in Oslo. Rain fell on NATO and NATO fell. IBM and Rain and rain and rain.", shouted, "oslo"]
    found = learned_casing(texts)
    assert found.small == {"fell", "in", "on", "and", "rain"}
    assert found.capitals == {"nato"}


@given(st.frozensets(st.text(st.characters(categories=["Ll"]), min_size=1, max_size=5).filter(str.islower)))
def test_what_is_saved_is_loaded(words: frozenset[str]) -> None:
    small = frozenset(word for word in words if word.upper().lower() == word and word.upper() != word)
    casing = Casing(small, frozenset({"nato"} - small))
    with TemporaryDirectory() as folder:
        save_casing(casing, Path(folder) / CASING)
        assert load_casing(Path(folder) / CASING) == casing


def test_weights_from_before_have_none(tmp_path: Path) -> None:
    assert load_casing(tmp_path / CASING) is None


def names(encoder: OnnxEncoder, text: str) -> set[str]:
    found = TagRecognizer().recognize(encoder.encode(make_document("d", text, language="en")))
    return {text[mention.start : mention.end] for mention in found if mention.form == "name"}


@pytest.mark.parametrize("written", [str.lower, str.upper])
def test_more_names_are_found_in_texts_of_one_case(written: Callable[[str], str]) -> None:
    encoder = load_encoder(weights_folder())
    texts = [path.read_text(encoding="utf-8")[:1500] for path in sorted(CORPUS.rglob("*.txt"))[:8]]
    known = [{written(name) for name in names(encoder, text)} for text in texts]

    def f1(read: OnnxEncoder) -> float:
        found = [names(read, written(text)) for text in texts]
        both = sum(len(one & other) for one, other in zip(known, found, strict=True))
        return 2 * both / (sum(map(len, known)) + sum(map(len, found)))

    restored, plain = f1(encoder), f1(replace(encoder, casing=None))
    assert restored > plain + 0.01
    assert restored > 0.8


def test_states_are_of_the_pieces_that_are_told() -> None:
    encoder = load_encoder(weights_folder())
    for text in (TEXT, TEXT.lower(), TEXT.upper()):
        states = encoder.encode(make_document("d", text, language="en")).states
        assert np.array_equal(states, encoder.states(encoder.pieces(text)))


def test_texts_of_both_cases_are_read_once() -> None:
    encoder = load_encoder(weights_folder())
    document = make_document("d", TEXT, language="en")
    first, second = encoder.encode(document), replace(encoder, casing=None).encode(document)
    assert np.array_equal(first.tags, second.tags)
    assert np.array_equal(first.states, second.states)
