"""Files that appear together, and whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from graphwright.pipeline.whole_files import draft_of

Draft = Callable[[str], Path]
"""Name of a file -> where to write it until all are done."""


@contextmanager
def drafts(folder: Path) -> Iterator[tuple[Draft, list[Path]]]:
    """Gives drafts, and the files they become when the block ends well; after an error the folder is as it was.

    Raises ``OSError``.
    """
    made: dict[Path, Path] = {}
    done: list[Path] = []

    def draft(name: str) -> Path:
        path = folder / name
        return made.setdefault(path, draft_of(path))

    try:
        yield draft, done
        for path, unfinished in made.items():
            unfinished.replace(path)
            done.append(path)
    finally:
        for unfinished in made.values():
            unfinished.unlink(missing_ok=True)


def open_text(path: Path) -> IO[str]:
    """A file for text as it is: UTF-8, no line end changed, lone surrogates as their three bytes."""
    return path.open("w", encoding="utf-8", errors="surrogatepass", newline="", buffering=1 << 20)
