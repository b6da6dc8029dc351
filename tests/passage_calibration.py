"""Whether relation scores keep their word on raw text: ``python tests/passage_calibration.py DATA``.

KnowledgeNet reads each passage for some properties, and for these finds all that it says. So a fact counts where both
of its ends are named in a passage that was read for its property; it is right where that passage states it of names
that overlap. Of the facts that several of our types stand for, the likeliest counts.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from graphwright.models.calibration import BINS, calibration_error, reliability
from graphwright.models.examples import read_rows
from graphwright.models.shipped import load_annotator
from graphwright.models.sources import KNOWLEDGENET
from graphwright.pipeline.interchange import from_json
from graphwright.pipeline.records import Annotated, Span
from graphwright.pipeline.schema import load_schema

TEST = "knowledgenet/dev.jsonl.gz"
POINTS = (0.5, 0.8, 0.9)
Fact = tuple[str, tuple[Span, ...], tuple[Span, ...]]
"""A property, and where head and tail are named in a passage."""
LABELS = {
    (name.removeprefix("inverse:"), name.startswith("inverse:")): label
    for label, groups in KNOWLEDGENET.items()
    for name in (name for group in groups for name in group)
    if name != "inverse:P26"
}
"""The property that a type of ours stands for, with head and tail changed or not; a marriage is told both ways."""


def outcomes(row: Mapping[str, Any], found: Annotated) -> Iterator[tuple[list[tuple[float, bool]], list[float]]]:
    """Of each passage: our facts as (score, right), and of each fact that it states our best score, 0 where none."""
    for (start, end), labels in zip(row["sentences"], row["annotated"], strict=True):
        spans = {e.id: tuple(m.span for m in e.mentions if start <= m.start and m.end <= end) for e in found.entities}
        told = _told(found, spans, labels)
        stated = [
            (fact["type"], tuple(fact["head_span"]), tuple(fact["tail_span"]))
            for fact in row["relations"] or ()
            if all(start <= first and last <= end for first, last in (fact["head_span"], fact["tail_span"]))
        ]
        right = {fact: [_same(fact, *one) for one in stated] for fact in told}
        best = [max((told[fact] for fact in told if right[fact][place]), default=0.0) for place in range(len(stated))]
        yield [(told[fact], any(right[fact])) for fact in told], best


def _told(found: Annotated, spans: Mapping[int, tuple[Span, ...]], labels: Collection[str]) -> dict[Fact, float]:
    told: dict[Fact, float] = defaultdict(float)
    for relation in found.relations or ():
        for inverse in (False, True):
            label = LABELS.get((relation.type, inverse), "")
            ends = (relation.tail, relation.head) if inverse else (relation.head, relation.tail)
            heads, tails = (spans[end] for end in ends)
            if label in labels and heads and tails:
                fact = (label, heads, tails)
                told[fact] = max(told[fact], relation.score)
    return told


def _same(fact: Fact, label: str, head: Span, tail: Span) -> bool:
    def met(spans: Iterable[Span], gold: Span) -> bool:
        return any(start < gold[1] and gold[0] < end for start, end in spans)

    return fact[0] == label and met(fact[1], head) and met(fact[2], tail)


def main(data: Path) -> None:
    rows = list(read_rows(data / TEST))
    annotator = load_annotator(schema=load_schema())
    found = annotator.complete((from_json(row, TEST) for row in rows), "nothing")
    parts = [part for row, item in zip(rows, found, strict=True) for part in outcomes(row, item)]
    told = [one for facts, _ in parts for one in facts]
    best = np.asarray([score for _, scores in parts for score in scores])
    scores, right = np.asarray([s for s, _ in told], np.float32), np.asarray([r for _, r in told])
    for point in POINTS:
        kept = scores >= point
        print(f"at {point} and above: precision {right[kept].mean():.3f}, recall {(best >= point).mean():.3f}")
    chance = np.random.default_rng(13)
    drawn = [calibration_error(scores, chance.random(len(scores)) < scores) for _ in range(200)]
    error = calibration_error(scores, right)
    print(
        f"calibration error {error:.4f} over {BINS} bins of {len(scores)} facts; by chance alone {np.mean(drawn):.4f}"
    )
    for mean, share, number in reliability(scores, right):
        print(f"  {mean:.2f} said, {share:.2f} right, {number} facts")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
