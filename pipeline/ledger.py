"""The ledger: everything that was read and did not reach the graph, counted with its reason.

Written during a run, so the one mutable record of the pipeline; it is merged and sorted before it is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Failure:
    """A document (by source) that did not make it, and why, in one line."""

    source: str
    reason: str


@dataclass(slots=True)
class Ledger:
    """Counts by (what, reason), e.g. ("fact", "score below 0.50"), and the documents that failed.

    ``reword`` is what becomes of the reason of a failure before it is kept.
    """

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    reword: Callable[[str], str] = str

    def count(self, what: str, reason: str, number: int = 1) -> None:
        self.counts[what, reason] += number

    def fail(self, source: str, reason: str) -> None:
        self.failures.append(Failure(source, self.reword(" ".join(reason.split()))))

    def add(self, other: Ledger) -> None:
        self.counts.update(other.counts)
        self.failures.extend(other.failures)

    def rows(self) -> Iterable[tuple[str, str, int]]:
        """(what, reason, number), sorted; failed documents are counted by their reason."""
        failed = Counter(("document", failure.reason) for failure in self.failures)
        total = self.counts + failed
        return [(what, reason, number) for (what, reason), number in sorted(total.items())]
