"""Facts of a text are weighed by what the knowledge base holds of their two ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graphwright.models.shipped import load_annotator
from graphwright.pipeline.known_facts import weighed, witness
from graphwright.pipeline.records import Entity, Relation, make_document
from graphwright.pipeline.schema import load_schema

ENTITIES = [
    Entity(0, "Harrow Bay", "LOC", (), "Q1"),
    Entity(1, "Veldoria", "LOC", (), "Q2"),
    Entity(2, "Medrania", "LOC", (), "Q3"),
    Entity(3, "Nowhere", "LOC", (), None),
]


class Held:
    """Harrow Bay lies in Veldoria, and there its port was sold to its owner."""

    def values(self, kb_id: str, property: str) -> frozenset[str]:
        held = {("Q1", "P17"): {"Q2"}, ("Q1", "P127"): {"Q2"}}
        return frozenset(held.get((kb_id, property), ()))


def moved(relation: Relation) -> float:
    """By how much a score changes."""
    [found] = weighed([relation], ENTITIES, Held())
    assert replace(found, score=relation.score) == relation
    return found.score - relation.score


@pytest.mark.parametrize("score", [0.05, 0.5, 0.9, 1.0])
def test_what_is_held_is_likelier_and_what_it_contradicts_less_likely(score: float) -> None:
    assert moved(Relation(0, 1, "P17", score)) >= (0.01 if score < 1 else -1e-4)
    assert moved(Relation(0, 2, "P17", score)) < (0 if score < 1 else 1e-4)


@pytest.mark.parametrize(
    ("head", "type", "tail"),
    [(0, "P127", 2), (0, "P131", 1), (1, "P17", 0), (0, "P17", 3), (3, "P17", 1), (2, "P17", 1)],
)
def test_of_what_may_change_and_what_it_is_silent_about_the_text_alone_decides(head: int, type: str, tail: int) -> None:
    assert moved(Relation(head, tail, type, 0.6)) == 0


def test_what_it_says_is_told() -> None:
    assert witness(Relation(0, 1, "P17", 0.5), ENTITIES, Held()) == "so says the knowledge base"
    assert witness(Relation(0, 2, "P17", 0.5), ENTITIES, Held()) == "the knowledge base says Q2"
    assert witness(Relation(0, 2, "P127", 0.5), ENTITIES, Held()) == ""
    assert witness(Relation(3, 2, "P17", 0.5), ENTITIES, Held()) == ""


def test_odds_are_multiplied_alike_both_ways() -> None:
    [held, contradicted] = weighed([Relation(0, 1, "P17", 0.5), Relation(0, 2, "P17", 0.5)], ENTITIES, Held())
    assert held.score + contradicted.score == pytest.approx(1.0)
    assert held.score == pytest.approx(0.8176, abs=1e-3)


def test_a_place_abroad_is_no_province_of_the_country() -> None:
    within, contains = Relation(0, 2, "P131", 0.6), Relation(2, 0, "P150", 0.6)
    others = [Relation(0, 1, "P131", 0.6), Relation(2, 0, "P131", 0.6), Relation(0, 2, "P150", 0.6)]
    country = Relation(0, 2, "P17", 0.3)
    found = list(weighed([within, contains, *others, country], ENTITIES, Held()))
    assert [item.score for item in found[:2]] == pytest.approx([0.3556, 0.3556], abs=1e-3)
    assert found[2:5] == others
    assert list(weighed([within, contains], ENTITIES, Held())) == [within, contains], "nobody took it for a country"


def test_countries_of_a_text_are_those_that_are_known() -> None:
    annotator = load_annotator(schema=load_schema())
    document = make_document("a", "The United States condemned the attacks in Latakia, a city in the northwest.")
    scores = []
    for reader in (annotator, replace(annotator, known=None)):
        [found] = reader.annotate([document])
        ids = {entity.id: entity.kb_id for entity in found.entities}
        ends = {(ids[r.head], r.type, ids[r.tail]): r.score for r in found.relations or ()}
        scores.append([ends.get(("Q200030", key, "Q30"), 0.05) for key in ("P17", "P131")])
    assert all(held <= alone for held, alone in zip(*scores, strict=True))
    assert scores[0] != scores[1]
