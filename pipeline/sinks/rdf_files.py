"""RDF files as stores: read into memory when opened, written whole when the work is done.

N-Quads, TriG and JSON-LD keep the graphs apart. Turtle, N-Triples and RDF/XML have one graph only: there every subject
of a document says so with ``gw:inDocument``, from which the graphs are found again. XML has no control characters: in
RDF/XML they become U+FFFD, as lone surrogates do everywhere.
"""

from __future__ import annotations

import gzip
import os
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Final, cast

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple

from graphwright.pipeline.errors import StoreError, UsageError
from graphwright.pipeline.sinks.json_ld import write_json_ld
from graphwright.pipeline.sinks.oxigraph import OxigraphQuads, reported
from graphwright.pipeline.sinks.rdf import VERSION_LINE, RdfStore, check_version
from graphwright.pipeline.sinks.rdf_lines import as_quads
from graphwright.pipeline.vocabulary import (
    DECISION,
    DECISIONS_GRAPH,
    DOCUMENT,
    GW,
    PREFIXES,
    RDF,
    RESOLUTION_GRAPH,
    STORE_GRAPH,
    VIEW_GRAPH,
)
from graphwright.pipeline.whole_files import whole_file

FORMATS: Final = {
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".jsonld": RdfFormat.JSON_LD,
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".rdf": RdfFormat.RDF_XML,
    ".xml": RdfFormat.RDF_XML,
}
Quads = Iterable[Quad]
Triples = Iterable[Triple]
RESOLUTION_PROPERTIES: Final = frozenset(
    {GW.resolvedTo, GW.strayKey, GW.supports, GW.canonicalLine, GW.tally, GW.pendingKey, GW.pendingOccurrence}
)

