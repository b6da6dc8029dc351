"""What Label Studio and Prodigy export, read as our records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from graphwright.pipeline.datasets import detected_format, read_dataset
from graphwright.pipeline.datasets.spans import code_points
from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.records import Annotated

TEXT = "Ada Brook 🦉 lives in Lund. Ada Brook works for Lundin."


def label(key: str, start: int, end: int, name: str, text: str) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": text, "labels": [name]}
    return {"id": key, "type": "labels", "from_name": "label", "to_name": "text", "value": value}


def link(head: str, tail: str, name: str, direction: str = "right") -> dict[str, Any]:
    return {"from_id": head, "to_id": tail, "type": "relation", "direction": direction, "labels": [name]}


RESULT = [
    label("a", 0, 9, "PER", "Ada Brook"),
    label("b", 22, 26, "LOC", "Lund"),
    # The browser counts the owl as two.
    label("c", 28, 37, "PER", "Ada Brook"),
    label("d", 48, 54, "ORG", "Lundin"),
    link("a", "b", "P551"),
    link("d", "c", "P108", "left"),
]
LABEL_STUDIO = [
    {
        "id": 7,
        "data": {"text": TEXT},
        "annotations": [{"was_cancelled": True, "result": []}, {"was_cancelled": False, "result": RESULT}],
    },
    {"id": 8, "data": {"text": "Not done."}, "annotations": []},
]
PRODIGY = {
    "text": TEXT,
    "_input_hash": 5,
    "_task_hash": 6,
    "spans": [{"start": 0, "end": 9, "label": "PER"}, {"start": 21, "end": 25, "label": "LOC"}],
    "relations": [
        {
            "head": 0,
            "child": 5,
            "label": "P551",
            "head_span": {"start": 0, "end": 9, "label": "PER"},
            "child_span": {"start": 21, "end": 25, "label": "LOC"},
        },
        {
            "head": 0,
            "child": 9,
            "label": "COREF",
            "head_span": {"start": 0, "end": 9, "label": "PER"},
            "child_span": {"start": 27, "end": 30, "label": "PER"},
        },
    ],
    "answer": "accept",
}


def written(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def told(item: Annotated) -> set[tuple[str, str, str]]:
    names = {entity.id: entity.name for entity in item.entities}
    return {(names[r.head], r.type, names[r.tail]) for r in item.relations or ()}


def test_label_studio(tmp_path: Path) -> None:
    path = written(tmp_path / "export.json", json.dumps(LABEL_STUDIO))
    assert detected_format(path) == "label-studio"
    [item] = read_dataset(path)
    assert item.document.id == "7"
    assert [[TEXT[slice(*m.span)] for m in entity.mentions] for entity in item.entities] == [
        ["Ada Brook", "Ada Brook"],
        ["Lund"],
        ["Lundin"],
    ]
    assert told(item) == {("Ada Brook", "P551", "Lund"), ("Ada Brook", "P108", "Lundin")}


def test_label_studios_short_form_says_nothing_of_relations(tmp_path: Path) -> None:
    spans = [{"start": 0, "end": 9, "text": "Ada Brook", "labels": ["PER"]}]
    task = {"id": 3, "text": TEXT, "label": spans, "annotator": 1, "annotation_id": 2, "lead_time": 3.5}
    [item] = read_dataset(written(tmp_path / "min.json", json.dumps([task], indent=1)))
    assert item.relations is None
    assert [(entity.name, entity.label) for entity in item.entities] == [("Ada Brook", "PER")]


def test_prodigy(tmp_path: Path) -> None:
    rejected = {**PRODIGY, "answer": "reject"}
    lines = "\n".join(map(json.dumps, (PRODIGY, rejected))) + "\n"
    path = written(tmp_path / "prodigy.jsonl", lines)
    assert detected_format(path) == "prodigy"
    [item] = read_dataset(path)
    assert told(item) == {("Ada Brook", "P551", "Lund")}
    assert [TEXT[slice(*m.span)] for m in item.entities[0].mentions] == ["Ada Brook", "Ada"]


def test_prodigys_spans_alone_say_nothing_of_relations(tmp_path: Path) -> None:
    line = {"text": "Lund.", "spans": [{"start": 0, "end": 4, "label": "LOC"}]}
    [item] = read_dataset(written(tmp_path / "spans.jsonl", json.dumps(line)))
    assert item.relations is None
    assert item.mentions[0].label == "LOC"


@pytest.mark.parametrize(
    ("result", "wanted"),
    [
        ([label("a", 0, 9, "PER", "Ada Brooke")], "task 0: the text has 'Ada Brook' at .* not 'Ada Brooke'"),
        ([link("a", "b", "P551")], "a relation refers to the span 'a', which is not labelled"),
        ([{"id": "a", "value": {"start": 0, "end": 3}}], "wanted a span with 'labels'"),
    ],
)
def test_what_does_not_fit_is_told_with_its_task(result: list[Any], wanted: str, tmp_path: Path) -> None:
    task = {"id": 1, "data": {"text": TEXT}, "annotations": [{"result": result}]}
    with pytest.raises(CorpusError, match=wanted):
        list(read_dataset(written(tmp_path / "export.json", json.dumps([task]))))


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ({"spans": []}, "line 1: 'text' wants str"),
        ({"text": "x", "spans": [{"start": 0}]}, "line 1: not in the format"),
    ],
)
def test_broken_lines_are_told_with_their_number(line: dict[str, Any], wanted: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=wanted):
        list(read_dataset(written(tmp_path / "prodigy.jsonl", json.dumps(line))))


def test_spans_in_units_of_the_browser() -> None:
    assert code_points(TEXT, (0, 9), "Ada Brook") == (0, 9)
    assert code_points(TEXT, (22, 26), "Lund") == (21, 25)
    with pytest.raises(CorpusError, match="not 'Oslo'"):
        code_points(TEXT, (22, 26), "Oslo")
