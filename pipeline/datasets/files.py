"""What the readers of data sets share: JSON files, and errors that name the place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.interchange import opened

T = TypeVar("T")


def load_json(path: Path) -> Any:
    """The content of a JSON file, gzipped or not. Raises ``CorpusError`` with the line."""
    with opened(path) as file:
        try:
            return json.load(file)
        except json.JSONDecodeError as error:
            raise CorpusError(f"{path} line {error.lineno}: wanted JSON, found {error.msg}") from None


def entry(item: Any, key: str, kind: type[T]) -> T:
    """A key of a JSON object. Raises ``CorpusError`` where it is missing or of another kind."""
    if not isinstance(item, dict):
        raise CorpusError(f"wanted an object with {key!r}, found {item!r:.40}")
    value = item.get(key)
    if not isinstance(value, kind):
        raise CorpusError(f"{key!r} wants {kind.__name__}, found {value!r:.40}")
    return value


@contextmanager
def located(path: Path, place: str) -> Iterator[None]:
    """Put file and place in front of what goes wrong; data of another shape than wanted is a ``CorpusError`` too."""
    try:
        yield
    except CorpusError as error:
        raise CorpusError(f"{path} {place}: {error}") from None
    except (TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
        raise CorpusError(f"{path} {place}: not in the format ({type(error).__name__}: {error})") from None
