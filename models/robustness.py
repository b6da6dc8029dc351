"""How much extraction loses on garbled documents: ``bench``'s measures on each perturbation of the same documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

from graphwright.models.bench import Complete, Labels, bench
from graphwright.models.edits import joined
from graphwright.models.perturbations import PERTURBATIONS
from graphwright.pipeline.records import Annotated

TOGETHER = 8
"""So many documents make a long one."""


@dataclass(frozen=True, slots=True)
class Drop:
    """A measure under a perturbation; ``drop`` is the share of the ``clean`` score that is lost."""

    perturbation: str
    measure: str
    clean: float
    score: float

    @property
    def drop(self) -> float:
        return 1 - self.score / self.clean if self.clean else 0.0


def robustness(
    gold: Sequence[Annotated], complete: Complete, threshold: float, labels: Labels, seed: int = 13
) -> Iterator[Drop]:
    """The drops of all measures, but for those that a perturbation leaves nothing of, such as links of unseen names.

    Raises ``CorpusError`` where nothing is labelled.
    """
    clean = _scores(gold, complete, threshold, labels)
    for name, documents in perturbed(gold, seed):
        scores = _scores(documents, complete, threshold, labels)
        yield from (
            Drop(name, measure, value, scores[measure]) for measure, value in clean.items() if measure in scores
        )


def perturbed(gold: Sequence[Annotated], seed: int) -> Iterator[tuple[str, list[Annotated]]]:
    """The documents in each perturbation, and last as few long ones; each a function of its id and the seed."""
    for name, perturbation in PERTURBATIONS.items():
        yield name, [perturbation(item, Random(f"{seed} {name} {item.document.id}")) for item in gold]
    rest = iter(gold)
    yield "long documents", [joined(part) for part in iter(lambda: list(islice(rest, TOGETHER)), [])]


def _scores(gold: Sequence[Annotated], complete: Complete, threshold: float, labels: Labels) -> dict[str, float]:
    """F1 and accuracy; errors of calibration are no score to lose."""
    found = bench(gold, complete, threshold, labels).scores
    return {score.measure: score.score for score in found if "error" not in score.measure}
