"""How fast it is here (``make bench``): each speed by the clock, and by a reference load timed in the same run.

By the load, a time is how many loads it lasts, and a speed what is done during one: such figures depend little on the
machine and on what else it does, so that those of different days can be compared.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from reference_load import reference_loads
from speed_texts import write_texts

from graphwright.flows.cli_output import emit_json, emit_table
from graphwright.pipeline.corpora import read_corpus
from graphwright.pipeline.ledger import Ledger
from graphwright.pipeline.records import Document

PROGRAM = "from graphwright.flows.cli import main; main()"
STARTS = 5
SAMPLE = 20_000
"""Words that are annotated in each round."""
LONG = 60
"""Seconds: what has taken so long is not measured once more."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Values of one thing measured several times. ``unit``: "s", "MB", or what is done in a second."""

    what: str
    unit: str
    values: tuple[float, ...]

    def in_loads(self, load: float) -> float | None:
        """Of a time how many loads it lasts, of a speed what is done during one; ``None`` for memory."""
        middle = median(self.values)
        return None if self.unit == "MB" else middle / load if self.unit == "s" else middle * load


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ran to its end: seconds by the clock, peak memory in MB, and what it printed."""

    seconds: float
    memory: float
    output: str


def measures(corpus: Sequence[str], rounds: int, folder: Path) -> Iterator[Measure]:
    """Everything that is measured, in the order of the table; ``folder`` is for the graphs."""
    started = repeated(lambda: graphwright("--help", folder=folder), max(rounds, STARTS))
    yield seconds("graphwright --help", started)
    yield Measure("annotate, warm, 2 threads", "words/s", tuple(annotate_speeds(corpus, rounds)))
    numbers = count()
    build = lambda: graphwright("build", *corpus, "--to", f"graph{next(numbers)}", "--json", folder=folder)  # noqa: E731
    built = repeated(build, rounds)
    found = [json.loads(run.output) for run in built]
    yield seconds("build, whole process", built)
    for what in ("words", "facts"):
        told = (item["words"] if what == "words" else item["kept"] + item["review"] for item in found)
        yield Measure(f"build: {what}", f"{what}/s", tuple(n / run.seconds for n, run in zip(told, built, strict=True)))
    yield Measure("build: peak memory", "MB", tuple(run.memory for run in built))
    again = repeated(lambda: graphwright("build", *corpus, "--to", "graph0", folder=folder), rounds)
    yield seconds("build once more, nothing changed", again)
    yield seconds("digest", repeated(lambda: graphwright("digest", "graph0", folder=folder), rounds))
    sources = iter(held_sources(folder / "graph0"))
    forget = lambda: graphwright("forget", next(sources), "--from", "graph0", folder=folder)  # noqa: E731
    yield seconds("forget one document", repeated(forget, min(rounds, found[0]["documents"])))


def seconds(what: str, runs: Sequence[Ran]) -> Measure:
    return Measure(what, "s", tuple(run.seconds for run in runs))


def repeated(work: Callable[[], Ran], rounds: int) -> list[Ran]:
    """``rounds`` runs, fewer where they take long, and at least one."""
    runs = [work()]
    while len(runs) < rounds and sum(run.seconds for run in runs) < LONG:
        runs.append(work())
    return runs


def graphwright(*arguments: str, folder: Path) -> Ran:
    """Run a command in a process of its own, without the user's settings. Ends the program where it fails."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GRAPHWRIGHT_")}
    with tempfile.TemporaryFile("w+") as output:
        started = time.perf_counter()
        command = [sys.executable, "-c", PROGRAM, *arguments]
        process = subprocess.Popen(command, cwd=folder, env=ours, stdout=output, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        if process.returncode not in (0, 1):  # 1: some documents could not be read, the others were
            sys.exit(f"graphwright {' '.join(arguments)} ended with {process.returncode}; run it to see why")
        unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
        return Ran(elapsed, usage.ru_maxrss / unit, output.read())


def annotate_speeds(corpus: Sequence[str], rounds: int) -> Iterator[float]:
    """Words a second of documents in memory, after a first round that warms up."""
    from graphwright.models.shipped import load_annotator
    from graphwright.pipeline.schema import load_schema

    annotator = load_annotator(schema=load_schema(), threads=2)
    documents = list(sample(read_corpus(corpus, ledger=Ledger())))
    list(annotator.annotate(documents[:2]))
    for _ in range(rounds):
        started = time.perf_counter()
        words = sum(len(item.document.text.split()) for item in annotator.annotate(documents))
        yield words / (time.perf_counter() - started)


def sample(documents: Iterator[Document]) -> Iterator[Document]:
    """The first documents, of ``SAMPLE`` words."""
    words = 0
    for document in documents:
        yield document
        words += len(document.text.split())
        if words >= SAMPLE:
            return


def held_sources(graph: Path) -> list[str]:
    from graphwright.pipeline.sinks.opening import open_store

    with open_store(str(graph)) as store:
        return sorted(source for source, _ in store.documents().values())


def as_record(measure: Measure, load: float) -> dict[str, Any]:
    """A measure with its figures."""
    values = measure.values
    figures = {"median": median(values), "least": min(values), "most": max(values), "rounds": len(values)}
    return {"what": measure.what, "unit": measure.unit, **figures, "in loads": measure.in_loads(load)}


def show(records: Sequence[dict[str, Any]]) -> None:
    """The table."""
    rows = []
    for item in records:
        low, high = f"{item['least']:,.4g}", f"{item['most']:,.4g}"
        by_load = "" if item["in loads"] is None else f"{item['in loads']:,.4g}"
        rows.append((item["what"], f"{item['median']:,.4g}", f"{low} - {high}", item["rounds"], item["unit"], by_load))
    emit_table(("measure", "median", "least - most", "rounds", "unit", "by the load"), rows)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="*", help="documents of your own, as 'graphwright build' takes them")
    parser.add_argument("--words", type=int, default=100_000, help="words of example text to make, where no data are")
    parser.add_argument("--rounds", type=int, default=3, help="how often each thing is measured")
    parser.add_argument("--json", action="store_true", help="JSON on stdout")
    wanted = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        texts = Path(place) / "texts"
        texts.mkdir()
        if not wanted.data:
            write_texts(wanted.words, texts)
        corpus = [data if "://" in data else str(Path(data).resolve()) for data in wanted.data] or [str(texts)]
        loads = Measure("reference load", "s", tuple(reference_loads()))
        found = [loads, *measures(corpus, max(1, wanted.rounds), Path(place))]
    records = [as_record(measure, median(loads.values)) for measure in found]
    if wanted.json:
        emit_json(records)
        return
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors")
    show(records)


if __name__ == "__main__":
    main(sys.argv[1:])
