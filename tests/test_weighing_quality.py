"""The program that tells what weighs on facts: folds keep texts whole, and what it counts is what the rules move."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from weighing_quality import FOLDS, best_f1, best_shift, fold_of_texts, outcomes

from graphwright.pipeline.records import Annotated, Document, Entity, Mention, Relation


class Known:
    def values(self, kb_id: str, property: str) -> Collection[str]:
        return {("Q1", "P17"): ("Q2",)}.get((kb_id, property), ())


def test_a_text_is_in_one_fold_whatever_was_given_of_it() -> None:
    ids = [*map(str, range(7)), "3", "0"]
    folds = fold_of_texts(ids, [2] * 6 + [0, 3, 1])
    assert folds.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 0, 0, 3, 3, 3, 0]
    assert set(folds) == set(range(FOLDS))


def test_the_shift_that_fits_makes_as_many_true_as_are_expected() -> None:
    scores, true = np.full(100, 0.5), np.arange(100) < 88
    assert abs(best_shift(scores, true) - 2.0) < 0.11
    assert abs(best_shift(scores, ~true) + 2.0) < 0.11


def test_the_best_f1_is_that_of_the_best_threshold() -> None:
    assert best_f1(np.asarray([0.9, 0.8, 0.1], np.float32), np.asarray([True, False, True])) == 0.8


def test_only_facts_that_the_knowledge_base_moves_are_counted() -> None:
    text = "Lyon is in France, not in Chad."
    spans = [(text.index(name), text.index(name) + len(name)) for name in ("Lyon", "France", "Chad")]
    wanted = tuple(Entity(place, "", "LOC", (Mention("1", *span, "LOC"),)) for place, span in enumerate(spans))
    gold = Annotated(Document("1", text, ""), entities=wanted, relations=(Relation(0, 1, "P17", 1.0),))
    ours = tuple(replace(entity, id=7 - entity.id, kb_id=f"Q{entity.id + 1}") for entity in wanted)
    told = (Relation(7, 6, "P17", 0.6), Relation(7, 5, "P17", 0.4), Relation(6, 5, "P47", 0.5))
    found = replace(gold, entities=ours, relations=told)
    assert list(outcomes(gold, found, Known())) == [("held", 0.6, True), ("contradicted", 0.4, False)]
