"""A file that appears whole or not at all, whatever happens while it is written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Gives where to write, which takes the place of the file when the block ends well; after an error the file is as
    it was. Until then it can still be read. A pipe or device is written to as it is. Raises ``OSError``.
    """
    if path.exists() and not path.is_file():
        yield path
        return
    target = path.resolve()
    draft = draft_of(target)
    try:
        yield draft
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def draft_of(path: Path) -> Path:
    """Where to write what is to become a file; with its extension, and for each process another one."""
    return path.with_name(f".new-{os.getpid()}-{path.name}")
