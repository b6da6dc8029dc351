"""Training the linker's ranker: cross-fitted, so that no name it learns from was put into the knowledge base it asks.

Each training set is cut in two. A knowledge base made of the facts and one half answers the questions of the other
half; so the ranker meets the names, and the gaps, of documents that the knowledge base has never seen.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from graphwright.models.examples import read_rows
from graphwright.models.gold_entities import Record, gold_entities
from graphwright.pipeline.candidates import Question, questions
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.knowledge import KnowledgeBase
from graphwright.pipeline.knowledge_build import build_knowledge
from graphwright.pipeline.knowledge_starter import TRAINING, starter_sources
from graphwright.pipeline.linking import Ranker
from graphwright.pipeline.linking_features import Surroundings, option_features

FloatArray = NDArray[np.float64]
Batch = NDArray[np.float32]
# How much an example of each set counts: distant or odd data less than annotated prose.
WEIGHTS: Mapping[str, float] = {
    "knowledgenet/train.jsonl.gz": 1.0,
    "wiki-fair/train.jsonl.gz": 0.5,
    "hipe2022/ajmc-en-train.jsonl.gz": 0.2,
    "fewrel/train.jsonl.gz": 0.1,
    "text2kgbench-tekgen/train.jsonl.gz": 0.2,
}
# "No id given" means that nobody looked as often as that there is none; an id that the base lacks is a sure NIL.
_NO_ID = 0.05
ABSENT = 1e4
"""Taken from the logit of an answer that an entity does not have."""
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
_VALIDATION = 5  # every fifth document


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """An entity to link: ``features`` (options + 1, columns), the row that is right, and how much it counts."""

    features: FloatArray
    answer: int
    weight: float
    held_out: bool


@dataclass(frozen=True, slots=True)
class LinkerConfig:
    width: int = 48
    networks: int = 5
    epochs: int = 30
    rate: float = 3e-3
    decay: float = 0.1
    batch: int = 256
    seed: int = 17


@dataclass(frozen=True, slots=True)
class LinkerReport:
    """Over the documents held out for calibration: decisions that are right, and their expected calibration error."""

    examples: int
    accuracy: float
    accuracy_in_base: float
    calibration_error: float


def train_linker(data: Path, output: Path, seed: int = 17, *, config: LinkerConfig | None = None) -> LinkerReport:
    """Train on the training splits under ``data`` and write the weights to ``output`` (JSON).

    Temperature is set on a fifth of the documents, held out of a first fit; the weights kept come from all of them.
    """
    config = config or LinkerConfig(seed=seed)
    examples = cross_fitted(data)
    fitted = [example for example in examples if not example.held_out]
    held_out = [example for example in examples if example.held_out]
    first = calibrated(fit(fitted, config), held_out)
    report = evaluate(first, held_out)
    final = fit(examples, config)
    output.parent.mkdir(parents=True, exist_ok=True)
    Ranker(final.mean, final.deviation, final.hidden, final.bias, final.output, first.temperature).save(output)
    return report


def cross_fitted(data: Path) -> list[Example]:
    """Examples of both halves, each asked of a knowledge base that has only the other."""
    examples = []
    for half in (0, 1):
        with tempfile.TemporaryDirectory() as folder:
            sources = starter_sources(data, without=TRAINING)
            sources += [str(_half_file(data, name, 1 - half, Path(folder))) for name in TRAINING]
            build_knowledge(sources, Path(folder) / "half.sqlite")
            base = KnowledgeBase.open(Path(folder) / "half.sqlite")
            for name, weight in WEIGHTS.items():
                mine = (record for record in read_rows(data / name) if half_of(record) == half)
                examples += list(_examples(mine, base, weight))
            base.close()
    return examples


def _half_file(data: Path, name: str, half: int, folder: Path) -> Path:
    """A copy of one half of a data set, with its label file beside it."""
    target = folder / name.removesuffix(".gz")
    target.parent.mkdir(parents=True, exist_ok=True)
    labels = data / name
    if (labels.parent / "labels.json").is_file():
        shutil.copyfile(labels.parent / "labels.json", target.parent / "labels.json")
    with target.open("w", encoding="utf-8") as stream:
        for record in read_rows(data / name):
            if half_of(record) == half:
                stream.write(json.dumps(record) + "\n")
    return target


def half_of(record: Record) -> int:
    """The fold that a data set gives, so that what it keeps apart stays apart; else by the id."""
    return record["fold"] % 2 if "fold" in record else draw(record["id"], 2)


def draw(id: str, parts: int) -> int:
    """The part a document falls into, by its id."""
    return int(content_hash("part", id)[:8], 16) % parts


def _examples(records: Iterable[Record], base: KnowledgeBase, weight: float) -> Iterator[Example]:
    for record in records:
        if record.get("cased") is False:
            continue
        document, entities = gold_entities(record)
        asked = questions(document, entities, base)
        around = Surroundings.of(document, asked, base)
        for index, question in enumerate(asked):
            if question.options:
                features = option_features(index, question, around)
                answer = _answer(question)
                known = 1.0 if question.entity.kb_id else _NO_ID
                yield Example(features, answer, weight * known, draw("held out " + record["id"], _VALIDATION) == 0)


def _answer(question: Question) -> int:
    """The row of the gold id (``Entity.kb_id``); the last row, NIL, where it is not among the options."""
    ids = [option.candidate.entity.id for option in question.options]
    return ids.index(question.entity.kb_id) if question.entity.kb_id in ids else len(ids)


def fit(examples: Sequence[Example], config: LinkerConfig) -> Ranker:
    """The mean of several networks that differ in their seeds: one network with all their hidden units."""
    rows = np.concatenate([example.features for example in examples])
    mean, deviation = rows.mean(axis=0), rows.std(axis=0)
    deviation[deviation < 1e-6] = 1.0
    inputs, present = padded(examples, mean, deviation)
    answers, weights = (np.array([getattr(e, name) for e in examples], np.float32) for name in ("answer", "weight"))
    fitted = [
        fit_one(inputs, present, answers, weights / weights.mean(), replace(config, seed=config.seed + number))
        for number in range(config.networks)
    ]
    hidden, bias, output = (np.concatenate(parts, axis=-1) for parts in zip(*fitted, strict=True))
    return Ranker(mean, deviation, hidden, bias, output / config.networks)


def fit_one(
    inputs: Batch, present: Batch, answers: Batch, weights: Batch, config: LinkerConfig
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Softmax cross-entropy over each entity's options and NIL; AdamW (Loshchilov and Hutter 2019), cosine rate."""
    keras.utils.set_random_seed(config.seed)
    network = ranker_network(inputs.shape[-1], config)
    rate = keras.optimizers.schedules.CosineDecay(config.rate, config.epochs * -(-len(inputs) // config.batch))
    network.compile(keras.optimizers.AdamW(rate, weight_decay=config.decay), LOSS)
    network.fit([inputs, present], answers, config.batch, config.epochs, 0, sample_weight=weights)
    hidden, bias = (np.asarray(w, np.float64) for w in network.get_layer("hidden").get_weights())
    return hidden, bias, np.asarray(network.get_layer("output").get_weights()[0], np.float64)[:, 0]


def ranker_network(columns: int, config: LinkerConfig) -> keras.Model:
    """Shape: features float32 (batch, answers, columns), present (batch, answers) -> logits (batch, answers)."""
    features = keras.Input((None, columns), name="features")
    present = keras.Input((None,), name="present")
    inner = keras.layers.Dense(config.width, "relu", kernel_initializer="he_normal", name="hidden")(features)
    logits = keras.layers.Dense(1, use_bias=False, kernel_initializer="lecun_normal", name="output")(inner)
    absent = keras.ops.multiply(keras.ops.subtract(present, 1.0), ABSENT)
    return keras.Model([features, present], keras.ops.add(keras.ops.squeeze(logits, -1), absent))


def padded(examples: Sequence[Example], mean: FloatArray, deviation: FloatArray) -> tuple[Batch, Batch]:
    """Scaled features of all examples and which answers each has. Shape: (examples, most answers, columns)."""
    most = max(len(example.features) for example in examples)
    inputs = np.zeros((len(examples), most, len(mean)), np.float32)
    present = np.zeros((len(examples), most), np.float32)
    for place, example in enumerate(examples):
        inputs[place, : len(example.features)] = (example.features - mean) / deviation
        present[place, : len(example.features)] = 1.0
    return inputs, present


def calibrated(ranker: Ranker, examples: Sequence[Example]) -> Ranker:
    """The same ranker with the temperature that makes held-out answers likeliest (Guo et al. 2017)."""

    def loss(temperature: float) -> float:
        total = 0.0
        for example in examples:
            logits = ranker.scores(example.features) / temperature
            total += example.weight * (np.logaddexp.reduce(logits) - logits[example.answer])
        return total

    best = min((round(0.5 + 0.05 * i, 2) for i in range(51)), key=loss)
    return Ranker(ranker.mean, ranker.deviation, ranker.hidden, ranker.bias, ranker.output, best)


def evaluate(ranker: Ranker, examples: Sequence[Example]) -> LinkerReport:
    """Weighted by the examples' weights; ten bins for the calibration error."""
    right, sure, weight, inside = [], [], [], []
    for example in examples:
        logits = ranker.scores(example.features)
        chances = np.exp(logits - np.logaddexp.reduce(logits))
        best = int(np.argmax(chances))
        right.append(float(best == example.answer))
        sure.append(float(chances[best]))
        weight.append(example.weight)
        inside.append(float(example.answer < len(chances) - 1))
    hits, chance, share, known = (np.array(values) for values in (right, sure, weight, inside))
    bins = np.minimum((chance * 10).astype(int), 9)
    gaps = [abs(float(((chance - hits) * share)[bins == number].sum())) for number in range(10)]
    return LinkerReport(
        len(examples),
        float(np.average(hits, weights=share)),
        float(np.average(hits, weights=share * known)),
        sum(gaps) / float(share.sum()),
    )
