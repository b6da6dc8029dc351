"""FewRel: a JSON object from relation to tokenised sentences (Han et al. 2018, FewRel)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from graphwright.pipeline.datasets.files import entry, load_json, located
from graphwright.pipeline.datasets.tokens import joined
from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.records import Annotated, Document, Entity, Mention, Relation, Span

LABEL = "ENTITY"


def read_fewrel(path: Path) -> Iterator[Annotated]:
    """One document a sentence, with one relation, from the head (entity 0) to the tail (entity 1), labelled ENTITY.

    Ids are the file's stem, the relation and a number. Raises ``CorpusError`` with file, relation and number.
    """
    relations = load_json(path)
    if not isinstance(relations, dict):
        raise CorpusError(f"{path}: wanted an object of relations, found a {type(relations).__name__}")
    for relation, items in relations.items():
        for number, item in enumerate(items):
            with located(path, f"relation {relation}, sentence {number}"):
                yield _annotated(item, relation, path, f"{path.name.split('.')[0]}-{relation}-{number}")


def _annotated(item: Mapping[str, Any], relation: str, path: Path, name: str) -> Annotated:
    text, (sentence,), (tokens,) = joined([entry(item, "tokens", list)])
    document = Document(name, text, f"{path.resolve().as_uri()}#{name}")
    entities = tuple(_entity(number, entry(item, end, list), document, tokens) for number, end in enumerate("ht"))
    mentions = sorted({mention for entity in entities for mention in entity.mentions}, key=lambda mention: mention.span)
    relations = (Relation(0, 1, relation, 1.0, (sentence,)),)
    return Annotated(document, (sentence,), tuple(mentions), entities, relations)


def _entity(number: int, end: list[Any], document: Document, tokens: list[Span]) -> Entity:
    """An end is [name, id, [token numbers of a mention, ...]]."""
    name, key, places = end
    if not places or any(not place or place[-1] >= len(tokens) for place in places):
        raise CorpusError(f"an end of {len(tokens)} tokens is at {places!r:.60}")
    spans = sorted({(tokens[place[0]][0], tokens[place[-1]][1]) for place in places})
    mentions = tuple(Mention(document.id, *span, LABEL) for span in spans)
    return Entity(number, str(name), LABEL, mentions, key if str(key).startswith("Q") else None)
