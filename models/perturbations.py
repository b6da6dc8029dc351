"""Labelled documents as the world garbles them: each perturbation rewrites the text and keeps its labels.

Faults are made otherwise than those of training (``noise.py``): they change the text's length, by tables of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from random import Random

from graphwright.models.edits import Edit, edited
from graphwright.pipeline.records import Annotated, Entity, Mention

WORD = re.compile(r"[^\W\d_]{4,}")
NAME_WORD = re.compile(r"[^\W\d_][\w'-]{2,}")
FAULTY = 0.15
"""How many of the words of four letters and more have a fault."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
MISREAD = (("rn", "m"), ("m", "rn"), ("cl", "d"), ("d", "cl"), ("li", "h"), ("ti", "fi"), ("a", "o"), ("v", "y"))
ACCENTS = dict(zip("aeiou", "àéîöů", strict=True))
GENERIC = re.compile(
    "(north|south|east|west)(ern)?|central|upper|lower|great|grand|saint|mount(ain)?|lake|river|sea|ocean|islands?|county|city"
    "|states?|province|district|region|republic|kingdom|united|new|the|and|street|avenue|road|park|square|valley|bay|port|fort"
    "|university|college|school|.*(ans?|ese|ish|ic)",
    re.IGNORECASE,
)
"""Words in names that are words, and names of peoples."""
FIRST = ("Br", "D", "F", "Gr", "H", "J", "K", "L", "M", "N", "P", "Qu", "R", "St", "T", "V", "W", "Z")
VOWELS = ("ae", "ai", "e", "i", "o", "oo", "u", "y")
LAST = ("b", "ck", "ld", "m", "nd", "p", "rk", "sk", "t", "vo", "x", "zo")
ASIDES = (
    "{0} and {1} had lunch together that day.",
    "A neighbour, {0}, heard the news from {1} over the fence.",
    "It was {0} who told {1} about the weather.",
    "Asked by {0}, {1} had nothing to say.",
)
EVERY = 3
"""After so many sentences comes an aside."""

Perturbation = Callable[[Annotated, Random], Annotated]


def typing_errors(item: Annotated, chance: Random) -> Annotated:
    """A letter left out, doubled, put in or exchanged with the next, never the first."""
    return edited(item, _faults(item, chance, _typed))


def scanning_errors(item: Annotated, chance: Random) -> Annotated:
    """Letters taken for others that look like them, as many or not, and words broken by a hyphen."""
    return edited(item, _faults(item, chance, _scanned))


def _faults(item: Annotated, chance: Random, fault: Callable[[str, Random], str]) -> Iterator[Edit]:
    for word in WORD.finditer(item.document.text):
        if chance.random() < FAULTY:
            yield Edit(*word.span(), fault(word.group(), chance))


def _typed(word: str, chance: Random) -> str:
    place = chance.randrange(1, len(word) - 1)
    head, here, tail = word[:place], word[place], word[place + 1 :]
    other = chance.choice(LETTERS)
    return chance.choice(
        (head + tail, head + here + here + tail, head + other + here + tail, head + tail[0] + here + tail[1:])
    )


def _scanned(word: str, chance: Random) -> str:
    found = [pair for pair in MISREAD if pair[0] in word[1:]]
    if not found or chance.random() < 0.2:
        place = chance.randrange(2, len(word) - 1)
        return f"{word[:place]}-\n{word[place:]}"
    return word[0] + word[1:].replace(*chance.choice(found), 1)


def small_letters(item: Annotated, _: Random) -> Annotated:
    """All in lower case."""
    return edited(item, (Edit(n, n + 1, letter.lower()) for n, letter in enumerate(item.document.text)))


def capitals(item: Annotated, _: Random) -> Annotated:
    """All in upper case."""
    return edited(item, (Edit(n, n + 1, letter.upper()) for n, letter in enumerate(item.document.text)))


def accents(item: Annotated, chance: Random) -> Annotated:
    """Names lose their diacritics; every other name that has none gets some."""
    text = item.document.text
    named = {word.span() for m in _names(item) for word in NAME_WORD.finditer(text, m.start, m.end)}
    chosen = (span for span in sorted(named) if chance.random() < 0.5 or not text[slice(*span)].isascii())
    return edited(item, (Edit(*span, _accented(text[slice(*span)])) for span in _apart(chosen)))


def _accented(word: str) -> str:
    if word.isascii():
        return "".join(ACCENTS.get(letter, letter) for letter in word)
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in word)


def _apart(spans: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    end = -1
    for span in spans:
        if span[0] >= end:
            yield span
            end = span[1]


def _names(item: Annotated) -> list[Mention]:
    return [mention for mention in item.mentions if mention.form == "name"]


def unseen_names(item: Annotated, chance: Random) -> Annotated:
    """The words in names of people and places become invented ones, each the same everywhere; ids are lost."""
    text = item.document.text
    named = [m for m in _names(item) if m.label in ("PER", "LOC")]
    words = sorted({word for m in named for word in NAME_WORD.findall(text, m.start, m.end) if _proper(word)})
    if not words:
        return item
    others = {word: invented_word(chance) for word in words}
    found = re.finditer(rf"\b(?:{'|'.join(map(re.escape, words))})\b", text)
    changed = edited(item, (Edit(*word.span(), others[word.group()]) for word in found))
    spans = {mention.span for mention in named}
    kept = (e if spans.isdisjoint(m.span for m in e.mentions) else replace(e, kb_id=None) for e in item.entities)
    ids = {entity.id: entity.kb_id for entity in kept}
    return replace(changed, entities=tuple(replace(entity, kb_id=ids[entity.id]) for entity in changed.entities))


def _proper(word: str) -> bool:
    return word[0].isupper() and not GENERIC.fullmatch(word)


def invented_word(chance: Random) -> str:
    """A word that is a name of nobody."""
    return "".join(map(chance.choice, (FIRST, VOWELS, LAST, VOWELS, LAST)))


def asides(item: Annotated, chance: Random) -> Annotated:
    """Sentences between the others about people who have nothing to do with it, of whom nothing is said."""
    for place in range(len(item.sentences) - 1, -1, -EVERY):
        item = _with_aside(item, item.sentences[place][1], chance)
    return item


def _with_aside(item: Annotated, at: int, chance: Random) -> Annotated:
    people = [f"{invented_word(chance)} {invented_word(chance)}" for _ in range(2)]
    sentence = chance.choice(ASIDES).format(*people)
    changed = edited(item, [Edit(at, at, f" {sentence}")])
    first = 1 + max((entity.id for entity in item.entities), default=-1)
    text, document = changed.document.text, item.document.id
    starts = [text.index(name, at) for name in people]
    mentions = [Mention(document, s, s + len(n), "PER") for s, n in zip(starts, people, strict=True)]
    new = tuple(Entity(first + n, people[n], "PER", (mention,)) for n, mention in enumerate(mentions))
    span = (at + 1, at + 1 + len(sentence))
    return replace(
        changed,
        sentences=tuple(sorted((*changed.sentences, span))),
        mentions=tuple(sorted((*changed.mentions, *mentions), key=lambda m: m.span)),
        entities=(*changed.entities, *new),
    )


PERTURBATIONS: Mapping[str, Perturbation] = {
    "typing errors": typing_errors,
    "scanning errors": scanning_errors,
    "small letters": small_letters,
    "capitals": capitals,
    "accents": accents,
    "unseen names": unseen_names,
    "asides": asides,
}
