"""From a data set to the folder of a classifier, and its scores: what ``graphwright train classifier`` runs."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from graphwright.models.classifiers.classifier import Classifier, load, save, test
from graphwright.models.classifiers.config import Settings, settings_of
from graphwright.models.classifiers.ensembles import check_alike, heard_with
from graphwright.models.classifiers.examples import Examples, checked, content_of, parted
from graphwright.models.classifiers.fitting import fit, untrained
from graphwright.models.classifiers.reading import read_examples, told
from graphwright.models.progress import Say, Track, silent, untracked
from graphwright.models.shipped import read_card
from graphwright.models.training_loop import CHECKPOINT
from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.identity import content_hash

SEED = 13


@dataclass(frozen=True, slots=True)
class Data:
    """A data set parted for training: how it was read, and a hash of all of it."""

    settings: Settings
    learned: Examples
    validating: Examples
    content: str
    validation: str


def train_classifier(
    data: Path,
    output: Path,
    *,
    network: str = "fnn",
    seed: int = SEED,
    epochs: int | None = None,
    options: Mapping[str, object] | None = None,
    validation: Path | None = None,
    beside: Path | None = None,
    say: Say = silent,
    track: Track = untracked,
) -> Path:
    """Train a network on a data set into a folder, and return the folder.

    Of ``data`` a tenth validates (it says when to stop) and a tenth is kept for the test; with a ``validation`` set of
    its own, all of ``data`` is learned. What is saved is heard together with ``beside``, the folder of another
    classifier of the same data. A training cut off goes on where it was, unless data or settings are others.
    Raises ``CorpusError`` for data that cannot be learned from, ``UsageError`` for options that there are not.
    """
    settings = settings_of(network, options)
    changed = replace(settings.fit, seed=seed, epochs=epochs or settings.fit.epochs)
    read = parted_data(data, replace(settings, fit=changed), validation, say)
    other = load(beside) if beside else None
    if other:
        check_alike(untrained(read.settings, read.learned), other)  # before hours of training
    run = content_hash("run", read.content, read.validation, repr(read.settings))
    place = output / f"{CHECKPOINT}-{run[:12]}"
    fitted = fit(read.settings, read.learned, read.validating, folder=place, say=say, track=track)
    card = {
        "content": read.content,
        "validation": read.validation,
        "settings": asdict(read.settings),
        "beside": str(read_card(beside)["version"]) if beside else "",
        "history": fitted.history,
    }
    trained = fitted.classifier
    save(heard_with(trained, other, read.validating) if other else trained, output, card)
    shutil.rmtree(place, ignore_errors=True)
    return output


def parted_data(data: Path, settings: Settings, validation: Path | None, say: Say) -> Data:
    """What is learned and what validates."""
    examples, read = read_examples(data, settings.read, say)
    say(f"{data}: {told(examples)}")
    settings = replace(settings, read=read)
    if validation is None:
        learned, validating, _ = parted(examples)
        return Data(settings, checked(learned, str(data)), validating, content_of(examples), "")
    validating, _ = read_examples(validation, read, say, single=True)
    if validating.kind != examples.kind:
        raise CorpusError(f"{validation}: wanted {examples.kind}, as {data} holds; found {validating.kind}")
    return Data(settings, examples, validating, content_of(examples), content_of(validating))


def score_classifier(folder: Path, data: Path, say: Say = silent) -> dict[str, float]:
    """Scores of a classifier on labelled examples.

    Of the data set that it was trained on, only the part that neither taught nor stopped it is read, if there is one;
    of any other, all.
    """
    classifier = load(folder)
    examples, card = _as_read(classifier, data, say), read_card(folder)
    if content_of(examples) == card.get("content") and not card.get("validation"):
        _, _, examples = parted(examples)
    if not len(examples):
        raise CorpusError(f"{data}: too few examples of each class to keep some for a test (ten are needed)")
    return test(classifier, examples)


def _as_read(classifier: Classifier, data: Path, say: Say) -> Examples:
    return read_examples(data, classifier.read, say, single=True)[0]
