"""Counts of what occurrences are called give the node that the occurrences themselves give."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from reference_graph import ReferenceGraph, assert_equal_content
from strategies import contributions
from test_rdf import law, memory_store
from test_stores import Step, histories, play

from graphwright.pipeline import tally
from graphwright.pipeline.graph import Contribution, merged_node
from graphwright.pipeline.sinks.rdf_reading import as_read
from graphwright.pipeline.sinks.rdf_terms import node_of
from graphwright.pipeline.tally import Tally
from graphwright.pipeline.vocabulary import GW


@given(part=contributions(), more=contributions())
def test_a_tally_makes_the_node_of_what_it_counted(part: Contribution, more: Contribution) -> None:
    counted = Tally()
    for item in (*part.occurrences, *more.occurrences):
        counted.add(item)
    for item in more.occurrences:
        counted.add(item, -1)
    assert counted.total == len(part.occurrences)
    assert counted.is_whole
    if part.occurrences:
        assert counted.node("urn:x") == merged_node("urn:x", map(as_read, part.occurrences))
        assert Tally.read(counted.text()).node("urn:x") == counted.node("urn:x")


@given(part=contributions().filter(lambda item: item.occurrences))
def test_a_tally_tells_that_something_was_taken_out_twice(part: Contribution) -> None:
    counted = Tally()
    counted.add(part.occurrences[0], -1)
    assert not counted.is_whole


@pytest.mark.parametrize("many", [1, 2])
@law
@given(history=histories)
def test_stores_with_tallies_hold_what_others_hold(
    monkeypatch: pytest.MonkeyPatch, many: int, history: Sequence[Step]
) -> None:
    monkeypatch.setattr(tally, "MANY", many)
    (store, inner), expected = memory_store(), ReferenceGraph()
    play(store, history)
    play(expected, history)
    assert_equal_content(store, expected)
    found = inner.quads_for_pattern(None, GW.tally, None)
    held = {node_of(quad.subject): Tally.read(quad.object.value) for quad in found}
    groups: dict[str, Tally] = {}
    nodes = expected.assignment()
    for item in expected.occurrences().values():
        groups.setdefault(nodes[item.id], Tally()).add(item)
    assert {node: item.text() for node, item in held.items()} == {
        node: item.text() for node, item in groups.items() if item.total >= many
    }
