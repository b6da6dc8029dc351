"""From the spans that a tagger marks to names: whole words on one line, firms and dates whole, no two that overlap."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from graphwright.pipeline.names import TITLES
from graphwright.pipeline.records import Mention, Span

_LOOSE_END = re.compile(r"(?:[\s,;:(\[“‘«]|(?<=[\s(\[“‘«])(?:of|and|the|an?|in|at|for|to|by|with|from|or))+$")
_DATE = re.compile(
    r"(?<![\w./-])(?:\d{4}(?P<by>[./-])\d{1,2}(?P=by)\d{1,2}|\d{1,2}(?P<after>[./-])\d{1,2}(?P=after)\d{4})"
    r"(?![\w/-]|\.\d)"
)
_APOSTROPHES = "'’"


def whole_words(text: str, start: int, end: int) -> Span:
    """Widen a span that ends within a word to the word's ends; letters and digits make a word, and what an apostrophe
    joins where the span ends on it ("Al-Qa'" of "Al-Qa'im").
    """
    if 1 < end < len(text) and text[end - 1] in _APOSTROPHES and text[end - 2].isalpha() and text[end].isalpha():
        end += 1
    while start > 0 and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end


def within_lines(text: str, start: int, end: int) -> Iterator[Span]:
    """The parts of a span that lie on one line each: no name goes on across a paragraph's end.

    A title that is a part by itself ("Ada Lovelace", and below "Dr. Lovelace") names nobody, and "The" nothing.
    """
    lines = list(re.finditer(r"[^\n]*[^\s]", text[start:end]))
    for line in lines:
        if line.group().strip().lower() == "the":
            continue
        if len(lines) == 1 or not _is_title(line.group()):
            lead = len(line.group()) - len(line.group().lstrip())
            yield start + line.start() + lead, start + line.end()


def _is_title(words: str) -> bool:
    return all(word.rstrip(".").lower() in TITLES for word in words.split())


def without_loose_end(text: str, start: int, end: int) -> Span:
    """A span without a comma, an open bracket or a small word at its end: "Eugene of" is "Eugene".

    >>> without_loose_end("Board of the (", 0, 14)
    (0, 5)
    """
    loose = _LOOSE_END.search(text[start:end])
    return (start, start + loose.start()) if loose and loose.start() else (start, end)


def without_overlaps(mentions: Sequence[Mention]) -> list[Mention]:
    """Mentions in order; of two that overlap, the first."""
    kept: list[Mention] = []
    for mention in mentions:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def whole_firms(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """An organisation and what an ampersand joins to it ("Marks & Spencer") are one; mentions in order, apart."""
    kept: list[Mention] = []
    for mention in mentions:
        last = kept[-1] if kept else None
        if last and text[last.end : mention.start] == " & " and "ORG" in (last.label, mention.label):
            kept[-1] = replace(last, end=mention.end, label="ORG", score=min(last.score, mention.score))
        else:
            kept.append(mention)
    return kept


def with_titles(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """A title that was marked by itself belongs to the person right behind it ("Mr" and "Nowak" are "Mr Nowak")."""
    kept: list[Mention] = []
    for mention in mentions:
        last = kept[-1] if kept else None
        beside = last and mention.label == "PER" and text[last.end : mention.start] in (" ", ". ")
        if last and beside and _is_title(text[slice(*last.span)]):
            kept[-1] = replace(mention, start=last.start, score=min(last.score, mention.score))
        else:
            kept.append(mention)
    return kept


def whole_dates(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """A day in figures of which a part was marked as a time is one date ("2020", "03" and "15" are "2020-03-15"); the
    mentions in order, apart.
    """
    kept: list[Mention] = []
    starts, done = [mention.start for mention in mentions], 0
    for match in _DATE.finditer(text):
        first, behind = bisect_left(starts, match.start()), bisect_left(starts, match.end())
        parts = mentions[first:behind]
        cut = any(m.start < edge < m.end for edge in match.span() for m in mentions[max(0, first - 1) : behind])
        if not cut and any(part.label == "TIME" for part in parts):
            score = min(part.score for part in parts)
            date = replace(parts[0], start=match.start(), end=match.end(), label="TIME", score=score)
            kept += [*mentions[done:first], date]
            done = behind
    return [*kept, *mentions[done:]]
