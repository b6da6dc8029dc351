"""Files as streams of bytes, unpacked, in chunks of whole lines or line by line."""

from __future__ import annotations

import bz2
import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol, cast

from graphwright.pipeline.kb.portions import Problems

CHUNK_BYTES = 4 << 20
PACKED = (".gz", ".bz2")
DAMAGE = (EOFError, OSError, zlib.error)
_READ_BYTES = 1 << 18


class _Unpacker(Protocol):
    """What zlib's and bz2's objects have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole lines: ``line`` is the number of lines before them, ``end`` the offset after them in the unpacked file.

    ``packed`` is how many bytes of the file itself have been read by then.
    """

    data: bytes
    line: int
    end: int
    packed: int


def open_binary(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked."""
    if path.suffix == ".gz":
        return cast(IO[bytes], gzip.open(path, "rb"))
    return cast(IO[bytes], bz2.open(path, "rb")) if path.suffix == ".bz2" else path.open("rb")


def _unpacked(stream: IO[bytes], make: Callable[[], _Unpacker]) -> Iterator[bytes]:
    """Pieces of a gzip or bzip2 file of one stream or several; zlib and bz2 check the sums.

    Unlike ``gzip.open`` it gives everything before a damage, and unpacks large pieces without the interpreter's lock.
    """
    engine: _Unpacker | None = None
    while packed := stream.read(_READ_BYTES):
        while packed:
            engine = engine or make()
            yield engine.decompress(packed)
            packed = b""
            if engine.eof:
                # Some tools fill the last block of a file up with zeros.
                packed, engine = engine.unused_data.lstrip(b"\0"), None
    if engine is not None:
        raise EOFError("it ends before its end-of-stream marker")


def _pieces(path: Path, stream: IO[bytes]) -> Iterator[bytes]:
    if path.suffix == ".gz":
        return _unpacked(stream, lambda: zlib.decompressobj(zlib.MAX_WBITS | 16))
    if path.suffix == ".bz2":
        return _unpacked(stream, bz2.BZ2Decompressor)
    return iter(lambda: stream.read(_READ_BYTES), b"")


def chunks(path: Path, problems: Problems, *, start: int = 0, line: int = 0) -> Iterator[Chunk]:
    """Chunks of whole lines of about ``CHUNK_BYTES``, from the offset ``start`` on, before which there are ``line``
    lines. Where they end depends on the unpacked bytes only.

    A packed file that ends too early gives the lines it holds and is named in ``problems``.
    """
    rest, at = b"", start
    with path.open("rb") as stream:
        try:
            for data in _large(_from(path, stream, start)):
                rest, done = rest + data if rest else data, 0
                while cut := _cut(rest, done):
                    chunk = Chunk(rest[done:cut], line, at + cut, stream.tell())
                    line, done = line + chunk.data.count(b"\n"), cut
                    yield chunk
                rest, at = rest[done:], at + done
        except _DamagedError as damage:
            rest += damage.before
            rest = rest[: rest.rfind(b"\n") + 1]
            lines = line + rest.count(b"\n")
            problems.cut(f"{path.name} after line {lines}", f"the file is cut or damaged ({damage.reason})")
        if rest:
            yield Chunk(rest, line, at + len(rest), stream.tell())


def _cut(data: bytes, start: int) -> int:
    """Where the chunk that begins at ``start`` ends; 0 where its end is not there yet."""
    if len(data) - start < CHUNK_BYTES:
        return 0
    end = start + CHUNK_BYTES
    return data.rfind(b"\n", start, end) + 1 or data.find(b"\n", end) + 1


class _DamagedError(Exception):
    """A file cannot be read on; ``before`` is what came since the last piece."""

    def __init__(self, before: bytes, reason: Exception) -> None:
        super().__init__(reason)
        self.before, self.reason = before, reason


def _large(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Pieces joined to about the size of a chunk. Raises ``_DamagedError`` with what is left over."""
    held: list[bytes] = []
    size = 0
    try:
        for piece in pieces:
            held.append(piece)
            size += len(piece)
            if size >= CHUNK_BYTES:
                yield b"".join(held)
                held, size = [], 0
    except DAMAGE as error:
        raise _DamagedError(b"".join(held), error) from error
    yield b"".join(held)


def _from(path: Path, stream: IO[bytes], start: int) -> Iterator[bytes]:
    """Pieces from an offset on: what is packed has to be unpacked up to there."""
    if path.suffix not in PACKED:
        stream.seek(start)
        start = 0
    for piece in _pieces(path, stream):
        if start < len(piece):
            yield piece[start:]
        start = max(start - len(piece), 0)


def lines_of(path: Path, problems: Problems) -> Iterator[tuple[int, bytes]]:
    """Numbered lines."""
    for chunk in chunks(path, problems):
        yield from enumerate(chunk.data.split(b"\n"), chunk.line + 1)
