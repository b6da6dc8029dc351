"""Documents out of labelled spans, each with a key, and relations between them: what annotation tools export."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from itertools import chain

from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.interchange import commonest
from graphwright.pipeline.records import Annotated, Document, Entity, Mention, Relation, Span


def code_points(text: str, span: Span, written: str) -> Span:
    """A span in code points, where a tool of the browser counted UTF-16 units instead.

    Raises ``CorpusError`` where the text has other words there either way.
    """
    if text[slice(*span)] == written or not written:
        return span
    units = text.encode("utf-16-le")
    start, end = (len(units[: 2 * place].decode("utf-16-le", "ignore")) for place in span)
    if text[start:end] != written:
        raise CorpusError(f"the text has {text[slice(*span)]!r:.40} at {list(span)}, not {written!r:.40}")
    return start, end


def from_spans(
    document: Document,
    spans: Mapping[Hashable, tuple[Span, str]],
    relations: Iterable[tuple[Hashable, str, Hashable]] | None,
    same: Iterable[tuple[Hashable, Hashable]] = (),
) -> Annotated:
    """A document whose entities are spans with the same words and label, and those that are said to be the ``same``.

    Raises ``CorpusError`` where a relation's end is no span.
    """
    owner: dict[Hashable, Hashable] = {}

    def root(key: Hashable) -> Hashable:
        while owner.setdefault(key, key) != key:
            key = owner[key]
        return key

    words = ((key, (document.text[slice(*span)], label)) for key, (span, label) in spans.items())
    first: dict[tuple[str, str], Hashable] = {}
    alike = [(first.setdefault(word, key), key) for key, word in words]
    for one, other in chain(alike, same):
        owner[root(other)] = root(one)
    groups: dict[Hashable, list[Mention]] = {}
    for key, (span, label) in sorted(spans.items(), key=lambda item: item[1]):
        groups.setdefault(root(key), []).append(Mention(document.id, *span, label))
    numbers = {key: number for number, key in enumerate(groups)}
    entities = tuple(_entity(numbers[key], mentions, document.text) for key, mentions in groups.items())
    mentions = tuple(sorted({m for e in entities for m in e.mentions}, key=lambda m: (m.span, m.label)))
    if relations is None:
        return Annotated(document, (), mentions, entities, None)
    found = [Relation(_number(numbers, root(h)), _number(numbers, root(t)), label, 1.0) for h, label, t in relations]
    return Annotated(document, (), mentions, entities, tuple(dict.fromkeys(found)))


def _number(numbers: Mapping[Hashable, int], key: Hashable) -> int:
    if key not in numbers:
        raise CorpusError(f"a relation refers to the span {key!r:.40}, which is not labelled")
    return numbers[key]


def _entity(number: int, mentions: list[Mention], text: str) -> Entity:
    unique = tuple(dict.fromkeys(mentions))
    longest = max(unique, key=lambda mention: (mention.end - mention.start, -mention.start))
    return Entity(number, text[slice(*longest.span)], commonest((m.label for m in unique), "MISC"), unique)
