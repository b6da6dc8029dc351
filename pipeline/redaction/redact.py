"""Taking personal data out of what a document says, before anything is made of it.

Everything that reaches a graph, a file or a page is made of the ``Annotated`` that comes out: text, names, aliases,
evidence, block keys and contexts. Offsets refer to the text that comes out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import unquote

from graphwright.pipeline.records import Annotated, Document, Entity, Mention, Relation
from graphwright.pipeline.redaction.cuts import Cut, Cutting, cut
from graphwright.pipeline.redaction.policy import Redaction
from graphwright.pipeline.redaction.rules import personal_data
from graphwright.pipeline.redaction.subjects import Names, subjects, wanted_names

TAKEN_OUT: Final = "redacted"
"""The document's metadata that count what was taken out: "PER 3, email 1"."""
ADDRESS: Final = "address"
"""Counted there where the document's own address says something that was taken out of it."""
ENTITIES: Final = "entities"
FACTS: Final = "facts"
PAGES: Final = "pages"
UNTOUCHED: Final = frozenset({TAKEN_OUT, "reader", "encoding"})
MOST_PASSES: Final = 8


@dataclass(frozen=True, slots=True)
class _Cleaner:
    """Takes out what the rules find and all names known."""

    redaction: Redaction
    names: Names
    language: str

    def cuts(self, text: str) -> Iterator[Cut]:
        yield from self.names.cuts(text)
        for start, end, kind in personal_data(text, self.redaction.rules, self.language):
            dropped = self.redaction.of(kind) == "drop"
            yield Cut(start, end, kind, self.redaction.replacement(kind, text[start:end]), dropped)

    def clean(self, text: str) -> str:
        return cut(text, self.cuts(text)).text


def redact(annotated: Annotated, redaction: Redaction, beside: Iterable[Annotated] = ()) -> Annotated:
    """What a document says without what the policy takes out; ``beside`` are its title and the like, annotated too.

    Entities to be dropped go with their facts and are masked in the text; others go by their pseudonym and are linked
    to nothing. A name goes wherever it stands in the document, found by a network there or not. An entity that stays
    and whose name held such a name loses its link, which would tell the name. Doing it twice is doing it once.
    """
    beside = tuple(beside)
    for _ in range(MOST_PASSES):  # what is taken out may lay bare what no rule could see before
        done = _once(annotated, redaction, beside)
        if done == annotated:
            break
        annotated = done
    return annotated


def _once(annotated: Annotated, redaction: Redaction, beside: tuple[Annotated, ...]) -> Annotated:
    document = annotated.document
    cleaner = _Cleaner(redaction, wanted_names((annotated, *beside), redaction), document.language)
    cutting = cut(document.text, (*_mention_cuts(annotated, redaction), *cleaner.cuts(document.text)))
    entities = tuple(_entities(annotated, cutting, cleaner))
    loose = _loose(annotated, cutting, redaction)
    mentions = tuple(sorted({*loose, *(item for entity in entities for item in entity.mentions)}, key=_place))
    sentences = tuple(dict.fromkeys(cutting.stretch(*span) for span in annotated.sentences))
    relations, gone = None, Counter({ENTITIES: len(annotated.entities) - len(entities)})
    if annotated.relations is not None:
        there = {entity.id for entity in entities}
        kept = [item for item in annotated.relations if item.head in there and item.tail in there]
        gone[FACTS] = len(annotated.relations) - len(kept)
        relations = tuple(dict.fromkeys(_relation(item, cutting, cleaner) for item in kept))
    return Annotated(
        _document(document, cutting, cleaner, gone), sentences, mentions, entities, relations, annotated.unasked
    )


def _mention_cuts(annotated: Annotated, redaction: Redaction) -> Iterator[Cut]:
    for entity in subjects(annotated, redaction):
        text, dropped = redaction.replacement(entity.label, entity.name), redaction.of(entity.label) == "drop"
        for mention in entity.mentions:
            if mention.form != "pronoun":
                yield Cut(*mention.span, entity.label, text, dropped, sure=True)


def _entities(annotated: Annotated, cutting: Cutting, cleaner: _Cleaner) -> Iterator[Entity]:
    """The entities that stay; no two of a label begin with the same mention, since that is what tells them apart."""
    taken: set[tuple[str, int, int]] = set()
    for entity in annotated.entities:
        action = cleaner.redaction.of(entity.label)
        if action == "drop":
            continue
        kept = _kept(entity, cutting) if action == "keep" else _renamed(entity, cutting, cleaner.redaction)
        if action == "keep" and kept and (_is_cut(entity, cutting) or cleaner.clean(entity.name) != entity.name):
            kept = replace(kept, name=_own_words(kept, cutting), kb_id=None)
        if kept and (place := (kept.label, *kept.mentions[0].span)) not in taken:
            taken.add(place)
            yield kept


