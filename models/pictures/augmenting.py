"""A drawing as documents show it: resized, turned, cropped, on a page or a colour, noisy, compressed, off in colour.

Chance comes from the generator that is handed in alone, so that equal generators give equal pictures.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from graphwright.models.pictures.drawings import Kind
from graphwright.models.pictures.redrawing import redrawn

SIZE: Final = 64
"""Pixels on each side of what the network reads, whatever the picture's proportions."""
FILTERS: Final = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS, Image.Resampling.BOX)
Colour = tuple[int, int, int]
Chance = np.random.Generator
WHITE: Final[Colour] = (255, 255, 255)


def shown(pixels: NDArray[np.uint8], kind: Kind, chance: Chance, *, other_hand: bool = True) -> NDArray[np.uint8]:
    """A drawing as a document shows it; a flag also as if another hand had drawn it, unless another hand did.

    Shape: uint8 (height, width, 4) -> uint8 (SIZE, SIZE, 3).
    """
    image = Image.fromarray(pixels)
    if kind == "logo" and chance.random() < 0.5:
        image = _recoloured(image, chance)
    image = _resized(image, kind, chance)
    if kind == "flag" and other_hand:
        image = redrawn(image, chance)
    image = _turned(image, chance)
    return spoiled(_placed(image, kind, chance), chance)


def spoiled(image: Image.Image, chance: Chance) -> NDArray[np.uint8]:
    """A picture with other brightness, contrast and saturation, blurred, noisy, compressed, at the network's size."""
    for enhance, spread in ((ImageEnhance.Brightness, 0.15), (ImageEnhance.Contrast, 0.15), (ImageEnhance.Color, 0.2)):
        if chance.random() < 0.4:
            image = enhance(image).enhance(1.0 + spread * chance.uniform(-1, 1))
    if chance.random() < 0.25:
        image = image.filter(ImageFilter.GaussianBlur(chance.uniform(0.2, max(image.size) / 80)))
    if chance.random() < 0.4:
        image = _compressed(image, int(chance.integers(30, 95)))
    small = np.asarray(image.resize((SIZE, SIZE), FILTERS[chance.integers(len(FILTERS))]), np.float64)
    if chance.random() < 0.3:
        small = small + chance.normal(0.0, chance.uniform(1, 10), small.shape)
    if chance.random() < 0.3:
        small = small * chance.uniform(0.94, 1.06, 3)
    return np.clip(small, 0, 255).astype(np.uint8)


def page(size: tuple[int, int], chance: Chance) -> Image.Image:
    """What lies behind a picture: mostly white, else paper, a colour, or a slope between two; at times with writing."""
    draw = chance.random()
    if draw < 0.6:
        image = Image.new("RGB", size, WHITE)
    elif draw < 0.85:
        low = int(chance.integers(215, 250))
        image = Image.new("RGB", size, tuple(int(value) for value in chance.integers(low, 256, 3)))
    elif draw < 0.93:
        image = Image.new("RGB", size, colour(chance))
    else:
        image = slope(size, colour(chance), colour(chance), chance)
    if chance.random() < 0.12:
        write(image, chance)
    return image


def slope(size: tuple[int, int], start: Colour, end: Colour, chance: Chance) -> Image.Image:
    """A picture that goes from one colour to another."""
    width, height = size
    angle = chance.uniform(0, 2 * np.pi)
    across = np.linspace(0, 1, width)[None, :] * np.cos(angle) + np.linspace(0, 1, height)[:, None] * np.sin(angle)
    share = ((across - across.min()) / max(1e-6, float(np.ptp(across))))[..., None]
    values = np.asarray(start, np.float32) * (1 - share) + np.asarray(end, np.float32) * share
    return Image.fromarray(values.astype(np.uint8))


