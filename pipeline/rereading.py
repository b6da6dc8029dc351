"""Documents that a graph was made of, read again from their sources; what is gone or changed is told, not guessed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from graphwright.pipeline.corpora import read_corpus
from graphwright.pipeline.errors import GraphwrightError
from graphwright.pipeline.ledger import Ledger
from graphwright.pipeline.protocols import PictureReader
from graphwright.pipeline.records import Document

NO_ADDRESS: Final = "urn:"


@dataclass(frozen=True, slots=True)
class Held:
    """A document as a store holds it: its id, its source, and the version of its text."""

    id: str
    source: str
    version: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A document that could not be looked at, and why, in one line."""

    source: str
    reason: str


def read_again(
    documents: Iterable[Held], *, language: str, text_field: str, look: PictureReader | None = None
) -> Iterator[Document | Skipped]:
    """Each document with the text that it had, or why there is none; the documents of one file come together.

    ``look`` as in ``read_corpus``; without it, a document that is a picture is told to be gone from its file.
    """
    files: dict[str, dict[str, Held]] = {}
    for item in documents:
        files.setdefault(file_of(item.source), {})[item.id] = item
    for file, wanted in files.items():
        yield from _read_file(file, wanted, language, text_field, look)


def file_of(source: str) -> str:
    """The file in which a document is: a row's without the row.

    >>> file_of("file:///letters/mail.mbox#3/1/report.pdf")
    'file:///letters/mail.mbox'
    """
    return source.partition("#")[0]


def _read_file(
    file: str, wanted: Mapping[str, Held], language: str, text_field: str, look: PictureReader | None
) -> Iterator[Document | Skipped]:
    if file.startswith(NO_ADDRESS):
        reason = "it came from standard input, which cannot be read again"
        yield from (Skipped(item.source, reason) for item in wanted.values())
        return
    left, ledger = dict(wanted), Ledger()
    try:
        for document in read_corpus([file], language=language, text_field=text_field, ledger=ledger, look=look):
            if document.id in left:
                yield _same(document, left.pop(document.id))
            if not left:
                return
    except GraphwrightError as error:
        reason = "it is gone" if file.startswith("file:") else str(error)
        yield from (Skipped(item.source, reason) for item in left.values())
        return
    reasons = {failure.source: failure.reason for failure in ledger.failures}
    for item in left.values():
        yield Skipped(item.source, reasons.get(item.source) or reasons.get(file) or "it is no longer in its file")


def _same(document: Document, held: Held) -> Document | Skipped:
    if document.version == held.version:
        return document
    return Skipped(held.source, "its text is no longer the one that was read, or --redact took something out of it")
