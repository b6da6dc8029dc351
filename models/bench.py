"""How good extraction is on labelled documents, and where it loses: each stage in turn replaced by gold.

Intervals are bootstrapped over documents (Efron 1979), so that a few hundred documents say how little they say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from graphwright.models.calibration import best_threshold, calibration_error
from graphwright.models.coreference_scores import clusters_of, coreference_parts, scores_of_parts
from graphwright.models.scoring import facts_of, matched_entities, mentions_of, own_entities
from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.extraction import Given
from graphwright.pipeline.records import Annotated, Relation

Counts = NDArray[np.float64]
Outcomes = tuple[NDArray[np.float32], NDArray[np.bool_]]
Complete = Callable[[Iterable[Annotated], Given], Iterator[Annotated]]
Labels = Mapping[str, Sequence[str]]
GIVEN: Mapping[Given, str] = {"nothing": "raw text", "mentions": "mentions given", "entities": "entities given"}
SAMPLES = 1000
ROUNDING = 1e-6
"""By how much a score of 32 bits may lie above what it stands for."""
INVERSE = "inverse:"


@dataclass(frozen=True, slots=True)
class Score:
    """A measure with the bounds between which 95 % of the bootstrap's samples lie."""

    measure: str
    score: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bench:
    """What ``bench`` found; ``losses`` are points of relation F1 that each stage costs, in their order."""

    documents: int
    scores: tuple[Score, ...]
    losses: tuple[tuple[str, float], ...]


def bench(gold: Sequence[Annotated], complete: Complete, threshold: float, labels: Labels, seed: int = 13) -> Bench:
    """Run extraction thrice, with nothing, mentions and entities given, and score each.

    ``labels`` maps our labels and relation types to those of the documents, with "inverse:" for the other direction.
    Labels that the documents never use do not count against us. Raises ``CorpusError`` where nothing is labelled.
    """
    if not any(item.mentions for item in gold):
        raise CorpusError("nothing to measure: no document has a labelled mention")
    found = {stage: list(complete(gold, stage)) for stage in GIVEN}
    random = np.random.default_rng(seed)
    scores = [*entity_scores(gold, found["nothing"], labels, random)]
    if any(len(entity.mentions) > 1 for item in gold for entity in item.entities):
        scores.append(_coreference(gold, found["mentions"], random))
    if any(entity.kb_id for item in gold for entity in item.entities):
        scores.append(_interval("linking accuracy, mentions given", _links(gold, found["mentions"]), random))
    if not any(item.relations for item in gold):
        return Bench(len(gold), tuple(scores), ())
    renamed = {stage: [_renamed(item, labels) for item in found[stage]] for stage in GIVEN}
    rows = {stage: _relation_counts(gold, renamed[stage], threshold) for stage in GIVEN}
    scores += [_interval(f"relations F1, {GIVEN[stage]}", rows[stage], random) for stage in GIVEN]
    outcomes = list(_outcomes(gold, renamed["entities"]))
    scores.append(_calibration(outcomes, random))
    best = _relation_counts(gold, renamed["entities"], _best_threshold(outcomes, rows["entities"]))
    return Bench(len(gold), tuple(scores), tuple(losses(rows, best)))


def entity_scores(
    gold: Sequence[Annotated], found: Sequence[Annotated], labels: Labels, random: np.random.Generator
) -> Iterator[Score]:
    """Strict F1 of the names, then of each label alone."""
    wanted = [mentions_of(item) for item in gold]
    known = {label for spans in wanted for _, _, label in spans}
    given = [
        {(s, e, name) for s, e, label in mentions_of(item) for name in labels.get(label, (label,)) if name in known}
        for item in found
    ]
    yield _interval("entities F1", _counts(wanted, given), random)
    for label in sorted(known):
        parts = ([{item for item in one if item[2] == label} for one in side] for side in (wanted, given))
        yield _interval(f"entities F1, {label}", _counts(*parts), random)


def losses(rows: Mapping[Given, Counts], best: Counts) -> Iterator[tuple[str, float]]:
    """Points of relation F1 lost to each stage, by what its gold answer gains; ``best`` are the counts at the threshold
    that is best here.
    """
    f1 = {stage: _f1(counts.sum(0)) for stage, counts in rows.items()}
    highest = _f1(best.sum(0))
    yield "entities: mentions found against gold ones", round(f1["mentions"] - f1["nothing"], 4)
    yield "coreference: joined by us against gold", round(f1["entities"] - f1["mentions"], 4)
    yield "calibration: the threshold in use against the best here", round(highest - f1["entities"], 4)
    yield "relations: all the rest", round(1 - highest, 4)


