"""Resolution of the touched part of a store: what has been added, removed or decided on, and what may be one with it.

The walk starts at everything that has a touched key. It goes on from one occurrence to another only where the two are
likely enough to be one, or somebody decided on them; that gives for these what resolving all would give.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from graphwright.pipeline.graph import Occurrence
from graphwright.pipeline.resolution.block_keys import compared_keys
from graphwright.pipeline.resolution.blocks import EVIDENCE, Blocks
from graphwright.pipeline.resolution.decisions import Decision, Referring, corrected_links, places
from graphwright.pipeline.resolution.resolve import Merge, Resolution, clustered, likely_merges
from graphwright.pipeline.sinks.store import Store

PAUSES: Final = (0.1, 0.2, 0.5, 1, 2, 4, 8)
"""Seconds at most before the next attempt to resolve what others write to."""


@dataclass(frozen=True, slots=True)
class Touched:
    """How a part of a store resolves: ``active`` occurrences (ids), and linked ones that they were compared to."""

    occurrences: Mapping[str, Occurrence]
    active: frozenset[str]
    resolution: Resolution


def resolve_store(store: Store) -> int:
    """Bring a store's assignment up to date. Returns the number of occurrences decided.

    Again where others write to a server at once; what they still overtake then waits for the end of their own work.
    """
    decided, pending = 0, store.pending()
    for pause in PAUSES:
        touched = resolve_touched(store, pending, store.decisions())
        assignment = touched.resolution.assignment
        store.resolve({key: assignment[key] for key in sorted(touched.active)})
        decided += len(touched.active)
        if not (pending := store.pending()):
            break
        time.sleep(random.uniform(0.5, 1) * pause)
    return decided


def resolve_touched(store: Store, keys: Iterable[str], decisions: Sequence[Decision]) -> Touched:
    """Resolve what has one of the keys, with all that this depends on.

    Linked occurrences that stand for the node of their own Wikidata id are left out, unless they are evidence.
    """
    walk = _Walk(store, decisions)
    found, active = walk.start(set(keys)), set[str]()
    likely: set[Merge] = set()
    while found:
        active |= found
        merges = set(walk.merges(found))
        likely |= merges
        ends = {key for merge in merges for key in (merge.first, merge.second) if walk.is_followed(key)}
        found = (ends | walk.partners(found)) - active
    known = {key: walk.loaded[key] for key in active.union(*((merge.first, merge.second) for merge in likely))}
    return Touched(known, frozenset(active), clustered(known, walk.links, walk.referring, likely))


class _Walk:
    """What has been read of a store so far."""

    def __init__(self, store: Store, decisions: Sequence[Decision]) -> None:
        self._store = store
        self._decisions = decisions
        self._decided = places(decisions)
        self._about: dict[str, list[Decision]] = defaultdict(list)
        for decision in decisions:
            for key in decision.keys:
                self._about[key].append(decision)
        self._asked: set[str] = set()
        self._evidence: set[str] = set()
        self._unsettled: set[str] = set()
        self.loaded: dict[str, Occurrence] = {}
        self.links: dict[str, str | None] = {}
        self.referring = Referring((), ())
        self._blocks = Blocks(self.links)

    def start(self, keys: set[str]) -> set[str]:
        """What is to be decided anew (ids) where keys are touched: what has them, and what people put to that."""
        touched = {other for key in keys for other in compared_keys(key)}
        self._load(touched)
        found = {key for key, item in self.loaded.items() if touched & set(item.keys) and self.is_followed(key)}
        return found | self._referred(decision for key in keys for decision in self._about.get(key, ()))

    def is_followed(self, key: str) -> bool:
        """Whether an occurrence may have to stand for another node: all but linked ones that nobody decided on."""
        return self.links[key] is None or key in self._unsettled or bool(self._places(self.loaded[key]))

    def merges(self, found: Iterable[str]) -> Iterator[Merge]:
        """What may join these occurrences to others."""
        free = [self.loaded[key] for key in sorted(found) if self.links[key] is None]
        keys = {other for item in free for key in item.keys for other in compared_keys(key)}
        self._load(keys)
        self._add(self._store.linked(sorted(keys - self._evidence), most=EVIDENCE + len(self._decisions)))
        self._evidence |= keys
        for item in free:
            yield from likely_merges(item, self._blocks)

    def partners(self, found: Iterable[str]) -> set[str]:
        """What people said these occurrences are, or are not."""
        named = {key for item in found for _, key in self._places(self.loaded[item])}
        return self._referred(decision for key in named for decision in self._about[key])

    def _referred(self, decisions: Iterable[Decision]) -> set[str]:
        ends = {end for decision in decisions for end in decision.referents}
        self._load({end.key for end in ends})
        return {key for end in ends if (key := self.referring.occurrence(end)) is not None}

    def _places(self, item: Occurrence) -> set[tuple[str, str]]:
        return {(item.document, key) for key in item.keys} & self._decided if self._decided else set()

    def _load(self, keys: set[str]) -> None:
        """Read what has the keys and is not settled; of keys that people's decisions name, all, since they count it."""
        while wanted := sorted(keys - self._asked):
            self._asked.update(wanted)
            new = list(self._store.occurrences(wanted, settled=False))
            self._unsettled.update(item.id for item in new)
            new += self._store.occurrences([key for key in wanted if key in self._about], settled=True)
            self._add(new)
            keys = {key for item in new for _, key in self._places(item)}

    def _add(self, occurrences: Iterable[Occurrence]) -> None:
        new = [item for item in occurrences if item.id not in self.loaded]
        self.loaded.update((item.id, item) for item in new)
        self.links.update((item.id, item.kb_id) for item in new)
        if self._decisions and new:
            self.referring = Referring(self.loaded.values(), self._decisions)
            self.links.update(corrected_links(self.loaded, self.referring))
        self._blocks.add(new)
