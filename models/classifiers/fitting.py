"""Fit a classifier: vocabulary and scale out of the learned examples, then Adam on the categorical cross-entropy."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from graphwright.models.classifiers.batches import FIRST, Batches, Shuffled, bigrams_of
from graphwright.models.classifiers.classifier import Classifier, decided
from graphwright.models.classifiers.cnn import cnn
from graphwright.models.classifiers.config import CnnConfig, FitConfig, FnnConfig, NetworkConfig, ReadConfig, Settings
from graphwright.models.classifiers.directions import converses
from graphwright.models.classifiers.ensembles import together
from graphwright.models.classifiers.examples import PARTS, Examples, Items
from graphwright.models.classifiers.fnn import fnn
from graphwright.models.classifiers.layers import InputSpec
from graphwright.models.classifiers.resuming import Checkpoints, Figures, Stopping, has_stopped, read_progress
from graphwright.models.classifiers.rnn import rnn
from graphwright.models.classifiers.watching import EpochOrder, Finite, Telling
from graphwright.models.progress import Say, Track, silent, telling, untracked

ROWS = 4096


@dataclass(frozen=True, slots=True)
class Fitted:
    """A classifier, and the figures of each epoch of its training."""

    classifier: Classifier
    history: tuple[Figures, ...]


def fit(
    settings: Settings,
    learned: Examples,
    validating: Examples | None = None,
    *,
    folder: Path | None = None,
    say: Say = silent,
    track: Track = untracked,
) -> Fitted:
    """Train a network. With examples to validate on it stops early and keeps the weights that were best on them.

    A training cut off goes on from the checkpoint in ``folder`` and ends with the very weights of one that was not.
    Raises ``ModelError`` where the loss is no number, with the batch.
    """
    if folder is None:
        with tempfile.TemporaryDirectory() as place:
            return fit(settings, learned, validating, folder=Path(place) / "checkpoint", say=say, track=track)
    places = [folder, *(folder / f"member-{number}" for number in range(1, settings.fit.members))]
    seeded = [replace(settings.fit, seed=settings.fit.seed + number) for number in range(settings.fit.members)]
    members = [
        _member(replace(settings, fit=one), learned, validating, place, say, track)
        for one, place in zip(seeded, places, strict=True)
    ]
    first, history = members[0].classifier, [figures for member in members for figures in member.history]
    network = together([member.classifier.network for member in members])
    return Fitted(decided(replace(first, network=network), validating), tuple(history))


def _member(
    settings: Settings, learned: Examples, validating: Examples | None, folder: Path, say: Say, track: Track
) -> Fitted:
    fresh = untrained(settings, learned)
    batches = batches_of(fresh, learned, settings.fit.batch)
    checking = batches_of(fresh, validating, 2 * settings.fit.batch) if validating else None
    history = run(fresh.network, settings.fit, batches, checking, learned.names, folder, say, track)
    return Fitted(fresh, history)


def untrained(settings: Settings, learned: Examples) -> Classifier:
    """A classifier for what the examples are, with weights drawn by the seed."""
    tokens = known_tokens(learned.items, settings.read)
    shape = tuple(learned.items.shape[1:]) if isinstance(learned.items, np.ndarray) else ()
    labels = tuple(sorted(set(learned.labels)))
    keras.utils.set_random_seed(settings.fit.seed)
    network = build(settings.network, input_spec(learned, settings.read, len(tokens)), len(labels))
    return Classifier(network, labels, learned.kind, settings.read, shape, tokens, converses(learned, labels))


def build(config: NetworkConfig, spec: InputSpec, classes: int) -> keras.Model:
    """The network of a configuration."""
    if isinstance(config, FnnConfig):
        return fnn(spec, classes, config)
    return cnn(spec, classes, config) if isinstance(config, CnnConfig) else rnn(spec, classes, config)


def known_tokens(items: Items, read: ReadConfig) -> tuple[str, ...]:
    """The tokens that texts hold so often that they are not rare, with their bigrams, the commonest first."""
    if isinstance(items, np.ndarray):
        return ()
    counts = Counter(token for text in items for token in text.tokens)
    if read.bigrams:
        counts.update(pair for text in items for pair in bigrams_of(text.tokens))
    return tuple(token for token, count in sorted(counts.items(), key=lambda c: (-c[1], c[0])) if count >= read.rare)


def input_spec(examples: Examples, read: ReadConfig, tokens: int) -> InputSpec:
    """What a network for the examples reads."""
    if not isinstance(examples.items, np.ndarray):
        parts = PARTS if examples.kind == "pairs" else 1
        return InputSpec(vocabulary=FIRST + tokens, parts=parts, bigrams=read.bigrams)
    axes = (0,) if examples.items.ndim == 2 else tuple(range(examples.items.ndim))
    mean, variance = (tuple(np.atleast_1d(value).tolist()) for value in moments(examples.items, axes))
    return InputSpec(examples.items.shape[1:], mean, variance)


def moments(values: NDArray[Any], axes: tuple[int, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and variance, of a block of rows at a time so that memory does not grow with the data."""
    blocks = [values[start : start + ROWS] for start in range(0, len(values), ROWS)]
    size = values.size / max(1, np.prod([n for axis, n in enumerate(values.shape) if axis not in axes]))
    mean = sum(block.sum(axis=axes, dtype=np.float64) for block in blocks) / size
    kept = np.asarray(mean)
    variance = sum(((block.astype(np.float64) - kept) ** 2).sum(axis=axes) for block in blocks) / size
    return kept, np.asarray(variance)


