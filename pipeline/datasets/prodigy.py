"""Prodigy's JSON lines: "spans", and "relations" between them; only examples with the answer "accept".

A relation "COREF" says that its two spans mean the same. Spans of the same words and label are one entity.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any

from graphwright.pipeline.datasets.files import entry, located
from graphwright.pipeline.datasets.spans import from_spans
from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.interchange import opened
from graphwright.pipeline.records import Annotated, Document, Span

Example = Mapping[str, Any]
COREFERENCE = "COREF"


def read_prodigy(path: Path) -> Iterator[Annotated]:
    """The accepted examples of an export; ids are the hashes of their input. Raises ``CorpusError`` with the line."""
    with opened(path) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                with located(path, f"line {number}"):
                    yield from _accepted(_parsed(line), path, number)


def _parsed(line: str) -> Example:
    try:
        example = json.loads(line)
    except json.JSONDecodeError as error:
        raise CorpusError(f"wanted one JSON object, found {error}") from None
    entry(example, "text", str)
    return dict(example)


def _accepted(example: Example, path: Path, number: int) -> Iterator[Annotated]:
    if example.get("answer", "accept") != "accept":
        return
    name = f"{example.get('_input_hash', 'line')}-{number}"
    document = Document(name, example["text"], f"{path.resolve().as_uri()}#{name}")
    spans: dict[Hashable, tuple[Span, str]] = {}
    for item in example.get("spans") or ():
        spans[_place(item)] = _place(item), str(item["label"])
    links = []
    for item in example.get("relations") or ():
        ends = _place(item["head_span"]), _place(item["child_span"])
        for end, key in zip(ends, ("head_span", "child_span"), strict=True):
            spans.setdefault(end, (end, str(item[key].get("label") or "MISC")))
        links.append((ends[0], str(item["label"]), ends[1]))
    same = [(head, tail) for head, label, tail in links if label == COREFERENCE]
    facts = [link for link in links if link[1] != COREFERENCE] if "relations" in example else None
    yield from_spans(document, spans, facts, same)


def _place(item: Example) -> Span:
    return int(item["start"]), int(item["end"])
