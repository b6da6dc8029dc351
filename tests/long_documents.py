"""What relations lose where texts of several subjects stand in a row: ``python tests/long_documents.py DATA``.

Documents of Re-DocRED, dev, by themselves and eight in a row, with their entities given: precision, recall and F1 of
relations at the score from which F1 is best, which is chosen on these very documents.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from graphwright.models.calibration import best_threshold
from graphwright.models.edits import joined
from graphwright.models.robustness import TOGETHER
from graphwright.models.shipped import load_annotator
from graphwright.pipeline.extraction import Extractor
from graphwright.pipeline.interchange import read_annotated
from graphwright.pipeline.records import Annotated
from graphwright.pipeline.schema import load_schema

TEST = "redocred/dev.jsonl.gz"
DOCUMENTS = 40


def measured(annotator: Extractor, gold: Sequence[Annotated]) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    told, total = [], 0
    for item, found in zip(gold, annotator.complete(gold, "entities"), strict=True):
        wanted = {(fact.head, fact.type, fact.tail) for fact in item.relations or ()}
        total += len(wanted)
        told += [(fact.score, (fact.head, fact.type, fact.tail) in wanted) for fact in found.relations or ()]
    scores, right = np.asarray([score for score, _ in told], np.float32), np.asarray([one for _, one in told])
    kept = right[scores >= best_threshold(scores, right, total)]
    return kept.mean(), kept.sum() / total, 2 * kept.sum() / (len(kept) + total)


def main(data: Path) -> None:
    annotator = load_annotator(schema=load_schema())
    gold = list(islice(read_annotated(data / TEST), DOCUMENTS))
    rows = [joined(gold[start : start + TOGETHER]) for start in range(0, len(gold), TOGETHER)]
    for name, documents in (("by themselves", gold), (f"{TOGETHER} in a row", rows)):
        precision, recall, f1 = measured(annotator, documents)
        print(f"{DOCUMENTS} documents {name}: precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
