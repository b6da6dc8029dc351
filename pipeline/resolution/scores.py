"""How likely two occurrences of one block are the same thing: by names, label and what they occur with."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from math import exp
from pathlib import Path
from typing import NamedTuple, Self

from graphwright.pipeline.errors import ConfigurationError
from graphwright.pipeline.graph import Occurrence
from graphwright.pipeline.names import (
    acronym,
    codes,
    generation,
    is_acronym,
    legal_home,
    normalise,
    organisation_core,
    person_words,
    place_core,
)
from graphwright.pipeline.resolution.context import WORD_MARK

FORMAT = 1
MERGE_AT = 0.8
SHIPPED_MERGING = Path(__file__).parents[1] / "kb" / "merging.json"
NAME_ALONE = "nothing but the name in common"
"""The reason that never merges by itself, however likely: two documents may speak of namesakes."""
ONE_WORD = "one word of a person's name, and little else, in common"
"""So does not this: a surname or a title says of nobody who it is."""
SHORT_NAME = "only a short form of longer names that differ, and little else, in common"
"""Nor this: many organisations share an acronym or a first word."""
UNPROVEN = frozenset((NAME_ALONE, ONE_WORD, SHORT_NAME))
LABELS = ("PER", "ORG", "LOC", "MISC")
KINDS = ("several words", "single word", "part")
FEATURES = (
    *(f"{label} {kind}" for label in LABELS for kind in KINDS),
    *("long name", "shared ids", "shared names", "shared words", "any shared", "much, none shared"),
)
_MOST_SHARED, _MOST_WORDS, _MUCH, _ORDINARY = 3, 4, 6, 2
_ANCHORED = -5.0


def pair_score(first: Occurrence, second: Occurrence, *, anchored: bool = False) -> tuple[float, tuple[str, ...]]:
    """Probability that two occurrences are one, and the reasons; 0 where labels differ or names contradict.

    A logistic regression over ``pair_features``, trained on documents whose ids were hidden.
    ``anchored``: one of them is linked, and the linker has said that the other is not in the knowledge base.
    """
    features = pair_features(first, second)
    if features is None:
        return 0.0, ("label or name differs",)
    odds = sum(weight * value for weight, value in zip(merging_weights(), features, strict=True)) + _ANCHORED * anchored
    names = _names(first) & _names(second)
    reason = f"same name {max(names, key=lambda name: (len(name), name))!r}" if names else "related names"
    return round(1.0 / (1.0 + exp(-odds)), 6), (reason, _common(first, second, names))


def is_proven(score: float, reasons: Iterable[str]) -> bool:
    """Whether a pair merges by itself, unless something speaks against it."""
    return score >= MERGE_AT and UNPROVEN.isdisjoint(reasons)


class Surroundings(NamedTuple):
    """What an occurrence occurs with, and whether much else is known of it."""

    context: frozenset[str]
    is_much: bool

    @classmethod
    def of(cls, item: Occurrence) -> Self:
        return cls(frozenset(item.context), len(_others(item)) >= _MUCH)


def cannot_prove(first: Surroundings, second: Surroundings) -> bool:
    """Whether a pair has too little in common for ``is_proven``, as far as that is soon known."""
    return first.is_much and second.is_much and first.context.isdisjoint(second.context)


def pair_features(first: Occurrence, second: Occurrence) -> tuple[float, ...] | None:
    """What a pair is judged by, in the order of ``FEATURES``; ``None`` where the two cannot be one."""
    if first.label != second.label or first.label not in LABELS or _contradicting(first, second):
        return None
    names = _names(first) & _names(second)
    longest = _longest(names)
    if not names and not _related(first, second):
        return None
    kind = 0 if longest > 1 else 1 if longest else 2
    others, words = shared_context(first, second)
    ids = sum(other[0] == "Q" and other[1:].isdigit() for other in others)
    much = min(len(_others(item)) for item in (first, second)) >= _MUCH
    return (
        *(float(label == first.label and number == kind) for label in LABELS for number in range(len(KINDS))),
        float(longest > 2),
        float(min(ids, _MOST_SHARED)),
        float(min(len(others) - ids, _MOST_SHARED)),
        float(min(len(words), _MOST_WORDS)),
        float(bool(others)),
        float(much and not others and not words),
    )


def shared_context(first: Occurrence, second: Occurrence) -> tuple[list[str], list[str]]:
    """The entities and the words that both occur with, sorted."""
    shared = sorted(set(first.context) & set(second.context))
    return [item for item in shared if item[0] != WORD_MARK], [item[1:] for item in shared if item[0] == WORD_MARK]


def _common(first: Occurrence, second: Occurrence, names: frozenset[str]) -> str:
    """What two occurrences have in common besides their names; ``NAME_ALONE`` where that is too little.

    People of ordinary names need something, acronyms, and things that one of the two has a longer name for; of all
    others, those of which much else is known.
    """
    others, words = shared_context(first, second)
    longest = _longest(names)
    shortened = [longest < _longest(_names(item)) for item in (first, second)]
    if len(others) < _MOST_SHARED:
        if first.label == "PER" and longest == 1:
            return ONE_WORD
        if first.label != "PER" and names and all(shortened):
            return SHORT_NAME
    if others or words:
        return f"both with {', '.join((others or words)[:_MOST_SHARED])}"
    ordinary = longest <= _ORDINARY if first.label == "PER" else longest == 1 and any(shortened)
    ordinary = ordinary or names <= _shorts(first) & _shorts(second)
    much = min(len(_others(item)) for item in (first, second)) >= _MUCH
    return NAME_ALONE if ordinary or much else "nothing that speaks against it"


def _longest(names: Iterable[str]) -> int:
    """Words of the longest name."""
    return max((len(name.split()) for name in names), default=0)


def _others(item: Occurrence) -> list[str]:
    return [other for other in item.context if other[0] != WORD_MARK]


@lru_cache(maxsize=4)
def merging_weights(path: Path = SHIPPED_MERGING) -> tuple[float, ...]:
    """Raises ``ConfigurationError`` where the file is missing or for other features."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"wanted the weights of merging; cannot read {path} ({error})") from error
    if content.get("format") != FORMAT or content.get("features") != list(FEATURES):
        raise ConfigurationError(f"wanted merging weights of format {FORMAT}; {path} is of another version")
    return tuple(float(weight) for weight in content["weights"])


