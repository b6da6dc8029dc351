"""Countries by their adjectives: what a text says of a name by calling it, or somebody near it, Norwegian."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from graphwright.pipeline.names import normalise

NAMED_WITH = 0
"""The property of a claim that is no fact: texts name the subject together with that country and no other."""
_FORMS = Path(__file__).parent / "forms.csv"
_SHORTEST = 4
_CONTINENTS = frozenset({"Q15", "Q46", "Q48"})


@cache
def nationalities() -> Mapping[str, int]:
    """Adjectives and words for inhabitants, in normal form, each with the number of its country's id."""
    found: dict[str, int] = {}
    with _FORMS.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            forms = (form for form in row["aliases"].split("|") if len(form) >= _SHORTEST and form[-1] != ".")
            if row["id"] not in _CONTINENTS:
                found |= {normalise(form): int(row["id"][1:]) for form in forms}
    return found
