"""PDF: the text layer, with lines joined into paragraphs and hyphenated words made whole."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from threading import Lock

import pypdfium2

from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.readers.source import Passage, Source
from graphwright.pipeline.readers.text import clean_text

# PDFium is not safe to call from two threads at once.
PDFIUM = Lock()
PASSWORD_ERROR = 4
# PDFium's mark for a hyphen at the end of a line; it then leaves the line break out.
BROKEN_WORD = re.compile("(\\w+)(?:[\ufffe\u0002]|[-\u00ad\u2010]\n)(\\w+)")
PAGE_NUMBER = re.compile(r"(?:page\s*)?[-–—\s]*\d{1,4}[-–—\s]*(?:(?:of|/)\s*\d{1,4})?", re.IGNORECASE)
SENTENCE_END = re.compile(r"[.!?:…。！？][\"'”’)\]]*$")
ITEM = re.compile(r"(?:[•▪◦‣·*–-]|\(?(?:\d{1,3}|[A-Za-z])[.)])\s")
WIDE_GAP = 1.3
SAME_SIZE = 0.15
SHORT_LINE = 0.8
NOWHERE = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page, or lines that hyphens join. In points; ``first`` and ``last`` are the heights of its two ends
    above the page's lower edge, the same where it is one line.
    """

    text: str
    width: float
    first: float
    last: float
    height: float


def read(source: Source) -> Iterator[Passage]:
    """One passage; metadata ``pages`` has the offset in the text where each page starts: "0,1834,3710".

    Raises ``CorpusError`` for a broken or encrypted file and for one without a text layer.
    """
    with PDFIUM:
        pages, title = _pages(source)
    if not any(pages):
        count = f"{len(pages)} page" + "s" * (len(pages) != 1)
        raise CorpusError(f"the PDF has no text layer ({count}, perhaps scanned); recognise its text (OCR) first")
    text, starts = _join_pages(pages)
    metadata = {"pages": ",".join(map(str, starts))} | ({"title": title} if title else {})
    yield Passage(text, metadata=metadata)


def _pages(source: Source) -> tuple[list[str], str]:
    try:
        document = pypdfium2.PdfDocument(io.BytesIO(source.stream.read()))
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == PASSWORD_ERROR:
            raise CorpusError("the PDF is encrypted and needs a password; save it without one") from error
        raise CorpusError("the PDF is broken and cannot be opened; export or repair it first") from error
    try:
        pages = [_page(document, number, source) for number in range(len(document))]
        return pages, clean_text(document.get_metadata_dict().get("Title", "")).strip()
    finally:
        document.close()


def _page(document: pypdfium2.PdfDocument, number: int, source: Source) -> str:
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        source.reject(f"page {number + 1}", "the page is broken and was left out")
        return ""
    text_page = page.get_textpage()
    try:
        return clean_text(_paragraphs(_lines(text_page)))
    finally:
        text_page.close()
        page.close()


def _lines(text_page: pypdfium2.PdfTextPage) -> list[Line]:
    text = text_page.get_text_range()
    # Characters beyond the basic plane count twice in PDFium; their pages are read without places.
    placed = len(text) == text_page.count_chars()
    lines, start = [], 0
    for line in text.split("\r\n"):
        body = line.rstrip()
        if body.strip():
            first, last = start + len(body) - len(body.lstrip()), start + len(body) - 1
            place = _place(text_page, first, last) if placed else NOWHERE
            lines.append(Line(body.strip(), *place))
        start += len(line) + 2
    if lines and PAGE_NUMBER.fullmatch(lines[-1].text):
        lines.pop()
    return lines[1:] if lines and PAGE_NUMBER.fullmatch(lines[0].text) else lines


def _place(text_page: pypdfium2.PdfTextPage, first: int, last: int) -> tuple[float, float, float, float]:
    left, bottom, _, top = text_page.get_charbox(first, loose=True)
    _, last_bottom, right, _ = text_page.get_charbox(last, loose=True)
    return right - left, bottom, last_bottom, top - bottom


def _paragraphs(lines: Sequence[Line]) -> str:
    if not lines:
        return ""
    gaps = [above.last - below.first for above, below in itertools.pairwise(lines)]
    usual = median([gap for gap in gaps if gap > 0] or [0.0])
    widths = _column_widths(lines, gaps, usual)
    parts = [lines[0].text]
    for (above, below), gap, width in zip(itertools.pairwise(lines), gaps, widths[:-1], strict=True):
        parts.append("\n\n" if _ends_paragraph(above, below, gap, usual, width) else "\n")
        parts.append(below.text)
    return _join_lines("".join(parts))


def _column_widths(lines: Sequence[Line], gaps: Sequence[float], usual: float) -> list[float]:
    """For each line the widest of its column, which begins where a line stands higher than the one before it.

    A line far above all others, such as a running head, measures no column.
    """
    starts = [0, *(place for place, gap in enumerate(gaps, 1) if gap < -usual), len(lines)]
    head = len(gaps) > 1 and gaps[0] > WIDE_GAP * usual
    widths: list[float] = []
    for start, end in itertools.pairwise(starts):
        measured = lines[start + (head and start == 0 and end > 1) : end]
        widths += [max(line.width for line in measured)] * (end - start)
    return widths


def _ends_paragraph(above: Line, below: Line, gap: float, usual: float, width: float) -> bool:
    """Whether a paragraph ends between two lines: by the gap, the size of the type, the line's length or an item."""
    if ITEM.match(below.text):
        return True
    if above.height and abs(above.height - below.height) > SAME_SIZE * above.height:
        return True
    ended = SENTENCE_END.search(above.text) is not None
    if gap <= 0:
        return ended
    short = above.width < SHORT_LINE * width
    return gap > WIDE_GAP * usual or (short and (ended or not below.text[0].islower()))


def _join_lines(text: str) -> str:
    """One line for each paragraph. A hyphen at a line's end goes, unless the page has the word with one elsewhere."""
    page = text

    def whole(found: re.Match[str]) -> str:
        left, right = found.groups()
        hyphenated = f"{left}-{right}"
        return hyphenated if hyphenated in page or not right[0].islower() else left + right

    text = BROKEN_WORD.sub(whole, text)
    return re.sub(r"(?<!\n)\n(?!\n)", " ", text)


def _join_pages(pages: Sequence[str]) -> tuple[str, list[int]]:
    """The whole text and the offset of each page; a sentence that goes on over the page is not cut."""
    parts: list[str] = []
    starts, length, previous = [], 0, ""
    for page in pages:
        if previous and page:
            goes_on = page[0].islower() and not SENTENCE_END.search(previous)
            parts.append(" " if goes_on else "\n\n")
            length += len(parts[-1])
        starts.append(length)
        parts.append(page)
        length += len(page)
        previous = page or previous
    return "".join(parts), starts
