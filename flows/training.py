"""The flow that trains: each network by a task of its own, each followed by its test, promoted if it is better."""

# Annotations are values here, since Prefect makes pydantic models of the flows' signatures, in other processes too.

from collections.abc import Callable
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from graphwright.flows import learning
from graphwright.flows.learning import Scores


def _trainer(name: str) -> Callable[[Path, Path, int, int | None], Path]:
    def run(data: Path, output: Path, seed: int, epochs: int | None) -> Path:
        return learning.train_step(name, data, output, seed=seed, epochs=epochs)

    return run


train_encoder = task(name="train_encoder", cache_policy=NO_CACHE)(_trainer("encoder"))
train_coreference = task(name="train_coreference", cache_policy=NO_CACHE)(_trainer("coreference"))
train_fnn = task(name="train_fnn", cache_policy=NO_CACHE)(_trainer("fnn"))
train_cnn = task(name="train_cnn", cache_policy=NO_CACHE)(_trainer("cnn"))
train_rnn = task(name="train_rnn", cache_policy=NO_CACHE)(_trainer("rnn"))
train_committee = task(name="train_committee", cache_policy=NO_CACHE)(_trainer("committee"))
train_linker = task(name="train_linker", cache_policy=NO_CACHE)(_trainer("linker"))
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
