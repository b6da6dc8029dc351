"""What a graph held true when a run ended, in files: its facts with their evidence, the names of things, the documents.

A build writes them while it reads its statements for the report, so the graph is not read once more.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter

from graphwright.pipeline.graph import Node, Statement

if TYPE_CHECKING:
    from graphwright.pipeline.differences import Graph

STATEMENTS, NAMES, DOCUMENTS = "statements.jsonl.gz", "names.jsonl.gz", "documents.jsonl.gz"
STATEMENT: Final = TypeAdapter(Statement)
FAST: Final = 1
"""Of gzip: a third larger than the best, in a fifth of the time."""
_ID: Final = len('{"id":"')


@dataclass(frozen=True, slots=True)
class State:
    """A folder of such files: a ``differences.Graph``, all by id. Methods raise ``OSError`` and ``ValueError``."""

    folder: Path

    def documents(self) -> Mapping[str, tuple[str, str]]:
        return {key: (source, mark) for key, source, mark, _ in self._rows(DOCUMENTS)}

    def versions(self) -> Mapping[str, str]:
        return {key: version for key, _, _, version in self._rows(DOCUMENTS)}

    def nodes(self) -> Iterator[Node]:
        return (Node(key, "", name, (), None) for key, name in self._rows(NAMES))

    def statements(self) -> Iterator[Statement]:
        return map(STATEMENT.validate_json, self.lines())

    def lines(self) -> Iterator[bytes]:
        """The statements as they stand in the file."""
        with gzip.open(self.folder / STATEMENTS) as stream:
            yield from stream

    def _rows(self, name: str) -> Iterator[list[str]]:
        with gzip.open(self.folder / name) as stream:
            yield from map(json.loads, stream)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A state of which only some statements are looked at."""

    state: State
    chosen: Sequence[Statement]

    def documents(self) -> Mapping[str, tuple[str, str]]:
        return self.state.documents()

    def versions(self) -> Mapping[str, str]:
        return self.state.versions()

    def nodes(self) -> Iterator[Node]:
        return self.state.nodes()

    def statements(self) -> Iterator[Statement]:
        return iter(self.chosen)


class Draft:
    """A state while it is written: statements as ``watched`` hands them on, then the rest by ``finish``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._part = folder.with_name(folder.name + ".part")
        shutil.rmtree(self._part, ignore_errors=True)
        self._part.mkdir(parents=True)

    def watched(self, statements: Iterable[Statement]) -> Iterator[Statement]:
        """The statements, each written as it passes."""
        with gzip.open(self._part / STATEMENTS, "wb", FAST) as stream:
            for statement in statements:
                stream.write(STATEMENT.dump_json(statement) + b"\n")
                yield statement

    def finish(self, graph: Graph) -> State:
        """All that the graph knows besides, and the folder in its place."""
        self._write(NAMES, ((node.id, node.name) for node in graph.nodes()))
        documents, versions = graph.documents(), graph.versions()
        self._write(DOCUMENTS, ((key, *documents[key], versions[key]) for key in sorted(documents)))
        shutil.rmtree(self._folder, ignore_errors=True)
        self._part.rename(self._folder)
        return State(self._folder)

    def _write(self, name: str, rows: Iterable[Sequence[str]]) -> None:
        with gzip.open(self._part / name, "wb", FAST) as stream:
            for row in rows:
                stream.write(json.dumps(row).encode() + b"\n")


def unlike(before: State, after: State) -> tuple[Chosen, Chosen]:
    """Of two states the statements that are not the same in both; what is the same is not even parsed."""
    old, new = before.lines(), after.lines()
    gone: list[bytes] = []
    come: list[bytes] = []
    left, right = next(old, None), next(new, None)
    while left or right:
        if right is None or (left and _id(left) < _id(right)):
            gone.append(left or b"")
            left = next(old, None)
        elif left is None or _id(right) < _id(left):
            come.append(right)
            right = next(new, None)
        else:
            if left != right:
                gone.append(left)
                come.append(right)
            left, right = next(old, None), next(new, None)
    parsed = ([STATEMENT.validate_json(line) for line in lines] for lines in (gone, come))
    return Chosen(before, next(parsed)), Chosen(after, next(parsed))


def _id(line: bytes) -> bytes:
    return line[_ID : line.index(b'"', _ID)]
