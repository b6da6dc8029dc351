"""What ``graphwright bench`` does: extraction on the labelled documents of a file or folder, its scores and losses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, cast

from graphwright.flows.annotators import extraction, load
from graphwright.flows.building import told_threshold
from graphwright.flows.settings import Settings
from graphwright.pipeline.datasets import read_dataset
from graphwright.pipeline.errors import CorpusError, UsageError
from graphwright.pipeline.records import Annotated

if TYPE_CHECKING:
    from graphwright.models.bench import Bench, Complete
    from graphwright.models.robustness import Drop
    from graphwright.pipeline.extraction import Extractor


@dataclass(frozen=True, slots=True)
class Labelled:
    """What to measure on. ``labels`` is a JSON file of our labels and types -> theirs."""

    data: Path
    format: str | None = None
    labels: Path | None = None
    limit: int | None = None

    def documents(self) -> list[Annotated]:
        """All of them, or the first ``limit``."""
        return list(islice(labelled_documents(self.data, self.format), self.limit))


def bench_documents(settings: Settings, labelled: Labelled) -> Bench:
    """Scores and losses on labelled documents.

    Raises:
        UsageError: the annotator cannot start from given entities; a map of another shape.
        CorpusError: nothing is labelled, or a file is in no format that is known.
    """
    from graphwright.models.bench import bench

    complete, threshold = _complete(settings), told_threshold(settings)
    return bench(labelled.documents(), complete, threshold, read_labels(labelled.labels))


def drops(settings: Settings, labelled: Labelled) -> Iterator[Drop]:
    """What is lost on the documents with faults put in, by perturbation and measure; errors as ``bench_documents``."""
    from graphwright.models.robustness import robustness

    complete, threshold = _complete(settings), told_threshold(settings)
    yield from robustness(labelled.documents(), complete, threshold, read_labels(labelled.labels))


def _complete(settings: Settings) -> Complete:
    annotator = load(extraction(settings))
    if not hasattr(annotator, "complete"):
        raise UsageError("this annotator cannot start from given mentions; measure one that is an Extractor")
    return cast("Extractor", annotator).complete


def labelled_documents(data: Path, format: str | None) -> Iterator[Annotated]:
    """The documents of a data set, or of all data sets in a folder, in order of name."""
    if data.is_file() or format == "brat" or any(data.glob("*.ann")):
        yield from read_dataset(data, format)
        return
    files = sorted(path for path in data.iterdir() if path.is_file() and not path.name.startswith("."))
    if not files:
        raise CorpusError(f"{data}: wanted labelled documents; the folder is empty")
    for path in files:
        yield from read_dataset(path, format)


def read_labels(path: Path | None) -> dict[str, list[str]]:
    """A map of labels: each of ours to one of theirs or to several. Raises ``UsageError`` for another shape."""
    if path is None:
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: wanted a JSON object of labels; {error}") from None
    values = content.values() if isinstance(content, dict) else [None]
    if not all(isinstance(v, str) or (isinstance(v, list) and all(isinstance(x, str) for x in v)) for v in values):
        raise UsageError(f'{path}: wanted a JSON object such as {{"P19": "BORN_IN", "P40": ["inverse:CHILD_OF"]}}')
    return {name: [value] if isinstance(value, str) else value for name, value in content.items()}
