"""A corpus, whatever it is made of, as a stream of documents: files, folders, globs, URLs and standard input.

One document is held at a time, so that memory does not grow with the corpus.
"""

from __future__ import annotations

import gzip
import itertools
import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from io import BytesIO
from typing import BinaryIO, cast

from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.ledger import Ledger
from graphwright.pipeline.pictures.reading import PICTURE_FILES, WITH_PICTURES, depictions
from graphwright.pipeline.protocols import PictureReader
from graphwright.pipeline.readers.language import detect_language
from graphwright.pipeline.readers.locations import STDIN, WEB, File, find_files, source_uri, sources_under
from graphwright.pipeline.readers.source import Attachment, NotACorpusError, Passage, Reader, Source
from graphwright.pipeline.readers.text import clean_text
from graphwright.pipeline.records import Document, make_document

__all__ = ["READERS", "read_corpus", "source_uri", "sources_under"]

# The module of graphwright.pipeline.readers for each extension; it is imported when the first such file comes.
READERS = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".eml": "mail",
    ".mbox": "mail",
    ".csv": "rows",
    ".tsv": "rows",
    ".json": "rows",
    ".jsonl": "rows",
    ".ndjson": "rows",
    ".parquet": "parquet",
}
STDIN_URI = "urn:graphwright:stdin:"
DEEPEST_ATTACHMENT = 5
NO_LANGUAGE = "zxx"
"""ISO 639-2: there is no language in it."""


def read_corpus(
    paths: Sequence[str],
    *,
    language: str = "auto",
    text_field: str = "text",
    limit: int | None = None,
    ledger: Ledger,
    look: PictureReader | None = None,
) -> Iterator[Document]:
    """Documents of files, folders (recursive), globs, fsspec URLs and ``-`` (standard input), in a fixed order.

    ``language`` "auto" detects it; ``text_field`` names the field of CSV, JSON and Parquet rows that holds the text; at
    most ``limit`` documents are read. A document's ``source`` is its file's URI, with ``#`` and the row's id or number
    for rows; ``metadata`` has its ``reader`` and what the format says. What cannot be read goes to the ledger with its
    reason and stops nothing. With ``look``, pictures in PDF, DOCX and HTML are looked at, and picture files become
    documents without a text. Raises ``UsageError`` at the call where a path is missing or a glob matches nothing.
    """
    reading = _Reading(language, text_field, ledger, look)
    documents = (document for file in find_files(paths, ledger) for document in _read_file(file, reading))
    return itertools.islice(documents, limit)


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a corpus is read, and where what fails is told."""

    language: str
    text_field: str
    ledger: Ledger
    look: PictureReader | None


def _read_file(file: File, reading: _Reading) -> Iterator[Document]:
    """Documents of one file. Whatever a reader raises becomes the file's row in the ledger."""
    name = file.name
    if _reader_name(name) is None and not _is_picture(name, reading):
        if not file.named:
            reading.ledger.count("file", f"unsupported extension {_extension(name) or '(none)'}")
            return
        name = "page.html" if file.uri.startswith(WEB) else name
    try:
        with file.open() as stream:
            yield from _read_stream(file.uri, name, stream, reading, depth=0)
    except NotACorpusError as error:
        if file.named:
            reading.ledger.fail(file.uri, str(error))
        else:
            reading.ledger.count("file", str(error))
    except Exception as error:  # formats and file systems have errors of their own; none may stop the other files
        reading.ledger.fail(file.uri, _reason(error))


