"""The command that explains a statement: its evidence, and the words that decided its score."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphwright.flows.cli_arguments import Json, Knowledge, NetworkOption, PictureNetworkOption, SchemaFile, Target
from graphwright.flows.cli_output import emit_json, emit_table, say, talk

if TYPE_CHECKING:
    from graphwright.flows.deciding_words import DecidingWords
    from graphwright.flows.inspection import Explained, ExplainedEvidence
    from graphwright.flows.settings import Settings

SHOWN = 12
GREENS, REDS = ("#dcf5e3", "#a9e2bb", "#5fc287"), ("#fbe0de", "#f2b3ae", "#e0776f")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(explain)


def explain(
    target: Target,
    statement: Annotated[str, typer.Argument(help="Id of a statement, or how it starts.")],
    words: Annotated[
        bool, typer.Option("--words", help="Read its best evidence again, and show which words decided.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write these words as a page, each coloured by its share.")
    ] = None,
    network: NetworkOption = None,
    picture_network: PictureNetworkOption = None,
    kb: Knowledge = None,
    schema: SchemaFile = None,
    json: Json = False,
) -> None:
    """Print a statement with all its evidence."""
    from graphwright.flows.inspection import explain_statement
    from graphwright.flows.settings import load_settings

    settings = load_settings(target=target, network=network, kb=kb, schema=schema, picture_network=picture_network)
    found = explain_statement(settings, statement)
    if (words or html) and _best_region(found):
        _explain_picture(settings, found, words, html, json)
        return
    decided = None
    if words or html:
        from graphwright.flows.deciding_words import deciding_words

        decided = deciding_words(settings, found.id)
    if html and decided:
        from graphwright.flows.heat_map import write_heat_map

        write_heat_map(decided, _title(found), html)
        talk(f"the page is {html}")
    if json:
        emit_json({"statement": found, "decided": decided} if decided else found)
        return
    _show(found)
    if words and decided:
        _show_words(decided)


def _best_region(found: Explained) -> bool:
    """Whether the best evidence is a picture."""
    return max(found.evidence, key=lambda item: item.score).region is not None


def _explain_picture(settings: Settings, found: Explained, words: bool, html: Path | None, json: bool) -> None:
    """Where the network looked: as a page, and as the share of each part of the picture."""
    from graphwright.flows.deciding_pixels import deciding_pixels

    decided = deciding_pixels(settings, found.id)
    if html:
        from graphwright.flows.picture_map import write_picture_map

        write_picture_map(decided, _title(found), html)
        talk(f"the page is {html}")
    if json:
        emit_json({"statement": found, "decided": {"source": decided.source, "rows": decided.rows}})
        return
    _show(found)
    if words:
        columns = [f"column {number}" for number in range(1, len(decided.rows[0]) + 1)]
        rows = [(f"row {number}", *(f"{share:.2f}" for share in row)) for number, row in enumerate(decided.rows, 1)]
        emit_table(("of the picture", *columns), rows, title="where it looked")


def _title(found: Explained) -> str:
    return f"{found.subject} -- {found.predicate} --> {found.object}"


def _show(found: Explained) -> None:
    from graphwright.pipeline.report_facts import attributed

    say(f"{_title(found)}   score {found.score:.2f}, {found.band}")
    for item in found.evidence:
        say(f"  {item.score:.2f} {attributed(item.assertion, item.said_by)}, {item.band}: {item.sentence}")
        say(f"       {item.source} {_place(item)}")


def _place(item: ExplainedEvidence) -> str:
    if item.region is None:
        return f"[{item.start}:{item.end}]"
    box = ",".join(map(str, item.region.box))
    return f"page {item.region.page}, box {box}, picture {item.region.picture}, at [{item.start}]"


def _show_words(decided: DecidingWords) -> None:
    """The sentence in colours on a terminal; anywhere, the words with the largest shares."""
    if sys.stdout.isatty():
        _show_coloured(decided)
    largest = sorted(decided.words, key=lambda word: (-abs(word.share), word.start))[:SHOWN]
    rows = [
        (decided.text[word.start : word.end], f"{word.share:+.2f}", f"[{place}:{place + word.end - word.start}]")
        for word in largest
        for place in [decided.start + word.start]
    ]
    emit_table(("word", "share", "place"), rows, title="what decided")


def _show_coloured(decided: DecidingWords) -> None:
    from rich.console import Console
    from rich.text import Text

    low, high = decided.sentence
    text = Text(decided.text[low:high])
    most = max((abs(word.share) for word in decided.words), default=0.0) or 1.0
    for word in decided.words:
        strength = abs(word.share) / most
        if low <= word.start and word.end <= high and strength >= 0.1:
            shade = (GREENS if word.share > 0 else REDS)[min(2, int(strength * 3))]
            text.stylize(f"black on {shade}", word.start - low, word.end - low)
    Console(highlight=False).print(text)
