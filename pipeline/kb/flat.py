"""Flat records of entities: JSON lines by field, tables by column."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping, Sequence
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
from graphwright.pipeline.records import ENTITY_LABELS


def entity_portion(record: Record, options: Options) -> Portion:
    """One entity as a flat record; labels and aliases are plain or by language, lists may be joined by "|"."""
    # Of several sources, some may have columns of their own and others the usual ones.
    values = {field: record.get(column, record.get(field)) for field, column in options.columns.items()}
    claims = values.get("claims") or {}
    if not isinstance(claims, dict):
        raise ValueError(f"wanted claims as an object, property by property; received {str(claims)[:40]!r}")
    label = values.get("label") or record.get("name")
    names = [(name, 0, 0) for name in in_languages(label, options.languages)]
    names += [(name, 1, 0) for name in in_languages(values.get("aliases"), options.languages)]
    title = str(values.get("wikipedia") or "").rsplit("/wiki/", 1)[-1].replace("_", " ")
    types = in_languages(values.get("types"), options.languages)
    text = next(iter(in_languages(record.get("description"), ("en",))), "")
    classes = tuple((31, number(name)) for name in types if re.fullmatch(r"Q\d+", name))
    return Portion(
        number(values.get("id") or ""),
        tuple(names),
        _coarse(values.get("coarse")) or label_of_types(types) or label_of_description(text),
        tuple(name for name in types if not re.fullmatch(r"Q\d+", name)),
        tuple(dict.fromkeys([*classes, *_record_claims(claims)])),
        _count(values.get("count") or record.get("nsi_entries") or 0),
        int(next(iter(claims.get("P1082", ())), 0) or 0),
        0 if _is_branch(names) else next((year_of(v) for key in ("P569", "P571") for v in claims.get(key, ())), 0),
        title,
    )


def _coarse(value: Any) -> str:
    if value and value not in ENTITY_LABELS:
        raise ValueError(f"wanted one of {', '.join(ENTITY_LABELS)} as coarse; received {str(value)[:40]!r}")
    return str(value or "")


def _count(value: Any) -> float:
    try:
        count = float(value)
    except (TypeError, ValueError):
        count = math.nan
    if not 0 <= count < math.inf:
        raise ValueError(f"wanted a number as count; received {str(value)[:40]!r}")
    return count


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
    lines = _decoded(path, problems)
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


def _decoded(path: Path, problems: Problems) -> Iterator[str]:
    for line_number, line in lines_of(path, problems):
        try:
            yield line.decode("utf-8-sig") + "\n"
        except UnicodeDecodeError:
            problems.add(f"{path.name} line {line_number}", "not UTF-8: save the file in that encoding")


def _check_columns(name: str, columns: Sequence[str], wanted: Mapping[str, str]) -> None:
    named = {field: column for field, column in wanted.items() if column != DEFAULT_COLUMNS.get(field)}
    named["id"] = wanted["id"]
    usual = {**DEFAULT_COLUMNS, "label": "name"}
    if missing := sorted(
        column for field, column in named.items() if not {column, usual.get(field, column)} & set(columns)
    ):
        raise ConfigurationError(
            f"{name}: wanted a column {missing[0]!r}; it has {', '.join(columns) or 'none'}. "
            "Say which is which with --columns id=COLUMN,label=COLUMN,aliases=COLUMN"
        )
