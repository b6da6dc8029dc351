"""Write the PDF and DOCX documents of the corpus from the plain texts in ``originals/``.

Run it after a change to an original: ``python examples/make_formats.py``. Equal texts give equal bytes.
"""

from __future__ import annotations

import io
import textwrap
import zipfile
from datetime import datetime
from pathlib import Path

import docx

HERE = Path(__file__).parent
TARGETS = {
    "boris-pasternak": "literature/boris-pasternak.docx",
    "james-webb-space-telescope": "space/james-webb-space-telescope.pdf",
    "nelson-mandela": "history/nelson-mandela.docx",
    "siemens": "companies/siemens.pdf",
}
WRITTEN = datetime(2025, 1, 1)
COLUMNS = 88


def read_original(path: Path) -> tuple[str, list[str]]:
    """The title (first block) and the paragraphs of a plain text; blocks are separated by an empty line."""
    title, *paragraphs = [block.strip() for block in path.read_text(encoding="utf-8").split("\n\n")]
    return title, paragraphs


def pdf_bytes(title: str, paragraphs: list[str]) -> bytes:
    """One A4 page of PDF 1.4 with the built-in Helvetica, in WinAnsi (code page 1252)."""
    content = _page_content(title, paragraphs)
    resources = b"/Resources << /Font << /F1 5 0 R /F2 6 0 R >> >>"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica%s /Encoding /WinAnsiEncoding >>"
    return _pdf_file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>" % resources,
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
            font % b"",
            font % b"-Bold",
            b"<< /Title %s >>" % _pdf_string(title),
        ]
    )


def _page_content(title: str, paragraphs: list[str]) -> bytes:
    lines = [b"BT", b"/F2 18 Tf 72 760 Td 15 TL", _pdf_string(title) + b" Tj", b"/F1 11 Tf T* T*"]
    for paragraph in paragraphs:
        lines += [_pdf_string(line) + b" Tj T*" for line in textwrap.wrap(paragraph, COLUMNS, break_on_hyphens=False)]
        lines.append(b"T*")
    return b"\n".join([*lines, b"ET"])


def _pdf_string(text: str) -> bytes:
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return b"(" + escaped.encode("cp1252") + b")"


def _pdf_file(objects: list[bytes]) -> bytes:
    """Number the objects from 1 (the catalogue first, the information last) and add the cross-reference table."""
    body, offsets = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    size = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n" % size + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return body + table + trailer % (size, len(objects), len(body))


def docx_bytes(title: str, paragraphs: list[str]) -> bytes:
    """A Word document with a title and body paragraphs."""
    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.author = ""
    document.core_properties.created = document.core_properties.modified = WRITTEN
    document.add_heading(title, level=0)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    buffer = io.BytesIO()
    document.save(buffer)
    return _timeless(buffer.getvalue())


def _timeless(data: bytes) -> bytes:
    """The same zip archive with every member dated alike, so that its bytes depend on the content alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, WRITTEN.timetuple()[:6]), source.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


WRITERS = {".pdf": pdf_bytes, ".docx": docx_bytes}


def main(folder: Path = HERE / "corpus") -> None:
    for name, target in TARGETS.items():
        path = folder / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(WRITERS[path.suffix](*read_original(HERE / "originals" / f"{name}.txt")))


if __name__ == "__main__":
    main()
