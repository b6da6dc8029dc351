"""Pictures of a page: those within it (``data:`` addresses) and files beside it. Nothing is ever fetched."""

from __future__ import annotations

import base64
import binascii
import urllib.parse
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PIL import Image
from selectolax.lexbor import LexborHTMLParser, LexborNode

from graphwright.pipeline.pictures.found import MOST_BYTES, PictureError, Piece, data_hash, size_of, unpacked
from graphwright.pipeline.readers.html import CHARSET, HIDDEN
from graphwright.pipeline.readers.text import clean_text, decode
from graphwright.pipeline.records import Box

ELSEWHERE = "not in the page nor beside it; nothing is fetched"
VECTOR = "a vector drawing (SVG)"


def pictures(data: bytes, folder: Path | None) -> Iterator[Piece]:
    """The pictures of a page in its order; ``folder`` is that of the page, ``None`` where it is not a local file."""
    declared = CHARSET.search(data, 0, 2048)
    markup, _ = decode(data, declared[1].decode("ascii") if declared else None)
    page = LexborHTMLParser(clean_text(markup))
    if page.body is None:
        return
    for node, before in _images(page.body):
        yield _piece(node, before, folder)


def _images(body: LexborNode) -> Iterator[tuple[LexborNode, int]]:
    """Each image with the count of characters before it, as ``readers.html`` tells what is text."""
    before = 0
    stack: list[tuple[LexborNode, bool]] = [(body, True)]
    while stack:
        node, told = stack.pop()
        if node.is_text_node:
            before += sum(not char.isspace() for char in node.text_content or "") if told else 0
        elif node.is_element_node and "hidden" not in node.attributes:
            if node.tag in ("img", "svg"):
                yield node, before
            elif node.tag not in ("head", "script", "style", "noscript", "template"):
                inside = told and node.tag not in HIDDEN
                stack.extend((child, inside) for child in reversed(list(node.iter(include_text=True))))


def _piece(node: LexborNode, before: int, folder: Path | None) -> Piece:
    try:
        if node.tag == "svg":
            raise PictureError(VECTOR)
        data = _data((node.attributes.get("src") or "").strip(), folder)
    except PictureError as error:
        return Piece("", 1, (0, 0, 0, 0), partial(_left_out, str(error)), before)
    return Piece(data_hash(data), 1, _box(node, data), partial(unpacked, data), before)


def _data(address: str, folder: Path | None) -> bytes:
    if address.lower().startswith("data:"):
        return _inline(address)
    path = urllib.parse.unquote(urllib.parse.urlsplit(address).path)
    if urllib.parse.urlsplit(address).scheme or address.startswith(("//", "/")) or not path or folder is None:
        raise PictureError(ELSEWHERE)
    if path.lower().endswith((".svg", ".svgz")):
        raise PictureError(VECTOR)
    try:
        place = (folder / path).resolve()
        if not place.is_relative_to(folder.resolve()) or not place.is_file():
            raise PictureError(ELSEWHERE)
        if place.stat().st_size > MOST_BYTES:
            raise PictureError(f"too large (more than {MOST_BYTES // 2**20} MiB)")
        return place.read_bytes()
    except (OSError, ValueError):
        raise PictureError("unreadable") from None


def _inline(address: str) -> bytes:
    """The bytes of a ``data:`` address (RFC 2397)."""
    head, _, body = address.partition(",")
    if head.lower().startswith("data:image/svg"):
        raise PictureError(VECTOR)
    try:
        plain = urllib.parse.unquote_to_bytes(body)
        return base64.b64decode(plain) if head.lower().endswith(";base64") else plain
    except (binascii.Error, ValueError):
        raise PictureError("unreadable") from None


def _box(node: LexborNode, data: bytes) -> Box:
    """The size that the page gives the picture, else its own."""
    width, height = size_of(data)
    told = [(node.attributes.get(name) or "").removesuffix("px") for name in ("width", "height")]
    if all(value.isascii() and value.isdigit() and len(value) < 6 for value in told):
        width, height = int(told[0]), int(told[1])
    return 0, 0, width, height


def _left_out(reason: str) -> Image.Image:
    raise PictureError(reason)
