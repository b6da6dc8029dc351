"""Training of the encoder together with the heads that read it: entity tags and relations, on all data sets at once.

The relation head of this stage is the feed-forward network unless told; afterwards the encoder is frozen and each
relation network is trained over its states (``heads.py``), so that all of them are compared on equal terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import tensorflow as tf

from graphwright.models.arrays import Arrays
from graphwright.models.batches import by_length, training_batch
from graphwright.models.encoder import EncoderConfig, encoder
from graphwright.models.examples import Example
from graphwright.models.losses import adaptive_threshold_loss, evidence_loss, tag_loss
from graphwright.models.networks import RelationConfig, relation_network
from graphwright.models.progress import Report, Track, untracked
from graphwright.models.tags import TAGS
from graphwright.models.training_loop import Step, Training, make_optimizer, run_epochs, tensors

SIGNATURES = {
    "pieces": tf.TensorSpec((None, None), tf.int32),
    "cases": tf.TensorSpec((None, None), tf.int32),
    "allowed": tf.TensorSpec((None, None, len(TAGS)), tf.bool),
    "mask": tf.TensorSpec((None, None), tf.bool),
    "marks": tf.TensorSpec((None, None), tf.int32),
    "spans": tf.TensorSpec((None, None, 2), tf.int32),
    "owners": tf.TensorSpec((None, None), tf.int32),
    "labels": tf.TensorSpec((None, None), tf.int32),
    "pairs": tf.TensorSpec((None, None, 2), tf.int32),
    "pair_features": tf.TensorSpec((None, None, 4), tf.int32),
    "types": tf.TensorSpec((None, None, None), tf.int8),
    "evidence": tf.TensorSpec((None, None, None), tf.bool),
}
RELATION_INPUTS = ("mask", "marks", "spans", "owners", "labels", "pairs", "pair_features")


@dataclass(frozen=True, slots=True)
class JointConfig:
    """How long and how fast to train. Rates are the peaks of a schedule that warms up and falls linearly to zero."""

    epochs: int = 8
    pieces: int = 2048
    encoder_rate: float = 1.5e-4
    head_rate: float = 1e-3
    warmup: float = 0.06
    decay: float = 0.01
    clip: float = 1.0
    relation_weight: float = 1.0
    evidence_weight: float = 0.1
    seed: int = 13


@dataclass(slots=True)
class JointModel:
    """The encoder, the entity tagger over its states, and a relation network over its states."""

    encoder: keras.Model
    dropout: keras.layers.Dropout
    tagger: keras.layers.Dense
    relations: keras.Model

    def head_variables(self) -> list[keras.Variable]:
        return [*self.tagger.trainable_variables, *self.relations.trainable_variables]

    def encoder_variables(self) -> list[keras.Variable]:
        """All but the table of pieces: frozen, rare pieces stay where pretraining put them."""
        return [v for v in self.encoder.trainable_variables if "/piece/" not in v.path]

    def variables(self) -> list[keras.Variable]:
        return [*self.encoder.variables, *self.dropout.variables, *self.relations.variables]


def joint_model(types: int, network: str = "fnn", config: EncoderConfig | None = None) -> JointModel:
    config = config or EncoderConfig()
    tagger = keras.layers.Dense(len(TAGS), name="tags")
    tagger.build((None, None, config.width))
    relations = relation_network(RelationConfig(network, types=types, width=config.width))
    return JointModel(encoder(config), keras.layers.Dropout(0.1), tagger, relations)


def losses(model: JointModel, batch: dict[str, tf.Tensor], config: JointConfig, training: bool) -> dict[str, tf.Tensor]:
    """The parts of the loss: "tags", and for a batch with relations "types" and "evidence"."""
    states = model.encoder({"pieces": batch["pieces"], "cases": batch["cases"]}, training=training)[:, 1:-1]
    parts = {"tags": tag_loss(model.tagger(model.dropout(states, training=training)), batch["allowed"])}
    if "types" in batch:
        inputs = {name: batch[name] for name in RELATION_INPUTS}
        outputs = model.relations({"states": states, **inputs}, training=training)
        parts["types"] = config.relation_weight * adaptive_threshold_loss(outputs["logits"], batch["types"])
        parts["evidence"] = config.evidence_weight * evidence_loss(outputs["attention"], batch["evidence"])
    return parts


def make_step(model: JointModel, config: JointConfig, steps: int) -> tuple[Step, list[keras.Optimizer]]:
    """A function that learns from one batch, and its optimizers. Two graphs are traced: with relations and without."""
    groups = (model.encoder_variables(), model.head_variables())
    rates = (config.encoder_rate, config.head_rate)
    optimizers = [make_optimizer(group, rate, config, steps) for group, rate in zip(groups, rates, strict=True)]

    def step(batch: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        with tf.GradientTape() as tape:
            parts = losses(model, batch, config, training=True)
            total = tf.add_n(list(parts.values()))
        flat = [variable.value for variables in groups for variable in variables]
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, flat, unconnected_gradients="zero"), config.clip)
        first = len(groups[0])
        optimizers[0].apply(gradients[:first], groups[0])
        optimizers[1].apply(gradients[first:], groups[1])
        return parts

    plain = tf.function(step, input_signature=[{name: SIGNATURES[name] for name in ("pieces", "cases", "allowed")}])
    related = tf.function(step, input_signature=[SIGNATURES])

    def run(arrays: Arrays) -> dict[str, float]:
        parts = (related if "types" in arrays else plain)(tensors(arrays))
        return {name: float(value) for name, value in parts.items()}

    return run, optimizers


def epoch_examples(groups: Sequence[tuple[float, Sequence[Example]]], epoch: int) -> list[Example]:
    """What an epoch reads: each group ``repeats`` times; of a group below 1, the next part in turn."""
    chosen: list[Example] = []
    for repeats, examples in groups:
        whole = int(repeats)
        chosen += list(examples) * whole
        if repeats > whole:
            parts = round(1 / (repeats - whole))
            chosen += [example for number, example in enumerate(examples) if number % parts == epoch % parts]
    return chosen


def epoch_batches(
    groups: Sequence[tuple[float, Sequence[Example]]], config: JointConfig, epoch: int
) -> list[list[Example]]:
    """Batches of an epoch, those with relations spread evenly among the others; a function of seed and epoch."""
    examples = epoch_examples(groups, epoch)
    seed = config.seed * 1000 + epoch
    related = [example for example in examples if example.relations is not None]
    plain = [example for example in examples if example.relations is None]
    kinds = [
        [[kind[n] for n in batch] for batch in by_length([len(e.pieces) for e in kind], config.pieces, seed)]
        for kind in (related, plain)
    ]
    places = [((n + 0.5) / len(kind), k, n) for k, kind in enumerate(kinds) for n in range(len(kind))]
    return [kinds[kind][number] for _, kind, number in sorted(places)]


def fit_joint(
    model: JointModel,
    groups: Sequence[tuple[float, Sequence[Example]]],
    config: JointConfig,
    folder: Path,
    report: Report,
    track: Track = untracked,
) -> None:
    """Train, with a checkpoint after each epoch in ``folder``; a training cut off goes on from the last one."""
    epochs = [epoch_batches(groups, config, epoch) for epoch in range(config.epochs)]
    step, optimizers = make_step(model, config, sum(map(len, epochs)))
    parts = {"encoder": model.encoder, "tagger": model.tagger, "relations": model.relations}
    parts |= {"first": optimizers[0], "second": optimizers[1]}
    run_epochs(Training(step, parts, model.variables(), config.seed), epochs, training_batch, folder, report, track)
