"""The robustness suite: what garbling costs, by measure."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from test_edits import TEXT, labelled

from graphwright.flows.cli import run
from graphwright.models.perturbations import PERTURBATIONS
from graphwright.models.robustness import Drop, perturbed, robustness
from graphwright.pipeline.interchange import write_annotated


def test_a_reader_that_knows_the_answers_loses_nothing() -> None:
    drops = list(robustness([labelled("a"), labelled("b")], lambda documents, _: iter(documents), 0.5, {}))
    assert {drop.perturbation for drop in drops} == {*PERTURBATIONS, "long documents"}
    assert {(drop.clean, drop.score) for drop in drops} == {(1.0, 1.0)}
    assert ("unseen names", "linking accuracy, mentions given") not in {(d.perturbation, d.measure) for d in drops}


def test_what_is_no_longer_found_is_lost() -> None:
    def reader(documents, _):  # type: ignore[no-untyped-def]
        for item in documents:
            yield item if "Orla Finn" in item.document.text else replace(item, mentions=(), entities=(), relations=())

    drops = {(d.perturbation, d.measure): d.drop for d in robustness([labelled()], reader, 0.5, {})}
    assert drops["small letters", "entities F1"] == 1
    assert drops["asides", "entities F1"] == 0


def test_a_drop_of_nothing_is_none() -> None:
    assert Drop("capitals", "entities F1", 0.0, 0.0).drop == 0
    assert Drop("capitals", "entities F1", 0.8, 0.6).drop == pytest.approx(0.25)


def test_perturbed_documents_are_functions_of_their_ids_and_the_seed() -> None:
    both = [labelled("a"), labelled("b")]
    found = dict(perturbed(both, 1))
    assert dict(perturbed(both, 1)) == found
    assert dict(perturbed(both[::-1], 1))["typing errors"] == found["typing errors"][::-1]
    assert dict(perturbed(both, 2))["typing errors"] != found["typing errors"]
    assert [item.document.text for item in found["long documents"]] == [f"{TEXT}\n\n{TEXT}"]


@pytest.mark.slow
def test_the_command_prints_what_is_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_annotated([labelled("a"), labelled("b")], tmp_path / "gold.jsonl")
    assert run(["bench", str(tmp_path / "gold.jsonl"), "--robustness", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"perturbation", "measure", "clean", "score", "drop"} == set(rows[0])
    assert {row["perturbation"] for row in rows} == {*PERTURBATIONS, "long documents"}
