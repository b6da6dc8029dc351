"""The kinds of sources of a knowledge base, told by the name of a file or the scheme of an address."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from graphwright.pipeline.errors import ConfigurationError
from graphwright.pipeline.kb.annotated import relation_properties
from graphwright.pipeline.kb.base import base_portions
from graphwright.pipeline.kb.flat import read_csv
from graphwright.pipeline.kb.portions import Options, Portion, Problems
from graphwright.pipeline.sinks.opening import StoreSettings

JSON_LINES = (".json", ".jsonl", ".ndjson")
ADDRESSES = ("neo4j://", "neo4j+s://", "neo4j+ssc://", "bolt://", "bolt+s://", "bolt+ssc://")
Reader = Callable[[Options, Problems], Iterator[Portion]]


@dataclass(frozen=True, slots=True)
class Source:
    """Where knowledge comes from. Without a ``reader`` it is a file of JSON lines, which is read in chunks.

    ``state`` changes where the content may have: a build goes on only where it is as before. It is empty where that
    cannot be told, as with a database.
    """

    name: str
    path: Path
    state: tuple[int, ...] = ()
    reader: Reader | None = None

    @property
    def size(self) -> int:
        return self.state[0] if self.state else 0


def source_of(text: str, login: StoreSettings) -> Source:
    """The source that a path or an address names. Raises ``ConfigurationError`` for what is not there or not known."""
    if text.startswith(ADDRESSES):
        from graphwright.pipeline.kb.cypher import neo4j_portions
        from graphwright.pipeline.sinks.cypher_connection import place

        return Source(place(text), Path(), reader=lambda _, problems: neo4j_portions(text, login, problems))
    path = Path(text)
    suffix = [part for part in path.suffixes if part not in (".gz", ".bz2")][-1:]
    known = (*JSON_LINES, *_READERS)
    if not path.is_file():
        raise ConfigurationError(f"wanted a file to build a knowledge base from; there is no file {path}")
    if not suffix or suffix[0] not in known:
        wanted = ", ".join(sorted(known))
        raise ConfigurationError(
            f"wanted a knowledge source ending in {wanted} (.gz and .bz2 too), or a neo4j:// address; "
            f"received {path.name}"
        )
    if not os.access(path, os.R_OK):
        raise ConfigurationError(f"wanted a file to build a knowledge base from; {path} may not be read by you")
    state = path.stat()
    read = _READERS.get(suffix[0])
    reader = (lambda options, problems: read(path, options, problems)) if read is not None else None
    return Source(path.name, path, (state.st_size, state.st_mtime_ns), reader)


def options_of(source: Source, options: Options) -> Options:
    """The options for a file of JSON lines: with what lies beside it about its relation labels."""
    relations = relation_properties(source.path.parent / "labels.json")
    return replace(options, relations={**relations, **options.relations})


def _read_rdf(path: Path, options: Options, problems: Problems) -> Iterator[Portion]:
    from graphwright.pipeline.kb.rdf import rdf_portions

    return rdf_portions(path, options.languages, problems)


_READERS: dict[str, Callable[[Path, Options, Problems], Iterator[Portion]]] = {
    ".csv": read_csv, ".tsv": read_csv, ".nt": _read_rdf, ".ttl": _read_rdf, ".nq": _read_rdf, ".sqlite": base_portions,
}  # fmt: skip
