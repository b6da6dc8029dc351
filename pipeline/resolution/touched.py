"""Resolution of the touched part of a store: what has been added, removed or decided on, and what may be one with it.

The walk starts at what was added, at all that has the key of something that changed or went, and at likely pairs that
newcomers part or bring together. It goes on from one occurrence to another only where the two are likely enough to be
one, or somebody decided on them; that gives for these what resolving all would give.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from graphwright.pipeline.graph import Occurrence
from graphwright.pipeline.resolution.block_keys import LONG, SHORT, compared_keys, counterpart
from graphwright.pipeline.resolution.blocks import EVIDENCE, Blocks
from graphwright.pipeline.resolution.decisions import Decision, Referring, corrected_links, places
from graphwright.pipeline.resolution.newcomers import changed_pairs
from graphwright.pipeline.resolution.resolve import REVIEW_AT, Merge, Resolution, clustered, likely_merges
from graphwright.pipeline.sinks.store import Pending, Store

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
        touched = _resolve(_Walk(store, store.decisions(), proven=True), pending)
        assignment = touched.resolution.assignment
        store.resolve({key: assignment[key] for key in sorted(touched.active)})
        decided += len(touched.active)
        if not (pending := store.pending()):
            break
        time.sleep(random.uniform(0.5, 1) * pause)
    return decided


def resolve_touched(store: Store, keys: Iterable[str], decisions: Sequence[Decision]) -> Touched:
    """Resolve what has one of the keys, with all that this depends on, and with the questions that it leaves.

    Linked occurrences that stand for the node of their own Wikidata id are left out, unless they are evidence.
    """
    return _resolve(_Walk(store, decisions, proven=False), Pending(frozenset(keys), {}))


def _resolve(walk: _Walk, pending: Pending) -> Touched:
    found, active = walk.start(pending), set[str]()
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
    """What has been read of a store so far. ``proven``: only of interest is what merges by itself."""

    def __init__(self, store: Store, decisions: Sequence[Decision], *, proven: bool) -> None:
        self._store = store
        self._decisions = decisions
        self._proven = proven
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

    def start(self, pending: Pending) -> set[str]:
        """What is to be decided anew (ids)."""
        added = {key for keys in pending.added.values() for key in keys}
        changed = pending.changed | (added & self._about.keys())
        touched = _compared(changed)
        self._load(touched | _compared(added))
        touched |= _compared(self._keys_beside(changed))
        self._load(touched)
        found = {key for key, item in self.loaded.items() if touched & set(item.keys) and self.is_followed(key)}
        found |= self._referred(decision for key in changed for decision in self._about.get(key, ()))
        new = {key for key in pending.added if key in self.loaded and self.is_followed(key)}
        return found | new | self._parted(pending.added)

    def _keys_beside(self, changed: Collection[str]) -> set[str]:
        """All keys of what decisions name by one that changed: whom they mean there may be another than it was."""
        named = (item for item in self.loaded.values() if any(key in changed for _, key in self._places(item)))
        return {key for item in named for key in item.keys}

    def is_followed(self, key: str) -> bool:
        """Whether an occurrence may have to stand for another node: all but linked ones that nobody decided on."""
        return self.links[key] is None or key in self._unsettled or bool(self._places(self.loaded[key]))

    def merges(self, found: Iterable[str]) -> Iterator[Merge]:
        """What may join these occurrences to others."""
        free = [self.loaded[key] for key in sorted(found) if self.links[key] is None]
        self._load_evidence(_compared(key for item in free for key in item.keys))
        for item in free:
            yield from likely_merges(item, self._blocks, proven=self._proven)

    def partners(self, found: Iterable[str]) -> set[str]:
        """What people said these occurrences are, or are not."""
        named = {key for item in found for _, key in self._places(self.loaded[item])}
        return self._referred(decision for key in named for decision in self._about[key])

    def _parted(self, added: Mapping[str, Sequence[str]]) -> set[str]:
        """Both of likely pairs (ids) that are compared no more since newcomers came, or only since.

        Pairs of newcomers that are not linked are left out: whoever starts at these finds them.
        """
        new: dict[str, set[str]] = defaultdict(set)
        for item, keys in added.items():
            for key in keys:
                new[key].add(item)
        held = {key: new[key] for key in new if self._free(key, added)}
        self._load_displaced(held)
        blocks = {counterpart(key) if key.startswith(LONG) else key for key in held}
        pairs = {(min(pair), max(pair)) for key in blocks for pair in self._changed_pairs(key, added)}
        ends = {key for pair in pairs if self._may_merge(*pair) for key in pair}
        return {key for key in ends if key not in added and self.links[key] is None}

    def _load_displaced(self, held: Mapping[str, Collection[str]]) -> None:
        """Read the evidence of keys and what newcomers have displaced there: at most as many as are linked."""
        crowds: dict[int, set[str]] = defaultdict(set)
        for key, new in held.items():
            linked = sum(bool(self.links.get(item, "not read")) for item in new)
            crowds[linked.bit_length()].update(compared_keys(key))
        for size in sorted(crowds, reverse=True):
            self._load_evidence(crowds[size], displaced=2**size - 1)

    def _changed_pairs(self, key: str, added: Collection[str]) -> Iterator[tuple[str, str]]:
        longs = self._blocks.members(counterpart(key)) if key.startswith(SHORT) else ()
        now = self._blocks.block(key)
        new = {item.id for item in (*self._blocks.members(key), *longs) if item.id in added}
        came = {item for item in new if self.links[item] is None}
        if now.is_small and came == new:  # all are compared to all, as they were
            return iter(())
        return changed_pairs(self._blocks.without(key, added), now, longs, added, came)

    def _may_merge(self, first: str, second: str) -> bool:
        one, other = self.loaded[first], self.loaded[second]
        if self.links[first] is not None:
            one, other = other, one
        if self.links[one.id] is not None or one.document == other.document:
            return False
        return self._blocks.judged(one, other, REVIEW_AT, proven=self._proven) is not None

    def _free(self, key: str, added: Mapping[str, Sequence[str]]) -> set[str]:
        """What is not linked and was compared to others through a key (ids), other than newcomers."""
        members = (item.id for other in {key, *compared_keys(key)} for item in self._blocks.members(other))
        return {item for item in members if item not in added and self.links[item] is None}

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
            named = [key for key in wanted if key in self._about]
            others = [key for key in wanted if key not in self._about]
            new = list(self._store.occurrences(named, settled=False))
            new += self._store.occurrences(others, settled=False, mentions=not self._proven)
            self._unsettled.update(item.id for item in new)
            new += self._store.occurrences(named, settled=True)
            self._add(new)
            keys = {key for item in new for _, key in self._places(item)}

    def _load_evidence(self, keys: set[str], displaced: int = 0) -> None:
        """Read what has the keys, and of what is settled what others are compared to, or were."""
        self._load(keys)
        most = EVIDENCE + len(self._decisions) + displaced
        new = list(self._store.linked(sorted(keys - self._evidence), most=most, mentions=not self._proven))
        self._evidence |= keys
        self._add(new)
        self._load({key for item in new for _, key in self._places(item)})

    def _add(self, occurrences: Iterable[Occurrence]) -> None:
        """Of one that is read again, with its mentions, these count: they tell which of its name it is."""
        read = list(occurrences)
        new = [item for item in read if item.id not in self.loaded]
        fuller = [item for item in read if item.mentions and item.id in self.loaded]
        self.loaded.update((item.id, item) for item in [*fuller, *new[::-1]])
        self.links.update((item.id, item.kb_id) for item in new)
        if self._decisions and (new or fuller):
            self.referring = Referring(self.loaded.values(), self._decisions)
            self.links.update(corrected_links(self.loaded, self.referring))
        self._blocks.add(new)


def _compared(keys: Iterable[str]) -> set[str]:
    """The keys of all that is compared through keys."""
    return {other for key in keys for other in compared_keys(key)}
