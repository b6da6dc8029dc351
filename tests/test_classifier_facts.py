"""Relations of pairs as facts: a pair is asked once, stated from a threshold on, and counted once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from classifier_examples import examples_of, small
from hypothesis import given
from hypothesis import strategies as st

from graphwright.models.classifiers.classifier import Classifier, answers, load, probabilities, save
from graphwright.models.classifiers.classifier import test as measured
from graphwright.models.classifiers.examples import NONE, Examples
from graphwright.models.classifiers.facts import fact_scores, fact_threshold, likeliest
from graphwright.models.classifiers.fitting import fit

LABELS = ("buys", NONE, "owns")
PAIRS = ("a", "a", "b", "c", "d")
GOLD = ("buys", "owns", "owns", NONE, NONE)


def pairs(names: tuple[str, ...] = PAIRS, gold: tuple[str, ...] = GOLD) -> Examples:
    return Examples("pairs", examples_of("pairs", len(names)).items, gold, names, names)


def test_a_pair_with_two_relations_is_one_question_with_two_answers() -> None:
    found = fact_scores(("buys", "buys", "owns", "owns", NONE), pairs())
    assert found == {"precision": pytest.approx(2 / 3), "recall": pytest.approx(2 / 3), "f1": pytest.approx(2 / 3)}


def test_nothing_stated_of_nothing_said_is_no_score() -> None:
    assert fact_scores((NONE,) * 5, pairs(gold=(NONE,) * 5)) == {"precision": 0.0, "recall": 0.0, "f1": 0.0}


def test_the_likeliest_relation_is_never_none() -> None:
    relations, scores = likeliest(np.asarray([[0.1, 0.7, 0.2], [0.3, 0.5, 0.2]], np.float32), LABELS)
    assert relations == ["owns", "buys"]
    assert scores.tolist() == pytest.approx([0.2, 0.3])


def test_a_relation_less_likely_than_none_is_stated_where_that_pays() -> None:
    found = np.asarray(
        [[0.3, 0.6, 0.1], [0.3, 0.6, 0.1], [0.1, 0.6, 0.3], [0.05, 0.9, 0.05], [0.1, 0.9, 0.0]], np.float32
    )
    assert fact_threshold(found, LABELS, pairs()) == pytest.approx(0.3)


def test_without_facts_the_threshold_is_a_half() -> None:
    found = np.full((5, 3), 1 / 3, np.float32)
    assert fact_threshold(found, LABELS, pairs(gold=(NONE,) * 5)) == 0.5
    assert fact_threshold(found[:0], LABELS, pairs((), ())) == 0.5


@given(st.integers(0, 10**6))
def test_no_other_threshold_is_better(seed: int) -> None:
    random = np.random.default_rng(seed)
    found = random.dirichlet(np.ones(3), 12).astype(np.float32)
    examples = pairs(tuple(map(str, range(12))), tuple(random.choice(LABELS, 12)))
    relations, scores = likeliest(found, LABELS)

    def f1(threshold: float) -> float:
        stated = [name if score >= threshold else NONE for name, score in zip(relations, scores, strict=True)]
        return fact_scores(stated, examples)["f1"]

    best = f1(fact_threshold(found, LABELS, examples))
    assert all(f1(float(score)) <= best + 1e-9 for score in scores)


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    learned = examples_of("pairs", 60)
    known = replace(learned, labels=tuple(NONE if label == "c" else label for label in learned.labels))
    return fit(small("fnn"), known, known).classifier


def test_a_classifier_of_pairs_states_from_its_threshold_on(classifier: Classifier, tmp_path: Path) -> None:
    examples = examples_of("pairs", 12, seed=4)
    assert classifier.threshold is not None
    assert set(answers(replace(classifier, threshold=0.0), examples.items)) <= {"a", "b"}
    assert set(answers(replace(classifier, threshold=1.1), examples.items)) == {NONE}
    plain = replace(classifier, threshold=None)
    likely = probabilities(plain, examples.items).argmax(axis=1)
    assert answers(plain, examples.items) == [classifier.labels[place] for place in likely]
    again = load(save(classifier, tmp_path))
    assert again.threshold == classifier.threshold
    assert answers(again, examples.items) == answers(classifier, examples.items)


def test_its_scores_count_facts(classifier: Classifier) -> None:
    examples = examples_of("pairs", 12, seed=4)
    known = replace(examples, labels=tuple(NONE if label == "c" else label for label in examples.labels))
    doubled = replace(
        known,
        items=(*known.items, *known.items),
        labels=known.labels * 2,
        names=known.names * 2,
        groups=known.groups * 2,
    )
    assert measured(classifier, doubled)["f1"] == measured(classifier, known)["f1"] > 0.5


def test_labels_without_none_and_texts_have_no_threshold() -> None:
    for kind in ("pairs", "texts"):
        examples = examples_of(kind, 24)
        assert fit(small("fnn", {"epochs": 1}), examples, examples).classifier.threshold is None
