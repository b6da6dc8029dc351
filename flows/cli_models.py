"""Commands that train networks and say how good they are: train, score."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from graphwright.flows.cli_arguments import Json, Network
from graphwright.flows.cli_output import emit_json, emit_table, talk, tracked
from graphwright.pipeline.errors import UsageError

Part = Literal["ner", "coreference", "relations", "linker", "all"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (train, score):
        app.command()(command)


def train(
    part: Annotated[Part, typer.Argument(help="What to train.")],
    data: Annotated[Path, typer.Option(metavar="DATA", exists=True, help="The data sets; from scratch, one of them.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where the models go.")],
    network: Annotated[Network, typer.Option(help="The relation network.")] = "rnn",
    seed: Annotated[int, typer.Option(help="Equal seeds give equal models.")] = 13,
    epochs: Annotated[int | None, typer.Option(min=1, metavar="N", help="Passes over the data.")] = None,
    from_scratch: Annotated[
        bool, typer.Option("--from-scratch", help="Relations without the encoder, on labelled documents of your own.")
    ] = False,
    json: Json = False,
) -> None:
    """Train networks, one after the other, and test each."""
    from graphwright.flows.learning import train_own, train_parts

    if from_scratch and part != "relations":
        raise UsageError(f"only relations can be trained from scratch; received {part!r}")
    run = train_own if from_scratch else partial(train_parts, part)
    scores = run(data, output, network=network, seed=seed, epochs=epochs, say=talk, track=tracked)
    talk(f"models are in {output}")
    if json:
        emit_json(scores)
    else:
        emit_table(("model", "measure", "score"), _flat(scores))


def score(
    model: Annotated[Path, typer.Argument(metavar="MODEL_OR_PREDICTIONS", help="A model's folder, or JSON lines.")],
    data: Annotated[Path, typer.Argument(help="Labelled documents.")],
    json: Json = False,
) -> None:
    """Print how good a model or a file of predictions is on labelled documents."""
    from graphwright.flows.learning import score_any

    scores = score_any(model, data)
    if json:
        emit_json(scores)
    else:
        emit_table(("measure", "score"), sorted(scores.items()))


def _flat(scores: dict[str, dict[str, float]]) -> list[tuple[str, str, float]]:
    return [(model, measure, value) for model, found in scores.items() for measure, value in sorted(found.items())]
