"""The graph in a real Neo4j: its model and its view, no orphans, refusals in one line, two writers at once.

What it shares with the other stores is in test_stores.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from reference_graph import ReferenceGraph, assert_equal_content
from services.neo4j_server import Neo4jServer
from strategies import HOSTILE
from test_stores import Step, contribution, couple, fact, histories, occurrence, play

from graphwright.pipeline import tally
from graphwright.pipeline.errors import StoreError, UsageError
from graphwright.pipeline.graph import Contribution, Literal, digest
from graphwright.pipeline.identity import MINTED, WIKIDATA
from graphwright.pipeline.resolution.touched import resolve_store
from graphwright.pipeline.sinks.cypher import Neo4jStore
from graphwright.pipeline.sinks.cypher_names import entity_label, relationship_type
from graphwright.pipeline.sinks.cypher_writing import put

NAMES = {"P26": "spouse", "P569": "date of birth"}
EDGES = """
MATCH (a:Entity)-[r]->(b:Entity)
RETURN r.statement, a.id, b.id, type(r), r.predicate, r.score, r.evidenceCount ORDER BY r.statement
"""
ORPHANS = {
    "entity": "MATCH (n:Entity) WHERE NOT (n)<-[:RESOLVED_TO]-(:Occurrence) RETURN count(n)",
    "statement": "MATCH (n:Statement) WHERE NOT (n)-[:SUPPORTED_BY]->(:Evidence) RETURN count(n)",
    "part": "MATCH (n:Evidence|Mention) WHERE NOT (n)-[:FROM]->(:Document) RETURN count(n)",
    "occurrence": "MATCH (n:Occurrence) WHERE NOT (n)-[:IN]->(:Document) RETURN count(n)",
    "mention": "MATCH (n:Mention) WHERE NOT EXISTS { (n)-[:OF]->(:Occurrence)-[:RESOLVED_TO]->(e:Entity) "
    "WHERE (n)-[:REFERS_TO]->(e) } RETURN count(n)",
    "key": "MATCH (n:BlockKey) WHERE NOT n:Pending AND NOT (n)<-[:KEYED]-(:Occurrence) RETURN count(n)",
    "untyped": "MATCH (n:Entity) WHERE size(labels(n)) <> 2 RETURN count(n)",
}


@pytest.fixture(scope="module")
def connected(neo4j_server: Neo4jServer) -> Iterator[Neo4jStore]:
    with connect(neo4j_server) as store:
        yield store
    neo4j_server.wipe()


@pytest.fixture
def store(connected: Neo4jStore, neo4j_server: Neo4jServer) -> Neo4jStore:
    neo4j_server.wipe()
    return connected


def connect(server: Neo4jServer, **changes: str) -> Neo4jStore:
    arguments = {"username": server.username, "password": server.password, "database": server.database} | changes
    return Neo4jStore.connect(server.uri, names=NAMES, **arguments)


def assert_whole(store: Neo4jStore) -> None:
    """No orphans, and each entity carries its one type."""
    assert {name: store.query(text).rows for name, text in ORPHANS.items()} == dict.fromkeys(ORPHANS, ((0,),))


def assert_view(store: Neo4jStore, expected: ReferenceGraph) -> None:
    """One edge for each kept statement between entities, and each entity under the label of its type."""
    kept = [item for item in expected.statements() if item.band == "keep" and isinstance(item.object, str)]
    assert store.query(EDGES).rows == tuple(
        (
            item.id,
            item.subject,
            item.object,
            relationship_type(item.predicate, NAMES),
            item.predicate,
            item.score,
            len(item.evidence),
        )
        for item in kept
    )
    labels = store.query("MATCH (n:Entity) RETURN n.id, labels(n) ORDER BY n.id").rows
    assert {key: set(found) for key, found in labels} == {
        node.id: {"Entity", entity_label(node.label)} for node in expected.nodes()
    }


def assert_same(store: Neo4jStore, expected: ReferenceGraph) -> None:
    assert_equal_content(store, expected)
    assert_view(store, expected)
    assert_whole(store)


# --- the model -----------------------------------------------------------------------------------------------------


@pytest.mark.neo4j
def test_the_graph_reads_as_documented(store: Neo4jStore) -> None:
    store.replace([couple("letter"), couple("diary")])
    view = store.query("MATCH (a:Person)-[r:SPOUSE]->(b:Person) RETURN a.name, a.uri, b.name, r.evidenceCount, r.score")
    assert view.columns == ("a.name", "a.uri", "b.name", "r.evidenceCount", "r.score")
    assert view.rows == (("Ada", f"{WIKIDATA}Q7259", "John", 2, 0.8),)
    evidence = store.query(
        "MATCH (a:Person {name: 'Ada'})<-[:SUBJECT]-(s:Statement)-[:SUPPORTED_BY]->(e)-[:FROM]->(d:Document) "
        "RETURN d.source, s.name, s.band, e.text, e.sentence ORDER BY d.source"
    )
    assert evidence.rows[0] == ("file:///diary.txt", "SPOUSE", "keep", "Ada married John.", [0, 20])
    mention = (
        "MATCH (:Document {id: 'diary'})<-[:FROM]-(m:Mention)-[:REFERS_TO]->(e) RETURN m.text, e.kbId ORDER BY e.kbId"
    )
    assert store.query(mention).rows == (("John", "Q10"), ("Ada", "Q7259"))


@pytest.mark.neo4j
def test_two_statements_of_one_type_are_two_edges(store: Neo4jStore) -> None:
    ada, john = occurrence("a", 0, "Ada"), occurrence("a", 1, "John")
    dated = replace(fact(ada, "P26", john, score=0.5), qualifiers=(("P580", "1835"),))
    store.replace([contribution("a", (ada, john), (fact(ada, "P26", john), dated))])
    assert store.query("MATCH ()-[r:SPOUSE]->() RETURN count(DISTINCT r.statement)").rows == ((2,),)


@pytest.mark.neo4j
def test_each_edge_has_the_type_of_its_own_predicate(store: Neo4jStore) -> None:
    """In one write and in the next: a cached plan must not carry a type over."""
    ada, john = occurrence("a", 0, "Ada"), occurrence("a", 1, "John")
    for predicates in (("P1", "P2"), ("P3", "P1", "P4")):
        store.replace([contribution("a", (ada, john), [fact(ada, name, john) for name in predicates])])
        found = store.query(
            "MATCH ()-[r]->() WHERE r.statement IS NOT NULL RETURN type(r), r.predicate ORDER BY type(r)"
        )
        assert found.rows == tuple((name, name) for name in sorted(predicates))


@pytest.mark.neo4j
def test_values_stay_on_the_statement(store: Neo4jStore) -> None:
    ada = occurrence("a", 0, "Ada")
    store.replace([contribution("a", (ada,), (fact(ada, "P569", Literal("1815-12-10", "date")),))])
    table = store.query("MATCH (s:Statement)-[:SUBJECT]->(n) RETURN s.value, s.datatype, s.band, n.value")
    assert table.rows == (("1815-12-10", "date", "keep", None),)
    assert store.query(EDGES).rows == ()


@pytest.mark.neo4j
@pytest.mark.parametrize(("band", "assertion"), [("review", "asserted"), ("keep", "negated")])
def test_what_is_not_kept_makes_no_edge(store: Neo4jStore, band: str, assertion: str) -> None:
    """The same statement loses its edge and gets it back."""
    store.replace([couple("a", band=band, assertion=assertion)])
    assert store.query("MATCH (s:Statement) RETURN s.band").rows == (("review",),)
    assert store.query(EDGES).rows == ()
    store.replace([couple("b")])
    assert [row[3] for row in store.query(EDGES).rows] == ["SPOUSE"]
    store.forget(["b"])
    assert store.query("MATCH (s:Statement) RETURN s.band").rows == (("review",),)
    assert store.query(EDGES).rows == ()


@pytest.mark.neo4j
def test_names_of_predicates_may_change(store: Neo4jStore, neo4j_server: Neo4jServer) -> None:
    store.replace([couple("a")])
    arguments = {"username": neo4j_server.username, "password": neo4j_server.password}
    with Neo4jStore.connect(neo4j_server.uri, **arguments, database=neo4j_server.database) as other:
        other.replace([couple("b")])
    assert [(row[3], row[6]) for row in store.query(EDGES).rows] == [("P26", 2)]


# --- histories -----------------------------------------------------------------------------------------------------


@pytest.mark.neo4j
@pytest.mark.parametrize("many", [1, tally.MANY])
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(history=histories)
def test_any_history_leaves_the_view_right_and_no_orphans(
    store: Neo4jStore, neo4j_server: Neo4jServer, monkeypatch: pytest.MonkeyPatch, many: int, history: Sequence[Step]
) -> None:
    monkeypatch.setattr(tally, "MANY", many)
    neo4j_server.wipe()
    expected = ReferenceGraph()
    play(store, history)
    play(expected, history)
    assert_same(store, expected)


@pytest.mark.neo4j
def test_a_second_build_adds_no_node_and_no_relationship(store: Neo4jStore) -> None:
    parts = [couple("a"), couple("b")]
    count = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN count(DISTINCT n), count(r)"
    store.replace(parts)
    first = store.query(count)
    store.replace(parts[::-1])
    assert store.query(count) == first


@pytest.mark.neo4j
def test_forgetting_all_leaves_only_pending_keys(store: Neo4jStore) -> None:
    store.replace([couple("a"), couple("b")])
    assert store.forget(["a", "b", "never held"]) == 2
    left = store.query("MATCH (n) RETURN DISTINCT labels(n)[0] AS label ORDER BY label").rows
    assert left == (("BlockKey",), ("GraphInfo",))
    store.resolve({})
    assert store.query("MATCH (n) RETURN labels(n)").rows == ((["GraphInfo"],),)


@pytest.mark.neo4j
def test_merging_and_parting_again(store: Neo4jStore) -> None:
    ada, john = occurrence("a", 0, "Ada"), occurrence("a", 1, "John")
    expected = ReferenceGraph()
    history: list[Step] = [
        ("replace", [contribution("a", (ada, john), (fact(ada, "P26", john),)), couple("b")]),
        ("resolve", {ada.id: f"{WIKIDATA}Q7259", john.id: f"{WIKIDATA}Q10"}),
        ("resolve", {john.id: f"{WIKIDATA}Q7259"}),
        ("resolve", {ada.id: MINTED + ada.id, john.id: MINTED + john.id}),
    ]
    for step in history:
        play(store, [step])
        play(expected, [step])
        assert_same(store, expected)


@pytest.mark.neo4j
@pytest.mark.parametrize("name", [*HOSTILE, "a\\u0060b `` c", "/* comment */ -- ; //", "x" * 20_000])
def test_names_become_data_whatever_they_hold(store: Neo4jStore, name: str) -> None:
    """As name, alias, label, block key, predicate, qualifier and text; the bystander stays as it was."""
    ada = occurrence("a", 0, name, label=name, aliases=(name + "!",), keys=(name,))
    note = replace(fact(ada, name, Literal(name, "string", name), text=name), qualifiers=((name, name),))
    history: list[Step] = [
        ("replace", [contribution("a", (ada, occurrence("a", 1, "B")), (note,)), couple("bystander")])
    ]
    expected = ReferenceGraph()
    play(store, history)
    play(expected, history)
    assert_same(store, expected)
    assert list(store.occurrences([name])) == [ada]


# --- queries and failures -----------------------------------------------------------------------------------------


@pytest.mark.neo4j
@pytest.mark.parametrize("text", ["CREATE (n:X)", "MATCH (n) DETACH DELETE n", "CREATE INDEX x FOR (n:X) ON (n.y)"])
def test_queries_only_read(store: Neo4jStore, text: str) -> None:
    store.replace([couple("a")])
    before = store.digest()
    with pytest.raises(UsageError, match="may only read"):
        store.query(text)
    assert store.digest() == before


@pytest.mark.neo4j
@pytest.mark.parametrize("text", ["MATCH (n RETURN n", "RETURN $missing", "", "RETURN 1/0"])
def test_a_query_that_is_wrong(store: Neo4jStore, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        store.query(text)
    assert "\n" not in str(caught.value)


@pytest.mark.neo4j
def test_values_of_a_query_are_plain(store: Neo4jStore) -> None:
    store.replace([couple("a")])
    table = store.query(
        "MATCH p = (a:Person)-[r:SPOUSE]->(b) RETURN a, r, p, date('1815-12-10'), [1, null], {x: true}, duration('P1D')"
    )
    node, edge, path, *values = table.rows[0]
    assert node["labels"] == ["Entity", "Person"]
    assert node["properties"]["kbId"] == "Q7259"
    assert (edge["type"], edge["start"], edge["properties"]["evidenceCount"]) == ("SPOUSE", f"{WIKIDATA}Q7259", 1)
    assert path[:2] == [node, edge]
    assert path[2]["properties"]["name"] == "John"
    assert values == ["1815-12-10", [1, None], {"x": True}, "P1D"]


@pytest.mark.neo4j
def test_a_write_that_fails_leaves_nothing(store: Neo4jStore) -> None:
    """Two documents that claim the same occurrence break a constraint in the middle of the write."""
    store.replace([couple("a")])
    before = store.digest()
    new = couple("b")
    with pytest.raises(StoreError, match="refused"):
        store.replace([new, contribution("c", new.occurrences)])
    assert store.digest() == before
    assert set(store.documents()) == {"a"}
    assert_whole(store)


@pytest.mark.neo4j
def test_writers_take_turns(store: Neo4jStore, neo4j_server: Neo4jServer) -> None:
    """One that comes while another's transaction is open waits for its end, even where they share nothing."""
    ada, bob = contribution("a", (occurrence("a", 0, "Ada"),)), contribution("b", (occurrence("b", 0, "Bob"),))
    store.replace([couple("c")])
    second = threading.Thread(target=store.replace, args=([bob],))
    with neo4j_server.driver() as driver, driver.session(database=neo4j_server.database) as session:
        first = session.begin_transaction()
        put(first, [ada], NAMES)
        second.start()
        second.join(2)
        assert set(store.documents()) == {"c"}
        first.commit()
    second.join(60)
    assert set(store.documents()) == {"a", "b", "c"}


