"""The command that tells why a graph holds no fact, or this one, between two things: why-not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from graphwright.flows.cli_arguments import (
    AnnotatorOption,
    Json,
    Knowledge,
    LanguageOption,
    MinScore,
    Ner,
    NetworkOption,
    Precision,
    SchemaFile,
    Target,
    TextField,
)
from graphwright.flows.cli_output import emit_json, say, talk

if TYPE_CHECKING:
    from graphwright.flows.why_not import Answer
    from graphwright.pipeline.candidate_facts import Candidate
    from graphwright.pipeline.tracing import Trace, TracedEntity

SHOWN = 5
LONGEST = 320


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="why-not")(why_not)


def why_not(
    target: Target,
    first: Annotated[str, typer.Argument(metavar="A", help="A name, a Wikidata id or the id of a node.")],
    second: Annotated[str, typer.Argument(metavar="B", help="The same, of the other end.")],
    relation: Annotated[
        str | None, typer.Option("--type", metavar="P19", help="Only this type of relation: its id or name.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="Look at no more than N documents.")] = 5,
    schema: SchemaFile = None,
    kb: Knowledge = None,
    language: LanguageOption = None,
    network: NetworkOption = None,
    ner: Ner = None,
    annotator: AnnotatorOption = None,
    precision: Precision = None,
    min_score: MinScore = None,
    text_field: TextField = "text",
    json: Json = False,
) -> None:
    """Show the best candidates for a fact between two things, and what dropped or kept each.

    The documents that mention both are read and annotated again: give the options that the graph was built with.
    """
    from graphwright.flows import why_not as asking
    from graphwright.flows.settings import load_settings
    from graphwright.flows.shared_documents import Rereading

    settings = load_settings(
        target=target, schema=schema, kb=kb, language=language, network=network, ner=ner, annotator=annotator,
        precision=precision, min_score=min_score,
    )  # fmt: skip
    how = Rereading(limit, settings.language, text_field)
    answer = asking.why_not(settings, first, second, type=relation, how=how)
    if json:
        emit_json(answer)
    else:
        _show(answer, target)


def _show(answer: Answer, target: str) -> None:
    for item in answer.skipped:
        talk(f"skipped: {item.source}: {item.reason}")
    for note in answer.notes:
        talk(f"note: {note}")
    for fact in answer.facts:
        state = "holds" if fact.band == "keep" else "has for review"
        say(f"the graph {state}: {fact.subject} -- {fact.predicate} --> {fact.object}   {fact.score:.2f}")
        say(f"  graphwright explain {target} {fact.statement[:12]}")
    for number, trace in enumerate(answer.traces):
        if number or answer.facts:
            say("")
        _show_trace(trace)
    if not answer.traces:
        say(answer.decided)


def _show_trace(item: Trace) -> None:
    from graphwright.pipeline.report_facts import short

    first, last = item.sentences
    where = f"sentence {first}" if first == last else f"sentences {first} to {last}"
    ends = " and ".join(_entity(found) for found in (item.first, item.second) if found)
    say(f'{ends or "neither"} in {short(item.source)}, {where}: "{_cut(item.text)}"')
    for line in _mentioned(item):
        say(line)
    for row in _rows(item.candidates[:SHOWN]):
        say(row)
    rest = item.candidates[SHOWN:]
    if rest:
        say(f"  and {len(rest)} less likely; --json shows all")
    say(f"what decided: {item.decided}")


def _entity(found: tuple[TracedEntity, ...]) -> str:
    return " or ".join(f"{item.name} [{item.label}]" for item in found)


def _mentioned(item: Trace) -> list[str]:
    """Lines for ends that the text calls by other words than their name."""
    entities = [entity for found in (item.first, item.second) for entity in found]
    spoken = [(entity.name, ", ".join(entity.mentions)) for entity in dict.fromkeys(entities)]
    return [f"  {name} is mentioned as: {_cut(words)}" for name, words in spoken if words != name]


def _rows(candidates: tuple[Candidate, ...]) -> list[str]:
    facts = [_fact(item) for item in candidates]
    width = max(map(len, facts), default=0)
    scores = ["     " if item.score is None else f"{item.score:.3f}" for item in candidates]
    return [
        f"  {fact:<{width}}   {score}   {item.reason}{_statement(item)}"
        for fact, score, item in zip(facts, scores, candidates, strict=True)
    ]


def _fact(item: Candidate) -> str:
    times = "".join(f" ({value})" for _, value in item.qualifiers)
    return f"{item.head} -- {item.name} --> {item.tail}{times}"


def _statement(item: Candidate) -> str:
    return f", statement {item.statement[:12]}" if item.statement else ""


def _cut(text: str) -> str:
    """A text on one line; of a long one both ends, where the two stand."""
    line = " ".join(text.split())
    half = LONGEST // 2
    return line if len(line) <= LONGEST else f"{line[:half]} ... {line[-half:]}"
