"""Merges that could as well be others: "P. Vance" is Peter or Petra, and nobody can be both.

Of an occurrence without a Wikidata id all likely merges are known wherever one of them is, so that a part of a graph
tells the same as all of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from graphwright.pipeline.graph import Occurrence
from graphwright.pipeline.resolution.scores import Called, called, contradict, is_proven

if TYPE_CHECKING:
    from graphwright.pipeline.resolution.resolve import Merge

_CLEARLY: Final = 10.0
"""So many times the odds of its rival make a merge sure all the same."""


def ambiguous(
    likely: Iterable[Merge],
    known: Mapping[str, Occurrence],
    links: Mapping[str, str | None],
    apart: Collection[frozenset[str]],
) -> frozenset[Merge]:
    """The merges of which an end has a rival: another merge that is about as likely, with somebody of a name that
    contradicts. ``apart``: pairs (ids) that people set apart, which are nobody's rivals.
    """
    partners: dict[str, list[tuple[Merge, Called]]] = defaultdict(list)
    for merge in likely:
        if is_proven(merge.score, merge.reasons) and frozenset((merge.first, merge.second)) not in apart:
            for end, other in ((merge.first, merge.second), (merge.second, merge.first)):
                if not links[end]:
                    partners[end].append((merge, called(known[other].name, known[other].label)))
    return frozenset(merge for found in partners.values() for merge in _rivals(found))


def _rivals(partners: list[tuple[Merge, Called]]) -> Iterator[Merge]:
    """Those merges of one occurrence that another one of them is a rival to."""
    best: dict[Called, float] = {}
    for merge, name in partners:
        best[name] = max(best.get(name, 0.0), _odds(merge))
    if len(best) > 1:
        for merge, name in partners:
            if any(_odds(merge) < odds * _CLEARLY and contradict(name, other) for other, odds in best.items()):
                yield merge


def _odds(merge: Merge) -> float:
    return merge.score / max(1.0 - merge.score, 1e-9)
