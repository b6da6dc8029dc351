"""What the commands about identity ask of a graph: what was joined, what waits for review, what people decided."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphwright.flows.building import property_names
from graphwright.flows.inspection import node_names, readable
from graphwright.flows.settings import Settings
from graphwright.flows.targets import open_target
from graphwright.pipeline.graph import Statement
from graphwright.pipeline.identity import WIKIDATA

if TYPE_CHECKING:
    from graphwright.pipeline.resolution.merging import Outcome
    from graphwright.pipeline.resolution.questions import Decided
    from graphwright.pipeline.resolution.things import Part

_ITEM = re.compile(r"\bQ[1-9]\d*\b")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two occurrences (ids ``first`` and ``second``) that are one or may be; ``node`` is what the first stands for."""

    id: str
    name: str
    other: str
    score: float
    reasons: tuple[str, ...]
    node: str
    first: str
    second: str
    sources: tuple[str, str]


@dataclass(frozen=True, slots=True)
class WaitingFact:
    """A statement in the review band with its best sentence."""

    statement: str
    score: float
    subject: str
    predicate: str
    object: str
    assertion: str
    said_by: str
    sentence: str


def merged_pairs(settings: Settings, name: str | None = None, limit: int | None = None) -> list[Pair]:
    """What joined occurrences of different documents, the least sure first; of one thing only, where it is named.

    Raises:
        UsageError: nothing of the graph answers to the name.
    """
    from graphwright.pipeline.resolution.things import answering, around, keys_of

    with open_target(settings) as store:
        names = node_names(store)
        found = answering(list(store.nodes()), name) if name is not None else None
        part = around(store, None if found is None else keys_of(*found))
    wanted = None if found is None else {node.id for node in found}
    nodes = part.resolution.assignment
    merges = [item for item in part.resolution.merges if wanted is None or nodes[item.first] in wanted]
    merges.sort(key=lambda item: (item.score, item.first, item.second))
    return [_pair(part, names, "", m.first, m.second, m.score, m.reasons) for m in merges[:limit]]


def decided_merges(settings: Settings) -> list[Decided]:
    """What people decided, whether the graph has something to apply it to or not."""
    from graphwright.pipeline.resolution.questions import decided
    from graphwright.pipeline.resolution.things import around

    with open_target(settings) as store:
        keys = {key for decision in store.decisions() for key in decision.keys}
        return decided(around(store, keys))


def waiting(settings: Settings) -> tuple[list[Pair], list[WaitingFact]]:
    """What waits for review, the likeliest first: merges and facts."""
    from graphwright.pipeline.resolution.questions import questions
    from graphwright.pipeline.resolution.things import around

    with open_target(settings) as store:
        names, predicates = node_names(store), property_names(settings)
        facts = sorted((item for item in store.statements() if item.band == "review"), key=lambda s: (-s.score, s.id))
        part = around(store)
    pairs = [
        _pair(part, names, item.id, item.first.id, item.second.id, item.score, item.reasons) for item in questions(part)
    ]
    return pairs, [_waiting_fact(item, names, predicates) for item in facts]


def merge_things(settings: Settings, first: str, second: str) -> Outcome:
    """Declare two things to be one. Raises ``UsageError``."""
    from graphwright.pipeline.resolution.merging import merge

    with open_target(settings) as store:
        return merge(store, first, second)


def split_thing(settings: Settings, asked: str, named: list[str]) -> Outcome:
    """Declare occurrences of a thing to be another. Raises ``UsageError``."""
    from graphwright.pipeline.resolution.merging import unmerge

    with open_target(settings) as store:
        return unmerge(store, asked, named)


def take_back(settings: Settings, asked: list[str], *, merged: bool) -> Outcome:
    """Remove a decision. Raises ``UsageError``."""
    from graphwright.pipeline.resolution.merging import undo

    with open_target(settings) as store:
        return undo(store, asked, "same" if merged else "apart")


def answer_question(settings: Settings, asked: str, *, accepted: bool) -> Outcome:
    """Decide a merge that waits for review. Raises ``UsageError``."""
    from graphwright.pipeline.resolution.questions import answer

    with open_target(settings) as store:
        return answer(store, asked, "same" if accepted else "apart")


def _pair(
    part: Part, names: Mapping[str, str], id: str, first: str, second: str, score: float, reasons: tuple[str, ...]
) -> Pair:
    one, other = sorted((part.occurrences[first], part.occurrences[second]), key=part.source)
    spoken = tuple(_ITEM.sub(lambda match: names.get(WIKIDATA + match[0], match[0]), reason) for reason in reasons)
    node = part.resolution.assignment[one.id]
    return Pair(id, one.name, other.name, score, spoken, node, one.id, other.id, (part.source(one), part.source(other)))


def _waiting_fact(statement: Statement, names: Mapping[str, str], predicates: Mapping[str, str]) -> WaitingFact:
    best = max(statement.evidence, key=lambda item: (item.score, item.id))
    told = readable(statement, names, predicates)
    text = " ".join(best.text.split())
    return WaitingFact(statement.id, statement.score, *told, best.assertion, best.said_by, text)
