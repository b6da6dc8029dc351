"""HTML: the text a reader of the page sees, a paragraph for each block."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from graphwright.pipeline.readers.source import Passage, Source
from graphwright.pipeline.readers.text import clean_text, decode, encoding_metadata


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


HIDDEN = _words(
    "head script style noscript template nav iframe object embed svg math canvas audio video map select button "
    "textarea datalist dialog"
)
BLOCKS = _words(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu ol p pre section summary table tbody tfoot thead tr "
    "ul"
)
CELLS = frozenset({"td", "th"})
CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
WHITE = re.compile(r"\s+")
SPACES = re.compile(" {2,}")
# White space of the page becomes a space each; these three stand for themselves until then.
BLOCK, LINE, CELL = "\x1c", "\x1d", "\x1e"
AROUND_BLOCK = re.compile(f"[ {LINE}{CELL}]*{BLOCK}[ {BLOCK}{LINE}{CELL}]*")
AROUND_LINE = re.compile(f"[ {CELL}]*{LINE}[ {LINE}{CELL}]*")
AROUND_CELL = re.compile(f" *{CELL}[ {CELL}]*")


def read(source: Source) -> Iterator[Passage]:
    """One passage: visible text, with the page's title, canonical URL and character set as metadata."""
    data = source.stream.read()
    declared = CHARSET.search(data, 0, 2048)
    markup, encoding = decode(data, declared[1].decode("ascii") if declared else None)
    text, metadata = html_text(markup)
    yield Passage(text, metadata=metadata | encoding_metadata(encoding))


def html_text(markup: str) -> tuple[str, dict[str, str]]:
    """(visible text, metadata ``title`` and ``url`` where the page has them).

    Blocks are parted by a blank line, cells of a row by a tab, ``<br>`` is a line break; ``nav``, scripts, forms'
    controls and what has the attribute ``hidden`` are left out.
    """
    page = LexborHTMLParser(clean_text(markup))
    metadata = {}
    title = page.css_first("title")
    if title is not None and title.text(strip=True):
        metadata["title"] = WHITE.sub(" ", title.text(strip=True))
    canonical = page.css_first("link[rel=canonical]")
    if canonical is not None and (url := canonical.attributes.get("href")):
        metadata["url"] = url
    return (_lay_out("".join(_pieces(page.body))) if page.body is not None else ""), metadata


def _pieces(body: LexborNode) -> Iterator[str]:
    """Texts and separators in reading order; a stack of its own, since pages nest deeper than Python recurses."""
    stack: list[LexborNode | str] = [body]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node
            continue
        tag = node.tag
        if node.is_text_node:
            yield WHITE.sub(" ", node.text_content or "")
        elif tag == "br":
            yield LINE
        elif node.is_element_node and tag not in HIDDEN and "hidden" not in node.attributes:
            separator = BLOCK if tag in BLOCKS else CELL if tag in CELLS else ""
            if separator:
                yield separator
                stack.append(separator)
            stack.extend(reversed(list(node.iter(include_text=True))))


def _lay_out(text: str) -> str:
    text = SPACES.sub(" ", text)
    text = AROUND_BLOCK.sub(BLOCK, text).strip(f" {BLOCK}{LINE}{CELL}")
    text = AROUND_CELL.sub(CELL, AROUND_LINE.sub(LINE, text))
    return text.replace(BLOCK, "\n\n").replace(LINE, "\n").replace(CELL, "\t")
