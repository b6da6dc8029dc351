"""Scores of coreference: MUC (Vilain et al. 1995), B-cubed (Bagga and Baldwin 1998), CEAFe (Luo 2005), and their mean.

CEAFe's alignment is found greedily, the likest clusters first, which may lie a little below the best alignment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from graphwright.pipeline.records import Entity, Span

Cluster = frozenset[Span]
Clusters = Sequence[Cluster]
Part = tuple[float, float]
Parts = NDArray[np.float64]


def clusters_of(entities: Iterable[Entity]) -> list[Cluster]:
    """The spans of each entity."""
    return [frozenset(mention.span for mention in entity.mentions) for entity in entities if entity.mentions]


def coreference_scores(documents: Iterable[tuple[Clusters, Clusters]]) -> dict[str, float]:
    """``muc``, ``b3``, ``ceafe`` and ``f1``, their mean, of (gold, predicted) clusters, counted over all documents."""
    return scores_of_parts(sum((coreference_parts(*pair) for pair in documents), np.zeros((3, 4))))


def coreference_parts(gold: Clusters, predicted: Clusters) -> Parts:
    """What one document adds to each measure: float64 (3, 4), found, wanted, right and predicted."""
    return np.asarray([(*measure(gold, predicted), *measure(predicted, gold)) for measure in (_muc, _b3, _ceafe)])


def scores_of_parts(parts: Parts) -> dict[str, float]:
    """The measures of parts added up over documents."""
    scores = {name: round(_f1(*row), 4) for name, row in zip(("muc", "b3", "ceafe"), parts.tolist(), strict=True)}
    return {**scores, "f1": round(sum(scores.values()) / len(scores), 4)}


def _f1(found: float, wanted: float, right: float, predicted: float) -> float:
    recall, precision = (found / wanted if wanted else 0.0), (right / predicted if predicted else 0.0)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _owners(clusters: Clusters) -> dict[Span, Cluster]:
    return {span: cluster for cluster in clusters for span in cluster}


def _muc(keys: Clusters, responses: Clusters) -> Part:
    """Links kept: a key that falls into n parts lost n - 1 of them."""
    owner = _owners(responses)
    kept = sum(len(key) - len({owner.get(span, frozenset({span})) for span in key}) for key in keys)
    return kept, sum(len(key) - 1 for key in keys)


def _b3(keys: Clusters, responses: Clusters) -> Part:
    owner = _owners(responses)
    shares = (len(key & owner[span]) / len(key) for key in keys for span in sorted(key) if span in owner)
    return sum(shares), sum(map(len, keys))


def _ceafe(keys: Clusters, responses: Clusters) -> Part:
    likeness = sorted(
        (-2 * len(key & other) / (len(key) + len(other)), row, column)
        for row, key in enumerate(keys)
        for column, other in enumerate(responses)
        if key & other
    )
    rows: set[int] = set()
    columns: set[int] = set()
    total = 0.0
    for value, row, column in likeness:
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            total -= value
    return total, len(keys)
