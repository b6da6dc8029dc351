"""How much of what is said in the active voice is found in the passive: ``python tests/voices.py``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from graphwright.models.shipped import LIKELY, load_annotator
from graphwright.pipeline.protocols import Annotator
from graphwright.pipeline.records import Annotated, make_document
from graphwright.pipeline.schema import load_schema

PAIRS = [json.loads(line) for line in (Path(__file__).parent / "voices.jsonl").read_text(encoding="utf-8").splitlines()]
"""``active`` and ``passive`` say the same: that ``type`` holds of ``head`` and ``tail``."""


def found(annotator: Annotator, voice: str) -> int:
    """How many of the facts are found in one voice, at the score at which review begins or above."""
    documents = [make_document(str(number), pair[voice], language="en") for number, pair in enumerate(PAIRS)]
    return sum(_states(item, pair) for item, pair in zip(annotator.annotate(documents), PAIRS, strict=True))


def _states(item: Annotated, fact: Mapping[str, str]) -> bool:
    names = {e.id: [item.document.text[m.start : m.end] for m in e.mentions] for e in item.entities}
    return any(
        relation.type == fact["type"]
        and relation.score >= LIKELY
        and _named(names[relation.head], fact["head"])
        and _named(names[relation.tail], fact["tail"])
        for relation in item.relations or ()
    )


def _named(names: Iterable[str], wanted: str) -> bool:
    return any(name in wanted or wanted in name for name in names)


if __name__ == "__main__":
    reader = load_annotator(schema=load_schema())
    active, passive = (found(reader, voice) for voice in ("active", "passive"))
    lost = 1 - passive / active
    print(f"{len(PAIRS)} facts: {active} found in the active voice, {passive} in the passive: {lost:.1%} lost")
