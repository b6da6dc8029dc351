"""Label Studio's JSON and JSON-MIN exports of span labelling, with relations where the JSON has them.

Of several annotations of a task the first that was not cancelled counts. Spans of the same words and label are one
entity, since the tool knows only spans.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any

from graphwright.pipeline.datasets.files import entry, load_json, located
from graphwright.pipeline.datasets.spans import code_points, from_spans
from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.records import Annotated, Document, Span

Task = Mapping[str, Any]
Labelled = tuple[Span, str]


def read_label_studio(path: Path) -> Iterator[Annotated]:
    """The labelled tasks of an export; ids are the tasks'. Raises ``CorpusError`` with file and task."""
    tasks = load_json(path)
    if not isinstance(tasks, list):
        raise CorpusError(f"{path}: wanted an array of tasks, found a {type(tasks).__name__}")
    for number, task in enumerate(tasks):
        with located(path, f"task {number}"):
            if "annotations" in task:
                yield from _full(task, path)
            else:
                yield _short(task, path)


def _document(task: Task, data: Task, path: Path) -> Document:
    text = data.get("text")
    if not isinstance(text, str):
        raise CorpusError(f"wanted the text under 'text', found {', '.join(sorted(data)) or 'nothing'}")
    name = str(task.get("id", task.get("inner_id", "")))
    return Document(name, text, f"{path.resolve().as_uri()}#{name}")


def _full(task: Task, path: Path) -> Iterator[Annotated]:
    done = [item for item in entry(task, "annotations", list) if not item.get("was_cancelled")]
    if not done:
        return
    document = _document(task, entry(task, "data", dict), path)
    result = entry(done[0], "result", list)
    spans = {item["id"]: _span(item["value"], document.text) for item in result if "start" in item.get("value", {})}
    links = [link for item in result if item.get("type") == "relation" for link in _links(item)]
    yield from_spans(document, spans, links)


def _links(item: Task) -> Iterator[tuple[Hashable, str, Hashable]]:
    """A relation's facts; one without a label is no fact, one of both directions is two."""
    head, tail = item["from_id"], item["to_id"]
    direction = item.get("direction", "right")
    for label in item.get("labels") or ():
        if direction in ("right", "bi"):
            yield head, label, tail
        if direction in ("left", "bi"):
            yield tail, label, head


def _span(value: Task, text: str) -> Labelled:
    labels = next((value[key] for key in ("labels", "hypertextlabels") if value.get(key)), None)
    if not labels:
        raise CorpusError(f"wanted a span with 'labels', found {', '.join(sorted(value))}")
    return code_points(text, (int(value["start"]), int(value["end"])), value.get("text") or ""), labels[0]


def _short(task: Task, path: Path) -> Annotated:
    """A task of JSON-MIN: the data's keys and, under the name of the control, a list of spans."""
    document = _document(task, task, path)
    lists = [value for key, value in sorted(task.items()) if isinstance(value, list)]
    found = [item for value in lists for item in value if isinstance(item, dict) and "start" in item]
    return from_spans(document, {number: _span(item, document.text) for number, item in enumerate(found)}, None)
