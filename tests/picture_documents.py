"""Documents with pictures in them, as tests make them: the same text and pictures as PDF, DOCX and HTML."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import docx
from docx.shared import Pt
from PIL import Image

PAGE = (612, 792)


@dataclass(frozen=True)
class Placed:
    """A picture and the text before it; ``box`` is left, top, right, bottom in points from the page's upper left."""

    text: str
    image: Image.Image
    box: tuple[int, int, int, int]


def png(image: Image.Image) -> bytes:
    data = BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def write_html(path: Path, parts: Sequence[Placed], ending: str = "") -> Path:
    """Every other picture within the page, the others beside it."""
    body = []
    for number, part in enumerate(parts):
        data = png(part.image)
        if number % 2:
            (path.parent / f"{path.stem}-{number}.png").write_bytes(data)
            source = f"{path.stem}-{number}.png"
        else:
            source = "data:image/png;base64," + base64.b64encode(data).decode()
        left, top, right, bottom = part.box
        body.append(f'<p>{part.text}</p><img src="{source}" width="{right - left}" height="{bottom - top}">')
    path.write_text(f"<html><body>{''.join(body)}<p>{ending}</p></body></html>", encoding="utf-8")
    return path


def write_docx(path: Path, parts: Sequence[Placed], ending: str = "") -> Path:
    """A page for each picture."""
    document = docx.Document()
    for number, part in enumerate(parts):
        if number:
            document.add_page_break()
        document.add_paragraph(part.text)
        left, top, right, bottom = part.box
        document.add_picture(BytesIO(png(part.image)), width=Pt(right - left), height=Pt(bottom - top))
    document.add_paragraph(ending)
    document.save(str(path))
    return path


def write_pdf(path: Path, parts: Sequence[Placed], ending: str = "") -> Path:
    """A page for each picture, its text above it."""
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for number, part in enumerate(parts):
        text = part.text + (f" {ending}" if number == len(parts) - 1 else "")
        image, content = _image(part.image), _content(text, part.box)
        first = len(objects) + 1
        objects += [image, content, _page(first + 1, first)]
        kids.append(f"{first + 2} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    path.write_bytes(_file(objects))
    return path


def _image(image: Image.Image) -> bytes:
    data = zlib.compress(image.convert("RGB").tobytes())
    head = (
        f"<< /Type /XObject /Subtype /Image /Width {image.width} /Height {image.height} /ColorSpace /DeviceRGB"
        f" /BitsPerComponent 8 /Filter /FlateDecode /Length {len(data)} >>\nstream\n"
    )
    return head.encode() + data + b"\nendstream"


def _content(text: str, box: tuple[int, int, int, int]) -> bytes:
    left, top, right, bottom = box
    lines = f"BT /F1 12 Tf 72 760 Td ({text}) Tj ET\n"
    drawn = f"q {right - left} 0 0 {bottom - top} {left} {PAGE[1] - bottom} cm /I1 Do Q\n"
    stream = (lines + drawn).encode("latin-1")
    return f"<< /Length {len(stream)} >>\nstream\n".encode() + stream + b"endstream"


def _page(content: int, image: int) -> bytes:
    resources = f"<< /Font << /F1 3 0 R >> /XObject << /I1 {image} 0 R >> >>"
    return (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {PAGE[0]} {PAGE[1]}] /Contents {content} 0 R"
        f" /Resources {resources} >>"
    ).encode()


def _file(objects: Sequence[bytes]) -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    return out + f"{head}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n".encode()
