"""Labels of pairs of entities: which types a labelled text states, which it excludes, and what stays unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from graphwright.models.features import RelationFeatures
from graphwright.models.sources import COMPLETE, KNOWLEDGENET, MADE, SINGLE, SYMMETRIC, TOGETHER, Source
from graphwright.models.stitching import Labelled, apart

UNKNOWN, FALSE, TRUE = -1, 0, 1


def relation_labels(
    labelled: Labelled, features: RelationFeatures, source: Source, types: Sequence[str]
) -> NDArray[np.int8]:
    """What is known of each pair and type. Shape: int8 (pairs, types)."""
    number = {name: place for place, name in enumerate(types)}
    line = {(features.kept[h], features.kept[t]): place for place, (h, t) in enumerate(features.pairs.tolist())}
    labels = np.full((len(line), len(types)), UNKNOWN, np.int8)
    if source.relations in MADE:
        labels[:] = FALSE
    if source.relations == "complete":
        labels[:, [number[name] for name in COMPLETE if name in number]] = FALSE
    _deny_by_passage(labels, labelled, features, line, number)
    for pair, impossible in apart(labelled).items():
        if pair in line:
            labels[line[pair]] = FALSE if impossible else UNKNOWN
    for head, name, tail in sorted(labelled.unsaid):
        if (head, tail) in line:
            labels[line[head, tail], number[name]] = UNKNOWN
    if source.relations == "single":
        _deny_other_relations(labels, labelled, line, number)
    for relation in labelled.content.relations or ():
        true, maybe = KNOWLEDGENET.get(relation.type, ((relation.type,), ()))
        for name, value in [*((name, UNKNOWN) for name in maybe), *((name, TRUE) for name in true)]:
            pair = (relation.head, relation.tail)
            if name.startswith("inverse:"):
                name, pair = name.removeprefix("inverse:"), pair[::-1]
            if pair in line:
                labels[line[pair], number[name]] = value
    return labels


def _deny_by_passage(
    labels: NDArray[np.int8],
    labelled: Labelled,
    features: RelationFeatures,
    line: Mapping[tuple[int, int], int],
    number: Mapping[str, int],
) -> None:
    """A property read exhaustively in a passage is false of its pairs unless stated."""
    spans = {entity.id: entity.mentions for entity in labelled.content.entities}
    for (start, end), properties in labelled.passages:
        inside = {e for e in features.kept if any(start <= m.start and m.end <= end for m in spans[e])}
        names = [name.removeprefix("inverse:") for p in properties for group in KNOWLEDGENET[p] for name in group]
        columns = sorted({number[name] for name in names})
        rows = [place for (head, tail), place in line.items() if head in inside and tail in inside]
        labels[np.ix_(rows, columns)] = FALSE


def _deny_other_relations(
    labels: NDArray[np.int8], labelled: Labelled, line: Mapping[tuple[int, int], int], number: Mapping[str, int]
) -> None:
    """Of a pair of which one relation is stated, the others are false, except those that go together with it."""
    for relation in labelled.content.relations or ():
        maybe = {name for group in TOGETHER if relation.type in group for name in group}
        columns = [number[name] for name in SINGLE if name in number and name not in maybe]
        if (relation.head, relation.tail) in line:
            labels[line[relation.head, relation.tail], columns] = FALSE
        if (relation.tail, relation.head) in line and relation.type not in SYMMETRIC:
            labels[line[relation.tail, relation.head], number[relation.type]] = FALSE
