"""Finding what a name means in a graph, and where texts have it."""

from __future__ import annotations

import pytest

from graphwright.pipeline.graph import Node, Occurrence, OccurrenceMention
from graphwright.pipeline.identity import WIKIDATA
from graphwright.pipeline.whereabouts import alike_names, answers, closest, seek, text_spans, together

CURIE = Node(WIKIDATA + "Q7186", "PER", "Marie Curie", ("Maria Skłodowska",), "Q7186")
OTHER = Node("urn:graphwright:entity:1", "PER", "Pierre Curie", ("Curie",), None)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("marie curie", True),
        ("Maria Sklodowska", True),
        ("Q7186", True),
        ("wd:Q7186", True),
        (CURIE.id, True),
        ("Marie", False),
        ("Q71", False),
    ],
)
def test_a_node_answers_to_its_names_and_ids(asked: str, found: bool) -> None:
    assert answers(CURIE, asked) == found


def test_all_occurrences_of_a_node_are_its_places_without_pronouns() -> None:
    mentions = (OccurrenceMention(0, 5, "Marie", 1.0), OccurrenceMention(9, 12, "she", 1.0, "pronoun"))
    items = [
        Occurrence(key, document, "PER", "x", (), None, 1.0, mentions) for key, document in (("1", "a"), ("2", "b"))
    ]
    found = seek(" Marie Curie ", [CURIE, OTHER], items, {"1": CURIE.id, "2": OTHER.id})
    assert (found.asked, found.nodes, found.places) == ("Marie Curie", (CURIE,), {"a": [(0, 5)]})
    assert found.names == {"Marie Curie", "Maria Skłodowska"}
    assert seek("nobody", [CURIE], items[:1], {"1": CURIE.id}).places == {}


def test_documents_in_which_two_stand_closest_come_first() -> None:
    first = {"a": [(0, 5)], "b": [(0, 5), (40, 45)], "c": [(0, 1)]}
    second = {"a": [(30, 35)], "b": [(50, 55)], "d": [(0, 1)]}
    assert together(first, second) == ["b", "a"]
    assert closest([(0, 5)], [(3, 9)]) < 0


def test_names_are_found_as_whole_words_over_line_ends_and_acronyms_as_they_are() -> None:
    text = "Let us see: Marie\nCURIE and the US. Curiel left."
    assert text_spans(text, ["marie curie", "Curie"]) == [(12, 23)]
    assert text_spans(text, ["US"]) == [(32, 34)]
    assert text_spans(text, ["a", ""]) == []


def test_names_alike_are_few_and_near() -> None:
    assert alike_names("Mari Currie", ["Marie Curie", "Ohm", "London"]) == ["Marie Curie"]
    assert alike_names("Zork", ["Marie Curie", "Ohm"]) == []
