"""The command ``diff``, and how it and ``build --dry-run`` tell what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from graphwright.flows.cli_arguments import Json
from graphwright.flows.cli_output import emit_json, say, talk

if TYPE_CHECKING:
    from graphwright.flows.differing import Difference, DifferentFact

SIGNS: Final = {"added": "+", "changed": "~", "retracted": "-"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(diff)


def diff(
    first: Annotated[str, typer.Argument(metavar="A", help="A target, or a folder exported as jsonl or parquet.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    json: Json = False,
) -> None:
    """Show which facts are in one graph and not in another, and which have other evidence."""
    from graphwright.flows.differing import diff_targets
    from graphwright.flows.settings import load_settings

    found = diff_targets(first, second, load_settings())
    if json:
        emit_json(as_object(found))
    else:
        show_difference(found)


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
