"""Laws of the graph: a pure function of contributions and assignment, whatever their order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_graph import ReferenceGraph
from strategies import LITERALS, contributions, corpora, scores, texts
from test_stores import couple, fact, occurrence

from graphwright.pipeline.graph import (
    Contribution,
    Literal,
    assemble,
    combined_score,
    digest,
    merged_node,
    resolved,
    statement_id,
)
from graphwright.pipeline.identity import MINTED, WIKIDATA, content_hash, node_id

distinct_corpora = st.lists(contributions(), max_size=4, unique_by=lambda item: item.document)
pairs = st.lists(st.tuples(texts, texts), max_size=3).map(tuple)
ends = st.one_of(texts, st.sampled_from(LITERALS))


def graph_of(corpus: list[Contribution]) -> ReferenceGraph:
    graph = ReferenceGraph()
    graph.replace(corpus)
    return graph


@given(corpus=distinct_corpora, data=st.data())
def test_order_does_not_matter(corpus: list[Contribution], data: st.DataObject) -> None:
    graph, nodes = graph_of(corpus), graph_of(corpus).assignment()
    facts = [item for document in corpus for item in document.facts]
    shuffled = list(assemble(data.draw(st.permutations(facts)), nodes))
    assert shuffled == graph.statements()
    assert digest(data.draw(st.permutations(shuffled))) == digest(graph.statements())


@given(corpus=distinct_corpora)
def test_every_fact_supports_one_statement_unless_its_ends_are_one_node(corpus: list[Contribution]) -> None:
    graph = graph_of(corpus)
    nodes = graph.assignment()
    facts = [item for document in corpus for item in document.facts]
    expected = sorted(item.evidence.id for item in facts if resolved(item, nodes)[0] != resolved(item, nodes)[2])
    assert sorted(found.id for item in graph.statements() for found in item.evidence) == expected


@given(corpus=distinct_corpora)
def test_statements_are_ordered_unique_and_named_by_their_content(corpus: list[Contribution]) -> None:
    statements = graph_of(corpus).statements()
    ids = [item.id for item in statements]
    assert ids == sorted(set(ids))
    for item in statements:
        assert item.id == statement_id(item.subject, item.predicate, item.object, item.qualifiers)
        assert item.evidence == tuple(sorted(item.evidence, key=lambda found: found.id))
        assert item.score == combined_score(item.evidence)


@given(corpus=corpora, data=st.data())
def test_the_digest_tells_any_change_but_of_scores(corpus: list[Contribution], data: st.DataObject) -> None:
    before = graph_of([*corpus, couple("zz")])
    change = data.draw(
        st.sampled_from(
            [{"band": "review"}, {"assertion": "negated"}, {"head": (1, 3)}, {"tail": (9, 13)}, {"sentence": (0, 21)}]
        )
    )
    assert digest(graph_of([*corpus, couple("zz", **change)]).statements()) != digest(before.statements())
    one, other = couple("zz"), couple("zz")
    scored = replace(
        one.facts[0], evidence=replace(one.facts[0].evidence, score=data.draw(scores), model="other", said_by="Eve")
    )
    same = graph_of([*corpus, replace(other, facts=(scored,))])
    assert digest(same.statements()) == digest(before.statements())


@given(first=st.tuples(texts, texts, ends, pairs), second=st.tuples(texts, texts, ends, pairs))
def test_ids_of_statements_differ_where_content_does(
    first: tuple[str, str, str | Literal, tuple[tuple[str, str], ...]],
    second: tuple[str, str, str | Literal, tuple[tuple[str, str], ...]],
) -> None:
    def content(parts: tuple[str, str, str | Literal, tuple[tuple[str, str], ...]]) -> tuple[object, ...]:
        return *parts[:3], tuple(sorted(parts[3]))

    assert (statement_id(*first) == statement_id(*second)) == (content(first) == content(second))


@given(parts=st.lists(st.text(max_size=4), max_size=4), others=st.lists(st.text(max_size=4), max_size=4))
def test_hashes_tell_where_parts_end(parts: list[str], others: list[str]) -> None:
    assert (content_hash(*parts) == content_hash(*others)) == (parts == others)
    assert len(content_hash(*parts)) == 32


@given(corpus=distinct_corpora, data=st.data())
def test_a_node_is_the_same_in_whatever_order_its_occurrences_come(
    corpus: list[Contribution], data: st.DataObject
) -> None:
    members = list(graph_of(corpus).occurrences().values())
    if members:
        node = merged_node("urn:x", members)
        assert merged_node("urn:x", data.draw(st.permutations(members))) == node
        assert {node.name, *node.aliases} == {word for item in members for word in (item.name, *item.aliases)}
        assert node.name not in node.aliases


def test_the_commonest_name_wins_and_ties_go_to_the_smaller() -> None:
    named = [occurrence(str(number), 0, name) for number, name in enumerate(["Byron", "Ada", "Byron", "Ada", "Lady"])]
    assert merged_node("urn:x", named).name == "Ada"
    assert merged_node("urn:x", [*named, occurrence("9", 0, "Byron")]).name == "Byron"


@pytest.mark.parametrize(
    ("evidence", "band", "score"),
    [
        ([("keep", "asserted", 0.6), ("keep", "asserted", 0.9)], "keep", 0.9),
        ([("keep", "negated", 0.99), ("review", "asserted", 0.4)], "review", 0.4),
        ([("keep", "negated", 0.7), ("keep", "hedged", 0.8)], "review", 0.8),
        ([("keep", "attributed", 0.99), ("keep", "asserted", 0.6)], "keep", 0.6),
    ],
)
def test_only_asserted_and_kept_evidence_makes_an_edge(
    evidence: list[tuple[str, str, float]], band: str, score: float
) -> None:
    ada, john = occurrence("a", 0, "Ada"), occurrence("a", 1, "John")
    facts = [fact(ada, "P26", john, band=kept, assertion=how, score=sure) for kept, how, sure in evidence]
    (statement,) = assemble(facts, {ada.id: "urn:ada", john.id: "urn:john"})
    assert (statement.band, statement.score) == (band, score)


def test_an_entity_stands_for_its_wikidata_item_else_for_itself() -> None:
    assert node_id("Q90", "occurrence") == WIKIDATA + "Q90"
    assert node_id(None, "occurrence") == MINTED + "occurrence"
    assert node_id("", "occurrence") == MINTED + "occurrence"


def test_the_digest_of_nothing_is_known() -> None:
    assert digest([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
