"""Flags and logos as vector drawings: which there are, what they stand for, and their pixels.

They come from four npm packages, which a folder of the user's holds and this repository does not. Only training
renders them, so only training needs ``resvg-py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from graphwright.pipeline.errors import ConfigurationError, CorpusError

Kind = Literal["flag", "logo"]
LABELS: Final = "labels.jsonl"
LEARNED_FLAGS, TESTED_FLAGS, LOGOS = "flag-icons", "country-flag-icons", "simple-icons"
ORIGINAL_FLAGS: Final = "svg-country-flags"
"""Drawings of the same flags out of Wikimedia Commons, in their own shades and proportions: learned, too."""
FOLDERS: Final = {LEARNED_FLAGS: "flags/4x3/", TESTED_FLAGS: "3x2/", LOGOS: "icons/"}
"""Of each package the folder that is used: one drawing a flag."""
WIDTH: Final = 160
SAME: Final = 4.0
"""Drawings that differ less than so much in the mean, of 255, are one class: nobody could tell them apart."""
SOVEREIGN: Final = frozenset({"au", "fr", "gb", "io", "nl", "no", "us"})
"""Of several places that fly one flag, those whose flag it is."""
FLOWN: Final = {"bv": "no"}
"""Places that fly another's flag, in other proportions."""
SMALL: Final = (48, 36)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A vector drawing; ``entity`` is a Wikidata id, empty for what is linked to none; ``colour`` that of a logo."""

    package: str
    slug: str
    kind: Kind
    label: str
    entity: str
    type: str
    path: Path
    colour: str = ""


def has_drawings(folder: Path) -> bool:
    """Whether a folder holds the list of drawings."""
    return (folder / LABELS).is_file()


def read_drawings(folder: Path) -> list[Drawing]:
    """The drawings that ``labels.jsonl`` of a folder lists and ``node_modules`` in it holds.

    Raises ``CorpusError`` where the list or a package is missing.
    """
    found = []
    for number, line in enumerate(_lines(folder / LABELS), 1):
        try:
            record = json.loads(line)
            if record["file"].startswith(FOLDERS.get(record["package"], "?")):
                found.append(_drawing(folder, record))
        except (ValueError, KeyError, TypeError) as error:
            raise CorpusError(
                f"{folder / LABELS} line {number}: wanted package, file, slug and kind; {error}"
            ) from None
    missing = {item.package for item in found if not item.path.is_file()}
    if not (folder / "node_modules" / ORIGINAL_FLAGS).is_dir():
        missing.add(ORIGINAL_FLAGS)
    if missing or not found:
        packages = (*FOLDERS, ORIGINAL_FLAGS)
        raise CorpusError(
            f"{folder}: wanted the npm packages {', '.join(packages)} in node_modules; missing:"
            f" {', '.join(sorted(missing)) if found else 'all'}. Run there: npm install --ignore-scripts"
            f" {' '.join(packages)}"
        )
    return found


def rendered(drawing: Drawing, width: int = WIDTH) -> NDArray[np.uint8]:
    """The pixels of a drawing; a logo in its colour on nothing. Shape: uint8 (height, width, 4)."""
    try:
        import resvg_py
    except ImportError as error:
        raise ConfigurationError("to render drawings, install: pip install 'graphwright[train]'") from error
    text = drawing.path.read_text(encoding="utf-8")
    if drawing.colour:
        text = text.replace("<svg ", f'<svg fill="#{drawing.colour}" ', 1)
    data = resvg_py.svg_to_bytes(svg_string=text, width=width)
    return np.asarray(Image.open(BytesIO(bytes(data))).convert("RGBA"), np.uint8)


def one_flag(drawings: Sequence[Drawing], pixels: Sequence[NDArray[np.uint8]]) -> dict[str, str]:
    """Slug -> slug of the flag that it is drawn as: its own, or that of the first or sovereign place with the same."""
    small = np.stack([_small(item) for item in pixels])
    leader: dict[str, str] = {}
    for number, drawing in enumerate(drawings):
        near = np.abs(small - small[number]).mean(axis=(1, 2, 3)) < SAME
        alike = [drawings[int(place)].slug for place in np.flatnonzero(near)]
        leader[drawing.slug] = min(alike, key=lambda slug: (slug not in SOVEREIGN, slug))
    return leader | {slug: other for slug, other in FLOWN.items() if {slug, other} <= set(leader)}


def drawn_otherwise(drawing: Drawing) -> Iterator[Drawing]:
    """The same flag as the learned package draws it for a square, and as Wikimedia Commons has it, if they do."""
    packages = drawing.path.parents[3]
    square = drawing.path.parents[1] / "1x1" / drawing.path.name
    original = packages / ORIGINAL_FLAGS / "svg" / drawing.path.name
    yield from (replace(drawing, path=path) for path in (square, original) if path.is_file())


def same_design(one: NDArray[np.uint8], other: NDArray[np.uint8], most: float) -> bool:
    """Whether two drawings differ by less than ``most`` of 255 in the mean."""
    return float(np.abs(_small(one) - _small(other)).mean()) < most


def _small(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    image = Image.fromarray(pixels)
    page = Image.new("RGBA", image.size, (255, 255, 255, 255))
    page.alpha_composite(image)
    return np.asarray(page.convert("RGB").resize(SMALL, Image.Resampling.BOX), np.float32)


def _drawing(folder: Path, record: dict[str, Any]) -> Drawing:
    path = folder / "node_modules" / record["package"] / record["file"]
    known = (record.get("entity") or "", record.get("entity_type") or "MISC")
    return Drawing(
        record["package"], record["slug"], record["kind"], record["label"], *known, path, record.get("hex") or ""
    )


def _lines(path: Path) -> Iterable[str]:
    try:
        return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path}: the list of drawings cannot be read: {error}") from None
