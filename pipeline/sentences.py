"""Sentences of a text by rule, English and Chinese: fast, and a function of the text alone.

A candidate is a run of terminators with what closes after it (quotes, brackets, footnote marks), or a line break.
What stands on both sides of it decides: the abbreviation lists are the closed classes of Kiss and Strunk (2006),
"Unsupervised Multilingual Sentence Boundary Detection", where a frequent sentence starter overrules an abbreviation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphwright.pipeline.records import Span


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


# They stand before a name or a number, so that a sentence does not end with them.
TITLES = _words(
    "mr mrs ms messrs mme mlle dr drs prof rev fr hon st ste gen lt col maj capt cpt cmdr sgt cpl pvt adm sen rep gov "
    "pres supt insp vs viz cf ca eg ie e.g i.e vol vols fig figs eq ch pp eds approx mt mts mgr msgr brig ald"
)
# They stand before a number: "No. 5", "Jan. 3".
NUMBERED = _words("no nos nr p pp para vol fig ch sec art jan feb mar apr jun jul aug sep sept oct nov dec op")
# They may end a sentence: only a word that starts sentences decides that they do.
AMBIGUOUS = _words(
    "inc corp co ltd plc llc bros cos mfg assn jr sr esq etc dept univ inst ave blvd rd hwy bldg jan feb mar apr jun "
    "jul aug sep sept oct nov dec mon tue wed thu fri sat sun a.m p.m a.d b.c a.k.a ph.d m.d u.s u.k u.n u.s.a d.c e.u "
    "s.a n.v l.p b.a m.a j.d et al est no op ed tr b d c r m v f ft km lb oz ala ariz ark calif colo conn del fla ga "
    "ill ind kan ky la md mass mich minn miss mo mont neb nev okla ore pa penn tenn tex va vt wash wis wyo"
)
STARTERS = _words(
    "the a an he she it they we i you this that these those his her its their our my there here in on at after before "
    "upon under until within among between through because once instead meanwhile thus therefore moreover despite "
    "during when while since as although though however but and or so if for from by with following according then "
    "later also both many most some several two three one another each no not what who how why where yet"
)

TERMINATORS = ".!?…‽؟۔।॥"
WIDE_TERMINATORS = "。！？｡"
CLOSERS = "\"'”’»›)\\]}〞"
WIDE_CLOSERS = CLOSERS + "」』）】》〉］｝"
NOTES = r"(?:[^\S\n]?\[\d+\])*+"
CANDIDATE = re.compile(
    rf"(?<![{TERMINATORS}])[{TERMINATORS}]++(?:[{CLOSERS}]++|[^\S\n][\"'”](?=\s|\Z)){{0,2}}{NOTES}(?=\s|\Z)"
    rf"|[{WIDE_TERMINATORS}]+[{WIDE_CLOSERS}{TERMINATORS}{WIDE_TERMINATORS}]*|\n"
)
SPACE = re.compile(r"\s*")
WORD = re.compile(r"\w+")
BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
ITEM = re.compile(r"(?:[-*+•‣▪◦·–—]|\(?(?:\d{1,3}|[A-Za-z])[.)])\s")
OPENERS = "\"'“‘«‹([{¿¡-–—*"
CAPITAL = re.compile(r"[A-ZÀ-ÖØ-ÞΑ-ΩА-Я]")
FEW_CAPITALS = 0.004
"""A paragraph with no larger share of capitals is in small letters; prose has seven times as many."""
BEGINNING = re.compile(rf"[{TERMINATORS}][{CLOSERS}]{{0,2}}\s+[\"'“‘«(\[]*(?=\w)")
INITIAL = re.compile(r"(?<![\w'’])[^\W\d_](?=\.)")
LOOK_BACK = 40
WRAP_WIDTHS = range(40, 121)


def sentences(text: str) -> tuple[Span, ...]:
    """Spans of the sentences, in order, trimmed of white space, without overlap; they cover all that is not white.

    A blank line ends a sentence, and so does a line break, except where a paragraph of 40 to 120 columns was wrapped
    (the next word would not have fitted on the line) and no terminator stands before it.

    >>> [slice(*span) for span in sentences("Dr. A. Lee met Kim. They left.")]
    [slice(0, 19, None), slice(20, 30, None)]
    """
    spans = []
    start = _skip_space(text, 0)
    for end in _ends(_with_capitals(text)):
        if end > start:
            spans.append((start, end))
            start = _skip_space(text, end)
    last = len(text.rstrip())
    if last > start:
        spans.append((start, last))
    return tuple(spans)


def _with_capitals(text: str) -> str:
    """The text, with paragraphs in small letters as if any terminator ended a sentence, and initials were capitals."""
    parts, at = [], 0
    for blank in BLANK_LINE.finditer(text):
        parts += [_capitalised(text[at : blank.start()]), blank.group()]
        at = blank.end()
    return "".join((*parts, _capitalised(text[at:])))


def _capitalised(paragraph: str) -> str:
    if len(CAPITAL.findall(paragraph)) > FEW_CAPITALS * len(paragraph):
        return paragraph
    letters = list(paragraph)
    ended = BEGINNING.finditer(paragraph)
    begun = (found.end() for found in ended if _token(paragraph, found.start()).lower() not in AMBIGUOUS)
    for place in (*begun, *(found.start() for found in INITIAL.finditer(paragraph))):
        letters[place] = letters[place].upper() if len(letters[place].upper()) == 1 else letters[place]
    return "".join(letters)


def _skip_space(text: str, position: int) -> int:
    found = SPACE.match(text, position)
    return found.end() if found else position


def _ends(text: str) -> Iterator[int]:
    lines = _Lines(text)
    skip_to = 0
    for candidate in CANDIDATE.finditer(text):
        position, end = candidate.span()
        if position < skip_to:
            continue
        after = _skip_space(text, end)
        if after == len(text):
            return
        mark = text[position]
        if mark == "\n":
            skip_to = after
            if lines.break_at(position, after):
                yield _rstrip(text, position)
        elif "\n" in text[end:after]:
            skip_to = after
            if not _is_period_inside(text, position, end, after) or lines.break_at(text.index("\n", end), after):
                yield end
        elif mark in WIDE_TERMINATORS:
            if not (text[end - 1] in WIDE_CLOSERS and text[after] in "，、；：,;:）」』”"):
                yield end
        elif not _is_period_inside(text, position, end, after):
            yield end


def _rstrip(text: str, position: int) -> int:
    while position and text[position - 1].isspace():
        position -= 1
    return position


def _is_period_inside(text: str, position: int, end: int, after: int) -> bool:
    """Whether the terminators at ``text[position:end]`` do not end the sentence that goes on at ``after``."""
    following = after
    while following < len(text) and text[following] in OPENERS:
        following += 1
    first = text[following] if following < len(text) else ""
    word = WORD.match(text, following)
    if text[position] != "." or (end - position > 1 and text[position + 1] in TERMINATORS):
        closed = text[end - 1] in CLOSERS
        return first.islower() and (closed or text[position] in ".…") and following == after
    if first.islower() and first + text[following + 1 : following + 2] not in ("i ", "i'"):
        return not ITEM.match(text, after)
    return end == position + 1 and _is_abbreviation(_token(text, position), first, word[0] if word else "")


def _token(text: str, position: int) -> str:
    """What stands before the period, back to white space, at most 40 characters; a number that opens a line is ""."""
    back = text[max(0, position - LOOK_BACK) : position]
    token = back.split()[-1] if back and not back[-1].isspace() else ""
    line_start = position == len(token) or text[position - len(token) - 1] == "\n"
    if line_start and token.isdigit() and len(token) < 4:
        return ""
    return token.lstrip("\"'“‘«‹([{¿¡")


def _is_abbreviation(token: str, first: str, word: str) -> bool:
    lower = token.lower().rpartition("-")[2].rpartition("/")[2]
    starts = word[:1].isupper() and word.lower() in STARTERS
    if not token:
        return True
    if first.isdigit() and lower in NUMBERED:
        return True
    if lower in TITLES and (len(lower) > 1 or token.islower()):
        return not (starts and lower in AMBIGUOUS)
    initial = len(token.rpartition(".")[2]) == 1 and ("." in token or token.isupper())
    return (initial or lower in AMBIGUOUS) and not starts


class _Lines:
    """Decides on line breaks; remembers the width of the paragraph it is in."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.end = -1
        self.width = 0

    def break_at(self, newline: int, after: int) -> bool:
        """Whether a sentence ends at the line break ``text[newline:after]``, without a terminator to say so."""
        text = self.text
        if "\n" in text[newline + 1 : after] or ITEM.match(text, after):
            return True
        line = newline - text.rfind("\n", 0, newline) - 1
        if line > WRAP_WIDTHS[-1]:
            return True
        if newline > self.end:
            self._measure(newline - line)
        if self.width not in WRAP_WIDTHS:
            return True
        next_space = text.find(" ", after, after + self.width)
        next_newline = text.find("\n", after, after + self.width)
        word_end = min(end for end in (next_space, next_newline, after + self.width) if end >= 0)
        return line + 1 + word_end - after <= self.width

    def _measure(self, start: int) -> None:
        blank = BLANK_LINE.search(self.text, start)
        self.end = blank.start() if blank else len(self.text)
        line, self.width = start, 0
        while line < self.end:
            stop = self.text.find("\n", line, self.end)
            stop = self.end if stop < 0 else stop
            self.width = max(self.width, stop - line)
            line = stop + 1
