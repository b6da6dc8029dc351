"""A pair of entities in both directions: what holds of (A, B) says what holds of (B, A), so two answers become one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from graphwright.models.classifiers.examples import Examples, Text
from graphwright.models.classifiers.texts import HEAD, TAIL

_OTHER = dict(zip((*HEAD, *TAIL), (*TAIL, *HEAD), strict=True))


def reversed_text(text: Text) -> Text:
    """The text of the same two entities with head and tail exchanged; their parts go by the text and stay."""
    return replace(text, tokens=tuple(_OTHER.get(token, token) for token in text.tokens))


def converses(examples: Examples, labels: Sequence[str]) -> tuple[int, ...]:
    """For each label the place of the one that most often holds of the reversed pairs, such as "owned by" of "owns".

    Empty where that is not mutual for every label: a data set that states each fact in one direction alone says nothing
    of the other.
    """
    if examples.kind != "pairs":
        return ()
    stated = defaultdict(set)
    for text, label in zip(examples.items, examples.labels, strict=True):
        stated[text].add(label)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for text, mine in stated.items():
        for label in sorted(mine):
            counts[label].update(sorted(stated.get(reversed_text(text), ())))
    best = {label: min(found, key=lambda other: (-found[other], other)) for label, found in counts.items() if found}
    mutual = all(best.get(best.get(label, "")) == label for label in labels)
    return tuple(labels.index(best[label]) for label in labels) if mutual else ()
