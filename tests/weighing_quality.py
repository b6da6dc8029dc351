"""What weighs on a fact besides what the networks say of it: ``python tests/weighing_quality.py DATA``.

On training documents that no network learned from. First its rivals (``models/rivals.py``): calibration with and
without them, cross-validated over texts. Then the knowledge base (``pipeline/known_facts.py``): how many of the facts
that it raises or lowers are true, how many were expected, and which shift of their log-odds fits best.
"""

from __future__ import annotations

import sqlite3  # noqa: F401 (before TensorFlow, which brings an older library of the same name)
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graphwright.models.calibration import NEAR, Calibration, Candidates, fit_calibration
from graphwright.models.examples import held_out, read_rows
from graphwright.models.relation_calibration import held_out_candidates
from graphwright.models.runtime import open_session
from graphwright.models.shipped import COREFERENCE, RELATIONS, load_annotator, weights_folder
from graphwright.models.train import COMMITTEE, relation_types, state_examples
from graphwright.pipeline.interchange import from_json
from graphwright.pipeline.known_facts import CONTAINS, WITHIN, KnownFacts, weighed
from graphwright.pipeline.protocols import FloatArray
from graphwright.pipeline.records import Annotated
from graphwright.pipeline.schema import load_schema

FOLDS = 5
PRECISE = (0.7, 0.9)
DOCUMENTS = "redocred/train.jsonl.gz"
SHIFTS = np.arange(-4.0, 4.0, 0.1)
Outcome = tuple[str, float, bool]
"""How the knowledge base moves a fact, its score before, and whether it is true."""


def fold_of_texts(ids: Sequence[str], candidates: Sequence[int]) -> NDArray[np.int64]:
    """The fold of each candidate: all of one text are in one, whatever of it was given or found."""
    numbers = {name: place for place, name in enumerate(dict.fromkeys(ids))}
    folds = [numbers[name] % FOLDS for name in ids]
    return np.repeat(np.asarray(folds), candidates)


def some(candidates: Candidates, chosen: NDArray[np.bool_]) -> Candidates:
    """The chosen ones, their groups numbered anew."""
    parts = {field.name: getattr(candidates, field.name)[chosen] for field in fields(candidates)}
    groups = [np.unique(column, return_inverse=True)[1] for column in parts["groups"].T]
    return Candidates(**{**parts, "groups": np.stack(groups, axis=1)})


def cross_validated(candidates: Candidates, folds: NDArray[np.int64], types: int) -> tuple[FloatArray, FloatArray]:
    """Probabilities without and with rivals, of each fold by what the others teach."""
    apart, among = (np.zeros(len(folds), np.float32) for _ in range(2))
    for fold in range(FOLDS):
        inside = folds == fold
        fitted, asked = fit_calibration(some(candidates, ~inside), types), some(candidates, inside)
        among[inside] = asked.probabilities(fitted)
        apart[inside] = asked.probabilities(_without_rivals(some(candidates, ~inside), types))
    return apart, among


def _without_rivals(candidates: Candidates, types: int) -> Calibration:
    """As where none has a rival: each candidate is a group by itself."""
    alone = np.arange(len(candidates.margins))
    return replace(fit_calibration(replace(candidates, groups=np.stack([alone, alone], axis=1)), types), rivalry=())


def best_f1(scores: FloatArray, true: NDArray[np.bool_]) -> float:
    right = np.cumsum(true[np.argsort(-scores)])
    return float((2 * right / (np.arange(1, len(right) + 1) + true.sum())).max())


def outcomes(gold: Annotated, found: Annotated, known: KnownFacts) -> Iterator[Outcome]:
    """Of each fact that the knowledge base moves."""
    of_span = {mention.span: entity.id for entity in gold.entities for mention in entity.mentions}
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    for entity in found.entities:
        votes[entity.id].update(of_span[m.span] for m in entity.mentions if m.span in of_span)
    same = {key: count.most_common(1)[0][0] for key, count in votes.items() if count}
    stated = {(r.head, r.type, r.tail) for r in gold.relations or ()}
    before = found.relations or ()
    for relation, moved in zip(before, weighed(before, found.entities, known), strict=True):
        if moved.score != relation.score:
            fell = "elsewhere" if relation.type in (WITHIN, CONTAINS) else "contradicted"
            fact = (same.get(relation.head, -1), relation.type, same.get(relation.tail, -1))
            yield "held" if moved.score > relation.score else fell, relation.score, fact in stated


def best_shift(scores: NDArray[np.float64], true: NDArray[np.bool_]) -> float:
    """Of the logarithm of the odds."""
    clipped = np.clip(scores, 0.01, 0.99)
    odds = np.log(clipped / (1 - clipped)) + SHIFTS[:, np.newaxis]
    losses = np.logaddexp(0, np.where(true, -odds, odds)).sum(axis=1)
    return float(SHIFTS[losses.argmin()])


def show_rivals(data: Path) -> None:
    folder, types = weights_folder(), relation_types(data)
    items = state_examples(data, folder, folder / COREFERENCE, types, kept_back=True)
    candidates = held_out_candidates([open_session(folder / name / RELATIONS, 2) for name in COMMITTEE], items)
    near = candidates.margins > NEAR
    counts = [int((item.example.types >= 0).sum()) for item in items]
    folds = fold_of_texts([item.example.id for item in items], counts)[near]
    candidates = some(candidates, near)
    probabilities = cross_validated(candidates, folds, len(types))
    found = candidates.found
    for name, chosen in (("given", ~found), ("found", found), ("given or found", found | ~found)):
        for kind, scores in zip(("without", "with"), probabilities, strict=True):
            own, true = scores[chosen], candidates.true[chosen]
            precise = ", ".join(f"precision at {p} {true[own >= p].mean():.3f}" for p in PRECISE)
            print(f"entities {name}, {kind} rivals: best F1 {best_f1(own, true):.3f}, {precise}")


def show_known(data: Path) -> None:
    rows = (from_json(row, DOCUMENTS) for row in read_rows(data / DOCUMENTS))
    gold = [item for item in rows if held_out(item.document.id)]
    annotator = load_annotator(schema=load_schema())
    known = annotator.known
    assert known is not None
    found = replace(annotator, known=None).complete(gold, "mentions")
    told = [one for item, other in zip(gold, found, strict=True) for one in outcomes(item, other, known)]
    for kind in ("held", "contradicted", "elsewhere"):
        scores = np.asarray([score for name, score, _ in told if name == kind])
        true = np.asarray([right for name, _, right in told if name == kind], bool)
        print(
            f"{kind}: {len(scores)} facts, {true.sum()} true, {scores.sum():.0f} expected; "
            f"shift {best_shift(scores, true):.1f}"
        )


if __name__ == "__main__":
    show_rivals(Path(sys.argv[1]))
    show_known(Path(sys.argv[1]))
