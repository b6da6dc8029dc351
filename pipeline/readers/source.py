"""What a reader is given and what it gives: the contract of the readers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from graphwright.pipeline.errors import CorpusError


class NotACorpusError(CorpusError):
    """A file in order that holds no documents, such as a program's settings in JSON. In a folder it is passed over."""


@dataclass(frozen=True, slots=True)
class Source:
    """An opened file.

    ``name`` is its file name without ``.gz``; ``stream`` can seek; ``text_field`` names the field of a row that holds
    its text; ``reject(part, reason)`` tells of a part (``"line 3"``) that could not be read.
    """

    name: str
    stream: BinaryIO
    text_field: str = "text"
    reject: Callable[[str, str], None] = lambda part, reason: None


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that becomes one document.

    ``part`` tells it from its neighbours of the same file: a row's id or number, "" where the file is one text.
    """

    text: str
    part: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file within a file, to be read by the reader of its own format."""

    name: str
    data: bytes
    part: str


class Reader(Protocol):
    def __call__(self, source: Source) -> Iterator[Passage | Attachment]: ...
