"""The commands ``diff`` and ``runs``, and how it and ``build --dry-run`` tell what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from graphwright.flows.cli_arguments import Json, Target
from graphwright.flows.cli_output import emit_json, emit_table, say, talk

if TYPE_CHECKING:
    from graphwright.flows.differing import Difference, DifferentFact

COLUMNS: Final = ("run", "what", "ended", "documents", "added", "changed", "retracted", "digest")
SHORT: Final = 12
SIGNS: Final = {"added": "+", "changed": "~", "retracted": "-"}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(diff)
    app.command("runs")(list_runs)


def diff(
    first: Annotated[
        str, typer.Argument(metavar="A", help="A target, a folder exported as jsonl or parquet, or a run (run-3).")
    ],
    second: Annotated[str, typer.Argument(metavar="B", help="Another one, or a later run.")],
    of: Annotated[
        str | None, typer.Option("--of", metavar="TARGET", help="Whose runs A and B are.  [default: graph]")
    ] = None,
    json: Json = False,
) -> None:
    """Show which facts are in one graph and not in another, or came and went between two runs, and why."""
    from graphwright.flows.differing import diff_targets
    from graphwright.flows.runs import are_runs, diff_runs
    from graphwright.flows.settings import load_settings

    settings = load_settings(target=of)
    runs = of is not None or are_runs(first, second)
    found = (diff_runs if runs else diff_targets)(first, second, settings)
    if json:
        emit_json(as_object(found))
    else:
        show_difference(found)


def list_runs(target: Target, json: Json = False) -> None:
    """List the builds of a graph, and what each changed; 'diff' tells the facts that differ between two."""
    from graphwright.flows.runs import runs_of
    from graphwright.flows.settings import load_settings

    found = runs_of(load_settings(target=target))
    if json:
        emit_json(found)
        return
    rows = [
        (run.id, run.kind, run.ended, run.documents, *map(_number, (run.added, run.changed, run.retracted)),
         run.digest[:SHORT])
        for run in found
    ]  # fmt: skip
    emit_table(COLUMNS, rows)


def _number(count: int | None) -> str:
    return "" if count is None else str(count)


def as_object(found: Difference) -> dict[str, object]:
    """A difference for machines: counts and facts."""
    return {**found.counts, "facts": found.facts}


def show_difference(found: Difference) -> None:
    """A few lines on each fact on stdout; counts on stderr."""
    from graphwright.pipeline.report_facts import short

    for fact in found.facts:
        say(f"{SIGNS[fact.kind]} {_standing(fact)}  {fact.subject} -- {fact.predicate} --> {fact.object}")
        say(f"      {fact.sentence}")
        for reason in fact.reasons:
            say(f"      {reason.why}: {short(reason.source)}")
    talk(", ".join(f"{number} {kind}" for kind, number in found.counts.items()))


def _standing(fact: DifferentFact) -> str:
    before, after = fact.before, fact.after
    if before is None or after is None:
        side = before or after
        assert side
        return f"{side.score:.2f} {side.band}"
    score = f"{before.score:.2f}" if before.score == after.score else f"{before.score:.2f} to {after.score:.2f}"
    band = after.band if before.band == after.band else f"{before.band} to {after.band}"
    evidence = "" if fact.was and not fact.gained and not fact.lost else f", evidence +{fact.gained} -{fact.lost}"
    return f"{score} {band}{evidence}{', between other nodes' if fact.was else ''}"
