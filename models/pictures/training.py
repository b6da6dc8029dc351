"""From drawings to the folder of the picture network: fit, shrink, calibrate, test."""

from __future__ import annotations

import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np
from numpy.typing import NDArray

from graphwright.models.classifiers.config import CnnConfig, FitConfig
from graphwright.models.classifiers.fitting import build, run
from graphwright.models.classifiers.layers import InputSpec
from graphwright.models.pictures.augmenting import SIZE
from graphwright.models.pictures.classes import classes_to_json
from graphwright.models.pictures.exporting import export_pictures
from graphwright.models.pictures.heat import load_network
from graphwright.models.pictures.runtime import GRAPH, PICTURES, load_pictures, tempered
from graphwright.models.pictures.sets import Drawings, DrawnBatches, load_drawings
from graphwright.models.pictures.testing import calibration_set, figures
from graphwright.models.progress import Say, Track, silent, untracked
from graphwright.models.shipped import read_card, write_card
from graphwright.models.training_loop import CHECKPOINT
from graphwright.pipeline.identity import content_hash

NETWORK: Final = CnnConfig(filters=(16, 32, 64, 128), hidden=128, normalise=True, dropout=0.2)
FIT: Final = FitConfig(epochs=60, batch=64, rate=2e-3, anneal=True, smoothing=0.02)
STEPS: Final = 50
KERAS: Final = "network.keras"
"""The same network with its gradients, for explanations."""
SCALE: Final = InputSpec((SIZE, SIZE, 3), (128.0,), (4900.0,))
TEMPERATURES: Final = np.exp(np.linspace(np.log(0.3), np.log(3.0), 93))


def train_drawings(
    data: Path,
    output: Path,
    *,
    seed: int = FIT.seed,
    epochs: int | None = None,
    steps: int = STEPS,
    start: Path | None = None,
    say: Say = silent,
    track: Track = untracked,
) -> Path:
    """Train on the drawings that a folder lists (see ``drawings``) into ``output``, and return it.

    ``start`` is the folder of a network to go on from: weights of the same shape are taken over. A
    training cut off goes on where it was.
    Raises ``CorpusError`` where drawings are missing, ``ModelError`` where
    the loss is no number.
    """
    drawings = load_drawings(data)
    rate = FIT.rate / 2 if start else FIT.rate
    fit = replace(FIT, seed=seed, epochs=epochs or FIT.epochs, rate=rate)
    flags, logos = len(drawings.flags.pixels), len(drawings.logos.pixels)
    say(f"{data}: {flags} flags, {logos} logos, {len(drawings.classes)} classes")
    keras.utils.set_random_seed(seed)
    network = build(NETWORK, SCALE, 1 + len(drawings.classes))
    if start:
        take_over(network, load_network(start))
    names = [f"pictures drawn for batch {number + 1}" for number in range(steps)]
    place = output / f"{CHECKPOINT}-{content_hash('drawings', repr(fit), repr(NETWORK), str(steps))[:12]}"
    history = run(network, fit, DrawnBatches(drawings, fit.batch, steps), None, names, place, say, track)
    return save_drawings(
        network,
        drawings,
        output,
        {"fit": asdict(fit), "steps": steps, "start": start_version(start), "history": history},
    )


def take_over(network: keras.Model, start: keras.Model) -> None:
    """The weights of each layer of ``start`` that has a counterpart of the same shape, such as all convolutions of a
    network for pictures of another size.
    """
    for layer, known in zip(network.layers, start.layers, strict=False):
        weights = known.get_weights()
        if [weight.shape for weight in layer.get_weights()] == [weight.shape for weight in weights]:
            layer.set_weights(weights)


def start_version(start: Path | None) -> str:
    """The version of the network that a training went on from."""
    return str(read_card(start)["version"]) if start else ""


def save_drawings(network: keras.Model, drawings: Drawings, output: Path, told: dict[str, Any]) -> Path:
    """Write the folder: the graph in 8 bits, then the card, with the temperature and the figures of that graph."""
    output.mkdir(parents=True, exist_ok=True)
    export_pictures(network, output / GRAPH)
    keras.Model(network.input, network.output, name=network.name).save(output / KERAS)
    version = content_hash("pictures", *(weight.tobytes().hex() for weight in network.get_weights()))
    card = {
        "kind": PICTURES, "version": version, "shape": SCALE.shape, "temperature": 1.0,
        "network": asdict(NETWORK), "classes": classes_to_json((None, *drawings.classes)), "merged": drawings.merged,
        "redrawn": drawings.redrawn, **told,
    }  # fmt: skip
    write_card(output, card)
    card["temperature"] = _temperature(output, drawings)
    write_card(output, card)
    card["scores"] = figures(load_pictures(output), drawings)
    write_card(output, card)
    for left in output.glob(f"{CHECKPOINT}-*"):
        shutil.rmtree(left, ignore_errors=True)
    return output


def score_drawings(folder: Path, data: Path) -> dict[str, float]:
    """The figures of a network on the flags of the other package and on logos among pictures of none."""
    return figures(load_pictures(folder), load_drawings(data))


def _temperature(folder: Path, drawings: Drawings) -> float:
    pictures, targets = calibration_set(drawings)
    return best_temperature(load_pictures(folder).probabilities(pictures), targets)


def best_temperature(answers: NDArray[np.float32], targets: NDArray[np.int64]) -> float:
    """The temperature under which the true classes are likeliest (Guo et al. 2017)."""
    rows = np.arange(len(targets))
    losses = [-np.log(np.maximum(tempered(answers, t)[rows, targets], 1e-9)).mean() for t in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])
