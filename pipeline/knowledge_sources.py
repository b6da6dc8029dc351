"""Readers of what a knowledge base is built from: Wikidata JSON dumps, JSONL and CSV records, annotated documents, RDF.

Each yields ``Portion`` records: a part of what is known of one entity. Portions of one id are joined by the builder, so
a reader never has to hold more than a line.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from graphwright.pipeline.errors import ConfigurationError
from graphwright.pipeline.knowledge_types import label_of_description, label_of_types
from graphwright.pipeline.names import is_name

Record = dict[str, Any]
DEFAULT_COLUMNS: Mapping[str, str] = {
    name: name for name in ("id", "label", "aliases", "types", "coarse", "claims", "count", "wikipedia")
}
SEPARATOR = "|"
_YEAR = re.compile(r"[+-]?(\d{4})")
_MESSAGES = 20


@dataclass(frozen=True, slots=True)
class Portion:
    """Part of an entity: ``names`` are (name, 0 preferred or 1 other, times seen), claims (property, object).

    ``title`` is an English Wikipedia title: what a portion without an id (0) is joined by.
    """

    id: int
    names: tuple[tuple[str, int, int], ...] = ()
    label: str = ""
    types: tuple[str, ...] = ()
    claims: tuple[tuple[int, int], ...] = ()
    popularity: float = 0.0
    population: int = 0
    year: int = 0
    title: str = ""


@dataclass(slots=True)
class Problems:
    """What could not be used: counted, and the first few named. ``complete`` is false where an input was cut short."""

    bad: int = 0
    complete: bool = True
    messages: list[str] = field(default_factory=list)

    def add(self, where: str, reason: str) -> None:
        self.bad += 1
        if len(self.messages) < _MESSAGES:
            self.messages.append(f"{where}: {reason}")

    def cut(self, where: str, reason: str) -> None:
        self.complete = False
        self.messages.append(f"{where}: {reason}; what was read before is kept")


@dataclass(frozen=True, slots=True)
class Options:
    """``languages`` of names; ``columns``: our field -> the source's column; ``relations``: label -> property."""

    languages: tuple[str, ...] = ("en",)
    columns: Mapping[str, str] = field(default_factory=lambda: DEFAULT_COLUMNS)
    relations: Mapping[str, str] = field(default_factory=dict)


def read_source(path: Path, options: Options, problems: Problems) -> Iterator[Portion]:
    """Portions of a file, its kind told by its name. Raises ``ConfigurationError`` for a kind that is not known."""
    suffix = [part for part in path.suffixes if part not in (".gz", ".bz2")][-1:]
    readers: Mapping[str, Callable[[Path, Options, Problems], Iterator[Portion]]] = {
        ".json": read_records, ".jsonl": read_records, ".ndjson": read_records, ".csv": read_csv, ".tsv": read_csv,
        ".nt": read_rdf, ".ttl": read_rdf, ".nq": read_rdf,
    }  # fmt: skip
    if not path.is_file():
        raise ConfigurationError(f"wanted a file to build a knowledge base from; there is no file {path}")
    if not suffix or suffix[0] not in readers:
        known = ", ".join(sorted(readers))
        raise ConfigurationError(
            f"wanted a knowledge source ending in {known} (.gz and .bz2 too); received {path.name}"
        )
    return readers[suffix[0]](path, options, problems)


