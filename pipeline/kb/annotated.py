"""Annotated documents as a source: names, types and facts of their entities, none of their text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from graphwright.pipeline.kb.nationalities import NAMED_WITH, nationalities
from graphwright.pipeline.kb.portions import Portion, Record, number
from graphwright.pipeline.knowledge_types import label_of_type
from graphwright.pipeline.names import is_name, normalise

_UNTOLD = ("LOC", "TIME", "NUM")


def annotated_portions(record: Record, relations: Mapping[str, str]) -> Iterator[Portion]:
    """Names, types and facts of an annotated document (entities with ``kb_id`` or ``wikipedia``); none of its text."""
    surfaces: dict[int, dict[str, int]] = {}
    for mention in record["mentions"]:
        text = record["text"][mention["start"] : mention["end"]]
        named = mention.get("form", "NAME") == "NAME" and not mention.get("coref")
        if named and (is_name(text) or (record.get("cased") is False and len(text) > 2)):
            counts = surfaces.setdefault(mention["entity"], {})
            counts[text] = counts.get(text, 0) + 1
    linked = {entity["id"]: number(entity["kb_id"]) for entity in record["entities"] if entity.get("kb_id")}
    types = {mention["entity"]: mention.get("type") or "" for mention in reversed(record["mentions"])}
    country = _only_country(record["text"])
    for entity in record["entities"]:
        key, title = entity["id"], entity.get("wikipedia") or ""
        if key in linked or title:
            names = tuple((name, 1, count) for name, count in surfaces.get(key, {}).items())
            kind = str(entity.get("type") or types.get(key, ""))
            claims = ((NAMED_WITH, country),) if country and label_of_type(kind) not in _UNTOLD else ()
            kinds = (kind,) if kind else ()
            yield Portion(linked.get(key, 0), names, types=kinds, claims=claims, popularity=1.0, title=title)
    for relation in record.get("relations") or ():
        attribute = relations.get(relation["type"], relation["type"])
        if relation["head"] in linked and relation["tail"] in linked and re.fullmatch(r"P\d+", attribute):
            yield Portion(linked[relation["head"]], claims=((int(attribute[1:]), linked[relation["tail"]]),))
    yield from _triple_portions(record)


def _only_country(text: str) -> int:
    """The number of the one country that the adjectives in a text name; 0 for none and for several."""
    words, known = normalise(text).split(), nationalities()
    pairs = (" ".join(pair) for pair in pairwise(words))
    found = {known[gram] for gram in (*words, *pairs) if gram in known}
    return found.pop() if len(found) == 1 else 0


def _triple_portions(record: Record) -> Iterator[Portion]:
    for names, ids in zip(record.get("triples") or (), record.get("triple_ids") or (), strict=False):
        head, attribute, tail = ids
        for name, item in ((names[0], head), (names[2], tail)):
            if item:
                yield Portion(number(item), ((name, 1, 1),))
        if head and attribute and tail:
            yield Portion(number(head), claims=((number(attribute, "P"), number(tail)),))


def relation_properties(labels: Path) -> dict[str, str]:
    """What ``labels.json`` beside a data set says of its relation labels, where that is one Wikidata property."""
    if not labels.is_file():
        return {}
    content = json.loads(labels.read_text(encoding="utf-8"))
    items = content.items() if isinstance(content, dict) else ()
    return {key: str(item["wikidata"]) for key, item in items if isinstance(item, dict) and "wikidata" in item}
