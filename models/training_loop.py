"""The training loop that all our networks share: epochs over batches, each closed by a checkpoint and its figures.

A training that was cut off goes on from its last checkpoint and ends with the weights of one that was not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import keras
import tensorflow as tf

from graphwright.models.arrays import Arrays
from graphwright.models.progress import Report, Track, untracked
from graphwright.pipeline.errors import ModelError

Batch = TypeVar("Batch")
CHECKPOINT, LOGS = "checkpoint", "logs"
Step = Callable[[Arrays], Mapping[str, float]]
"""Learns from one batch and returns the parts of its loss."""


class Schedule(Protocol):
    """The share of steps in which a rate rises, and the decay of weights."""

    @property
    def warmup(self) -> float: ...
    @property
    def decay(self) -> float: ...


class Pace(Schedule, Protocol):
    """How fast to learn: also the peak of the rate, and the norm to which gradients are clipped."""

    @property
    def rate(self) -> float: ...
    @property
    def clip(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Training:
    """What is trained: the step, all that a checkpoint must hold, and the variables that may draw by chance."""

    step: Step
    parts: Mapping[str, Any]
    chance: Sequence[keras.Variable]
    seed: int


def run_epochs(
    training: Training,
    epochs: Sequence[Sequence[Batch]],
    arrays: Callable[[Batch], Arrays],
    folder: Path,
    report: Report,
    track: Track = untracked,
) -> None:
    """Learn from the batches of each epoch, with a checkpoint in ``folder`` after it.

    Raises ``ModelError`` where a loss is no number; what was learned before that epoch is kept.
    """
    done = tf.Variable(0, dtype=tf.int64)
    checkpoint = tf.train.Checkpoint(**training.parts, done=done)
    manager = tf.train.CheckpointManager(checkpoint, str(folder), max_to_keep=1)
    if manager.latest_checkpoint:
        checkpoint.restore(manager.latest_checkpoint).expect_partial()
    for number in range(int(done), len(epochs)):
        reseed(training.chance, training.seed + number)
        totals: dict[str, list[float]] = {}
        for batch in track(map(arrays, epochs[number]), len(epochs[number])):
            for name, value in training.step(batch).items():
                if not math.isfinite(value):
                    raise ModelError(f"the loss ({name}) is no number in epoch {number + 1}; lower the rate")
                totals.setdefault(name, []).append(value)
        done.assign_add(1)
        manager.save()
        means = {name: sum(values) / len(values) for name, values in totals.items()}
        log_scalars(folder.parent / LOGS, number + 1, means)
        report(number + 1, means)


def single_step(
    network: keras.Model,
    loss: Callable[[dict[str, tf.Tensor]], tf.Tensor],
    signature: Mapping[str, tf.TensorSpec],
    pace: Pace,
    steps: int,
) -> tuple[Step, keras.Optimizer]:
    """A step by which all of a network learns from one loss, and its optimizer (AdamW, Loshchilov and Hutter 2019)."""
    variables = network.trainable_variables
    optimizer = make_optimizer(variables, pace.rate, pace, steps)

    @tf.function(input_signature=[dict(signature)])
    def step(batch: dict[str, tf.Tensor]) -> tf.Tensor:
        with tf.GradientTape() as tape:
            value = loss(batch)
        gradients = tape.gradient(value, [v.value for v in variables], unconnected_gradients="zero")
        gradients, _ = tf.clip_by_global_norm(gradients, pace.clip)
        optimizer.apply(gradients, variables)
        return value

    def run(arrays: Arrays) -> dict[str, float]:
        return {"loss": float(step(tensors(arrays)))}

    return run, optimizer


def tensors(arrays: Arrays) -> dict[str, tf.Tensor]:
    """A batch as TensorFlow reads it."""
    return {name: tf.constant(value) for name, value in arrays.items()}


def make_optimizer(variables: Sequence[keras.Variable], rate: float, schedule: Schedule, steps: int) -> keras.Optimizer:
    """AdamW with a rate that warms up and falls linearly to zero, built for the variables."""
    rates = WarmLinear(rate, max(1, int(steps * schedule.warmup)), steps)
    optimizer = keras.optimizers.AdamW(rates, weight_decay=schedule.decay)
    optimizer.build(variables)
    return optimizer


def reseed(variables: Sequence[keras.Variable], seed: int) -> None:
    """Start all that draws by chance anew, as a function of the seed alone: checkpoints leave out dropout's states."""
    keras.utils.set_random_seed(seed)
    for number, variable in enumerate(v for v in variables if "seed_generator" in v.path):
        variable.assign([seed, number])


def log_scalars(folder: Path, epoch: int, values: Mapping[str, float]) -> None:
    """Add an epoch's figures to TensorBoard's log in ``folder``."""
    with tf.summary.create_file_writer(str(folder)).as_default():
        for name, value in sorted(values.items()):
            tf.summary.scalar(name, value, step=epoch)


@keras.saving.register_keras_serializable("graphwright")
class WarmLinear(keras.optimizers.schedules.LearningRateSchedule):
    """Up linearly from zero to ``rate`` in ``warm`` steps, then down linearly to zero at ``steps``."""

    def __init__(self, rate: float, warm: int, steps: int) -> None:
        self.rate, self.warm, self.steps = rate, warm, steps

    def __call__(self, step: tf.Tensor) -> tf.Tensor:
        now = tf.cast(step, tf.float32)
        up = now / self.warm
        down = (self.steps - now) / max(1, self.steps - self.warm)
        return self.rate * tf.maximum(0.0, tf.minimum(up, down))

    def get_config(self) -> dict[str, object]:
        return {"rate": self.rate, "warm": self.warm, "steps": self.steps}
