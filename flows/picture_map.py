"""A page that shows where a network looked in a picture: warm where it speaks for what it is said to show."""

from __future__ import annotations

import base64
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import jinja2
import numpy as np
from PIL import Image

from graphwright.flows.deciding_pixels import DecidingPixels
from graphwright.pipeline.errors import StoreError

WARM = (235, 60, 30)
MOST = 190
"""Opacity of the warmest place, of 255."""
SHOWN = 480
"""Pixels on the longer side."""


def write_picture_map(decided: DecidingPixels, title: str, path: Path) -> None:
    """Write the page. Raises ``StoreError`` where the file cannot be written."""
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = files("graphwright.flows").joinpath("picture_map.html.jinja").read_text(encoding="utf-8")
    large = _large(decided.picture)
    page = environment.from_string(template).render(
        title=title,
        source=decided.source,
        page=decided.page,
        picture=_inline(large),
        map=_inline(warmed(large, decided)),
    )
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror or error}); choose another file") from None


def warmed(picture: Image.Image, decided: DecidingPixels) -> Image.Image:
    """The picture under its map."""
    shares = np.asarray(decided.rows, np.float32)
    small = Image.fromarray((MOST * shares).astype(np.uint8))
    veil = Image.new("RGBA", picture.size, (*WARM, 0))
    veil.putalpha(small.resize(picture.size, Image.Resampling.BICUBIC))
    whole = picture.convert("RGBA")
    whole.alpha_composite(veil)
    return whole.convert("RGB")


def _large(picture: Image.Image) -> Image.Image:
    scale = SHOWN / max(picture.size)
    return picture.resize((max(1, round(picture.width * scale)), max(1, round(picture.height * scale))))


def _inline(picture: Image.Image) -> str:
    data = BytesIO()
    picture.save(data, "PNG")
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()
