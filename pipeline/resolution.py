"""Which occurrences of different documents are the same thing: a pure function of the set of occurrences.

Linked occurrences go to the node of their Wikidata id. Others are compared where they share a block key: a pair merges
when name, label and context together make it likely enough, and nothing speaks against it. Pairs are taken in the
order of their scores, ties by id, never of arrival; so any order and any cut into independent blocks gives the same.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge as nearest_first
from itertools import combinations, pairwise

from graphwright.pipeline.graph import Occurrence
from graphwright.pipeline.identity import node_id
from graphwright.pipeline.names import (
    acronym,
    is_acronym,
    is_name,
    normalise,
    person_words,
    surname,
)
from graphwright.pipeline.records import LITERAL_LABELS, Entity
from graphwright.pipeline.resolution_scores import NAME_ALONE, contradict, full_name, pair_score
from graphwright.pipeline.sinks.store import Store

MERGE_AT = 0.8
REVIEW_AT = 0.5
_CONTEXT = 24
_ALL_PAIRS = 48


@dataclass(frozen=True, slots=True)
class ManualLink:
    """What a person says of two occurrences (ids); in a cannot-link ``second`` may be a Wikidata id ("Q90") instead.

    ``keys``: the block keys of both, so that both are found when one is touched.
    """

    first: str
    second: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ManualDecisions:
    """What people decided: pairs that are one, pairs that are never one, and linked occurrences whose link is wrong."""

    must: tuple[ManualLink, ...] = ()
    cannot: tuple[ManualLink, ...] = ()
    detached: frozenset[str] = frozenset()


DECIDED = ("decided",)
NO_DECISIONS = ManualDecisions()


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


def block_keys(name: str, aliases: Sequence[str], label: str, kb_id: str | None) -> tuple[str, ...]:
    """Keys under which an occurrence meets others of its label, sorted; none for dates and numbers.

    The full names; for persons not linked also surname with initial; for organisations not linked also acronyms.

    >>> block_keys("Ada Lovelace", (), "PER", None)
    ('initial:PER:a lovelace', 'name:PER:ada lovelace')
    """
    if label in LITERAL_LABELS:
        return ()
    names = sorted({text for text in (name, *aliases) if is_name(text)} | {name})
    keys = {f"name:{label}:{key}" for text in names if (key := full_name(text, label))}
    if kb_id is None:
        keys |= {f"initial:PER:{key}" for text in names if label == "PER" and (key := _initial(text))}
        keys |= {f"acronym:ORG:{key}" for text in names if label == "ORG" and (key := _short(text))}
    return tuple(sorted(keys))


def _initial(name: str) -> str:
    words = person_words(normalise(name))
    return f"{words[0][0]} {surname(' '.join(words))}" if len(words) > 1 else ""


def _short(name: str) -> str:
    short = normalise(name) if is_acronym(name) else acronym(name)
    return short if len(short) > 1 else ""


def context_keys(entities: Sequence[Entity]) -> list[tuple[str, ...]]:
    """For each entity of a document the 24 nearest others: their ids or normalised names, sorted."""
    found = [
        (entity.mentions[0].start if entity.mentions else 0, _key(entity))
        for entity in entities
        if entity.label not in LITERAL_LABELS and (entity.kb_id or is_name(entity.name))
    ]
    found.sort()
    return [
        tuple(sorted(_nearest(found, entity.mentions[0].start if entity.mentions else 0, _key(entity))))
        for entity in entities
    ]


def _key(entity: Entity) -> str:
    return entity.kb_id or normalise(entity.name)


def _nearest(found: Sequence[tuple[int, str]], start: int, own: str) -> list[str]:
    """The nearest keys other than ``own`` among sorted (place, key)s, ties by key; walks outwards, no farther."""
    above = bisect_left(found, (start, ""))
    before = (found[place] for place in range(above - 1, -1, -1))
    behind = (found[place] for place in range(above, len(found)))
    others: dict[str, int] = {}
    for place, key in nearest_first(before, behind, key=lambda item: abs(item[0] - start)):
        gap = abs(place - start)
        if len(others) >= _CONTEXT and gap > max(others.values()):
            break
        if key != own:
            others.setdefault(key, gap)
    return sorted(others, key=lambda key: (others[key], key))[:_CONTEXT]


def resolve(occurrences: Iterable[Occurrence], *, decisions: ManualDecisions = NO_DECISIONS) -> Resolution:
    """Assign a node to every occurrence. Pure, and free of the order and grouping of its input (see the module)."""
    known = {item.id: item for item in sorted(occurrences, key=lambda item: item.id)}
    links = {item.id: None if item.id in decisions.detached else item.kb_id for item in known.values()}
    clusters = _Clusters(known, links, decisions)
    merges, review = [], []
    for merge in [*_manual(known, decisions), *sorted(_likely(known, links), key=_strongest_first)]:
        if clusters.node(merge.first) == clusters.node(merge.second):
            continue
        if merge.score < MERGE_AT or NAME_ALONE in merge.reasons:
            review.append(merge)
        elif clusters.join(merge.first, merge.second, decided=merge.reasons == DECIDED):
            merges.append(merge)
    open_questions = [merge for merge in review if clusters.node(merge.first) != clusters.node(merge.second)]
    assignment = {item_id: clusters.node(item_id) for item_id in known}
    return Resolution(assignment, tuple(sorted(merges)), tuple(sorted(open_questions)))


class _Clusters:
    """The state of one resolution: which occurrences are one so far, and what may not become one."""

    def __init__(
        self, known: Mapping[str, Occurrence], links: Mapping[str, str | None], decisions: ManualDecisions
    ) -> None:
        self._links = links
        self._of = {item_id: _alone(known[item_id]) for item_id in known if not links[item_id]}
        self._joined: dict[str, list[_Cluster]] = defaultdict(list)
        for link in decisions.cannot:
            for one, other in ((link.first, link.second), (link.second, link.first)):
                if one in self._of:
                    self._of[one].apart |= {other, links.get(other) or other}
        for item_id in sorted(decisions.detached & self._of.keys()):
            self._of[item_id].apart.add(known[item_id].kb_id or item_id)

    def node(self, item_id: str) -> str:
        link = self._links[item_id]
        if link:
            return node_id(link, item_id)
        cluster = self._of[item_id]
        return node_id(cluster.kb_id, min(cluster.members))

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
        if not decided and any(contradict(a, b) for a in sorted(one.names) for b in sorted(other.names)):
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


def _alone(item: Occurrence) -> _Cluster:
    names = {(item.label, full_name(name, item.label)) for name in (item.name, *item.aliases)}
    return _Cluster({item.id}, names, set())


def _manual(known: Mapping[str, Occurrence], decisions: ManualDecisions) -> Iterator[Merge]:
    pairs = {tuple(sorted((link.first, link.second))) for link in decisions.must}
    for first, second in sorted(pairs):
        if first in known and second in known:
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


def resolve_store(store: Store, decisions: ManualDecisions = NO_DECISIONS) -> int:
    """Bring a store's assignment up to date: only what is connected with keys touched since the last time.

    Returns the number of occurrences decided. The connected part is found through occurrences that are not linked:
    linked ones stand where they stand, and are looked at only as evidence.
    """
    found = connected(store, store.pending(), decisions)
    result = resolve(found.values(), decisions=decisions)
    store.resolve(result.assignment)
    return len(result.assignment)


def connected(store: Store, keys: Iterable[str], decisions: ManualDecisions = NO_DECISIONS) -> dict[str, Occurrence]:
    """Occurrences (by id) that have one of the keys, or share a key with one of those that is not linked, and so on."""
    found: dict[str, Occurrence] = {}
    asked: set[str] = set()
    wanted = set(keys)
    while wanted:
        wanted |= {key for link in (*decisions.must, *decisions.cannot) if wanted & set(link.keys) for key in link.keys}
        for item in store.occurrences(sorted(wanted - asked)):
            found[item.id] = item
        asked |= wanted
        free = (item for item in found.values() if item.kb_id is None or item.id in decisions.detached)
        wanted = {key for item in free for key in item.keys} - asked
    return found
