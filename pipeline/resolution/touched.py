"""Resolution of the touched part of a store: what has been added, removed or decided on, and what may be one with it.

The walk starts at what was added, at all that has the key of something that changed or went, and at what newcomers push
aside in blocks where not all are compared. It goes on from one occurrence to another only where the two are likely
enough to be one, or somebody decided on them; that gives for these what resolving all would give.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from graphwright.pipeline.graph import Occurrence
from graphwright.pipeline.resolution.block_keys import LONG, SHORT, compared_keys
from graphwright.pipeline.resolution.blocks import EVIDENCE, Blocks
from graphwright.pipeline.resolution.decisions import Decision, Referring, corrected_links, places
from graphwright.pipeline.resolution.resolve import Merge, Resolution, clustered, likely_merges
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
        touched = {other for key in changed for other in compared_keys(key)}
        self._load(touched | {other for key in added for other in compared_keys(key)})
        found = {key for key, item in self.loaded.items() if touched & set(item.keys) and self.is_followed(key)}
        found |= self._referred(decision for key in changed for decision in self._about.get(key, ()))
        new = {key for key in pending.added if key in self.loaded and self.is_followed(key)}
        return found | new | self._pushed_aside(pending.added)

    def is_followed(self, key: str) -> bool:
        """Whether an occurrence may have to stand for another node: all but linked ones that nobody decided on."""
        return self.links[key] is None or key in self._unsettled or bool(self._places(self.loaded[key]))

    def merges(self, found: Iterable[str]) -> Iterator[Merge]:
        """What may join these occurrences to others."""
        free = [self.loaded[key] for key in sorted(found) if self.links[key] is None]
        self._load_evidence({other for item in free for key in item.keys for other in compared_keys(key)})
        for item in free:
            yield from likely_merges(item, self._blocks, proven=self._proven)

    def partners(self, found: Iterable[str]) -> set[str]:
        """What people said these occurrences are, or are not."""
        named = {key for item in found for _, key in self._places(self.loaded[item])}
        return self._referred(decision for key in named for decision in self._about[key])

    def _pushed_aside(self, added: Mapping[str, Sequence[str]]) -> set[str]:
        """What may not be compared any more to all that it was compared to before newcomers came.

        That is all of a block that has become large, or whose evidence is another; in one that was large the
        neighbours of the newcomers.
        """
        new: dict[str, set[str]] = defaultdict(set)
        for item, keys in added.items():
            for key in keys:
                new[key].add(item)
        held = {key for key in new if self._free(key, added)}
        self._load_evidence({other for key in held for other in compared_keys(key)})
        return {item for key in sorted(held) for item in self._displaced(key, new[key], added)}

    def _displaced(self, key: str, new: Collection[str], added: Mapping[str, Sequence[str]]) -> set[str]:
        """What newcomers to a block, all of whose evidence has been read, push aside there."""
        settled = {item for item in new if self.links.get(item, "not read")}
        if key.startswith(LONG):
            return self._free(key, added) if settled else set()
        block = self._blocks.block(key)
        proving = any(self.loaded[item] in block for item in settled & self.loaded.keys())
        crowded = not block.is_small and (key.startswith(SHORT) or block.was_small(added))
        if proving or crowded:
            return self._free(key, added)
        if block.is_small:
            return set()
        beside = (other.id for item in sorted(set(new) - settled) for other in block.beside(self.loaded[item]))
        return {item for item in beside if self.links[item] is None}

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

    def _load_evidence(self, keys: set[str]) -> None:
        """Read what has the keys, and of what is settled what others are compared to."""
        self._load(keys)
        most = EVIDENCE + len(self._decisions)
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
