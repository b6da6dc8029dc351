"""DOCX (Office Open XML): paragraphs and tables in the order of the body."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn

from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.readers.source import Passage, Source

# Also what stands in content controls, tracked insertions and text boxes, which ``Document.paragraphs`` leaves out.
BLOCKS = ".//w:p[not(ancestor::w:tr) and not(ancestor::w:p)] | .//w:tr[not(ancestor::w:tr)]"
CELLS = ".//w:tc[not(ancestor::w:tc)]"
MARKS = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def read(source: Source) -> Iterator[Passage]:
    """One passage: blocks parted by a blank line, cells of a row by a tab; the title as metadata."""
    try:
        document = docx.Document(source.stream)
    except (zipfile.BadZipFile, OpcError, KeyError, ValueError) as error:
        raise CorpusError(f"this is not a DOCX file ({error}); save it again as .docx") from error
    body = document.element.body
    texts = (_block(element) for element in body.xpath(BLOCKS))
    title = document.core_properties.title
    yield Passage("\n\n".join(filter(None, texts)), metadata={"title": title} if title else {})


def _block(element: Any) -> str:
    if element.tag == qn("w:p"):
        return _text(element).strip()
    cells = (" ".join(_text(cell).split()) for cell in element.xpath(CELLS))
    return "\t".join(cells).strip()


def _text(element: Any) -> str:
    """Runs in document order; an older copy kept for older programs (``mc:Fallback``) is skipped."""
    parts = []
    for node in element.iter():
        if node.tag == qn("w:t"):
            if not any(ancestor.tag == FALLBACK for ancestor in node.iterancestors()):
                parts.append(node.text or "")
        elif node.tag == qn("w:p") and parts:
            parts.append("\n")
        elif node.tag in MARKS and node.getparent().tag == qn("w:r"):
            parts.append(MARKS[node.tag])
    return "".join(parts)
