"""Faults for training: of the same length, few, and a function of text and seed."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphwright.models.noise import noisy, noisy_texts, renamed
from graphwright.models.sources import Noise
from graphwright.models.stitching import Labelled
from graphwright.pipeline.records import Annotated, Document, Mention

TEXT = "Ada Lovelace was born in London, England, on 10 December 1815 and married William King in 1835. " * 3


@given(st.text(max_size=200), st.integers(0, 50))
def test_faults_keep_the_length(text: str, seed: int) -> None:
    changed = noisy(text, Random(seed))
    assert len(changed) == len(text)
    assert changed == noisy(text, Random(seed))


def test_all_kinds_of_faults_occur_and_most_letters_stay() -> None:
    texts = {noisy(TEXT, Random(seed)) for seed in range(60)}
    assert {TEXT.lower(), TEXT.upper()} < texts
    faulty = [text for text in texts if text not in (TEXT.lower(), TEXT.upper(), TEXT)]
    assert any("1ondon" in text or "Lond0n" in text or "L0ndon" in text for text in faulty)
    for text in faulty:
        assert 0 < sum(a != b for a, b in zip(text, TEXT, strict=True)) < 0.15 * len(TEXT)


@pytest.mark.parametrize("kind", ["faults", "names"])
def test_labels_stay_where_they_are(kind: Noise) -> None:
    mention = Mention("d", 0, 12, "PER")
    labelled = Labelled(Annotated(Document("d", TEXT, "urn:d"), (), (mention,)))
    [changed] = noisy_texts([labelled], kind, seed=1)
    assert changed.content.mentions == (mention,)
    assert changed.content.document.text != TEXT
    assert [changed] == list(noisy_texts([labelled], kind, seed=1))


def test_names_are_exchanged_for_invented_ones_everywhere_alike() -> None:
    mentions = (Mention("d", 0, 12, "PER"), Mention("d", 25, 31, "LOC"))
    changed = renamed(Annotated(Document("d", TEXT, "urn:d"), (), mentions), Random(1))
    assert len(changed) == len(TEXT)
    assert "Lovelace" not in changed
    assert "London" not in changed
    assert "England" in changed
    assert changed.count(changed[4:12]) == TEXT.count("Lovelace")
