"""DocRED and Re-DocRED: a JSON array of tokenised documents (Yao et al. 2019, DocRED; Tan et al. 2022)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from graphwright.pipeline.datasets.files import entry, load_json, located
from graphwright.pipeline.datasets.tokens import joined
from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.interchange import commonest
from graphwright.pipeline.records import Annotated, Document, Entity, Mention, Relation, Span


def read_docred(path: Path) -> Iterator[Annotated]:
    """The documents of a file; ids are the file's stem and a number, as DocRED has none.

    Without ``labels`` (the test file) relations are unknown. Raises ``CorpusError`` with file and document.
    """
    documents = load_json(path)
    if not isinstance(documents, list):
        raise CorpusError(f"{path}: wanted an array of documents, found a {type(documents).__name__}")
    for number, item in enumerate(documents):
        with located(path, f"document {number}"):
            yield _annotated(item, path, f"{path.name.split('.')[0]}-{number}")


def _annotated(item: Mapping[str, Any], path: Path, name: str) -> Annotated:
    text, sentences, tokens = joined(entry(item, "sents", list))
    document = Document(name, text, f"{path.resolve().as_uri()}#{name}", "en", {"title": str(item.get("title", name))})
    entities = tuple(_entity(index, one, document, tokens) for index, one in enumerate(entry(item, "vertexSet", list)))
    mentions = sorted({mention for one in entities for mention in one.mentions}, key=lambda one: (one.span, one.label))
    labels = item.get("labels")
    relations = None if labels is None else tuple(_relation(label, sentences, len(entities)) for label in labels)
    return Annotated(document, tuple(sentences), tuple(mentions), entities, relations)


def _entity(number: int, vertex: list[Mapping[str, Any]], document: Document, tokens: list[list[Span]]) -> Entity:
    mentions = [_mention(item, document, tokens) for item in vertex]
    if not mentions:
        raise CorpusError(f"entity {number} of 'vertexSet' has no mention")
    ordered = tuple(sorted(set(mentions), key=lambda mention: mention.span))
    name = document.text[slice(*mentions[0].span)]
    return Entity(number, name, commonest((mention.label for mention in mentions), "MISC"), ordered)


def _mention(item: Mapping[str, Any], document: Document, tokens: list[list[Span]]) -> Mention:
    sentence, (first, last) = int(entry(item, "sent_id", int)), entry(item, "pos", list)
    if not 0 <= sentence < len(tokens) or not 0 <= first < last <= len(tokens[sentence]):
        raise CorpusError(f"no tokens {first} to {last} in sentence {sentence}")
    return Mention(document.id, tokens[sentence][first][0], tokens[sentence][last - 1][1], entry(item, "type", str))


def _relation(label: Mapping[str, Any], sentences: list[Span], entities: int) -> Relation:
    head, tail = entry(label, "h", int), entry(label, "t", int)
    if not (0 <= head < entities and 0 <= tail < entities):
        raise CorpusError(f"a relation from entity {head} to {tail}, of {entities} entities")
    evidence = [number for number in label.get("evidence", ()) if 0 <= number < len(sentences)]
    return Relation(head, tail, entry(label, "r", str), 1.0, tuple(sentences[number] for number in evidence))
