"""How the command line speaks: data on stdout, talk on stderr, a bar only on a terminal."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from rich.console import Console

Advance = Callable[[int], None]
T = TypeVar("T")


def talk(line: str) -> None:
    """One line for the person at the terminal."""
    print(line, file=sys.stderr, flush=True)


def say(line: str) -> None:
    """One line of data."""
    print(line)


def counted(number: int, what: str) -> str:
    """A number of things in words.

    >>> counted(1, "document"), counted(2, "document")
    ('1 document', '2 documents')
    """
    return f"{number:,} {what}{'s' * (number != 1)}"


def emit_json(value: object) -> None:
    """A value as indented JSON on stdout; dataclasses as objects, paths as strings."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def emit_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Rows as CSV (RFC 4180) on stdout, lists as JSON."""
    writer = csv.writer(sys.stdout)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)


def emit_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """Rows as a table on stdout: as wide as the terminal, as wide as it needs to be in a file or a pipe."""
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title) if title else None, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    _stdout(table).print(table)


def emit_records(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Rows as a JSON list of objects on stdout."""
    emit_json([dict(zip(columns, row, strict=True)) for row in rows])


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Advance]:
    """A bar on stderr that ``advance(number)`` moves; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda number: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    parts = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*parts, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda number: bar.advance(task, number)


def tracked(items: Iterable[T], total: int) -> Iterator[T]:
    """The items, with a bar that shows how many of them have passed."""
    with progress("training", total) as advance:
        for item in items:
            yield item
            advance(1)


def _stdout(table: Any) -> Console:
    from rich.console import Console

    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console.width = max(80, console.measure(table).maximum, Console(width=10_000).measure(table).maximum)
    return console


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return str(value)


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)
