"""Which occurrences are compared to each other: those of a block, all of a small one, neighbours in a large one.

An occurrence is compared through each of its keys, whatever else was added before or after; so the pairs of one
occurrence are known as soon as its own blocks are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final

from graphwright.pipeline.graph import Occurrence
from graphwright.pipeline.resolution.block_keys import LONG, SHORT, counterpart
from graphwright.pipeline.resolution.scores import Surroundings, cannot_prove, is_proven, pair_score

EVIDENCE: Final = 24
"""Linked occurrences of one Wikidata id, those with the smallest ids, that a block compares others to."""
_ALL_PAIRS = 48


class Block:
    """The occurrences of one key, ordered by id."""

    def __init__(self, members: Iterable[Occurrence], links: Mapping[str, str | None]) -> None:
        counts: Counter[str] = Counter()
        self._members: list[Occurrence] = []
        for item in sorted(members, key=lambda item: item.id):
            link = links[item.id]
            counts.update([link] if link else ())
            if link is None or counts[link] <= EVIDENCE:
                self._members.append(item)

    @property
    def is_small(self) -> bool:
        return len(self._members) <= _ALL_PAIRS

    @property
    def members(self) -> dict[str, Occurrence]:
        """What is compared there, by id."""
        return {item.id: item for item in self._members}

    @cached_property
    def _postings(self) -> Mapping[str, list[tuple[str, Occurrence]]]:
        found: dict[str, list[tuple[str, Occurrence]]] = defaultdict(list)
        for item in self._members:
            for element in ("", *item.context):
                found[element].append((item.id, item))
        return found

    def beside(self, item: Occurrence) -> Iterator[Occurrence]:
        """What an occurrence is compared to: all in a small block; in a large one its neighbours by id among those that
        share an element of context, so that cost stays linear.
        """
        if self.is_small:
            yield from self._members
            return
        for element in ("", *item.context):
            posting = self._postings.get(element, [])
            place = bisect_left(posting, item.id, key=lambda entry: entry[0])
            yield from (other for _, other in posting[max(0, place - 1) : place + 2])


def _id(item: Occurrence) -> str:
    return item.id


class Blocks:
    """Blocks by key. ``links``: occurrence -> Wikidata id; of two that are linked none needs the other."""

    def __init__(self, links: Mapping[str, str | None]) -> None:
        self._links = links
        self._members: dict[str, dict[str, Occurrence]] = defaultdict(dict)
        self._blocks: dict[str, Block] = {}
        self._told: set[str] = set()
        self._surroundings: dict[str, Surroundings] = {}

    def add(self, occurrences: Iterable[Occurrence]) -> None:
        """Put occurrences into the blocks of their keys, before these are used."""
        for item in occurrences:
            for key in item.keys:
                self._members[key][item.id] = item
                self._blocks.pop(key, None)

    def compared(self, item: Occurrence) -> dict[str, Occurrence]:
        """What an occurrence that is not linked is compared to, by id, other than in its own document."""
        found: dict[str, Occurrence] = {}
        for key in item.keys:
            own = key if not key.startswith(LONG) else counterpart(key)
            found.update((other.id, other) for other in self.block(own).beside(item))
            if key.startswith(SHORT):
                found.update(self._longer(key, item))
        return {key: other for key, other in found.items() if other.document != item.document}

    def likely(
        self, item: Occurrence, at_least: float, *, proven: bool = False
    ) -> Iterator[tuple[Occurrence, float, tuple[str, ...]]]:
        """What an occurrence that is not linked is one with, how likely, and why; each pair is told once.

        ``proven``: only what merges by itself.
        """
        self._told.add(item.id)
        for key, other in self.compared(item).items():
            if key not in self._told and (found := self.judged(item, other, at_least, proven=proven)):
                yield other, *found

    def judged(
        self, item: Occurrence, other: Occurrence, at_least: float, *, proven: bool
    ) -> tuple[float, tuple[str, ...]] | None:
        """How likely it is that one that is not linked is one with another, and why; ``None`` where it is less."""
        if proven and cannot_prove(self._around(item), self._around(other)):
            return None
        score, reasons = pair_score(*sorted((item, other), key=_id), anchored=self._links[other.id] is not None)
        return (score, reasons) if score >= at_least and (not proven or is_proven(score, reasons)) else None

    def _around(self, item: Occurrence) -> Surroundings:
        if item.id not in self._surroundings:
            self._surroundings[item.id] = Surroundings.of(item)
        return self._surroundings[item.id]

    def without(self, key: str, added: Collection[str]) -> Block:
        """The block of a key that is not long, as it was before newcomers (ids)."""
        return Block((item for item in self.members(key) if item.id not in added), self._links)

    def members(self, key: str) -> Collection[Occurrence]:
        """All that was added under a key, also where its block is too large to compare it to others."""
        return self._members.get(key, {}).values()

    def _longer(self, key: str, item: Occurrence) -> Iterator[tuple[str, Occurrence]]:
        """Those with a name of which this one has the short form, that are compared to it."""
        block = self.block(key)
        for other in self._members[counterpart(key)].values():
            if block.is_small or any(one.id == item.id for one in block.beside(other)):
                yield other.id, other

    def block(self, key: str) -> Block:
        """The block of a key that is not long."""
        if key not in self._blocks:
            self._blocks[key] = Block(self._members[key].values(), self._links)
        return self._blocks[key]
