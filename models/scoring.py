"""Scores of predicted documents against gold ones: entities strictly, relations by entities, as micro F1.

Documents are matched by id; a gold document without a prediction counts as empty, so leaving out gains nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.interchange import read_annotated
from graphwright.pipeline.records import Annotated

Scores = dict[str, float]


def score_predictions(predictions: Path, gold: Path) -> Scores:
    """Entity and relation scores of a file of predictions; ``f1`` is the relations' where gold has any."""
    predicted = {item.document.id: item for item in read_annotated(predictions)}
    return score(read_annotated(gold), predicted)


def score(gold: Iterable[Annotated], predicted: Mapping[str, Annotated]) -> Scores:
    """``ner_`` and ``re_`` precision, recall, F1, and ``f1``: the relations' where gold has any, else the entities'."""
    ner: Counter[str] = Counter()
    relations: Counter[str] = Counter()
    for document in gold:
        other = predicted.get(document.document.id, Annotated(document.document))
        if other.document.text != document.document.text:
            raise CorpusError(f"document {document.document.id}: the predicted text differs from the gold one")
        _count(ner, _mentions(document), _mentions(other))
        if document.relations is not None:
            _count(relations, _relations(document, _own(document)), _relations(other, _matched(document, other)))
    result = {**_measures("ner", ner), **_measures("re", relations)}
    return {"f1": result["re_f1"] if relations["gold"] else result["ner_f1"], **result}


def _count(counts: Counter[str], gold: set[object], predicted: set[object]) -> None:
    counts.update(right=len(gold & predicted), predicted=len(predicted), gold=len(gold))


def _mentions(document: Annotated) -> set[object]:
    return {(m.start, m.end, m.label) for m in document.mentions if m.form == "name"}


def _relations(document: Annotated, match: Mapping[int, object]) -> set[object]:
    return {(match[r.head], r.type, match[r.tail]) for r in document.relations or ()}


def _own(document: Annotated) -> dict[int, object]:
    return {entity.id: entity.id for entity in document.entities}


def _matched(gold: Annotated, other: Annotated) -> dict[int, object]:
    """For each predicted entity the gold one with which it shares most spans; itself, as wrong, where none."""
    owner = {mention.span: entity.id for entity in gold.entities for mention in entity.mentions}
    match: dict[int, object] = {}
    for entity in other.entities:
        votes = Counter(owner[m.span] for m in entity.mentions if m.span in owner)
        match[entity.id] = min(votes, key=lambda key: (-votes[key], key)) if votes else ("none", entity.id)
    return match


def _measures(name: str, counts: Counter[str]) -> Scores:
    precision = counts["right"] / counts["predicted"] if counts["predicted"] else 0.0
    recall = counts["right"] / counts["gold"] if counts["gold"] else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    values = {"precision": precision, "recall": recall, "f1": f1}
    return {f"{name}_{measure}": round(value, 4) for measure, value in values.items()}
