"""A depiction as JSON has it, in the lines of annotated documents."""

from __future__ import annotations

from typing import Any

from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.records import Depiction, Region

KINDS = {"picture": str, "page": int, "box": list, "start": int, "name": str, "type": str, "model": str}


def depiction_record(item: Depiction) -> dict[str, Any]:
    """The object of a depiction."""
    region = {"picture": item.region.picture, "page": item.region.page, "box": list(item.region.box)}
    told = {"start": item.start, "name": item.name, "type": item.label, "kb_id": item.kb_id}
    return {**region, **told, "score": item.score, "model": item.model}


def read_depiction(record: Any) -> Depiction:
    """The depiction of an object. Raises ``CorpusError`` that says which key was wanted."""
    if not isinstance(record, dict):
        raise CorpusError(f"'depictions' wants objects, found {record!r:.40}")
    for key, kind in KINDS.items():
        if not isinstance(record.get(key), kind) or isinstance(record[key], bool):
            raise CorpusError(f"{key!r} of a depiction wants {kind.__name__}, found {record.get(key)!r:.40}")
    box, score, kb_id = record["box"], record.get("score"), record.get("kb_id")
    if len(box) != 4 or not all(isinstance(number, int) for number in box):
        raise CorpusError(f"'box' of a depiction wants four whole numbers, found {box!r:.40}")
    if not isinstance(score, int | float) or not 0 <= score <= 1 or not isinstance(kb_id, str | None):
        raise CorpusError(f"a depiction wants 'score' from 0 to 1 and 'kb_id' as text or null, found {record!r:.80}")
    region = Region(record["picture"], record["page"], (box[0], box[1], box[2], box[3]))
    told = (record["start"], record["name"], record["type"], kb_id, float(score), record["model"])
    return Depiction(region, *told)
