"""Which occurrences of different documents are the same thing: a pure function of the set of occurrences.

Linked occurrences go to the node of their Wikidata id. Others are compared where they share a block key: a pair merges
when name, label and context together make it likely enough, and nothing speaks against it. Pairs are taken in the
order of their scores, ties by id, never of arrival; so any order and any cut into independent blocks gives the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from graphwright.pipeline.decisions import Decision, Referring, corrected_links, places
from graphwright.pipeline.graph import Occurrence
from graphwright.pipeline.identity import node_id
from graphwright.pipeline.resolution_scores import NAME_ALONE, contradict, full_name, pair_score
from graphwright.pipeline.sinks.store import Store

MERGE_AT = 0.8
REVIEW_AT = 0.5
DECIDED = ("decided",)
_ALL_PAIRS = 48


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
    names: set[tuple[str, str]]
    apart: set[str]
    kb_id: str | None = None


def resolve(occurrences: Iterable[Occurrence], *, decisions: Iterable[Decision] = ()) -> Resolution:
    """Assign a node to every occurrence. Pure, and free of the order and grouping of its input (see the module).

    Decisions on occurrences that are not there say nothing.
    """
    known = {item.id: item for item in sorted(occurrences, key=lambda item: item.id)}
    referring = Referring(known.values(), decisions)
    links = corrected_links(known, referring)
    clusters = _Clusters(known, links, referring.pairs("apart"))
    merges, review = [], []
    for merge in [*_decided(known, referring), *sorted(_likely(known, links), key=_strongest_first)]:
        if clusters.node(merge.first) == clusters.node(merge.second):
            continue
        if merge.score < MERGE_AT or NAME_ALONE in merge.reasons:
            review.append(merge)
        elif clusters.join(merge.first, merge.second, decided=merge.reasons == DECIDED):
            merges.append(merge)
    open_questions = [merge for merge in review if not clusters.settled(merge.first, merge.second)]
    assignment = {item_id: clusters.node(item_id) for item_id in known}
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


def _contradicting(mine: set[tuple[str, str]], yours: set[tuple[str, str]]) -> bool:
    """Whether names contradict that nobody has declared to be one thing's."""
    return any(contradict(a, b) for a in mine - yours for b in yours - mine)


def _alone(item: Occurrence) -> _Cluster:
    names = {(item.label, full_name(name, item.label)) for name in (item.name, *item.aliases)}
    return _Cluster({item.id}, names, set())


def _decided(known: Mapping[str, Occurrence], referring: Referring) -> Iterator[Merge]:
    pairs = {(min(pair), max(pair)) for pair in referring.pairs("same") if pair[1] in known}
    for first, second in sorted(pairs):
        yield Merge(first, second, 1.0, DECIDED)


def _likely(known: Mapping[str, Occurrence], links: Mapping[str, str | None]) -> Iterator[Merge]:
    """Pairs that share a key and score at least ``REVIEW_AT``, each once."""
    blocks: dict[str, list[str]] = defaultdict(list)
    for item_id, item in known.items():
        for key in item.keys:
            blocks[key].append(item_id)
    seen: set[tuple[str, str]] = set()
    for key in sorted(blocks):
        for pair in _pairs(blocks[key], known, links):
            if pair not in seen:
                seen.add(pair)
                score, reasons = pair_score(
                    known[pair[0]], known[pair[1]], anchored=bool(links[pair[0]] or links[pair[1]])
                )
                if score >= REVIEW_AT:
                    yield Merge(*pair, score, reasons)


def _pairs(
    block: Sequence[str], known: Mapping[str, Occurrence], links: Mapping[str, str | None]
) -> Iterator[tuple[str, str]]:
    """Pairs to compare, of which one at least is not linked: all in a small block; in a large one neighbours by id
    among those that share an element of context, so that cost stays linear.
    """
    if all(links[item_id] for item_id in block):
        return
    if len(block) <= _ALL_PAIRS:
        pairs: Iterable[tuple[str, str]] = combinations(block, 2)
    else:
        postings: dict[str, list[str]] = defaultdict(list)
        for item_id in block:
            for element in ("", *known[item_id].context):
                postings[element].append(item_id)
        pairs = sorted({pair for group in postings.values() for pair in pairwise(group)})
    for first, second in pairs:
        if not (links[first] and links[second]) and known[first].document != known[second].document:
            yield first, second


def _strongest_first(merge: Merge) -> tuple[float, str, str]:
    return -merge.score, merge.first, merge.second


def resolve_store(store: Store) -> int:
    """Bring a store's assignment up to date: only what is connected with keys touched since the last time.

    Returns the number of occurrences that were looked at. The connected part is found through occurrences that are
    not linked: linked ones stand where they stand, and are looked at only as evidence.
    """
    decisions = store.decisions()
    found = connected(store, store.pending(), decisions)
    store.resolve(resolve(found.values(), decisions=decisions).assignment)
    return len(found)


def connected(store: Store, keys: Iterable[str], decisions: Sequence[Decision] = ()) -> dict[str, Occurrence]:
    """Occurrences (by id) that have one of the keys, or share a key with one of those that is not linked, and so on.

    Those that somebody decided on are followed like those that are not linked, and lead to what they were compared to.
    Linked ones are left out where there is none to compare them to: they stand where they stand.
    """
    partners: dict[str, set[str]] = defaultdict(set)
    for decision in decisions:
        for key in decision.keys:
            partners[key].update(decision.keys)
    decided = places(decisions)
    found: dict[str, Occurrence] = {}
    asked: set[str] = set()
    wanted = set(keys)
    compared: set[str] = set()
    while wanted:
        new = [
            *store.occurrences(sorted(wanted - partners.keys()), settled=False),
            *store.occurrences(sorted(wanted & partners.keys())),
        ]
        asked |= wanted
        found.update((item.id, item) for item in new)
        free = (item for item in new if item.kb_id is None or any((item.document, key) in decided for key in item.keys))
        followed = {key for item in free for key in item.keys}
        compared |= followed
        wanted = followed.union(*(partners.get(key, ()) for key in wanted)) - asked
    linked = store.occurrences(sorted(compared - partners.keys()), settled=True)
    return found | {item.id: item for item in linked}
