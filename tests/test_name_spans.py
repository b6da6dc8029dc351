"""Spans that a tagger marks become names: whole words, whole firms, none that overlap."""

from __future__ import annotations

import pytest

from graphwright.pipeline.name_spans import (
    whole_dates,
    whole_firms,
    whole_words,
    with_titles,
    within_lines,
    without_loose_end,
    without_overlaps,
)
from graphwright.pipeline.records import Mention


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [
        ("in Londonderry now", (3, 9), (3, 14)),
        ("in Londonderry now", (9, 14), (3, 14)),
        ("the U.S. army", (4, 8), (4, 8)),
        ("Ada's mill", (0, 3), (0, 3)),
        ("Élan", (1, 4), (0, 4)),
        ("of Al-Qa'im now", (3, 9), (3, 11)),
        ("the mills' wheel", (4, 10), (4, 10)),
    ],
)
def test_spans_are_widened_to_whole_words(text: str, span: tuple[int, int], expected: tuple[int, int]) -> None:
    assert whole_words(text, *span) == expected


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Eugene of", "Eugene"),
        ("Board of the", "Board"),
        ("Minds,", "Minds"),
        ("Edith (", "Edith"),
        ("MEDO (the", "MEDO"),
        ("30 to", "30"),
        ("Isle of Man", "Isle of Man"),
        ("The The", "The The"),
        ("the", "the"),
        ("Bauhof", "Bauhof"),
        ("Procol, of, and", "Procol"),
    ],
)
def test_small_words_and_signs_at_the_end_are_no_part_of_a_name(name: str, kept: str) -> None:
    text = f"so {name} said"
    assert text[slice(*without_loose_end(text, 3, 3 + len(name)))] == kept


def test_of_two_mentions_that_overlap_the_first_stays() -> None:
    spans = [(0, 4), (2, 6), (4, 8), (9, 10)]
    kept = without_overlaps([Mention("d", *span, "PER") for span in spans])
    assert [mention.span for mention in kept] == [(0, 4), (4, 8), (9, 10)]


def test_no_name_goes_on_across_a_line() -> None:
    text = "in Oslo\n  Ada there"
    assert [text[slice(*span)] for span in within_lines(text, 3, 13)] == ["Oslo", "Ada"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Tim Berners-Lee\n\nSir", ["Tim Berners-Lee"]),
        ("Dr.\nAda Osei", ["Ada Osei"]),
        ("Sir", ["Sir"]),
        ("King Lear", ["King Lear"]),
        ("Oslo\nKing Harald", ["Oslo", "King Harald"]),
        ("The", []),
        ("The The", ["The The"]),
    ],
)
def test_a_title_that_a_line_parts_from_its_name_is_no_name_nor_is_an_article(text: str, names: list[str]) -> None:
    assert [text[slice(*span)] for span in within_lines(text, 0, len(text))] == names


@pytest.mark.parametrize(
    ("labels", "whole"),
    [(("ORG", "ORG"), True), (("ORG", "PER"), True), (("PER", "ORG"), True), (("PER", "PER"), False)],
)
def test_what_an_ampersand_joins_to_an_organisation_is_one_with_it(labels: tuple[str, str], whole: bool) -> None:
    text = "Burmeister & Wain"
    parts = [Mention("d", 0, 10, labels[0], 0.9), Mention("d", 13, 17, labels[1], 0.8)]
    assert whole_firms(text, parts) == ([Mention("d", 0, 17, "ORG", 0.8)] if whole else parts)


def test_other_signs_join_nothing() -> None:
    parts = [Mention("d", 0, 4, "ORG"), Mention("d", 7, 11, "ORG")]
    assert whole_firms("Acme / Bolt", parts) == parts


@pytest.mark.parametrize(
    ("text", "first", "second", "label", "names"),
    [
        ("Mr Nowak", 2, 3, "PER", ["Mr Nowak"]),
        ("Dr. Okafor", 2, 4, "PER", ["Dr. Okafor"]),
        ("Queen, Oslo", 5, 7, "PER", ["Queen", "Oslo"]),
        ("Queen Oslo", 5, 6, "LOC", ["Queen", "Oslo"]),
        ("Ada Nowak", 3, 4, "PER", ["Ada", "Nowak"]),
    ],
)
def test_a_title_marked_by_itself_belongs_to_the_person_behind_it(
    text: str, first: int, second: int, label: str, names: list[str]
) -> None:
    parts = [Mention("d", 0, first, "PER", 0.9), Mention("d", second, len(text), label, 0.8)]
    assert [text[slice(*mention.span)] for mention in with_titles(text, parts)] == names


@pytest.mark.parametrize(
    ("text", "marked", "label", "dates"),
    [
        ("on 2020-03-15.", ["2020", "03", "15"], "TIME", ["2020-03-15"]),
        ("on 23.04.1999.", ["23.04.", "1999"], "TIME", ["23.04.1999"]),
        ("(01/12/1980)", ["12/1980"], "TIME", ["01/12/1980"]),
        ("on Monday 23.04.1999", ["Monday 23.04.", "1999"], "TIME", ["Monday 23.04.", "1999"]),
        ("in 1999-2001", ["1999", "2001"], "TIME", ["1999", "2001"]),
        ("the part 1.2.2001", ["1.2", "2001"], "NUM", ["1.2", "2001"]),
        ("from 10.0.0.2001", ["10.0", "2001"], "TIME", ["10.0", "2001"]),
    ],
)
def test_a_day_in_figures_is_one_date(text: str, marked: list[str], label: str, dates: list[str]) -> None:
    parts = [Mention("d", text.index(part), text.index(part) + len(part), label, 0.9) for part in marked]
    beside = Mention("d", 0, 1, "PER", 0.5)
    assert [text[slice(*m.span)] for m in whole_dates(text, [beside, *parts])] == [text[:1], *dates]
