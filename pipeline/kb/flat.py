"""Flat records of entities: JSON lines by field, tables by column."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from graphwright.pipeline.errors import ConfigurationError
from graphwright.pipeline.kb.files import lines_of
from graphwright.pipeline.kb.portions import (
    DEFAULT_COLUMNS,
    SEPARATOR,
    Options,
    Portion,
    Problems,
    Record,
    number,
    year_of,
)
from graphwright.pipeline.knowledge_types import label_of_description, label_of_types


def entity_portion(record: Record, options: Options) -> Portion:
    """One entity as a flat record; labels and aliases are plain or by language, lists may be joined by "|"."""
    values = {field: record.get(column) for field, column in options.columns.items()}
    claims = values.get("claims") or {}
    label = values.get("label") or record.get("name")
    names = [(name, 0, 0) for name in in_languages(label, options.languages)]
    names += [(name, 1, 0) for name in in_languages(values.get("aliases"), options.languages)]
    title = str(values.get("wikipedia") or "").rsplit("/wiki/", 1)[-1].replace("_", " ")
    types = in_languages(values.get("types"), options.languages)
    text = next(iter(in_languages(record.get("description"), ("en",))), "")
    classes = tuple((31, number(name)) for name in types if re.fullmatch(r"Q\d+", name))
    return Portion(
        number(values["id"]),
        tuple(names),
        str(values.get("coarse") or label_of_types(types) or label_of_description(text)),
        tuple(name for name in types if not re.fullmatch(r"Q\d+", name)),
        tuple(dict.fromkeys([*classes, *_record_claims(claims)])),
        float(values.get("count") or record.get("nsi_entries") or 0),
        int(next(iter(claims.get("P1082", ())), 0) or 0),
        0 if _is_branch(names) else next((year_of(v) for key in ("P569", "P571") for v in claims.get(key, ())), 0),
        title,
    )


def _is_branch(names: Sequence[tuple[str, int, int]]) -> bool:
    """Whether a name is told from others by a country, "IBM (Canada)": there, ROR states the year of the whole firm."""
    return bool(names) and any(name.startswith(f"{names[0][0]} (") for name, kind, _ in names if kind)


def in_languages(value: Any, languages: Sequence[str]) -> list[str]:
    """Names out of a string ("a|b"), a list, or either by language."""
    if isinstance(value, dict):
        return [name for code in languages for name in in_languages(value.get(code), languages)]
    parts = value if isinstance(value, list) else str(value).split(SEPARATOR) if value else []
    return [str(part).strip() for part in parts if str(part).strip()]


def _record_claims(claims: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    for attribute, values in claims.items():
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, str) and re.fullmatch(r"Q\d{1,11}", value):
                yield number(attribute, "P"), int(value[1:])


def read_csv(path: Path, options: Options, problems: Problems) -> Iterator[Portion]:
    """A table with a header; every column but the mapped ones named like a property ("P17") is a claim.

    Raises ``ConfigurationError`` where it has no column of ids, or none of those that the options name.
    """
    lines: Iterable[str] = (line.decode("utf-8-sig", "replace") + "\n" for _, line in lines_of(path, problems))
    table = csv.DictReader(lines, delimiter="\t" if ".tsv" in path.suffixes else ",")
    _check_columns(path.name, table.fieldnames or (), options.columns)
    for row_number, row in enumerate(table, 2):
        claims = {
            key: value.split(SEPARATOR) for key, value in row.items() if value and key and re.fullmatch(r"P\d+", key)
        }
        try:
            portion = entity_portion({**row, options.columns.get("claims", "claims"): claims}, options)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            problems.add(f"{path.name} line {row_number}", str(error))
            continue
        yield portion


def _check_columns(name: str, columns: Sequence[str], wanted: Mapping[str, str]) -> None:
    named = {column for field, column in wanted.items() if column != DEFAULT_COLUMNS.get(field)}
    if missing := sorted((named | {wanted["id"]}) - set(columns)):
        raise ConfigurationError(
            f"{name}: wanted a column {missing[0]!r}; it has {', '.join(columns) or 'none'}. "
            "Say which is which with --columns id=COLUMN,label=COLUMN,aliases=COLUMN"
        )
