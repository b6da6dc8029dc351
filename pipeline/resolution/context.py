"""What an occurrence occurs with: the words around it, by which homonyms are told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from graphwright.pipeline.records import Document, Entity
from graphwright.pipeline.word_classes import CLASSES

WORD_MARK = "~"
"""Begins a word of the context; what has no mark is the id or the name of another entity."""
_AROUND = 150
_WORDS = 12
_WORD = re.compile(r"[^\W\d_]{4,}")
_COMMON_WORDS = (
    "about above across after again along also although another around away back based became because become becomes "
    "been before began begin begins being below best between born both called came come comes could dead despite died "
    "different does doing done down during each early first followed following found from gave given goes good great "
    "have having here high however included including into just known large last late later life like little live "
    "lived lives long made make makes many member members might month more most much must name named names near next "
    "number numbers once only other others over part parts people person same second series several should since "
    "small such taken than that their them then there these they third this those though through time times today "
    "together took toward towards under until used uses using various very well went were what when where which while "
    "whom whose will with without would year years young"
)
_COMMON = frozenset(_COMMON_WORDS.split())


def context_words(document: Document, entity: Entity) -> tuple[str, ...]:
    """Up to 12 words around an entity's first name, nearest first and marked: those that say something and are not
    of its own names.
    """
    names = [item for item in entity.mentions if item.form == "name"]
    if not names:
        return ()
    text, start, end = document.text, names[0].start, names[0].end
    own = {word for item in names for word in _words(text, item.start, item.end)}
    behind = ((place - end, word) for place, word in _placed(text, end, min(len(text), end + _AROUND)))
    before = ((start - place, word) for place, word in _placed(text, max(0, start - _AROUND), start))
    telling = (
        word for _, word in sorted((*behind, *before)) if not (word in own or word in _COMMON or word in CLASSES)
    )
    return tuple(WORD_MARK + word for word in islice(dict.fromkeys(telling), _WORDS))


def _placed(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Words with their places."""
    return ((item.start(), item[0].casefold()) for item in _WORD.finditer(text, start, end))


def _words(text: str, start: int, end: int) -> Iterator[str]:
    return (word for _, word in _placed(text, start, end))
