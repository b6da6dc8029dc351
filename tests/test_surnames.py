"""Whom a surname alone means."""

from __future__ import annotations

import pytest

from graphwright.pipeline.records import Mention
from graphwright.pipeline.surnames import surname_antecedents


def meant(text: str, *names: str) -> dict[str, str]:
    """What the surnames among ``names``, in the order of the text, are said to stand for."""
    mentions: list[Mention] = []
    for name in names:
        start = text.index(name, mentions[-1].end if mentions else 0)
        mentions.append(Mention("d", start, start + len(name), "PER"))
    found = surname_antecedents(text, mentions)
    return {text[slice(*span)]: text[full.start : full.end] for span, full in found}


def test_a_surname_means_the_one_who_was_named_in_full() -> None:
    text = "Ana Duarte met Vikram Shah. The firm was founded by Duarte and Mr. Shah."
    assert meant(text, "Ana Duarte", "Vikram Shah", "Duarte", "Mr. Shah") == {
        "Duarte": "Ana Duarte",
        "Mr. Shah": "Vikram Shah",
    }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ana Duarte and Rui Duarte came. Duarte spoke.", ("Ana Duarte", "Rui Duarte", "Duarte")),
        ("Duarte spoke. Ana Duarte came.", ("Duarte", "Ana Duarte")),
        ("Ray Charles sang for Charles.", ("Ray Charles", "Charles")),
        ("Elizabeth Bennet is a daughter of Mrs. Bennet and Mr. Bennet.", ("Elizabeth Bennet", "Mr. Bennet")),
    ],
    ids=["two of the name", "named in full later", "a given name, too", "a title of the other gender"],
)
def test_nobody_is_meant_for_sure(text: str, names: tuple[str, ...]) -> None:
    assert meant(text, *names) == {}


def test_a_surname_that_ends_in_s_is_one_person() -> None:
    assert meant("Jane Roberts left. Roberts was tired.", "Jane Roberts", "Roberts") == {"Roberts": "Jane Roberts"}
