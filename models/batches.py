"""Training examples in batches of like length, so that little is wasted on padding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from graphwright.models.arrays import Arrays, encoder_inputs, padded, relation_inputs
from graphwright.models.examples import Example
from graphwright.models.relation_labels import UNKNOWN


def by_length(lengths: Sequence[int], pieces: int, seed: int) -> Iterator[list[int]]:
    """Shuffled batches of places in ``lengths``, at most ``pieces`` padded pieces in each (but one place at least)."""
    random = np.random.default_rng(seed)
    noise = random.uniform(0.85, 1.15, len(lengths))
    batches: list[list[int]] = [[]]
    longest = 0
    for place in sorted(range(len(lengths)), key=lambda n: (lengths[n] * noise[n], n)):
        longest = max(longest, lengths[place])
        if batches[-1] and longest * (len(batches[-1]) + 1) > pieces:
            batches.append([])
            longest = lengths[place]
        batches[-1].append(place)
    for number in random.permutation(len(batches)):
        if batches[number]:
            yield batches[number]


def training_batch(examples: Sequence[Example]) -> Arrays:
    """A batch with its targets: "allowed" (tags), and where all examples have relations "types" and "evidence"."""
    arrays = encoder_inputs([example.pieces for example in examples])
    arrays["allowed"] = padded([example.allowed for example in examples], 1)
    if all(example.relations is not None for example in examples):
        arrays |= relation_batch(examples)
    return arrays


def relation_batch(examples: Sequence[Example]) -> Arrays:
    """The relation networks' inputs but for the states, and their targets."""
    features = [example.relations for example in examples if example.relations is not None]
    arrays = relation_inputs(features, [len(example.pieces) for example in examples])
    arrays["types"] = padded([example.types for example in examples], UNKNOWN)
    arrays["evidence"] = padded([example.evidence for example in examples], 0)
    return arrays
