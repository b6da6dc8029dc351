"""Integrated gradients: what words share adds up to the score, and those that say a fact have the largest shares."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from graphwright.models.arrays import encoder_inputs, relation_inputs
from graphwright.models.attribution import Networks, Word, load_networks, margins, masked, word_shares, words
from graphwright.models.features import relation_features
from graphwright.models.pieces import Pieces, split_pieces
from graphwright.models.shipped import DEFAULT, load_encoder, weights_folder
from graphwright.pipeline.errors import UsageError
from graphwright.pipeline.records import Entity, Mention
from graphwright.pipeline.sentences import sentences

WEIGHTS = weights_folder()
TEXT = "Orla Finn wrote poems. She was born in Cork, and worked for Delmar Foods in Paris."
PLACES = (("Orla Finn", "PER"), ("Cork", "LOC"), ("Delmar Foods", "ORG"))


@pytest.fixture(scope="module")
def networks() -> Networks:
    return load_networks(WEIGHTS, WEIGHTS / DEFAULT)


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return split_pieces(load_encoder(WEIGHTS).tokenizer, [TEXT])[0]


def entities() -> list[Entity]:
    spans = [(name, TEXT.index(name), label) for name, label in PLACES]
    found = [Mention("d", start, start + len(name), label) for name, start, label in spans]
    return [Entity(n, TEXT[m.start : m.end], m.label, (m,)) for n, m in enumerate(found)]


def shares(networks: Networks, pieces: Pieces, tail: int, type: str) -> dict[str, float]:
    found = word_shares(networks, TEXT, pieces, sentences(TEXT), entities(), (0, tail), type)
    return {TEXT[word.start : word.end]: word.share for word in reversed(found)}


@pytest.mark.slow
def test_the_shares_add_up_to_what_the_text_changes(networks: Networks, pieces: Pieces) -> None:
    found = word_shares(networks, TEXT, pieces, sentences(TEXT), entities(), (0, 1), "P19")
    features = relation_features(pieces.offsets, sentences(TEXT), entities(), [(0, 1)])
    inputs, text = relation_inputs([features], [len(pieces)]), encoder_inputs([pieces])
    summed = networks.encoder.get_layer("embedding").summed
    column = 1 + networks.types.index("P19")
    nothing, all_of_it = (
        float(margins(networks, summed(tf.constant(ids), tf.constant(text["cases"])), inputs, column)[0])
        for ids in (masked(text["pieces"]), text["pieces"])
    )
    assert sum(word.share for word in found) == pytest.approx(all_of_it - nothing, rel=0.05)


@pytest.mark.slow
def test_the_words_that_say_it_share_most(networks: Networks, pieces: Pieces) -> None:
    born = shares(networks, pieces, 1, "P19")
    assert max(born, key=lambda word: born[word]) in {"born", "Cork"}
    assert born["born"] > born["worked"]
    employed = shares(networks, pieces, 2, "P108")
    assert employed["worked"] > employed["born"]


def test_what_stands_nowhere_in_the_stretch_is_refused(networks: Networks, pieces: Pieces) -> None:
    far = Entity(3, "Paris", "LOC", (Mention("d", 900, 905, "LOC"),))
    with pytest.raises(UsageError, match="same stretch"):
        word_shares(networks, TEXT, pieces, sentences(TEXT), [*entities(), far], (0, 3), "P19")


def test_pieces_that_touch_are_one_word() -> None:
    offsets = np.array([[0, 4], [5, 8], [8, 10], [10, 11], [12, 13]], np.int32)
    found = list(words("Anna married. I", offsets, np.array([1, 2, 3, 0.5, 4], np.float32)))
    assert found == [Word(0, 4, 1.0), Word(5, 11, 5.5), Word(12, 13, 4.0)]
    assert [(w.start, w.end) for w in words("Cork.", np.array([[0, 4], [4, 5]]), np.ones(2, np.float32))] == [
        (0, 4),
        (4, 5),
    ]
