"""Labelled data sets in their public formats, as our records; so that anybody's data can train the networks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from graphwright.pipeline.datasets.brat import read_brat
from graphwright.pipeline.datasets.columns import read_columns
from graphwright.pipeline.datasets.docred import read_docred
from graphwright.pipeline.datasets.fewrel import read_fewrel
from graphwright.pipeline.datasets.knowledgenet import read_knowledgenet
from graphwright.pipeline.datasets.label_studio import read_label_studio
from graphwright.pipeline.datasets.prodigy import read_prodigy
from graphwright.pipeline.errors import CorpusError, UsageError
from graphwright.pipeline.interchange import opened, read_annotated
from graphwright.pipeline.records import Annotated

READERS: dict[str, Callable[[Path], Iterator[Annotated]]] = {
    "brat": read_brat,
    "columns": read_columns,
    "docred": read_docred,
    "fewrel": read_fewrel,
    "jsonl": read_annotated,
    "knowledgenet": read_knowledgenet,
    "label-studio": read_label_studio,
    "prodigy": read_prodigy,
}
LABEL_STUDIO = ('"annotations"', '"annotation_id"', '"lead_time"')
"""Keys that tell Label Studio's arrays from DocRED's."""
SUFFIXES = {
    ".ann": "brat", ".txt": "brat",
    ".conll": "columns", ".iob": "columns", ".iob2": "columns", ".bio": "columns", ".tsv": "columns",
}  # fmt: skip


def read_dataset(path: str | Path, format: str | None = None) -> Iterator[Annotated]:
    """The documents of a data set's file (for brat also of its folder); the format is found out where not given.

    Raises ``UsageError`` for a format that is not known, ``CorpusError`` where the file is not in it.
    """
    path = Path(path)
    name = format or detected_format(path)
    if name not in READERS:
        raise UsageError(f"no data format {name!r}; known: {', '.join(READERS)}")
    return READERS[name](path)


def detected_format(path: Path) -> str:
    """The format by the file's name, for JSON by its first line. Raises ``CorpusError`` where neither tells."""
    if path.is_dir():
        if any(path.glob("*.ann")):
            return "brat"
        raise CorpusError(f"{path}: wanted a file, or a folder with brat's .ann files; found neither")
    suffix = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    return SUFFIXES.get(suffix) or _json_format(path)


def _json_format(path: Path) -> str:
    with opened(path) as file:
        line = next((line for line in file if line.strip()), "").lstrip()
        start = line + file.read(2000) if line.startswith("[") else ""
    if start:
        return "label-studio" if any(key in start for key in LABEL_STUDIO) else "docred"
    try:
        first = json.loads(line)
    except json.JSONDecodeError:
        first = {}
    if not line.startswith("{") or not isinstance(first, dict):
        raise CorpusError(f"{path}: wanted a data set; its name and first line fit none of {', '.join(READERS)}")
    if "passages" in first:
        return "knowledgenet"
    if "_task_hash" in first or "spans" in first or "answer" in first:
        return "prodigy"
    return "jsonl" if "text" in first else "fewrel"
