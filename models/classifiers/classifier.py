"""A trained classifier: what it answers, how good it is, and its folder on disk."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from graphwright.models.classifiers.batches import Batches
from graphwright.models.classifiers.config import ReadConfig
from graphwright.models.classifiers.directions import reversed_text
from graphwright.models.classifiers.examples import NONE, Examples, Items, Kind
from graphwright.models.classifiers.facts import fact_scores, fact_threshold, likeliest
from graphwright.models.classifiers.layers import PartPooling
from graphwright.models.shipped import read_card, write_card
from graphwright.pipeline.errors import ModelError, UsageError
from graphwright.pipeline.identity import content_hash

CLASSIFIER, NETWORK, VOCABULARY = "classifier", "network.keras", "vocabulary.json"
BATCH = 256


@dataclass(frozen=True, slots=True)
class Classifier:
    """A network with all that it takes to use it: its labels, what it reads and how, and the tokens that it knows.

    Shape: ``shape`` is that of one example of numbers, empty for texts. ``converses`` gives for each label the place of
    the one that holds of a reversed pair (``directions.py``); empty where pairs are read in one direction only. From
    the probability ``threshold`` on, a relation of a pair is stated (``facts.py``); None where the likeliest label is.
    """

    network: keras.Model
    labels: tuple[str, ...]
    kind: Kind
    read: ReadConfig
    shape: tuple[int, ...] = ()
    tokens: tuple[str, ...] = ()
    converses: tuple[int, ...] = ()
    threshold: float | None = None


def probabilities(classifier: Classifier, items: Items, batch: int = BATCH) -> NDArray[np.float32]:
    """The probability of each label for each item, in batches of any size; of pairs the mean of both directions.

    Shape: items (examples, ...) -> float32 (examples, labels). Raises ``UsageError`` for numbers of another shape.
    """
    if isinstance(items, np.ndarray) and items.shape[1:] != classifier.shape:
        raise UsageError(f"the network reads examples of shape {classifier.shape}; received {items.shape[1:]}")
    if not len(items):
        return np.zeros((0, len(classifier.labels)), np.float32)
    found = _read_once(classifier, items, batch)
    if not classifier.converses or isinstance(items, np.ndarray):
        return found
    other = _read_once(classifier, tuple(map(reversed_text, items)), batch)
    return np.asarray((found + other[:, classifier.converses]) / 2, np.float32)


def answers(classifier: Classifier, items: Items) -> list[str]:
    """The label of each item: the likeliest, or of pairs the likeliest relation where it reaches the threshold."""
    found = probabilities(classifier, items)
    if classifier.threshold is None:
        return [classifier.labels[place] for place in found.argmax(axis=1)]
    relations, likely = likeliest(found, classifier.labels)
    return [
        relation if score >= classifier.threshold else NONE for relation, score in zip(relations, likely, strict=True)
    ]


def _read_once(classifier: Classifier, items: Items, batch: int) -> NDArray[np.float32]:
    targets = np.zeros(len(items), np.int64)
    batches = Batches(items, targets, len(classifier.labels), classifier.tokens, classifier.read, batch)
    return np.asarray(classifier.network.predict(batches.dataset(), verbose=0), np.float32)


def decided(classifier: Classifier, validating: Examples | None) -> Classifier:
    """A classifier of pairs that states facts from that probability on which is best on examples to validate on."""
    if not validating or validating.kind != "pairs" or NONE not in classifier.labels:
        return replace(classifier, threshold=None)
    found = probabilities(classifier, validating.items)
    return replace(classifier, threshold=fact_threshold(found, classifier.labels, validating))


def test(classifier: Classifier, examples: Examples) -> dict[str, float]:
    """Scores on labelled examples: accuracy; "f1", micro F1 over all labels but ``NONE``, of pairs over facts;
    "macro_f1", the mean of each label's. A label that was not learned counts as missed.

    Raises ``UsageError`` for examples of another kind than those that it learned from.
    """
    if examples.kind != classifier.kind:
        raise UsageError(f"the network was trained on {classifier.kind}; received {examples.kind}")
    found = answers(classifier, examples.items)
    facts = fact_scores(found, examples) if examples.kind == "pairs" else {}
    return {**scores(found, examples.labels), **facts}


def scores(predicted: Sequence[str], gold: Sequence[str]) -> dict[str, float]:
    """The scores of predictions.

    >>> found = scores(["a", "none", "b"], ["a", "b", "none"])
    >>> round(found["accuracy"], 3), found["f1"]
    (0.333, 0.5)
    """
    pairs = list(zip(predicted, gold, strict=True))
    labels = sorted(set(gold) - {NONE})
    each = [_f1([(p == label, g == label) for p, g in pairs]) for label in labels]
    right = sum(p == g for p, g in pairs)
    hits = sum(p == g != NONE for p, g in pairs)
    stated, true = (sum(label != NONE for label in column) for column in (predicted, gold))
    return {
        "examples": float(len(pairs)),
        "accuracy": right / max(1, len(pairs)),
        "precision": hits / max(1, stated),
        "recall": hits / max(1, true),
        "f1": 2 * hits / max(1, stated + true),
        "macro_f1": sum(each) / max(1, len(each)),
    }


def _f1(marks: Sequence[tuple[bool, bool]]) -> float:
    both, either = sum(p and g for p, g in marks), sum(p + g for p, g in marks)
    return 2 * both / max(1, either)


def save(classifier: Classifier, folder: Path, told: dict[str, Any] | None = None) -> Path:
    """Write a classifier's folder, the card last: network, vocabulary, card with what is ``told`` besides."""
    folder.mkdir(parents=True, exist_ok=True)
    network = classifier.network
    untrained = keras.Model(network.input, network.output, name=network.name)
    untrained.save(folder / f"new.{NETWORK}")
    os.replace(folder / f"new.{NETWORK}", folder / NETWORK)
    (folder / VOCABULARY).write_text(json.dumps(classifier.tokens, ensure_ascii=False), encoding="utf-8")
    weights = content_hash("classifier", *(weight.tobytes().hex() for weight in network.get_weights()))
    card = {"kind": CLASSIFIER, "network": network.name, "version": weights, "labels": classifier.labels}
    read = {"examples": classifier.kind, "shape": classifier.shape, "read": asdict(classifier.read)}
    pairs = {"converses": classifier.converses, "threshold": classifier.threshold}
    write_card(folder, {**card, **read, **pairs, **(told or {})})
    return folder


def load(folder: Path) -> Classifier:
    """A classifier out of its folder. Raises ``ModelError`` where that is broken, of another kind or another format."""
    card = read_card(folder)
    if card.get("kind") != CLASSIFIER:
        raise ModelError(f"{folder} is a model of kind {card.get('kind')!r}; wanted a classifier")
    try:
        network = keras.saving.load_model(folder / NETWORK, {"PartPooling": PartPooling}, compile=False)
        tokens = tuple(json.loads((folder / VOCABULARY).read_text(encoding="utf-8")))
        labels, shape = tuple(card["labels"]), tuple(card["shape"])
        read, converse = ReadConfig(**card["read"]), tuple(card.get("converses", ()))
        threshold = None if card.get("threshold") is None else float(card["threshold"])
        found = Classifier(network, labels, card["examples"], read, shape, tokens, converse, threshold)
    except (OSError, ValueError, KeyError, TypeError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelError(f"{folder} is no classifier that can be read ({first}): train it again") from None
    if network.output_shape[-1] != len(found.labels):
        raise ModelError(
            f"{folder} has {len(found.labels)} labels for {network.output_shape[-1]} outputs: train it again"
        )
    return found
