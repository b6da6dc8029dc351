"""How a training stops and goes on: early stopping that remembers, and checkpoints that are whole or not there.

Keras's ``BackupAndRestore`` forgets what early stopping knows, and writes weights and epoch one after the other, so
that a training cut off at the wrong time ends elsewhere. Here one file, put in place at once, names all that belongs
together.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras

from graphwright.models.training_loop import LOGS, log_scalars

STATE = "state.json"
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Progress:
    """The figures of each epoch that is done, and the files of the weights after the last one and after the best."""

    history: tuple[Figures, ...] = ()
    latest: str = ""
    best: str = ""


def read_progress(folder: Path) -> Progress:
    """How far a training in ``folder`` came; nothing is done where there is none."""
    try:
        state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Progress()
    return Progress(tuple(state["history"]), state["latest"], state["best"])


class Stopping(keras.callbacks.EarlyStopping):
    """Early stopping that knows the epochs of before the training was cut off, and goes back to the best weights."""

    def __init__(self, monitor: str, patience: int, folder: Path, past: Progress) -> None:
        mode = "max" if monitor.endswith("accuracy") else "min"
        super().__init__(monitor, patience=patience, mode=mode, restore_best_weights=True)
        self.folder, self.past = folder, past

    def on_train_begin(self, logs: Figures | None = None) -> None:
        super().on_train_begin(logs)
        for epoch, figures in enumerate(self.past.history):
            self.on_epoch_end(epoch, figures)
        if self.past.best:
            self.model.load_weights(self.folder / self.past.best)
            self.best_weights = self.model.get_weights()
            self.model.load_weights(self.folder / self.past.latest)


class Checkpoints(keras.callbacks.Callback):
    """After each epoch, the weights and all that went before, as one; and the figures for TensorBoard."""

    def __init__(self, folder: Path, past: Progress, stopping: Stopping | None) -> None:
        super().__init__()
        self.folder, self.stopping = folder, stopping
        self.history = list(past.history)
        self.best = past.best

    def on_epoch_end(self, epoch: int, logs: Figures | None = None) -> None:
        self.history.append({name: float(value) for name, value in sorted((logs or {}).items())})
        self.folder.mkdir(parents=True, exist_ok=True)
        latest = f"epoch-{epoch + 1}.weights.h5"
        self.model.save_weights(self.folder / latest, overwrite=True)
        if self.stopping and self.stopping.best_epoch == epoch:
            self.best = latest
        state = {"history": self.history, "latest": latest, "best": self.best}
        fresh = self.folder / f"{STATE}.new"
        fresh.write_text(json.dumps(state), encoding="utf-8")
        os.replace(fresh, self.folder / STATE)
        self._forget((latest, self.best))
        log_scalars(self.folder.parent / LOGS, epoch + 1, self.history[-1])

    def _forget(self, kept: Sequence[str]) -> None:
        for path in sorted(self.folder.glob("epoch-*.weights.h5")):
            if path.name not in kept:
                path.unlink(missing_ok=True)


def has_stopped(history: Sequence[Figures], monitor: str, patience: int) -> bool:
    """Whether early stopping ended a training after these epochs."""
    best, wait = None, 0
    sign = -1.0 if monitor.endswith("accuracy") else 1.0
    for figures in history:
        value = sign * figures[monitor]
        wait += 1
        if best is None or value < best:
            best, wait = value, 0
    return len(history) > 1 and wait >= patience
