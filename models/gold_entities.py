"""Labelled documents as linking and merging learn from them: gold entities with their Wikidata ids."""

from __future__ import annotations

from typing import Any

from graphwright.pipeline.knowledge_types import ends_of_property, label_of_type
from graphwright.pipeline.names import is_name
from graphwright.pipeline.records import ENTITY_LABELS, Document, Entity, Mention

Record = dict[str, Any]


def gold_entities(record: Record) -> tuple[Document, list[Entity]]:
    """Document and entities (with their gold ids) of a labelled record; only entities with a coarse label."""
    document = Document(record["id"], record["text"], record["id"])
    mentions: dict[int, list[Mention]] = {}
    labels = _relation_labels(record)
    for item in record["mentions"]:
        label = coarse_label(item.get("type") or "") or labels.get(item["entity"], "")
        if label and not item.get("nested") and not item.get("coref"):
            text = record["text"][item["start"] : item["end"]]
            form = "name" if is_name(text) and item.get("form", "NAME") == "NAME" else "nominal"
            mention = Mention(record["id"], item["start"], item["end"], label, 1.0, form)  # type: ignore[arg-type]
            mentions.setdefault(item["entity"], []).append(mention)
    ids = {entity["id"]: entity.get("kb_id") for entity in record["entities"]}
    found = [(key, tuple(sorted(items, key=lambda m: m.span))) for key, items in sorted(mentions.items())]
    return document, [
        Entity(key, document.text[items[0].start : items[0].end], items[0].label, items, ids.get(key))
        for key, items in found
    ]


def coarse_label(kind: str) -> str:
    """PER, ORG, LOC, TIME, NUM or MISC of a data set's own type; empty for no type."""
    if kind in ENTITY_LABELS or not kind or kind == "ENTITY":
        return kind if kind in ENTITY_LABELS else ""
    return label_of_type(kind) or "MISC"


def _relation_labels(record: Record) -> dict[int, str]:
    found: dict[int, str] = {}
    for relation in record.get("relations") or ():
        for key, label in zip((relation["head"], relation["tail"]), ends_of_property(relation["type"]), strict=True):
            if label:
                found.setdefault(key, label)
    return found
