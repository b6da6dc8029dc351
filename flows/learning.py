"""Training steps by name, what each is tested by, and the promotion of a model that is better than the one in use."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from graphwright.flows.quiet_tensorflow import load_tensorflow
from graphwright.models.progress import Say, Track, silent, untracked
from graphwright.pipeline.errors import ConfigurationError, StoreError, UsageError

Scores = dict[str, float]
Train = Callable[..., Path]
Start = Literal["encoder", "scratch"]
MEASURE = "f1"
SEED = 13
STEPS = ("encoder", "coreference", "fnn", "cnn", "rnn", "committee", "linker")
CLASSIFIERS = ("cnn", "fnn", "rnn")


def known_steps(names: Sequence[str] | None) -> tuple[str, ...]:
    """Names of steps in the order of training, all where ``None``. Raises ``UsageError`` for an unknown one."""
    unknown = sorted(set(names or ()) - set(STEPS))
    if unknown:
        raise UsageError(f"nothing to train is called {unknown[0]!r}; known: {', '.join(STEPS)}")
    return tuple(step for step in STEPS if names is None or step in names)


def steps_of(part: str, network: str) -> tuple[str, ...]:
    """The steps that a part of the command line stands for.

    >>> steps_of("relations", "cnn")
    ('cnn',)
    """
    parts = {
        "ner": ("encoder",),
        "relations": (network,),
        "coreference": ("coreference",),
        "linker": ("linker",),
        "all": STEPS,
    }
    if part not in parts:
        raise UsageError(f"nothing to train is called {part!r}; known: {', '.join(parts)}")
    return parts[part]


def trainer(name: str, say: Say, track: Track) -> Train:
    """The function of a step: ``(data, output, *, seed, epochs) -> folder of the model``."""
    from graphwright.models import coreference_training, train

    if name == "encoder":
        return partial(train.train_ner, say=say, track=track)
    if name == "coreference":
        return partial(coreference_training.train_coreference, say=say, track=track)
    if name in ("committee", "linker"):
        return train.train_committee if name == "committee" else train.train_linker
    return partial(train.train_relations, network=name, say=say, track=track)


def train_step(
    name: str,
    data: Path,
    output: Path,
    *,
    seed: int = SEED,
    epochs: int | None = None,
    say: Say = silent,
    track: Track = untracked,
) -> Path:
    """Train one network into ``output/name``; returns the model's folder. A training cut off goes on where it was.

    Where ``data`` is a set of labelled pictures, texts, pairs or arrays, the network is a classifier of these.
    """
    if name in CLASSIFIERS and classifies(data):
        return train_classifier(data, output / name, network=name, seed=seed, epochs=epochs, say=say, track=track)
    if not data.is_dir():
        raise ConfigurationError(f"no folder of data sets {data}")
    return trainer(name, say, track)(data, output / name, seed=seed, epochs=epochs)


def classifies(data: Path) -> bool:
    """Whether data are one set of labelled examples (a file, or a folder of pictures by class), not several sets."""
    from graphwright.models.classifiers.reading import kind_of

    return data.is_file() or (data.is_dir() and not _data_sets(data) and kind_of(data) == "pictures")


def train_classifier(
    data: Path,
    output: Path,
    *,
    network: str,
    seed: int = SEED,
    epochs: int | None = None,
    options: Mapping[str, object] | None = None,
    validation: Path | None = None,
    beside: Path | None = None,
    say: Say = silent,
    track: Track = untracked,
) -> Path:
    """Train a classifier of pictures, texts, pairs of entities or arrays into ``output``; returns it."""
    from graphwright.models.classifiers import training

    return training.train_classifier(
        data, output, network=network, seed=seed, epochs=epochs, options=options, validation=validation, beside=beside,
        say=say, track=track,
    )  # fmt: skip


def history(folder: Path) -> Sequence[Mapping[str, float]]:
    """The figures of each epoch of a classifier's training."""
    from graphwright.models.shipped import read_card

    figures: list[dict[str, float]] = read_card(folder)["history"]
    return figures


def test_step(folder: Path, data: Path) -> Scores:
    """Scores of a trained model on held-out documents, of a classifier on held-out examples."""
    load_tensorflow()
    if _is_classifier(folder):
        from graphwright.models.classifiers.training import score_classifier

        return score_classifier(folder, data)
    from graphwright.models.train import test_model

    return test_model(folder, data)


def train_parts(
    part: str,
    data: Path,
    output: Path,
    *,
    network: str = "rnn",
    seed: int = SEED,
    epochs: int | None = None,
    say: Say = silent,
    track: Track = untracked,
) -> dict[str, Scores]:
    """Train the steps of a part, one after the other, and test each: step -> measure -> score."""
    scores = {}
    for name in steps_of(part, network):
        folder = train_step(name, data, output, seed=seed, epochs=epochs, say=say, track=track)
        scores[name] = test_step(folder, data)
    return scores


def train_own(
    data: Path,
    output: Path,
    *,
    start: Start,
    network: str = "rnn",
    seed: int = SEED,
    epochs: int | None = None,
    say: Say = silent,
    track: Track = untracked,
) -> dict[str, Scores]:
    """Train a relation network on one data set into ``output``, and test it on a part kept back.

    It starts from the encoder that ships, or from nothing and without an encoder.
    """
    from graphwright.models import own_documents, scratch, tuning

    train = tuning.train_tuned if start == "encoder" else scratch.train_scratch
    train(data, output, network=network, seed=seed, epochs=epochs, say=say, track=track)
    return {network: own_documents.test_own(output, data)}


def _is_classifier(folder: Path) -> bool:
    from graphwright.models.shipped import CARD, read_card

    return (folder / CARD).is_file() and read_card(folder).get("kind") == "classifier"


def _data_sets(data: Path) -> bool:
    return any(path.suffix in (".jsonl", ".gz", ".json") for path in data.glob("*/*"))


def score_any(model: Path, data: Path) -> Scores:
    """Scores of a model's folder, or of predictions in a JSON-lines file, on labelled documents.

    ``data`` is the folder of data sets; for predictions, a network of your own and a classifier, a single set.
    """
    if model.is_dir():
        from graphwright.models.shipped import read_card

        if read_card(model).get("kind") == "pictures":
            from graphwright.flows.learning_pictures import test_pictures

            return test_pictures(model, data)
        if "input" in read_card(model):
            from graphwright.models.own_documents import test_own

            return test_own(model, data)
        return test_step(model, data)
    if model.is_file():
        from graphwright.models.scoring import score_predictions

        return score_predictions(model, data)
    raise UsageError(f"{model}: no such folder of a model or file of predictions")


def promote(candidate: Path, place: Path, data: Path) -> bool:
    """Put a model in the place of the one in use if it scores better on the same documents; whether it did.

    The place holds the old or the new model whole, never a mixture.
    """
    if place.is_dir() and test_step(candidate, data)[MEASURE] <= test_step(place, data)[MEASURE]:
        return False
    fresh, old = place.with_name(place.name + ".new"), place.with_name(place.name + ".old")
    try:
        for left in (fresh, old):
            shutil.rmtree(left, ignore_errors=True)
        shutil.copytree(candidate, fresh)
        if place.is_dir():
            os.replace(place, old)
        os.replace(fresh, place)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise StoreError(f"the model cannot be put into {place}: {error.strerror or error}") from error
    return True