@pytest.mark.neo4j
def test_a_resolution_that_was_overtaken_changes_nothing_and_is_done_again(
    store: Neo4jStore, neo4j_server: Neo4jServer
) -> None:
    """What another writer has put there since is not taken for resolved."""
    store.replace([contribution("a", (occurrence("a", 0, "Ada"),))])
    first = occurrence("a", 0, "Ada").id
    pending = store.pending().keys
    with connect(neo4j_server) as other:
        other.replace([contribution("b", (occurrence("b", 0, "Bob"),))])
    store.resolve({first: WIKIDATA + "Q1"})
    assert store.pending().keys > pending
    assert {node.id for node in store.nodes()} == {MINTED + first, MINTED + occurrence("b", 0, "Bob").id}
    resolve_store(store)
    assert not store.pending()
    assert_whole(store)


@pytest.mark.neo4j
def test_what_is_read_steadily_is_of_one_moment(store: Neo4jStore, neo4j_server: Neo4jServer) -> None:
    writes = "MATCH (g:GraphInfo) RETURN g.writes"
    store.replace([couple("a")])
    before, written = list(store.statements()), store.query(writes)
    with connect(neo4j_server) as other:
        writer = threading.Thread(target=other.replace, args=([couple("b", score=0.9)],))
        with store.steady():
            writer.start()
            writer.join(1)
            assert writer.is_alive()
            assert store.digest() == digest(before)
            assert list(store.statements()) == before
            with pytest.raises(RuntimeError, match="written to while it was to be steady"):
                store.forget(["a"])
        writer.join(60)
    assert [len(item.evidence) for item in store.statements()] == [2]
    store.forget(["a", "b"])
    assert store.query(writes).rows[0][0] == written.rows[0][0] + 2, "a steady reading is no write"


