"""JSON lines to portions, a chunk at a time: what a process of its own can do with nothing but the bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from graphwright.pipeline.kb.annotated import annotated_portions
from graphwright.pipeline.kb.blocks import Block, pack
from graphwright.pipeline.kb.dump import dump_portion
from graphwright.pipeline.kb.files import Chunk
from graphwright.pipeline.kb.flat import entity_portion
from graphwright.pipeline.kb.portions import Options, Portion, Problems, number


@dataclass(frozen=True, slots=True)
class Lines:
    """A chunk of the file ``name`` to be read."""

    name: str
    chunk: Chunk
    options: Options


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a chunk holds that ends at ``end`` after ``line`` lines (see ``Chunk``).

    ``opened`` and ``closed``: the brackets of a dump were among its lines.
    """

    block: Block
    end: int
    line: int
    packed: int
    bad: int
    messages: tuple[str, ...]
    opened: bool
    closed: bool


def parse(task: Lines) -> Parsed:
    """Portions of a chunk of a Wikidata dump, or of JSON lines of entities, triples or annotated documents."""
    problems, portions = Problems(), list[Portion]()
    opened = closed = False
    lines = task.chunk.data.split(b"\n")
    for index, line in enumerate(lines, task.chunk.line + 1):
        text = line.strip().rstrip(b",")
        if text in (b"[", b"]", b""):
            opened, closed = opened or text == b"[", closed or text == b"]"
            continue
        try:
            portions += _portions_of_line(text, task.options)
        except msgspec.ValidationError as error:
            problems.add(f"{task.name} line {index}", f"not a known record ({error})")
        except msgspec.DecodeError as error:
            problems.add(f"{task.name} line {index}", f"not JSON ({error})")
        except ValueError as error:
            problems.add(f"{task.name} line {index}", str(error))
        except (KeyError, TypeError, AttributeError, OverflowError) as error:
            problems.add(f"{task.name} line {index}", f"not a known record ({error!r})")
    chunk, after = task.chunk, task.chunk.line + len(lines) - 1
    messages = tuple(problems.messages)
    return Parsed(pack(portions), chunk.end, after, chunk.packed, problems.bad, messages, opened, closed)


def _portions_of_line(text: bytes, options: Options) -> list[Portion]:
    if text.startswith(b"{") and b'"labels"' in text:
        try:
            portion = dump_portion(text, options.languages)
        except msgspec.ValidationError:
            record = msgspec.json.decode(text)
            if "labels" in record and "mentions" not in record:
                raise
            return list(portions_of(record, options, options.relations))
        return [portion] if portion is not None else []
    return list(portions_of(msgspec.json.decode(text), options, options.relations))


def portions_of(record: Any, options: Options, relations: Mapping[str, str]) -> Iterator[Portion]:
    """Portions of one JSON value, by its shape; ``ValueError``, ``KeyError`` or ``TypeError`` where it has none."""
    if isinstance(record, list):
        if len(record) != 3:
            raise ValueError(f"wanted a fact as [subject, property, object]; received {len(record)} parts")
        head, attribute, tail = record
        yield Portion(number(head), claims=((number(attribute, "P"), number(tail)),))
    elif not isinstance(record, dict):
        raise ValueError(f"wanted an object or a fact of three parts; received {str(record)[:40]!r}")
    elif "mentions" in record and "text" in record:
        yield from annotated_portions(record, relations)
    else:
        yield entity_portion(record, options)
