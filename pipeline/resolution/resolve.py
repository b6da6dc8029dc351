"""Which occurrences of different documents are the same thing: a pure function of the set of occurrences.

Linked occurrences go to the node of their Wikidata id. Others are compared where they share a block key: a pair merges
when name, label and context together make it likely enough, and nothing speaks against it. Pairs are taken in the
order of their scores, ties by id, never of arrival; so any order and any cut into independent blocks gives the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from graphwright.pipeline.graph import Occurrence
from graphwright.pipeline.identity import node_id
from graphwright.pipeline.resolution.ambiguous import ambiguous
from graphwright.pipeline.resolution.blocks import Blocks
from graphwright.pipeline.resolution.decisions import Decision, Referring, corrected_links
from graphwright.pipeline.resolution.scores import Called, called, contradict, is_proven

REVIEW_AT = 0.5
DECIDED = ("decided",)


@dataclass(frozen=True, slots=True, order=True)
class Merge:
    """Two occurrences (ids, the smaller first), how likely they are one, and why."""

    first: str
    second: str
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """``assignment``: occurrence id -> node id; ``merges``: what joined them; ``review``: pairs a person should see."""

    assignment: Mapping[str, str]
    merges: tuple[Merge, ...] = ()
    review: tuple[Merge, ...] = ()


@dataclass(slots=True)
class _Cluster:
    """Occurrences without a link that are one; ``kb_id`` where they join a linked node.

    Clusters that join one node stay apart here: otherwise blocks that have nothing but that node in common would not
    be independent.
    """

    members: set[str]
    names: set[Called]
    apart: set[str]
    kb_id: str | None = None


def resolve(occurrences: Iterable[Occurrence], *, decisions: Iterable[Decision] = ()) -> Resolution:
    """Assign a node to every occurrence. Pure, and free of the order and grouping of its input (see the module).

    Decisions on occurrences that are not there say nothing.
    """
    known = {item.id: item for item in occurrences}
    referring = Referring(known.values(), decisions)
    links = corrected_links(known, referring)
    blocks = Blocks(links)
    blocks.add(known.values())
    free = (item for item in known.values() if links[item.id] is None)
    return clustered(known, links, referring, {merge for item in free for merge in likely_merges(item, blocks)})


def likely_merges(item: Occurrence, blocks: Blocks, *, proven: bool = False) -> Iterator[Merge]:
    """What may join an occurrence that is not linked to others; ``proven``: leave out what only a person could join."""
    for other, score, reasons in blocks.likely(item, REVIEW_AT, proven=proven):
        yield Merge(min(item.id, other.id), max(item.id, other.id), score, reasons)


def clustered(
    known: Mapping[str, Occurrence], links: Mapping[str, str | None], referring: Referring, likely: Iterable[Merge]
) -> Resolution:
    """Occurrences (by id), some with Wikidata ids (``links``), joined by decisions and likely merges."""
    apart = list(referring.pairs("apart"))
    clusters = _Clusters(known, links, apart)
    merges, review = [], []
    found = sorted(likely, key=_strongest_first)
    torn = ambiguous(found, known, links, {frozenset(pair) for pair in apart})
    for merge in [*_decided(known, referring), *found]:
        if clusters.node(merge.first) == clusters.node(merge.second):
            continue
        if merge in torn or not is_proven(merge.score, merge.reasons):
            review.append(merge)
        elif clusters.join(merge.first, merge.second, decided=merge.reasons == DECIDED):
            merges.append(merge)
    open_questions = [merge for merge in review if not clusters.settled(merge.first, merge.second)]
    assignment = {item_id: clusters.node(item_id) for item_id in sorted(known)}
    return Resolution(assignment, tuple(sorted(merges)), tuple(sorted(open_questions)))


class _Clusters:
    """The state of one resolution: which occurrences are one so far, and what may not become one."""

    def __init__(
        self, known: Mapping[str, Occurrence], links: Mapping[str, str | None], apart: Iterable[tuple[str, str]]
    ) -> None:
        self._links = links
        self._of = {item_id: _alone(known[item_id]) for item_id in known if not links[item_id]}
        self._joined: dict[str, list[_Cluster]] = defaultdict(list)
        for pair in apart:
            for one, other in (pair, pair[::-1]):
                if one in self._of:
                    self._of[one].apart |= {other, links.get(other) or other}

    def node(self, item_id: str) -> str:
        link = self._links[item_id]
        if link:
            return node_id(link, item_id)
        cluster = self._of[item_id]
        return node_id(cluster.kb_id, min(cluster.members))

    def settled(self, first: str, second: str) -> bool:
        """Whether two occurrences are one, or were set apart."""
        if self.node(first) == self.node(second):
            return True
        one, other = self._of.get(first), self._of.get(second)
        if one and other:
            return not one.apart.isdisjoint({*other.members, other.kb_id})
        cluster, link = (one, self._links[second]) if one else (other, self._links[first])
        return cluster is None or link in cluster.apart

    def join(self, first: str, second: str, *, decided: bool) -> bool:
        """Make two occurrences one, where nothing forbids it; ``decided`` overrules what their names say."""
        one, other = self._of.get(first), self._of.get(second)
        if one and other:
            return self._unite(one, other, decided)
        cluster, link = (one, self._links[second]) if one else (other, self._links[first])
        if cluster is None or link is None or cluster.kb_id not in (None, link) or self._forbidden(cluster, link):
            return False
        self._anchor(cluster, link)
        return True

    def _unite(self, one: _Cluster, other: _Cluster, decided: bool) -> bool:
        ids = {one.kb_id, other.kb_id} - {None}
        if (
            len(ids) > 1
            or one.apart & other.members
            or any(self._forbidden(part, kb_id) for part in (one, other) for kb_id in ids if kb_id)
        ):
            return False
        if not decided and _contradicting(one.names, other.names):
            return False
        larger, smaller = (one, other) if len(one.members) >= len(other.members) else (other, one)
        larger.members |= smaller.members
        larger.names |= smaller.names
        larger.apart |= smaller.apart
        self._of.update(dict.fromkeys(smaller.members, larger))
        for kb_id in ids:
            if kb_id:
                self._anchor(larger, kb_id)
        return True

    def _forbidden(self, cluster: _Cluster, kb_id: str) -> bool:
        """Whether someone set the cluster apart from a Wikidata id, or from what has joined it."""
        return kb_id in cluster.apart or any(cluster.apart & other.members for other in self._joined[kb_id])

    def _anchor(self, cluster: _Cluster, kb_id: str) -> None:
        cluster.kb_id = kb_id
        self._joined[kb_id].append(cluster)


def _contradicting(mine: set[Called], yours: set[Called]) -> bool:
    """Whether names contradict that nobody has declared to be one thing's."""
    return any(contradict(a, b) for a in mine - yours for b in yours - mine)


def _alone(item: Occurrence) -> _Cluster:
    names = {called(name, item.label) for name in (item.name, *item.aliases)}
    # "Marchetti-Roux" beside "Eveline Marchetti-Roux" is a surname: nobody's given name is Marchetti.
    whole = {one for one in names if not any(other.name.endswith(f" {one.name}") for other in names)}
    return _Cluster({item.id}, whole, set())


def _decided(known: Mapping[str, Occurrence], referring: Referring) -> Iterator[Merge]:
    pairs = {(min(pair), max(pair)) for pair in referring.pairs("same") if pair[0] in known and pair[1] in known}
    for first, second in sorted(pairs):
        yield Merge(first, second, 1.0, DECIDED)


def _strongest_first(merge: Merge) -> tuple[float, str, str]:
    return -merge.score, merge.first, merge.second
