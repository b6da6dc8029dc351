"""Words as letters, one for each by its class, so that noun phrases can be read as patterns over short strings.

By spelling and short lists of function words, without a tagger; after finite-state chunking (Abney 1996, Partial
Parsing via Finite-State Cascades). The letters are those of ``WORDS``, and C for names, M for the ends of a fact, S
for possessives, L for other words, N for words that are verbs of saying or nouns, Y for the calendar, B for brackets,
quotes and the like; comma and full stop stand for themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from graphwright.pipeline.cues import SPOKE
from graphwright.pipeline.records import Span

TOKEN = re.compile(
    r"(?:Mrs?|Ms|Dr|Prof|St|Gen|Col|Sen|Gov|Lt|Capt|Rev|Jr|(?<!\w)[A-Z])\."
    r"|'s(?!\w)|[\w\x01\x02](?:[\w\x01\x02&'-]|\.(?=\w))*|[^\s\w]"
)
WORDS: Mapping[str, str] = {
    "D": "a an the this these those no any each every another",
    "H": "his her their its our my your",
    "Q": "some many others several few most both all one two three four five six seven eight nine ten dozens hundreds",
    "P": "he she they we i you it someone somebody everyone everybody him them us me",
    "T": "yesterday today tonight last next ago week weeks month months year years day days morning evening night",
    "O": "of for at in from with to near on by about inside outside within against under between over during into",
    "J": "close familiar briefed based involved present issued published released such",
    "X": "that but when while because as after before if although though since where so until whereas once than",
    "A": "and or",
    "W": "who which whom whose",
    "V": "has have had also later then now once would will can could did does often always again still even just too",
    "Z": "is are was were be been being not never there nor neither nobody nothing according left sold bought won lost"
    " met went came took ran made got held built became led",
}
CLASSES = {word: name for name, words in WORDS.items() for word in words.split()}
CALENDAR = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October"
    r"|November|December"
)
REPORTING = re.compile(SPOKE)
ALSO_NOUNS = frozenset(("reports", "claims", "states"))
NOUNS_IN_LY = frozenset(("family", "ally", "assembly", "monopoly", "bully"))


@dataclass(frozen=True, slots=True)
class Words:
    """The words and marks of a stretch of text: ``classes`` has a letter for each, ``spans`` their offsets."""

    classes: str
    spans: tuple[Span, ...]


def classed(text: str, start: int, end: int) -> Words:
    """The words of ``text[start:end]``, in which \\x01 and \\x02 mask the ends of a fact.

    >>> classed("The Daily Courier said", 0, 22).classes
    'DCCX'
    """
    spans = tuple(match.span() for match in TOKEN.finditer(text, start, end))
    classes = ""
    for first, last in spans:
        classes += _class(text[first:last], opens=first == 0 or classes[-1:] in (".", "B"))
    return Words(_without_participles(classes), spans)


def _without_participles(classes: str) -> str:
    """Between article and noun participles and adverbs describe ("the badly injured player"); elsewhere they are verbs.

    >>> _without_participles("DVELE"), _without_participles("C,GOC")
    ('DLLLZ', 'C,ZOC')
    """
    described = re.sub(r"(?<=[DHQ])(?:V?E|V)(?=[LJCMS])", lambda match: "L" * len(match[0]), classes)
    return described.replace("E", "Z").replace(",G", ",Z").replace("G", "L")


def _class(word: str, *, opens: bool) -> str:
    """The class of a word; of words written with a capital only those of sentence starts are common words."""
    if word in (",", "."):
        return word
    if word.endswith(("'s", "s'", "\x01'", "\x02'")):
        return "S"
    if word[0] in "\x01\x02":
        return "M"
    if not word[0].isalnum():
        return {"_": "Z", "&": "A"}.get(word[0], "B")
    if word.isdigit():
        return "T" if len(word) == len("1999") else "Q"
    if CALENDAR.fullmatch(word):
        return "Y"
    return _spelt(word, opens=opens)


def _spelt(word: str, *, opens: bool) -> str:
    known = CLASSES.get(word.casefold())
    if word != word.lower():
        acronym = len(word) > 1 and word.isupper()
        return known if known and not acronym and (opens or known not in "TJVZ") else "C"
    if known:
        return known
    if REPORTING.fullmatch(word):
        return "N" if word in ALSO_NOUNS else "X"
    if word.endswith("ly") and word not in NOUNS_IN_LY:
        return "V"
    return "E" if word.endswith("ed") else "G" if word.endswith("ing") else "L"
