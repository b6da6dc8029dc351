"""How fast exports are: a synthetic graph of many statements, written in each format.

As a program: ``python tests/scale_export.py [statements] [format...]``. Times include reading from the embedded store,
which takes most of them; building that store first takes longer than all exports.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import scale

from graphwright.pipeline.export import FORMATS, export
from graphwright.pipeline.graph import Contribution, Evidence, Fact, Literal
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.sinks.opening import open_store

FACTS = 10
"""A document's facts; a tenth of them have a date as their object."""
BATCH = 250
PREDICATES = [f"P{number}" for number in range(19, 60)]


def documents(count: int) -> Iterator[Contribution]:
    """Documents by number, each with ``FACTS`` facts."""
    for number, part in enumerate(scale.documents(0, count)):
        random = Random(-number)
        yield replace(part, facts=tuple(_fact(part, random, place) for place in range(FACTS)))


def _fact(part: Contribution, random: Random, place: int) -> Fact:
    head, tail = random.sample(part.occurrences, 2)
    text = f"In the year {1800 + place}, as the papers wrote, {head.name} was seen with {tail.name} more than once."
    key = content_hash("evidence", part.document, str(place))
    spans = [(20 * end, 20 * end + 9) for end in (place, place + 1)]
    score = round(random.uniform(0.5, 1), 4)
    evidence = Evidence(
        key, part.document, spans[0], spans[1], (0, len(text)), text, score, "asserted", "keep", "synthetic 1"
    )
    end = tail.id if random.random() < 0.9 else Literal(f"{random.randrange(1500, 2000)}", "gYear")
    return Fact(content_hash("fact", key), head.id, random.choice(PREDICATES), end, (), evidence)


def seconds_to_export(folder: Path, format: str, statements: int) -> None:
    with open_store(str(folder / "graph"), create=False) as store:
        started, worked = time.perf_counter(), time.process_time()
        exported = export(store, format, folder / format)
        seconds, busy = time.perf_counter() - started, time.process_time() - worked
    size = sum(path.stat().st_size for path in exported.files) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    rates = f"{statements / seconds:8,.0f} statements/s, {statements / busy:8,.0f} in a second of processor time"
    print(f"{format:12} {seconds:6.1f} s {rates}  {size:6.0f} MB  peak so far {peak:,.0f} MB")


def main(statements: int = 100_000, *formats: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        started = time.perf_counter()
        with open_store(f"{name}/graph") as store:
            parts = list(documents(statements // FACTS))
            for first in range(0, len(parts), BATCH):
                store.replace(parts[first : first + BATCH])
        print(f"{statements:,} statements built in {time.perf_counter() - started:.0f} s")
        del parts
        for chosen in formats or FORMATS:
            seconds_to_export(Path(name), chosen, statements)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]), *sys.argv[2:])
