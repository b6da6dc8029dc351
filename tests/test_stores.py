"""The contract of a store, held by every kind: whatever the history, it holds the graph made from scratch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference_graph import ReferenceGraph, assert_equal_content
from strategies import DOCUMENTS, HOSTILE, LITERALS, contributions, decisions

from graphwright.pipeline.graph import Contribution, Evidence, Fact, Literal, Occurrence, OccurrenceMention
from graphwright.pipeline.identity import MINTED, WIKIDATA, content_hash
from graphwright.pipeline.resolution.decisions import Referent, decision_on
from graphwright.pipeline.sinks.store import Store

Factory = Callable[[], Store]
Step = tuple[Any, ...]

OCCURRENCE_IDS = tuple(
    content_hash("occurrence", document, str(number)) for document in DOCUMENTS for number in range(3)
)
NODES = (*(MINTED + key for key in OCCURRENCE_IDS[:2]), WIKIDATA + "Q90", WIKIDATA + "Q7259")

histories = st.lists(
    st.one_of(
        st.tuples(st.just("replace"), st.lists(contributions(), max_size=3)),
        st.tuples(st.just("replace"), st.lists(contributions(), max_size=3)),
        st.tuples(st.just("forget"), st.sets(st.sampled_from(DOCUMENTS), max_size=2)),
        st.tuples(
            st.just("resolve"), st.dictionaries(st.sampled_from(OCCURRENCE_IDS), st.sampled_from(NODES), max_size=5)
        ),
        st.tuples(
            st.just("decide"),
            st.lists(decisions(), max_size=3),
            st.lists(decisions().map(lambda item: item.id), max_size=2),
        ),
    ),
    max_size=6,
)
histories_of_a_store = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def occurrence(document: str, number: int, name: str, **changes: object) -> Occurrence:
    item = Occurrence(
        id=content_hash("occurrence", document, str(number)),
        document=document,
        label="PER",
        name=name,
        aliases=(),
        kb_id=None,
        score=0.75,
        mentions=(OccurrenceMention(number, number + 3, name, 0.9),),
        keys=(name.casefold(),),
        context=(),
    )
    return replace(item, **changes)


def fact(head: Occurrence, predicate: str, tail: Occurrence | Literal, /, **changes: object) -> Fact:
    """A fact whose evidence differs from the default by ``changes``."""
    end = tail.id if isinstance(tail, Occurrence) else tail
    key = content_hash("fact", head.id, predicate, str(end), str(sorted(changes.items())))
    evidence = Evidence(
        id=content_hash("evidence", key),
        document=head.document,
        head=(0, 3),
        tail=(9, 12),
        sentence=(0, 20),
        text="Ada married John.",
        score=0.8,
        assertion="asserted",
        band="keep",
        model="rnn 1",
    )
    return Fact(key, head.id, predicate, end, (), replace(evidence, **changes))


def contribution(document: str, occurrences: Sequence[Occurrence], facts: Sequence[Fact] = ()) -> Contribution:
    return Contribution(
        document, f"file:///{document}.txt", "v1", "f1", "en", document, tuple(occurrences), tuple(facts)
    )


def couple(document: str, **changes: object) -> Contribution:
    """Ada (Q7259) is married to John."""
    ada, john = occurrence(document, 0, "Ada", kb_id="Q7259"), occurrence(document, 1, "John", kb_id="Q10")
    return contribution(document, (ada, john), (fact(ada, "P26", john, **changes),))


def play(store: Store | ReferenceGraph, history: Sequence[Step]) -> None:
    for name, *arguments in history:
        getattr(store, name)(*arguments)


@histories_of_a_store
@given(history=histories)
def test_any_history_ends_in_the_graph_made_from_scratch(store_factory: Factory, history: Sequence[Step]) -> None:
    store, expected = store_factory(), ReferenceGraph()
    for name, *arguments in history:
        assert getattr(store, name)(*arguments) == getattr(expected, name)(*arguments)
    assert_equal_content(store, expected)


@histories_of_a_store
@given(batch=st.lists(contributions(), max_size=4, unique_by=lambda item: item.document), data=st.data())
def test_order_and_batches_do_not_matter(
    store_factory: Factory, batch: list[Contribution], data: st.DataObject
) -> None:
    at_once = store_factory()
    at_once.replace(batch)
    told = list(at_once.statements()), list(at_once.nodes()), at_once.pending().keys
    shuffled = data.draw(st.permutations(batch))
    one_by_one = store_factory()
    for item in shuffled:
        one_by_one.replace([item])
    assert (list(one_by_one.statements()), list(one_by_one.nodes()), one_by_one.pending().keys) == told


@histories_of_a_store
@given(batch=st.lists(contributions(), min_size=1, max_size=3, unique_by=lambda item: item.document))
def test_forgetting_all_leaves_nothing(store_factory: Factory, batch: list[Contribution]) -> None:
    store = store_factory()
    store.replace(batch)
    keys = {key for item in batch for member in item.occurrences for key in member.keys}
    assert store.forget({item.document for item in batch}) == len(batch)
    assert list(store.statements()) == list(store.nodes()) == list(store.occurrences()) == []
    assert dict(store.documents()) == {}
    assert store.pending().keys == keys


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_arrive_as_data(store_factory: Factory, name: str) -> None:
    ada = occurrence("a", 0, name, aliases=(name + "!",), kb_id=None, context=(name,))
    note = fact(ada, name, Literal(name, "string"), text=name)
    note = replace(note, qualifiers=((name, name),))
    expected = ReferenceGraph()
    expected.replace([contribution("a", (ada,), (note,)), couple("b")])
    store = store_factory()
    store.replace(list(expected.contributions.values()))
    assert_equal_content(store, expected)
    assert [item.name for item in store.occurrences([name.casefold()])] == [name]


def test_an_empty_store_tells_nothing(store_factory: Factory) -> None:
    store = store_factory()
    assert_equal_content(store, ReferenceGraph())
    assert store.forget(["a"]) == 0
    store.replace([])
    store.resolve({"no such occurrence": WIKIDATA + "Q90"})
    assert_equal_content(store, ReferenceGraph())


def test_a_second_build_changes_nothing(store_factory: Factory) -> None:
    store = store_factory()
    store.replace([couple("a"), couple("b")])
    store.resolve({})
    before = store.digest()
    store.replace([couple("a"), couple("b")])
    assert store.digest() == before


def test_of_two_contributions_of_one_document_the_later_counts(store_factory: Factory) -> None:
    store = store_factory()
    store.replace([couple("a", score=0.9), couple("a", score=0.3)])
    assert [item.score for item in store.statements()] == [0.3]


def test_a_fact_without_its_occurrence_is_refused(store_factory: Factory) -> None:
    whole = couple("a")
    store = store_factory()
    store.replace([couple("b")])
    with pytest.raises(ValueError, match="names occurrences that it lacks"):
        store.replace([replace(whole, occurrences=whole.occurrences[:1])])
    assert set(store.documents()) == {"b"}


@pytest.mark.parametrize("value", LITERALS, ids=str)
def test_a_value_gives_way_to_a_thing_and_comes_back(store_factory: Factory, value: Literal) -> None:
    ada, john = occurrence("a", 0, "Ada"), occurrence("a", 1, "John")
    said = fact(ada, "P26", value)
    store, expected = store_factory(), ReferenceGraph()
    for item in (said, replace(said, object=john.id), said):
        for graph in (store, expected):
            graph.replace([contribution("a", (ada, john), (item,))])
        assert_equal_content(store, expected)


def test_occurrences_are_found_by_block_key(store_factory: Factory) -> None:
    store = store_factory()
    store.replace([couple("a"), couple("b")])
    assert [item.name for item in store.occurrences(["john"])] == ["John", "John"]
    assert [item.name for item in store.occurrences(["nobody"])] == []
    assert list(store.occurrences([])) == []
    ids = [item.id for item in store.occurrences(["ada", "john"])]
    assert ids == sorted(ids)
    assert len(ids) == 4


def test_settled_are_those_that_stand_for_their_own_id(store_factory: Factory) -> None:
    linked, moved, free = (
        occurrence("a", number, "Ada", kb_id=kb_id) for number, kb_id in enumerate(("Q7259", "Q7259", None))
    )
    store = store_factory()
    store.replace([contribution("a", (linked, moved, free))])
    for keys in (None, ["ada"]):
        assert {item.id for item in store.occurrences(keys, settled=True)} == {linked.id, moved.id}
        assert {item.id for item in store.occurrences(keys, settled=False)} == {free.id}
    store.resolve({linked.id: WIKIDATA + "Q7259", moved.id: WIKIDATA + "Q5", free.id: WIKIDATA + "Q7259"})
    for keys in (None, ["ada"]):
        assert {item.id for item in store.occurrences(keys, settled=True)} == {linked.id}
        assert {item.id for item in store.occurrences(keys, settled=False)} == {moved.id, free.id}


def test_of_linked_occurrences_the_first_of_each_id_are_read(store_factory: Factory) -> None:
    items = [occurrence("a", number, "Ada", kb_id=f"Q{number % 2}") for number in range(6)]
    free = occurrence("a", 6, "Ada")
    store = store_factory()
    store.replace([contribution("a", (*items, free))])
    ids = {kb_id: sorted(item.id for item in items if item.kb_id == kb_id) for kb_id in ("Q0", "Q1")}
    for most in (1, 2, 9):
        expected = sorted(key for found in ids.values() for key in found[:most])
        assert [item.id for item in store.linked(["ada", "nobody"], most=most)] == expected
    assert list(store.linked([], most=3)) == []


def test_pending_lasts_until_resolution(store_factory: Factory) -> None:
    store = store_factory()
    store.replace([couple("a")])
    assert store.pending().keys == {"ada", "john"}
    store.resolve({})
    assert not store.pending()
    store.forget(["a"])
    assert store.pending().keys == {"ada", "john"}


def test_evidence_of_several_documents_supports_one_statement(store_factory: Factory) -> None:
    store = store_factory()
    store.replace([couple("a", score=0.6), couple("b", score=0.9)])
    assert [(item.score, len(item.evidence)) for item in store.statements()] == [(0.9, 2)]
    store.forget(["b"])
    assert [(item.score, len(item.evidence)) for item in store.statements()] == [(0.6, 1)]


def test_an_assignment_moves_statements_and_can_be_taken_back(store_factory: Factory) -> None:
    ada, john = occurrence("a", 0, "Ada"), occurrence("a", 1, "John")
    store = store_factory()
    store.replace([contribution("a", (ada, john), (fact(ada, "P26", john),))])
    before = store.digest()
    store.resolve({ada.id: WIKIDATA + "Q7259"})
    assert [item.subject for item in store.statements()] == [WIKIDATA + "Q7259"]
    assert {item.id for item in store.nodes()} == {WIKIDATA + "Q7259", MINTED + john.id}
    store.resolve({ada.id: MINTED + ada.id})
    assert store.digest() == before


def test_two_ends_on_one_node_are_no_statement(store_factory: Factory) -> None:
    ada, byron = occurrence("a", 0, "Ada"), occurrence("a", 1, "Byron")
    store = store_factory()
    store.replace([contribution("a", (ada, byron), (fact(ada, "P26", byron),))])
    store.resolve({byron.id: MINTED + ada.id})
    assert list(store.statements()) == []
    assert [item.aliases for item in store.nodes()] == [("Byron",)]
    store.resolve({byron.id: MINTED + byron.id})
    assert len(list(store.statements())) == 1


def test_an_assignment_outlives_a_new_version_but_not_the_occurrence(store_factory: Factory) -> None:
    ada = occurrence("a", 0, "Ada")
    store = store_factory()
    store.replace([contribution("a", (ada,))])
    store.resolve({ada.id: WIKIDATA + "Q7259"})
    store.replace([contribution("a", (replace(ada, name="Ada Byron"),))])
    assert [(item.id, item.name) for item in store.nodes()] == [(WIKIDATA + "Q7259", "Ada Byron")]
    store.forget(["a"])
    store.replace([contribution("a", (ada,))])
    assert [item.id for item in store.nodes()] == [MINTED + ada.id]


def test_decisions_outlive_documents_and_the_later_one_on_a_pair_counts(store_factory: Factory) -> None:
    ada, john = Referent("a", "ada", name="Ada", source="a.txt"), Referent("b", "john", 1, "John", "b.txt")
    store = store_factory()
    store.replace([contribution("a", (occurrence("a", 0, "Ada", keys=("ada", "countess")),))])
    store.resolve({})
    store.decide([decision_on("same", john, ada), decision_on("apart", ada, "Q7259")])
    assert store.pending().keys == {"ada", "countess", "john"}
    store.resolve({})
    store.forget(["a"])
    store.decide([decision_on("apart", ada, john)], [decision_on("apart", ada, "Q7259").id, "no such id"])
    assert list(store.decisions()) == [decision_on("apart", ada, john)]
    assert store.pending().keys == {"ada", "countess", "john"}
    store.decide([], [decision_on("same", ada, john).id])
    assert list(store.decisions()) == []


def test_a_closed_store_can_be_closed_again(store_factory: Factory) -> None:
    store = store_factory()
    store.replace([couple("a")])
    store.close()
    store.close()


def test_reads_may_be_left_half_way(store_factory: Factory) -> None:
    store = store_factory()
    store.replace([couple("a"), couple("b", score=0.1)])
    assert next(store.statements()).predicate == "P26"
    assert next(store.nodes()).id == WIKIDATA + "Q10"
    store.replace([couple("c")])
    assert len(next(store.statements()).evidence) == 3


def test_many_documents_in_one_batch(large_store_factory: Factory) -> None:
    store, expected = large_store_factory(), ReferenceGraph()
    batch = [couple(f"document {number}", score=number / 1500) for number in range(1500)]
    store.replace(batch)
    expected.replace(batch)
    assert_equal_content(store, expected)
