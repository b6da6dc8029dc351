"""Facts found in texts of many kinds that nobody learned from: ``python tests/unseen_quality.py [NETWORK]``.

``unseen_texts.yaml`` has news, obituaries, entries, letters and other texts, each with all of its facts of some 45
properties. Told is how many of the facts that the program states (with a probability of 0.3, 0.5, 0.7 and more) are
true, and how many of the true ones it states.
"""

from __future__ import annotations

import sqlite3  # noqa: F401 (before TensorFlow, which brings an older library of the same name)
import sys
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import yaml

from graphwright.models.shipped import load_annotator
from graphwright.pipeline.records import Annotated, make_document
from graphwright.pipeline.schema import Schema, load_schema

TEXTS = Path(__file__).with_name("unseen_texts.yaml")
BARS = (0.3, 0.5, 0.7)
BESIDES = frozenset({"P17", "P27", "P131"})
"""Where things are and what country they belong to is held against nobody: much of it is true and not said."""
ARTICLES = ("The ", "the ")
Fact = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Unseen:
    """A text with its facts as (subject, property, object), and those that count neither way."""

    name: str
    text: str
    facts: frozenset[Fact]
    open: frozenset[Fact]


@dataclass(frozen=True, slots=True)
class Count:
    """How many facts were stated rightly and wrongly, and how many were not found."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.right + self.missed, 1)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(2 * self.right + self.wrong + self.missed, 1)


def unseen_texts(schema: Schema) -> Iterator[Unseen]:
    """All texts of the file."""
    for item in yaml.safe_load(TEXTS.read_text(encoding="utf-8")):
        facts, doubtful = (frozenset(_facts(item[key], schema)) for key in ("facts", "open"))
        yield Unseen(item["name"], item["text"], facts, doubtful)


def _facts(lines: Sequence[str], schema: Schema) -> Iterator[Fact]:
    for line in lines:
        head, name, tail = line.split(" | ")
        yield _one_way((_bare(head), name, _bare(tail)), schema)


def _bare(name: str) -> str:
    return name[4:] if name.startswith(ARTICLES) else name


def _one_way(fact: Fact, schema: Schema) -> Fact:
    """Of two directions of a symmetric property one."""
    head, name, tail = fact
    return (tail, name, head) if schema.property(name).symmetric and tail < head else fact


def counted(unseen: Unseen, found: Annotated, bar: float, asked: Set[str], schema: Schema) -> Count:
    """What was found of a text with at least the probability ``bar``. A thing is who one of its names says it is."""
    names = {e.id: sorted({_bare(unseen.text[m.start : m.end]) for m in e.mentions}) for e in found.entities}
    right: set[Fact] = set()
    wrong: set[Fact] = set()
    for relation in found.relations or ():
        if relation.score < bar or relation.type not in asked or relation.assertion != "asserted":
            continue
        pairs = product(names[relation.head], names[relation.tail])
        says = [_one_way((head, relation.type, tail), schema) for head, tail in pairs]
        right.update(unseen.facts.intersection(says))
        if unseen.facts.union(unseen.open).isdisjoint(says) and relation.type not in BESIDES:
            wrong.add(min(says))
    return Count(len(right), len(wrong), len(unseen.facts - right))


def totals(network: str = "committee", bars: Sequence[float] = BARS) -> Mapping[float, Count]:
    """Bar -> what a network states of all texts, of properties that some text has a fact of."""
    schema = load_schema()
    texts = list(unseen_texts(schema))
    asked = {name for unseen in texts for _, name, _ in unseen.facts}
    documents = (make_document(unseen.name, unseen.text) for unseen in texts)
    found = list(load_annotator(network=network, schema=schema).annotate(documents))
    return {
        bar: sum((counted(*each, bar, asked, schema) for each in zip(texts, found, strict=True)), Count())
        for bar in bars
    }


if __name__ == "__main__":
    for bar, count in totals(*sys.argv[1:2]).items():
        print(f"{bar:.1f} precision {count.precision:.3f} recall {count.recall:.3f} F1 {count.f1:.3f} {count}")