def _names(item: Occurrence) -> frozenset[str]:
    return frozenset(full_name(name, item.label) for name in (item.name, *item.aliases)) - {""}


@lru_cache(maxsize=65536)
def full_name(name: str, label: str) -> str:
    """A name in the form in which equal names are equal: no titles, legal forms or words for its kind."""
    key = normalise(name)
    if label == "PER":
        return " ".join(person_words(key))
    # Twice: "GmbH & Co. KG" are two forms.
    return organisation_core(organisation_core(key)) if label == "ORG" else place_core(key) if label == "LOC" else key


class Called(NamedTuple):
    """A full name, and what else it tells: a person's generation ("Jr."), the home of a legal form ("GmbH")."""

    label: str
    name: str
    kind: str = ""


@lru_cache(maxsize=65536)
def called(name: str, label: str) -> Called:
    key = normalise(name)
    kind = generation(key) if label == "PER" else legal_home(key) if label == "ORG" else ""
    return Called(label, full_name(name, label), kind)


def _contradicting(first: Occurrence, second: Occurrence) -> bool:
    return contradict(called(first.name, first.label), called(second.name, second.label))


def contradict(first: Called, second: Called) -> bool:
    """Whether two names cannot mean the same: numbers or codes differ, generations, homes, or persons' given names.

    >>> contradict(called("George W. Bush", "PER"), called("George H. W. Bush", "PER"))
    True
    >>> contradict(called("J. Smith", "PER"), called("John Smith Jr.", "PER"))
    False
    """
    if first.label != second.label or codes(first.name) != codes(second.name):
        return True
    if first.kind and second.kind and first.kind != second.kind:
        return True
    return first.label == "PER" and _persons_differ(first.name.split(), second.name.split())


def _persons_differ(mine: list[str], yours: list[str]) -> bool:
    """Same surname, but given or middle names that are neither equal nor initials of each other.

    One given name may be any of the other's: many go by their second one, or by a nickname put in between.
    """
    if len(mine) < 2 or len(yours) < 2 or mine[-1] != yours[-1]:
        return False
    given, other = sorted((mine[:-1], yours[:-1]), key=len)
    if len(given) == 1 and len(given[0]) > 1 and given[0] in other:
        return False
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
