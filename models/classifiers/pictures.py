"""Folders of pictures, one folder a class, as arrays of one size.

What cannot be read as a picture, and what is too large to be one in good faith, is left out by name and counted.
Pictures are held in memory as bytes: 100,000 of 32 x 32 in colour take 300 MB.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from graphwright.models.classifiers.arrays import row_hash
from graphwright.models.classifiers.config import ReadConfig
from graphwright.models.classifiers.examples import Examples
from graphwright.models.progress import Say
from graphwright.pipeline.errors import CorpusError

SUFFIXES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".pgm", ".tif", ".tiff", ".webp"})
MOST_PIXELS = 50_000_000
"""A picture of more pixels is refused before it is unpacked: some hundred bytes can unpack to gigabytes."""
FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
WANTED = "wanted a folder with one folder of pictures for each class (cats/1.jpg, dogs/1.jpg)"


def class_folders(folder: Path) -> list[Path]:
    """The folders in which pictures lie, by name; hidden ones are none."""
    inner = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    return [path for path in inner if any(picture_files(path))]


def picture_files(folder: Path) -> Iterator[Path]:
    """The files below a folder that are named as pictures are, by name."""
    return (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES and path.is_file())


def read_pictures(folder: Path, config: ReadConfig, say: Say) -> Examples:
    """The pictures of a folder, each with its folder's name as label.

    Shape: uint8 (pictures, height, width, colours). Raises ``CorpusError`` where there are not two such folders.
    """
    classes = class_folders(folder)
    if len(classes) < 2:
        found = f"only {classes[0].name!r}" if classes else "none"
        raise CorpusError(f"{folder}: {WANTED}; found {found}: add a folder for each further class")
    pixels, labels, names, left_out = [], [], [], Counter[str]()
    for place in classes:
        for path in picture_files(place):
            try:
                pixels.append(read_picture(path, config))
            except CorpusError as error:
                left_out[str(error.args[1])] += 1
                say(f"left out {error.args[0]}")
                continue
            labels.append(place.name)
            names.append(str(path.relative_to(folder)))
    shape = (0, config.height, config.width, config.colours)
    items = np.stack(pixels) if pixels else np.zeros(shape, np.uint8)
    return Examples("pictures", items, tuple(labels), tuple(names), tuple(map(row_hash, items)), dict(left_out))


def read_picture(path: Path, config: ReadConfig) -> NDArray[np.uint8]:
    """One picture, upright, resized whatever its proportions; of a moving one the first frame.

    Shape: uint8 (height, width, colours). Raises ``CorpusError`` with a message and the reason in short.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise Image.DecompressionBombError(f"{opened.width} x {opened.height} pixels")
                return _array(opened, config)
    except Image.DecompressionBombError as error:
        raise CorpusError(f"{path}: too large ({error}; at most {MOST_PIXELS} pixels)", "too large") from None
    except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, IndexError, KeyError, TypeError) as error:
        raise CorpusError(f"{path}: no picture that can be read ({error})", "unreadable") from None


def _array(opened: Image.Image, config: ReadConfig) -> NDArray[np.uint8]:
    opened.draft("RGB", (2 * config.width, 2 * config.height))
    upright = ImageOps.exif_transpose(opened)
    mode = "L" if config.colours == 1 else "RGB"
    small = upright.convert(mode).resize((config.width, config.height), Image.Resampling.BILINEAR)
    return np.asarray(small, np.uint8).reshape(config.height, config.width, config.colours)