def _kept(entity: Entity, cutting: Cutting) -> Entity | None:
    mentions = _moved([item for item in entity.mentions if not cutting.swallows(*item.span)], cutting)
    return replace(entity, mentions=mentions) if mentions else None


def _own_words(entity: Entity, cutting: Cutting) -> str:
    """What the text that is left calls an entity."""
    mention = next((item for item in entity.mentions if item.form == "name"), entity.mentions[0])
    return " ".join(cutting.text[slice(*mention.span)].split())


def _is_cut(entity: Entity, cutting: Cutting) -> bool:
    """Whether something was taken out of one of its mentions, or all of one."""
    return any(cutting.touches(*item.span) for item in entity.mentions)


def _quoted(words: str, cutting: Cutting, cleaner: _Cleaner) -> str:
    """What is left of words that were taken from the text: a part of a number is no number to a rule."""
    for match in re.finditer(r"\s+".join(map(re.escape, words.split())), cutting.before) if words.split() else ():
        if cutting.touches(*match.span()):
            return " ".join(cutting.text[slice(*cutting.stretch(*match.span()))].split())
    return cleaner.clean(words)


def _renamed(entity: Entity, cutting: Cutting, redaction: Redaction) -> Entity | None:
    name = redaction.replacement(entity.label, entity.name)
    moved = _moved(entity.mentions, cutting)
    mentions = tuple(item for item in moved if item.form == "pronoun" or cutting.text[slice(*item.span)] == name)
    return replace(entity, name=name, kb_id=None, mentions=mentions) if mentions else None


def _loose(annotated: Annotated, cutting: Cutting, redaction: Redaction) -> tuple[Mention, ...]:
    """The mentions that belong to no entity and may stay."""
    owned = {item for entity in annotated.entities for item in entity.mentions}
    loose = (item for item in annotated.mentions if item not in owned and redaction.of(item.label) == "keep")
    return _moved([item for item in loose if not cutting.swallows(*item.span)], cutting)


def _moved(mentions: Iterable[Mention], cutting: Cutting) -> tuple[Mention, ...]:
    """The mentions that are left, at their new places, each place once."""
    places: dict[tuple[int, int], Mention] = {}
    for mention in mentions:
        span = cutting.span(*mention.span)
        if span is not None:
            places.setdefault(span, replace(mention, start=span[0], end=span[1]))
    return tuple(places.values())


def _relation(relation: Relation, cutting: Cutting, cleaner: _Cleaner) -> Relation:
    evidence = tuple(dict.fromkeys(cutting.stretch(*span) for span in relation.evidence))
    timeless = cleaner.redaction.of("TIME") == "drop"
    qualifiers = () if timeless else tuple((name, cleaner.clean(value)) for name, value in relation.qualifiers)
    return replace(
        relation, evidence=evidence, qualifiers=qualifiers, said_by=_quoted(relation.said_by, cutting, cleaner)
    )


def _document(document: Document, cutting: Cutting, cleaner: _Cleaner, gone: Counter[str]) -> Document:
    metadata = {key: _value(key, value, cutting, cleaner) for key, value in document.metadata.items()}
    counts = _counted(document.metadata.get(TAKEN_OUT, "")) + gone + Counter(item.kind for item in cutting.cuts)
    address = " ".join(unquote(document.source).replace("_", " ").split("/"))
    if ADDRESS not in counts and any(cleaner.clean(said) != said for said in (address, address.title())):
        counts[ADDRESS] = 1
    if counts:
        metadata[TAKEN_OUT] = ", ".join(f"{kind} {number}" for kind, number in sorted(counts.items()))
    return replace(document, text=cutting.text, metadata=metadata)


def _value(key: str, value: str, cutting: Cutting, cleaner: _Cleaner) -> str:
    if key in UNTOUCHED:
        return value
    if key == PAGES and all(part.isdecimal() for part in value.split(",")):
        starts = (int(part) for part in value.split(","))
        inside = (
            cutting.stretch(place, place + 1)[0] if place < len(cutting.before) else len(cutting.text)
            for place in starts
        )
        return ",".join(map(str, inside))
    return cleaner.clean(value)


def taken_out(metadata: Mapping[str, str]) -> list[tuple[str, str, int]]:
    """What the ledger says of the document with these metadata: (what, reason, number)."""
    counts = _counted(metadata.get(TAKEN_OUT, ""))
    reasons = {
        ADDRESS: ("document", "its address (source) still says what was taken out of it"),
        ENTITIES: ("entity", "taken out by the policy"),
        FACTS: ("candidate fact", "one end was taken out by the policy"),
    }
    return [(*reasons.get(kind, ("text", f"{kind} taken out by the policy")), counts[kind]) for kind in sorted(counts)]


def _counted(text: str) -> Counter[str]:
    pairs = (part.rpartition(" ") for part in text.split(", "))
    return Counter({kind: int(number) for kind, _, number in pairs if number.isdecimal()})


def _place(mention: Mention) -> tuple[int, int, str]:
    return mention.start, mention.end, mention.label
