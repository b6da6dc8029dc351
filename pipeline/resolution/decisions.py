"""What people decided about identity: pairs that are one thing, and pairs that are not.

A decision outlives the occurrences that it is about. An occurrence's id changes with its place in the text, so a
decision refers to what stays: a document, a name in it, and which of the document's things of that name is meant.
A decision whose things are not in the graph, or not any more, waits until they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from graphwright.pipeline.graph import Occurrence
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.resolution.block_keys import name_key

Verdict = Literal["same", "apart"]


@dataclass(frozen=True, slots=True, order=True)
class Referent:
    """The ``ordinal``-th occurrence, by place and from 0, that has the block key ``key`` in a document (id).

    ``name`` and ``source`` are for people: what it was called when the decision was made, and where.
    """

    document: str
    key: str
    ordinal: int = 0
    name: str = ""
    source: str = ""

    @property
    def place(self) -> tuple[str, str, str]:
        """What tells referents apart."""
        return self.document, self.key, str(self.ordinal)


@dataclass(frozen=True, slots=True)
class Decision:
    """Two things are the same, or apart; ``second`` may be a Wikidata id ("Q90"). ``act``: what one command decided."""

    verdict: Verdict
    first: Referent
    second: Referent | str
    act: str = ""

    @property
    def id(self) -> str:
        """A hash of the pair, whatever the verdict: of a pair only one decision holds."""
        return pair_id(self.first, self.second)

    @property
    def referents(self) -> tuple[Referent, ...]:
        return (self.first,) if isinstance(self.second, str) else (self.first, self.second)

    @property
    def keys(self) -> tuple[str, ...]:
        """The block keys under which both are found."""
        return tuple(item.key for item in self.referents)


def decision_on(verdict: Verdict, first: Referent, second: Referent | str) -> Decision:
    """A decision on a pair, in whatever order."""
    if isinstance(second, Referent) and second.place < first.place:
        return Decision(verdict, second, first)
    return Decision(verdict, first, second)


def pair_id(first: Referent, second: Referent | str) -> str:
    """The id of a decision on a pair, in whatever order."""
    ends = sorted(("id", item) if isinstance(item, str) else ("referent", *item.place) for item in (first, second))
    return content_hash("decision", *(part for end in ends for part in end))


class Referring:
    """Which occurrences decisions refer to, and what decisions then say of occurrences (ids)."""

    def __init__(self, occurrences: Iterable[Occurrence], decisions: Iterable[Decision]) -> None:
        self._decisions = sorted(decisions, key=lambda item: item.id)
        wanted = places(self._decisions)
        found: dict[tuple[str, str], list[Occurrence]] = defaultdict(list)
        for item in occurrences:
            for key in item.keys:
                if (item.document, key) in wanted:
                    found[item.document, key].append(item)
        self._found = {place: in_order(items, place[1]) for place, items in found.items()}

    def occurrence(self, referent: Referent) -> str | None:
        """The id of the occurrence that is meant, ``None`` where there is none."""
        found = self._found.get((referent.document, referent.key), ())
        return found[referent.ordinal].id if referent.ordinal < len(found) else None

    def applies(self, decision: Decision) -> bool:
        """Whether all that the decision is about is there."""
        return all(self.occurrence(item) is not None for item in decision.referents)

    def pairs(self, verdict: Verdict) -> Iterator[tuple[str, str]]:
        """Occurrences with an occurrence or a Wikidata id, for each decision that applies."""
        for decision in self._decisions:
            first = self.occurrence(decision.first)
            second = decision.second if isinstance(decision.second, str) else self.occurrence(decision.second)
            if decision.verdict == verdict and first is not None and second is not None and first != second:
                yield first, second


def places(decisions: Iterable[Decision]) -> set[tuple[str, str]]:
    """(document, block key) of everything that decisions refer to."""
    return {(item.document, item.key) for decision in decisions for item in decision.referents}


def in_order(occurrences: Iterable[Occurrence], key: str) -> Sequence[Occurrence]:
    """The occurrences of one document that have a key, as ordinals count them: first those that it is the name of."""
    return sorted(occurrences, key=lambda item: (main_key(item) != key, _start(item), item.id))


def _start(occurrence: Occurrence) -> int:
    return min((mention.start for mention in occurrence.mentions), default=0)


def main_key(occurrence: Occurrence) -> str:
    """The block key of the name that an occurrence goes by."""
    return name_key(occurrence.name, occurrence.label)


def corrected_links(known: Mapping[str, Occurrence], referring: Referring) -> dict[str, str | None]:
    """Occurrence -> Wikidata id: what the linker found, unless somebody said otherwise."""
    links = {key: item.kb_id for key, item in known.items()}
    for first, second in referring.pairs("apart"):
        if links[first] == second:
            links[first] = None
    for first, second in referring.pairs("same"):
        if second not in known:
            links[first] = second
    return links