def crowd(document: str, predicate: str) -> Contribution:
    """One person and what holds between them and 19 others."""
    first, *others = [occurrence(document, number, f"{document} {number}") for number in range(20)]
    return contribution(document, (first, *others), [fact(first, predicate, other) for other in others])


@pytest.mark.neo4j
def test_a_digest_never_covers_half_a_write(store: Neo4jStore, neo4j_server: Neo4jServer) -> None:
    editions = [[crowd(f"d{number}", predicate) for number in range(30)] for predicate in ("P26", "P40")]
    whole = set()
    for edition in editions:
        store.replace(edition)
        whole.add(store.digest())
    assert len(whole) == 2
    with connect(neo4j_server) as other:
        writer = threading.Thread(target=lambda: [other.replace(edition) for edition in editions * 2])
        writer.start()
        while writer.is_alive():
            assert store.digest() in whole


@pytest.mark.neo4j
def test_two_writers_at_once_end_right(store: Neo4jStore, neo4j_server: Neo4jServer) -> None:
    """Both add evidence to the same statements, in opposite orders, over connections of their own."""
    parts = [couple(f"d{number}", score=number / 16) for number in range(12)]
    expected = ReferenceGraph()
    for _ in range(2):  # most are written in two pairs
        expected.replace(parts)
    errors: list[BaseException] = []

    def write(mine: Sequence[Contribution]) -> None:
        try:
            with connect(neo4j_server) as own:
                for pair in pairwise(mine):
                    own.replace(pair)
        except BaseException as error:
            errors.append(error)

    writers = [threading.Thread(target=write, args=(half,)) for half in (parts[:7], parts[:4:-1])]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert errors == []
    assert_same(store, expected)
