"""Given names tell genders: behind titles and initials, in many languages, and never where both bear them."""

from __future__ import annotations

import pytest

from graphwright.pipeline.given_names import gender_of_name
from graphwright.pipeline.mention_traits import GENDERS, mention_traits
from graphwright.pipeline.records import Mention


@pytest.mark.parametrize(
    ("name", "gender"),
    [
        ("Amélie Durand", "female"),
        ("Anne-Marie Slaughter", "female"),
        ("Karl-Heinz Rummenigge", "male"),
        ("J. Edgar Hoover", "male"),
        ("President Barack Obama", "male"),
        ("Queen Elizabeth II", "female"),
        ("Oleksandr", "male"),
        ("Kim Novak", "unknown"),
        ("Kim Peter Novak", "unknown"),
        ("Nagy Mária", "unknown"),
        ("O'Connor", "unknown"),
        ("...", "unknown"),
        ("", "unknown"),
    ],
)
def test_names(name: str, gender: str) -> None:
    assert gender_of_name(name) == gender


def likely(text: str, *names: tuple[str, str]) -> list[str]:
    mentions = [Mention("1", text.index(name), text.index(name) + len(name), label) for name, label in names]
    return [GENDERS[found.likely_gender] for found in mention_traits(text, mentions)]


def test_a_name_makes_a_gender_likely_and_its_other_words_say_it() -> None:
    text = "Ada Byron met Mrs. John Stone near Victoria."
    names = ("Ada Byron", "PER"), ("Mrs. John Stone", "PER"), ("Victoria", "LOC")
    assert likely(text, *names) == ["female", "female", "unknown"]
    mentions = [Mention("1", text.index(name), text.index(name) + len(name), label) for name, label in names]
    assert [GENDERS[found.gender] for found in mention_traits(text, mentions)] == ["unknown", "female", "unknown"]


def test_a_word_by_itself_is_no_given_name_where_it_is_a_surname() -> None:
    assert likely("Judith Martin spoke. Then Martin left.", ("Judith Martin", "PER")) == ["female"]
    text = "Judith Martin spoke. Then left Martin alone, and Peter stayed."
    mentions = [Mention("1", 0, 13, "PER"), Mention("1", 31, 37, "PER"), Mention("1", 49, 54, "PER")]
    assert [GENDERS[found.likely_gender] for found in mention_traits(text, mentions)] == ["female", "unknown", "male"]
