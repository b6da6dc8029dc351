"""The graph in a real Neo4j: equal to the graph assembled from scratch, whatever came before and whatever the names."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from services.neo4j_server import Neo4jServer

from graphwright.pipeline.errors import StoreError, UsageError
from graphwright.pipeline.graph import (
    Contribution,
    Evidence,
    Fact,
    Literal,
    Occurrence,
    OccurrenceMention,
    assemble,
    digest,
    merged_node,
)
from graphwright.pipeline.identity import MINTED, WIKIDATA, content_hash, node_id
from graphwright.pipeline.sinks.cypher import Neo4jStore
from graphwright.pipeline.sinks.cypher_names import IDENTIFIER, entity_label, quoted, relationship_type

NAMES = {"P26": "spouse", "P569": "date of birth"}
HOSTILE = (
    "Robert'); MATCH (n) DETACH DELETE n //",
    '"}) DETACH DELETE n WITH 1 AS x MATCH (y {a: "',
    "`]->() SET n:`Owned",
    "a\\u0060b `` c",
    "line\nbreak\r\ttab",
    "{braces} $rows ${x} %s",
    "نص من اليمين 🦉 é",
    "/* comment */ -- ; //",
)


def occurrence(
    document: str,
    number: int,
    *,
    name: str = "Ada Byron",
    label: str = "PER",
    kb_id: str | None = None,
    aliases: tuple[str, ...] = (),
    keys: tuple[str, ...] = ("ada",),
) -> Occurrence:
    mentions = (
        OccurrenceMention(number, number + 3, name, 0.9),
        OccurrenceMention(number + 9, number + 12, "she", 0.5),
    )
    return Occurrence(
        content_hash("occurrence", document, str(number)),
        document,
        label,
        name,
        aliases,
        kb_id,
        0.75,
        mentions,
        keys,
        ("London", name),
    )


def fact(
    subject: Occurrence,
    predicate: str,
    tail: Occurrence | Literal,
    *,
    score: float = 0.8,
    band: str = "keep",
    assertion: str = "asserted",
    qualifiers: tuple[tuple[str, str], ...] = (),
    text: str = "She married him.",
    start: int = 0,
) -> Fact:
    end = tail if isinstance(tail, Literal) else tail.id
    parts = (end.value, end.datatype, end.unit) if isinstance(end, Literal) else (end,)
    key = content_hash("fact", subject.id, predicate, *parts, str(qualifiers), band, assertion, str(start))
    evidence = Evidence(
        content_hash("evidence", key),
        subject.document,
        (start, start + 3),
        (start + 5, start + 8),
        (start, start + 20),
        text,
        score,
        assertion,
        band,
        "rnn-1",
    )
    return Fact(key, subject.id, predicate, end, qualifiers, evidence)


def contribution(document: str, occurrences: Sequence[Occurrence], facts: Sequence[Fact]) -> Contribution:
    unique = {item.id: item for item in facts}
    return Contribution(
        document,
        f"file:///{document}.txt",
        "v1",
        f"fingerprint of {document}",
        "en",
        document.title(),
        tuple(occurrences),
        tuple(unique.values()),
    )


def couple(document: str, **changes: object) -> Contribution:
    ada, john = occurrence(document, 0, kb_id="Q7259"), occurrence(document, 30, name="John", keys=("john",))
    return contribution(document, (ada, john), (fact(ada, "P26", john, **changes),))


def expected_nodes(held: Mapping[str, Contribution], decisions: Mapping[str, str]) -> dict[str, str]:
    items = [item for part in held.values() for item in part.occurrences]
    return {item.id: decisions.get(item.id) or node_id(item.kb_id, item.id) for item in items}


def assert_equal_to_scratch(store: Neo4jStore, held: Mapping[str, Contribution], decisions: Mapping[str, str]) -> None:
    nodes = expected_nodes(held, decisions)
    facts = [item for part in held.values() for item in part.facts]
    occurrences = sorted((item for part in held.values() for item in part.occurrences), key=lambda item: item.id)
    wanted = list(assemble(facts, nodes))
    assert list(store.statements()) == wanted
    assert store.digest() == digest(wanted)
    assert list(store.occurrences()) == occurrences
    members = {node: [item for item in occurrences if nodes[item.id] == node] for node in sorted(set(nodes.values()))}
    assert list(store.nodes()) == [merged_node(node, items) for node, items in members.items()]
    assert store.documents() == {key: (part.source, part.fingerprint) for key, part in held.items()}
    assert_whole(store)
    kept = {item.id: item for item in wanted if item.band == "keep" and not isinstance(item.object, Literal)}
    edges = store.query(
        "MATCH (a:Entity)-[r]->(b:Entity) RETURN r.statement, a.id, b.id, type(r), r.predicate, r.score, "
        "r.evidenceCount ORDER BY r.statement"
    )
    assert edges.rows == tuple(
        (
            key,
            item.subject,
            item.object,
            relationship_type(item.predicate, NAMES),
            item.predicate,
            item.score,
            len(item.evidence),
        )
        for key, item in sorted(kept.items())
    )


def assert_whole(store: Neo4jStore) -> None:
    """No orphans, and each entity carries its one type."""
    orphans = {
        "entity": "MATCH (n:Entity) WHERE NOT (n)<-[:RESOLVED_TO]-(:Occurrence) RETURN count(n)",
        "statement": "MATCH (n:Statement) WHERE NOT (n)-[:SUPPORTED_BY]->(:Evidence) RETURN count(n)",
        "evidence": "MATCH (n:Evidence|Mention) WHERE NOT (n)-[:FROM]->(:Document) RETURN count(n)",
        "occurrence": "MATCH (n:Occurrence) WHERE NOT (n)-[:IN]->(:Document) RETURN count(n)",
        "mention": "MATCH (n:Mention) WHERE NOT EXISTS { (n)-[:OF]->(:Occurrence)-[:RESOLVED_TO]->(e:Entity) "
        "WHERE (n)-[:REFERS_TO]->(e) } RETURN count(n)",
        "key": "MATCH (n:BlockKey) WHERE NOT n:Pending AND NOT (n)<-[:KEYED]-(:Occurrence) RETURN count(n)",
        "label": "MATCH (n:Entity) WHERE size(labels(n)) <> 2 RETURN count(n)",
    }
    assert {name: store.query(text).rows for name, text in orphans.items()} == dict.fromkeys(orphans, ((0,),))


@pytest.fixture(scope="module")
def connected(neo4j_server: Neo4jServer) -> Iterator[Neo4jStore]:
    with open_store(neo4j_server) as store:
        yield store


@pytest.fixture
def store(connected: Neo4jStore, neo4j_server: Neo4jServer) -> Neo4jStore:
    neo4j_server.wipe()
    return connected


def open_store(server: Neo4jServer, **changes: str) -> Neo4jStore:
    settings = {"username": server.username, "password": server.password, "database": server.database} | changes
    return Neo4jStore.connect(settings.pop("uri", server.uri), names=NAMES, **settings)


# --- identifiers ---------------------------------------------------------------------------------------------------


@given(st.text())
def test_any_name_becomes_a_valid_identifier(name: str) -> None:
    assert IDENTIFIER.fullmatch(entity_label(name))
    assert IDENTIFIER.fullmatch(relationship_type(name, {}))


@pytest.mark.parametrize(
    ("label", "expected"),
    [("PER", "Person"), ("chemical compound", "ChemicalCompound"), ("2D", "_2D"), ("Statement", "StatementEntity")],
)
def test_labels_are_pascal_case_and_never_the_stores_own(label: str, expected: str) -> None:
    assert entity_label(label) == expected


def test_types_are_upper_snake_and_never_the_stores_own() -> None:
    found = [relationship_type(name, NAMES) for name in ("P26", "P569", "P40", "placeOfBirth", "resolved to")]
    assert found == ["SPOUSE", "DATE_OF_BIRTH", "P40", "PLACE_OF_BIRTH", "RESOLVED_TO_FACT"]


def test_an_invalid_identifier_is_refused() -> None:
    with pytest.raises(ValueError, match="identifier"):
        quoted("a`b")


# --- the model -----------------------------------------------------------------------------------------------------


@pytest.mark.neo4j
def test_the_graph_reads_as_documented(store: Neo4jStore) -> None:
    store.replace([couple("letter"), couple("diary")])
    view = store.query("MATCH (a:Person)-[r:SPOUSE]->(b:Person) RETURN a.name, a.uri, b.name, r.evidenceCount, r.score")
    assert view.columns == ("a.name", "a.uri", "b.name", "r.evidenceCount", "r.score")
    assert view.rows == (("Ada Byron", f"{WIKIDATA}Q7259", "John", 1, 0.8),) * 2
    evidence = store.query(
        "MATCH (a:Person {name: 'Ada Byron'})<-[:SUBJECT]-(s:Statement)-[:SUPPORTED_BY]->(e)-[:FROM]->(d:Document) "
        "RETURN d.source, s.name, s.band, e.text, e.sentence ORDER BY d.source"
    )
    assert evidence.rows[0] == ("file:///diary.txt", "SPOUSE", "keep", "She married him.", [0, 20])
    mention = store.query("MATCH (d:Document)<-[:FROM]-(m:Mention)-[:REFERS_TO]->(e) RETURN m.text, m.start LIMIT 1")
    assert len(mention.rows) == 1


@pytest.mark.neo4j
def test_two_statements_of_one_type_are_two_edges(store: Neo4jStore) -> None:
    ada, john = occurrence("a", 0), occurrence("a", 30, name="John")
    facts = (fact(ada, "P26", john), fact(ada, "P26", john, qualifiers=(("P580", "1835"),)))
    store.replace([contribution("a", (ada, john), facts)])
    assert store.query("MATCH ()-[r:SPOUSE]->() RETURN count(DISTINCT r.statement)").rows == ((2,),)


@pytest.mark.neo4j
def test_values_stay_on_the_statement(store: Neo4jStore) -> None:
    ada = occurrence("a", 0)
    birth = Literal("1815-12-10", "date")
    store.replace([contribution("a", (ada,), (fact(ada, "P569", birth),))])
    table = store.query("MATCH (s:Statement)-[:SUBJECT]->(n) RETURN s.value, s.datatype, s.band, n.value")
    assert table.rows == (("1815-12-10", "date", "keep", None),)
    assert store.query("MATCH (:Entity)-[r]->() RETURN count(r)").rows == ((0,),)


@pytest.mark.neo4j
@pytest.mark.parametrize(("band", "assertion"), [("review", "asserted"), ("keep", "negated")])
def test_what_is_not_kept_makes_no_edge(store: Neo4jStore, band: str, assertion: str) -> None:
    store.replace([couple("a", band=band, assertion=assertion)])
    assert store.query("MATCH (s:Statement) RETURN s.band").rows == (("review",),)
    assert store.query("MATCH (:Entity)-[r]->() RETURN count(r)").rows == ((0,),)
    store.replace([couple("a")])
    assert store.query("MATCH (:Entity)-[r:SPOUSE]->() RETURN count(r)").rows == ((1,),)
    store.replace([couple("a", band=band, assertion=assertion)])
    assert store.query("MATCH (:Entity)-[r]->() RETURN count(r)").rows == ((0,),)


# --- histories -----------------------------------------------------------------------------------------------------


def any_contribution(document: str) -> st.SearchStrategy[Contribution]:
    """A contribution over few names and predicates, so that documents share nodes and statements."""

    @st.composite
    def build(draw: st.DrawFn) -> Contribution:
        count = draw(st.integers(0, 4))
        items = [
            occurrence(
                document,
                number,
                name=draw(st.sampled_from(("Ada", "Byron", *HOSTILE))),
                label=draw(st.sampled_from(("PER", "ORG", "`odd"))),
                kb_id=draw(st.sampled_from((None, "Q1", "Q2"))),
                aliases=tuple(sorted(draw(st.sets(st.sampled_from(("A.", "B.")))))),
                keys=tuple(sorted(draw(st.sets(st.sampled_from(("k1", "k2", *HOSTILE[:2])), max_size=2)))),
            )
            for number in range(count)
        ]
        facts = [draw(any_fact(items)) for _ in range(draw(st.integers(0, 5)) if items else 0)]
        return contribution(document, items, facts)

    return build()


@st.composite
def any_fact(draw: st.DrawFn, items: Sequence[Occurrence]) -> Fact:
    literal = st.builds(
        Literal, st.sampled_from(("1997", "", *HOSTILE[:2])), st.just("gYear"), st.sampled_from(("", "m"))
    )
    return fact(
        draw(st.sampled_from(items)),
        draw(st.sampled_from(("P26", "P40", "p`q"))),
        draw(st.sampled_from(items) | literal),
        score=draw(st.sampled_from((0.25, 0.5, 0.75))),
        band=draw(st.sampled_from(("keep", "review"))),
        assertion=draw(st.sampled_from(("asserted", "negated"))),
        qualifiers=draw(st.sampled_from(((), (("P580", "1835"),), (("b", "2"), ("a", "1"))))),
        start=draw(st.integers(0, 2)),
    )


DOCUMENTS = ("d1", "d2", "d3")
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("replace"), st.tuples(*map(any_contribution, DOCUMENTS)), st.sets(st.sampled_from(DOCUMENTS))
        ),
        st.tuples(st.just("forget"), st.sets(st.sampled_from((*DOCUMENTS, "unknown"))), st.none()),
        st.tuples(st.just("resolve"), st.lists(st.integers(0, 3), min_size=12, max_size=12), st.none()),
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.neo4j
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=STEPS)
def test_any_history_ends_in_the_graph_made_from_scratch(
    store: Neo4jStore, neo4j_server: Neo4jServer, steps: list[tuple[str, object, object]]
) -> None:
    neo4j_server.wipe()
    held: dict[str, Contribution] = {}
    decisions: dict[str, str] = {}
    pending: set[str] = set()
    for step in steps:
        before = dict(held)
        apply(store, step, held, decisions)
        if step[0] == "resolve":
            pending.clear()
        else:
            pending |= touched_keys(before, held, step)
        assert store.pending() == pending
    assert_equal_to_scratch(store, held, decisions)


def apply(
    store: Neo4jStore, step: tuple[str, object, object], held: dict[str, Contribution], decisions: dict[str, str]
) -> None:
    kind, value, chosen = step
    if kind == "replace":
        parts = [part for part in value if part.document in chosen]
        store.replace(parts)
        held.update({part.document: part for part in parts})
    elif kind == "forget":
        assert store.forget(value) == len(value & set(held))
        for document in value & set(held):
            del held[document]
    else:
        known = sorted(item.id for part in held.values() for item in part.occurrences)
        targets = (None, f"{WIKIDATA}Q1", f"{MINTED}x", f"{MINTED}{known[0] if known else 'y'}")
        chosen_now = {key: targets[number] for key, number in zip(known, value, strict=False) if targets[number]}
        store.resolve(chosen_now)
        decisions.update(chosen_now)
    present = {item.id for part in held.values() for item in part.occurrences}
    for key in set(decisions) - present:
        del decisions[key]


def touched_keys(
    before: Mapping[str, Contribution], after: Mapping[str, Contribution], step: tuple[str, object, object]
) -> set[str]:
    documents = step[2] if step[0] == "replace" else step[1]
    parts = [part[key] for key in documents for part in (before, after) if key in part]
    return {key for part in parts for item in part.occurrences for key in item.keys}


@pytest.mark.neo4j
def test_a_second_build_changes_nothing(store: Neo4jStore) -> None:
    parts = [couple("a"), couple("b")]
    store.replace(parts)
    count = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN count(DISTINCT n), count(r)"
    first = (store.digest(), store.query(count))
    store.replace(parts[::-1])
    assert (store.digest(), store.query(count)) == first


@pytest.mark.neo4j
def test_forgetting_all_leaves_only_pending_keys(store: Neo4jStore) -> None:
    store.replace([couple("a"), couple("b")])
    assert store.forget(["a", "b", "never held"]) == 2
    assert store.query("MATCH (n) RETURN DISTINCT labels(n)[0] AS label ORDER BY label").rows == (
        ("BlockKey",),
        ("GraphInfo",),
    )
    assert store.pending() == {"ada", "john"}
    store.resolve({})
    assert store.query("MATCH (n) RETURN labels(n)").rows == ((["GraphInfo"],),)


@pytest.mark.neo4j
def test_merging_and_parting_again(store: Neo4jStore) -> None:
    held = {key: couple(key) for key in ("a", "b")}
    store.replace(list(held.values()))
    johns = [part.occurrences[1].id for part in held.values()]
    together = dict.fromkeys(johns, MINTED + min(johns))
    store.resolve(together)
    assert len(list(store.statements())) == 1
    assert_equal_to_scratch(store, held, together)
    apart = {key: MINTED + key for key in johns}
    store.resolve(apart)
    assert_equal_to_scratch(store, held, apart)
    collapsed = {item.id: f"{WIKIDATA}Q7259" for part in held.values() for item in part.occurrences}
    store.resolve(collapsed)
    assert list(store.statements()) == []
    assert_equal_to_scratch(store, held, collapsed)
    store.resolve(apart)
    assert_equal_to_scratch(store, held, apart | {part.occurrences[0].id: f"{WIKIDATA}Q7259" for part in held.values()})


@pytest.mark.neo4j
def test_occurrences_by_block_key(store: Neo4jStore) -> None:
    held = [couple("a"), couple("b")]
    store.replace(held)
    johns = sorted((part.occurrences[1] for part in held), key=lambda item: item.id)
    assert list(store.occurrences(["john", "unknown"])) == johns
    assert list(store.occurrences([])) == []


# --- hostile names -------------------------------------------------------------------------------------------------


@pytest.mark.neo4j
@pytest.mark.parametrize("name", [*HOSTILE, "x" * 20_000])
def test_names_arrive_as_data(store: Neo4jStore, name: str) -> None:
    store.replace([couple("bystander")])
    ada = occurrence("a", 0, name=name, label=name, kb_id=None, aliases=(name + "'",), keys=(name,))
    other = occurrence("a", 30, name="Other")
    facts = (
        fact(ada, name, other, text=name, qualifiers=((name, name),)),
        fact(ada, "P569", Literal(name, "string", name)),
    )
    part = contribution("a", (ada, other), facts)
    store.replace([part])
    assert_equal_to_scratch(store, {"a": part, "bystander": couple("bystander")}, {})
    assert list(store.occurrences([name])) == [ada]
    assert name in store.pending()


# --- errors --------------------------------------------------------------------------------------------------------


def assert_refused(connect: Callable[[], object], words: str) -> None:
    began = time.monotonic()
    with pytest.raises(StoreError, match=words) as caught:
        connect()
    assert time.monotonic() - began < 5
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.neo4j
def test_a_wrong_password_is_refused(neo4j_server: Neo4jServer) -> None:
    assert_refused(lambda: open_store(neo4j_server, password="secret"), "NEO4J_PASSWORD")


@pytest.mark.neo4j
def test_an_unknown_database_is_refused(neo4j_server: Neo4jServer) -> None:
    assert_refused(lambda: open_store(neo4j_server, database="nowhere"), "nowhere")


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_a_stopped_server(scheme: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    uri = f"{scheme}://127.0.0.1:{port}"
    assert_refused(lambda: Neo4jStore.connect(uri, username="neo4j", password="secret"), "no Neo4j answers")


def test_a_server_that_never_answers() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        uri = f"bolt://127.0.0.1:{silent.getsockname()[1]}"
        assert_refused(lambda: Neo4jStore.connect(uri, username="neo4j", password="secret"), "no Neo4j answers")


@pytest.mark.parametrize("uri", ["ftp://host", "localhost:7687", "bolt://[half", "bolt://host.invalid:7687"])
def test_an_address_that_is_none(uri: str) -> None:
    assert_refused(lambda: Neo4jStore.connect(uri, username="neo4j", password="secret"), "Neo4j")


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
def test_values_are_plain(store: Neo4jStore) -> None:
    store.replace([couple("a")])
    table = store.query(
        "MATCH p = (a:Person)-[r:SPOUSE]->(b) RETURN a, r, p, date('1815-12-10'), [1, null], {x: true}, duration('P1D')"
    )
    node, edge, path, *values = table.rows[0]
    assert node["labels"] == ["Entity", "Person"]
    assert node["properties"]["kbId"] == "Q7259"
    assert (edge["type"], edge["start"], edge["properties"]["evidenceCount"]) == ("SPOUSE", f"{WIKIDATA}Q7259", 1)
    assert path == [node, edge, path[2]]
    assert values == ["1815-12-10", [1, None], {"x": True}, "P1D"]


@pytest.mark.neo4j
def test_a_fact_without_its_occurrence_is_refused_whole(store: Neo4jStore) -> None:
    good, bad = couple("a"), couple("b")
    broken = contribution("b", bad.occurrences[:1], bad.facts)
    with pytest.raises(ValueError, match="lacks"):
        store.replace([good, broken])
    assert dict(store.documents()) == {}


@pytest.mark.neo4j
def test_a_write_that_fails_leaves_nothing(store: Neo4jStore) -> None:
    store.replace([couple("a")])
    before = store.digest()
    twice = couple("b")
    clashing = contribution("c", twice.occurrences, ())
    with pytest.raises(StoreError, match="refused"):
        store.replace([twice, clashing])
    assert store.digest() == before
    assert set(store.documents()) == {"a"}
    assert_whole(store)


# --- two writers ---------------------------------------------------------------------------------------------------


@pytest.mark.neo4j
def test_two_writers_at_once_end_right(store: Neo4jStore, neo4j_server: Neo4jServer) -> None:
    """Both add evidence to the same statements, in opposite orders, over connections of their own."""
    held = {f"d{number}": shared(f"d{number}") for number in range(12)}
    halves = (list(held.values())[:6], list(held.values())[5:][::-1])
    errors: list[BaseException] = []

    def write(parts: Sequence[Contribution]) -> None:
        try:
            with open_store(neo4j_server) as mine:
                for first, second in pairwise(parts):
                    mine.replace([second, first])
        except BaseException as error:
            errors.append(error)

    writers = [threading.Thread(target=write, args=(half,)) for half in halves]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert errors == []
    assert_equal_to_scratch(store, held, {})


def shared(document: str) -> Contribution:
    ada, london = occurrence(document, 0, kb_id="Q7259"), occurrence(document, 30, kb_id="Q84", label="LOC")
    facts = [fact(ada, "P19", london, score=int(document[1:]) / 16), fact(london, "P26", ada, band="review")]
    return contribution(document, (ada, london), facts)
