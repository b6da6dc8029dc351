"""Builds that are killed at any moment, on the embedded store and a real Neo4j (``make chaos``).

Each round edits a corpus, starts a build of it in a process of its own, and kills that with SIGKILL. Then the graph has
to hold whole documents, each as it was before or as it is now, and all that follows from them, nothing more and nothing
twice. The next build has to end with the digest of a graph that was never disturbed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import combinations
from multiprocessing import get_context
from operator import attrgetter
from pathlib import Path
from random import Random
from unittest.mock import patch

from fakes import GAZETTEER, GazetteerAnnotator
from neo4j import GraphDatabase
from services.neo4j_server import Neo4jServer, neo4j_server

from graphwright.flows.building import build_corpus
from graphwright.flows.settings import load_settings
from graphwright.flows.targets import open_target
from graphwright.pipeline import build as pipeline_build
from graphwright.pipeline.contribution import Policy, contribution
from graphwright.pipeline.corpora import read_corpus
from graphwright.pipeline.graph import Fact, Occurrence, Statement, assemble
from graphwright.pipeline.ledger import Ledger
from graphwright.pipeline.records import Document
from graphwright.pipeline.schema import load_schema
from graphwright.pipeline.sinks.rdf import RdfStore
from graphwright.pipeline.sinks.store import Store
from graphwright.pipeline.violations import separate
from graphwright.pipeline.vocabulary import VIEW_GRAPH, WIKIDATA_PROPERTY

DOCUMENTS = 150
EDITED = 0.6
"""The share of documents that each round edits."""
WRITTEN_AT_ONCE = 150
"""Less than builds write at once, so that these documents take several writes, and kills come between two."""
ENDING = 300
"""Tenths of seconds in which a server ends what a killed build began."""
PHRASES = ("married", "joined", "was born in", "lived in")
EDGES_IN_RDF = f"""SELECT ?a ?p ?b WHERE {{ GRAPH {VIEW_GRAPH} {{
    ?a ?p ?b FILTER(STRSTARTS(STR(?p), "{WIKIDATA_PROPERTY}") && isIRI(?b)) }} }}"""
PAIRS = tuple(combinations(sorted(set(GAZETTEER) - {"1815"}), 2))


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did: seconds until the kill, whether that came before the end, and documents written until then."""

    delay: float
    killed: bool
    written: int


def rounds(target: str, count: int, seed: int = 13) -> Iterator[Round]:
    """Kill so many builds of ``corpus`` in this folder; some may end before.

    Raises ``AssertionError`` where a graph is not what it has to be.
    """
    random, editions = Random(seed), dict.fromkeys(range(DOCUMENTS), 0)
    write_corpus(editions)
    build(target)
    span = _seconds_undisturbed(random, editions, target)
    while count > 0:
        before = held_versions(target)
        edit(editions, random)
        delay = random.uniform(0, span)
        killed = _killed(target, delay)
        count -= killed
        await_end(target)
        after = held_versions(target)
        assert_whole(target)
        yield Round(delay, killed, sum(after[key] != before.get(key) for key in after))
        assert build(target) == undisturbed()
    assert_whole(target)


_known: dict[str, Document] = {}
"""Every text that was ever written, by its version."""


def write_corpus(editions: Mapping[int, int]) -> None:
    """A file for each document, with a text that is a function of its number and edition."""
    Path("corpus").mkdir(exist_ok=True)
    for number, edition in editions.items():
        random = Random(f"{number} {edition}")
        facts = (f"{a} {random.choice(PHRASES)} {b}." for a, b in random.sample(PAIRS, 3))
        Path(f"corpus/{number:03}.txt").write_text(f"Report {number}.{edition}. {' '.join(facts)}", encoding="utf-8")
    _known.update((item.version, item) for item in texts())


def texts() -> list[Document]:
    return list(read_corpus(["corpus"], ledger=Ledger()))


def edit(editions: dict[int, int], random: Random) -> None:
    """Another edition of many documents."""
    changed = random.sample(sorted(editions), int(EDITED * len(editions)))
    editions.update((number, editions[number] + 1) for number in changed)
    write_corpus({number: editions[number] for number in changed})


def build(target: str) -> str:
    """Build the corpus; returns the digest."""
    return build_corpus(["corpus"], load_settings(target=target, annotator="fakes:gazetteer")).report.digest


def undisturbed() -> str:
    """The digest of a graph of the corpus that is made at once."""
    with tempfile.TemporaryDirectory() as folder:
        return build(f"{folder}/graph")  # digests are equal in all stores


def _build_in_child(folder: str, environment: Mapping[str, str], target: str) -> None:
    os.chdir(folder)
    os.environ |= environment
    with patch.object(pipeline_build, "WRITTEN_AT_ONCE", WRITTEN_AT_ONCE):
        build(target)


def _killed(target: str, delay: float) -> bool:
    """Build in a process of its own that is killed so many seconds after it began; whether it had not ended by then."""
    names = {name: value for name, value in os.environ.items() if name.startswith("NEO4J_")}
    process = CONTEXT.Process(target=_build_in_child, args=(str(Path.cwd()), names, target))
    process.start()
    process.join(delay)
    killed = process.is_alive()
    process.kill()
    process.join()
    assert killed or process.exitcode == 0, f"the build ended with {process.exitcode}"
    return killed


CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload(["chaos"])


def await_end(target: str) -> int:
    """Wait until a server has ended the transactions of a killed build, whose last commit may come while we read.

    Returns how often some were still running. Raises ``AssertionError`` where they do not end.
    """
    if "://" not in target:
        return 0
    names = os.environ["NEO4J_USERNAME"], os.environ["NEO4J_PASSWORD"]
    with GraphDatabase.driver(target, auth=names, telemetry_disabled=True) as driver:
        for asked in range(ENDING):
            running = driver.execute_query("SHOW TRANSACTIONS", database_=os.environ["NEO4J_DATABASE"]).records
            if len(running) <= 1:  # our own
                return asked
            time.sleep(0.1)
    raise AssertionError(f"transactions of a killed build still run: {running}")


def _seconds_undisturbed(random: Random, editions: dict[int, int], target: str) -> float:
    """How long a build of an edited corpus takes when nothing happens to it."""
    _killed(target, 120)
    edit(editions, random)
    started = time.monotonic()
    assert not _killed(target, 120)
    return time.monotonic() - started


def held_versions(target: str) -> dict[str, str]:
    with _opened(target) as store:
        return dict(store.versions())


def assert_whole(target: str) -> None:
    """Every document is held as one of its editions is read, and all else is what follows from these, once."""
    with _opened(target) as store:
        holdings = list(store.holdings())
        for part in (item.contribution for item in holdings):
            assert (part.occurrences, part.facts) == _read(_known[part.version])
        facts = [fact for item in holdings for fact in item.contribution.facts]
        nodes = {key: node for item in holdings for key, node in item.nodes.items()}
        statements = list(store.statements())
        assert statements == list(assemble(facts, nodes))
        assert [item.id for item in store.nodes()] == sorted(set(nodes.values()))
        assert sorted(_edges(store)) == sorted(_kept(statements))


def _kept(statements: Iterable[Statement]) -> Iterator[tuple[str, str, str]]:
    kept = (item for item in statements if item.band == "keep" and isinstance(item.object, str))
    return ((item.subject, item.predicate, str(item.object)) for item in kept)


def _edges(store: Store) -> Iterator[tuple[str, str, str]]:
    """The edges of the view: subject, predicate, object, once for each statement."""
    if isinstance(store, RdfStore):
        text = EDGES_IN_RDF
    else:
        text = "MATCH (a:Entity)-[r]->(b:Entity) RETURN a.id, r.predicate, b.id"
    return ((str(a), str(p).removeprefix(WIKIDATA_PROPERTY), str(b)) for a, p, b in store.query(text).rows)


def _read(document: Document) -> tuple[tuple[Occurrence, ...], tuple[Fact, ...]]:
    """What a document contributes, each part ordered by id."""
    [annotated] = GazetteerAnnotator().annotate([document])
    whole = contribution(annotated, GazetteerAnnotator().version, Policy(), "", Ledger())
    part, _ = separate(whole, load_schema())
    return tuple(sorted(part.occurrences, key=_id)), tuple(sorted(part.facts, key=_id))


_id = attrgetter("id")


@contextmanager
def _opened(target: str) -> Iterator[Store]:
    with open_target(load_settings(target=target)) as store:
        yield store


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stores", nargs="*", default=["oxigraph", "neo4j"], help="oxigraph, neo4j (one of our own)")
    parser.add_argument("--rounds", type=int, default=50, help="kills for each store")
    parser.add_argument("--seed", type=int, default=13)
    wanted = parser.parse_args(arguments)
    for name in wanted.stores:
        with ExitStack() as opened:
            os.chdir(opened.enter_context(tempfile.TemporaryDirectory()))
            target = opened.enter_context(neo4j_target()) if name == "neo4j" else "graph"
            done = list(told(name, rounds(target, wanted.rounds, wanted.seed)))
        killed = sum(item.killed for item in done)
        between = sum(0 < item.written < int(EDITED * DOCUMENTS) for item in done)
        print(f"{name}: {killed} builds killed, {between} of them between two writes; all graphs whole", flush=True)


def told(name: str, done: Iterable[Round]) -> Iterator[Round]:
    for number, item in enumerate(done, 1):
        end = "killed" if item.killed else "ended"
        print(f"{name} {number}: {end} after {item.delay:.2f} s, {item.written} documents written", flush=True)
        yield item


@contextmanager
def neo4j_target() -> Iterator[str]:
    """The address of a server of our own; what else is needed to reach it is in the environment."""
    with neo4j_server() as server:
        os.environ |= access(server)
        yield server.uri


def access(server: Neo4jServer) -> dict[str, str]:
    """What the settings need to get into a server."""
    return {"NEO4J_USERNAME": server.username, "NEO4J_PASSWORD": server.password, "NEO4J_DATABASE": server.database}


if __name__ == "__main__":
    import chaos

    chaos.main(sys.argv[1:])  # under its own name, so that processes that it starts find its functions
