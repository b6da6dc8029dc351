"""The training of the picture network: it goes on where it was cut off, stops where it goes astray, and is tested."""

import shutil

import numpy as np
import pytest
from drawings_maker import write_drawings

from graphwright.flows.learning import score_any
from graphwright.flows.learning_pictures import train_pictures
from graphwright.models.pictures.runtime import GRAPH, load_pictures, tempered
from graphwright.models.pictures.testing import calibration_error, f1
from graphwright.models.pictures.training import FIT, best_temperature, train_drawings
from graphwright.models.shipped import read_card
from graphwright.pipeline.errors import ModelError


class CutOffError(Exception):
    pass


def cut_off_after(batches):
    """A bar that ends the training after so many batches."""
    seen = 0

    def track(items, total):
        nonlocal seen
        for item in items:
            seen += 1
            if seen > batches:
                raise CutOffError
            yield item

    return track


@pytest.mark.slow
def test_a_training_that_was_cut_off_ends_as_one_that_was_not(tmp_path):
    data = write_drawings(tmp_path / "data")
    whole = train_drawings(data, tmp_path / "whole", epochs=2, steps=3)
    with pytest.raises(CutOffError):
        train_drawings(data, tmp_path / "cut", epochs=2, steps=3, track=cut_off_after(5))
    assert not (tmp_path / "cut" / GRAPH).exists()
    cut = train_drawings(data, tmp_path / "cut", epochs=2, steps=3)
    assert read_card(cut)["version"] == read_card(whole)["version"]
    assert not list(cut.glob("checkpoint-*"))
    network = load_pictures(cut)
    assert [item and item.kb_id for item in network.classes] == [None, "Q11", "Q12", "Q14"]
    scores = score_any(cut, data)
    assert {"flags_top1", "logos_f1", "ece"} <= set(scores)
    further = train_drawings(data, tmp_path / "further", epochs=1, steps=1, start=cut)
    assert read_card(further)["start"] == read_card(cut)["version"]


@pytest.mark.slow
def test_a_loss_that_is_no_number_ends_the_training_and_names_the_batch(tmp_path, monkeypatch):
    from dataclasses import replace

    from graphwright.models.pictures import training

    monkeypatch.setattr(training, "FIT", replace(FIT, rate=float("nan")))
    data = write_drawings(tmp_path / "data")
    with pytest.raises(ModelError, match=r"no number after batch 2 of epoch 1 \(pictures drawn for batch 2\)"):
        train_drawings(data, tmp_path / "out", epochs=1, steps=3)


def test_which_data_are_drawings_is_seen(tmp_path):
    data = write_drawings(tmp_path / "data")
    shutil.rmtree(data / "node_modules")
    with pytest.raises(Exception, match="npm install"):
        train_pictures(data, tmp_path / "out")


def test_the_temperature_is_the_one_that_makes_the_truth_likeliest():
    chance = np.random.default_rng(1)
    truth = chance.integers(0, 3, 4000)
    logits = chance.normal(0, 1, (4000, 3)) + 2 * np.eye(3)[truth]
    sharp = tempered(np.exp(logits).astype(np.float32), 1.0)
    assert best_temperature(tempered(sharp, 0.4), truth) == pytest.approx(
        best_temperature(sharp, truth) / 0.4, rel=0.05
    )


def test_figures_of_answers():
    true = np.array([0, 1, 2, 1])
    assert f1(np.array([0, 1, 1, 0]), true) == pytest.approx(2 * 1 / (2 + 3))
    sure = np.eye(3, dtype=np.float32)[[0, 1, 2, 1]]
    assert calibration_error(sure, true) == 0.0
    assert calibration_error(sure, np.array([0, 2, 1, 2])) == pytest.approx(0.75)
