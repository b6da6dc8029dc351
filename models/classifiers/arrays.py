"""NumPy archives (.npz) with ``x``, one example a row, and ``y``, its label."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphwright.models.classifiers.examples import Examples
from graphwright.pipeline.errors import CorpusError

WANTED = "wanted a NumPy archive (.npz) with x (examples, ...) of numbers and y (examples,) of labels"


def read_arrays(path: Path) -> Examples:
    """The examples of an archive. Raises ``CorpusError`` where it holds something else; pickled objects are refused."""
    x, y = _loaded(path)
    if x.ndim < 2 or y.ndim != 1 or len(x) != len(y):
        raise CorpusError(f"{path}: {WANTED}; found x of shape {x.shape} and y of shape {y.shape}")
    if x.dtype.kind not in "biuf" or y.dtype.kind not in "biuUS":
        raise CorpusError(f"{path}: {WANTED}; found x of type {x.dtype} and y of type {y.dtype}")
    if x.size == 0:
        raise CorpusError(f"{path}: {WANTED}; found x of shape {x.shape}, which holds nothing")
    finite = np.isfinite(x.reshape(len(x), -1)).all(axis=1)
    if not finite.all():
        raise CorpusError(f"{path}: row {int(np.argmin(finite))} of x holds values that are no numbers; put them right")
    numbers = x if x.dtype == np.uint8 else x.astype(np.float32)
    labels = tuple(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in y.tolist())
    names = tuple(f"row {number}" for number in range(len(x)))
    return Examples("arrays", numbers, labels, names, tuple(row_hash(row) for row in numbers))


def row_hash(row: NDArray[Any]) -> str:
    """A hash of one example of numbers."""
    return hashlib.sha256(np.ascontiguousarray(row).tobytes()).hexdigest()[:32]


def _loaded(path: Path) -> tuple[NDArray[Any], NDArray[Any]]:
    try:
        with path.open("rb") as file:
            archive = np.load(file, allow_pickle=False)
            names = archive.files if isinstance(archive, np.lib.npyio.NpzFile) else ["a single array"]
            if not {"x", "y"} <= set(names):
                raise CorpusError(f"{path}: {WANTED}; found {', '.join(names) or 'nothing'}")
            return archive["x"], _whole(archive["y"])
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise CorpusError(f"{path}: {WANTED}; it cannot be read ({error})") from None


def _whole(labels: NDArray[Any]) -> NDArray[Any]:
    """Labels that are whole numbers by value as such by type, so that 1 and 1.0 are one class."""
    if labels.dtype.kind == "f" and (labels == np.rint(labels)).all():
        return labels.astype(np.int64)
    return labels
