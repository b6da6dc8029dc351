"""The picture network in use: pixels in, the calibrated probability of each class out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from graphwright.models.pictures.classes import Shown, classes_from_json
from graphwright.models.runtime import open_session
from graphwright.models.shipped import read_card
from graphwright.pipeline.errors import ModelError
from graphwright.pipeline.protocols import Seen

PICTURES: Final = "pictures"
CLASSIFIER: Final = "classifier"
GRAPH: Final = "pictures.onnx"
BATCH: Final = 64
SCORE_DIGITS: Final = 4
LEAST: Final = 1e-12
TOLD: Final = 0.25
"""The least probability that is worth telling: flags that two countries share have half of it each."""


@dataclass(frozen=True, slots=True, eq=False)
class PictureNetwork:
    """Fills ``protocols.PictureReader``; ``temperature`` makes probabilities of its answers (Guo et al. 2017).

    Shape: ``shape`` is (height, width, colours) of what it reads. ``classes`` are its answers in order, ``None`` where
    one is "none of these".
    """

    session: onnxruntime.InferenceSession
    classes: tuple[Shown | None, ...]
    shape: tuple[int, int, int]
    temperature: float
    version: str

    def look(self, pictures: Sequence[Image.Image]) -> list[list[Seen]]:
        """What each picture shows, the likeliest first."""
        arrays = [as_array(picture, self.shape) for picture in pictures]
        return [self._seen(row) for row in self.probabilities(np.stack(arrays))] if arrays else []

    def _seen(self, row: NDArray[np.float32]) -> list[Seen]:
        told = sorted(((float(score), place) for place, score in enumerate(row) if score >= TOLD), reverse=True)
        found = [(self.classes[place], round(score, SCORE_DIGITS)) for score, place in told]
        return [Seen(item.name, item.label, item.kb_id or None, score) for item, score in found if item]

    def probabilities(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The probability of each class.

        Shape: uint8 (pictures, height, width, colours) -> float32 (pictures, classes).
        """
        parts = [self._answers(pictures[start : start + BATCH]) for start in range(0, len(pictures), BATCH)]
        raw = np.concatenate(parts) if parts else np.zeros((0, len(self.classes)), np.float32)
        return tempered(raw, self.temperature)

    def _answers(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.asarray(self.session.run(None, {"numbers": pictures.astype(np.float32)})[0], np.float32)


def as_array(picture: Image.Image, shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    """A picture at the size that a network reads, whatever its proportions. Shape: uint8 (height, width, colours)."""
    height, width, colours = shape
    small = picture.convert("L" if colours == 1 else "RGB").resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(small, np.uint8).reshape(shape)


def tempered(answers: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """The softmax of log-probabilities over a temperature. Shape: (pictures, classes) -> the same."""
    logits = np.log(np.maximum(answers, LEAST)) / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def load_pictures(folder: Path, threads: int = 1) -> PictureNetwork:
    """The network of a folder. Raises ``ModelError`` where it is broken, of another kind or of another format."""
    card = read_card(folder)
    if card.get("kind") not in (PICTURES, CLASSIFIER) or "classes" not in card:
        raise ModelError(f"{folder} is a model of kind {card.get('kind')!r}; wanted one that train images made")
    classes = classes_from_json(card, str(folder))
    session = open_session(folder / GRAPH, threads)
    try:
        height, width, colours = card["shape"]
        found = PictureNetwork(
            session, classes, (height, width, colours), float(card["temperature"]), str(card["version"])
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"the card of {folder} is broken ({error}): train it again") from None
    outputs = session.get_outputs()[0].shape[-1]
    if outputs != len(classes):
        raise ModelError(f"{folder} has {outputs} outputs for {len(classes)} classes: train it again")
    return found
