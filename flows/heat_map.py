"""A page that shows which words decided a statement: each coloured by its share in the score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import jinja2

from graphwright.flows.deciding_words import DecidingWords
from graphwright.pipeline.errors import StoreError


@dataclass(frozen=True, slots=True)
class Shade:
    """A stretch of text; ``share`` is what it says for the statement, ``strength`` -100 to 100, 0 between words."""

    text: str
    share: str
    strength: int


def write_heat_map(decided: DecidingWords, title: str, path: Path) -> None:
    """Write the page. Raises ``StoreError`` where the file cannot be written."""
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = files("graphwright.flows").joinpath("heat_map.html.jinja").read_text(encoding="utf-8")
    page = environment.from_string(template).render(title=title, source=decided.source, shades=list(shades(decided)))
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror or error}); choose another file") from None


def shades(decided: DecidingWords) -> Iterator[Shade]:
    """The whole text, in order: words with their shares, and what stands between them."""
    most = max((abs(word.share) for word in decided.words), default=0.0) or 1.0
    end = 0
    for word in decided.words:
        yield Shade(decided.text[end : word.start], "", 0)
        strength = round(100 * word.share / most)
        yield Shade(decided.text[word.start : word.end], f"{word.share:+.2f}", strength)
        end = word.end
    yield Shade(decided.text[end:], "", 0)
