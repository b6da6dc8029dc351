"""Which occurrences of different documents are the same thing: a pure function of the set of occurrences.

Linked occurrences go to the node of their Wikidata id. Others are compared where they share a block key: a pair merges
when name, label and context together make it likely enough, and nothing speaks against it. Pairs are taken in the
order of their scores, ties by id, never of arrival; so any order and any cut into independent blocks gives the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
from graphwright.pipeline.resolution_scores import contradict, full_name, pair_score
from graphwright.pipeline.sinks.store import Store

MERGE_AT = 0.8
REVIEW_AT = 0.5
_CONTEXT = 24
_ALL_PAIRS = 48


@dataclass(frozen=True, slots=True)
class ManualLink:
    """Two occurrences (ids) that a person says are one; ``keys``: block keys of both, so that the link is found."""

    first: str
    second: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ManualDecisions:
    """What people decided. ``cannot``: pairs of occurrences never to be one; ``detached``: linked occurrences whose
    link is wrong; ``must``: pairs that are one.
    """

    cannot: frozenset[tuple[str, str]] = frozenset()
    must: tuple[ManualLink, ...] = ()
    detached: frozenset[str] = frozenset()


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
    members: set[str]
    names: set[tuple[str, str]]
    kb_ids: set[str]
    apart: set[str] = field(default_factory=set)


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
        (entity.mentions[0].start if entity.mentions else 0, entity.kb_id or normalise(entity.name), index)
        for index, entity in enumerate(entities)
        if entity.label not in LITERAL_LABELS and (entity.kb_id or is_name(entity.name))
    ]
    contexts = []
    for index, entity in enumerate(entities):
        start, own = (entity.mentions[0].start if entity.mentions else 0), entity.kb_id or normalise(entity.name)
        others: dict[str, int] = {}
        for place, key, other in found:
            if other != index and key != own:
                others[key] = min(abs(place - start), others.get(key, abs(place - start)))
        contexts.append(tuple(sorted(sorted(others, key=lambda key: (others[key], key))[:_CONTEXT])))
    return contexts


def resolve(occurrences: Iterable[Occurrence], *, decisions: ManualDecisions = NO_DECISIONS) -> Resolution:
    """Assign a node to every occurrence. Pure, and free of the order and grouping of its input (see the module)."""
    known = {item.id: item for item in sorted(occurrences, key=lambda item: item.id)}
    links = {item.id: None if item.id in decisions.detached else item.kb_id for item in known.values()}
    clusters = _first_clusters(known, links, decisions)
    merges, review = [], []
    for merge in [*_manual(known, decisions), *sorted(_likely(known, links), key=_strongest_first)]:
        first, second = clusters[merge.first], clusters[merge.second]
        if first is second:
            continue
        if merge.score < MERGE_AT:
            review.append(merge)
        elif merge.reasons == ("decided",) or _compatible(first, second):
            merges.append(merge)
            _join(clusters, first, second)
    open_questions = [merge for merge in review if clusters[merge.first] is not clusters[merge.second]]
    assignment = {item_id: _node(clusters[item_id]) for item_id in known}
    return Resolution(assignment, tuple(sorted(merges)), tuple(sorted(open_questions)))


def _first_clusters(
    known: Mapping[str, Occurrence], links: Mapping[str, str | None], decisions: ManualDecisions
) -> dict[str, _Cluster]:
    """All occurrences of one Wikidata id together, every other one alone."""
    linked: dict[str, _Cluster] = {}
    clusters = {}
    for item_id, item in known.items():
        link = links[item_id]
        cluster = linked.setdefault(link, _Cluster(set(), set(), {link})) if link else _Cluster(set(), set(), set())
        cluster.members.add(item_id)
        if not link:
            cluster.names |= {(item.label, full_name(name, item.label)) for name in (item.name, *item.aliases)}
        clusters[item_id] = cluster
    for first, second in sorted(decisions.cannot):
        if first in clusters and second in clusters:
            clusters[first].apart.add(second)
            clusters[second].apart.add(first)
    return clusters


def _manual(known: Mapping[str, Occurrence], decisions: ManualDecisions) -> Iterator[Merge]:
    pairs = {tuple(sorted((link.first, link.second))) for link in decisions.must}
    for first, second in sorted(pairs):
        if first in known and second in known:
            yield Merge(first, second, 1.0, ("decided",))


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


def _compatible(first: _Cluster, second: _Cluster) -> bool:
    if len(first.kb_ids | second.kb_ids) > 1 or first.apart & second.members:
        return False
    return not any(contradict(a, b) for a in sorted(first.names) for b in sorted(second.names))


def _join(clusters: dict[str, _Cluster], first: _Cluster, second: _Cluster) -> None:
    larger, smaller = (first, second) if len(first.members) >= len(second.members) else (second, first)
    for part in ("members", "names", "kb_ids", "apart"):
        getattr(larger, part).update(getattr(smaller, part))
    for item_id in smaller.members:
        clusters[item_id] = larger


def _node(cluster: _Cluster) -> str:
    return node_id(min(cluster.kb_ids, default=None), min(cluster.members))


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
        wanted |= {key for link in decisions.must if wanted & set(link.keys) for key in link.keys}
        for item in store.occurrences(sorted(wanted - asked)):
            found[item.id] = item
        asked |= wanted
        free = (item for item in found.values() if item.kb_id is None or item.id in decisions.detached)
        wanted = {key for item in free for key in item.keys} - asked
    return found
