"""How fast stores are here (``make bench-stores``), with documents that are made without networks.

Writing is measured in this process, by batches as ``build`` writes them; digest, export and forget as commands. Each
figure is by the clock and by the reference load of ``tests/speed.py``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import store_records
from reference_load import reference_loads
from services.neo4j_server import neo4j_server
from speed import Measure, as_record, graphwright, show

from graphwright.flows.cli_output import emit_json
from graphwright.pipeline.build import BATCH
from graphwright.pipeline.graph import Contribution
from graphwright.pipeline.resolution.touched import resolve_store
from graphwright.pipeline.sinks.opening import StoreSettings, open_store
from graphwright.pipeline.sinks.rdf_queries import chunks
from graphwright.pipeline.sinks.store import Store

TENTH = 10
REPLACED = 5
PAGE_CACHE = "512m"
"""Neo4j's memory for pages of the database, beside its heap."""


@dataclass(frozen=True, slots=True)
class Written:
    """A batch that was written: its facts, and the seconds that it took."""

    facts: int
    seconds: float


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "stores", nargs="*", default=["oxigraph"], help="oxigraph, neo4j (one of our own, 1 GB of heap)"
    )
    parser.add_argument("--mentions", type=int, default=100_000, help="mentions in all; there are as many facts")
    parser.add_argument("--json", action="store_true", help="JSON on stdout")
    wanted = parser.parse_args(arguments)
    loads = Measure("reference load", "s", tuple(reference_loads()))
    records = [as_record(loads, median(loads.values))]
    for name in wanted.stores:
        with tempfile.TemporaryDirectory() as place:
            found = measures(name, max(1, wanted.mentions // store_records.MENTIONS), Path(place))
            records += [as_record(item, median(loads.values)) for item in found]
    (emit_json if wanted.json else show)(records)


def measures(name: str, documents: int, folder: Path) -> Iterator[Measure]:
    """All that is measured of a store that holds so many documents."""
    with ExitStack() as opened:
        target, settings = "graph", StoreSettings()
        if name == "neo4j":
            server = opened.enter_context(neo4j_server(PAGE_CACHE))
            target, settings = server.uri, StoreSettings(server.username, server.password, server.database)
            os.environ |= {"NEO4J_USERNAME": server.username, "NEO4J_PASSWORD": server.password}
        place = str(folder / target) if name == "oxigraph" else target
        # in a process of its own: the peak memory of commands that this one starts begins with what it takes itself
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            written = pool.submit(writing, place, settings, documents).result()
        for item in (*written, *commands(target, documents, folder)):
            yield Measure(f"{name}: {item.what}", item.unit, item.values)


def writing(target: str, settings: StoreSettings, documents: int) -> list[Measure]:
    """How fast documents are written, and one of them replaced."""
    with open_store(target, settings=settings) as store:
        runs = [_written(store, batch) for batch in chunks(store_records.documents(0, documents), BATCH)]
        store.resolve({})  # all stand for themselves: what resolution costs, tests/scale.py tells
        replaced = tuple(_seconds_to_replace(store, number) for number in range(min(documents, REPLACED)))
    tenth = max(1, len(runs) // TENTH)
    return [
        Measure("facts with evidence written", "facts/s", (rate(runs),)),
        Measure("facts with evidence written, first tenth", "facts/s", (rate(runs[:tenth]),)),
        Measure("facts with evidence written, last tenth", "facts/s", (rate(runs[-tenth:]),)),
        Measure("replace one document, and resolve", "s", replaced),
    ]


def _seconds_to_replace(store: Store, number: int) -> float:
    started = time.perf_counter()
    store.replace([store_records.document(number, edition=2)])
    resolve_store(store)
    return time.perf_counter() - started


def _written(store: Store, batch: Sequence[Contribution]) -> Written:
    started = time.perf_counter()
    store.replace(batch)
    return Written(sum(len(part.facts) for part in batch), time.perf_counter() - started)


def rate(runs: Sequence[Written]) -> float:
    """Facts a second."""
    return sum(run.facts for run in runs) / sum(run.seconds for run in runs)


def commands(target: str, documents: int, folder: Path) -> Iterator[Measure]:
    """What commands take, Python's start included, and the memory of those that read all."""
    digest = graphwright("digest", target, folder=folder)
    yield Measure("digest", "s", (digest.seconds,))
    yield Measure("digest: peak memory", "MB", (digest.memory,))
    export = graphwright("export", target, "--format", "neo4j-admin", "-o", "exported", folder=folder)
    yield Measure("export for neo4j-admin", "s", (export.seconds,))
    yield Measure("export for neo4j-admin: peak memory", "MB", (export.memory,))
    gone = store_records.source(documents - 1)
    yield Measure("forget one document", "s", (graphwright("forget", gone, "--from", target, folder=folder).seconds,))


if __name__ == "__main__":
    main(sys.argv[1:])
