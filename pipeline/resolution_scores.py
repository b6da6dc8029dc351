"""How likely two occurrences of one block are the same thing: by names, label and what they occur with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import exp

from graphwright.pipeline.graph import Occurrence
from graphwright.pipeline.names import (
    acronym,
    codes,
    is_acronym,
    normalise,
    organisation_core,
    person_words,
    place_core,
)

_MOST_SHARED = 3
_SPARSE = 2
# Log-odds before any context: of the same full name of several words, of one word, and of less than a full name.
_NAME: Mapping[str, tuple[float, float, float]] = {
    "PER": (0.9, -3.0, -2.5),
    "ORG": (1.0, -0.8, -2.5),
    "LOC": (0.9, -0.5, -3.0),
    "MISC": (1.2, -0.8, -3.0),
}
_SHARED = 1.5
_LONG_NAME = 0.7
_NOTHING_SHARED = -1.2
_SPARSE_CONTEXT = 0.3
_ANCHORED = -2.0


def pair_score(first: Occurrence, second: Occurrence, *, anchored: bool = False) -> tuple[float, tuple[str, ...]]:
    """Probability that two occurrences are one, and the reasons; 0 where labels differ or names contradict.

    ``anchored``: one of them is linked, and the linker has said that the other is not in the knowledge base.
    """
    if first.label != second.label or _contradicting(first, second):
        return 0.0, ("label or name differs",)
    names = _names(first) & _names(second)
    longest = max((len(name.split()) for name in names), default=0)
    several, single, partial = _NAME.get(first.label, _NAME["MISC"])
    if not names and not _related(first, second):
        return 0.0, ("no name in common",)
    shared = sorted(set(first.context) & set(second.context))
    odds = several if longest > 1 else single if longest else partial
    odds += _LONG_NAME * (longest > 2) + _SHARED * min(len(shared), _MOST_SHARED) + _ANCHORED * anchored
    if not shared:
        sparse = min(len(first.context), len(second.context)) <= _SPARSE
        odds += _SPARSE_CONTEXT if sparse and longest > 1 else _NOTHING_SHARED
    reasons = [f"same name {max(names, key=lambda name: (len(name), name))!r}" if names else "related names"]
    reasons += [f"both with {', '.join(shared[:_MOST_SHARED])}"] if shared else ["no context in common"]
    return round(1.0 / (1.0 + exp(-odds)), 6), tuple(reasons)


def _names(item: Occurrence) -> frozenset[str]:
    return frozenset(full_name(name, item.label) for name in (item.name, *item.aliases)) - {""}


@lru_cache(maxsize=65536)
def full_name(name: str, label: str) -> str:
    """A name in the form in which equal names are equal: no titles, legal forms or words for its kind."""
    key = normalise(name)
    if label == "PER":
        return " ".join(person_words(key))
    return organisation_core(key) if label == "ORG" else place_core(key) if label == "LOC" else key


def _contradicting(first: Occurrence, second: Occurrence) -> bool:
    mine, yours = ((item.label, full_name(item.name, item.label)) for item in (first, second))
    return contradict(mine, yours)


def contradict(first: tuple[str, str], second: tuple[str, str]) -> bool:
    """Whether two (label, full name) pairs cannot mean the same: numbers or codes differ, or persons' given names do.

    >>> contradict(("PER", "george w bush"), ("PER", "george h w bush"))
    True
    >>> contradict(("PER", "j smith"), ("PER", "john smith"))
    False
    """
    (label, mine), (other_label, yours) = first, second
    if label != other_label:
        return True
    if codes(mine) != codes(yours):
        return True
    return label == "PER" and _persons_differ(mine.split(), yours.split())


def _persons_differ(mine: list[str], yours: list[str]) -> bool:
    """Same surname, but given or middle names that are neither equal nor initials of each other."""
    if len(mine) < 2 or len(yours) < 2 or mine[-1] != yours[-1]:
        return False
    given, other = mine[:-1], yours[:-1]
    if len(given) != len(other) and min(len(given), len(other)) > 1:
        return True
    return any(not _same_given(a, b) for a, b in zip(given, other, strict=False))


def _same_given(first: str, second: str) -> bool:
    shorter, longer = sorted((first, second), key=len)
    return longer.startswith(shorter) if len(shorter) == 1 else shorter == longer


def _related(first: Occurrence, second: Occurrence) -> bool:
    """Persons with an initial in place of the given name; organisations of which one name is the other's acronym."""
    if first.label == "PER":
        words, others = (full_name(item.name, "PER").split() for item in (first, second))
        return len(words) > 1 and len(others) > 1 and words[-1] == others[-1]
    if first.label == "ORG":
        return _acronyms(first) & _shorts(second) != set() or _acronyms(second) & _shorts(first) != set()
    return False


def _acronyms(item: Occurrence) -> set[str]:
    return {acronym(name) for name in (item.name, *item.aliases)} - {""}


def _shorts(item: Occurrence) -> set[str]:
    return {normalise(name) for name in (item.name, *item.aliases) if is_acronym(name)}
