"""Commands about what is one thing and what is two: merges, merge, unmerge, review."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from graphwright.flows.cli_arguments import Json, Target
from graphwright.flows.cli_output import emit_json, emit_records, emit_table, talk

if TYPE_CHECKING:
    from graphwright.flows.merges import Pair, WaitingFact
    from graphwright.pipeline.resolution.merging import Outcome
    from graphwright.pipeline.resolution.questions import Decided, Named

MERGES = ("name", "with", "score", "reasons", "documents")
DECISIONS = ("decision", "what", "first", "second", "pairs", "found")
WAITING = ("id", "name", "with", "score", "reasons", "documents")
FACTS = ("statement", "score", "subject", "predicate", "object", "assertion", "said_by", "sentence")
SHORT = 12
SHOWN = 4

Thing = Annotated[str, typer.Argument(metavar="NODE", help="IRI, Wikidata id, or a name that only one thing has.")]
Undo = Annotated[bool, typer.Option("--undo", help="Take a decision back: by its id, or by the two things.")]
Most = Annotated[int | None, typer.Option(min=1, metavar="N", help="List at most N.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (merges, merge, unmerge, review):
        app.command()(command)


def merges(
    target: Target,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Only what stands for this thing.")] = None,
    decided: Annotated[bool, typer.Option("--decided", help="What people decided, found in the graph or not.")] = False,
    limit: Most = None,
    json: Json = False,
) -> None:
    """List which entities of different documents were taken for one, the least sure first, and why."""
    from graphwright.flows import merges as work
    from graphwright.flows.settings import load_settings

    settings = load_settings(target=target)
    if decided:
        _show_decided(work.decided_merges(settings)[:limit], json=json)
        return
    pairs = work.merged_pairs(settings, name, limit)
    if json:
        columns = ("name", "with", "score", "reasons", "node", "first", "second", "documents")
        rows = [(p.name, p.other, p.score, p.reasons, p.node, p.first, p.second, p.sources) for p in pairs]
        emit_records(columns, rows)
    else:
        emit_table(MERGES, [(p.name, p.other, p.score, _words(p.reasons), _sources(p)) for p in pairs])


def merge(
    target: Target,
    first: Thing,
    second: Annotated[str | None, typer.Argument(metavar="NODE", help="The other one.")] = None,
    undo: Undo = False,
    json: Json = False,
) -> None:
    """Declare that two things are one; it holds for all builds to come. Of two Wikidata ids the second one stays."""
    from graphwright.flows import merges as work
    from graphwright.flows.settings import load_settings
    from graphwright.pipeline.errors import UsageError

    settings = load_settings(target=target)
    if undo:
        named = [first] if second is None else [first, second]
        _show_outcome(work.take_back(settings, named, merged=True), json=json)
        return
    if second is None:
        raise UsageError(f"merge wants two things; received only {first!r}")
    _show_outcome(work.merge_things(settings, first, second), f"graphwright merge {target}", json=json)


def unmerge(
    target: Target,
    node: Thing,
    parts: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PART...]", help="Occurrences or documents in which it is another; all, where none."),
    ] = None,
    undo: Undo = False,
    json: Json = False,
) -> None:
    """Declare that parts of a thing are another, or do not have its Wikidata id; it holds for all builds to come."""
    from graphwright.flows import merges as work
    from graphwright.flows.settings import load_settings

    settings = load_settings(target=target)
    if undo:
        _show_outcome(work.take_back(settings, [node, *(parts or ())], merged=False), json=json)
    else:
        _show_outcome(work.split_thing(settings, node, parts or []), f"graphwright unmerge {target}", json=json)


def review(
    target: Target,
    accept: Annotated[
        list[str] | None, typer.Option("--accept", metavar="ID", help="The two things of this merge are one.")
    ] = None,
    reject: Annotated[
        list[str] | None, typer.Option("--reject", metavar="ID", help="The two things of this merge are two.")
    ] = None,
    limit: Most = None,
    json: Json = False,
) -> None:
    """List what waits for review, the likeliest first: unsure merges, and facts that are unsure or not asserted."""
    from graphwright.flows import merges as work
    from graphwright.flows.settings import load_settings

    settings = load_settings(target=target)
    answers = [(True, key) for key in accept or ()] + [(False, key) for key in reject or ()]
    outcomes = []
    for accepted, key in answers:
        outcomes.append(work.answer_question(settings, key, accepted=accepted))
        command = f"graphwright {'merge' if accepted else 'unmerge'} {target}"
        _show_outcome(outcomes[-1], command, json=json, alone=False)
    if json and answers:
        emit_json(outcomes)
    if not answers:
        pairs, facts = work.waiting(settings)
        _show_waiting(pairs[:limit], facts[:limit], json=json)


def _show_outcome(outcome: Outcome, command: str = "", *, json: bool, alone: bool = True) -> None:
    if json and alone:
        emit_json(outcome)
    if not json:
        emit_table(("name", "type", "id"), [(node.name, node.label, node.id) for node in outcome.things])
    if outcome.note:
        talk(f"note: {outcome.note}")
    if command:
        talk(f"decided on {_pairs(outcome.pairs)}; take it back with: {command} {outcome.decision[:SHORT]} --undo")
    else:
        talk(f"decision {outcome.decision[:SHORT]} on {_pairs(outcome.pairs)} is taken back")


def _show_decided(found: Sequence[Decided], *, json: bool) -> None:
    if json:
        emit_json(found)
        return
    rows = [
        (item.id[:SHORT], item.verdict, _named(item.first), _named(item.second), item.pairs, _found(item))
        for item in found
    ]
    emit_table(DECISIONS, rows)


def _named(ends: Sequence[Named]) -> str:
    from graphwright.pipeline.report_facts import short

    told = [f"{end.name} in {short(end.source)}" if end.source else end.name for end in ends]
    return "; ".join([*told[:SHOWN], *([f"{len(told) - SHOWN} more"] if len(told) > SHOWN else [])])


def _found(item: Decided) -> str:
    return "all" if item.applied == item.pairs else f"{item.applied} pairs" if item.applied else "nothing"


def _show_waiting(pairs: Sequence[Pair], facts: Sequence[WaitingFact], *, json: bool) -> None:
    told = [(f.statement, f.score, f.subject, f.predicate, f.object, f.assertion, f.said_by, f.sentence) for f in facts]
    if json:
        columns = ("id", "name", "with", "score", "reasons", "first", "second", "documents")
        found = [(p.id, p.name, p.other, p.score, p.reasons, p.first, p.second, p.sources) for p in pairs]
        emit_json([
            *({"kind": "merge", **dict(zip(columns, row, strict=True))} for row in found),
            *({"kind": "fact", **dict(zip(FACTS, row, strict=True))} for row in told),
        ])  # fmt: skip
        return
    if pairs:
        rows = [(p.id[:SHORT], p.name, p.other, p.score, _words(p.reasons), _sources(p)) for p in pairs]
        emit_table(WAITING, rows, title="merges: review --accept ID or --reject ID decides")
    emit_table(FACTS, told, title="facts" if pairs else "")


def _words(reasons: Sequence[str]) -> str:
    return "; ".join(reasons)


def _sources(pair: Pair) -> str:
    from graphwright.pipeline.report_facts import short

    return ", ".join(map(short, pair.sources))


def _pairs(number: int) -> str:
    return f"{number:,} pair{'' if number == 1 else 's'}"
