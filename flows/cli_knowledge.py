"""Commands about knowledge bases: kb build, kb info, kb search."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphwright.flows.cli_arguments import Json, Knowledge
from graphwright.flows.cli_output import emit_json, emit_table, progress, say, talk
from graphwright.pipeline.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from graphwright.pipeline.knowledge import KnowledgeBase, KnowledgeInfo
    from graphwright.pipeline.sinks.opening import StoreSettings

COLUMNS = ("id", "name", "label", "description", "aliases")
SHOWN_ALIASES = 5
SOURCES_HELP = (
    "Wikidata JSON dumps (.json), RDF (.nt, .ttl, .nq), tables (.csv, .tsv), JSON lines (.jsonl), all also .gz and "
    ".bz2; knowledge bases (.sqlite); or neo4j:// and bolt:// addresses: nodes whose kbId, uri, id, wikidata or qid is "
    "a Wikidata id, their name, aliases and labels, and relationships named by a property (P26) or as in the schema "
    "(SPOUSE)."
)
FIELDS = {"name": "label"} | {
    field: field for field in ("id", "label", "aliases", "types", "coarse", "claims", "count", "wikipedia")
}


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Build a knowledge base, and look things up in one.", no_args_is_help=True)
    for command in (build, info, search):
        group.command()(command)
    app.add_typer(group, name="kb")


def _columns(value: str | None) -> str | None:
    for part in (value or "").split(",") if value else ():
        field, equals, column = part.partition("=")
        if field.strip() not in FIELDS or not equals or not column.strip():
            raise typer.BadParameter(f"wanted FIELD=COLUMN of {', '.join(FIELDS)}; received {part!r}")
    return value


def build(
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE", help=SOURCES_HELP)],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The knowledge base to make.")
    ] = None,
    update: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Add the sources to this knowledge base; without -o, in place."),
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Languages of names to keep; the first is preferred.  [default: en]")
    ] = None,
    type: Annotated[
        list[str] | None,
        typer.Option("--type", help="Keep only entities of these labels (PER) or classes (Q5, and those below it)."),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="FIELD=COLUMN,...",
            callback=_columns,
            help="Columns of tables, fields of JSON lines: id=key,name=title,aliases=other. Others keep their names: "
            "id, name, aliases, types, coarse, claims, count, wikipedia; a column P17 holds claims.",
        ),
    ] = None,
    compact: Annotated[
        bool, typer.Option("--compact", help="A smaller file, to which nothing can be added by --update.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Processes that read.  [default: one for each core]")
    ] = None,
    json: Json = False,
) -> None:
    """Build a knowledge base from sources; each adds to the ones before. Exit 1 where a file was cut short.

    A build that was stopped leaves a folder .FILE.partial; the same command goes on from there.
    """
    from graphwright.pipeline.knowledge_build import build_knowledge

    target = _target(output, update, language, type)
    with _watched(sources) as watch:
        made = build_knowledge(
            sources,
            target,
            languages=language or ["en"],
            types=type or None,
            columns=_column_map(columns),
            update=update,
            updatable=not compact,
            processes=workers or _cores(sources),
            login=_login(),
            watch=watch,
            tell=talk,
        )
    for message in made.messages:
        talk(f"warning: {message}")
    _show_info(made, json)
    if not made.complete:
        talk(f"{target} holds what could be read; the files named above are cut or damaged: get them again")
        raise typer.Exit(1)


def info(
    kb: Knowledge = None,
    ids: Annotated[bool, typer.Option("--ids", help="Print all ids instead, one a line.")] = False,
    json: Json = False,
) -> None:
    """Print what a knowledge base holds."""
    with _opened(kb) as base:
        if ids:
            for item in base.ids():
                say(item)
        else:
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


def _target(output: Path | None, update: Path | None, language: list[str] | None, type: list[str] | None) -> Path:
    if update is not None and (language or type):
        raise UsageError(f"languages and types are those of {update}: leave --language and --type out with --update")
    if output is None and update is None:
        raise UsageError("wanted the knowledge base to make: -o FILE, or --update FILE to add to one")
    return output or update or Path()


def _column_map(text: str | None) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(",")) if text else ()
    return {FIELDS[field.strip()]: column.strip() for field, _, column in pairs}


def _login() -> StoreSettings:
    from graphwright.flows.settings import load_settings
    from graphwright.pipeline.sinks.opening import StoreSettings

    found, plain = load_settings(), StoreSettings()
    password = found.neo4j_password.get_secret_value() if found.neo4j_password else plain.password
    return StoreSettings(found.neo4j_username or plain.username, password, found.neo4j_database or plain.database)


def _cores(sources: Sequence[str]) -> int:
    """One process for each core, where there is enough to read that starting them pays."""
    large = sum(path.stat().st_size for path in map(Path, sources) if path.is_file()) > 32 << 20
    return (os.cpu_count() or 1) if large else 1


@contextmanager
def _watched(sources: Sequence[str]) -> Iterator[Callable[[int], None]]:
    total = sum(path.stat().st_size for path in map(Path, sources) if path.is_file())
    reached = 0
    with progress("reading", total) as advance:

        def watch(done: int) -> None:
            nonlocal reached
            advance(done - reached)
            reached = done

        yield watch


@contextmanager
def _opened(kb: Path | None) -> Iterator[KnowledgeBase]:
    import sqlite3

    from graphwright.flows.settings import load_settings
    from graphwright.pipeline.knowledge import KnowledgeBase
    from graphwright.pipeline.knowledge_starter import STARTER

    path = load_settings(kb=kb).kb or STARTER
    with closing(KnowledgeBase.open(path)) as base:
        try:
            yield base
        except sqlite3.DatabaseError as error:
            raise ConfigurationError(
                f"wanted a whole knowledge base; {path} is damaged ({error}): build it again"
            ) from error


def _show_info(info: KnowledgeInfo, json: bool) -> None:
    if json:
        emit_json(info)
        return
    rows = [(name, getattr(info, name)) for name in ("path", "version", "entities", "aliases", "claims")]
    more = [
        ("languages", _some(info.languages)),
        ("types", _some(info.types) or "all"),
        ("sources", _some(info.sources)),
        ("bad lines", info.bad),
        ("can be updated", "yes" if info.updatable else "no"),
        ("size in MB", info.bytes / 1e6),
    ]
    emit_table(("knowledge base", ""), [*rows, *more])


def _some(names: Sequence[str]) -> str:
    rest = len(names) - SHOWN_ALIASES
    return ", ".join(names[:SHOWN_ALIASES]) + (f" and {rest} more" if rest > 0 else "")
