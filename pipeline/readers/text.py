"""Bytes to text: character sets, and the normal form that all documents are in. Also the reader of plain text."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from typing import BinaryIO

from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.readers.source import Passage, Source

# Longer marks first: the mark of UTF-16-LE opens that of UTF-32-LE.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE = 65_536
MOST_CONTROLS = 0.01
LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# C0 and C1 controls but tab and line feed, lone surrogates and the non-characters that XML does not allow.
UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
CONTROL_BYTES = bytes(byte for byte in range(32) if byte not in b"\t\n\r\x0b\x0c\x1b")
HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
BINARY = "this is not text but binary data; give the file the extension of its format, or convert it to text"


def clean_text(text: str) -> str:
    """The text that offsets refer to: NFC, lines end with ``\\n``, a space for each control or lone surrogate.

    Idempotent, so that a reader may clean parts before it joins them with line breaks.
    """
    if text.startswith("\ufeff"):
        text = text.lstrip("\ufeff")
    text = UNPRINTABLE.sub(" ", LINE_ENDS.sub("\n", text))
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def decode(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """(text, name of the character set): by byte order mark, else UTF-8, ``declared``, GB 18030, Windows-1252, Latin-1.

    Raises ``CorpusError`` for binary data.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark) and (text := _try(data, encoding)) is not None:
            return text, encoding
    check_text(data)
    candidates = [_utf16_without_mark(data), "utf-8", declared, "gb18030" if _in_pairs(data) else None, "cp1252"]
    for candidate in candidates:
        if candidate and (text := _try(data, candidate)) is not None:
            return text, candidate
    return data.decode("latin-1"), "latin-1"


def encoding_metadata(encoding: str) -> dict[str, str]:
    """The metadata that names a character set other than UTF-8."""
    return {} if encoding.startswith("utf-8") else {"encoding": encoding}


def check_text(data: bytes) -> None:
    """Raise ``CorpusError`` where the start of ``data`` is binary: control bytes are more than one in a hundred."""
    sample = data[:SAMPLE]
    controls = len(sample) - len(sample.translate(None, CONTROL_BYTES))
    if controls > MOST_CONTROLS * len(sample) and not _utf16_without_mark(data):
        raise CorpusError(BINARY)


def text_lines(stream: BinaryIO) -> Iterator[str]:
    """Lines of a text, one at a time, with their ends; each is decoded on its own: one bad byte costs one line."""
    head = stream.read(SAMPLE)
    stream.seek(0)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        for wide in codecs.getreader("utf-16")(stream):  # noqa: UP028  ("yield from" would close the stream at the end)
            yield wide
        return
    check_text(head)
    for number, line in enumerate(stream):
        data = line.removeprefix(codecs.BOM_UTF8) if number == 0 else line
        text = _try(data, "utf-8")
        yield data.decode("cp1252", "replace") if text is None else text


def read(source: Source) -> Iterator[Passage]:
    """Plain text: one passage."""
    text, encoding = decode(source.stream.read())
    yield Passage(text, metadata=encoding_metadata(encoding))


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 of a mostly Latin text has a zero at every other byte."""
    sample = data[:2000]
    if len(data) % 2 or not sample:
        return None
    for encoding, zeros in (("utf-16-be", sample[0::2]), ("utf-16-le", sample[1::2])):
        others = sample[1::2] if encoding == "utf-16-be" else sample[0::2]
        if zeros.count(0) > 0.8 * len(zeros) and not others.count(0):
            return encoding
    return None


def _in_pairs(data: bytes) -> bool:
    """Whether bytes above 127 come in long runs, as in GB 18030, and not one here and there as in Latin-1."""
    runs = HIGH_BYTES.findall(data[:SAMPLE])
    return bool(runs) and sum(map(len, runs)) >= 4 * len(runs)
