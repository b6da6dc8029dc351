"""Sources into the staging, each from where it was left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

from graphwright.pipeline.kb.blocks import pack
from graphwright.pipeline.kb.files import chunks
from graphwright.pipeline.kb.lines import Lines, Parsed, parse
from graphwright.pipeline.kb.portions import MESSAGES, Options, Problems
from graphwright.pipeline.kb.sources import Reader, Source, options_of
from graphwright.pipeline.kb.staging import Position, Staging
from graphwright.pipeline.kb.workers import Workers

BLOCK_PORTIONS = 5000
# How many bytes of the files have been read; called now and then.
Watch = Callable[[int], None]


def read_sources(
    sources: Sequence[Source], options: Options, staged: Staging, workers: Workers, *, first: int, watch: Watch
) -> None:
    """Stage every source from where it was left; their numbers count from ``first``."""
    before = 0
    for number, source in enumerate(sources, first):
        position = staged.position(number)
        if not position.done and source.reader is not None:
            _read_portions(number, source, source.reader, options, staged)
        elif not position.done:
            _read_chunks(number, source, position, options_of(source, options), staged, workers, before, watch)
        before += source.size
        watch(before)


def _read_portions(number: int, source: Source, reader: Reader, options: Options, staged: Staging) -> None:
    """What is staged already is read again and passed over, so that the problems named are those of one reading."""
    problems = Problems()
    portions = reader(options, problems)
    end = staged.position(number).end
    for _ in islice(portions, end):
        pass
    # What a database holds may change before the next run: it is staged as a whole or not at all.
    safe = bool(source.state)
    while block := list(islice(portions, BLOCK_PORTIONS)):
        end += len(block)
        staged.reach(number, source.name, Position(end), pack(block), safe=safe)
    staged.reach(number, source.name, Position(end, done=True).with_problems(problems))


def _read_chunks(
    number: int,
    source: Source,
    position: Position,
    options: Options,
    staged: Staging,
    workers: Workers,
    before: int,
    watch: Watch,
) -> None:
    damage = Problems()
    read = chunks(source.path, damage, start=position.end, line=position.line)
    for parsed in workers.ordered(parse, (Lines(source.name, chunk, options) for chunk in read)):
        position = _after(position, parsed)
        staged.reach(number, source.name, position, parsed.block)
        watch(before + parsed.packed)
    if position.opened and not position.closed and damage.complete:
        damage.cut(source.name, "the dump has no closing ]")
    messages = (*position.messages, *damage.messages)
    staged.reach(number, source.name, replace(position, messages=messages, complete=damage.complete, done=True))


def _after(position: Position, parsed: Parsed) -> Position:
    return replace(
        position,
        end=parsed.end,
        line=parsed.line,
        bad=position.bad + parsed.bad,
        messages=(*position.messages, *parsed.messages)[:MESSAGES],
        opened=position.opened or parsed.opened,
        closed=position.closed or parsed.closed,
    )
