"""A flag as another hand draws it: packages of drawings differ in proportions, emblems, shades and detail."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

EMBLEM_TRIES: Final = 10
PLAIN: Final = 24.0
"""Colours that differ by less, of 255, are one."""
Chance = np.random.Generator
Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""


def redrawn(image: Image.Image, chance: Chance) -> Image.Image:
    """As another hand draws it: parts wider or narrower, emblems larger or smaller, each hue in another shade, fine
    detail left out.
    """
    if chance.random() < 0.5:
        image = Image.fromarray(np.asarray(image)[_uneven(image.height, chance)][:, _uneven(image.width, chance)])
    if chance.random() < 0.5:
        image = emblem_moved(image, chance)
    if chance.random() < 0.4:
        image = _bulged(image, chance)
    if chance.random() < 0.7:
        image = _reshaded(image, chance)
    if chance.random() < 0.4:
        image = _simplified(image, chance)
    return image


def emblem_moved(image: Image.Image, chance: Chance) -> Image.Image:
    """What stands on a plain field, where chance hits upon it, drawn smaller or larger and a little elsewhere."""
    pixels = np.asarray(image)[..., :3].astype(np.float32)
    height, width = pixels.shape[:2]
    for _ in range(EMBLEM_TRIES):
        start = int(chance.integers(4, height - 4)), int(chance.integers(4, width - 4))
        found = on_plain_field(pixels, start)
        if found:
            return _emblem_placed(image, *found, chance)
    return image


def on_plain_field(pixels: NDArray[np.float32], start: tuple[int, int]) -> tuple[Box, NDArray[np.float32]] | None:
    """The box around a place that grows until it has a plain edge, and the edge's colour.

    ``None`` where it grows out of the picture, or has nothing in it.
    """
    height, width = pixels.shape[:2]
    top, left, bottom, right = start[0] - 3, start[1] - 3, start[0] + 3, start[1] + 3
    grown = False
    while top >= 0 and left >= 0 and bottom < height and right < width:
        box = pixels[top : bottom + 1, left : right + 1]
        sides = box[0], box[:, 0], box[-1], box[:, -1]
        field = np.median(np.concatenate(sides), axis=0)
        up, west, down, east = (bool((np.abs(side - field).max(axis=1) > PLAIN).any()) for side in sides)
        if not (up or west or down or east):
            return ((left, top, right, bottom), field) if grown else None
        top, left, bottom, right = top - 2 * up, left - 2 * west, bottom + 2 * down, right + 2 * east
        grown = True
    return None


def _emblem_placed(image: Image.Image, box: Box, field: NDArray[np.float32], chance: Chance) -> Image.Image:
    """The part in a box in another size on its field, about where it was."""
    left, top, right, bottom = box
    part, (wide, tall) = image.crop(box), (right - left, bottom - top)
    scale = float(np.exp(chance.uniform(np.log(0.5), np.log(1.25))))
    size = max(4, round(wide * scale)), max(4, round(tall * scale * chance.uniform(0.85, 1.15)))
    across, down = (int(chance.uniform(-0.15, 0.15) * length) for length in (wide, tall))
    done = image.copy()
    done.paste((*(int(value) for value in np.rint(field)), 255), box)
    corner = left + (wide - size[0]) // 2 + across, top + (tall - size[1]) // 2 + down
    done.paste(part.resize(size, Image.Resampling.BILINEAR), corner)
    return done


def _bulged(image: Image.Image, chance: Chance) -> Image.Image:
    """A round part of it magnified, or made smaller, and less so the farther from the part's middle."""
    height, width = image.height, image.width
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    down, across = rows - height * chance.uniform(0.25, 0.75), columns - width * chance.uniform(0.2, 0.8)
    distance = np.hypot(down, across) / (height * chance.uniform(0.25, 0.7))
    moved = np.minimum(1.0, np.maximum(distance, 1e-3)) ** chance.uniform(-0.4, 1.0) - 1.0
    sources = (rows + down * moved, height), (columns + across * moved, width)
    places = tuple(np.clip(np.rint(place), 0, length - 1).astype(np.int64) for place, length in sources)
    return Image.fromarray(np.asarray(image)[places])


def _simplified(image: Image.Image, chance: Chance) -> Image.Image:
    """Drawn with fewer strokes: at few pixels, and at times in few colours."""
    side = int(chance.integers(14, 36))
    small = image.resize((round(side * 1.3), side), Image.Resampling.BOX)
    if chance.random() < 0.5:
        few = small.convert("RGB").quantize(int(chance.integers(4, 10))).convert("RGBA")
        few.putalpha(small.getchannel("A"))
        small = few
    return small.resize(image.size, Image.Resampling.BILINEAR)


def _uneven(length: int, chance: Chance) -> NDArray[np.int64]:
    """Places along an axis, in order, some parts passed faster than others."""
    knots = np.concatenate([[0.0], np.cumsum(np.exp(chance.normal(0, 0.25, 5)))])
    places = np.interp(np.linspace(0, 1, length), np.linspace(0, 1, len(knots)), knots / knots[-1] * (length - 1))
    return np.rint(places).astype(np.int64)


def _reshaded(image: Image.Image, chance: Chance) -> Image.Image:
    """Hues shifted, and made paler or darker, by amounts that go smoothly around the wheel; white and black stay."""
    hue, saturation, value = (np.asarray(part, np.float32) for part in image.convert("RGB").convert("HSV").split())
    wheel = np.linspace(0, 255, 9)

    def around(spread: float) -> NDArray[np.float32]:
        knots = chance.normal(0, spread, 8)
        table = np.interp(np.arange(256), wheel, np.append(knots, knots[0])).astype(np.float32)
        return table[hue.astype(np.uint8)]

    coloured = saturation / 255
    shifted = (hue + around(10.0)) % 256
    parts = (shifted, saturation * (1 + around(0.25)), value * (1 + around(0.22) * coloured))
    bands = [Image.fromarray(np.clip(part, 0, 255).astype(np.uint8)) for part in parts]
    done = Image.merge("HSV", bands).convert("RGB").convert("RGBA")
    done.putalpha(image.getchannel("A"))
    return done
