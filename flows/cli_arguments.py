"""Arguments and options that several commands share, so that they are called and explained alike."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Language = Literal["auto", "en", "zh"]
Network = Literal["rnn", "cnn", "fnn"]


def _network(value: str | None) -> str | None:
    from graphwright.flows.settings import network_or_folder

    try:
        return network_or_folder(value) if value is not None else None
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _policy(value: str | None) -> str | None:
    from graphwright.pipeline.errors import ConfigurationError
    from graphwright.pipeline.redaction.policy import parse_policy

    try:
        if value is not None:
            parse_policy(value)
    except ConfigurationError as error:
        raise typer.BadParameter(str(error)) from None
    return value


Target = Annotated[str, typer.Argument(help="Folder, file, neo4j:// or bolt:// address, or SPARQL endpoint.")]
Json = Annotated[bool, typer.Option("--json", help="JSON on stdout.")]
SchemaFile = Annotated[
    Path | None, typer.Option("--schema", metavar="FILE", help="Schema in YAML; Wikidata's where none is given.")
]
Knowledge = Annotated[
    Path | None,
    typer.Option("--kb", metavar="FILE", help="Knowledge base made by 'kb build'; the starter where none is."),
]
LanguageOption = Annotated[
    Language | None, typer.Option(help="Language of the documents; 'en' also means that facts may be kept.")
]
NetworkOption = Annotated[
    str | None,
    typer.Option(
        metavar="committee|rnn|cnn|fnn|FOLDER",
        callback=_network,
        help="Relation network, all three heard together, or the folder of one of your own.",
    ),
]
Ner = Annotated[
    str | None, typer.Option(metavar="spacy:NAME", help="Take names from this spaCy pipeline instead of our network.")
]
AnnotatorOption = Annotated[
    str | None, typer.Option(metavar="MODULE:FUNCTION", help="A function of yours that makes the annotator.")
]
Pictures = Annotated[
    bool | None,
    typer.Option("--pictures/--no-pictures", help="Whether pictures in documents are looked at."),
]
PictureNetworkOption = Annotated[
    Path | None,
    typer.Option("--picture-network", metavar="FOLDER", help="A network of yours that looks at pictures."),
]
Limit = Annotated[int | None, typer.Option(min=1, metavar="N", help="Read at most N documents.")]
TextField = Annotated[str, typer.Option(metavar="NAME", help="Field or column that holds the text.")]
Workers = Annotated[int | None, typer.Option(min=1, metavar="N", help="Processes that read documents.")]
Redact = Annotated[
    str | None,
    typer.Option(
        metavar="KIND=ACTION,...",
        callback=_policy,
        help="What becomes of personal data: keep, drop or pseudonymise PER, ORG, LOC, MISC, email, phone, url, ip, "
        "iban, card, ssn, id; keep or drop TIME, NUM.",
    ),
]
Precision = Annotated[
    Literal["0.8", "0.9", "0.95"] | None,
    typer.Option(help="Keep facts so sure that this share of them is true.  [default: 0.9]"),
]
MinScore = Annotated[
    float | None, typer.Option(min=0, max=1, metavar="P", help="Keep facts with at least this probability.")
]
