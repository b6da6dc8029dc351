"""Which entities a knowledge base is to keep: by coarse label, or by class and all classes below it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from graphwright.pipeline.errors import ConfigurationError
from graphwright.pipeline.kb.blocks import Integers
from graphwright.pipeline.kb.portions import number

COARSE = ("PER", "ORG", "LOC", "MISC", "TIME", "NUM")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Entities with one of these labels, or of one of these classes; all where both are empty."""

    labels: frozenset[str] = frozenset()
    classes: frozenset[int] = frozenset()

    def keeps(self, label: str, classes: Sequence[int]) -> bool:
        return not (self.labels or self.classes) or label in self.labels or not self.classes.isdisjoint(classes)


def wanted_of(types: Collection[str], above: Integers) -> Wanted:
    """``types`` are labels and ids of classes; ``above`` holds claims of subclasses as (class, class above).

    Raises ``ConfigurationError`` for what is neither.
    """
    check_types(types)
    labels = frozenset(types) & frozenset(COARSE)
    return Wanted(labels, _below({number(name) for name in types if name not in labels}, above))


def check_types(types: Collection[str]) -> None:
    for name in types:
        if name not in COARSE and not re.fullmatch(r"Q\d{1,11}", name):
            known = ", ".join(COARSE[:4])
            raise ConfigurationError(f"wanted a type of entities ({known}, or a class such as Q5); received {name!r}")


def check_languages(languages: Collection[str]) -> None:
    for code in languages:
        if not re.fullmatch(r"[a-z]{2,8}(-[a-z0-9]+)*", code):
            raise ConfigurationError(
                f"wanted the code of a language, such as en or pt-br; received {code!r}: give each its own --language"
            )


def _below(classes: set[int], above: Integers) -> frozenset[int]:
    """The classes and all that are below them, however far."""
    found = new = np.array(sorted(classes), np.int64)
    while len(new):
        lower = np.unique(above[np.isin(above[:, 1], new), 0])
        new = np.setdiff1d(lower, found)
        found = np.union1d(found, new)
    return frozenset(found.tolist())
