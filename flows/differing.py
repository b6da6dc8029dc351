"""What differs between two graphs, in words: for ``build --dry-run`` and ``diff``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphwright.flows.inspection import readable
from graphwright.flows.settings import Settings
from graphwright.pipeline.differences import KINDS, Change, Graph, History, Kind, Reason, changes, paired
from graphwright.pipeline.records import Band

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from graphwright.pipeline.graph import Evidence, Statement


@dataclass(frozen=True, slots=True)
class Side:
    """How a fact stands in one of two graphs."""

    score: float
    band: Band
    evidence: int


@dataclass(frozen=True, slots=True)
class DifferentFact:
    """A fact that differs; ``before`` or ``after`` is ``None`` where it is not in that graph.

    ``sentence`` is the likeliest of the evidence that came, or, where none did, that went; of a fact with the same
    evidence, of all. ``was`` is the id that it had where its ends were other nodes, else "".
    """

    kind: Kind
    id: str
    was: str
    subject: str
    predicate: str
    object: str
    before: Side | None
    after: Side | None
    sentence: str
    gained: int
    lost: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """All facts that differ between two graphs, by kind, subject, predicate and object."""

    facts: tuple[DifferentFact, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many facts of each kind."""
        found = Counter(fact.kind for fact in self.facts)
        return {kind: found[kind] for kind in KINDS}


def difference(before: Graph, after: Graph, predicates: Mapping[str, str]) -> Difference:
    """What ``after`` holds other than ``before``; ``predicates`` gives properties their names in words."""
    return in_order(fact for _, fact in told_changes(before, after, predicates))


def in_order(facts: Iterable[DifferentFact]) -> Difference:
    """The facts as people read them."""
    order = {kind: place for place, kind in enumerate(KINDS)}
    return Difference(
        tuple(sorted(facts, key=lambda item: (order[item.kind], item.subject, item.predicate, item.object, item.id)))
    )


def told_changes(
    before: Graph, after: Graph, predicates: Mapping[str, str], *, pair: bool = True
) -> Iterator[tuple[Change, DifferentFact]]:
    """What differs, and each in words; ``pair``: what was said of other nodes before is one change, not two."""
    found = list(changes(before.statements(), after.statements()))
    found = paired(found) if pair else found
    if found:
        history, names = History.of(before, after), _names(found, before, after)
        yield from ((change, _told(change, history, names, predicates)) for change in found)


def diff_targets(first: str, second: str, settings: Settings) -> Difference:
    """What the second of two targets or exports holds other than the first."""
    from graphwright.flows.building import property_names

    with open_graph(first, settings) as before, open_graph(second, settings) as after:
        return difference(before, after, property_names(settings))


def open_graph(target: str, settings: Settings) -> AbstractContextManager[Graph]:
    """A target, or a folder that ``export`` wrote as JSON lines or Parquet, for reading alone."""
    from contextlib import nullcontext

    from graphwright.flows.targets import open_read_only_target
    from graphwright.pipeline.exports.reading import exported_graph
    from graphwright.pipeline.sinks.opening import local_path

    path = local_path(target)
    exported = exported_graph(path) if path else None
    return nullcontext(exported) if exported else open_read_only_target(settings, target)


def _names(found: Sequence[Change], before: Graph, after: Graph) -> dict[str, str]:
    """Node id -> name, of the nodes that are told of; a new name counts for more."""
    ends = {end for change in found for end in (change.statement.subject, change.statement.object)}
    return {node.id: node.name for graph in (before, after) for node in graph.nodes() if node.id in ends}


def _told(change: Change, history: History, names: Mapping[str, str], predicates: Mapping[str, str]) -> DifferentFact:
    subject, predicate, value = readable(change.statement, names, predicates)
    gained, lost = change.gained, change.lost
    best = max(gained or lost or change.statement.evidence, key=_likelihood)
    return DifferentFact(
        change.kind,
        change.statement.id,
        change.before.id if change.before and change.moved else "",
        subject,
        predicate,
        value,
        _side(change.before),
        _side(change.after),
        " ".join(best.text.split()),
        len(gained),
        len(lost),
        history.reasons(change),
    )


def _likelihood(item: Evidence) -> tuple[bool, float, str]:
    return item.assertion == "asserted", item.score, item.id


def _side(statement: Statement | None) -> Side | None:
    return Side(statement.score, statement.band, len(statement.evidence)) if statement else None
