"""Commands about what runs around the tool: deploy, serve, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graphwright.flows.cli_arguments import Json
from graphwright.flows.cli_output import emit_json, emit_table, talk


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (deploy, serve, doctor):
        app.command()(command)


def deploy(
    file: Annotated[Path | None, typer.Option(metavar="FILE", help="Deployments instead of ./prefect.yaml.")] = None,
    pool: Annotated[str | None, typer.Option(metavar="NAME", help="Work pool, made where it is missing.")] = None,
) -> None:
    """Register the scheduled flows of prefect.yaml with the Prefect server of $PREFECT_API_URL."""
    from graphwright.flows.deploy import deploy_all

    for name in deploy_all(file or Path("prefect.yaml"), pool=pool):
        talk(f"deployed {name}; start it now with: prefect deployment run '{name}'")


def serve(
    corpus: Annotated[list[str], typer.Argument(help="Files, folders, globs or URLs to keep in the graph.")],
    to: Annotated[str | None, typer.Option(metavar="TARGET", help="Where the graph goes.  [default: graph]")] = None,
    cron: Annotated[str, typer.Option(help="When to run, as five cron fields.")] = "0 3 * * *",
    timezone: Annotated[str, typer.Option(help="Time zone of the schedule.")] = "UTC",
) -> None:
    """Keep a graph fresh on this machine: run ingest on a schedule until interrupted."""
    from graphwright.flows.deploy import serve_ingest
    from graphwright.flows.settings import load_settings

    serve_ingest(corpus, load_settings(target=to).target, cron=cron, timezone=timezone)


def doctor(json: Json = False) -> None:
    """Print what is installed, what can be reached, and how fast documents are read here."""
    from graphwright.flows.health import examine
    from graphwright.flows.settings import load_settings

    findings = examine(load_settings())
    if json:
        emit_json(findings)
    else:
        emit_table(
            ("what", "ok", "detail"), [(item.what, "yes" if item.ok else "no", item.detail) for item in findings]
        )
    if not all(item.ok or item.optional for item in findings):
        raise typer.Exit(1)
