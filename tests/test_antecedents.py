"""What the coreference network reads: candidates in reach, relations of strings, vectors of any span."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphwright.models.antecedents import (
    ACRONYM,
    CANDIDATES,
    EQUAL,
    NEAREST,
    PAIR_BUCKETS,
    SAME_HEAD,
    SAME_NAME_HEAD,
    SINGLE_BUCKETS,
    antecedent_features,
)
from graphwright.pipeline.mention_traits import DETERMINERS, GENDERS, KINDS, mention_traits, traits
from graphwright.pipeline.protocols import Encoded
from graphwright.pipeline.records import Form, Mention, make_document
from graphwright.pipeline.sentences import sentences

WIDTH = 4
WORDS = ("Ada Byron", "Byron", "she", "the old house", "a house", "RAS", "Royal Astronomical Society", "🦉", "of")


def encoded(text: str) -> Encoded:
    """One piece a character, whose state is its place."""
    places = np.arange(len(text), dtype=np.int32)
    states = np.repeat(places[:, None], WIDTH, 1).astype(np.float32)
    return Encoded(
        make_document("test", text), sentences(text), np.stack([places, places + 1], 1), states, states[:, :1]
    )


def mentions(words: list[str], form: Form = "name") -> tuple[str, list[Mention]]:
    text, found = "", []
    for word in words:
        found.append(Mention("d", len(text), len(text) + len(word), "PER", 1.0, form))
        text += word + ". "
    return text, found


def string_relation(first: str, second: str, form: Form = "name") -> int:
    text, found = mentions([first, second], form)
    features = antecedent_features(encoded(text), found, mention_traits(text, found))
    assert features.candidates[1, 0] == 0
    return int(features.pairs[1, 0, 0])


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12))
def test_arrays_fit_their_buckets_and_look_back_only(words: list[str]) -> None:
    text, found = mentions(words)
    features = antecedent_features(encoded(text), found, mention_traits(text, found))
    assert features.vectors.shape == (len(words), 3 * WIDTH)
    assert features.candidates.shape == (len(words), CANDIDATES)
    assert (features.candidates < np.arange(len(words))[:, None]).all()
    assert (features.pairs >= 0).all()
    assert (features.singles >= 0).all()
    assert (features.pairs < np.asarray(PAIR_BUCKETS)).all()
    assert (features.singles < np.asarray(SINGLE_BUCKETS)).all()


def test_vectors_are_first_last_and_mean() -> None:
    text, alone = "Ada Byron slept", [Mention("d", 4, 9, "PER")]
    features = antecedent_features(encoded(text), alone, mention_traits(text, alone))
    assert features.vectors[0].tolist() == [4.0] * WIDTH + [8.0] * WIDTH + [6.0] * WIDTH


def test_a_far_mention_of_the_same_name_stays_a_candidate() -> None:
    words = ["Grace Hopper", *(f"Person {chr(65 + n % 26)}{n}x" for n in range(NEAREST + 60)), "Grace Hopper"]
    text, found = mentions(words)
    features = antecedent_features(encoded(text), found, mention_traits(text, found))
    last = features.candidates[-1]
    assert 0 in last
    assert features.pairs[-1, last.tolist().index(0), 0] == EQUAL
    assert features.singles[-1, -1] == 2
    assert last[:NEAREST].tolist() == list(range(len(words) - 2, len(words) - 2 - NEAREST, -1))


@pytest.mark.parametrize(
    ("first", "second", "form", "relation"),
    [
        ("Ada Byron", "ADA BYRON", "name", EQUAL),
        ("Ada Byron", "Byron", "name", SAME_NAME_HEAD),
        ("the old house", "the house", "nominal", SAME_HEAD),
        ("Royal Astronomical Society", "RAS", "name", ACRONYM),
        ("RAS", "Royal Astronomical Society", "name", ACRONYM),
        ("Ada Byron", "Grace Hopper", "name", 0),
        ("she", "Ada Byron", "name", 0),
        ("she", "She", "pronoun", EQUAL),
    ],
)
def test_relations_of_strings(first: str, second: str, form: Form, relation: int) -> None:
    assert string_relation(first, second, form) == relation


@pytest.mark.parametrize(
    ("text", "head", "kind", "gender", "determiner"),
    [
        ("her", "her", "she", "female", "none"),
        ("her husband", "husband", "none", "male", "possessive"),
        ("Mrs. Reed", "reed", "none", "female", "none"),
        ("the men of the north", "men", "none", "plural", "the"),
        ("an owner who left", "owner", "none", "unknown", "a"),
        ("they", "they", "they", "plural", "none"),
        ("those dogs", "dogs", "none", "plural", "this"),
        ("Boris", "boris", "none", "unknown", "none"),
        ("🦉", "", "none", "unknown", "none"),
    ],
)
def test_traits(text: str, head: str, kind: str, gender: str, determiner: str) -> None:
    found = traits(text)
    assert (found.head, KINDS[found.kind], GENDERS[found.gender], DETERMINERS[found.determiner]) == (
        head,
        kind,
        gender,
        determiner,
    )
