"""Long documents in parts: memory and work stay bounded, whatever the length, and nothing is cut away.

Parts overlap and end where sentences end; entities and relations of the parts are joined again, by mention, by
knowledge-base id, and by name and label.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from graphwright.pipeline.names import normalise
from graphwright.pipeline.records import Annotated, Document, Entity, Mention, Relation, Span

PART = 8_000
OVERLAP = 1_000
WHOLE = 10_000
"""Characters: of a part, of two parts' overlap, and up to which a document is one part."""


def part_spans(text: str, sentences: Sequence[Span]) -> list[Span]:
    """Where the parts of a text begin and end; the whole text where it is short."""
    if len(text) <= WHOLE:
        return [(0, len(text))]
    starts, ends = [start for start, _ in sentences], [end for _, end in sentences]
    spans, start = [], 0
    while True:
        end = _last(ends, start + PART, start + OVERLAP) if start + PART < len(text) else len(text)
        spans.append((start, end))
        if end >= len(text):
            return spans
        start = _last(starts, end - OVERLAP // 2, max(start + 1, end - OVERLAP))


def _last(places: Sequence[int], most: int, least: int) -> int:
    """The last of the sorted places in [least, most]; ``most`` where there is none."""
    number = bisect_right(places, most) - 1
    return places[number] if number >= bisect_left(places, least) else most


def part_document(document: Document, span: Span) -> Document:
    """A part as a document by itself; its offsets count from its start."""
    return replace(document, text=document.text[slice(*span)])


def joined(document: Document, sentences: tuple[Span, ...], parts: Sequence[tuple[int, Annotated]]) -> Annotated:
    """The whole document out of (offset, annotated part)s."""
    entities: list[Entity] = []
    relations: list[Relation] = []
    for offset, part in parts:
        first = len(entities)
        entities += [_shifted(entity, offset, first) for entity in part.entities]
        for relation in part.relations or ():
            evidence = tuple((start + offset, end + offset) for start, end in relation.evidence)
            head, tail = relation.head + first, relation.tail + first
            relations.append(replace(relation, head=head, tail=tail, evidence=evidence))
    owner = _owners(entities)
    groups: dict[int, list[Entity]] = {}
    for entity in entities:
        groups.setdefault(owner[entity.id], []).append(entity)
    number = {root: place for place, root in enumerate(groups)}
    whole = tuple(_united(number[root], group) for root, group in groups.items())
    mentions = tuple(sorted((m for entity in whole for m in entity.mentions), key=lambda m: m.span))
    best: dict[tuple[int, str, int], Relation] = {}
    for relation in relations:
        head, tail = number[owner[relation.head]], number[owner[relation.tail]]
        key = (head, relation.type, tail)
        if head != tail and (key not in best or relation.score > best[key].score):
            best[key] = replace(relation, head=head, tail=tail)
    unasked = sum(part.unasked for _, part in parts)
    return Annotated(document, sentences, mentions, whole, tuple(best[key] for key in sorted(best)), unasked)


def _shifted(entity: Entity, offset: int, first: int) -> Entity:
    mentions = tuple(replace(m, start=m.start + offset, end=m.end + offset) for m in entity.mentions)
    return replace(entity, id=entity.id + first, mentions=mentions)


def _owners(entities: Sequence[Entity]) -> list[int]:
    """For each entity the first one that is the same, by union of all that share a key."""
    owner = list(range(len(entities)))

    def root(number: int) -> int:
        while owner[number] != number:
            owner[number] = owner[owner[number]]
            number = owner[number]
        return number

    seen: dict[tuple[object, ...], int] = {}
    for entity in entities:
        for key in _keys(entity):
            first, other = root(seen.setdefault(key, entity.id)), root(entity.id)
            owner[max(first, other)] = min(first, other)
    return [root(number) for number in range(len(entities))]


def _keys(entity: Entity) -> Iterator[tuple[object, ...]]:
    for mention in entity.mentions:
        yield "span", mention.span
    if any(mention.form != "pronoun" for mention in entity.mentions):
        yield ("base", entity.kb_id) if entity.kb_id else ("name", entity.label, normalise(entity.name))


def _united(number: int, group: Sequence[Entity]) -> Entity:
    """One entity out of several: name and link of the surest, all mentions once."""
    best = min(group, key=lambda entity: (entity.kb_id is None, -entity.score, entity.id))
    by_span: dict[Span, Mention] = {}
    for entity in group:
        for mention in entity.mentions:
            label = mention.label if mention.form == "pronoun" else best.label
            by_span.setdefault(mention.span, replace(mention, label=label))
    return replace(best, id=number, mentions=tuple(by_span[span] for span in sorted(by_span)))
