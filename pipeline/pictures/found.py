"""A picture as it is found in a document, and how its pixels are unpacked without trusting them."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from graphwright.pipeline.records import Box

MOST_PIXELS: Final = 50_000_000
"""A picture of more is refused before it is unpacked: some hundred bytes can unpack to gigabytes."""
MOST_BYTES: Final = 64 * 2**20
LEAST_SIDE: Final = 16
"""Pixels; what is smaller is a bullet or a line."""
SIDE: Final = 256
"""Pixels that are kept on the longer side."""
FORMATS: Final = ("BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")
WHITE: Final = (255, 255, 255, 255)


class PictureError(Exception):
    """A picture that is left out, with the reason in a few words for the ledger."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A picture on its page, not unpacked yet: ``unpack`` gives its pixels or raises ``PictureError``.

    ``hash`` is that of its data as the document holds it. ``box`` is left, top, right and bottom from the upper left
    corner: of the page, in points, where the format lays pages out (PDF); else of the picture itself, in pixels or
    points. ``before`` counts the characters of the text before it that are no white space, ``None`` where the format
    does not say.
    """

    hash: str
    page: int
    box: Box
    unpack: Callable[[], Image.Image]
    before: int | None = None


def data_hash(data: bytes) -> str:
    """A hash of a picture's data."""
    return hashlib.sha256(data).hexdigest()[:32]


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height as the file's head tells them, (0, 0) where it tells none; nothing is unpacked."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data), formats=FORMATS) as opened:
                return opened.size
    except Exception:  # Pillow's readers raise whatever comes up; ``unpacked`` tells of it
        return 0, 0


def unpacked(data: bytes) -> Image.Image:
    """A picture's pixels: upright, on white where it is transparent, at most ``SIDE`` on a side; of a moving one the
    first frame.

    Raises ``PictureError`` where it is too large, too small or broken.
    """
    if len(data) > MOST_BYTES:
        raise PictureError(f"too large (more than {MOST_BYTES // 2**20} MiB)")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data), formats=FORMATS) as opened:
                check_size(*opened.size)
                opened.draft("RGB", (2 * SIDE, 2 * SIDE))
                return on_white(ImageOps.exif_transpose(opened))
    except Image.DecompressionBombError:
        raise PictureError(f"too large (more than {MOST_PIXELS:,} pixels)") from None
    except PictureError:
        raise
    except Exception:  # a broken picture can bring up anything, and must not take its document with it
        raise PictureError("unreadable") from None


def check_size(width: int, height: int) -> None:
    """Raise ``PictureError`` for a size that is not worth unpacking, or dangerous."""
    if width * height > MOST_PIXELS:
        raise PictureError(f"too large (more than {MOST_PIXELS:,} pixels)")
    if min(width, height) < LEAST_SIDE:
        raise PictureError(f"too small (less than {LEAST_SIDE} pixels on a side)")


def on_white(image: Image.Image) -> Image.Image:
    """A small copy in colours, on white where it is transparent."""
    if image.mode in ("RGB", "L"):
        small = image.copy()
        small.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
        return small.convert("RGB")
    whole = image.convert("RGBA")
    whole.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    page = Image.new("RGBA", whole.size, WHITE)
    page.alpha_composite(whole)
    return page.convert("RGB")
