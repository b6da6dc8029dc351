"""Pictures of a PDF: image objects with the page and the place that they have on it.

What is drawn there with lines and areas is no image object and is not found.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pypdfium2
import pypdfium2.raw
from PIL import Image

from graphwright.pipeline.pictures.found import PictureError, Piece, check_size, data_hash, on_white
from graphwright.pipeline.readers.pdf import PDFIUM
from graphwright.pipeline.records import Box

DEEPEST = 5
"""Forms within forms in which pictures are looked for."""


def pictures(data: bytes) -> Iterator[Piece]:
    """The image objects, by page; each must be unpacked before the next is asked for.

    A broken file or page has none: its reader tells of it.
    """
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError:
            return
        try:
            for number in range(len(document)):
                yield from _of_page(document, number)
        finally:
            document.close()


def _of_page(document: pypdfium2.PdfDocument, number: int) -> Iterator[Piece]:
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return
    try:
        for item in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=DEEPEST):
            yield _piece(page, item, number + 1)
    finally:
        page.close()


def _piece(page: pypdfium2.PdfPage, item: pypdfium2.PdfImage, number: int) -> Piece:
    try:
        return Piece(data_hash(bytes(item.get_data())), number, _box(page, item), partial(_unpacked, item))
    except pypdfium2.PdfiumError:
        return Piece("", number, (0, 0, 0, 0), _unreadable)


def _box(page: pypdfium2.PdfPage, item: pypdfium2.PdfImage) -> Box:
    """Points from the upper left corner; PDF counts from the lower left one."""
    left, bottom, right, top = item.get_bounds()
    height = page.get_height()
    return round(left), round(height - top), round(right), round(height - bottom)


def _unpacked(item: pypdfium2.PdfImage) -> Image.Image:
    check_size(*item.get_px_size())
    try:
        return on_white(item.get_bitmap(render=True).to_pil())
    except Exception:  # as in ``found.unpacked``
        raise PictureError("unreadable") from None


def _unreadable() -> Image.Image:
    raise PictureError("unreadable")
