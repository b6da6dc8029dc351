"""Texts with faults, for training: slips of the keyboard, misread letters, lost or shouted letter case.

Each fault keeps the length of the text, so that all labels stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random

from graphwright.models.stitching import Labelled

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


def noisy_texts(texts: Iterable[Labelled], seed: int) -> Iterator[Labelled]:
    """Each text with one kind of fault, chosen by its id."""
    for labelled in texts:
        document = labelled.content.document
        text = noisy(document.text, Random(f"{seed} {document.id}"))
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
