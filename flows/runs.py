"""Keeping the runs of a target, and telling what differs between two of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from pydantic import TypeAdapter

from graphwright.flows.differing import Difference, in_order, told_changes
from graphwright.flows.run_log import KEPT, MOST, NAME, Run, RunFact, RunLog, composed, moved
from graphwright.flows.run_state import State, unlike
from graphwright.flows.settings import Settings
from graphwright.flows.targets import beside
from graphwright.pipeline.errors import UsageError
from graphwright.pipeline.graph import Evidence
from graphwright.pipeline.identity import content_hash

if TYPE_CHECKING:
    from graphwright.pipeline.graph import Statement
    from graphwright.pipeline.sinks.store import Store

FOLDER: Final = "runs"
CHANGES: Final = ("added", "changed", "retracted")
EVIDENCE: Final = TypeAdapter(Evidence)
is_run = re.compile(NAME + "[1-9][0-9]*").fullmatch


class Recording:
    """One run that is about to end. ``documents``: how many were read; ``held``: document (id) -> fingerprint."""

    def __init__(
        self,
        settings: Settings,
        digest: str,
        held: Mapping[str, str],
        documents: int,
        kind: Literal["build", "forget"] = "build",
    ) -> None:
        self._log = run_log(settings)
        self._runs = self._log.runs()
        marks = content_hash("documents", *(part for key in sorted(held) for part in (key, held[key])))
        ended = datetime.now(UTC).isoformat(timespec="seconds")
        self._run = Run("", kind, ended, documents, digest, marks)
        latest = self._runs[-1] if self._runs else None
        self._same = bool(self._log.state() and latest and (latest.digest, latest.marks) == (digest, marks))
        self._draft = None if self._same else self._log.draft()

    def watched(self, statements: Iterable[Statement]) -> Iterator[Statement]:
        """The statements of the graph, all of which are to be read, as they pass."""
        return self._draft.watched(statements) if self._draft else iter(statements)

    def end(self, store: Store, names: Mapping[str, str]) -> Run:
        """Keep the run; ``names`` gives properties their names in words. Raises ``StoreError``."""
        state = self._draft.finish(store) if self._draft else None
        with self._log.alone():
            return self._ended(state, names)

    def _ended(self, state: State | None, names: Mapping[str, str]) -> Run:
        """The run, compared to the last one, which may have ended after this one began to."""
        runs, last = self._log.runs(), self._log.state()
        same = self._same and runs == self._runs
        counts: dict[str, int] | None = dict.fromkeys(CHANGES, 0) if same else None
        facts: list[RunFact] = []
        if state and last:
            facts = list(_changed(last, state, names))
            counts = _difference(facts).counts
        number = runs[-1].number + 1 if runs else 1
        kept = counts is not None and len(facts) <= MOST
        told = {name: (counts or {}).get(name) for name in CHANGES}
        run = replace(
            self._run, id=f"{NAME}{number}", added=told["added"], changed=told["changed"],
            retracted=told["retracted"], kept=kept,
        )  # fmt: skip
        self._log.end(run, facts, state)
        return run


def _changed(before: State, after: State, names: Mapping[str, str]) -> Iterator[RunFact]:
    for change, fact in told_changes(*unlike(before, after), names, pair=False):
        yield RunFact(fact, tuple(map(_mark, change.gained)), tuple(map(_mark, change.lost)))


def _mark(evidence: Evidence) -> str:
    return content_hash("evidence", EVIDENCE.dump_json(evidence).decode())[:12]


def run_log(settings: Settings) -> RunLog:
    """In the folder that is the target, beside the file that is; in the folder ``work`` for servers."""
    return RunLog(beside(settings, FOLDER))


def runs_of(settings: Settings) -> list[Run]:
    """The runs of the target, the first one first."""
    return run_log(settings).runs()


def are_runs(first: str, second: str) -> bool:
    """Whether both are ids of runs, and neither a file or folder."""
    return all(is_run(name) and not Path(name).exists() for name in (first, second))


def diff_runs(first: str, second: str, settings: Settings) -> Difference:
    """What the graph held true after the second of two runs (ids) other than after the first.

    Raises ``UsageError`` where one is unknown, they are not in order, or what came between is not kept.
    """
    log = run_log(settings)
    runs = {run.id: run for run in log.runs()}
    for name in (first, second):
        if name not in runs:
            known = f"there are {min(runs.values(), key=_number).id} to {max(runs.values(), key=_number).id}"
            raise UsageError(
                f"{settings.target} has no run {name!r}; {known if runs else 'none was kept'}: graphwright runs "
                f"{settings.target}"
            )
    start, end = runs[first], runs[second]
    if start.number > end.number:
        raise UsageError(f"wanted the earlier run first; received {first}, {second}: graphwright diff {second} {first}")
    changed: dict[str, RunFact] = {}
    for run in sorted(runs.values(), key=_number):
        if start.number < run.number <= end.number:
            facts = log.facts(run)
            if facts is None:
                raise UsageError(_lost(run, runs.values()))
            _follow(changed, facts)
    return _difference(changed.values())


def _follow(changed: dict[str, RunFact], facts: Iterable[RunFact]) -> None:
    """Add what a run changed to what earlier ones had changed, by id."""
    for item in facts:
        before = changed.pop(item.fact.id, None)
        whole = composed(before, item) if before else item
        if whole:
            changed[item.fact.id] = whole


def _difference(facts: Iterable[RunFact]) -> Difference:
    """The facts; one that went and one that came on the same evidence are the same, told of other nodes."""
    told = sorted(facts, key=lambda item: item.fact.id)
    gone = {mark: item for item in told if item.fact.after is None for mark in item.lost}
    pairs: dict[str, RunFact] = {}
    for item in told:
        if item.fact.before is None:
            partners = (gone[mark] for mark in item.gained if mark in gone)
            if partner := next((found for found in partners if found.fact.id not in pairs), None):
                pairs[partner.fact.id] = moved(partner, item)
    taken = {item.fact.id for item in pairs.values()} | pairs.keys()
    return in_order(item.fact for item in (*pairs.values(), *(item for item in told if item.fact.id not in taken)))


def _lost(run: Run, runs: Iterable[Run]) -> str:
    """Why it is not told what a run changed."""
    later = [item for item in runs if item.number >= run.number]
    forgetting = next((item for item in later if item.kind == "forget"), None)
    if forgetting:
        what = "forgot documents, and words of these might stand in what was kept before"
        return f"it is not kept what {run.id} changed: {forgetting.id} {what}; compare later runs"
    if run.added is None:
        return f"{run.id} had nothing to be compared to: no earlier state of the graph was kept; compare later runs"
    number = sum(count or 0 for count in (run.added, run.changed, run.retracted))
    if not run.kept:
        return f"{run.id} changed {number:,} facts; at most {MOST:,} are kept of one run. Compare runs after it"
    return f"it is not kept any more what {run.id} changed: only that of the last {KEPT} runs is. Compare later runs"


def _number(run: Run) -> int:
    return run.number
