"""A data set of any kind as examples; what kind it is, its form tells."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

from graphwright.models.classifiers.config import ReadConfig
from graphwright.models.classifiers.examples import Examples, Kind, checked
from graphwright.models.progress import Say, silent
from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.interchange import opened

WANTED = (
    "wanted a folder with one folder of pictures for each class, a NumPy archive (.npz) with x and y, JSON lines"
    ' of {"text", "label"}, or labelled documents with relations'
)


def kind_of(data: Path) -> Kind | None:
    """What a data set holds, by its form; none where it is no data set of a classifier's."""
    from graphwright.models.classifiers.pictures import class_folders

    if data.is_dir():
        return "pictures" if class_folders(data) else None
    if not data.is_file():
        return None
    if data.suffix in (".npz", ".npy"):
        return "arrays"
    return "texts" if _has_labels(data) else "pairs"


def read_examples(
    data: Path, config: ReadConfig, say: Say = silent, *, single: bool = False
) -> tuple[Examples, ReadConfig]:
    """The examples of a data set, and how they were read, with nothing left open.

    ``single`` allows examples of one class, which are enough to test by. Raises ``CorpusError``.
    """
    kind = kind_of(data)
    if kind is None:
        found = "a folder without any" if data.is_dir() else "no such file or folder"
        raise CorpusError(f"{data}: {WANTED}; found {found}")
    examples, read = _read(kind, data, config, say)
    if examples.left_out:
        counts = ", ".join(f"{number} {reason}" for reason, number in sorted(examples.left_out.items()))
        say(f"left out of {data}: {counts}")
    return (examples if single and len(examples) else checked(examples, str(data))), read


def told(examples: Examples) -> str:
    """What there is, in a line."""
    counts = Counter(examples.labels)
    return f"{len(examples)} {examples.kind} of {len(counts)} classes"


def _read(kind: Kind, data: Path, config: ReadConfig, say: Say) -> tuple[Examples, ReadConfig]:
    from graphwright.models.classifiers import arrays, pictures, texts

    if kind == "arrays":
        return arrays.read_arrays(data), config
    if kind == "pictures":
        return pictures.read_pictures(data, config, say), config
    examples, unit = (texts.read_texts if kind == "texts" else texts.read_pairs)(data, config.unit)
    return examples, replace(config, unit=unit)


def _has_labels(path: Path) -> bool:
    """Whether the first line is an object with a label, or with a text and nothing of a document."""
    if path.suffixes[-1:] not in ([".gz"], [".jsonl"], [".json"], [".ndjson"]):
        return False
    with opened(path) as lines:
        line = next((line for line in lines if line.strip()), "")
    try:
        record = json.loads(line)
    except json.JSONDecodeError:
        return False
    documented = {"relations", "entities", "mentions", "spans", "passages", "_task_hash"}
    return isinstance(record, dict) and ("label" in record or ("text" in record and not documented & set(record)))
