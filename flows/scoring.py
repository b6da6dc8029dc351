"""The flow that measures: a model or predictions against labelled documents."""

# Annotations are values here, since Prefect makes pydantic models of the flows' signatures, in other processes too.

from pathlib import Path

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from graphwright.flows import learning
from graphwright.flows.learning import Scores

measure = task(name="measure", cache_policy=NO_CACHE)(learning.score_any)


@flow(name="score")
def score(model: Path, data: Path) -> Scores:
    """Scores of a model's folder or of predictions in a JSON-lines file, as an artifact too."""
    scores = measure(model, data)
    rows = [{"measure": name, "score": value} for name, value in sorted(scores.items())]
    create_table_artifact(key="scores", table=rows, description=f"Scores of {model.name} on {data.name}")
    return scores