def write(image: Image.Image, chance: Chance) -> None:
    """Lines of dashes, as small writing looks."""
    draw, (width, height) = ImageDraw.Draw(image), image.size
    ink = tuple(int(value) for value in chance.integers(0, 110, 3))
    step = max(3, int(height * chance.uniform(0.05, 0.12)))
    for top in range(int(chance.integers(step)), height, step):
        left = int(width * chance.uniform(0, 0.1))
        while left < width * chance.uniform(0.8, 1.0):
            word = int(max(2, step * chance.uniform(0.8, 4)))
            draw.rectangle((left, top, left + word, top + step // 2), fill=ink)
            left += word + max(1, step // 2)


def colour(chance: Chance) -> Colour:
    """Any colour."""
    red, green, blue = (int(value) for value in chance.integers(0, 256, 3))
    return red, green, blue


def _recoloured(image: Image.Image, chance: Chance) -> Image.Image:
    """A logo in black, in white or in any colour; a white one on a plate of the colour that it had."""
    alpha = image.getchannel("A")
    draw = chance.random()
    if draw < 0.4:
        own = _own_colour(image)
        plate = Image.new("RGBA", image.size, (*own, 255))
        plate.paste(Image.new("RGBA", image.size, (*WHITE, 255)), mask=alpha)
        return plate
    ink: Colour = (0, 0, 0) if draw < 0.7 else colour(chance)
    inked = Image.new("RGBA", image.size, (*ink, 0))
    inked.putalpha(alpha)
    return inked


def _own_colour(image: Image.Image) -> Colour:
    values = np.asarray(image)
    inside = values[values[..., 3] > 128][:, :3]
    if not len(inside):
        return 0, 0, 0
    red, green, blue = (int(value) for value in inside.mean(axis=0))
    return red, green, blue


def _resized(image: Image.Image, kind: Kind, chance: Chance) -> Image.Image:
    """At the size that it has in a document, flags also in other proportions."""
    least = 32 if kind == "flag" else 40
    longest = float(np.exp(chance.uniform(np.log(least), np.log(160))))
    stretch = float(np.exp(chance.uniform(-0.4, 0.3))) if kind == "flag" else float(np.exp(chance.normal(0, 0.05)))
    width, height = float(image.width), image.height * stretch
    scale = longest / max(width, height)
    size = max(8, round(width * scale)), max(8, round(height * scale))
    return image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)


def _turned(image: Image.Image, chance: Chance) -> Image.Image:
    if chance.random() < 0.5:
        return image
    angle = float(chance.normal(0, 3)) if chance.random() < 0.8 else float(chance.uniform(-12, 12))
    return image.rotate(angle, Image.Resampling.BILINEAR, expand=True)


def _placed(image: Image.Image, kind: Kind, chance: Chance) -> Image.Image:
    """On what lies behind it, with margins, or cropped a little."""
    width, height = image.size
    most = 0.18 if kind == "flag" else 0.25
    tight = chance.random() < (0.4 if kind == "flag" else 0.15)
    left, top, right, bottom = (0.0,) * 4 if tight else chance.uniform(-0.06, most, 4)
    size = max(8, round(width * (1 + left + right))), max(8, round(height * (1 + top + bottom)))
    behind = page(size, chance)
    if kind == "logo":
        behind = _readable(image, behind)
    corner = round(left * width), round(top * height)
    behind.paste(image.convert("RGB"), corner, image.getchannel("A"))
    if kind == "flag" and chance.random() < 0.15:
        edge = (*corner, corner[0] + width - 1, corner[1] + height - 1)
        ImageDraw.Draw(behind).rectangle(edge, outline=tuple(int(value) for value in chance.integers(0, 200, 3)))
    return behind


def _readable(image: Image.Image, behind: Image.Image) -> Image.Image:
    """White behind a logo that could not be seen before what lay there."""
    own = np.asarray(_own_colour(image), np.float32)
    there = np.asarray(behind.resize((1, 1), Image.Resampling.BOX), np.float32).reshape(3)
    if np.abs(own - there).mean() > 45:
        return behind
    return Image.new("RGB", behind.size, WHITE if own.mean() < 160 else (30, 30, 40))


def _compressed(image: Image.Image, quality: int) -> Image.Image:
    data = BytesIO()
    image.save(data, "JPEG", quality=quality)
    return Image.open(data).convert("RGB")
