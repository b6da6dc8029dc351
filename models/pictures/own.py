"""Pictures of a user's own classes: a folder of pictures for each, learned with pictures of none of them."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

import numpy as np

from graphwright.models.classifiers.classifier import Classifier, probabilities, save
from graphwright.models.classifiers.config import ReadConfig, settings_of
from graphwright.models.classifiers.examples import NONE, Examples, checked, content_of, parted
from graphwright.models.classifiers.fitting import fit
from graphwright.models.classifiers.pictures import read_pictures
from graphwright.models.classifiers.reading import told
from graphwright.models.pictures.classes import Shown, classes_to_json
from graphwright.models.pictures.exporting import export_pictures
from graphwright.models.pictures.negatives import drawn_negative
from graphwright.models.pictures.runtime import GRAPH, as_array
from graphwright.models.pictures.training import best_temperature
from graphwright.models.progress import Say, Track, silent, untracked
from graphwright.models.training_loop import CHECKPOINT
from graphwright.pipeline.identity import content_hash

OPTIONS: Final = {
    "filters": [32, 64, 128], "normalise": True, "dropout": 0.3, "augment": True, "height": 48, "width": 48,
    "balanced": True,
}  # fmt: skip
KB_ID: Final = re.compile(r"(Q[1-9]\d*)(?:[ _-]+(.+))?")
Known = Callable[[str], Shown | None]


def train_own(
    data: Path,
    output: Path,
    *,
    known: Known = lambda kb_id: None,
    seed: int = 13,
    epochs: int | None = None,
    say: Say = silent,
    track: Track = untracked,
) -> Path:
    """Train on a folder with a folder of pictures for each class, into ``output``; returns it.

    A class named ``Q42`` or ``Q42 name`` is that entity of the knowledge base, which ``known`` tells of; "none" holds
    pictures of none of the classes, which are drawn by chance where there is no such folder. Raises ``CorpusError``
    where there is nothing to learn.
    """
    settings = settings_of("cnn", OPTIONS)
    settings = replace(settings, fit=replace(settings.fit, seed=seed, epochs=epochs or settings.fit.epochs))
    read = checked(read_pictures(data, settings.read, say), str(data))
    say(f"{data}: {told(read)}")
    examples = read if NONE in read.labels else with_negatives(read, settings.read, seed)
    learned, validating, _ = parted(examples)
    place = output / f"{CHECKPOINT}-{content_hash('own', content_of(examples), repr(settings))[:12]}"
    fitted = fit(settings, learned, validating, folder=place, say=say, track=track)
    card = {"content": content_of(read), "validation": "", "settings": asdict(settings), "history": fitted.history}
    _write(fitted.classifier, output, known, validating, card)
    shutil.rmtree(place, ignore_errors=True)
    return output


def with_negatives(examples: Examples, read: ReadConfig, seed: int) -> Examples:
    """The examples with as many pictures of none of their classes as the largest class has."""
    from PIL import Image

    count = max(Counter(examples.labels).values())
    shape = (read.height, read.width, read.colours)
    drawn = [
        as_array(Image.fromarray(drawn_negative(np.random.default_rng((seed, number)))), shape)
        for number in range(count)
    ]
    names = tuple(f"{NONE} {number}" for number in range(count))
    return replace(
        examples,
        items=np.concatenate([np.asarray(examples.items), np.stack(drawn)]),
        labels=(*examples.labels, *(NONE,) * count),
        names=(*examples.names, *names),
        groups=(*examples.groups, *names),
    )


def shown_class(label: str, known: Known) -> Shown | None:
    """What a folder's name stands for.

    >>> shown_class("Q42 Douglas Adams", lambda kb_id: None)
    Shown(name='Douglas Adams', label='MISC', kb_id='Q42')
    """
    if label == NONE:
        return None
    match = KB_ID.fullmatch(label)
    if match is None:
        return Shown(label)
    found = known(match[1]) or Shown(match[1], kb_id=match[1])
    return replace(found, name=match[2]) if match[2] else found


def _write(
    classifier: Classifier, output: Path, known: Known, validating: Examples, told: Mapping[str, object]
) -> None:
    output.mkdir(parents=True, exist_ok=True)
    export_pictures(classifier.network, output / GRAPH)
    number = {label: place for place, label in enumerate(classifier.labels)}
    targets = np.asarray([number[label] for label in validating.labels], np.int64)
    answers = probabilities(classifier, validating.items)
    card = {
        "classes": classes_to_json(shown_class(label, known) for label in classifier.labels),
        "temperature": best_temperature(answers, targets) if len(targets) else 1.0,
        **told,
    }
    save(classifier, output, card)
