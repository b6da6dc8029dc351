"""Training of the relation networks over the frozen encoder's states, and their calibration.

States come from the graph that ships, run as in use; entities come from gold and from our own recogniser and
coreference, so that a network learns from mistakes of the stages before it.
"""

from __future__ import annotations

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
from graphwright.models.joint import SIGNATURES
from graphwright.models.losses import adaptive_threshold_loss, evidence_loss
from graphwright.models.progress import Report, Track, untracked
from graphwright.models.runtime import mean_outputs
from graphwright.models.training_loop import Training, run_epochs, single_step
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
    loss, signature = loss_of(network, config)
    step, optimizer = single_step(network, loss, signature, config, sum(map(len, orders)))
    training = Training(step, {"network": network, "optimizer": optimizer}, network.variables, config.seed)

    def arrays(batch: Sequence[int]) -> Arrays:
        return batch_for(network, [examples[place] for place in batch])

    run_epochs(training, orders, arrays, folder, report, track)


def loss_of(
    network: keras.Model, config: HeadConfig
) -> tuple[Callable[[dict[str, tf.Tensor]], tf.Tensor], dict[str, tf.TensorSpec]]:
    """The loss of a relation network as a function of a batch, and what a batch holds."""
    signature = {name: spec for name, spec in SIGNATURES.items() if name not in ("pieces", "cases", "allowed")}
    text = "pieces" if "pieces" in network.input else "states"
    signature[text] = SIGNATURES["pieces"] if text == "pieces" else tf.TensorSpec((None, None, None), tf.float16)

    def loss(batch: dict[str, tf.Tensor]) -> tf.Tensor:
        inputs = {name: batch[name] for name in network.input}
        inputs[text] = tf.ensure_shape(tf.cast(batch[text], network.input[text].dtype), network.input[text].shape)
        outputs = network(inputs, training=True)
        value = adaptive_threshold_loss(outputs["logits"], batch["types"])
        return value + config.evidence_weight * evidence_loss(outputs["attention"], batch["evidence"])

    return loss, signature


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
    sessions: Sequence[onnxruntime.InferenceSession], items: Sequence[StateExample]
) -> Iterator[tuple[StateExample, FloatArray]]:
    """Each example that has pairs, with the mean logits of exported networks, float32 (pairs, 1 + types)."""
    names = [item.name for item in sessions[0].get_inputs()]
    for item in items:
        if len(item.example.types):
            arrays = piece_batch([item]) if item.states is None else state_batch([item])
            if "states" in arrays:
                arrays["states"] = arrays["states"].astype(np.float32)
            yield item, mean_outputs(sessions, {name: arrays[name] for name in names})[0]
