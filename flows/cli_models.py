"""Commands that train networks and say how good they are: train, score, bench."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from graphwright.flows.cli_arguments import Json, Knowledge, Limit, Network, NetworkOption, SchemaFile
from graphwright.flows.cli_output import emit_json, emit_table, talk, tracked
from graphwright.flows.quiet_tensorflow import load_tensorflow
from graphwright.pipeline.errors import UsageError

if TYPE_CHECKING:
    from graphwright.flows.learning import Start
    from graphwright.models.robustness import Drop

Part = Literal["ner", "coreference", "relations", "linker", "classifier", "images", "all"]

Begin = Annotated[
    Path | None, typer.Option(metavar="FOLDER", exists=True, help="Of drawings: a network to go on from.")
]
Validation = Annotated[
    Path | None,
    typer.Option(metavar="DATA", exists=True, help="Of a classifier: says when to stop; else a tenth of the data."),
]
Beside = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", exists=True, help="Of a classifier: another one of the same data, heard together."),
]
Options = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Of a classifier, such as dropout=0.3.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (train, score, bench):
        app.command()(command)


def train(
    part: Annotated[Part, typer.Argument(help="What to train.")],
    data: Annotated[
        Path, typer.Option(metavar="DATA", exists=True, help="The data sets; for types of your own, one of them.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where the models go.")],
    network: Annotated[Network, typer.Option(help="The network.")] = "rnn",
    seed: Annotated[int, typer.Option(help="Equal seeds give equal models.")] = 13,
    epochs: Annotated[int | None, typer.Option(min=1, metavar="N", help="Passes over the data.")] = None,
    fine_tune: Annotated[
        bool, typer.Option("--fine-tune", help="Relations of your own labelled documents, from the encoder that ships.")
    ] = False,
    from_scratch: Annotated[
        bool, typer.Option("--from-scratch", help="The same without an encoder: small, quick, for much data.")
    ] = False,
    validation: Validation = None,
    kb: Knowledge = None,
    start: Begin = None,
    options: Options = None,
    beside: Beside = None,
    json: Json = False,
) -> None:
    """Train networks, one after the other, and test each.

    "classifier" learns from one set of labelled examples: a folder with a folder of pictures for each class, JSON lines
    of {"text", "label"} or of documents with relations, or a NumPy archive (.npz) with x and y.

    "images" learns what pictures in documents show, from a folder with a folder of pictures for each class; one named
    Q42 is that entity of the knowledge base. Use it with: build --picture-network FOLDER.
    """
    from graphwright.flows.learning import train_own, train_parts

    if part == "images":
        _train_images(data, output, seed, epochs, kb, start, json)
        return

    if part == "classifier":
        if from_scratch or fine_tune:
            raise UsageError(
                "--fine-tune and --from-scratch are for relations; a classifier always starts from nothing"
            )
        _train_classifier(data, output, network, seed, epochs, validation, options or (), beside, json)
        return
    if validation or options or beside:
        raise UsageError(f"--validation, --set and --beside are for a classifier; received {part!r}")
    if (from_scratch or fine_tune) and part != "relations":
        raise UsageError(f"only relations can be trained on documents of your own; received {part!r}")
    if from_scratch and fine_tune:
        raise UsageError("--fine-tune starts from the encoder, --from-scratch from nothing; give one of them")
    begin: Start = "encoder" if fine_tune else "scratch"
    load_tensorflow()
    run = partial(train_own, start=begin) if from_scratch or fine_tune else partial(train_parts, part)
    scores = run(data, output, network=network, seed=seed, epochs=epochs, say=talk, track=tracked)
    talk(f"models are in {output}")
    if json:
        emit_json(scores)
    else:
        emit_table(("model", "measure", "score"), _flat(scores))


def _train_classifier(
    data: Path,
    output: Path,
    network: str,
    seed: int,
    epochs: int | None,
    validation: Path | None,
    options: Sequence[str],
    beside: Path | None,
    json: bool,
) -> None:
    from graphwright.flows.learning import test_step, train_classifier
    from graphwright.models.classifiers.config import read_options

    load_tensorflow()
    train_classifier(
        data, output, network=network, seed=seed, epochs=epochs, options=read_options(options), validation=validation,
        beside=beside, say=talk, track=tracked,
    )  # fmt: skip
    talk(f"the classifier is in {output}; scores on {validation or 'a tenth of the data that was kept back'}")
    scores = {network: test_step(output, validation or data)}
    if json:
        emit_json(scores)
    else:
        emit_table(("model", "measure", "score"), _flat(scores))


def _train_images(
    data: Path, output: Path, seed: int, epochs: int | None, kb: Path | None, start: Path | None, json: bool
) -> None:
    from graphwright.flows.learning_pictures import test_pictures, train_pictures

    load_tensorflow()
    train_pictures(data, output, seed=seed, epochs=epochs, kb=kb, start=start, say=talk, track=tracked)
    talk(f"the network is in {output}; use it with: graphwright build CORPUS --picture-network {output}")
    scores = {"images": test_pictures(output, data)}
    if json:
        emit_json(scores)
    else:
        emit_table(("model", "measure", "score"), _flat(scores))


def score(
    model: Annotated[
        Path,
        typer.Argument(
            metavar="MODEL_OR_PREDICTIONS", help="committee, rnn, cnn, fnn, a model's folder, or JSON lines."
        ),
    ],
    data: Annotated[Path, typer.Argument(help="Labelled documents, or a classifier's examples.")],
    json: Json = False,
) -> None:
    """Print how good a model or a file of predictions is on labelled documents.

    A relation network by name on a file of labelled documents: as "bench", with what each stage loses.
    """
    from graphwright.flows.learning import score_any
    from graphwright.flows.settings import NETWORKS

    if str(model) in NETWORKS:
        bench(data, network=str(model), json=json)
        return
    scores = score_any(model, data)
    if json:
        emit_json(scores)
    else:
        emit_table(("measure", "score"), sorted(scores.items()))


def bench(
    data: Annotated[Path, typer.Argument(exists=True, help="Labelled documents: a file, or a folder of them.")],
    network: NetworkOption = None,
    labels: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE", exists=True, help="JSON: our labels and types -> the documents' own."),
    ] = None,
    data_format: Annotated[
        str | None, typer.Option("--format", metavar="NAME", help="Of the data; found out where not given.")
    ] = None,
    kb: Knowledge = None,
    schema: SchemaFile = None,
    limit: Limit = None,
    robustness: Annotated[
        bool, typer.Option("--robustness", help="Put faults into the documents, and show what each costs.")
    ] = False,
    json: Json = False,
) -> None:
    """Measure extraction on labelled documents of your own, with intervals, and show which stage loses what."""
    from graphwright.flows.benching import Labelled, bench_documents, drops
    from graphwright.flows.settings import load_settings

    settings = load_settings(network=network, kb=kb, schema_file=schema)
    labelled = Labelled(data, data_format, labels, limit)
    if robustness:
        _emit_drops(list(drops(settings, labelled)), json)
        return
    found = bench_documents(settings, labelled)
    if json:
        emit_json(asdict(found))
        return
    talk(f"{found.documents} documents; low and high hold 95 % of 1,000 bootstrap samples of them")
    emit_table(("measure", "score", "low", "high"), [(s.measure, s.score, s.low, s.high) for s in found.scores])
    if found.losses:
        emit_table(("relation F1 lost to", "points"), found.losses)


def _emit_drops(found: Sequence[Drop], json: bool) -> None:
    if json:
        emit_json([{**asdict(item), "drop": round(item.drop, 4)} for item in found])
        return
    talk("drop is the share of the clean score that is lost")
    rows = ((d.perturbation, d.measure, d.clean, d.score, f"{100 * d.drop:.1f} %") for d in found)
    emit_table(("perturbation", "measure", "clean", "score", "drop"), rows)


def _flat(scores: dict[str, dict[str, float]]) -> list[tuple[str, str, float]]:
    return [(model, measure, value) for model, found in scores.items() for measure, value in sorted(found.items())]