def _best_threshold(outcomes: Sequence[Outcomes], counts: Counts) -> float:
    scores, right = (np.concatenate(parts) for parts in zip(*outcomes, strict=True))
    return best_threshold(scores, right, int(counts[:, 2].sum())) - ROUNDING if len(scores) else 0.5


def _calibration(outcomes: Sequence[Outcomes], random: np.random.Generator) -> Score:
    def error(places: Iterable[int]) -> float:
        scores, right = (np.concatenate(parts) for parts in zip(*(outcomes[n] for n in places), strict=True))
        return calibration_error(scores, right) if len(scores) else 0.0

    values = [error(places.tolist()) for places in _samples(len(outcomes), random)]
    return _score("calibration error, entities given", error(range(len(outcomes))), values)


def _outcomes(gold: Sequence[Annotated], found: Sequence[Annotated]) -> Iterator[Outcomes]:
    """Of each document the scores of its predicted facts, of types that gold uses, and whether they are right."""
    known = {relation.type for item in gold for relation in item.relations or ()}
    for item, other in zip(gold, found, strict=True):
        wanted = {(r.head, r.type, r.tail) for r in item.relations or ()}
        judged = [r for r in other.relations or () if item.relations is not None and r.type in known]
        scores = np.asarray([relation.score for relation in judged], np.float32)
        yield scores, np.asarray([(r.head, r.type, r.tail) in wanted for r in judged], bool)


def _renamed(item: Annotated, labels: Labels) -> Annotated:
    """Relations under the documents' own types, each fact once with its best score."""
    best: dict[tuple[int, str, int], Relation] = {}
    for relation in item.relations or ():
        for name in labels.get(relation.type, (relation.type,)):
            ends = (relation.tail, relation.head) if name.startswith(INVERSE) else (relation.head, relation.tail)
            key = ends[0], name.removeprefix(INVERSE), ends[1]
            if key not in best or relation.score > best[key].score:
                best[key] = replace(relation, head=key[0], type=key[1], tail=key[2])
    return replace(item, relations=tuple(best.values()))


def _relation_counts(gold: Sequence[Annotated], found: Sequence[Annotated], threshold: float) -> Counts:
    known = {relation.type for item in gold for relation in item.relations or ()}
    wanted, given = [], []
    for item, other in zip(gold, found, strict=True):
        if item.relations is not None:
            wanted.append(facts_of(item, own_entities(item)))
            kept = (r for r in other.relations or () if r.score >= threshold and r.type in known)
            given.append(facts_of(replace(other, relations=tuple(kept)), matched_entities(item, other)))
    return _counts(wanted, given)


def _links(gold: Sequence[Annotated], found: Sequence[Annotated]) -> Counts:
    """Mentions with a gold id: right where ours is the same. As counts whose F1 is the accuracy."""
    rows = []
    for item, other in zip(gold, found, strict=True):
        ours = {mention.span: entity.kb_id for entity in other.entities for mention in entity.mentions}
        wanted = [(m.span, entity.kb_id) for entity in item.entities if entity.kb_id for m in entity.mentions]
        rows.append((sum(ours.get(span) == kb_id for span, kb_id in wanted), len(wanted), len(wanted)))
    return np.asarray(rows, np.float64)


def _coreference(gold: Sequence[Annotated], found: Sequence[Annotated], random: np.random.Generator) -> Score:
    pairs = ((clusters_of(item.entities), clusters_of(other.entities)) for item, other in zip(gold, found, strict=True))
    parts = np.asarray([coreference_parts(*pair) for pair in pairs])
    values = [scores_of_parts(parts[places].sum(0))["f1"] for places in _samples(len(parts), random)]
    return _score("coreference F1, mentions given", scores_of_parts(parts.sum(0))["f1"], values)


def _counts(wanted: Iterable[AbstractSet[object]], given: Iterable[AbstractSet[object]]) -> Counts:
    rows = [(len(one & other), len(other), len(one)) for one, other in zip(wanted, given, strict=True)]
    return np.asarray(rows, np.float64).reshape(-1, 3)


def _interval(measure: str, counts: Counts, random: np.random.Generator) -> Score:
    return _score(measure, _f1(counts.sum(0)), [_f1(counts[places].sum(0)) for places in _samples(len(counts), random)])


def _samples(documents: int, random: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    return (random.integers(0, documents, documents) for _ in range(SAMPLES))


def _score(measure: str, value: float, samples: Sequence[float]) -> Score:
    low, high = np.quantile(samples, (0.025, 0.975))
    return Score(measure, round(value, 4), round(float(low), 4), round(float(high), 4))


def _f1(counts: Counts) -> float:
    """2 right / (predicted + wanted), which is F1."""
    right, predicted, wanted = counts.tolist()
    return 2 * right / (predicted + wanted) if predicted + wanted else 0.0
