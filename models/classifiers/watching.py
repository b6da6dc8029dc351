"""What watches a training: the order and the chance of each epoch, losses that are no numbers, and what is told."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import keras

from graphwright.models.classifiers.batches import Shuffled
from graphwright.models.progress import Report, Track
from graphwright.models.training_loop import reseed
from graphwright.pipeline.errors import ModelError

SHOWN = 3


class EpochOrder(keras.callbacks.Callback):
    """Order and chance of each epoch out of the seed and its number alone."""

    def __init__(self, batches: Shuffled, seed: int) -> None:
        super().__init__()
        self.batches, self.seed = batches, seed

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.batches.shuffle(self.seed, epoch)
        reseed(self.model.variables, self.seed + epoch)


class Finite(keras.callbacks.Callback):
    """Raises ``ModelError`` at the first batch whose loss is no number, and names it."""

    def __init__(self, batches: Shuffled, names: Sequence[str]) -> None:
        super().__init__()
        self.batches, self.names, self.epoch = batches, names, 0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        if math.isfinite((logs or {}).get("loss", 0.0)):
            return
        places = self.batches.places(batch)
        named = ", ".join(self.names[place] for place in places[:SHOWN]) + (", ..." if len(places) > SHOWN else "")
        raise ModelError(
            f"the loss is no number after batch {batch + 1} of epoch {self.epoch + 1} ({named}): lower the rate; the"
            " epochs before it are kept"
        )


class Telling(keras.callbacks.Callback):
    """A bar over the batches, and a report after each epoch."""

    def __init__(self, batches: int, report: Report, track: Track) -> None:
        super().__init__()
        self.batches, self.report, self.track = batches, report, track
        self.bar: Iterator[Any] = iter(())

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.bar = iter(self.track(range(self.batches), self.batches))
        next(self.bar, None)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        next(self.bar, None)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.report(epoch + 1, logs or {})
