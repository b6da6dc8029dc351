"""The graph of the example corpus, built once a session and put into a real Neo4j."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphwright.flows.cli import run
from graphwright.pipeline.schema import load_schema
from graphwright.pipeline.sinks.cypher import Neo4jStore
from graphwright.pipeline.sinks.opening import open_store
from graphwright.pipeline.sinks.store import Store

if TYPE_CHECKING:
    from services.neo4j_server import Neo4jServer

CORPUS = Path(__file__).parents[2] / "examples" / "corpus"
TOGETHER = 16


def build_example_graph(folder: Path) -> Path:
    """An embedded store of the whole corpus, and of a text that says nothing."""
    target, small_talk = folder / "graph", folder / "small-talk.txt"
    small_talk.write_text("The soup was cold again. Nobody minded, and Ann laughed about it.\n", encoding="utf-8")
    assert run(["build", str(CORPUS), str(small_talk), "--to", str(target)]) == 0
    return target


def load_example_graph(graph: Path, server: Neo4jServer) -> None:
    """Put the graph into the server's database; nothing is done where it is there already."""
    login = {"username": server.username, "password": server.password, "database": server.database}
    names = load_schema().edge_names()
    with (
        open_store(str(graph), create=False) as source,
        Neo4jStore.connect(server.uri, names=names, **login) as target,
    ):
        if target.digest() == source.digest():
            return
        server.wipe()
        _copy(source, target)
        assert target.digest() == source.digest()
    with server.driver() as driver:
        driver.execute_query(
            "CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()", database_=server.database
        )


def _copy(source: Store, target: Store) -> None:
    holdings = list(source.holdings())
    for start in range(0, len(holdings), TOGETHER):
        target.replace([item.contribution for item in holdings[start : start + TOGETHER]])
    target.resolve({key: node for item in holdings for key, node in item.decided.items()})
