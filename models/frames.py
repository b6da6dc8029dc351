"""Training texts from sentence frames: ``frames.yaml`` filled with invented names.

What a frame does not state is false of its names, since nobody bears them: hard negatives ("studied at" is no employer,
"visited" is nothing) that no annotator has to find.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any, TypeVar

import yaml

from graphwright.models.stitching import Fact, Labelled
from graphwright.pipeline.given_names import given_names
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.records import Annotated, Document, Entity, Form, Mention, Relation, Span
from graphwright.pipeline.schema import Schema, load_schema
from graphwright.pipeline.sentences import sentences

SLOT = re.compile(r"\{([a-z]+)(\d*)(?::([A-Za-z]+))?\}")
WORD = re.compile(r"\{([a-z]+)\}")
PRONOUNS = frozenset({"he", "she", "it", "his", "her"})
CAPITALS = "ABCDEFGHIKLMNOPRSTVWXZ"
OFTEN = 0.7

Thing = TypeVar("Thing")
Stated = tuple[str, str, str]
Words = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Frame:
    """A sentence with slots. ``true`` and ``unknown`` are facts between slots."""

    text: str
    true: tuple[Stated, ...]
    unknown: tuple[Stated, ...]


@dataclass(frozen=True, slots=True)
class Frames:
    """All frames, and what they are filled with: kinds of names as (label, forms), and words by class."""

    frames: tuple[Frame, ...]
    kinds: Mapping[str, tuple[str, tuple[str, ...]]]
    words: Words


def frame_texts(count: int, seed: int) -> Iterator[Labelled]:
    """``count`` texts of one frame each, all frames equally often. Equal seeds give equal texts."""
    chance = random.Random(seed)
    return filled(islice(endless(load_frames().frames, chance), count), chance, ("frame", str(seed)))


def filled(frames: Iterable[Frame], chance: random.Random, source: tuple[str, str]) -> Iterator[Labelled]:
    """A text of each frame; ``source``, what they are and their seed, is part of the ids."""
    found, schema = load_frames(), load_schema()
    for number, frame in enumerate(frames):
        yield _filled(frame, found, schema, chance, content_hash(*source, str(number)))


def endless(things: Sequence[Thing], chance: random.Random) -> Iterator[Thing]:
    """The things again and again, shuffled each time."""
    while True:
        yield from chance.sample(things, len(things))


@cache
def load_frames() -> Frames:
    """The frames that come with the package, with what follows from each fact."""
    content = read_content("frames.yaml")
    kinds = {name: (kind["label"], tuple(kind["forms"])) for name, kind in content["kinds"].items()}
    words = {name: tuple(word.replace("_", " ") for word in text.split()) for name, text in content["words"].items()}
    frames = tuple(frame_of(text, facts, content["open"]) for text, facts in content["frames"].items())
    return Frames(frames, kinds, words)


def read_content(name: str) -> dict[str, Any]:
    """A file of this package that says what texts are made of."""
    content: dict[str, Any] = yaml.safe_load((files("graphwright.models") / name).read_text(encoding="utf-8"))
    return content


def frame_of(text: str, facts: Sequence[str], open: Mapping[str, Sequence[str]]) -> Frame:
    """A sentence, the facts it states, and what ``open`` says may hold beside them."""
    true: list[Stated] = []
    unknown: list[Stated] = []
    for fact in facts:
        head, name, tail = fact.split()
        (unknown if name.endswith("?") else true).append((head, name.removesuffix("?"), tail))
        for other in open.get(name.removesuffix("?"), ()):
            reverse = other.startswith("inverse:")
            unknown.append((tail, other.removeprefix("inverse:"), head) if reverse else (head, other, tail))
    return Frame(text, tuple(true), tuple(unknown))


def _filled(frame: Frame, found: Frames, schema: Schema, chance: random.Random, id: str) -> Labelled:
    slots = list(dict.fromkeys(match[1] + match[2] for match in SLOT.finditer(frame.text)))
    names = _names(slots, found, chance)
    text, mentions = _told(frame.text, names, found.kinds, id)
    number = {slot: place for place, slot in enumerate(slots)}
    entities = tuple(
        Entity(number[slot], names[slot], found.kinds[_kind(slot)][0], tuple(mentions[slot])) for slot in slots
    )
    spans = sentences(text)
    true = _closed(((number[h], name, number[t]) for h, name, t in frame.true), schema)
    unknown = _closed(((number[h], name, number[t]) for h, name, t in frame.unknown), schema)
    relations = tuple(Relation(h, t, name, 1.0, _evidence(entities[h], entities[t], spans)) for h, name, t in true)
    told = tuple(sorted((m for e in entities for m in e.mentions), key=lambda m: m.span))
    content = Annotated(Document(id, text, f"frame:{id}"), spans, told, entities, relations)
    return Labelled(content, unsaid=frozenset(unknown) - set(true))


def _closed(facts: Iterator[Fact], schema: Schema) -> list[Fact]:
    """The facts and those that the schema says follow from them."""
    found: dict[Fact, None] = {}
    for head, name, tail in facts:
        known = schema.property(name)
        found[head, name, tail] = None
        for other in (known.inverse, name if known.symmetric else None):
            if other:
                found[tail, other, head] = None
    return list(found)


def _kind(slot: str) -> str:
    return slot.rstrip("0123456789")


def _names(slots: Sequence[str], found: Frames, chance: random.Random) -> dict[str, str]:
    """A name for each slot, no two the same; years ascend."""
    names: dict[str, str] = {}
    for slot in slots:
        while (name := _name(_kind(slot), found, chance)) in names.values():
            pass
        names[slot] = name
    years = [slot for slot in slots if _kind(slot) == "year"]
    return names | dict(zip(years, sorted(names[slot] for slot in years), strict=True))


def _name(kind: str, found: Frames, chance: random.Random) -> str:
    form = chance.choice(found.kinds[kind][1])
    return WORD.sub(lambda match: _word(match[1], found.words, chance), form)


def _word(name: str, words: Words, chance: random.Random) -> str:
    made: dict[str, Callable[[], str]] = {
        "coined": lambda: _coined(words, chance, chance.randint(2, 3)),
        "town": lambda: _coined(words, chance, 1) + chance.choice(words["town"]),
        "region": lambda: _coined(words, chance, 1) + chance.choice(words["land"]),
        "letters": lambda: "".join(chance.sample(CAPITALS, chance.randint(2, 4))),
        "letter": lambda: chance.choice(CAPITALS),
        "number": lambda: str(chance.randint(2, 990)),
        "year": lambda: str(chance.randint(1850, 2025)),
        "day": lambda: str(chance.randint(1, 28)),
        "man": lambda: chance.choice(given_names("male")).title(),
        "woman": lambda: chance.choice(given_names("female")).title(),
    }
    return made[name]() if name in made else chance.choice(words[name])


def _coined(words: Words, chance: random.Random, syllables: int) -> str:
    parts = [chance.choice(words[part]) for _ in range(syllables) for part in ("onset", "vowel", "coda")]
    return "".join(part for number, part in enumerate(parts) if number % 3 < 2 or chance.random() < OFTEN).capitalize()


def _told(
    text: str, names: Mapping[str, str], kinds: Mapping[str, tuple[str, tuple[str, ...]]], id: str
) -> tuple[str, dict[str, list[Mention]]]:
    """The text with names in its slots, and the mentions of each slot."""
    parts: list[str] = []
    mentions: dict[str, list[Mention]] = {}
    length = last = 0
    for match in SLOT.finditer(text):
        slot, how = match[1] + match[2], match[3]
        surface = names[slot] if how is None else names[slot].split()[-1] if how == "surname" else how
        surface = surface.removesuffix(".") if text[match.end() :].startswith(".") else surface
        form: Form = "pronoun" if how is not None and how.lower() in PRONOUNS else "name"
        start = length + match.start() - last
        mention = Mention(id, start, start + len(surface), kinds[match[1]][0], 1.0, form)
        mentions.setdefault(slot, []).append(mention)
        parts += [text[last : match.start()], surface]
        length, last = mention.end, match.end()
    return "".join([*parts, text[last:]]), mentions


def _evidence(head: Entity, tail: Entity, spans: Sequence[Span]) -> tuple[Span, ...]:
    """The one sentence that holds both ends, or those of their first mentions."""
    of_head, of_tail = ([_around(m, spans) for m in entity.mentions] for entity in (head, tail))
    both = [span for span in of_head if span in of_tail]
    return (both[0],) if both else tuple(sorted({of_head[0], of_tail[0]}))


def _around(mention: Mention, spans: Sequence[Span]) -> Span:
    return next(span for span in spans if span[0] <= mention.start and mention.end <= span[1])
