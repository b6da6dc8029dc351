"""The pages that Neo4j Browser fetches: style, guide as Markdown (``:guide``) and as HTML (``:play``), saved queries.

In ``guide.md`` a paragraph that is only a link to a saved query stands for the query itself, so that each query stands
in one file and the guide can be read where it lies. A line ``---`` parts slides, as Neo4j Browser reads Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from markdown_it import MarkdownIt
from markdown_it.token import Token

HOME = "http://localhost:7475"
"""The address that the guide names; another one is put in its place."""
STYLE = "graphwright.grass"
QUERY_LINK = re.compile(r"^\[[^\]\n]*\]\(queries/([a-z-]+\.cypher)\)$", re.MULTILINE)
SLIDE_END = re.compile(r"^---$", re.MULTILINE)
GUIDE_FRAME = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>graphwright</title></head><body>
<article class="guide"><carousel class="deck container-fluid">
{body}
</carousel></article>
</body></html>
"""
PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Page:
    """What an address answers with."""

    type: str
    body: bytes


def pages(address: str = HOME) -> Mapping[str, Page]:
    """Path -> page, for a server that is reached at ``address``."""
    folder = files(__package__)
    queries = saved_queries()
    guide = expanded((folder / "guide.md").read_text(encoding="utf-8"), queries).replace(HOME, address)
    play = Page("text/html; charset=utf-8", guide_html(guide).encode())
    style = Page(PLAIN, (folder / STYLE).read_bytes())
    saved = {f"/queries/{name}": Page(PLAIN, text.encode()) for name, text in queries.items()}
    markdown = Page("text/markdown; charset=utf-8", guide.encode())
    return {"/": play, "/guide.html": play, "/guide.md": markdown, f"/{STYLE}": style, **saved}


def saved_queries() -> dict[str, str]:
    """File name -> Cypher, by name. Each begins with a comment: its question, then what to know of the answer."""
    found = (item for item in (files(__package__) / "queries").iterdir() if item.name.endswith(".cypher"))
    return {item.name: item.read_text(encoding="utf-8") for item in sorted(found, key=lambda item: item.name)}


def expanded(guide: str, queries: Mapping[str, str]) -> str:
    """The guide with each query in the place of its link."""
    return QUERY_LINK.sub(lambda link: f"```cypher\n{queries[link[1]].strip()}\n```", guide)


def guide_html(guide: str) -> str:
    """An expanded guide as the HTML that ``:play`` takes: a ``slide`` each, queries and commands runnable."""
    reader = MarkdownIt("commonmark").enable("table")
    reader.add_render_rule("fence", _runnable)
    reader.add_render_rule("code_block", _runnable)
    slides = (reader.render(slide).strip() for slide in SLIDE_END.split(guide))
    body = "\n".join(f'<slide class="row-fluid"><div class="col-sm-12">\n{slide}\n</div></slide>' for slide in slides)
    return GUIDE_FRAME.format(body=body)


def _runnable(self: object, tokens: Sequence[Token], index: int, options: object, environment: object) -> str:
    text = tokens[index].content.strip()
    return f'<pre class="pre-scrollable code runnable">{escape(text, quote=False)}</pre>\n'
