"""Names out of noun phrases."""

from __future__ import annotations

import pytest

from graphwright.models.phrases import names_of_phrases
from graphwright.pipeline.records import Form, Mention


def found(text: str, *phrases: tuple[str, str], form: Form = "name") -> list[str]:
    spans = [(text.index(phrase), label, len(phrase)) for phrase, label in phrases]
    mentions = [Mention("d", start, start + length, label, form=form) for start, label, length in spans]
    return [text[m.start : m.end] for m in names_of_phrases(text, mentions)]


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("the United Nations", ["United Nations"]),
        ("Ann Bell's", ["Ann Bell"]),
        ("University of Ghent", ["University of Ghent"]),
        ("critics of Ann Bell", []),
        ("the security forces", []),
        ("Foreign Secretary", []),
        ("We", []),
        ("15 May", ["15 May"]),
    ],
)
def test_what_a_phrase_names(phrase: str, name: list[str]) -> None:
    assert found(f"It was {phrase} again.", (phrase, "PER")) == name


def test_of_a_name_within_a_name_of_its_kind_the_inner_stays() -> None:
    text = "Foreign Minister Ann Bell of Kent, England spoke for Kent Motors of Kent."
    phrases = (
        ("Foreign Minister Ann Bell", "PER"),
        ("Ann Bell", "PER"),
        ("Kent Motors of Kent", "ORG"),
        ("Kent", "LOC"),
    )
    assert found(text, *phrases) == ["Ann Bell", "Kent Motors of Kent", "Kent"]


def test_nominals_and_pronouns_are_no_names() -> None:
    assert found("The Firm grew.", ("The Firm", "ORG"), form="nominal") == []
