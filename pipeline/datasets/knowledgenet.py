"""KnowledgeNet: JSON lines, a document each, with facts in passages (Mesquita et al. 2019, KnowledgeNet)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from graphwright.pipeline.datasets.files import entry, located
from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.interchange import commonest, opened
from graphwright.pipeline.records import Annotated, Document, Entity, Mention, Relation, Span

# Of the 15 properties: the labels of subject and object. The data name none.
ENDS = {
    "DATE_OF_BIRTH": ("PER", "TIME"),
    "DATE_OF_DEATH": ("PER", "TIME"),
    "PLACE_OF_RESIDENCE": ("PER", "LOC"),
    "PLACE_OF_BIRTH": ("PER", "LOC"),
    "NATIONALITY": ("PER", "LOC"),
    "EMPLOYEE_OR_MEMBER_OF": ("PER", "ORG"),
    "EDUCATED_AT": ("PER", "ORG"),
    "POLITICAL_AFFILIATION": ("PER", "ORG"),
    "CHILD_OF": ("PER", "PER"),
    "SPOUSE": ("PER", "PER"),
    "DATE_FOUNDED": ("ORG", "TIME"),
    "HEADQUARTERS": ("ORG", "LOC"),
    "SUBSIDIARY_OF": ("ORG", "ORG"),
    "FOUNDED_BY": ("ORG", "PER"),
    "CEO": ("ORG", "PER"),
}

Key = str | Span
Fact = tuple[str, Span, Span, Mapping[str, Any], Span]


def read_knowledgenet(path: Path) -> Iterator[Annotated]:
    """The documents of a file, with the passages as sentences.

    ``metadata["annotated"]`` lists, as JSON, the properties each passage was read for: others are unknown. An entity
    without a Wikidata id is its span. Raises ``CorpusError`` with file and line.
    """
    with opened(path) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                with located(path, f"line {number}"):
                    yield _annotated(json.loads(line), path)


def _annotated(item: Mapping[str, Any], path: Path) -> Annotated:
    passages = entry(item, "passages", list)
    properties = [list(_properties(passage).values()) for passage in passages]
    name = str(item["documentId"])
    metadata = {"annotated": json.dumps(properties), "fold": str(item.get("fold", ""))}
    text = entry(item, "documentText", str)
    document = Document(name, text, f"{path.resolve().as_uri()}#{name}", "en", metadata)
    sentences = tuple((int(passage["passageStart"]), int(passage["passageEnd"])) for passage in passages)
    facts = [fact for passage, span in zip(passages, sentences, strict=True) for fact in _facts(passage, span, text)]
    return _assembled(document, sentences, facts)


def _properties(passage: Mapping[str, Any]) -> dict[str, str]:
    """Names by id of the properties that the passage was read for."""
    return {one["propertyId"]: one["propertyName"] for one in entry(passage, "exhaustivelyAnnotatedProperties", list)}


def _facts(passage: Mapping[str, Any], sentence: Span, text: str) -> Iterator[Fact]:
    """Property, subject span, object span, the fact itself and its passage's span."""
    names = _properties(passage)
    for fact in passage.get("facts", ()):
        spans = [(int(fact[f"{end}Start"]), int(fact[f"{end}End"])) for end in ("subject", "object")]
        for start, stop in spans:
            if not 0 <= start < stop <= len(text):
                raise CorpusError(f"a fact's end is at {start} to {stop} of a text of {len(text)} characters")
        yield names.get(fact["propertyId"], str(fact["propertyId"])), spans[0], spans[1], fact, sentence


def _assembled(document: Document, sentences: tuple[Span, ...], facts: list[Fact]) -> Annotated:
    labels: dict[Span, list[str]] = {}
    keys: dict[Span, Key] = {}
    for name, head, tail, fact, _ in facts:
        for span, end, label in zip((head, tail), ("subject", "object"), ENDS.get(name, ("MISC", "MISC")), strict=True):
            labels.setdefault(span, []).append(label)
            keys.setdefault(span, _kb_id(fact.get(f"{end}Uri")) or span)
    mentions = {span: Mention(document.id, *span, commonest(labels[span], "MISC")) for span in sorted(labels)}
    numbers: dict[Key, int] = {}
    for span in mentions:
        numbers.setdefault(keys[span], len(numbers))
    entities = tuple(_entity(key, number, keys, mentions, document) for key, number in numbers.items())
    relations = tuple(
        Relation(numbers[keys[head]], numbers[keys[tail]], name, 1.0, (sentence,))
        for name, head, tail, _, sentence in facts
    )
    return Annotated(document, sentences, tuple(mentions.values()), entities, relations)


def _entity(
    key: Key, number: int, keys: Mapping[Span, Key], mentions: Mapping[Span, Mention], document: Document
) -> Entity:
    own = tuple(mention for span, mention in mentions.items() if keys[span] == key)
    name = document.text[slice(*own[0].span)]
    label = commonest((mention.label for mention in own), "MISC")
    return Entity(number, name, label, own, key if isinstance(key, str) else None)


def _kb_id(uri: str | None) -> str | None:
    last = (uri or "").rsplit("/", 1)[-1]
    return last if last.startswith("Q") else None
