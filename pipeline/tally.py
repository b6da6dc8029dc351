"""What a node is called, from counts of what its occurrences are called: a hub changes without all of it being read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from graphwright.pipeline.graph import Node, Occurrence
from graphwright.pipeline.identity import wikidata_id

MANY = 8
"""Occurrences of a node from which on its tally is kept; fewer are read as fast."""


@dataclass(slots=True)
class Tally:
    """How many occurrences have each label, each name, and each alias (names are aliases, too)."""

    labels: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    aliases: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many occurrences there are."""
        return self.labels.total()

    @property
    def is_whole(self) -> bool:
        """Whether nothing was taken out that had not been counted."""
        return all(number >= 0 for part in (self.labels, self.names, self.aliases) for number in part.values())

    def add(self, occurrence: Occurrence, times: int = 1) -> None:
        """Count an occurrence; -1 takes it out."""
        self.count(occurrence.label, occurrence.name, occurrence.aliases, times)

    def count(self, label: str, name: str, aliases: Iterable[str], times: int) -> None:
        """Count equal occurrences."""
        self.labels[label] += times
        self.names[name] += times
        for alias in {name, *aliases}:
            self.aliases[alias] += times

    def node(self, id: str) -> Node:
        """The node: the commonest label and name, ties by the smaller string."""
        name = _commonest(self.names)
        aliases = sorted(alias for alias, number in self.aliases.items() if number and alias != name)
        return Node(id, _commonest(self.labels), name, tuple(aliases), wikidata_id(id))

    def text(self) -> str:
        """As JSON, one text for equal tallies."""
        parts = (self.labels, self.names, self.aliases)
        return json.dumps([dict(sorted((+part).items())) for part in parts], ensure_ascii=False)

    @property
    def kept_text(self) -> str | None:
        """The same of what is kept, ``None`` where it is not."""
        return self.text() if self.total >= MANY else None

    @classmethod
    def read(cls, text: str) -> Self:
        """The inverse of ``text``."""
        return cls(*map(Counter, json.loads(text)))


def _commonest(counts: Counter[str]) -> str:
    return min(counts, key=lambda value: (-counts[value], value))
