"""Classifiers as commands, and as tasks in a flow of the user's own on a real Prefect server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from classifier_examples import examples_of
from PIL import Image

from graphwright.flows import learning
from graphwright.flows.cli import run
from graphwright.pipeline.errors import ConfigurationError

if TYPE_CHECKING:
    from services.prefect_server import PrefectServer

OWN_FLOW = """
import sys
from pathlib import Path
from prefect import flow
from prefect.artifacts import Artifact
from graphwright.flows.training import test, train_cnn, train_fnn, train_rnn

@flow
def mine(folder: Path):
    found = {}
    for task, data in ((train_cnn, "pictures"), (train_rnn, "texts.jsonl"), (train_fnn, "arrays.npz")):
        model = task(folder / data, folder / "models", epochs=2, options={"batch": 8, "rare": 1})
        found[model.name] = test(model, folder / data)
    return found

found = mine(Path(sys.argv[1]))
assert sorted(found) == ["cnn", "fnn", "rnn"], found
assert all(0 <= scores["accuracy"] <= 1 and scores["examples"] >= 3 for scores in found.values()), found
for name in found:
    assert "val_accuracy" in Artifact.get("training-" + name).data
print("all three")
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of pictures, a file of texts and an archive of arrays."""
    pictures, texts = examples_of("pictures"), examples_of("texts")
    for pixels, label, number in zip(pictures.items, pictures.labels, range(30), strict=True):
        (tmp_path / "pictures" / label).mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.asarray(pixels)).save(tmp_path / "pictures" / label / f"{number}.png")
    lines = [
        {"text": " ".join(text.tokens), "label": label} for text, label in zip(texts.items, texts.labels, strict=True)
    ]
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    np.savez(tmp_path / "arrays.npz", x=pictures.items, y=np.array(pictures.labels))
    return tmp_path


def test_trained_and_scored_on_the_command_line(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, texts = str(data / "model"), str(data / "texts.jsonl")
    code = run(
        ["train", "classifier", "--network", "fnn", "--data", texts, "-o", folder, "--epochs", "2", "--set", "rare=1",
         "--set", "hidden=8", "--json"]
    )  # fmt: skip
    assert code == 0
    shown = capsys.readouterr()
    assert set(json.loads(shown.out)["fnn"]) >= {"accuracy", "f1", "macro_f1", "examples"}
    assert "30 texts of 3 classes" in shown.err
    assert run(["score", folder, texts, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["examples"] == 3


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["classifier", "--data", "DATA", "--set", "hidden"], 2, "NAME=VALUE"),
        (["classifier", "--data", "DATA", "--fine-tune"], 2, "for relations"),
        (["relations", "--data", "DATA", "--set", "hidden=1"], 2, "are for a classifier"),
        (["classifier", "--data", "EMPTY"], 1, "one folder of pictures for each class"),
    ],
)
def test_usage_is_told_in_a_line(
    arguments: list[str], code: int, message: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "empty").mkdir()
    places = {"DATA": str(data / "texts.jsonl"), "EMPTY": str(data / "empty")}
    words = [places.get(word, word) for word in arguments]
    assert run(["train", *words, "-o", str(data / "model")]) == code
    assert message in capsys.readouterr().err


def test_data_tell_what_is_meant(data: Path) -> None:
    assert all(learning.classifies(data / name) for name in ("pictures", "texts.jsonl", "arrays.npz"))
    (data / "sets" / "redocred").mkdir(parents=True)
    (data / "sets" / "redocred" / "dev.jsonl.gz").write_bytes(b"")
    (data / "sets" / "images").mkdir()
    (data / "pictures" / "a" / "0.png").rename(data / "sets" / "images" / "0.png")
    assert not learning.classifies(data / "sets")
    assert not learning.classifies(data / "nowhere")
    with pytest.raises(ConfigurationError, match="no folder of data sets"):
        learning.train_step("rnn", data / "nowhere", data / "out")


@pytest.mark.prefect
@pytest.mark.slow
def test_a_flow_of_ones_own_trains_all_three(data: Path, prefect_service: PrefectServer) -> None:
    done = subprocess.run(
        [sys.executable, "-c", OWN_FLOW, str(data)],
        env=dict(prefect_service.environment), capture_output=True, text=True, timeout=400, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.strip().endswith("all three")