_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is no Char of XML 1.0 (https://www.w3.org/TR/xml/#charsets)."""
_ENDS_IN_NAME: Final = re.compile("[A-Za-z_][A-Za-z0-9_.-]*$").search


def file_format(path: Path) -> RdfFormat:
    """The format of a file by its name, ``.gz`` aside. Raises ``UsageError`` that lists the known ones."""
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    if suffix not in FORMATS:
        raise UsageError(f"{path}: wanted a file name that ends in {', '.join(FORMATS)} (or that and .gz)")
    return FORMATS[suffix]


class RdfFileStore(RdfStore):
    """A ``Store`` in a file, made where it is missing; after an error the file stays as it was.

    Raises ``StoreError`` where the file is not ours, of another version, or cannot be read.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(FileQuads(Path(path)))


class FileQuads(OxigraphQuads):
    """``Quads`` in memory that are a file at either end. What another process wrote there meanwhile is not lost."""

    def __init__(self, path: Path) -> None:
        super().__init__(ox.Store(), str(path))
        self._path = path
        self._format = file_format(path)
        self._read = _edition(path)
        self._changed = self._read is None
        if self._changed:
            _check_folder(path)
            self.store.extend(as_quads([VERSION_LINE]))
        else:
            self._load()

    def write(self, removed: Collection[str], added: Collection[str]) -> None:
        super().write(removed, added)
        self._changed = True

    def close(self, *, completed: bool) -> None:
        if self._store is not None and completed and self._changed:
            with reported(self._target):
                write_quads(self.store, self._path, self._check_unchanged)
        super().close(completed=completed)

    def _load(self) -> None:
        with reported(self._target):
            try:
                self.store.extend(read_quads(self._path))
            except (SyntaxError, EOFError, UnicodeDecodeError) as error:
                said = " ".join(str(error).split())
                raise StoreError(f"{self._path} cannot be read as {self._format.name}: {said}") from error
        if not check_version(self, self._target):
            raise StoreError(f"{self._path} was not written by graphwright; choose a new file as the target")

    def _check_unchanged(self) -> None:
        if _edition(self._path) != self._read:
            raise StoreError(
                f"{self._path}: another process wrote it meanwhile, so it was left as it is; run this again"
            )


def _edition(path: Path) -> tuple[int, int, int] | None:
    """What changes whenever a file is written; ``None`` where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _check_folder(path: Path) -> None:
    """Find out before the work, not after it, that the file cannot be written."""
    with reported(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
    if not os.access(path.parent, os.W_OK):
        raise StoreError(f"{path.parent} cannot be written; choose a target that you may write to")


def read_quads(path: Path) -> Iterator[Quad]:
    """The quads of a file that ``write_quads`` wrote. Raises ``SyntaxError`` and ``OSError``."""
    form = file_format(path)
    opened = gzip.open if path.name.endswith(".gz") else open
    with opened(path, "rb") as stream:
        quads = ox.parse(cast("IO[bytes]", stream), form)
        yield from quads if form.supports_datasets else _apart(quads)


def write_quads(quads: Iterable[Quad], path: Path, check: Callable[[], None] = lambda: None) -> None:
    """Write a file whole or not at all, in an order that depends on nothing but content. Raises ``OSError``.

    ``check`` is called before the file takes its place, and may raise.
    """
    form = file_format(path)
    content = sorted(quads, key=_position)
    parts: Quads | Triples = content if form.supports_datasets else _together(content)
    if form == RdfFormat.RDF_XML:
        parts = map(_for_xml, cast("Triples", parts))
    with whole_file(path) as draft:
        with draft.open("wb") as raw:
            if path.name.endswith(".gz"):
                with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0) as stream:
                    _serialize(parts, stream, form, path)
            else:
                _serialize(parts, raw, form, path)
            raw.flush()
            os.fsync(raw.fileno())
        check()


def _serialize(parts: Quads | Triples, stream: IO[bytes] | gzip.GzipFile, form: RdfFormat, path: Path) -> None:
    try:
        if form.file_extension == RdfFormat.JSON_LD.file_extension:
            write_json_ld(cast("Sequence[Quad]", parts), cast("IO[bytes]", stream))
            return
        ox.serialize(parts, cast("IO[bytes]", stream), form, prefixes=PREFIXES)
    except ValueError as error:
        raise StoreError(f"{path}: {form.name} cannot express this graph ({error}); use .nq or .ttl") from error


def _position(quad: Quad) -> tuple[str, str, str, str]:
    return str(quad.graph_name), str(quad.subject), str(quad.predicate), str(quad.object)


def _together(quads: list[Quad]) -> list[Triple]:
    """All graphs as one, with a link from each subject of a document to its document."""
    triples = {Triple(quad.subject, quad.predicate, quad.object) for quad in quads}
    for quad in quads:
        graph = quad.graph_name
        if isinstance(graph, NamedNode) and graph.value.startswith(DOCUMENT):
            triples.add(Triple(quad.subject, GW.inDocument, graph))
    return sorted(triples, key=lambda triple: (str(triple.subject), str(triple.predicate), str(triple.object)))


def _for_xml(triple: Triple) -> Triple:
    """A triple that XML can hold. Raises ``ValueError`` where it has no name for the property or type."""
    value = triple.object
    for name in (triple.predicate, value if triple.predicate == RDF.type else None):
        if isinstance(name, NamedNode) and not _ENDS_IN_NAME(name.value):
            raise ValueError(f"no XML name can be made of {name}")
    if not isinstance(value, Literal) or not _NO_XML.search(value.value):
        return triple
    words = Literal(_NO_XML.sub("\N{REPLACEMENT CHARACTER}", value.value))
    return Triple(triple.subject, triple.predicate, words)


def _apart(quads: Iterable[Quad]) -> Iterator[Quad]:
    """The inverse of ``_together``."""
    content = list(quads)
    documents: dict[object, list[NamedNode]] = defaultdict(list)
    for quad in content:
        if quad.predicate == GW.inDocument and isinstance(quad.object, NamedNode):
            documents[quad.subject].append(quad.object)
    for quad in content:
        if quad.predicate != GW.inDocument:
            for graph in _graphs(quad, documents.get(quad.subject, [])):
                yield Quad(quad.subject, quad.predicate, quad.object, graph)


def _graphs(quad: Quad, documents: list[NamedNode]) -> list[NamedNode]:
    if quad.subject == STORE_GRAPH:
        return [STORE_GRAPH]
    if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(DECISION):
        return [DECISIONS_GRAPH]
    if quad.predicate in RESOLUTION_PROPERTIES:
        return [RESOLUTION_GRAPH]
    return documents or [VIEW_GRAPH]
