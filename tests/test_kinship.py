"""Parents are fathers or mothers as pronouns say."""

from __future__ import annotations

import pytest

from graphwright.pipeline.kinship import FATHER, MOTHER, parents_by_pronoun
from graphwright.pipeline.records import Entity, Mention, Relation

TEXT = "Ann met her son Bob, and he thanked him."


def entity(number: int, *words: str) -> Entity:
    starts = [TEXT.index(word) for word in words]
    forms = ["name" if word[0].isupper() else "pronoun" for word in words]
    mentions = [Mention("d", s, s + len(w), "PER", 1.0, f) for s, w, f in zip(starts, words, forms, strict=True)]  # type: ignore[arg-type]
    return Entity(number, words[0], "PER", tuple(mentions))


@pytest.mark.parametrize(
    ("pronouns", "told", "kept"),
    [
        (("her",), FATHER, MOTHER),
        (("her",), MOTHER, MOTHER),
        (("him",), MOTHER, FATHER),
        ((), FATHER, FATHER),
        (("her", "him"), FATHER, FATHER),
        (("her",), "P40", "P40"),
    ],
)
def test_a_parent_is_what_the_pronouns_say(pronouns: tuple[str, ...], told: str, kept: str) -> None:
    entities = [entity(0, "Bob"), entity(1, "Ann", *pronouns)]
    assert parents_by_pronoun(TEXT, entities, [Relation(0, 1, told, 0.7)]) == [Relation(0, 1, kept, 0.7)]


def test_what_becomes_one_fact_has_the_highest_score() -> None:
    entities = [entity(0, "Bob"), entity(1, "Ann", "her")]
    relations = [Relation(0, 1, FATHER, 0.7), Relation(0, 1, MOTHER, 0.4)]
    assert parents_by_pronoun(TEXT, entities, relations) == [Relation(0, 1, MOTHER, 0.7)]
