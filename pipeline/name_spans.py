"""From the spans that a tagger marks to names: whole words on one line, firms whole, no two that overlap."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from graphwright.pipeline.names import TITLES
from graphwright.pipeline.records import Mention, Span


def whole_words(text: str, start: int, end: int) -> Span:
    """Widen a span that ends within a word to the word's ends; letters and digits make a word."""
    while start > 0 and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end


def within_lines(text: str, start: int, end: int) -> Iterator[Span]:
    """The parts of a span that lie on one line each: no name goes on across a paragraph's end.

    A title that is a part by itself ("Ada Lovelace", and below "Dr. Lovelace") names nobody.
    """
    lines = list(re.finditer(r"[^\n]*[^\s]", text[start:end]))
    for line in lines:
        words = line.group().split()
        if len(lines) == 1 or not all(word.rstrip(".").lower() in TITLES for word in words):
            lead = len(line.group()) - len(line.group().lstrip())
            yield start + line.start() + lead, start + line.end()


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
