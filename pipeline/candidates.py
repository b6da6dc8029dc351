"""Which entities of the knowledge base an entity of a document may be: by its names, and by the names around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from graphwright.pipeline.knowledge import Candidate, KnowledgeBase
from graphwright.pipeline.linking_elsewhere import not_elsewhere, stated_places
from graphwright.pipeline.linking_places import PLACE_NAME
from graphwright.pipeline.names import (
    acronym,
    generation,
    is_acronym,
    is_name,
    normalise,
    organisation_core,
    person_words,
    surname,
)
from graphwright.pipeline.records import LITERAL_LABELS, Document, Entity

QUALIFIED, BORROWED = "qualified", "borrowed"
LIMIT = 16
_SURFACES = 4
_PLACES = 2
_TELLING = 4
_INITIALS = re.compile(r"(?:[A-Z]\.\s?)+")
_QUALIFIER = re.compile(rf",?\s*({PLACE_NAME})")


@dataclass(frozen=True, slots=True)
class Option:
    """A candidate of an entity, the name it was found by, and how: a kind of ``knowledge.KINDS``, "qualified" or
    "borrowed".

    Qualified: found by the name with the place that follows it ("Richmond, Virginia"). Borrowed: found by the name of
    another entity of the document, of which this one is the surname or the acronym.
    """

    candidate: Candidate
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Question:
    """An entity to be linked: its names in the document (longest first) and its options, best match first."""

    entity: Entity
    names: tuple[str, ...]
    options: tuple[Option, ...]


def names_of(document: Document, entity: Entity) -> tuple[str, ...]:
    """Distinct names among an entity's mentions, longest first; none for dates, numbers and what is only described.

    Initials alone ("J. C.") are those of too many people.
    """
    if entity.label in LITERAL_LABELS:
        return ()
    spans = (document.text[m.start : m.end] for m in entity.mentions if m.form == "name")
    found = {" ".join(span.split()) for span in spans if is_name(span)}
    if entity.label == "PER":
        found = {name for name in found if not _INITIALS.fullmatch(name)}
    return tuple(sorted(found, key=lambda name: (-len(name), name)))


def questions(document: Document, entities: Sequence[Entity], base: KnowledgeBase) -> list[Question]:
    """One question an entity, in order; those that are not to be linked have no names and no options."""
    all_names = [names_of(document, entity) for entity in entities]
    own = [_own_options(document, entity, names, base) for entity, names in zip(entities, all_names, strict=True)]
    lenders = [
        (entity, name) for entity, names in zip(entities, all_names, strict=True) for name in names[:1] if " " in name
    ]
    asked = []
    for entity, names, options in zip(entities, all_names, own, strict=True):
        borrowed = _borrowed(entity, names, lenders, base)
        asked.append(Question(entity, names, _joined([*options, *borrowed])))
    return asked


def _own_options(document: Document, entity: Entity, names: Sequence[str], base: KnowledgeBase) -> list[Option]:
    found = [
        Option(candidate, QUALIFIED, name)
        for name in _qualified(document, entity, base)
        for candidate in base.named(name, limit=LIMIT)
    ]
    stated = stated_places(document, entity, base)
    for name in names[:_SURFACES]:
        candidates = base.candidates(name, limit=LIMIT)
        found += [
            Option(item, item.kind, name) for item in candidates if not _is_another(entity.label, name, names, item)
        ]
    fitting = not_elsewhere((option.candidate.entity for option in found), stated, base)
    return [option for option in found if option.candidate.entity.id in fitting]


def _is_another(label: str, name: str, names: Sequence[str], candidate: Candidate) -> bool:
    """Whether an entity's names rule a candidate out that was found by one of them.

    Each of two names that share words has one that the other lacks, as those of father and son; the candidate has the
    short form of a longer name, but not that; or one is junior, the other senior.
    """
    if label not in ("PER", "ORG"):
        return False
    other = candidate.entity.name
    if label == "PER":
        mine, others = ({generation(normalise(word)) for word in words} - {""} for words in (names, [other]))
        if mine and others and mine.isdisjoint(others):
            return True
        if candidate.kind == "part" and _differ(_words(name, label), _words(other, label)):
            return True
    longer = [whole for whole in names if _is_short(name, whole, label)]
    return bool(longer) and all(_is_named_otherwise(name, whole, other, label) for whole in longer)


def _is_short(name: str, whole: str, label: str) -> bool:
    """Whether a name is a longer one less some of its words, or an organisation's acronym."""
    if label == "ORG" and is_acronym(name):
        return acronym(whole) == normalise(name)
    return _words(name, label) < _words(whole, label)


def _is_named_otherwise(name: str, whole: str, other: str, label: str) -> bool:
    """Whether what has a long name, of which ``name`` is a short form, does not go by the ``other`` name."""
    words, others = _words(whole, label), _words(other, label)
    if label == "ORG" and is_acronym(name):
        return not is_acronym(other) and words.isdisjoint(others)
    return _differ(words, others)


def _differ(mine: set[str], others: set[str]) -> bool:
    return bool(mine - others) and bool(others - mine)


def _words(name: str, label: str) -> set[str]:
    """The words of a name that tell: no initials, and no short words of an organisation ("F.C.")."""
    key = normalise(name)
    if label == "PER":
        return {word for word in person_words(key) if len(word) > 1}
    return {word for word in organisation_core(key).split() if len(word) >= _TELLING}


def _qualified(document: Document, entity: Entity, base: KnowledgeBase) -> list[str]:
    """Names with the place that follows, for what may be a place: as it is written, and with the place's own name."""
    if entity.label not in ("LOC", "MISC"):
        return []
    found = []
    for mention in entity.mentions:
        after = _QUALIFIER.match(document.text, mention.end) if mention.form == "name" else None
        if after:
            own = [after[1], *(place.entity.name for place in base.named(after[1])[:_PLACES])]
            found += [f"{document.text[mention.start : mention.end]}, {name}" for name in own]
    return sorted(set(found))[:_SURFACES]


def _borrowed(
    entity: Entity, names: Sequence[str], lenders: Sequence[tuple[Entity, str]], base: KnowledgeBase
) -> list[Option]:
    if not names or " " in names[0]:
        return []
    found = []
    for other, full in lenders:
        if other.id != entity.id and other.label == entity.label and _stands_for(names[0], full, entity.label):
            found += [Option(candidate, BORROWED, full) for candidate in base.named(full, limit=LIMIT)]
    return found


def _stands_for(short: str, full: str, label: str) -> bool:
    if label == "PER":
        return person_words(normalise(short)) == [surname(normalise(full))]
    return label == "ORG" and is_acronym(short) and acronym(full) == normalise(short)


def _joined(options: Sequence[Option]) -> tuple[Option, ...]:
    """Each entity once, as it was found first; seen as often as under the name under which it was seen most."""
    best: dict[str, Option] = {}
    for option in options:
        held = best.setdefault(option.candidate.entity.id, option)
        if held.candidate.count < option.candidate.count:
            counted = replace(held.candidate, count=option.candidate.count)
            best[option.candidate.entity.id] = replace(held, candidate=counted)
    return tuple(best.values())[: LIMIT + LIMIT // 2]
