"""When a fact held: start, end or point in time, read off the words that tie a date to the fact.

Wikidata's qualifiers (P580, P582, P585). By rule: a date qualifies a fact of a kind that lasts or happens once if it
stands in the same clause, tied by "from", "to", "since", "until", "in" or "on"; two spans of time are two statements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from graphwright.pipeline.literals import parse_date
from graphwright.pipeline.records import Span

START, END, POINT = "P580", "P582", "P585"
LASTING = frozenset(
    (
        "P6", "P26", "P35", "P39", "P54", "P69", "P102", "P108", "P127", "P137", "P159", "P169", "P241", "P286",
        "P463", "P488", "P551", "P937",
    )
)  # fmt: skip
HAPPENING = frozenset(("P166", "P1346", "P1411"))
Qualifiers = tuple[tuple[str, str], ...]

CUE = re.compile(
    r"(?:^|[\s,(])(?P<cue>from|since|between|in|on|during|until|till|to|through|and|[–—-])?\s*(?:the year )?$",
    re.IGNORECASE,
)
CLAUSE_END = re.compile(
    r"[;:.]|(?<!\w)(?:but|although|though|whereas|while|because|before|after|when|where|who|which|that|or)(?!\w)"
    r"|(?<!\w)and(?= (?!again|then|from|to|in )\w)",
    re.IGNORECASE,
)
BEGINNING = re.compile(
    r"(?<!\w)(?:join(?:ed|s)|appointed|elected|became|married|hired|signed|named|moved|settled|enrolled|entered|began|started"
    r"|sworn in|took over|took office|succeeded)(?!\w)"
)
ENDING = re.compile(
    r"(?<!\w)(?:left|resigned|retired|divorced|graduated|departed|fired|dismissed|stepped down|quit)(?!\w)"
)
OPENING = {"from", "since", "between"}
CLOSING = {"to", "until", "till", "through", "and", "–", "—", "-"}
FAR = 40
"""How many characters may lie between a date and what comes before it."""
APART = 100
"""How many characters may lie between the ends of a fact that a date qualifies."""


def time_qualifiers(
    text: str, sentence: Span, head: Span, tail: Span, dates: Sequence[Span], property: str
) -> list[Qualifiers]:
    """The times at which a fact held, one tuple of qualifiers for each; none where the sentence tells none.

    All spans are half-open offsets into ``text``; values are XSD dates of the precision given.

    >>> time_qualifiers("Ann led Rovers from 1990 to 1995.", (0, 33), (0, 3), (8, 14), [(20, 24), (28, 32)], "P169")
    [(('P580', '1990'), ('P582', '1995'))]
    """
    if property not in LASTING | HAPPENING:
        return []
    first, second = sorted((head, tail))
    if second[0] - first[1] > APART:
        return []
    verb = text[first[0] : second[1]]
    tied = list(_tied(text, sentence, first, second, sorted(dates)))
    return list(dict.fromkeys(_terms(tied, verb, property)))


def _tied(text: str, sentence: Span, first: Span, second: Span, dates: Sequence[Span]) -> Iterator[tuple[str, str]]:
    """Cue and value of each date that stands in the clause of the two ends."""
    place = sentence[0]
    for start, end in dates:
        within_an_end = any(start < last and end > begin for begin, last in (first, second))
        if within_an_end or not sentence[0] <= start < sentence[1]:
            continue
        value = parse_date(text[start:end])
        for anchor in (first[1], second[1]):
            place = anchor if place < anchor <= start else place
        gap = text[place:start]
        cue = CUE.search(gap)
        if value is None or cue is None or len(gap) > FAR or CLAUSE_END.search(gap):
            continue
        nearer = next((begin for begin, _ in (first, second) if end <= begin), end)
        if CLAUSE_END.search(text[end:nearer]):
            continue
        place = end
        yield (cue["cue"] or "").lower(), value.value


def _terms(tied: Sequence[tuple[str, str]], verb: str, property: str) -> Iterator[Qualifiers]:
    start: str | None = None
    for cue, value in tied:
        if cue in CLOSING and start is not None:
            yield ((START, start), (END, value))
            start = None
            continue
        if start is not None:
            yield ((START, start),)
            start = None
        if cue in OPENING and property in LASTING:
            start = value
        elif cue in ("until", "till", "through") and property in LASTING:
            yield ((END, value),)
        elif cue in ("in", "on", "during") and (role := _role(verb, property)):
            yield ((role, value),)
    if start is not None:
        yield ((START, start),)


def _role(verb: str, property: str) -> str | None:
    """What a bare date says: of what happens, when; of what lasts, that it began or ended, where the verb tells."""
    if property in HAPPENING:
        return POINT
    return START if BEGINNING.search(verb) else END if ENDING.search(verb) else None
