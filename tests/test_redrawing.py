"""Flags drawn by another hand: the emblem moves on its field, and all is a function of the generator."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from graphwright.models.pictures.redrawing import emblem_moved, on_plain_field, redrawn

BLUE, GOLD = (10, 20, 120, 255), (240, 200, 20, 255)


def flag(*boxes: tuple[int, int, int, int]) -> Image.Image:
    image = Image.new("RGBA", (160, 120), BLUE)
    for box in boxes:
        ImageDraw.Draw(image).rectangle(box, fill=GOLD)
    return image


def golden(image: Image.Image) -> tuple[int, float, float]:
    """How many pixels are of gold, and where their middle lies."""
    rows, columns = np.nonzero(np.asarray(image)[..., 0] > 125)
    return len(rows), float(columns.mean()), float(rows.mean())


def test_an_emblem_is_drawn_larger_or_smaller_near_where_it_was() -> None:
    before = flag((60, 40, 100, 80))
    size, across, down = golden(before)
    found = [golden(emblem_moved(before, np.random.default_rng(seed))) for seed in range(30)]
    moved = [item for item in found if item != (size, across, down)]
    assert len(moved) > 10
    assert min(item[0] for item in moved) < 0.5 * size
    assert max(item[0] for item in moved) > 1.1 * size
    assert all(abs(item[1] - across) < 12 and abs(item[2] - down) < 12 for item in moved)


@pytest.mark.parametrize("image", [flag(), flag((80, 0, 159, 119))], ids=["plain", "halves"])
def test_stripes_and_plain_fields_have_no_emblem(image: Image.Image) -> None:
    pixels = np.asarray(image)[..., :3].astype(np.float32)
    assert all(on_plain_field(pixels, (row, column)) is None for row in (30, 60) for column in (40, 80, 120))


def test_equal_generators_give_equal_drawings() -> None:
    first, second = (np.asarray(redrawn(flag((60, 40, 100, 80)), np.random.default_rng(5))) for _ in range(2))
    assert first.shape == (120, 160, 4)
    assert np.array_equal(first, second)
