"""What a person should look at: pairs of things that may be one, and the decisions that were made on such."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from graphwright.pipeline.errors import UsageError
from graphwright.pipeline.graph import Occurrence
from graphwright.pipeline.resolution.decisions import Decision, Referent, Verdict, pair_id
from graphwright.pipeline.resolution.merging import Outcome, join, set_apart
from graphwright.pipeline.resolution.resolve import Merge
from graphwright.pipeline.resolution.things import Part, around
from graphwright.pipeline.resolution.touched import resolve_store
from graphwright.pipeline.sinks.store import Store


@dataclass(frozen=True, slots=True)
class Question:
    """Two things that may be one: the likeliest pair of their occurrences. ``id`` outlives edits of the documents."""

    id: str
    first: Occurrence
    second: Occurrence
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Named:
    """What a decision is about: a name and where it stands, or a Wikidata id."""

    name: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What one command decided: of what things, how many pairs, and how many of these are in the graph now."""

    id: str
    verdict: Verdict
    first: tuple[Named, ...]
    second: tuple[Named, ...]
    pairs: int
    applied: int


def questions(part: Part) -> list[Question]:
    """The pairs of things that are neither likely enough to be one nor unlikely enough, the likeliest first."""
    nodes = part.resolution.assignment
    best: dict[tuple[str, ...], Merge] = {}
    for merge in sorted(part.resolution.review, key=lambda item: (-item.score, item.first, item.second)):
        best.setdefault(tuple(sorted((nodes[merge.first], nodes[merge.second]))), merge)
    return [question for merge in best.values() if (question := _question(part, merge))]


def _question(part: Part, merge: Merge) -> Question | None:
    one, other = part.occurrences[merge.first], part.occurrences[merge.second]
    ends = part.referent(one), part.referent(other)
    if ends[0] is None or ends[1] is None:
        return None
    return Question(pair_id(ends[0], ends[1]), one, other, merge.score, merge.reasons)


def answer(store: Store, asked: str, verdict: Verdict) -> Outcome:
    """Decide a question, named by the beginning of its id: its two things are one, or they are two.

    Raises:
        UsageError: no open question has such an id, or several have.
    """
    resolve_store(store)
    part = around(store)
    found = [item for item in questions(part) if asked and item.id.startswith(asked)]
    if not found and any(asked and item.id.startswith(asked) for item in store.statements()):
        raise UsageError(f"{asked!r} is a fact, and only merges can be decided on; a fact changes with its documents")
    if len(found) != 1:
        raise UsageError(f"{len(found)} merges wait for review under an id that starts with {asked!r}; wanted one")
    one, other = (part.thing(part.resolution.assignment[item.id]) for item in (found[0].first, found[0].second))
    return join(store, part, one, other) if verdict == "same" else set_apart(store, part, one, other)


def decided(part: Part) -> list[Decided]:
    """All decisions, those of one command together, ordered by id."""
    acts: dict[str, list[Decision]] = defaultdict(list)
    for decision in part.decisions:
        acts[decision.act].append(decision)
    return [_decided(part, act, acts[act]) for act in sorted(acts)]


def _decided(part: Part, act: str, decisions: list[Decision]) -> Decided:
    first, second = sorted((_named(item.first for item in decisions), _named(item.second for item in decisions)))
    applied = sum(part.referring.applies(item) for item in decisions)
    return Decided(act, decisions[0].verdict, first, second, len(decisions), applied)


def _named(ends: Iterable[Referent | str]) -> tuple[Named, ...]:
    found = {Named(end) if isinstance(end, str) else Named(end.name, end.source) for end in ends}
    return tuple(sorted(found))
