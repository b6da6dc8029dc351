"""Pictures that show neither flag nor logo, drawn by chance: skies, textures, blobs, charts, writing, maps, stripes.

They are what documents hold besides, as far as code can draw it; stripes and crosses of colours that no flag has are
there so that not everything striped is a flag.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from graphwright.models.pictures.augmenting import Chance, colour, page, slope, spoiled, write

LOW, HIGH = 48, 128


def drawn_negative(chance: Chance) -> NDArray[np.uint8]:
    """A picture of none of what the network names. Shape: uint8 (SIZE, SIZE, 3)."""
    width, height = (int(value) for value in chance.integers(LOW, HIGH, 2))
    draw = MAKERS[chance.choice(len(MAKERS), p=WEIGHTS)]
    return spoiled(draw((width, height), chance), chance)


def clouds(size: tuple[int, int], chance: Chance) -> Image.Image:
    """Noise whose power falls with its frequency, as that of photographs does, in related colours."""
    width, height = size
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None, :])
    fall = 1.0 / np.maximum(frequency, 1.0 / max(size)) ** chance.uniform(0.8, 1.8)
    layers = [_noise(fall, chance) for _ in range(3)]
    mix = np.eye(3) * chance.uniform(0.1, 1.0) + chance.uniform(-0.4, 0.8, (3, 3)) + 0.5
    values = np.stack(layers, axis=-1) @ mix
    values = (values - values.mean()) / max(1e-6, float(values.std())) * chance.uniform(25, 70)
    return Image.fromarray(np.clip(values + chance.uniform(60, 200, 3), 0, 255).astype(np.uint8))


def scene(size: tuple[int, int], chance: Chance) -> Image.Image:
    """A sky over ground, with things in front."""
    width, height = size
    image = slope(size, colour(chance), colour(chance), chance)
    ground = clouds(size, chance)
    horizon = int(height * chance.uniform(0.3, 0.8))
    image.paste(ground.crop((0, 0, width, height - horizon)), (0, horizon))
    return _blobs(image, int(chance.integers(0, 9)), chance)


def blobs(size: tuple[int, int], chance: Chance) -> Image.Image:
    """Round things of any colours before a texture."""
    return _blobs(clouds(size, chance), int(chance.integers(2, 14)), chance)


def chart(size: tuple[int, int], chance: Chance) -> Image.Image:
    """Bars, a line or a cake, with axes."""
    image = Image.new("RGB", size, tuple(int(value) for value in chance.integers(225, 256, 3)))
    draw, (width, height) = ImageDraw.Draw(image), size
    kind, count = chance.integers(3), int(chance.integers(3, 12))
    if kind == 2:
        edges = np.concatenate([[0], np.cumsum(chance.dirichlet(np.ones(count)))]) * 360
        box = (width * 0.15, height * 0.15, width * 0.85, height * 0.85)
        for start, end in pairwise(edges.tolist()):
            draw.pieslice(box, start, end, fill=colour(chance), outline=(255, 255, 255))
        return image
    heights = chance.uniform(0.1, 0.95, count) * height
    lefts = np.linspace(width * 0.1, width * 0.95, count + 1)
    fill = colour(chance)
    if kind == 0:
        for left, right, tall in zip(lefts[:-1], lefts[1:], heights, strict=True):
            draw.rectangle((left, height - tall, max(left + 1, right - 2), height - 2), fill=fill)
            fill = colour(chance) if chance.random() < 0.3 else fill
    else:
        points = [(float(x), float(height - y)) for x, y in zip(lefts[:-1], heights, strict=True)]
        draw.line(points, fill=fill, width=int(chance.integers(1, 4)))
    draw.line((width * 0.08, 2, width * 0.08, height - 2, width - 2, height - 2), fill=(60, 60, 60))
    return image


def writing(size: tuple[int, int], chance: Chance) -> Image.Image:
    """A stretch of text, or a word in large letters."""
    image = page(size, chance)
    write(image, chance)
    if chance.random() < 0.5:
        letters = "".join(chr(int(code)) for code in chance.integers(65, 91, int(chance.integers(1, 9))))
        ImageDraw.Draw(image).text(
            (size[0] * 0.08, size[1] * 0.3), letters, fill=colour(chance), font_size=float(chance.uniform(12, 48))
        )
    return image


def patchwork(size: tuple[int, int], chance: Chance) -> Image.Image:
    """Areas with borders, as maps have them."""
    width, height = size
    count = int(chance.integers(4, 22))
    seeds = chance.uniform(0, 1, (count, 2)) * (height, width)
    rows, columns = np.mgrid[0:height, 0:width]
    nearest = ((rows[..., None] - seeds[:, 0]) ** 2 + (columns[..., None] - seeds[:, 1]) ** 2).argmin(axis=-1)
    base = np.asarray(colour(chance), np.float32)
    fills = np.clip(base + chance.normal(0, chance.uniform(10, 80), (count, 3)), 0, 255).astype(np.uint8)
    values = fills[nearest]
    edge = (nearest != np.roll(nearest, 1, 0)) | (nearest != np.roll(nearest, 1, 1))
    values[edge] = chance.integers(0, 255, 3)
    return Image.fromarray(values)


def stripes(size: tuple[int, int], chance: Chance) -> Image.Image:
    """Stripes, crosses or discs of any colours."""
    width, height = size
    image = Image.new("RGB", size, colour(chance))
    draw, count = ImageDraw.Draw(image), int(chance.integers(2, 9))
    lying = chance.random() < 0.5
    edges = np.sort(chance.uniform(0, 1, count))
    for edge in edges:
        box = (0, edge * height, width, height) if lying else (edge * width, 0, width, height)
        draw.rectangle(box, fill=colour(chance))
    if chance.random() < 0.3:
        middle, reach = chance.uniform(0.2, 0.8, 2) * size, chance.uniform(0.1, 0.4) * min(size)
        draw.ellipse((*(middle - reach), *(middle + reach)), fill=colour(chance))
    return image.rotate(float(chance.normal(0, 25))) if chance.random() < 0.3 else image


def plain(size: tuple[int, int], chance: Chance) -> Image.Image:
    """One colour, or a slope."""
    return page(size, chance) if chance.random() < 0.5 else slope(size, colour(chance), colour(chance), chance)


Maker = Callable[[tuple[int, int], Chance], Image.Image]
MAKERS: Final[tuple[Maker, ...]] = (clouds, scene, blobs, chart, writing, patchwork, stripes, plain)
WEIGHTS: Final = (0.16, 0.22, 0.16, 0.14, 0.12, 0.1, 0.05, 0.05)


def _blobs(image: Image.Image, count: int, chance: Chance) -> Image.Image:
    draw, (width, height) = ImageDraw.Draw(image), image.size
    for _ in range(count):
        x, y = chance.uniform(0, width), chance.uniform(0, height)
        wide, tall = chance.uniform(0.05, 0.4) * width, chance.uniform(0.05, 0.4) * height
        shape = draw.ellipse if chance.random() < 0.6 else draw.rectangle
        shape((x - wide, y - tall, x + wide, y + tall), fill=colour(chance))
    return image.filter(ImageFilter.GaussianBlur(float(chance.uniform(0, 2.5))))


def _noise(fall: NDArray[np.float64], chance: Chance) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.fft.ifft2(np.fft.fft2(chance.normal(size=fall.shape)) * fall).real
    return found / max(1e-9, float(found.std()))
