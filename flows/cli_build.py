"""Commands that read documents or change a graph: build, annotate, forget, digest."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from graphwright.flows.cli_arguments import (
    AnnotatorOption,
    Json,
    Knowledge,
    LanguageOption,
    Limit,
    MinScore,
    Ner,
    NetworkOption,
    PictureNetworkOption,
    Pictures,
    Precision,
    Redact,
    SchemaFile,
    Target,
    TextField,
    Workers,
)
from graphwright.flows.cli_output import counted, emit_json, progress, say, talk
from graphwright.flows.cli_report import end_with, show_built, tell_left_out

Corpus = Annotated[list[str], typer.Argument(help="Files, folders, globs, URLs, or - for standard input.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (build, annotate, forget, digest):
        app.command()(command)


def build(
    corpus: Corpus,
    to: Annotated[str | None, typer.Option(metavar="TARGET", help="Where the graph goes.  [default: graph]")] = None,
    schema: SchemaFile = None,
    kb: Knowledge = None,
    language: LanguageOption = None,
    network: NetworkOption = None,
    ner: Ner = None,
    annotator: AnnotatorOption = None,
    precision: Precision = None,
    min_score: MinScore = None,
    workers: Workers = None,
    redact: Redact = None,
    pictures: Pictures = None,
    picture_network: PictureNetworkOption = None,
    vectors: Annotated[
        bool | None,
        typer.Option("--vectors/--no-vectors", help="Neo4j: the encoder's vectors of things, with an index."),
    ] = None,
    limit: Limit = None,
    text_field: TextField = "text",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would change; write nothing.")] = False,
    json: Json = False,
) -> None:
    """Build or update the graph of a corpus: text in, knowledge graph out."""
    from graphwright.flows.building import build_corpus
    from graphwright.flows.settings import load_settings

    settings = load_settings(
        target=to, schema=schema, kb=kb, language=language, network=network, ner=ner,
        annotator=annotator, precision=precision, min_score=min_score, workers=workers, redact=redact,
        pictures=pictures, picture_network=picture_network, vectors=vectors,
    )  # fmt: skip
    with progress("documents") as advance:
        built = build_corpus(corpus, settings, text_field=text_field, limit=limit, dry_run=dry_run, progress=advance)
    show_built(built, settings.target, json=json)


def annotate(
    documents: Annotated[str, typer.Argument(metavar="IN", help="Documents; JSON lines keep their ids.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="OUT", help="OUT.jsonl, OUT.jsonl.gz or - for stdout.")
    ],
    given: Annotated[
        Literal["mentions", "entities"] | None, typer.Option(help="Take these from IN and predict the rest.")
    ] = None,
    all_scores: Annotated[
        bool, typer.Option("--all-scores", help="Every candidate relation with a probability of at least 0.05.")
    ] = False,
    schema: SchemaFile = None,
    kb: Knowledge = None,
    language: LanguageOption = None,
    network: NetworkOption = None,
    ner: Ner = None,
    annotator: AnnotatorOption = None,
    min_score: MinScore = None,
    workers: Workers = None,
    redact: Redact = None,
    pictures: Pictures = None,
    picture_network: PictureNetworkOption = None,
    limit: Limit = None,
    text_field: TextField = "text",
) -> None:
    """Write documents with their mentions, entities, relations and scores as JSON lines."""
    from graphwright.flows.building import annotate_file
    from graphwright.flows.settings import load_settings

    settings = load_settings(
        schema=schema, kb=kb, language=language, network=network, ner=ner,
        annotator=annotator, min_score=min_score, workers=workers, redact=redact, pictures=pictures,
        picture_network=picture_network,
    )  # fmt: skip
    with progress("documents") as advance:
        count, ledger = annotate_file(
            documents, output, settings, given=given or "nothing", all_scores=all_scores,
            text_field=text_field, limit=limit, progress=advance,
        )  # fmt: skip
    talk(f"{counted(count, 'document')} annotated in {output}")
    tell_left_out(ledger.rows())
    end_with([(failure.source, failure.reason) for failure in ledger.failures])


def forget(
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE...", help="Files, folders or URLs that were built.")],
    source: Annotated[str | None, typer.Option("--from", metavar="TARGET", help="The graph.  [default: graph]")] = None,
    json: Json = False,
) -> None:
    """Remove all that documents contributed, exactly."""
    from graphwright.flows.forgetting import forget_sources
    from graphwright.flows.settings import load_settings

    done = forget_sources(sources, load_settings(target=source))
    if json:
        emit_json({"removed": done.removed, "digest": done.digest})
    else:
        say(f"{counted(done.removed, 'document')} removed; digest {done.digest}")
    if done.decisions:
        talk(f"note: decisions of yours ({done.decisions}) still name things in them; see them with: merges --decided")


def digest(target: Target) -> None:
    """Print the number that is equal for equal graphs, whatever store holds them."""
    from graphwright.flows.settings import load_settings
    from graphwright.flows.targets import open_steady_target

    with open_steady_target(load_settings(target=target)) as store:
        say(store.digest())
