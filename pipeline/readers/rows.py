"""Rows with a text field: CSV, TSV, JSON and JSON lines. One row is one document; rows are read one at a time."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.readers.source import NotACorpusError, Passage, Source
from graphwright.pipeline.readers.text import decode, text_lines

KEPT = ("title", "url", "date", "author")
LANGUAGES = ("language", "lang")
TAG = re.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")  # the language tags of RFC 5646; RDF takes no others
DELIMITERS = ",;\t|"
# The csv module refuses fields above 128 KiB unless it is told otherwise; this is the most it takes everywhere.
LONGEST_FIELD = 2**31 - 1
SHOWN_FIELDS = 12


def missing_field(text_field: str, fields: list[str]) -> str:
    """The reason that tells a user how to name the right field."""
    shown = ", ".join(fields[:SHOWN_FIELDS]) + (", ..." if len(fields) > SHOWN_FIELDS else "")
    return f"no text in a field {text_field!r}; fields found: {shown or 'none'}; name the right one with --text-field"


def row_passage(row: Mapping[str, object], text: str, number: int) -> Passage:
    """The passage of a row: ``part`` is its id where it has one, else its number; title, url, date, author are kept."""
    identifier = row.get("id")
    named = isinstance(identifier, (str, int)) and str(identifier).strip() != ""
    metadata = {key: str(value) for key in KEPT if isinstance(value := row.get(key), (str, int, float)) and value != ""}
    if named:
        metadata["id"] = str(identifier)
    told = (value for key in LANGUAGES if isinstance(value := row.get(key), str) and TAG.fullmatch(value))
    # JSON can hold lone surrogates, UTF-8 cannot: such an id has them as \\ud800.
    part = quote(str(identifier), safe="-._~:@", errors="backslashreplace") if named else str(number)
    return Passage(text, part, metadata, next(told, None))


def read(source: Source) -> Iterator[Passage]:
    """Passages of a CSV, TSV, JSON or JSON-lines file, by its name."""
    extension = source.name.lower().rpartition(".")[2]
    if extension in {"csv", "tsv"}:
        return _read_csv(source, "\t" if extension == "tsv" else None)
    return _read_json(source) if extension == "json" else _read_json_lines(source)


def _read_csv(source: Source, delimiter: str | None) -> Iterator[Passage]:
    lines = text_lines(source.stream)
    header = next(lines, "")
    delimiter = delimiter or max(DELIMITERS, key=header.count)
    csv.field_size_limit(LONGEST_FIELD)
    fields = next(csv.reader([header], delimiter=delimiter), [])
    if source.text_field not in fields:
        raise CorpusError(missing_field(source.text_field, fields))
    rows = csv.DictReader(lines, fields, delimiter=delimiter)
    for number, row in enumerate(rows, start=1):
        yield row_passage(row, row[source.text_field] or "", number)


def _read_json_lines(source: Source) -> Iterator[Passage]:
    for number, line in enumerate(text_lines(source.stream), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            source.reject(f"line {number}", f"not JSON: {error}")
            continue
        yield from _row(source, row, number, f"line {number}")


def _read_json(source: Source) -> Iterator[Passage]:
    """A JSON file: an array of rows, one row, or JSON lines under the wrong name."""
    first = next(text_lines(source.stream), "")
    source.stream.seek(0)
    if first.lstrip().startswith("{") and _is_json(first):
        yield from _read_json_lines(source)
        return
    try:
        value = json.loads(decode(source.stream.read())[0])
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"not JSON: {error}") from error
    rows = value if isinstance(value, list) else [value]
    if rows and not any(isinstance(row, dict) and source.text_field in row for row in rows):
        raise NotACorpusError(missing_field(source.text_field, sorted(rows[0]) if isinstance(rows[0], dict) else []))
    for number, row in enumerate(rows, start=1):
        yield from _row(source, row, number, f"row {number}")


def _row(source: Source, row: object, number: int, part: str) -> Iterator[Passage]:
    if not isinstance(row, dict):
        source.reject(part, f"wanted a JSON object, received {type(row).__name__}")
    elif not isinstance(row.get(source.text_field), str):
        source.reject(part, missing_field(source.text_field, sorted(row)))
    else:
        yield row_passage(row, row[source.text_field], number)


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
