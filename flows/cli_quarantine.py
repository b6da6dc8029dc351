"""Commands about facts that were kept out of a graph: list, release, drop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from graphwright.flows.cli_arguments import Json, Target
from graphwright.flows.cli_output import counted, emit_json, emit_table, talk

if TYPE_CHECKING:
    from graphwright.flows.settings import Settings
    from graphwright.pipeline.quarantine_verdicts import Verdict

SHORT = 12
COLUMNS = ("id", "score", "subject", "predicate", "object", "reason", "sentence", "source")
DECIDED = ("id", "decided", "in the graph", "subject", "predicate", "object", "source")
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Ids, or how they start, as 'list' shows them.")]
Undo = Annotated[bool, typer.Option("--undo", help="Take the decision back.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Look at the facts that were kept out of a graph, and decide.", no_args_is_help=True)
    group.command("list")(list_quarantine)
    group.command("release")(release)
    group.command("drop")(drop)
    app.add_typer(group, name="quarantine")


def list_quarantine(
    target: Target,
    decided: Annotated[bool, typer.Option("--decided", help="Those that were released or dropped.")] = False,
    json: Json = False,
) -> None:
    """List facts that were kept out of the graph since they break its schema: why, and where they are said."""
    from graphwright.flows.settings import load_settings

    settings = load_settings(target=target)
    (_list_decided if decided else _list_waiting)(settings, json)


def release(target: Target, ids: Ids, undo: Undo = False) -> None:
    """Let facts into the graph although they break its schema: the next build puts them there, and every later one."""
    _decide(target, ids, "released", undo)
    talk(f"the next build into {target} {'takes them out' if undo else 'puts them in'}: it reads their documents again")


def drop(target: Target, ids: Ids, undo: Undo = False) -> None:
    """Never show facts again; they stay out of the graph."""
    _decide(target, ids, "dropped", undo)


def _decide(target: str, ids: list[str], verdict: Verdict, undo: bool) -> None:
    from graphwright.flows.quarantine import decide, take_back
    from graphwright.flows.settings import load_settings

    number = (take_back if undo else decide)(load_settings(target=target), ids, verdict)
    talk(f"{counted(number, 'fact')} {'no longer ' if undo else ''}{verdict}")


def _list_waiting(settings: Settings, json: bool) -> None:
    from dataclasses import asdict

    from graphwright.flows.building import property_names
    from graphwright.flows.inspection import reworded
    from graphwright.flows.quarantine import quarantine_rows

    found = quarantine_rows(settings)
    if json:
        emit_json([{**asdict(item), "claim": item.claim} for item in found])
        return
    names = property_names(settings)
    rows = [
        (i.claim[:SHORT], i.score, i.subject, names.get(i.predicate, i.predicate), i.object, reworded(i.reason, names),
         " ".join(i.sentence.split()), i.source)
        for i in found
    ]  # fmt: skip
    emit_table(COLUMNS, rows)


def _list_decided(settings: Settings, json: bool) -> None:
    from graphwright.flows.building import property_names
    from graphwright.flows.quarantine import decided_rows

    found = decided_rows(settings)
    if json:
        emit_json(found)
        return
    names = property_names(settings)
    rows = [
        (i.claim[:SHORT], i.verdict, "yes" if i.in_graph else "no", i.subject, names.get(i.predicate, i.predicate),
         i.object, i.source)
        for i in found
    ]  # fmt: skip
    emit_table(DECIDED, rows)
