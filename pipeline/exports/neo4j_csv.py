r"""CSV as ``neo4j-admin database import full`` reads it.

https://neo4j.com/docs/operations-manual/5/tools/neo4j-admin/neo4j-admin-import/: RFC 4180 with headers that say type
and id space. ``""`` is an empty string and nothing at all is no value. Arrays have no escapes, and an
empty one is no value: one that holds the delimiter or an empty string is left out, and told to be set after the import.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from graphwright.pipeline.exports.drafts import open_text

DELIMITER: Final = "\x1f"
"""Between the elements of an array, and between labels. ``neo4j-admin`` knows it as ``U+001F``."""

NOTHING: Final = '""'
"""What stands for an array that is empty, or cannot be said."""

Unsayable = Callable[[str, str, Sequence[str]], None]
"""(id of a node, property, array that CSV cannot hold)."""


@dataclass(frozen=True, slots=True)
class NodeTable:
    """A file of nodes: its properties with their types, ``id`` first. ``label`` is what every one of them has."""

    file: str
    label: str
    properties: Mapping[str, str]
    labelled: bool = False

    @property
    def arrays(self) -> list[str]:
        """Properties that are arrays of strings."""
        return [name for name, kind in self.properties.items() if kind == "string[]"]

    @property
    def header(self) -> list[str]:
        """The first line; with ``labelled``, a last column holds further labels."""
        typed = [f"{name}:{kind}" for name, kind in self.properties.items()]
        return [f"id:ID({self.label})", *typed[1:], *([":LABEL"] if self.labelled else [])]


@dataclass(frozen=True, slots=True)
class EdgeTable:
    """A file of relationships of one type between two kinds of nodes; without a type, a column holds it."""

    file: str
    type: str | None
    start: str
    end: str
    properties: Mapping[str, str] = field(hash=False)

    @property
    def header(self) -> list[str]:
        """The first line."""
        typed = [f"{name}:{kind}" for name, kind in self.properties.items()]
        return [f":START_ID({self.start})", f":END_ID({self.end})", *([] if self.type else [":TYPE"]), *typed]


def quoted(text: str) -> str:
    """A field of text."""
    return '"' + text.replace('"', '""') + '"'


def sayable(values: Sequence[str]) -> bool:
    """Whether CSV can hold an array of strings."""
    return all(values) and DELIMITER not in "".join(values)


def _optional(value: str | None) -> str:
    return "" if value is None else '"' + value.replace('"', '""') + '"'  # as quoted, without a call: it is everywhere


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)


def _strings(values: Sequence[str] | None) -> str:
    return "" if values is None else quoted(DELIMITER.join(values)) if sayable(values) else NOTHING


def _numbers(values: Sequence[int] | None) -> str:
    return "" if values is None else quoted(DELIMITER.join(map(str, values)))


FIELDS: Final[Mapping[str, Callable[[Any], str]]] = {
    "string": _optional,
    "double": _number,
    "long": _number,
    "string[]": _strings,
    "long[]": _numbers,
}


class NodeFile:
    """Writes the rows of a table of nodes."""

    def __init__(self, table: NodeTable, path: Path, unsayable: Unsayable) -> None:
        self._fields = [(name, FIELDS[kind]) for name, kind in table.properties.items()]
        self._arrays = [(place, name) for place, name in enumerate(table.properties) if name in table.arrays]
        self._unsayable = unsayable
        self._stream = open_text(path)
        self._stream.write(",".join(table.header) + "\n")

    def write(self, row: Mapping[str, Any], label: str | None = None) -> None:
        """One node; ``label`` where the table is ``labelled``."""
        fields = [field(row.get(name)) for name, field in self._fields]
        line = ",".join(fields)
        self._stream.write(f"{line}\n" if label is None else f"{line},{label}\n")
        for place, name in self._arrays:
            if fields[place] == NOTHING and row.get(name):
                self._unsayable(row["id"], name, row[name])

    def close(self) -> None:
        self._stream.close()


class EdgeFile:
    """Writes the rows of a table of relationships."""

    def __init__(self, table: EdgeTable, path: Path) -> None:
        self._fields = [(name, FIELDS[kind]) for name, kind in table.properties.items()]
        self._stream = open_text(path)
        self._stream.write(",".join(table.header) + "\n")

    def write(self, start: str, end: str) -> None:
        """One relationship without properties."""
        self._stream.write(f"{quoted(start)},{quoted(end)}\n")

    def write_typed(self, start: str, end: str, type: str, row: Mapping[str, Any]) -> None:
        """One relationship with its type and properties."""
        fields = (quoted(start), quoted(end), type, *(field(row.get(name)) for name, field in self._fields))
        self._stream.write(",".join(fields) + "\n")

    def close(self) -> None:
        self._stream.close()
