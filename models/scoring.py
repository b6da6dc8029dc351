"""Scores of predicted documents against gold ones: entities strictly, relations by entities, as micro F1.

Documents are matched by id; a gold document without a prediction counts as empty, so leaving out gains nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
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
        _count(ner, mentions_of(document), mentions_of(other))
        if document.relations is not None:
            wanted = facts_of(document, own_entities(document))
            _count(relations, wanted, facts_of(other, matched_entities(document, other)))
    result = {**_measures("ner", ner), **_measures("re", relations)}
    return {"f1": result["re_f1"] if relations["gold"] else result["ner_f1"], **result}


def _count(counts: Counter[str], gold: AbstractSet[object], predicted: AbstractSet[object]) -> None:
    counts.update(right=len(gold & predicted), predicted=len(predicted), gold=len(gold))


def mentions_of(document: Annotated) -> set[tuple[int, int, str]]:
    """The names of a document with their labels."""
    return {(m.start, m.end, m.label) for m in document.mentions if m.form == "name"}


def facts_of(document: Annotated, match: Mapping[int, object]) -> set[object]:
    """The facts of a document, its entities under the names that ``match`` gives them."""
    return {(match[r.head], r.type, match[r.tail]) for r in document.relations or ()}


def own_entities(document: Annotated) -> dict[int, object]:
    """Each entity by its own number."""
    return {entity.id: entity.id for entity in document.entities}


def matched_entities(gold: Annotated, other: Annotated) -> dict[int, object]:
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
