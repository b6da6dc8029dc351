"""Markdown: the prose, without markup and code blocks."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from graphwright.pipeline.readers.html import html_text
from graphwright.pipeline.readers.source import Passage, Source
from graphwright.pipeline.readers.text import clean_text, decode, encoding_metadata

FRONT_MATTER = re.compile(r"\A---\n(.*?)\n(?:---|\.\.\.)(?:\n|\Z)", re.DOTALL)
FRONT_TITLE = re.compile(r"^title:[ \t]*(.+?)[ \t]*$", re.MULTILINE)


def read(source: Source) -> Iterator[Passage]:
    """One passage; the title is that of the front matter, else the first heading of level one."""
    markup, encoding = decode(source.stream.read())
    text, metadata = markdown_text(markup)
    yield Passage(text, metadata=metadata | encoding_metadata(encoding))


def markdown_text(markup: str) -> tuple[str, dict[str, str]]:
    """(prose, metadata ``title`` where there is one).

    Blocks are parted by a blank line, cells of a table's row by a tab. Links and inline code keep their text, pictures
    their description; code blocks and front matter are left out.
    """
    markup = clean_text(markup)
    front = FRONT_MATTER.match(markup)
    tokens = MarkdownIt("commonmark").enable("table").parse(markup[front.end() :] if front else markup)
    title = FRONT_TITLE.search(front[1]) if front else None
    name = title[1].strip("\"'") if title else _first_heading(tokens)
    return "\n\n".join(filter(None, _blocks(tokens))), {"title": name} if name else {}


def _blocks(tokens: Sequence[Token]) -> Iterator[str]:
    row: list[str] | None = None
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield "\t".join(row)
            row = None
        elif token.type == "html_block":
            yield html_text(token.content)[0]
        elif token.type == "inline":
            text = _inline(token.children or ()).strip()
            if row is None:
                yield text
            else:
                row.append(text)


def _inline(tokens: Sequence[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type in {"text", "code_inline"}:
            parts.append(token.content)
        elif token.type == "softbreak":
            parts.append(" ")
        elif token.type == "hardbreak":
            parts.append("\n")
        elif token.type == "image":
            parts.append(_inline(token.children or ()))
    return "".join(parts)


def _first_heading(tokens: Sequence[Token]) -> str:
    for opening, inline in itertools.pairwise(tokens):
        if opening.type == "heading_open" and opening.tag == "h1":
            return _inline(inline.children or ()).strip()
    return ""
