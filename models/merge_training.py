"""How sure it is that two occurrences are one: training and measuring on documents whose Wikidata ids were hidden.

The ids of some entities are taken away, as if the knowledge base lacked them; whether two occurrences without an id
had the same one is the answer. Homonyms and spellings stay as the data has them.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from graphwright.models.calibration import calibration_error
from graphwright.models.examples import read_rows
from graphwright.models.gold_entities import gold_entities
from graphwright.models.logistic import fit_logistic
from graphwright.models.runtime import TagRecognizer
from graphwright.models.shipped import load_coreference, load_encoder
from graphwright.pipeline.contribution import Policy, contribution
from graphwright.pipeline.graph import Occurrence
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.ledger import Ledger
from graphwright.pipeline.protocols import EntityLinker
from graphwright.pipeline.records import Annotated, Document, Entity
from graphwright.pipeline.resolution.resolve import resolve
from graphwright.pipeline.resolution.scores import FEATURES, FORMAT, LABELS, pair_features, pair_score

FloatArray = NDArray[np.float64]
TRAINED_ON = (
    "knowledgenet/train.jsonl.gz",
    "fewrel/train.jsonl.gz",
    "text2kgbench-tekgen/train.jsonl.gz",
    "wiki-fair/train.jsonl.gz",
    "hipe2022/ajmc-en-train.jsonl.gz",
)
HIDDEN = 0.5
MOST_DOCUMENTS = 5000
SPLITS = 6
_MOST_PAIRS, _LARGE = 400, 20
# Where the data has few pairs, its weights stay near these: a name that is only akin proves little,
# what is shared much, and a surname says of nobody who it is.
_BELIEF = {
    **{f"{label} several words": 0.5 for label in LABELS},
    **{f"{label} single word": -1.0 for label in LABELS},
    **{f"{label} part": -2.5 for label in LABELS},
    "PER single word": -4.0,
    "shared ids": 1.5,
    "shared names": 1.2,
    "shared words": 0.3,
    "any shared": 0.8,
}
_FIRM = frozenset(("PER single word", "shared ids", "shared names", "shared words", "any shared", "much, none shared"))
_PENALTY, _FIRM_PENALTY = 1.0, 300.0


EntityReader = Callable[[Document], Sequence[Entity]]


@dataclass(frozen=True, slots=True)
class Hidden:
    """Occurrences, and the id (``Occurrence.id`` -> Wikidata id) that each had before those of some were hidden."""

    occurrences: Sequence[Occurrence]
    ids: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MergingScores:
    """Pairs of hidden occurrences put into one node: how many of them belong together, and how many of all that do."""

    pairs: int
    precision: float
    recall: float
    calibration_error: float


def hidden_occurrences(
    files: Iterable[Path], read: EntityReader, seed: int, *, documents: int = MOST_DOCUMENTS, part: float = HIDDEN
) -> Hidden:
    """What we find in so many labelled documents of each file, a ``part`` of the labelled entities without their ids.

    All others are what they would occur with in use: linked, or named.
    """
    found, ids = [], {}
    for path in files:
        for record in islice(read_rows(path), documents):
            if record.get("cased") is False:
                continue
            document, gold = gold_entities(record)
            known = {m.span: e.kb_id for e in gold if e.kb_id for m in e.mentions if m.form == "name"}
            entities, of = [], {}
            for entity in read(document):
                kb_id = next((known[m.span] for m in entity.mentions if m.span in known), None)
                if kb_id:
                    of[entity.mentions[0].span] = kb_id
                    entity = replace(entity, kb_id=None if is_hidden(kb_id, seed, part) else kb_id)
                entities.append(entity)
            annotated = Annotated(document, (), (), tuple(entities), ())
            for item in contribution(annotated, "", Policy(), "", Ledger()).occurrences:
                kb_id = of.get((item.mentions[0].start, item.mentions[0].end))
                if kb_id:
                    found.append(item)
                    ids[item.id] = kb_id
    return Hidden(found, ids)


def entity_reader(weights: Path, resolver: Path, linker: EntityLinker) -> EntityReader:
    """Our own reading of a document up to its linked entities, by an encoder and a coreference network (folders)."""
    encoder, recognizer, coreference = load_encoder(weights), TagRecognizer(), load_coreference(resolver)

    def read(document: Document) -> Sequence[Entity]:
        encoded = encoder.encode(document)
        return linker.link(document, coreference.resolve(encoded, recognizer.recognize(encoded)))

    return read


def remembered(read: EntityReader) -> EntityReader:
    """The same reader, for which each document is work only once."""
    known: dict[tuple[str, str], Sequence[Entity]] = {}

    def again(document: Document) -> Sequence[Entity]:
        key = (document.id, document.version)
        if key not in known:
            known[key] = read(document)
        return known[key]

    return again


def is_hidden(kb_id: str, seed: int, part: float = HIDDEN) -> bool:
    return int(content_hash("hidden", str(seed), kb_id)[:8], 16) < part * 2**32


def hidden_pairs(hidden: Hidden, seed: int) -> Iterator[tuple[Occurrence, Occurrence, float]]:
    """Pairs of hidden occurrences that share a block, with their weights: of large blocks a sample."""
    blocks: dict[str, list[Occurrence]] = defaultdict(list)
    for item in hidden.occurrences:
        for key in item.keys if item.kb_id is None else ():
            blocks[key].append(item)
    seen: set[tuple[str, str]] = set()
    for key in sorted(blocks):
        block = sorted(blocks[key], key=lambda item: item.id)
        pairs = list(combinations(block, 2))
        if len(pairs) > _MOST_PAIRS:
            pairs = Random(f"{seed} {key}").sample(pairs, _MOST_PAIRS)
        for first, second in pairs:
            if first.document != second.document and (first.id, second.id) not in seen:
                seen.add((first.id, second.id))
                yield first, second, min(1.0, (_LARGE / len(block)) ** 0.5)


def fit_merging(splits: Sequence[Hidden], seed: int) -> FloatArray:
    """Logistic regression, weights drawn to what is believed. Shape: (features,)."""
    rows, answers, counts = [], [], []
    for hidden in splits:
        for first, second, weight in hidden_pairs(hidden, seed):
            features = pair_features(first, second)
            if features is not None:
                rows.append(features)
                answers.append(hidden.ids[first.id] == hidden.ids[second.id])
                counts.append(weight / len(splits))
    inputs, truth, weighs = np.array(rows), np.array(answers, float), np.array(counts)
    belief = np.array([_BELIEF.get(name, 0.0) for name in FEATURES])
    penalty = np.array([_FIRM_PENALTY if name in _FIRM else _PENALTY for name in FEATURES])
    return fit_logistic(inputs, truth, weighs, belief, penalty, belief)


def train_merging(data: Path, output: Path, read: EntityReader, seed: int) -> None:
    """Fit on the training splits, with several choices of what is hidden, and write the weights (JSON)."""
    files = [data / name for name in TRAINED_ON]
    known = remembered(read)
    weights = fit_merging([hidden_occurrences(files, known, seed + number) for number in range(SPLITS)], seed)
    content = {"format": FORMAT, "features": list(FEATURES), "weights": np.round(weights, 4).tolist()}
    output.write_text(json.dumps(content) + "\n", encoding="utf-8")


def merging_scores(hidden: Hidden) -> MergingScores:
    """Of resolving the occurrences as in use, over the pairs of those whose ids are hidden."""
    result = resolve(hidden.occurrences)
    nodes: dict[str, list[str]] = defaultdict(list)
    for item in hidden.occurrences:
        if item.kb_id is None:
            nodes[result.assignment[item.id]].append(hidden.ids[item.id])
    joined = [Counter(ids) for ids in nodes.values()]
    total = Counter(kb_id for ids in nodes.values() for kb_id in ids)
    right = sum(_pairs(count) for group in joined for count in group.values())
    made, wanted = sum(_pairs(group.total()) for group in joined), sum(map(_pairs, total.values()))
    return MergingScores(
        wanted, right / made if made else 1.0, right / wanted if wanted else 1.0, pair_calibration(hidden)
    )


def pair_calibration(hidden: Hidden, seed: int = 0) -> float:
    """Calibration error of the probabilities that pairs are one."""
    pairs = [(first, second) for first, second, _ in hidden_pairs(hidden, seed) if pair_features(first, second)]
    scores = np.array([pair_score(first, second)[0] for first, second in pairs])
    return calibration_error(scores, np.array([hidden.ids[a.id] == hidden.ids[b.id] for a, b in pairs]))


def _pairs(count: int) -> int:
    return count * (count - 1) // 2
