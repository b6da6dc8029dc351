"""Pictures of a DOCX: those of the body, in its order, and those of headers and footers.

The format lays no pages out: a page is counted where the program that saved the file marked its end, or its author.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import Any, Final

import docx
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn

from graphwright.pipeline.pictures.found import Piece, data_hash, size_of, unpacked
from graphwright.pipeline.readers.docx import FALLBACK

POINT: Final = 12_700
"""English metric units."""
PICTURE: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
OLD_PICTURE: Final = "{urn:schemas-microsoft-com:vml}imagedata"
EXTENT: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}extent"
RUN: Final = qn("w:r")


def pictures(data: bytes) -> Iterator[Piece]:
    """The pictures of headers, of the body, of footers. A broken file has none: its reader tells of it."""
    try:
        document = docx.Document(BytesIO(data))
    except (zipfile.BadZipFile, OpcError, KeyError, ValueError):
        return
    for section in document.sections:
        for part in (section.first_page_header, section.header):
            if not part.is_linked_to_previous:
                yield from _of_part(part._element, part.part, moving=False)
    yield from _of_part(document.element.body, document.part, moving=True)
    for section in document.sections:
        if not section.footer.is_linked_to_previous:
            yield from _of_part(section.footer._element, section.footer.part, moving=False)


def _of_part(root: Any, part: Any, *, moving: bool) -> Iterator[Piece]:
    """The pictures below an element; where it is ``moving`` text, pages and characters before them are counted."""
    page, before = 1, 0
    for node in root.iter():
        if node.tag == qn("w:t"):
            before += 0 if _fallback(node) else sum(not char.isspace() for char in node.text or "")
        elif node.tag == qn("w:lastRenderedPageBreak") or (
            node.tag == qn("w:br") and node.get(qn("w:type")) == "page" and not _marked(node)
        ):
            page += 1
        elif node.tag in (PICTURE, OLD_PICTURE) and not _fallback(node):
            key = node.get(qn("r:embed")) or node.get(qn("r:id"))
            if key in part.rels and not part.rels[key].is_external:
                yield _piece(node, part.related_parts[key].blob, page, before if moving else None)


def _piece(node: Any, data: bytes, page: int, before: int | None) -> Piece:
    extent = next((found for up in node.iterancestors() for found in up.iterchildren(EXTENT)), None)
    size = size_of(data) if extent is None else (int(extent.get("cx")) // POINT, int(extent.get("cy")) // POINT)
    return Piece(data_hash(data), page, (0, 0, *size), partial(unpacked, data), before)


def _marked(node: Any) -> bool:
    """Whether the page break is also marked where the next page begins, so that it must not count twice."""
    following = node.getparent().getparent().iter() if node.getparent().tag == RUN else ()
    seen = False
    for other in following:
        seen = seen or other is node
        if seen and other.tag == qn("w:lastRenderedPageBreak"):
            return True
    return False


def _fallback(node: Any) -> bool:
    """Whether a node is of the copy that is kept for older programs."""
    return any(ancestor.tag == FALLBACK for ancestor in node.iterancestors())
