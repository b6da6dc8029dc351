"""The pictures of a document as a network sees them: found, bounded, unpacked, looked at, placed in the text."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO, Final

from PIL import Image

from graphwright.pipeline.ledger import Ledger
from graphwright.pipeline.pictures.found import PictureError, Piece
from graphwright.pipeline.protocols import PictureReader, Seen
from graphwright.pipeline.records import Depiction, Region

WITH_PICTURES: Final = frozenset({"pdf", "docx", "html"})
"""Readers of texts that may hold pictures."""
PICTURE_FILES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif"})
"""Extensions of pictures that are documents of their own."""
MOST: Final = 256
"""Different pictures of one document that are looked at, and places of each that are told."""
WORD: Final = re.compile(r"\S+")


def depictions(
    stream: BinaryIO, reader: str, uri: str, text: str, pages: str, look: PictureReader, ledger: Ledger
) -> tuple[Depiction, ...]:
    """What the pictures of a document show, in their order; what is not looked at is counted with its reason.

    ``pages`` are the offsets of pages in the text, as the reader of PDF tells them.
    """
    stream.seek(0)
    places, images = _bounded(_pieces(stream.read(), reader, uri), ledger)
    found = dict(zip(images, look.look(list(images.values())), strict=True)) if images else {}
    unknown = sum(not seen for seen in found.values())
    if unknown:
        ledger.count("picture", "shows nothing that is known", unknown)
    starts = _starts([piece for pieces in places.values() for piece in pieces], text, pages)
    told = [
        _depiction(piece, start, item, look.version) for piece, start in starts for item in found.get(piece.hash, ())
    ]
    return tuple(told)


def _pieces(data: bytes, reader: str, uri: str) -> Iterator[Piece]:
    if reader == "pdf":
        from graphwright.pipeline.pictures.pdf import pictures as of_pdf

        return of_pdf(data)
    if reader == "docx":
        from graphwright.pipeline.pictures.docx import pictures as of_docx

        return of_docx(data)
    if reader == "html":
        from graphwright.pipeline.pictures.html import pictures as of_html

        return of_html(data, _folder(uri))
    from graphwright.pipeline.pictures.files import pictures as of_file

    return of_file(data)


def _bounded(pieces: Iterator[Piece], ledger: Ledger) -> tuple[dict[str, list[Piece]], dict[str, Image.Image]]:
    """By hash, the places of each picture and its pixels; each is unpacked once."""
    places: dict[str, list[Piece]] = {}
    images: dict[str, Image.Image] = {}
    left_out: set[str] = set()
    for piece in pieces:
        if piece.hash in images:
            if len(places[piece.hash]) < MOST:
                places[piece.hash].append(piece)
            else:
                ledger.count("picture", f"a place of the same picture beyond the first {MOST}")
            continue
        if piece.hash and piece.hash in left_out:
            continue
        try:
            if len(images) >= MOST:
                raise PictureError(f"beyond the first {MOST} of a document")
            images[piece.hash] = piece.unpack()
            places[piece.hash] = [piece]
        except PictureError as error:
            left_out.add(piece.hash)
            ledger.count("picture", str(error))
    return places, images


def _starts(pieces: Sequence[Piece], text: str, pages: str) -> list[tuple[Piece, int]]:
    """Each picture with the offset in the text at which it stands, of its page where that is all that is known."""
    offsets = [int(number) for number in pages.split(",") if number]
    counted = sorted({piece.before for piece in pieces if piece.before is not None})
    known = dict(zip(counted, _offsets(text, counted), strict=True))
    found = []
    for piece in pieces:
        start = known[piece.before] if piece.before is not None else 0
        if piece.before is None and piece.page <= len(offsets):
            start = offsets[piece.page - 1]
        found.append((piece, start))
    return found


def _offsets(text: str, counts: Sequence[int]) -> list[int]:
    """For each count, the offset behind so many characters that are no white space.

    >>> _offsets("a bc  d", [0, 1, 2, 3, 9])
    [0, 1, 3, 4, 7]
    """
    words = [(match.end(), len(match[0])) for match in WORD.finditer(text)]
    told = list(accumulate(length for _, length in words))
    found = []
    for count in counts:
        place = bisect_left(told, count)
        behind = len(text) if place == len(told) else words[place][0] - told[place] + count
        found.append(behind if count else 0)
    return found


def _depiction(piece: Piece, start: int, seen: Seen, model: str) -> Depiction:
    region = Region(piece.hash, piece.page, piece.box)
    return Depiction(region, start, seen.name, seen.label, seen.kb_id, seen.score, model)


def _folder(uri: str) -> Path | None:
    """The folder of a local file."""
    parts = urllib.parse.urlsplit(uri)
    if parts.scheme != "file" or parts.fragment:
        return None
    return Path(urllib.request.url2pathname(parts.path)).parent
