"""The flow that trains: each network by a task of its own, each followed by its test, promoted if it is better.

``train_fnn``, ``train_cnn``, ``train_rnn``, ``train_images`` and ``test`` are tasks for flows of your own, too; what
``data`` holds decides what they train.
"""

# Annotations are values here, since Prefect makes pydantic models of the flows' signatures, in other processes too.

from collections.abc import Callable
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from graphwright.flows import learning, learning_pictures
from graphwright.flows.learning import Scores
from graphwright.pipeline.errors import UsageError


def _trainer(name: str) -> Callable[[Path, Path, int, int | None], Path]:
    def run(data: Path, output: Path, seed: int = learning.SEED, epochs: int | None = None) -> Path:
        return learning.train_step(name, data, output, seed=seed, epochs=epochs)

    return run


def _classifier(name: str) -> Callable[..., Path]:
    def run(
        data: Path,
        output: Path,
        seed: int = learning.SEED,
        epochs: int | None = None,
        options: dict[str, Any] | None = None,
        validation: Path | None = None,
        beside: Path | None = None,
    ) -> Path:
        """Train into ``output/NAME``, and return that folder.

        Args:
            data: a folder of data sets, which trains the relation network of this name; or one set of labelled
                examples (pictures in folders by class, JSON lines, a NumPy archive), which trains a classifier.
            options: of a classifier, such as ``{"dropout": 0.3}``.
            validation: a set that says when a classifier is good enough; a tenth of ``data`` where none is given.
            beside: the folder of another classifier of the same data, to be heard together with.
        """
        data, output = Path(data), Path(output)
        if not learning.classifies(data):
            if options or validation or beside:
                raise UsageError(
                    f"options, validation and beside are for labelled examples; {data} is none of their forms"
                )
            return learning.train_step(name, data, output, seed=seed, epochs=epochs)
        folder = learning.train_classifier(
            data, output / name, network=name, seed=seed, epochs=epochs, options=options,
            validation=Path(validation) if validation else None, beside=Path(beside) if beside else None,
            say=get_run_logger().info,
        )  # fmt: skip
        rows = [{"epoch": epoch, **figures} for epoch, figures in enumerate(learning.history(folder), 1)]
        create_table_artifact(key=f"training-{name}", table=rows, description=f"Figures of each epoch of {name}")
        return folder

    return run


def _train_images(
    data: Path, output: Path, seed: int = learning.SEED, epochs: int | None = None, kb: Path | None = None
) -> Path:
    """Train what looks at pictures of documents into ``output/images``, and return that folder."""
    folder = learning_pictures.train_pictures(
        Path(data), Path(output) / "images", seed=seed, epochs=epochs, kb=kb, say=get_run_logger().info
    )
    rows = [{"epoch": epoch, **figures} for epoch, figures in enumerate(learning.history(folder), 1)]
    create_table_artifact(key="training-images", table=rows, description="Figures of each epoch of images")
    return folder


train_encoder = task(name="train_encoder", cache_policy=NO_CACHE)(_trainer("encoder"))
train_coreference = task(name="train_coreference", cache_policy=NO_CACHE)(_trainer("coreference"))
train_fnn = task(name="train_fnn", cache_policy=NO_CACHE)(_classifier("fnn"))
train_cnn = task(name="train_cnn", cache_policy=NO_CACHE)(_classifier("cnn"))
train_rnn = task(name="train_rnn", cache_policy=NO_CACHE)(_classifier("rnn"))
train_committee = task(name="train_committee", cache_policy=NO_CACHE)(_trainer("committee"))
train_linker = task(name="train_linker", cache_policy=NO_CACHE)(_trainer("linker"))
train_images = task(name="train_images", cache_policy=NO_CACHE)(_train_images)
test = task(name="test", cache_policy=NO_CACHE)(learning.test_step)
promote = task(name="promote", cache_policy=NO_CACHE)(learning.promote)

TASKS = {
    "encoder": train_encoder,
    "coreference": train_coreference,
    "fnn": train_fnn,
    "cnn": train_cnn,
    "rnn": train_rnn,
    "committee": train_committee,
    "linker": train_linker,
}


@flow(name="train")
def train(
    data: Path,
    output: Path,
    parts: list[str] | None = None,
    seed: int = learning.SEED,
    epochs: int | None = None,
    models: Path | None = None,
) -> dict[str, Scores]:
    """Train networks one after the other and test each; returns their scores.

    Args:
        data: folder of data sets.
        output: where each model goes, in a folder of its name.
        parts: some of encoder, coreference, fnn, cnn, rnn, committee, linker; all where none is given.
        models: folder of the models in use; a model that scores better takes its namesake's place there.
    """
    scores = {}
    for name in learning.known_steps(parts):
        folder = TASKS[name](data, output, seed, epochs)
        scores[name] = test(folder, data)
        _publish(name, scores[name])
        if models and promote(folder, models / name, data):
            get_run_logger().info("%s is better than the model in use and took its place", name)
    return scores


def _publish(name: str, scores: Scores) -> None:
    rows = [{"measure": measure, "score": value} for measure, value in sorted(scores.items())]
    create_table_artifact(key=f"scores-{name}", table=rows, description=f"Scores of {name} on held-out documents")
