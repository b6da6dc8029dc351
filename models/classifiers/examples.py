"""Labelled examples of one data set, and how they are parted for learning, validation and test."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.identity import content_hash

Kind = Literal["pictures", "texts", "pairs", "arrays"]
NONE = "none"
"""The label of a pair of entities of which no relation is said."""
EVERY, VALIDATION, TEST = 10, 4, 9
"""Of every ten examples of a class one validates and one tests; classes of four and fewer are all learned."""
PARTS = 5
"""Before, first entity, between, second entity, behind: the parts of a text that a pair of entities makes."""


@dataclass(frozen=True, slots=True)
class Text:
    """The tokens of a text, and of each the part that it lies in, from 1; plain texts are of one part."""

    tokens: tuple[str, ...]
    parts: tuple[int, ...]


Items = NDArray[Any] | tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Examples:
    """Examples with their labels. ``groups`` names what must not be parted, such as the pairs of one document.

    Shape: items (examples, ...) of numbers, or as many texts. ``left_out`` counts what could not be read, by reason.
    """

    kind: Kind
    items: Items
    labels: tuple[str, ...]
    names: tuple[str, ...]
    groups: tuple[str, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.labels)


def chosen(examples: Examples, places: Sequence[int]) -> Examples:
    """Some of the examples, in the order of ``places``."""
    items = examples.items
    some: Items = (
        items[np.asarray(places, np.int64)] if isinstance(items, np.ndarray) else tuple(items[p] for p in places)
    )

    def column(values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(values[place] for place in places)

    return replace(
        examples,
        items=some,
        labels=column(examples.labels),
        names=column(examples.names),
        groups=column(examples.groups),
    )


def parted(examples: Examples) -> tuple[Examples, Examples, Examples]:
    """What is learned, what validates, what tests: a function of the examples, whatever their order."""
    role = _roles(examples)
    parts: tuple[list[int], list[int], list[int]] = ([], [], [])
    for place, group in enumerate(examples.groups):
        parts[role[group]].append(place)
    learned, validating, testing = (chosen(examples, places) for places in parts)
    return learned, validating, testing


def _roles(examples: Examples) -> dict[str, int]:
    """Of each group, the number of its part: 0 learns, 1 validates, 2 tests."""
    label: dict[str, str] = {}
    for group, name in zip(examples.groups, examples.labels, strict=True):
        label[group] = min(label.get(group, name), name)
    classes = defaultdict(list)
    for group in sorted(label):
        classes[label[group]].append(group)
    numbers = {VALIDATION: 1, TEST: 2}
    return {group: numbers.get(place % EVERY, 0) for members in classes.values() for place, group in enumerate(members)}


def content_of(examples: Examples) -> str:
    """A hash of all that can be learned from the examples, wherever they lie and in whatever order."""
    pairs = sorted(zip(examples.groups, examples.labels, strict=True))
    return content_hash("examples", examples.kind, *(part for pair in pairs for part in pair))


def checked(examples: Examples, source: str) -> Examples:
    """The examples, if there is anything to tell apart. Raises ``CorpusError``."""
    counts = Counter(examples.labels)
    if len(counts) < 2:
        found = f"only {next(iter(counts))!r} ({len(examples)} examples)" if counts else "no example that can be read"
        raise CorpusError(f"{source}: wanted examples of two classes or more, found {found}; add another class")
    return examples
