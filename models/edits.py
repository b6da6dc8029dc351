"""Edits of a labelled document: the text changes, and every label moves along."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from graphwright.pipeline.records import Annotated, Entity, Mention, Relation, Span

Move = Callable[[Span], Span]


@dataclass(frozen=True, slots=True)
class Edit:
    """``text[start:end]`` becomes ``text``; where both are equal, ``text`` is put in there."""

    start: int
    end: int
    text: str


def edited(item: Annotated, edits: Iterable[Edit]) -> Annotated:
    """The document with its text edited and all spans moved along.

    A span begins where its first letter lies now and ends where its last one does. Edits must not overlap.
    """
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    text, parts, at = item.document.text, [], 0
    for edit in ordered:
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    document = replace(item.document, text="".join((*parts, text[at:])))
    first, last = _places(len(text), ordered)
    return moved(replace(item, document=document), lambda span: (first[span[0]], last[span[1] - 1]))


def _places(length: int, edits: Sequence[Edit]) -> tuple[list[int], list[int]]:
    """Of each letter of the text that was, where it begins and ends in the text that is."""
    first: list[int] = []
    last: list[int] = []
    at = now = 0
    for edit in (*edits, Edit(length, length, "")):
        kept = range(now, now + edit.start - at)
        first += kept
        last += (place + 1 for place in kept)
        now += len(kept)
        first += [now] * (edit.end - edit.start)
        now += len(edit.text)
        last += [now] * (edit.end - edit.start)
        at = edit.end
    return first, last


def moved(item: Annotated, move: Move) -> Annotated:
    """The document with each span where ``move`` puts it."""

    def mentions(those: Iterable[Mention]) -> tuple[Mention, ...]:
        spans = ((mention, move(mention.span)) for mention in those)
        return tuple(replace(mention, start=start, end=end) for mention, (start, end) in spans)

    def evidence(relation: Relation) -> Relation:
        return replace(relation, evidence=tuple(map(move, relation.evidence)))

    return replace(
        item,
        sentences=tuple(map(move, item.sentences)),
        mentions=mentions(item.mentions),
        entities=tuple(replace(entity, mentions=mentions(entity.mentions)) for entity in item.entities),
        relations=item.relations and tuple(map(evidence, item.relations)),
    )


def joined(items: Sequence[Annotated], between: str = "\n\n") -> Annotated:
    """Documents as one; what has the same id of a knowledge base, or the same name and label, is one entity."""
    text, spans_moved, numbers = "", [], {}
    members: dict[tuple[str, str], list[Entity]] = {}
    for place, item in enumerate(items):
        shift = len(text)
        part = moved(item, lambda span, shift=shift: (span[0] + shift, span[1] + shift))  # type: ignore[misc]
        text += item.document.text + between
        for entity in part.entities:
            key = (entity.kb_id, "") if entity.kb_id else (entity.name, entity.label)
            members.setdefault(key, []).append(entity)
            numbers[place, entity.id] = list(members).index(key)
        spans_moved.append(part)
    document = replace(items[0].document, text=text.removesuffix(between))
    entities = tuple(
        replace(those[0], id=number, mentions=tuple(m for entity in those for m in entity.mentions))
        for number, those in enumerate(members.values())
    )
    return Annotated(
        document,
        tuple(span for part in spans_moved for span in part.sentences),
        tuple(mention for part in spans_moved for mention in part.mentions),
        entities,
        _joined_relations(spans_moved, numbers),
    )


def _joined_relations(items: Sequence[Annotated], numbers: dict[tuple[int, int], int]) -> tuple[Relation, ...] | None:
    """Under the entities' new numbers, each fact once; unknown where it is so of one document."""
    found: dict[tuple[int, str, int], Relation] = {}
    for place, item in enumerate(items):
        if item.relations is None:
            return None
        for relation in item.relations:
            head, tail = numbers[place, relation.head], numbers[place, relation.tail]
            found.setdefault((head, relation.type, tail), replace(relation, head=head, tail=tail))
    return tuple(found.values())
