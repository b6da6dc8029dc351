"""What the picture network learns and is tested on: drawings of known classes, and pictures of none of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from graphwright.models.classifiers.batches import Arrays
from graphwright.models.pictures.augmenting import SIZE, Chance, shown
from graphwright.models.pictures.classes import Shown
from graphwright.models.pictures.drawings import (
    LEARNED_FLAGS,
    LOGOS,
    TESTED_FLAGS,
    Drawing,
    Kind,
    drawn_otherwise,
    one_flag,
    read_drawings,
    rendered,
    same_design,
)
from graphwright.models.pictures.negatives import drawn_negative

NOTHING: Final = 0
"""The number of "none of these"."""
REDRAWN: Final = 80.0
"""Drawings that differ by more, of 255, are of two flags: of a place, and of the state that it belongs to."""
Group = Literal["flag", "logo", "unknown logo", "drawn"]
SHARES: Final[dict[Group, float]] = {"flag": 0.4, "logo": 0.26, "unknown logo": 0.12, "drawn": 0.22}
"""Of what is learned; in the test of logos and in calibration half is none of the classes."""


@dataclass(frozen=True, slots=True)
class Source:
    """Drawings of one kind with the class (number) of each."""

    kind: Kind
    pixels: tuple[NDArray[np.uint8], ...]
    targets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Drawings:
    """All that is drawn from; the unlinked logos that are learned, calibrate and test are others each.

    ``merged``: slug -> slug of the flag that it is drawn as. ``redrawn`` are those of these that the testing package
    draws as local flags, which were not learned; they are no part of ``tested``.
    """

    classes: tuple[Shown, ...]
    flags: Source
    tested: Source
    logos: Source
    unknown: Source
    calibrating: Source
    strangers: Source
    merged: dict[str, str]
    redrawn: tuple[str, ...]


def load_drawings(folder: Path) -> Drawings:
    """Render everything, about 40 seconds; a class for each flag that looks like no other, and for each linked logo."""
    listed = [item for item in read_drawings(folder) if item.entity or item.kind == "logo"]
    flags = [item for item in listed if item.package == LEARNED_FLAGS]
    flag_pixels = [rendered(item) for item in flags]
    merged = one_flag(flags, flag_pixels)
    logos = [item for item in listed if item.package == LOGOS and item.entity]
    unknown = [item for item in listed if item.package == LOGOS and not item.entity and not _ambiguous(item, logos)]
    entity = {item.slug: item.entity for item in flags}
    known = {item.entity: item for item in (*logos, *flags)}
    kept = sorted({*(entity[merged[item.slug]] for item in flags), *(item.entity for item in logos)})
    numbers = {key: number for number, key in enumerate(kept, 1)}
    of_flag = {slug: numbers[entity[leader]] for slug, leader in merged.items()}
    learned = Source("flag", tuple(flag_pixels), tuple(of_flag[item.slug] for item in flags))
    tested, redrawn = _tested(listed, flags, flag_pixels, of_flag, merged)
    marks = [rendered(item) for item in unknown]
    return Drawings(
        tuple(Shown(known[key].label, known[key].type, key) for key in kept),
        _led(learned, flags, merged),
        tested,
        Source("logo", tuple(map(rendered, logos)), tuple(numbers[item.entity] for item in logos)),
        Source("logo", tuple(marks[0::2]), (NOTHING,) * len(marks[0::2])),
        Source("logo", tuple(marks[1::4]), (NOTHING,) * len(marks[1::4])),
        Source("logo", tuple(marks[3::4]), (NOTHING,) * len(marks[3::4])),
        {slug: leader for slug, leader in sorted(merged.items()) if slug != leader},
        redrawn,
    )


class DrawnBatches:
    """Batches drawn anew in every epoch, a function of seed, epoch and number alone.

    Shape of each: ({"numbers": float32 (batch, SIZE, SIZE, 3)}, float32 (batch, classes)).
    """

    def __init__(self, drawings: Drawings, batch: int, steps: int) -> None:
        self.drawings, self.batch, self.steps = drawings, batch, steps
        self.classes = 1 + len(drawings.classes)
        self.targets = np.arange(self.classes)
        self.seed, self.epoch = 0, 0

    def shuffle(self, seed: int, epoch: int) -> None:
        """Turn to the pictures of an epoch."""
        self.seed, self.epoch = seed, epoch

    def places(self, number: int) -> list[int]:
        """Which batch it is; its pictures have no names."""
        return [number]

    def __len__(self) -> int:
        return self.steps

    def __iter__(self) -> Iterator[tuple[Arrays, NDArray[np.float32]]]:
        for number in range(self.steps):
            chance = np.random.default_rng((self.seed, self.epoch, number))
            groups = chance.choice(list(SHARES), self.batch, p=list(SHARES.values()))
            pairs = [one_of(self.drawings, group, chance) for group in groups]
            targets = np.eye(self.classes, dtype=np.float32)[[target for _, target in pairs]]
            yield {"numbers": np.stack([picture for picture, _ in pairs]).astype(np.float32)}, targets

    def dataset(self) -> tf.data.Dataset:
        """The batches as TensorFlow reads them."""
        signature = (
            {"numbers": tf.TensorSpec((None, SIZE, SIZE, 3), tf.float32)},
            tf.TensorSpec((None, self.classes), tf.float32),
        )
        made = tf.data.Dataset.from_generator(lambda: iter(self), output_signature=signature)
        return made.apply(tf.data.experimental.assert_cardinality(self.steps)).prefetch(4)


def one_of(drawings: Drawings, group: Group, chance: Chance) -> tuple[NDArray[np.uint8], int]:
    """A picture of a group, and its class."""
    if group == "drawn":
        return drawn_negative(chance), NOTHING
    sources = {"flag": drawings.flags, "logo": drawings.logos, "unknown logo": drawings.unknown}
    return one_from(sources[group], chance)


def one_from(source: Source, chance: Chance) -> tuple[NDArray[np.uint8], int]:
    """A picture of any of the source's drawings, and its class."""
    number = int(chance.integers(len(source.pixels)))
    return shown(source.pixels[number], source.kind, chance), source.targets[number]


