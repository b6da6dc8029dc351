"""Texts with faults, for training: slips of the keyboard, misread letters, lost or shouted letter case, and names that
nobody has.

Each fault keeps the length of the text, so that all labels stay where they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random

from graphwright.models.sources import Noise
from graphwright.models.stitching import Labelled
from graphwright.pipeline.records import Annotated

KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NEIGHBOURS = {key: row[max(0, n - 1) : n] + row[n + 1 : n + 2] for row in KEYS for n, key in enumerate(row)}
MISREAD = {
    "l": "1",
    "i": "l",
    "o": "0",
    "0": "o",
    "s": "5",
    "5": "s",
    "b": "h",
    "e": "c",
    "8": "B",
    "g": "q",
    "q": "g",
    "c": "e",
    "n": "u",
    "u": "n",
    "h": "b",
    "I": "l",
    "1": "l",
    "B": "8",
}
PART = 0.04
"""How many of the letters of a noisy text are faulty: about one word in five."""
WORD = re.compile(r"[A-Z][a-z]{3,}")
VOWELS, CONSONANTS = "aeiou", "bdfgklmnprstvz"


def noisy_texts(texts: Iterable[Labelled], kind: Noise, seed: int) -> Iterator[Labelled]:
    """Each text with other "names", or with one kind of "faults", by its id."""
    for labelled in texts:
        document = labelled.content.document
        chance = Random(f"{seed} {kind} {document.id}")
        text = renamed(labelled.content, chance) if kind == "names" else noisy(document.text, chance)
        yield replace(labelled, content=replace(labelled.content, document=replace(document, text=text)))


def noisy(text: str, chance: Random) -> str:
    """The text with typing errors, with misread letters, in small letters or in capitals; of the same length."""
    kind = chance.choice(("typos", "typos", "misread", "misread", "lower", "upper"))
    if kind in ("lower", "upper"):
        changed = text.lower() if kind == "lower" else text.upper()
        return changed if len(changed) == len(text) else text
    fault = typo if kind == "typos" else misreading
    letters = list(text)
    for place in range(1, len(letters) - 1):
        if chance.random() < PART:
            fault(letters, place, chance)
    return "".join(letters)


def typo(letters: list[str], place: int, chance: Random) -> None:
    """Two letters exchanged, or one struck beside its key; never the first of a word."""
    here, before, after = letters[place], letters[place - 1], letters[place + 1]
    if not (here.isalpha() and before.isalpha()):
        return
    if after.isalpha() and chance.random() < 0.5:
        letters[place : place + 2] = after, here
    elif here in NEIGHBOURS:
        letters[place] = chance.choice(NEIGHBOURS[here])


def misreading(letters: list[str], place: int, chance: Random) -> None:
    """A letter taken for one that looks like it, as optical character recognition does."""
    letters[place] = MISREAD.get(letters[place], letters[place])


def renamed(content: Annotated, chance: Random) -> str:
    """The text with the words in names of people and places replaced by invented ones, each everywhere by the same."""
    text = content.document.text
    names = (m for m in content.mentions if m.form == "name" and m.label in ("PER", "LOC"))
    words = sorted({word for name in names for word in WORD.findall(text[name.start : name.end])})
    if not words:
        return text
    others = {word: invented(len(word), chance) for word in words}
    return re.sub(rf"\b(?:{'|'.join(words)})\b", lambda found: others[found.group()], text)


def invented(length: int, chance: Random) -> str:
    """A name that can be spoken, of vowels and consonants in turn."""
    first = chance.randrange(2)
    return "".join(chance.choice((VOWELS, CONSONANTS)[(first + n) % 2]) for n in range(length)).capitalize()
