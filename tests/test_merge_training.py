"""Merging across documents, measured on labelled documents whose ids are hidden from it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from graphwright.models.examples import read_rows
from graphwright.models.gold_entities import gold_entities
from graphwright.models.merge_training import (
    Hidden,
    entity_reader,
    fit_merging,
    hidden_occurrences,
    is_hidden,
    merging_scores,
)
from graphwright.models.shipped import COREFERENCE, weights_folder
from graphwright.pipeline.errors import ConfigurationError
from graphwright.pipeline.graph import Occurrence
from graphwright.pipeline.knowledge_starter import STARTER
from graphwright.pipeline.linking import load_linker
from graphwright.pipeline.records import Document, Entity
from graphwright.pipeline.resolution.resolve import resolve
from graphwright.pipeline.resolution.scores import FEATURES, MERGE_AT, UNPROVEN, merging_weights, pair_score

DATA = Path(__file__).parents[2] / "shared" / "data"
with_data = pytest.mark.skipif(not DATA.is_dir(), reason="the data sets are not here")


@pytest.mark.slow
@with_data
def test_of_hidden_entities_few_are_fused_and_most_are_joined(tmp_path: Path) -> None:
    read = entity_reader(weights_folder(), weights_folder() / COREFERENCE, load_linker(STARTER))
    files = [DATA / name for name in ("knowledgenet/dev.jsonl.gz", "text2kgbench-tekgen/dev.jsonl.gz")]
    scores = merging_scores(hidden_occurrences(files, read, seed=1, documents=1000))
    assert scores.pairs > 300
    assert scores.precision >= 0.97
    assert scores.recall >= 0.8
    assert scores.calibration_error <= 0.03


@with_data
def test_half_of_the_ids_are_hidden_and_all_are_known_to_the_judge() -> None:
    path = DATA / "knowledgenet/train.jsonl.gz"
    gold = {document.id: entities for document, entities in map(gold_entities, read_rows(path))}

    def read(document: Document) -> Sequence[Entity]:
        return [replace(entity, kb_id=None) for entity in gold[document.id]]

    hidden = hidden_occurrences([path], read, seed=3)
    assert {item.id for item in hidden.occurrences} == hidden.ids.keys()
    for item in hidden.occurrences:
        assert item.kb_id == (None if is_hidden(hidden.ids[item.id], 3) else hidden.ids[item.id])
    assert 0.4 < sum(item.kb_id is None for item in hidden.occurrences) / len(hidden.occurrences) < 0.6


def occurrence(number: int, name: str, context: Sequence[str] = (), label: str = "LOC") -> Occurrence:
    keys = (f"name:{label}:{name.lower()}",)
    return Occurrence(f"{number:04}", f"d{number}", label, name, (), None, 1.0, (), keys, tuple(context))


def test_a_network_learns_that_shared_words_tell_namesakes_apart() -> None:
    """Two places of one name: one always by the sea, the other in the hills."""
    items, ids = [], {}
    for number in range(60):
        place = number % 2
        items.append(occurrence(number, f"Port{number // 4}", ("~harbour",) if place else ("~mountain",)))
        ids[items[-1].id] = f"Q{number // 4 * 2 + place}"
    weights = dict(zip(FEATURES, fit_merging([Hidden(items, ids)], seed=1).tolist(), strict=True))
    assert weights["shared words"] + weights["any shared"] + weights["LOC single word"] > 0
    assert weights["LOC single word"] < 0


@pytest.mark.parametrize(
    ("label", "name", "context", "merged"),
    [
        ("PER", "Ann Reed", ((), ()), False),
        ("PER", "Ann Reed", (("~glacier",), ("~glacier",)), True),
        ("PER", "Ann Maria Reed", ((), ()), True),
        ("PER", "Smith", (("Q84", "english", "~sold"), ("Q84", "english", "~sold")), False),
        ("PER", "Sir", (("Q84", "english", "~film"), ("Q84", "english", "~film")), False),
        ("LOC", "Harrow Bay", ((), ()), True),
        ("LOC", "Harrow Bay", (tuple("abcdef"), tuple("ghijkl")), False),
        ("LOC", "Harrow Bay", (tuple("abcdef"), tuple("fghijk")), True),
    ],
)
def test_the_name_alone_does_not_merge_people_nor_what_is_known_to_differ(
    label: str, name: str, context: tuple[Sequence[str], Sequence[str]], merged: bool
) -> None:
    first, second = (occurrence(number, name, others, label) for number, others in enumerate(context))
    score, reasons = pair_score(first, second)
    assert score >= MERGE_AT
    assert UNPROVEN.isdisjoint(reasons) is merged
    result = resolve([first, second])
    assert (len(set(result.assignment.values())) == 1) is merged
    assert (not result.review) is merged


def test_weights_of_another_version_are_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "merging.json"
    with pytest.raises(ConfigurationError, match=r"cannot read .*merging\.json"):
        merging_weights(path)
    path.write_text(json.dumps({"format": 0, "features": [], "weights": []}))
    with pytest.raises(ConfigurationError, match="of another version"):
        merging_weights(path)


def test_fitting_is_a_function_of_pairs_and_seed() -> None:
    items = [occurrence(number, f"Town{number % 7}") for number in range(40)]
    hidden = Hidden(items, {item.id: f"Q{number % 9}" for number, item in enumerate(items)})
    assert np.array_equal(fit_merging([hidden], 1), fit_merging([Hidden(items[::-1], hidden.ids)], 1))
