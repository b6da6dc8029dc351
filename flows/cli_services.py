"""Commands about what runs around the tool: deploy, serve, doctor."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from graphwright.flows.cli_arguments import Json
from graphwright.flows.cli_output import emit_json, emit_table, talk
from graphwright.pipeline.errors import UsageError


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
    corpus: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders, globs or URLs to keep in the graph.  [default: only serve the pages]"),
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="TARGET", help="Where the graph goes.  [default: graph]")] = None,
    cron: Annotated[str, typer.Option(help="When to run, as five cron fields.")] = "0 3 * * *",
    timezone: Annotated[str, typer.Option(help="Time zone of the schedule.")] = "UTC",
    host: Annotated[str, typer.Option(help="Where the pages listen; 0.0.0.0 is everywhere.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the pages; 0 is any free one.")] = 7475,
) -> None:
    """Keep a graph fresh by running ingest on a schedule; without CORPUS, serve the pages for Neo4j Browser."""
    from graphwright.flows.settings import load_settings

    if corpus:
        from graphwright.flows.deploy import serve_ingest

        serve_ingest(corpus, load_settings(target=to).target, cron=cron, timezone=timezone)
    elif to:
        raise UsageError("serve --to needs a CORPUS to keep in the graph; without both it serves the pages")
    else:
        _serve_pages(host, port)


def _serve_pages(host: str, port: int) -> None:
    """Until interrupted, which is how it ends."""
    from graphwright.flows.browser_server import browser_server

    with browser_server(host, port) as (server, address), suppress(KeyboardInterrupt):
        talk("pages for Neo4j Browser, until Ctrl-C; type there:")
        talk(f"  :style {address}/graphwright.grass")
        talk(f"  :play {address}/guide.html    (:guide puts it beside)")
        server.serve_forever()


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
