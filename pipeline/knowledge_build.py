"""Build a knowledge base: sources are read into blocks on disk, brought together by id, and written sorted, so that
equal input gives equal bytes, memory hardly grows with the input, and a build that was killed goes on.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from graphwright.pipeline.errors import ConfigurationError, StoreError
from graphwright.pipeline.kb import tables
from graphwright.pipeline.kb.entities import Made, Shard, make_shard
from graphwright.pipeline.kb.portions import DEFAULT_COLUMNS, Options, Problems
from graphwright.pipeline.kb.reading import Watch, read_sources
from graphwright.pipeline.kb.shards import Gathered, gather
from graphwright.pipeline.kb.sources import Source, source_of
from graphwright.pipeline.kb.staging import Staging, copy_portions, staging
from graphwright.pipeline.kb.wanted import Wanted, check_languages, check_types, wanted_of
from graphwright.pipeline.kb.workers import Workers, workers
from graphwright.pipeline.knowledge_file import KnowledgeInfo, check, connect, read_info
from graphwright.pipeline.sinks.opening import StoreSettings

_MAGIC = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class _Base:
    """A knowledge base that is added to, and what it was built with."""

    path: Path
    info: KnowledgeInfo
    fingerprint: str


def build_knowledge(
    sources: Sequence[str],
    output: Path,
    *,
    languages: Sequence[str] = ("en",),
    types: Collection[str] | None = None,
    columns: Mapping[str, str] | None = None,
    update: Path | None = None,
    updatable: bool = False,
    processes: int = 1,
    login: StoreSettings | None = None,
    watch: Watch = lambda done: None,
    tell: Callable[[str], None] = lambda line: None,
) -> KnowledgeInfo:
    """Make the knowledge base ``output`` out of files and databases (``kb.sources``), each adding to the ones before.

    ``languages``: names to keep, the first gives the preferred name; ``types``: coarse labels or class ids
    ("PER", "Q5") to keep, a class with those below it, all where ``None``; ``columns``: our field -> the source's.
    ``updatable``: keep what was read in the file, which makes it 30 % larger, so that it can be the ``update`` of a
    later build: that adds ``sources`` to it, with its languages and types, as if all had been built together.
    ``processes`` above 1 need a main module that can be imported. ``login`` is for databases among the sources.
    ``watch`` gets the bytes of the files read so far, ``tell`` a line of what goes on.

    Lines that cannot be used are counted and the first ones named in the result. The file appears whole or not at all;
    a build that was killed leaves a folder beside it, from which the same call goes on.
    Raises ``ConfigurationError`` for a missing or unknown source, ``StoreError`` where the file cannot be written.
    """
    if not sources:
        raise ConfigurationError("wanted at least one source to build a knowledge base from; received none")
    opened = [source_of(source, login or StoreSettings()) for source in sources]
    _check_output(output, opened)
    check_types(types or ())
    check_languages(languages)
    base = _base(update) if update is not None else None
    options = Options(base.info.languages if base else tuple(languages), {**DEFAULT_COLUMNS, **(columns or {})})
    chosen = base.info.types if base else tuple(sorted(types or ()))
    with _writing(output), staging(output, _identity(opened, options, base)) as staged, workers(processes) as pool:
        if staged.resumed:
            tell(f"going on with a build that was stopped: {_progress(staged)}")
        _read(opened, options, base, staged, pool, watch)
        tell(f"all is read; writing {output}")
        problems = _problems(staged)
        meta = _meta(options.languages, chosen, staged, problems)
        with tempfile.TemporaryDirectory(dir=staged.folder) as folder:
            made = Path(folder) / "made.sqlite"
            parts = _write(staged, Path(folder), made, chosen, meta, pool, updatable or base is not None)
            os.replace(made, output)
    if len(options.languages) == 1:  # a name in another language shares no word, and is no clash
        problems.messages += _clashes(parts)
    problems.messages += _nameless(parts, options.languages)
    info = _info(output)
    if not info.entities:
        problems.messages.append(f"{output} holds no entity: see whether sources, languages and types are those meant")
    return replace(info, messages=tuple(problems.messages))


def _check_output(output: Path, sources: Sequence[Source]) -> None:
    """Nothing but a knowledge base is written over, and none that is read."""
    if output.is_dir():
        raise ConfigurationError(f"wanted a file to write the knowledge base to; {output} is a folder")
    if not output.is_file():
        return
    if any(source.path.is_file() and source.path.samefile(output) for source in sources):
        raise ConfigurationError(
            f"wanted another file to write to than the sources; {output} is one of them: give another --output, "
            "or add to a knowledge base by --update"
        )
    with output.open("rb") as stream:
        start = stream.read(len(_MAGIC))
    if start not in (_MAGIC, b""):
        raise ConfigurationError(f"wanted a new file or a knowledge base to write over; {output} is something else")


@contextmanager
def _writing(output: Path) -> Iterator[None]:
    """What goes wrong with the disk becomes an error that says so."""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        yield
    except (OSError, sqlite3.OperationalError) as error:
        raise StoreError(
            f"wanted to write {output} and the folder .{output.name}.partial beside it; {error}: make room or choose "
            "another --output, then run the same command again, which goes on where it was"
        ) from error


def _identity(sources: Sequence[Source], options: Options, base: _Base | None) -> dict[str, object]:
    return {
        "sources": [(str(source.path.resolve()), source.name, source.state) for source in sources],
        "languages": options.languages,
        "columns": dict(options.columns),
        "base": base.fingerprint if base else "",
    }


def _base(path: Path) -> _Base:
    check(path)
    connection = connect(path)
    info = read_info(connection, path)
    fingerprint = connection.execute("SELECT value FROM meta WHERE key = 'fingerprint'").fetchone()[0]
    connection.close()
    if not info.updatable:
        raise ConfigurationError(
            f"wanted a knowledge base that keeps what it was built from; {path} does not: "
            f"build another one, with {path} as the first source"
        )
    return _Base(path, info, fingerprint)


def _read(
    sources: Sequence[Source], options: Options, base: _Base | None, staged: Staging, pool: Workers, watch: Watch
) -> None:
    before = base.info.sources if base else ()
    if base is not None and not staged.positions():
        copy_portions(base.path, staged, before, Problems(base.info.bad, base.info.complete))
    read_sources(sources, options, staged, pool, first=len(before), watch=watch)


def _progress(staged: Staging) -> str:
    lines = [f"{position.line or position.end:,} lines of {name}" for name, position in staged.positions()]
    return f"it has read {', '.join(lines)}" if lines else "it has read nothing yet"


def _problems(staged: Staging) -> Problems:
    positions = [position for _, position in staged.positions()]
    messages = [message for position in positions for message in position.messages]
    return Problems(sum(item.bad for item in positions), all(item.complete for item in positions), messages)


def _meta(languages: Sequence[str], types: Sequence[str], staged: Staging, problems: Problems) -> dict[str, str]:
    meta = {
        "languages": "\n".join(languages),
        "sources": "\n".join(name for name, _ in staged.positions()),
        "bad": str(problems.bad),
        "complete": "1" if problems.complete else "0",
    }
    return {**meta, "types": "\n".join(types)} if types else meta


def _write(
    staged: Staging,
    folder: Path,
    made: Path,
    types: Sequence[str],
    meta: Mapping[str, str],
    pool: Workers,
    updatable: bool,
) -> list[Made]:
    """Returns what is to be said of each shard."""
    gathered = gather(staged, folder)
    shards = list(_shards(gathered, folder, wanted_of(types, gathered.above)))
    database = tables.create(made, folder / "sorting.sqlite")
    parts = tables.add_shards(database, pool.ordered(make_shard, shards))
    words = pool.start(tables.index_words, [part.path for part in parts])
    tables.add_claims(database, folder, len(shards))
    tables.add_aliases(database)
    tables.add_words(database, words())
    if updatable:
        tables.add_portions(database, staged)
    tables.finish(database, made, meta)
    return parts


def _nameless(parts: Sequence[Made], languages: Sequence[str]) -> list[str]:
    count = sum(part.nameless for part in parts)
    example = next((part.unnamed for part in parts if part.unnamed), "")
    wanted = ", ".join(languages)
    return [f"entities without a name in {wanted}: {count:,} (such as {example}); they are left out"] if count else []


def _clashes(parts: Sequence[Made]) -> list[str]:
    count = sum(part.clashes for part in parts)
    example = next((part.clash for part in parts if part.clash), "")
    return [f"ids with names that share no word: {count:,} ({example}); each is taken for one thing"] if count else []


def _shards(gathered: Gathered, folder: Path, wanted: Wanted) -> Iterator[Shard]:
    starts = gathered.ids.searchsorted(gathered.bounds).tolist()
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(gathered.ids)], strict=True)):
        part = slice(start, end)
        yield Shard(
            folder, number, gathered.ids[part], gathered.degree[part], gathered.votes[part], gathered.classes, wanted
        )


def _info(path: Path) -> KnowledgeInfo:
    connection = connect(path)
    info = read_info(connection, path)
    connection.close()
    return info