def some_of(
    source: Source, count: int, seed: int, *, other_hand: bool = True
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """So many pictures of each drawing, as ``shown`` gives them.

    Shape: uint8 (pictures, SIZE, SIZE, 3), int64 (pictures,).
    """
    chance = np.random.default_rng(seed)
    pictures = [
        shown(pixels, source.kind, chance, other_hand=other_hand) for pixels in source.pixels for _ in range(count)
    ]
    return np.stack(pictures), np.repeat(np.asarray(source.targets, np.int64), count)


def _led(source: Source, flags: Sequence[Drawing], merged: dict[str, str]) -> Source:
    """What many places fly counts once; each flag as often as it is drawn, unless somebody draws another one for it."""
    kept = [number for number, item in enumerate(flags) if merged[item.slug] == item.slug]
    pixels, targets = [source.pixels[n] for n in kept], [source.targets[n] for n in kept]
    for number in kept:
        others = [rendered(other) for other in drawn_otherwise(flags[number])]
        same = [other for other in others if same_design(other, source.pixels[number], REDRAWN)]
        pixels += same
        targets += [source.targets[number]] * len(same)
    return Source(source.kind, tuple(pixels), tuple(targets))


def _tested(
    listed: Sequence[Drawing],
    flags: Sequence[Drawing],
    pixels: Sequence[NDArray[np.uint8]],
    of_flag: dict[str, int],
    merged: dict[str, str],
) -> tuple[Source, tuple[str, ...]]:
    learned = {item.slug: drawing for item, drawing in zip(flags, pixels, strict=True)}
    others = [item for item in listed if item.package == TESTED_FLAGS and item.slug in learned]
    drawn = [(item.slug, rendered(item)) for item in others]
    local = {s for s, found in drawn if merged[s] != s and not same_design(found, learned[s], REDRAWN)}
    alike = [(slug, found) for slug, found in drawn if slug not in local]
    redrawn = tuple(sorted(local))
    return Source("flag", tuple(found for _, found in alike), tuple(of_flag[slug] for slug, _ in alike)), redrawn


def _ambiguous(item: Drawing, logos: Sequence[Drawing]) -> bool:
    """Whether an unlinked logo begins as a linked one does (its older or Japanese form): it is no clear stranger."""
    return any(item.slug.startswith(known.slug) or known.slug.startswith(item.slug) for known in logos)
