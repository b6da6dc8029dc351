"""Where documents are: local paths, globs, URLs and standard input, and the URI that names each file for good."""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import stat
import sys
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from graphwright.pipeline.errors import CorpusError, UsageError
from graphwright.pipeline.ledger import Ledger

STDIN = "-"
WEB = ("http://", "https://")
SPOOLED_BYTES = 16 * 2**20
TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class File:
    """A file to be read. ``named``: the user named it and it was not only found in a folder or by a glob."""

    uri: str
    name: str
    named: bool
    open: Callable[[], BinaryIO]


def source_uri(path: str) -> str:
    """The URI of a path: ``file://`` and the resolved absolute path for a local one, a URL as it is.

    It does not depend on the working directory, and the file need not exist (any more). A row of a file is named as
    ``rows.jsonl#7``.
    """
    if path.startswith("file://"):
        address, mark, part = path.partition("#")
        path = urllib.parse.unquote(urllib.parse.urlsplit(address).path) + mark + part
    elif is_url(path):
        scheme, _, rest = path.partition("://")
        return path if path.startswith(WEB) else f"{scheme}://{rest.rstrip('/')}"
    name, mark, part = path.rpartition("#")
    if mark and not os.path.lexists(path):
        return Path(name).expanduser().resolve().as_uri() + mark + part
    return Path(path).expanduser().resolve().as_uri()


def sources_under(sources: Iterable[str], path: str) -> tuple[str, ...]:
    """Those of ``sources`` that ``path`` names, sorted: itself, the rows of that file, or all files of that folder.

    >>> sources_under(["s3://box/a.txt", "s3://box/a.txt#1", "s3://boxes/b.txt"], "s3://box")
    ('s3://box/a.txt', 's3://box/a.txt#1')
    """
    uri = path if path.startswith("urn:") else source_uri(path)
    prefixes = (uri.rstrip("/") + "/",) if "#" in uri else (uri.rstrip("/") + "/", uri + "#")
    return tuple(sorted(source for source in set(sources) if source in {uri, path} or source.startswith(prefixes)))


def find_files(paths: Sequence[str], ledger: Ledger) -> Iterator[File]:
    """The files of every path, each file once, those of a folder or glob in sorted order.

    Raises ``UsageError`` at the call, before anything is read, where a path is missing or a glob matches nothing.
    """
    if not paths:
        raise UsageError("wanted a file, folder, glob, URL or - for standard input; received none")
    finders = [_finder(path, ledger) for path in paths]
    return _once(file for finder in finders for file in finder())


def is_url(path: str) -> bool:
    """Whether a path has a scheme, ``s3://bucket/key``, or a chain of them, ``zip://a.txt::s3://bucket/b.zip``."""
    scheme, mark, _ = path.partition("://")
    return bool(mark) and scheme.replace("+", "").replace("-", "").replace(":", "").isalnum()


def _once(files: Iterable[File]) -> Iterator[File]:
    seen: set[str] = set()
    for file in files:
        if file.uri not in seen:
            seen.add(file.uri)
            yield file


def _finder(path: str, ledger: Ledger) -> Callable[[], Iterable[File]]:
    if path == STDIN:
        return lambda: [File(STDIN, "stdin.txt", True, _open_stdin)]
    if path.startswith(WEB):
        return lambda: [File(path, _web_name(path), True, partial(_open_web, path))]
    if is_url(path) and not path.startswith("file://"):
        return _remote_finder(path)
    if path.startswith("file://"):
        path = urllib.parse.unquote(urllib.parse.urlsplit(path).path)
    path = os.path.expanduser(path)
    if os.path.isdir(path):
        return lambda: _walk(path, ledger)
    if os.path.lexists(path):
        return lambda: [_local(path, named=True)]
    found = sorted(glob.glob(path, recursive=True)) if glob.has_magic(path) else []
    if not found:
        what = "glob matches nothing" if glob.has_magic(path) else "no such file or folder"
        raise UsageError(f"{path}: {what}; give a path that exists, relative to {os.getcwd()}")
    return lambda: (file for match in found for file in _matched(match, ledger))


def _matched(path: str, ledger: Ledger) -> Iterable[File]:
    return _walk(path, ledger) if os.path.isdir(path) else [_local(path, named=False)]


def _walk(folder: str, ledger: Ledger) -> Iterator[File]:
    def unreadable(error: OSError) -> None:
        ledger.fail(source_uri(str(error.filename)), f"the folder cannot be read: {error.strerror}")

    for root, folders, names in os.walk(folder, onerror=unreadable):
        hidden = sum(name.startswith(".") for name in [*folders, *names])
        if hidden:
            ledger.count("file", "hidden", hidden)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(name for name in names if not name.startswith(".")):
            yield _local(os.path.join(root, name), named=False)


def _local(path: str, *, named: bool) -> File:
    return File(source_uri_of_file(path), os.path.basename(path), named, partial(_open_local, path))


def source_uri_of_file(path: str) -> str:
    """``source_uri`` of a file that is there, whatever characters its name has."""
    return Path(path).resolve().as_uri()


def _open_local(path: str) -> BinaryIO:
    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode):
        raise CorpusError("not a regular file; give a file, or pipe it into -")
    return open(path, "rb")


def _open_stdin() -> BinaryIO:
    return BytesIO(sys.stdin.buffer.read())


def _web_name(url: str) -> str:
    name = urllib.parse.unquote(urllib.parse.urlsplit(url).path.rpartition("/")[2])
    return name if "." in name else f"{name or 'index'}.html"


def _open_web(url: str) -> BinaryIO:
    """The answer's body in memory, beyond 16 MiB in a temporary file: readers seek, and an answer cannot."""
    request = urllib.request.Request(url, headers={"User-Agent": "graphwright"})
    with contextlib.ExitStack() as stack, urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
        body = stack.enter_context(tempfile.SpooledTemporaryFile(max_size=SPOOLED_BYTES))
        shutil.copyfileobj(answer, body)
        body.seek(0)
        stack.pop_all()  # whoever reads it closes it
    return cast(BinaryIO, body)


def _remote_finder(url: str) -> Callable[[], Iterable[File]]:
    import fsspec  # here, since local files need none of it

    try:
        system, place = fsspec.core.url_to_fs(url)
        if glob.has_magic(place):
            found, named = sorted(system.glob(place)), False
        elif system.isdir(place):
            found, named = sorted(system.find(place)), False
        else:
            found, named = [place] if system.exists(place) else [], True
    except Exception as error:  # each file system has errors of its own
        raise UsageError(f"{url}: cannot be reached or read ({error or type(error).__name__})") from error
    if not found:
        raise UsageError(f"{url}: nothing there; give a URL of a file, a folder or a glob that matches")
    prefix = _prefix(url, place)
    return lambda: (
        File(prefix + name, name.rpartition("/")[2], named, partial(system.open, name, "rb"))
        for name in found
        if named or not name.rpartition("/")[2].startswith(".")
    )


def _prefix(url: str, place: str) -> str:
    """What turns a name within a file system back into a URL: "s3://", "sftp://host"."""
    trimmed = url.rstrip("/")
    if place and trimmed.endswith(place.rstrip("/")):
        return trimmed[: len(trimmed) - len(place.rstrip("/"))]
    return url.partition("://")[0] + "://"