def open_binary(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked."""
    if path.suffix == ".gz":
        return cast(IO[bytes], gzip.open(path, "rb"))
    return cast(IO[bytes], bz2.open(path, "rb")) if path.suffix == ".bz2" else path.open("rb")


def lines_of(path: Path, problems: Problems) -> Iterator[tuple[int, bytes]]:
    """Numbered lines; a packed file that ends too early gives what it holds and is named."""
    number = 0
    with open_binary(path) as stream:
        try:
            for number, line in enumerate(stream, 1):
                yield number, line
        except (EOFError, OSError) as error:
            problems.cut(f"{path.name} after line {number}", f"the file is cut or damaged ({error})")


def read_records(path: Path, options: Options, problems: Problems) -> Iterator[Portion]:
    """A Wikidata dump, or JSONL of entities, of [subject, property, object] lists, or of annotated documents."""
    relations = {**_relation_properties(path.parent / "labels.json"), **options.relations}
    opened = closed = False
    for number, line in lines_of(path, problems):
        text = line.strip().rstrip(b",")
        if text in (b"[", b"]", b""):
            opened, closed = opened or text == b"[", closed or text == b"]"
            continue
        try:
            yield from portions_of(json.loads(text), options, relations)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            reason = f"not JSON ({error})" if isinstance(error, ValueError) else f"not a known record ({error!r})"
            problems.add(f"{path.name} line {number}", reason)
    if opened and not closed and problems.complete:
        problems.cut(path.name, "the dump has no closing ]")


def portions_of(record: Any, options: Options, relations: Mapping[str, str]) -> Iterator[Portion]:
    """Portions of one JSON value, by its shape; ``ValueError``, ``KeyError`` or ``TypeError`` where it has none."""
    if isinstance(record, list):
        head, attribute, tail = record
        yield Portion(number(head), claims=((number(attribute, "P"), number(tail)),))
    elif "mentions" in record and "text" in record:
        yield from annotated_portions(record, relations)
    elif "labels" in record:
        if str(record.get("id", "")).startswith("Q"):
            yield dump_portion(record, options.languages)
    else:
        yield entity_portion(record, options)


def number(id: Any, letter: str = "Q") -> int:
    """The number of an id. Raises ``ValueError`` where it is none.

    >>> number("Q90")
    90
    """
    text = str(id)
    if text[:1] != letter or not text[1:].isdigit() or len(text) > 12:
        raise ValueError(f"wanted an id such as {letter}42; received {text[:40]!r}")
    return int(text[1:])


def dump_portion(record: Record, languages: Sequence[str]) -> Portion:
    """One item of a Wikidata JSON dump: https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html."""
    labels, aliases = record.get("labels") or {}, record.get("aliases") or {}
    names = [
        (labels[code]["value"], 0, 0) for code in (*languages, "mul") if isinstance(labels, dict) and code in labels
    ]
    if isinstance(aliases, dict):
        names += [(item["value"], 1, 0) for code in (*languages, "mul") for item in aliases.get(code, ())]
    statements = record.get("claims") or {}
    claims = [] if isinstance(statements, list) else list(_dump_claims(statements))
    years = (
        []
        if isinstance(statements, list)
        else [_snak_value(s) for p in ("P569", "P571") for s in statements.get(p, ())]
    )
    sitelinks = record.get("sitelinks") or {}
    title = sitelinks.get("enwiki", {}).get("title", "") if isinstance(sitelinks, dict) else ""
    populations = [] if isinstance(statements, list) else [_snak_value(s) for s in statements.get("P1082", ())]
    return Portion(
        number(record["id"]),
        tuple(names),
        claims=tuple(dict.fromkeys(claims)),
        popularity=float(len(sitelinks)),
        population=max(
            (int(float(v["amount"])) for v in populations if isinstance(v, dict) and "amount" in v), default=0
        ),
        year=next((year for v in years if isinstance(v, dict) and (year := year_of(v.get("time")))), 0),
        title=title,
    )


def _snak_value(statement: Record) -> Any:
    return ((statement.get("mainsnak") or {}).get("datavalue") or {}).get("value")


def _dump_claims(statements: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    for attribute, items in statements.items():
        for statement in items:
            value = _snak_value(statement)
            if statement.get("rank") != "deprecated" and isinstance(value, dict) and value.get("entity-type") == "item":
                yield number(attribute, "P"), int(value["numeric-id"]) if "numeric-id" in value else number(value["id"])


def entity_portion(record: Record, options: Options) -> Portion:
    """One entity as a flat record; labels and aliases are plain or by language, lists may be joined by "|"."""
    values = {field: record.get(column) for field, column in options.columns.items()}
    claims = values.get("claims") or {}
    names = [(name, 0, 0) for name in in_languages(values.get("label"), options.languages)]
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
        next((year_of(value) for key in ("P569", "P571") for value in claims.get(key, ())), 0),
        title,
    )


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


def year_of(value: Any) -> int:
    """The year of a date, 0 where there is none."""
    found = _YEAR.match(str(value or ""))
    return int(found[1]) if found else 0


def annotated_portions(record: Record, relations: Mapping[str, str]) -> Iterator[Portion]:
    """Names, types and facts of an annotated document (entities with ``kb_id`` or ``wikipedia``); none of its text."""
    surfaces: dict[int, dict[str, int]] = {}
    for mention in record["mentions"]:
        text = record["text"][mention["start"] : mention["end"]]
        named = mention.get("form", "NAME") == "NAME" and not mention.get("coref")
        if named and (is_name(text) or (record.get("cased") is False and len(text) > 2)):
            counts = surfaces.setdefault(mention["entity"], {})
            counts[text] = counts.get(text, 0) + 1
    linked = {entity["id"]: number(entity["kb_id"]) for entity in record["entities"] if entity.get("kb_id")}
    types = {mention["entity"]: mention.get("type") or "" for mention in reversed(record["mentions"])}
    for entity in record["entities"]:
        key, title = entity["id"], entity.get("wikipedia") or ""
        if key in linked or title:
            names = tuple((name, 1, count) for name, count in surfaces.get(key, {}).items())
            kind = str(entity.get("type") or types.get(key, ""))
            yield Portion(linked.get(key, 0), names, types=(kind,) if kind else (), popularity=1.0, title=title)
    for relation in record.get("relations") or ():
        attribute = relations.get(relation["type"], relation["type"])
        if relation["head"] in linked and relation["tail"] in linked and re.fullmatch(r"P\d+", attribute):
            yield Portion(linked[relation["head"]], claims=((int(attribute[1:]), linked[relation["tail"]]),))
    yield from _triple_portions(record)


def _triple_portions(record: Record) -> Iterator[Portion]:
    for names, ids in zip(record.get("triples") or (), record.get("triple_ids") or (), strict=False):
        head, attribute, tail = ids
        for name, item in ((names[0], head), (names[2], tail)):
            if item:
                yield Portion(number(item), ((name, 1, 1),))
        if head and attribute and tail:
            yield Portion(number(head), claims=((number(attribute, "P"), number(tail)),))


def _relation_properties(labels: Path) -> dict[str, str]:
    """What ``labels.json`` beside a data set says of its relation labels, where that is one Wikidata property."""
    if not labels.is_file():
        return {}
    content = json.loads(labels.read_text(encoding="utf-8"))
    items = content.items() if isinstance(content, dict) else ()
    return {key: str(item["wikidata"]) for key, item in items if isinstance(item, dict) and "wikidata" in item}


def read_csv(path: Path, options: Options, problems: Problems) -> Iterator[Portion]:
    """A table with a header; every column but the mapped ones named like a property ("P17") is a claim."""
    lines: Iterable[str] = (line.decode("utf-8", "replace") for _, line in lines_of(path, problems))
    delimiter = "\t" if ".tsv" in path.suffixes else ","
    for row_number, row in enumerate(csv.DictReader(lines, delimiter=delimiter), 2):
        claims = {
            key: value.split(SEPARATOR) for key, value in row.items() if value and key and re.fullmatch(r"P\d+", key)
        }
        try:
            portion = entity_portion({**row, options.columns.get("claims", "claims"): claims}, options)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            problems.add(f"{path.name} line {row_number}", str(error))
            continue
        yield portion


def read_rdf(path: Path, options: Options, problems: Problems) -> Iterator[Portion]:
    """N-Triples, N-Quads or Turtle, streamed: labels, alternative labels, types, and triples between items."""
    from graphwright.pipeline.knowledge_rdf import rdf_portions

    return rdf_portions(path, options.languages, problems)
