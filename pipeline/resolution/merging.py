"""Joining and splitting the things of a graph by hand: from what a person names to decisions that the store keeps.

Each function keeps its decisions and brings up to date only what they touch. What is said of a pair replaces what was
said of it before. Two things are joined, or kept apart, through pairs of their occurrences: a few of each with all of
the other, so that documents may go and the rest still holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Final

from graphwright.pipeline.errors import UsageError
from graphwright.pipeline.graph import Node, Occurrence
from graphwright.pipeline.identity import content_hash, node_id
from graphwright.pipeline.names import normalise
from graphwright.pipeline.resolution.decisions import Decision, Referent, Referring, Verdict, decision_on
from graphwright.pipeline.resolution.things import SHORTEST_ID, Part, Thing, around, find_nodes, keys_of
from graphwright.pipeline.resolution.touched import resolve_store
from graphwright.pipeline.sinks.store import Store

MOST_PAIRS: Final = 20_000
"""Pairs that one command decides at most."""
HUBS: Final = 8
"""Occurrences of a thing that are each paired with all of the other."""
_ITEM = re.compile(r"Q[1-9]\d{0,10}")
Pair = tuple[Occurrence, Occurrence | str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: the id under which the decision is kept, its pairs, and the things that there are now.

    ``note``: what may be a mistake.
    """

    decision: str
    pairs: int
    things: tuple[Node, ...]
    note: str = ""


def merge(store: Store, first: str, second: str) -> Outcome:
    """Declare two things to be one. Of two Wikidata ids the second one stays; it need not be in the graph.

    Raises:
        UsageError: one is not there, is not the only one of its name, or both are one already.
    """
    resolve_store(store)
    first, second = first.strip(), second.strip()
    if new := _new_id(store, first, second):
        [node] = find_nodes(store, first if new == second else second)
        part = around(store, keys_of(node))
        made = Node(node_id(new, ""), node.label, new, (), new)
        outcome = join(store, part, part.thing(node.id), Thing(made, ()))
        return replace(outcome, note=f"nothing of the graph was {new} before; see that it is the right one")
    nodes = find_nodes(store, first, second)
    if nodes[0] == nodes[1]:
        raise UsageError(f"wanted two things; {first!r} and {second!r} are one already: {nodes[0].id}")
    part = around(store, keys_of(*nodes))
    outcome = join(store, part, part.thing(nodes[0].id), part.thing(nodes[1].id))
    labels = [node.label for node in nodes]
    note = f"{nodes[0].name} is {labels[0]}, {nodes[1].name} is {labels[1]}" if labels[0] != labels[1] else ""
    return replace(outcome, note=note)


def _new_id(store: Store, first: str, second: str) -> str:
    """A Wikidata id among two names that nothing of the graph has: the second, or the first of what has none; or ""."""
    known = {node.kb_id for node in store.nodes()}
    new = [bool(_ITEM.fullmatch(words)) and words not in known for words in (first, second)]
    if new[1]:
        return second
    return first if new[0] and not find_nodes(store, second)[0].kb_id else ""


def join(store: Store, part: Part, one: Thing, other: Thing) -> Outcome:
    """Declare two things of a part of the graph to be one."""
    pairs = list(_across(one, other))
    sides = frozenset(item.id for item in one.members), frozenset(item.id for item in other.members)
    for ends in part.referring.pairs("apart"):
        if any(first in sides[0] and second in sides[1] for first, second in (ends, ends[::-1])):
            pairs.append((part.occurrences[ends[0]], part.occurrences[ends[1]]))
    undone = [] if not (one.node.kb_id and other.node.kb_id) else _links_to(part, one)
    return _keep(store, part, "same", pairs, undone)


def set_apart(store: Store, part: Part, one: Thing, other: Thing) -> Outcome:
    """Declare two things of a part of the graph to be two."""
    return _keep(store, part, "apart", list(_across(one, other)))


def unmerge(store: Store, asked: str, named: Sequence[str] = ()) -> Outcome:
    """Split a thing: the occurrences named, by id or by document, are another thing than the rest.

    Where none is named, all that are not linked are set apart from each other. A linked occurrence loses its link.

    Raises:
        UsageError: it is not there, or there is nothing to split off.
    """
    resolve_store(store)
    [node] = find_nodes(store, asked)
    part = around(store, keys_of(node))
    thing = part.thing(node.id)
    chosen = _chosen(part, thing, named)
    others = {item.id for item in thing.members} - {item.id for item in chosen} - thing.linked
    rest = [item for item in thing.members if item.id in others]
    pairs: list[Pair] = [(item, node.kb_id) for item in chosen if node.kb_id]
    pairs += product(chosen, rest) if named else combinations(chosen, 2)
    return _keep(store, part, "apart", pairs)


