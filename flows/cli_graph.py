"""Commands that read a graph: query, check, export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from graphwright.flows.cli_arguments import Json, SchemaFile, Target
from graphwright.flows.cli_output import counted, emit_csv, emit_json, emit_records, emit_table, say, talk
from graphwright.pipeline.errors import UsageError

if TYPE_CHECKING:
    from graphwright.flows.contradicting import Contradicting
    from graphwright.flows.inspection import ToldViolation

SHORT = 12
BROKEN = ("subject", "fact", "object", "what is wrong", "score", "sentence", "source", "statement")
QUERY_FILES = (".cypher", ".rq", ".sparql")
Format = Literal["neo4j-admin", "graphml", "parquet", "jsonl", "nq", "rdf12", "dataset"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (query, check, export):
        app.command()(command)


def query(
    target: Target,
    text: Annotated[
        str, typer.Argument(metavar="QUERY", help="SPARQL, or Cypher for Neo4j, or a file with it; only reads.")
    ],
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="CSV on stdout.")] = False,
) -> None:
    """Ask the graph in the language of its store."""
    from graphwright.flows.settings import load_settings
    from graphwright.flows.targets import open_read_only_target

    question, settings = _question(text), load_settings(target=target)
    with open_read_only_target(settings, settings.target) as store:
        table = store.query(question)
    emit = emit_records if json else emit_csv if csv else emit_table
    emit(table.columns, table.rows)


def _question(given: str) -> str:
    """The query itself, or what a file of that name holds, or the saved query of that name."""
    if not given.endswith(QUERY_FILES):
        return given
    from graphwright.pipeline.browser.pages import saved_queries

    path, saved = Path(given), saved_queries()
    if not path.exists() and given in saved:
        return saved[given]
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the query {given} ({error}); saved ones: {', '.join(saved)}") from None


def check(
    target: Target,
    schema: SchemaFile = None,
    shapes: Annotated[
        Path | None,
        typer.Option(metavar="FILE.ttl", help="Also write the schema as SHACL shapes, for other engines."),
    ] = None,
    json: Json = False,
) -> None:
    """Validate a graph against the shapes of its schema; exit 5 where it fails. Contradictions are told, and stay."""
    from graphwright.flows.building import property_names
    from graphwright.flows.contradicting import contradictions_of
    from graphwright.flows.inspection import check_target, write_shapes
    from graphwright.flows.settings import load_settings
    from graphwright.pipeline.errors import ValidationError

    settings = load_settings(target=target, schema=schema)
    if shapes:
        write_shapes(settings, shapes)
    violations, contradicting = check_target(settings), contradictions_of(settings)
    if json:
        emit_json({"conforms": not violations, "violations": violations, "contradictions": contradicting})
    else:
        if violations:
            names = property_names(settings)
            emit_table(BROKEN, [_broken(item, names) for item in violations])
        _show(contradicting)
    if violations:
        raise ValidationError(f"{len(violations)} statements of {target} break the schema")
    talk(f"{target} keeps to its schema")


def _broken(item: ToldViolation, names: Mapping[str, str]) -> tuple[str, ...]:
    """A fact that breaks the schema, and the surest sentence that says it."""
    from graphwright.flows.inspection import reworded

    fact, proof = item.fact, max(item.fact.evidence, key=lambda found: found.score)
    wrong, score = reworded(item.message, names), f"{fact.score:.2f}"
    told = (fact.subject, fact.predicate, fact.object, wrong, score)
    return (*told, proof.sentence, proof.source, fact.id[:SHORT])


def _show(contradicting: Sequence[Contradicting]) -> None:
    """Both sides of each contradiction with their sentences."""
    if not contradicting:
        return
    rows = [
        (item.subject, told.predicate, told.object, f"{proof.score:.2f}", proof.sentence, proof.source, told.id[:SHORT])
        for item in contradicting
        for told in item.statements
        for proof in told.evidence
    ]
    emit_table(("thing", "fact", "told as", "score", "sentence", "source", "statement"), rows, "contradictions")
    talk(f"{counted(len(contradicting), 'contradiction')}; both sides stay in the graph")


def export(
    target: Target,
    format: Annotated[Format, typer.Option(help="What to write.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to write into.")],
    license: Annotated[
        str | None, typer.Option(metavar="URL", help="The licence of the graph, for --format dataset (VoID and DCAT).")
    ] = None,
    json: Json = False,
) -> None:
    """Write a graph as files for other tools. rdflib cannot read rdf12."""
    from graphwright.flows.inspection import export_target
    from graphwright.flows.settings import load_settings

    exported = export_target(load_settings(target=target, license=license), format, output)
    if json:
        emit_json(exported.files)
    else:
        for file in exported.files:
            say(str(file))
    if exported.lacks:
        talk(f"note: {exported.lacks}")
