"""The runs of a target: when each was and what it changed, in a folder of files.

``runs.jsonl`` holds a line for each run, with no word of any document; ``<run>.jsonl.gz`` the facts that it changed;
``state`` what the graph held true at its end, which the next run is compared to. A line is written last, so whatever
cuts a run off, the next one tells what it had done. Facts of the last ``KEPT`` runs are kept, at most ``MOST`` of each.
"""

from __future__ import annotations

import gzip
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from pydantic import TypeAdapter

from graphwright.flows.differing import DifferentFact, Side
from graphwright.flows.run_state import Draft, State
from graphwright.pipeline.errors import StoreError

INDEX: Final = "runs.jsonl"
STATE: Final = "state"
NEXT: Final = "next"
ABANDONED: Final = 86_400
"""After so many seconds nobody writes to a draft any more: its build was killed."""
LOCK: Final = "lock"
KEPT: Final = 100
MOST: Final = 20_000
NAME: Final = "run-"


@dataclass(frozen=True, slots=True)
class Run:
    """A run. ``marks`` is a hash of what documents were read, and how; ``kept``: its facts were few enough to keep.

    Counts of facts are ``None`` for a run that had nothing to be compared to.
    """

    id: str
    kind: Literal["build", "forget"]
    ended: str
    documents: int
    digest: str
    marks: str
    added: int | None = None
    changed: int | None = None
    retracted: int | None = None
    kept: bool = False

    @property
    def number(self) -> int:
        return int(self.id.removeprefix(NAME))


@dataclass(frozen=True, slots=True)
class RunFact:
    """A fact that a run changed, with hashes of the evidence that it gained and lost by that."""

    fact: DifferentFact
    gained: tuple[str, ...]
    lost: tuple[str, ...]


RUN: Final = TypeAdapter(Run)
FACT: Final = TypeAdapter(RunFact)


@dataclass(frozen=True, slots=True)
class RunLog:
    """The folder. Methods raise ``StoreError`` where it cannot be read or written."""

    folder: Path

    def runs(self) -> list[Run]:
        """All runs, the first one first."""
        with self._reported():
            if not self._index.exists():
                return []
            *whole, _ = self._index.read_bytes().split(b"\n")  # a line without its end was cut off
            return [RUN.validate_json(line) for line in whole]

    def state(self) -> State | None:
        """What the graph held true at the end of the last run."""
        return State(self.folder / STATE) if (self.folder / STATE).is_dir() else None

    def draft(self) -> Draft:
        """The state of the run that is about to end, beside that of the last one; each process has its own."""
        with self._reported():
            for left in sorted(self.folder.glob(f"{NEXT}*")):
                if time.time() - left.stat().st_mtime > ABANDONED:
                    shutil.rmtree(left, ignore_errors=True)
            return Draft(self.folder / f"{NEXT}-{os.getpid()}-{time.monotonic_ns()}")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else ends a run of this target meanwhile, where the system has locks of files."""
        if sys.platform == "win32":
            yield
            return
        import fcntl

        with self._reported():
            self.folder.mkdir(parents=True, exist_ok=True)
            stream = (self.folder / LOCK).open("w")
        with stream:
            fcntl.lockf(stream, fcntl.LOCK_EX)
            yield

    def facts(self, run: Run) -> list[RunFact] | None:
        """What a run changed; ``None`` where that is not kept, or not any more."""
        path = self._facts(run.id)
        with self._reported():
            if not run.kept or not path.exists():
                return None
            with gzip.open(path) as stream:
                return [FACT.validate_json(line) for line in stream]

    def end(self, run: Run, facts: list[RunFact], state: State | None) -> None:
        """Keep a run; ``state`` takes the place of the last one, if it is another."""
        with self._reported():
            self.folder.mkdir(parents=True, exist_ok=True)
            if run.kept:
                with gzip.open(self._facts(run.id), "wb") as stream:
                    stream.writelines(FACT.dump_json(fact) + b"\n" for fact in facts)
            with self._index.open("a+b") as index:
                index.seek(0)
                index.truncate(index.read().rfind(b"\n") + 1)  # of a line that was cut off
                index.write(RUN.dump_json(run) + b"\n")
                index.flush()
                os.fsync(index.fileno())
            if state:
                shutil.rmtree(self.folder / STATE, ignore_errors=True)
                state.folder.rename(self.folder / STATE)
            self._facts(f"{NAME}{run.number - KEPT}").unlink(missing_ok=True)

    def wipe(self) -> None:
        """Leave nothing that holds words of documents; that there were runs is still told."""
        with self._reported():
            for path in sorted(self.folder.glob(f"{NAME}*.jsonl.gz")):
                path.unlink()
            for place in (self.folder / STATE, *sorted(self.folder.glob(f"{NEXT}*"))):
                if place.is_dir():
                    shutil.rmtree(place)

    @property
    def _index(self) -> Path:
        return self.folder / INDEX

    def _facts(self, run: str) -> Path:
        return self.folder / f"{run}.jsonl.gz"

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except (OSError, EOFError, ValueError) as error:
            said = " ".join(str(error).split())[:200]
            raise StoreError(
                f"the runs kept in {self.folder} cannot be read or written ({said}); the graph does not depend on "
                "them: make room or remove that folder"
            ) from error


def composed(before: RunFact, later: RunFact) -> RunFact | None:
    """What two runs, one after the other, changed of a fact; ``None`` where it is as it was."""
    gained, lost = list(before.gained), list(before.lost)
    for items, undone, done in ((later.lost, gained, lost), (later.gained, lost, gained)):
        for item in items:
            if item in undone:
                undone.remove(item)
            else:
                done.append(item)
    start, end = before.fact.before, later.fact.after
    if start == end and not gained and not lost:
        return None
    return _joined(before, later, start, end, tuple(gained), tuple(lost))


def moved(gone: RunFact, come: RunFact) -> RunFact:
    """A fact that was told of other nodes before, out of the one that went and the one that came on its evidence."""
    gained = tuple(item for item in come.gained if item not in gone.lost)
    lost = tuple(item for item in gone.lost if item not in come.gained)
    whole = _joined(gone, come, gone.fact.before, come.fact.after, gained, lost)
    return replace(whole, fact=replace(whole.fact, was=gone.fact.id))


def _joined(
    one: RunFact,
    other: RunFact,
    before: Side | None,
    after: Side | None,
    gained: tuple[str, ...],
    lost: tuple[str, ...],
) -> RunFact:
    fact = replace(
        other.fact,
        kind="added" if before is None else "retracted" if after is None else "changed",
        before=before,
        after=after,
        sentence=other.fact.sentence or one.fact.sentence,
        gained=len(gained),
        lost=len(lost),
        reasons=tuple(sorted({*one.fact.reasons, *other.fact.reasons}, key=lambda item: (item.why, item.source))),
    )
    return RunFact(fact, gained, lost)