def undo(store: Store, asked: Sequence[str], verdict: Verdict) -> Outcome:
    """Take a decision back, named by the beginning of its id or by the two things that it joins or sets apart.

    Raises:
        UsageError: no decision answers to it, or several do.
    """
    held = store.decisions()
    acts = sorted({item.act for item in held if item.verdict == verdict and _is_about(item, asked)})
    if len(acts) != 1:
        what = " and ".join(map(repr, asked))
        several = f"; name one by its id: {', '.join(acts)}" if acts else "; 'merges --decided' lists them"
        raise UsageError(
            f"wanted the id of a decision, or the two things it is about; {what} fits {len(acts)}{several}"
        )
    undone = [item for item in held if item.act == acts[0]]
    store.decide((), undone=[item.id for item in undone])
    resolve_store(store)
    return Outcome(acts[0], len(undone), _things(store, undone))


def _across(one: Thing, other: Thing) -> Iterator[Pair]:
    """A few of each with all of the other; with the Wikidata id of the other, where it has one."""
    if one.node.kb_id and not other.node.kb_id:
        one, other = other, one
    if other.node.kb_id:
        yield from ((item, other.node.kb_id) for item in one.members)
        return
    hubs = max(1, min(HUBS, MOST_PAIRS // (len(one.members) + len(other.members))))
    yield from product(one.members, other.members[:hubs])
    yield from product(one.members[:hubs], other.members[hubs:])


def _links_to(part: Part, thing: Thing) -> list[str]:
    """Decisions (ids) that give members of a thing its Wikidata id."""
    return [item.id for item in _decisions(part, "same", [(member, str(thing.node.kb_id)) for member in thing.members])]


def _chosen(part: Part, thing: Thing, named: Sequence[str]) -> list[Occurrence]:
    """The members that are to be split off. Raises ``UsageError`` where that makes no sense."""
    node, chosen = thing.node, []
    if not named:
        chosen = [item for item in thing.members if item.id not in thing.linked]
        if len(chosen) + bool(thing.linked) < 2:
            hint = f"name documents in which {node.kb_id} is wrong" if thing.linked else "there is nothing to split"
            raise UsageError(f"{node.name} ({node.id}) was not merged: {hint}")
        return chosen
    for words in named:
        found = [item for item in thing.members if _is_meant(words, item, part.source(item))]
        if not found:
            sources = ", ".join(sorted({part.source(item) for item in thing.members})[:5])
            raise UsageError(f"{words!r} is no occurrence or document of {node.name} ({node.id}); there are: {sources}")
        chosen += found
    chosen = list({item.id: item for item in chosen}.values())
    if len(chosen) == len(thing.members) and not node.kb_id:
        raise UsageError(f"that is all of {node.name} ({node.id}); name less, or nothing to set all of it apart")
    return chosen


def _is_meant(words: str, item: Occurrence, source: str) -> bool:
    """Whether an occurrence is named, by its id or the beginning of that, its document, or the end of its source."""
    begins = len(words) >= SHORTEST_ID and item.id.startswith(words)
    return begins or words in (item.document, source) or source.endswith(f"/{words.lstrip('./')}")


def _is_about(decision: Decision, asked: Sequence[str]) -> bool:
    if len(asked) != 2:
        return len(asked[0]) >= SHORTEST_ID and (decision.act.startswith(asked[0]) or decision.id == asked[0])
    ends = (decision.first, decision.second)
    return any(
        all(_answers(end, words.strip()) for end, words in zip(order, asked, strict=True))
        for order in (ends, ends[::-1])
    )


def _answers(end: Referent | str, asked: str) -> bool:
    if isinstance(end, str):
        return end == asked
    return asked in (end.document, end.source) or normalise(end.name) == normalise(asked) != ""


def _decisions(part: Part, verdict: Verdict, pairs: Iterable[Pair]) -> Iterator[Decision]:
    """Decisions on pairs; what has no name to go by is left out."""
    for one, other in pairs:
        first = part.referent(one)
        second = other if isinstance(other, str) else part.referent(other)
        if first is not None and second is not None:
            yield decision_on(verdict, first, second)


def _keep(store: Store, part: Part, verdict: Verdict, pairs: Sequence[Pair], undone: Sequence[str] = ()) -> Outcome:
    """Keep decisions as one act, and bring up to date what they touch."""
    if len(pairs) > MOST_PAIRS:
        raise UsageError(
            f"that would decide on {len(pairs):,} pairs of occurrences, at most {MOST_PAIRS:,} can be at once; "
            "name fewer documents"
        )
    decisions = list({item.id: item for item in _decisions(part, verdict, pairs)}.values())
    if not decisions:
        raise UsageError("these occurrences have no name that a decision could refer to, only signs")
    act = content_hash("act", verdict, *sorted(item.id for item in decisions))
    store.decide([replace(item, act=act) for item in decisions], undone=undone)
    resolve_store(store)
    return Outcome(act, len(decisions), _things(store, decisions))


def _things(store: Store, decisions: Sequence[Decision]) -> tuple[Node, ...]:
    """The nodes of all that decisions are about."""
    part = around(store, {key for item in decisions for key in item.keys})
    referring = Referring(part.occurrences.values(), decisions)
    found = {referring.occurrence(end) for item in decisions for end in item.referents} - {None}
    wanted = {part.resolution.assignment[key] for key in found if key is not None}
    return tuple(node for node in store.nodes() if node.id in wanted)
