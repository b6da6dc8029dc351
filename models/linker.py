"""Training the linker's ranker: cross-fitted, so that no name it learns from was put into the knowledge base it asks.

Each training set is cut in two. A knowledge base made of the facts and one half answers the questions of the other
half; so the ranker meets the names, and the gaps, of documents that the knowledge base has never seen.
"""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphwright.pipeline.candidates import Question, questions
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.knowledge import KnowledgeBase
from graphwright.pipeline.knowledge_build import build_knowledge
from graphwright.pipeline.knowledge_starter import TRAINING, starter_sources
from graphwright.pipeline.knowledge_types import ends_of_property, label_of_type
from graphwright.pipeline.linking import Ranker
from graphwright.pipeline.linking_features import Surroundings, feature_names, option_features
from graphwright.pipeline.names import is_name
from graphwright.pipeline.records import ENTITY_LABELS, Document, Entity, Mention

FloatArray = NDArray[np.float64]
Record = dict[str, Any]
# How much an example of each set counts: distant or odd data less than annotated prose.
WEIGHTS: Mapping[str, float] = {
    "knowledgenet/train.jsonl.gz": 1.0,
    "wiki-fair/train.jsonl.gz": 0.5,
    "hipe2022/ajmc-en-train.jsonl.gz": 0.2,
    "fewrel/train.jsonl.gz": 0.1,
    "text2kgbench-tekgen/train.jsonl.gz": 0.2,
}
# "No id given" means that nobody looked as often as that there is none; an id that the base lacks is a sure NIL.
_NO_ID = 0.15
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
    width: int = 24
    epochs: int = 30
    rate: float = 3e-3
    decay: float = 0.3
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
                examples += list(_examples(_records(data / name, half), base, weight))
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
        for record in _records(data / name, half):
            stream.write(json.dumps(record) + "\n")
    return target


def _records(path: Path, half: int | None = None) -> Iterator[Record]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if half is None or half_of(record) == half:
                yield record


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


def gold_entities(record: Record) -> tuple[Document, list[Entity]]:
    """Document and entities (with their gold ids) of a labelled record; only entities with a coarse label."""
    document = Document(record["id"], record["text"], record["id"])
    mentions: dict[int, list[Mention]] = {}
    labels = _relation_labels(record)
    for item in record["mentions"]:
        label = coarse_label(item.get("type") or "") or labels.get(item["entity"], "")
        if label and not item.get("nested") and not item.get("coref"):
            text = record["text"][item["start"] : item["end"]]
            form = "name" if is_name(text) and item.get("form", "NAME") == "NAME" else "nominal"
            mention = Mention(record["id"], item["start"], item["end"], label, 1.0, form)  # type: ignore[arg-type]
            mentions.setdefault(item["entity"], []).append(mention)
    ids = {entity["id"]: entity.get("kb_id") for entity in record["entities"]}
    found = [(key, tuple(sorted(items, key=lambda m: m.span))) for key, items in sorted(mentions.items())]
    return document, [
        Entity(key, document.text[items[0].start : items[0].end], items[0].label, items, ids.get(key))
        for key, items in found
    ]


def coarse_label(kind: str) -> str:
    """PER, ORG, LOC, TIME, NUM or MISC of a data set's own type; empty for no type."""
    if kind in ENTITY_LABELS or not kind or kind == "ENTITY":
        return kind if kind in ENTITY_LABELS else ""
    return label_of_type(kind) or "MISC"


def _relation_labels(record: Record) -> dict[int, str]:
    found: dict[int, str] = {}
    for relation in record.get("relations") or ():
        for key, label in zip((relation["head"], relation["tail"]), ends_of_property(relation["type"]), strict=True):
            if label:
                found.setdefault(key, label)
    return found


def fit(examples: Sequence[Example], config: LinkerConfig) -> Ranker:
    """Softmax cross-entropy over each entity's options and NIL, by Adam (Kingma and Ba 2015)."""
    random = np.random.default_rng(config.seed)
    rows = np.concatenate([example.features for example in examples])
    mean, deviation = rows.mean(axis=0), rows.std(axis=0)
    deviation[deviation < 1e-6] = 1.0
    columns = len(feature_names())
    weights = [
        random.normal(0.0, (2.0 / columns) ** 0.5, (columns, config.width)),
        np.zeros(config.width),
        random.normal(0.0, config.width**-0.5, config.width),
    ]
    moments = [(np.zeros_like(w), np.zeros_like(w)) for w in weights]
    step = 0
    for epoch in range(config.epochs):
        rate = config.rate * 0.5 * (1.0 + np.cos(np.pi * epoch / config.epochs))
        order = random.permutation(len(examples))
        for start in range(0, len(order), config.batch):
            step += 1
            chosen = [examples[i] for i in order[start : start + config.batch]]
            _adam(weights, moments, _gradients(weights, chosen, mean, deviation), rate, config.decay, step)
    hidden, bias, output = weights
    return Ranker(mean, deviation, hidden, bias, output)


def _gradients(
    weights: Sequence[FloatArray], examples: Sequence[Example], mean: FloatArray, deviation: FloatArray
) -> list[FloatArray]:
    hidden, bias, output = weights
    sizes = np.array([len(example.features) for example in examples])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    scaled = (np.concatenate([example.features for example in examples]) - mean) / deviation
    inner = scaled @ hidden + bias
    active = np.maximum(inner, 0.0)
    logits = active @ output
    shifted = np.exp(logits - np.repeat(np.maximum.reduceat(logits, starts), sizes))
    error = shifted / np.repeat(np.add.reduceat(shifted, starts), sizes)
    error[starts + np.array([example.answer for example in examples])] -= 1.0
    error *= np.repeat([example.weight for example in examples], sizes) / sum(example.weight for example in examples)
    back = np.outer(error, output) * (inner > 0)
    return [scaled.T @ back, back.sum(axis=0), active.T @ error]


def _adam(
    weights: list[FloatArray],
    moments: list[tuple[FloatArray, FloatArray]],
    gradients: Sequence[FloatArray],
    rate: float,
    decay: float,
    step: int,
) -> None:
    """Change ``weights`` and ``moments`` in place by one step of Adam with decoupled weight decay."""
    for index, gradient in enumerate(gradients):
        first, second = moments[index]
        first[:] = 0.9 * first + 0.1 * gradient
        second[:] = 0.999 * second + 0.001 * gradient**2
        size = (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        weights[index] -= rate * (size + decay * weights[index])


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
