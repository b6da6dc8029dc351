"""Training of the relation networks over the frozen encoder's states, and their calibration.

States come from the graph that ships, run as in use; entities come from gold and from our own recogniser and
coreference, so that a network learns from mistakes of the stages before it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import onnxruntime
import tensorflow as tf

from graphwright.models.arrays import Arrays, padded
from graphwright.models.batches import by_length, relation_batch
from graphwright.models.examples import Example
from graphwright.models.joint import LOGS, SIGNATURES, Track, WarmLinear, log_scalars, reseed, untracked
from graphwright.models.losses import adaptive_threshold_loss, evidence_loss
from graphwright.pipeline.errors import ModelError
from graphwright.pipeline.protocols import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class StateExample:
    """An example with the encoder's states, float16 (pieces, width) to save memory; none for a network without it."""

    example: Example
    states: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class HeadConfig:
    """How long and how fast to train a relation network. The rate warms up and falls linearly to zero."""

    epochs: int = 5
    pieces: int = 2048
    rate: float = 8e-4
    warmup: float = 0.06
    decay: float = 0.02
    clip: float = 1.0
    evidence_weight: float = 0.1
    seed: int = 13


Report = Callable[[int, float], None]


def fit_head(
    network: keras.Model,
    examples: Sequence[StateExample],
    config: HeadConfig,
    folder: Path,
    report: Report,
    track: Track = untracked,
) -> None:
    """Train, with a checkpoint after each epoch in ``folder``; a training cut off goes on from the last one."""
    lengths = [len(item.example.pieces) for item in examples]
    orders = [list(by_length(lengths, config.pieces, config.seed * 1000 + epoch)) for epoch in range(config.epochs)]
    step, optimizer = make_step(network, config, sum(map(len, orders)))
    done = tf.Variable(0, dtype=tf.int64)
    checkpoint = tf.train.Checkpoint(network=network, optimizer=optimizer, done=done)
    manager = tf.train.CheckpointManager(checkpoint, str(folder), max_to_keep=1)
    if manager.latest_checkpoint:
        checkpoint.restore(manager.latest_checkpoint).expect_partial()
    for epoch in range(int(done), config.epochs):
        reseed(network.variables, config.seed + epoch)
        batches = (batch_for(network, [examples[place] for place in batch]) for batch in orders[epoch])
        values = [step(batch) for batch in track(batches, len(orders[epoch]))]
        if not all(map(math.isfinite, values)):
            raise ModelError(f"the loss is no number in epoch {epoch + 1}; lower the rate")
        done.assign_add(1)
        manager.save()
        mean = sum(values) / len(values)
        log_scalars(folder.parent / LOGS, epoch + 1, {"loss": mean})
        report(epoch + 1, mean)


def make_step(
    network: keras.Model, config: HeadConfig, steps: int
) -> tuple[Callable[[Arrays], float], keras.Optimizer]:
    """A function that learns from one batch and returns its loss, and the optimizer."""
    warm = max(1, int(steps * config.warmup))
    optimizer = keras.optimizers.AdamW(WarmLinear(config.rate, warm, steps), weight_decay=config.decay)
    variables = network.trainable_variables
    optimizer.build(variables)
    signature = {name: spec for name, spec in SIGNATURES.items() if name not in ("pieces", "cases", "allowed")}
    text = "pieces" if "pieces" in network.input else "states"
    signature[text] = SIGNATURES["pieces"] if text == "pieces" else tf.TensorSpec((None, None, None), tf.float16)

    @tf.function(input_signature=[signature])
    def step(batch: dict[str, tf.Tensor]) -> tf.Tensor:
        inputs = {name: batch[name] for name in network.input}
        inputs[text] = tf.ensure_shape(tf.cast(batch[text], network.input[text].dtype), network.input[text].shape)
        with tf.GradientTape() as tape:
            outputs = network(inputs, training=True)
            loss = adaptive_threshold_loss(outputs["logits"], batch["types"])
            loss += config.evidence_weight * evidence_loss(outputs["attention"], batch["evidence"])
        gradients = tape.gradient(loss, [v.value for v in variables], unconnected_gradients="zero")
        gradients, _ = tf.clip_by_global_norm(gradients, config.clip)
        optimizer.apply(gradients, variables)
        return loss

    return lambda arrays: float(step({name: tf.constant(value) for name, value in arrays.items()})), optimizer


def batch_for(network: keras.Model, items: Sequence[StateExample]) -> Arrays:
    """The inputs that a network reads, and its targets."""
    return piece_batch(items) if "pieces" in network.input else state_batch(items)


def state_batch(items: Sequence[StateExample]) -> Arrays:
    """Inputs and targets of a network over the encoder's states."""
    states = [item.states for item in items if item.states is not None]
    return {**relation_batch([item.example for item in items]), "states": padded(states, 0)}


def piece_batch(items: Sequence[StateExample]) -> Arrays:
    """Inputs and targets of a network without the encoder."""
    examples = [item.example for item in items]
    return {**relation_batch(examples), "pieces": padded([example.pieces.ids for example in examples], 0)}


def candidate_scores(
    session: onnxruntime.InferenceSession, items: Sequence[StateExample]
) -> Iterator[tuple[Example, FloatArray]]:
    """Each example with the logits of an exported network, float32 (pairs, 1 + types)."""
    names = [item.name for item in session.get_inputs()]
    for item in items:
        if len(item.example.types):
            arrays = piece_batch([item]) if item.states is None else state_batch([item])
            if "states" in arrays:
                arrays["states"] = arrays["states"].astype(np.float32)
            yield item.example, session.run(["logits"], {name: arrays[name] for name in names})[0][0]
