"""Examples as the batches that Keras reads: every example once an epoch, also those of the last, smaller batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from graphwright.models.classifiers.config import ReadConfig
from graphwright.models.classifiers.examples import Items, Text

Arrays = dict[str, NDArray[Any]]
UNKNOWN = 1
"""The number of tokens that were not learned; 0 is padding."""
FIRST = 2
STEP = 8
"""Texts are padded to multiples of it."""
TEXT_INPUTS, BIGRAMS = ("tokens", "parts"), "bigrams"
ENTITIES = (2, 4)
"""The parts of a text that are the entities of a pair."""


def token_numbers(tokens: Sequence[str]) -> dict[str, int]:
    """Tokens -> numbers, in the order given."""
    return {token: number for number, token in enumerate(tokens, FIRST)}


def bigrams_of(tokens: Sequence[str]) -> Iterator[str]:
    """Each token with the next one; tokens hold no space.

    >>> list(bigrams_of(["to", "be", "or"]))
    ['to be', 'be or']
    """
    return map(" ".join, pairwise(tokens))


def text_inputs(read: ReadConfig) -> tuple[str, ...]:
    """The names of a text's inputs."""
    return (*TEXT_INPUTS, BIGRAMS) if read.bigrams else TEXT_INPUTS


def arrays_of(items: Items, places: Sequence[int], numbers: Mapping[str, int], read: ReadConfig) -> Arrays:
    """The inputs of some items.

    Shape: {"numbers": float32 (batch, ...)} or {"tokens", "parts"[, "bigrams"]: int32 (batch, longest)}.
    """
    if isinstance(items, np.ndarray):
        return {"numbers": items[np.asarray(places, np.int64)].astype(np.float32)}
    texts = [_cut(items[place], read.length) for place in places]
    longest = -(-max(len(text.tokens) for text in texts) // STEP) * STEP
    arrays = {name: np.zeros((len(texts), longest), np.int32) for name in text_inputs(read)}
    for row, text in enumerate(texts):
        arrays["tokens"][row, : len(text.tokens)] = [numbers.get(token, UNKNOWN) for token in text.tokens]
        arrays["parts"][row, : len(text.parts)] = text.parts
        if read.bigrams:
            arrays[BIGRAMS][row, : len(text.tokens) - 1] = [numbers.get(pair, 0) for pair in bigrams_of(text.tokens)]
    return arrays


class Shuffled(Protocol):
    """Batches in an order that seed and epoch alone decide, so that a training cut off goes on as it would have."""

    @property
    def targets(self) -> NDArray[np.int64]: ...
    @property
    def classes(self) -> int: ...
    def shuffle(self, seed: int, epoch: int) -> None: ...
    def places(self, number: int) -> list[int]: ...
    def __len__(self) -> int: ...
    def dataset(self) -> tf.data.Dataset: ...


class Batches:
    """Batches of examples that are there; fills ``Shuffled``.

    Shape of each: (inputs as in ``arrays_of``, float32 (batch, classes)), with one 1 in each row.
    """

    def __init__(
        self,
        items: Items,
        targets: NDArray[np.int64],
        classes: int,
        tokens: Sequence[str],
        read: ReadConfig,
        batch: int,
    ) -> None:
        self.items, self.targets, self.classes = items, targets, classes
        self.numbers, self.read, self.batch = token_numbers(tokens), read, batch
        self.order: NDArray[np.int64] = np.arange(len(targets))

    def shuffle(self, seed: int, epoch: int) -> None:
        """Put the examples into the order of an epoch."""
        self.order = np.random.default_rng((seed, epoch)).permutation(len(self.targets))

    def places(self, number: int) -> list[int]:
        """Which examples a batch holds."""
        return [int(place) for place in self.order[number * self.batch : (number + 1) * self.batch]]

    def __len__(self) -> int:
        return -(-len(self.targets) // self.batch)

    def __iter__(self) -> Iterator[tuple[Arrays, NDArray[np.float32]]]:
        for number in range(len(self)):
            places = self.places(number)
            targets = np.eye(self.classes, dtype=np.float32)[self.targets[places]]
            yield arrays_of(self.items, places, self.numbers, self.read), targets

    def dataset(self) -> tf.data.Dataset:
        """The batches as TensorFlow reads them; each pass reads the order of its time."""
        if isinstance(self.items, np.ndarray):
            inputs = {"numbers": tf.TensorSpec((None, *self.items.shape[1:]), tf.float32)}
        else:
            inputs = {name: tf.TensorSpec((None, None), tf.int32) for name in text_inputs(self.read)}
        signature = (inputs, tf.TensorSpec((None, self.classes), tf.float32))
        made = tf.data.Dataset.from_generator(lambda: iter(self), output_signature=signature)
        return made.apply(tf.data.experimental.assert_cardinality(len(self))).prefetch(tf.data.AUTOTUNE)


def _cut(text: Text, length: int) -> Text:
    """A text of at most ``length`` tokens: those at its beginning, or those nearest to the entities of a pair."""
    if len(text.tokens) <= length:
        return text
    near = [place for place, part in enumerate(text.parts) if part in ENTITIES] or [0]
    following = np.searchsorted(near, range(len(text.tokens)))
    distance = [
        min(abs(place - near[n]) for n in (max(f - 1, 0), min(f, len(near) - 1))) for place, f in enumerate(following)
    ]
    kept = sorted(sorted(range(len(distance)), key=lambda place: (distance[place], place))[:length])
    return Text(tuple(text.tokens[place] for place in kept), tuple(text.parts[place] for place in kept))
