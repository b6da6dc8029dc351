"""Cuts: stretches of a text and what takes their place; and where an offset of the text then lies."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from graphwright.pipeline.records import Span


@dataclass(frozen=True, slots=True)
class Cut:
    """``start`` and ``end`` are code points (half-open).

    ``dropped``: nothing of it may come back, not as a pseudonym; ``sure``: a network found it there, not a search.
    """

    start: int
    end: int
    kind: str
    text: str
    dropped: bool
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Cutting:
    """A text with its cuts, which are ordered and apart; ``moved`` says by how much what lies behind each is moved."""

    before: str
    text: str
    cuts: tuple[Cut, ...]
    starts: tuple[int, ...]
    moved: tuple[int, ...]

    def span(self, start: int, end: int) -> Span | None:
        """Where a span lies now: all of each cut that it touches; ``None`` where a cut swallowed it."""
        first, last = self._cut_at(start), self._cut_at(end - 1)
        if first is not None and first == last and (start, end) != (self.cuts[first].start, self.cuts[first].end):
            return None
        low = self._place(start) if first is None else self.starts[first] + self._shift(first)
        high = self._place(end - 1) + 1 if last is None else self.cuts[last].end + self.moved[last]
        return low, high

    def swallows(self, start: int, end: int) -> bool:
        """Whether nothing of a span is left."""
        found = self._cut_at(start)
        return found is not None and end <= self.cuts[found].end

    def touches(self, start: int, end: int) -> bool:
        """Whether a cut takes something of a span."""
        number = bisect_right(self.starts, end - 1) - 1
        return number >= 0 and self.cuts[number].end > start

    def stretch(self, start: int, end: int) -> Span:
        """The same of a span that may shrink to a cut: a sentence, or a page."""
        return self.span(start, end) or self._whole(start)

    def _whole(self, place: int) -> Span:
        found = self._cut_at(place)
        assert found is not None
        return self.starts[found] + self._shift(found), self.cuts[found].end + self.moved[found]

    def _cut_at(self, place: int) -> int | None:
        found = bisect_right(self.starts, place) - 1
        return found if found >= 0 and place < self.cuts[found].end else None

    def _place(self, place: int) -> int:
        return place + self._shift(bisect_right(self.starts, place))

    def _shift(self, number: int) -> int:
        """By how much what lies before the cut of a number is moved."""
        return self.moved[number - 1] if number else 0


def cut(text: str, found: Iterable[Cut]) -> Cutting:
    """Put the cuts' texts in place; cuts that overlap become one, and what would change nothing is none.

    One that holds the others decides what stands there, the sure one first; else the first dropped, else the longest.
    """
    cuts = [item for item in _merged(found) if text[item.start : item.end] != item.text]
    pieces, moved, place, shift = [], [], 0, 0
    for item in cuts:
        pieces += [text[place : item.start], item.text]
        place = item.end
        shift += len(item.text) - (item.end - item.start)
        moved.append(shift)
    pieces.append(text[place:])
    return Cutting(text, "".join(pieces), tuple(cuts), tuple(item.start for item in cuts), tuple(moved))


def _merged(found: Iterable[Cut]) -> list[Cut]:
    groups: list[list[Cut]] = []
    end = -1
    for item in sorted(set(found), key=_order):
        if item.start < end:
            groups[-1].append(item)
        else:
            groups.append([item])
        end = max(end, item.end)
    return [_joined(group) for group in groups]


def _joined(group: Sequence[Cut]) -> Cut:
    start, end = group[0].start, max(item.end for item in group)
    whole = [item for item in group if (item.start, item.end) == (start, end)]
    chosen = (whole or [item for item in group if item.dropped] or sorted(group, key=_length))[0]
    return replace(chosen, start=start, end=end)


def _order(item: Cut) -> tuple[int, int, bool, bool, str, str]:
    return item.start, -item.end, not item.sure, not item.dropped, item.kind, item.text


def _length(item: Cut) -> tuple[int, int, str]:
    return item.start - item.end, item.start, item.text