def batches_of(classifier: Classifier, examples: Examples, batch: int) -> Batches:
    """The batches of examples; those whose label was not learned are left out."""
    number = {label: place for place, label in enumerate(classifier.labels)}
    places = [place for place, label in enumerate(examples.labels) if label in number]
    targets = np.asarray([number[examples.labels[place]] for place in places], np.int64)
    if isinstance(examples.items, np.ndarray):
        items: Items = examples.items if len(places) == len(examples) else examples.items[places]
    else:
        items = tuple(examples.items[place] for place in places)
    return Batches(items, targets, len(classifier.labels), classifier.tokens, classifier.read, batch)


def class_weights(targets: NDArray[np.int64], classes: int) -> dict[int, float]:
    """Weights by which every class counts alike.

    >>> class_weights(np.array([0, 0, 0, 1]), 2)
    {0: 0.6666666666666666, 1: 2.0}
    """
    counts = np.bincount(targets, minlength=classes)
    return {number: len(targets) / (classes * max(1, int(count))) for number, count in enumerate(counts)}


def run(
    network: keras.Model,
    config: FitConfig,
    batches: Shuffled,
    checking: Batches | None,
    names: Sequence[str],
    folder: Path,
    say: Say,
    track: Track,
) -> tuple[Figures, ...]:
    """Train a network on batches, from the checkpoint in ``folder`` on; the figures of each epoch."""
    _compile(network, config, len(batches))
    past = read_progress(folder)
    stopping = Stopping(f"val_{config.watch}", config.patience, folder, past) if checking else None
    checkpoints = Checkpoints(folder, past, stopping)
    if past.latest:
        network.load_weights(folder / past.latest)
    if stopping and has_stopped(past.history, stopping.monitor, config.patience):
        network.load_weights(folder / past.best)
        return past.history
    report = telling(say, network.name, config.epochs)
    callbacks: Mapping[str, Any] = {
        "order": EpochOrder(batches, config.seed),
        "finite": Finite(batches, names),
        **({"stopping": stopping} if stopping else {}),
        "checkpoints": checkpoints,
        "telling": Telling(len(batches), report, track),
    }
    network.fit(
        batches.dataset(),
        epochs=config.epochs,
        initial_epoch=len(past.history),
        validation_data=checking.dataset() if checking else None,
        class_weight=class_weights(batches.targets, batches.classes) if config.balanced else None,
        callbacks=list(callbacks.values()),
        shuffle=False,
        verbose=0,
    )
    return tuple(checkpoints.history)


def _compile(network: keras.Model, config: FitConfig, steps: int) -> None:
    """Adam (Kingma and Ba 2015), with decay AdamW; built here, so that its state can be restored."""
    rate = keras.optimizers.schedules.CosineDecay(config.rate, config.epochs * steps) if config.anneal else config.rate
    if config.decay:
        optimizer = keras.optimizers.AdamW(rate, weight_decay=config.decay, global_clipnorm=config.clip)
    else:
        optimizer = keras.optimizers.Adam(rate, global_clipnorm=config.clip)
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=config.smoothing)
    network.compile(optimizer, loss, metrics=["accuracy"], jit_compile=False)
    optimizer.build(network.trainable_variables)