def _read_stream(uri: str, name: str, stream: BinaryIO, reading: _Reading, *, depth: int) -> Iterator[Document]:
    reader = _reader_name(name)
    if reader is None and not _is_picture(name, reading):
        raise CorpusError(f"unsupported extension {_extension(name) or '(none)'}; wanted one of {' '.join(READERS)}")
    if name.lower().endswith(".gz"):
        stream, name = cast(BinaryIO, gzip.GzipFile(fileobj=stream)), name[:-3]
    if not stream.read(1):
        raise CorpusError("the file is empty")
    stream.seek(0)
    if reader is None:
        yield _picture_file(uri, stream, reading)
        return
    ledger = reading.ledger
    source = Source(name, stream, reading.text_field, lambda part, reason: ledger.fail(_part_uri(uri, part), reason))
    read: Reader = import_module(f"graphwright.pipeline.readers.{reader}").read
    ids: set[int] = set()
    empty, failures = True, len(ledger.failures)
    for piece in read(source):
        empty = False
        if isinstance(piece, Attachment):
            yield from _read_attachment(_part_uri(uri, piece.part), piece, reading, depth + 1)
        elif hash(piece.part) in ids:
            source.reject(piece.part, "this id came before in the same file; give each row an id of its own")
        else:
            if "id" in piece.metadata:
                ids.add(hash(piece.part))
            yield from _documents(_part_uri(uri, piece.part), piece, reader, reading, stream)
    if empty and len(ledger.failures) == failures:
        raise CorpusError("there are no rows or messages in it")


def _read_attachment(uri: str, attachment: Attachment, reading: _Reading, depth: int) -> Iterator[Document]:
    if _reader_name(attachment.name) is None and not _is_picture(attachment.name, reading):
        reading.ledger.count("file", f"attachment with unsupported extension {_extension(attachment.name) or '(none)'}")
        return
    try:
        if depth > DEEPEST_ATTACHMENT:
            raise CorpusError(f"messages within messages, deeper than {DEEPEST_ATTACHMENT}")
        yield from _read_stream(uri, attachment.name, BytesIO(attachment.data), reading, depth=depth)
    except Exception as error:  # as for files: the message it hangs on and the next attachment are read all the same
        reading.ledger.fail(uri, _reason(error))


def _documents(uri: str, passage: Passage, reader: str, reading: _Reading, stream: BinaryIO) -> Iterator[Document]:
    """The passage's document; none where it has no text."""
    text = clean_text(passage.text)
    if not text or text.isspace():
        reading.ledger.fail(uri, "there is no text in it, or only white space")
        return
    detected = reading.language == "auto"
    language = (passage.language or detect_language(text)) if detected else reading.language
    source = STDIN_URI + content_hash("text", text) if uri == STDIN else uri
    metadata = {key: clean_text(value) for key, value in passage.metadata.items()} | {"reader": reader}
    document = make_document(source, text, language=language, metadata=metadata)
    if reading.look and reader in WITH_PICTURES:
        found = depictions(stream, reader, uri, text, metadata.get("pages", ""), reading.look, reading.ledger)
        document = replace(document, depictions=found)
    yield document


def _is_picture(name: str, reading: _Reading) -> bool:
    return reading.look is not None and _extension(name) in PICTURE_FILES


def _picture_file(uri: str, stream: BinaryIO, reading: _Reading) -> Document:
    """The document of a picture that is a file of its own."""
    assert reading.look
    found = depictions(stream, "picture", uri, "", "", reading.look, reading.ledger)
    return replace(make_document(uri, "", language=NO_LANGUAGE, metadata={"reader": "picture"}), depictions=found)


def _part_uri(uri: str, part: str) -> str:
    """A part's URI: ``mail.mbox#3``, and within it ``mail.mbox#3/1/report.pdf``."""
    if not part:
        return uri
    return f"{uri}/{part}" if "#" in uri else f"{uri}#{part}"


def _extension(name: str) -> str:
    """The extension in lower case, that of the packed file for ``.gz``.

    >>> _extension("Letters.JSONL.gz"), _extension("README")
    ('.jsonl', '')
    """
    return os.path.splitext(name.lower().removesuffix(".gz"))[1]


def _reader_name(name: str) -> str | None:
    return READERS.get(_extension(name))


def _reason(error: Exception) -> str:
    if isinstance(error, CorpusError):
        return str(error)
    if isinstance(error, (gzip.BadGzipFile, EOFError, zlib.error)):
        return f"broken gzip file ({error}); pack it again"
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror or error}"
    return f"cannot be read: {type(error).__name__}: {error}"
