"""Names that a text itself says are one thing's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphwright.pipeline.other_names import is_abbreviation, other_names
from graphwright.pipeline.records import Mention


def told(text: str, label: str, *words: str) -> dict[str, str]:
    """Which of the names (in the order of the text) is another one of which."""
    found, place = [], 0
    for word in words:
        start = text.index(word, place)
        place = start + len(word)
        found.append(Mention("d", start, place, label, 1.0))
    return {text[slice(*span)]: text[name.start : name.end] for span, name in other_names(text, found).items()}


@pytest.mark.parametrize(
    "text",
    [
        "Ada Quill, known as Tess Vane, sang.",
        "Ada Quill OBE (born 1 May 1951), better known by her stage name Tess Vane, sang.",
        "Ada Quill (born Tess Vane; 1 May 1951) sang.",
        "Ada Quill (1 May 1951 in Norwich; born Tess Vane) sang.",
        'Ada Quill (nicknamed "Tess Vane") sang.',
        "Ada Quill, née Tess Vane, sang.",
        "Ada Quill aka Tess Vane sang.",
        "Ada Quill – often referred to as simply Tess Vane – sang.",
        "Ada Quill ([ˈeɪdə]; Polish: Tess Vane) sang.",
        "Ada Quill (or Tess Vane) sang.",
        "Ada Quill, (Polish: Tess Vane; born 1 May 1951) sang.",
    ],
)
def test_a_person_has_other_names(text: str) -> None:
    assert told(text, "PER", "Ada Quill", "Tess Vane") == {"Tess Vane": "Ada Quill"}


def test_the_language_of_a_name_may_be_taken_for_a_place() -> None:
    assert told("Velda (Greek: Βέλδα, Velía) lies here.", "LOC", "Velda", "Greek", "Βέλδα", "Velía") == {
        "Βέλδα": "Velda",
        "Velía": "Velda",
    }


def test_a_person_goes_by_some_of_the_given_names() -> None:
    assert told("Ada Marion Quill or Marion Quill sang.", "PER", "Ada Marion Quill", "Marion Quill")
    assert not told("Ada Marion Quill or Tess Quill sang.", "PER", "Ada Marion Quill", "Tess Quill")
    assert not told("Ada Marion Quill or Marion sang.", "PER", "Ada Marion Quill", "Marion")
    assert not told("New Marion Quill or Marion Quill.", "LOC", "New Marion Quill", "Marion Quill")


@pytest.mark.parametrize(
    ("text", "label", "names"),
    [
        ("Tidal Optics Ltd (TOL) grew.", "ORG", ["TOL"]),
        ("Tidal Optics (NYSE: TDX) grew.", "ORG", ["TDX"]),
        ("Tidal Optics (TO, Toptics) grew.", "ORG", ["TO", "Toptics"]),
        ("Tidal Optics (Russian: Тидал) grew.", "ORG", ["Тидал"]),
        ("Ada Quill (Ада Квилл) sang.", "PER", ["Ада Квилл"]),
        ("Ada Quill (other names Tess, Vane, Adele) sang.", "PER", ["Tess", "Vane", "Adele"]),
        ("Ada Quill, known as Tess and nicknamed Vane, sang.", "PER", ["Tess"]),
        ("Sandwick (Norse: Sandvik) is small.", "LOC", []),
        ("Sandwick (Norwegian: Sandvik) is small.", "LOC", ["Sandvik"]),
    ],
)
def test_names_in_asides(text: str, label: str, names: list[str]) -> None:
    first = text[: text.index(" (")] if " (" in text else text[: text.index(",")]
    found = told(text, label, first, *(word for word in names or ["Sandvik"]))
    assert found == dict.fromkeys(names, first)


@pytest.mark.parametrize(
    ("text", "label", "names"),
    [
        ("Ada Quill (and Tess Vane) sang.", "PER", ["Ada Quill", "Tess Vane"]),
        ("Ada Quill (Tess Vane) starred.", "PER", ["Ada Quill", "Tess Vane"]),
        ("He read at Kings College (Western University).", "ORG", ["Kings College", "Western University"]),
        ("Ada Quill sang. Tess Vane, known as loud, left.", "PER", ["Ada Quill", "Tess Vane"]),
        ("Ada Quill (born in 1951) met Tess Vane.", "PER", ["Ada Quill", "Tess Vane"]),
        ("Springfield (Illinois) and Salem", "LOC", ["Springfield", "Illinois"]),
        ("Norfolk (NA) and Salem", "LOC", ["Norfolk", "NA"]),
    ],
)
def test_neighbours_are_no_other_names(text: str, label: str, names: list[str]) -> None:
    assert told(text, label, *names) == {}


def test_names_of_two_labels_stay_apart() -> None:
    text = "Ada Quill (born Norwich) sang."
    names = [Mention("d", 0, 9, "PER", 1.0), Mention("d", 16, 23, "LOC", 1.0)]
    assert other_names(text, names) == {}


@pytest.mark.parametrize(
    ("short", "long", "right"),
    [
        ("EDMC", "Education Management Corporation", True),
        ("A&P", "Great Atlantic and Pacific Tea Company", True),
        ("Caltech", "California Institute of Technology", True),
        ("West Point", "United States Military Academy", False),
        ("UN", "Sun", False),
        ("X", "Xerox", False),
        ("Longer Than It", "It", False),
    ],
)
def test_abbreviations(short: str, long: str, right: bool) -> None:
    assert is_abbreviation(short, long) is right


@given(st.text(alphabet="AB (),;:é born known as Б", max_size=60), st.data())
def test_each_name_has_at_most_one_and_it_stands_before(text: str, data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, max(0, len(text) - 1)), max_size=6, unique=True).map(sorted))
    names = [Mention("d", place, place + 1, "PER", 1.0) for place in places]
    for span, name in other_names(text, names).items():
        assert name.end <= span[0]
        assert span in {one.span for one in names}
