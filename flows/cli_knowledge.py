"""Commands about knowledge bases: kb build, kb info, kb search."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphwright.flows.cli_arguments import Json, Knowledge
from graphwright.flows.cli_output import emit_json, emit_table, talk

if TYPE_CHECKING:
    from graphwright.pipeline.knowledge import KnowledgeBase, KnowledgeInfo

COLUMNS = ("id", "name", "label", "description", "aliases")
SHOWN_ALIASES = 5


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Build a knowledge base, and look things up in one.", no_args_is_help=True)
    for command in (build, info, search):
        group.command()(command)
    app.add_typer(group, name="kb")


def build(
    sources: Annotated[list[str], typer.Argument(help="Wikidata JSON dumps, RDF, CSV or JSON-lines files.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The knowledge base to make.")],
    language: Annotated[
        list[str] | None, typer.Option(help="Languages of names to keep; the first is preferred.  [default: en]")
    ] = None,
    type: Annotated[
        list[str] | None, typer.Option("--type", help="Keep only entities of these labels or classes (PER, Q5).")
    ] = None,
    json: Json = False,
) -> None:
    """Build a knowledge base from files; each adds to the ones before. Exit 1 where a file was cut short."""
    from graphwright.pipeline.knowledge_build import build_knowledge

    made = build_knowledge(sources, output, languages=language or ["en"], types=type or None)
    for message in made.messages:
        talk(f"warning: {message}")
    _show_info(made, json)
    if not made.complete:
        talk(f"{output} holds what could be read; the files named above are cut or damaged: get them again")
        raise typer.Exit(1)


def info(kb: Knowledge = None, json: Json = False) -> None:
    """Print what a knowledge base holds."""
    with _opened(kb) as base:
        _show_info(base.info(), json)


def search(
    name: Annotated[str, typer.Argument(help="A name, or how it starts.")],
    kb: Knowledge = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="Print at most N entities.")] = 10,
    json: Json = False,
) -> None:
    """Print the entities that a name may mean, the likeliest first."""
    with _opened(kb) as base:
        found = base.search(name, limit=limit)
    if json:
        emit_json(found)
    else:
        rows = [(item.id, item.name, item.label, item.description, _some(item.aliases)) for item in found]
        emit_table(COLUMNS, rows)


def _opened(kb: Path | None) -> closing[KnowledgeBase]:
    from graphwright.flows.settings import load_settings
    from graphwright.pipeline.knowledge import KnowledgeBase
    from graphwright.pipeline.knowledge_starter import STARTER

    return closing(KnowledgeBase.open(load_settings(kb=kb).kb or STARTER))


def _show_info(info: KnowledgeInfo, json: bool) -> None:
    if json:
        emit_json(info)
        return
    rows = [(name, getattr(info, name)) for name in ("path", "version", "entities", "aliases", "claims")]
    more = [("languages", _some(info.languages)), ("sources", _some(info.sources)), ("bad lines", info.bad)]
    emit_table(("knowledge base", ""), [*rows, *more])


def _some(names: Sequence[str]) -> str:
    rest = len(names) - SHOWN_ALIASES
    return ", ".join(names[:SHOWN_ALIASES]) + (f" and {rest} more" if rest > 0 else "")
