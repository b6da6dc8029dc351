"""What every source of a knowledge base is turned into: portions, each a part of what is known of one entity."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]
DEFAULT_COLUMNS: Mapping[str, str] = {
    name: name for name in ("id", "label", "aliases", "types", "coarse", "claims", "count", "wikipedia")
}
SEPARATOR = "|"
# Zeros in front of four digits: dumps of 2015 wrote the year 1952 as +00000001952.
_YEAR = re.compile(r"[+-]?0*(\d{4})")
MESSAGES = 20


@dataclass(frozen=True, slots=True)
class Portion:
    """Part of an entity: ``names`` are (name, 0 preferred or 1 other, times seen), claims (property, object).

    ``title`` is an English Wikipedia title: what a portion without an id (0) is joined by.
    """

    id: int
    names: tuple[tuple[str, int, int], ...] = ()
    label: str = ""
    types: tuple[str, ...] = ()
    claims: tuple[tuple[int, int], ...] = ()
    popularity: float = 0.0
    population: int = 0
    year: int = 0
    title: str = ""


@dataclass(slots=True)
class Problems:
    """What could not be used: counted, and the first few named. ``complete`` is false where an input was cut short."""

    bad: int = 0
    complete: bool = True
    messages: list[str] = field(default_factory=list)

    def add(self, where: str, reason: str) -> None:
        self.bad += 1
        if len(self.messages) < MESSAGES:
            self.messages.append(f"{where}: {reason}")

    def cut(self, where: str, reason: str) -> None:
        self.complete = False
        self.messages.append(f"{where}: {reason}; what was read before is kept")


@dataclass(frozen=True, slots=True)
class Options:
    """``languages`` of names; ``columns``: our field -> the source's column; ``relations``: label -> property."""

    languages: tuple[str, ...] = ("en",)
    columns: Mapping[str, str] = field(default_factory=lambda: DEFAULT_COLUMNS)
    relations: Mapping[str, str] = field(default_factory=dict)


def number(id: Any, letter: str = "Q") -> int:
    """The number of an id. Raises ``ValueError`` where it is none.

    >>> number("Q90")
    90
    """
    text = str(id)
    if text[:1] != letter or not (text[1:].isascii() and text[1:].isdigit()) or len(text) > 12:
        raise ValueError(f"wanted an id such as {letter}42; received {text[:40]!r}")
    return int(text[1:])


def year_of(value: Any) -> int:
    """The year of a date, 0 where there is none.

    >>> year_of("1987-05-01"), year_of("+00000001952-03-11T00:00:00Z")
    (1987, 1952)
    """
    found = _YEAR.match(str(value or ""))
    return int(found[1]) if found else 0
