"""Pairs read in both directions: marks exchanged, converse labels learned, and answers that agree."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from classifier_examples import small

from graphwright.models.classifiers.classifier import load, probabilities, save
from graphwright.models.classifiers.directions import converses, reversed_text
from graphwright.models.classifiers.examples import Examples, Text
from graphwright.models.classifiers.fitting import fit
from graphwright.models.classifiers.texts import WORD, marked_text

LABELS = ("none", "owned by", "owns", "rivals")


def pair(words: str, *, back: bool = False) -> Text:
    """The first and the last word as head and tail, or as tail and head."""
    found = [match.span() for match in WORD.finditer(words)]
    ends = (found[-1], found[0]) if back else (found[0], found[-1])
    return marked_text(words, *ends, "words")


def stated(*facts: tuple[str, str, str]) -> Examples:
    """Texts with the label of each direction."""
    items = tuple(pair(words, back=back) for words, _, _ in facts for back in (False, True))
    labels = tuple(label for _, one, other in facts for label in (one, other))
    names = tuple(map(str, range(len(labels))))
    return Examples("pairs", items, labels, names, names)


OWNERS = stated(
    *((f"{name} bought all of Ash", "owns", "owned by") for name in ("Beech", "Cedar", "Elm")),
    *((f"{name} belongs to Ash", "owned by", "owns") for name in ("Fir", "Oak")),
    ("Yew fights Ash", "rivals", "rivals"),
    ("Lime met Ash", "none", "none"),
)


def test_a_text_reversed_is_that_of_the_other_pair() -> None:
    assert reversed_text(pair("Beech bought Ash")) == pair("Beech bought Ash", back=True)
    assert reversed_text(reversed_text(pair("Beech bought Ash"))) == pair("Beech bought Ash")


def test_converses_are_learned_and_mutual() -> None:
    assert [LABELS[place] for place in converses(OWNERS, LABELS)] == ["none", "owns", "owned by", "rivals"]


def test_facts_stated_in_one_direction_have_no_converse() -> None:
    one_way = stated(("Beech bought Ash", "owns", "none"), ("Yew fights Ash", "none", "none"))
    assert converses(one_way, ("none", "owns")) == ()


def test_both_directions_get_one_answer(tmp_path: Path) -> None:
    classifier = fit(small("rnn", {"epochs": 2}), OWNERS).classifier
    assert classifier.converses
    texts = (pair("Beech bought Oak"), pair("Oak belongs to Elm"))
    one = probabilities(classifier, texts)
    other = probabilities(classifier, tuple(map(reversed_text, texts)))
    assert np.allclose(one, other[:, classifier.converses], atol=1e-6)
    assert np.allclose(one.sum(axis=1), 1.0, atol=1e-5)
    again = load(save(classifier, tmp_path))
    assert np.allclose(probabilities(again, texts), one, atol=1e-6)
