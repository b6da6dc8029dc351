from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphwright.pipeline.graph import Literal
from graphwright.pipeline.literals import CURRENCIES, MONTHS, UNITS, format_literal, parse_literal


@pytest.mark.parametrize(
    ("text", "value", "datatype"),
    [
        ("13 March 1963", "1963-03-13", "date"),
        ("March 4th, 1912", "1912-03-04", "date"),
        ("the 4th of July, 1776", "1776-07-04", "date"),
        ("Monday, 2 Sept. 2002", "2002-09-02", "date"),
        ("2012-07-04", "2012-07-04", "date"),
        ("1963年3月13日", "1963-03-13", "date"),
        ("2012-7-4", "2012-07-04", "date"),
        ("4.7.2012", "2012-07-04", "date"),
        ("2012/07/04", "2012-07-04", "date"),
        ("23/7/2012", "2012-07-23", "date"),
        ("23-07-2012", "2012-07-23", "date"),
        ("07/23/2012", "2012-07-23", "date"),
        ("15 March 44 BC", "-0043-03-15", "date"),
        ("29 February 2000", "2000-02-29", "date"),
        ("October\n 1957", "1957-10", "gYearMonth"),
        ("1848", "1848", "gYear"),
        ("the year 800", "0800", "gYear"),
        ("AD 79", "0079", "gYear"),
        ("79 CE", "0079", "gYear"),
        ("1 BC", "0000", "gYear"),
        ("44 BCE", "-0043", "gYear"),
    ],
)
def test_a_date_keeps_the_precision_it_was_given_with(text: str, value: str, datatype: str) -> None:
    assert parse_literal(text, "TIME") == Literal(value, datatype)


@pytest.mark.parametrize(
    "text",
    [
        "1990s", "the 19th century", "1914–1918", "1997-98", "2001-02", "c. 1850", "early 1912", "Monday", "July",
        "31 February 2001", "29 February 1900", "20", "0000", "four years", "5/6/1990", "5-6-1990", "99999",
        "31.2.2001", "13/13/2012", "1.2.3", "25/12/90",
    ],
)  # fmt: skip
def test_what_is_not_one_day_month_or_year_stays_as_written(text: str) -> None:
    assert parse_literal(text, "TIME") == Literal(text, "string")


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("7", "7", ""),
        ("1,234,567", "1234567", ""),
        ("1 234 567", "1234567", ""),
        ("2.50", "2.5", ""),
        ("007", "7", ""),
        ("−5° C", "-5", "°C"),
        ("-0.0", "0", ""),
        ("3.5 million", "3500000", ""),
        ("$3.5 million", "3500000", "USD"),
        ("£25m", "25000000", "GBP"),
        ("25m", "25", "m"),
        ("DKK 9.9 billion", "9900000000", "DKK"),
        ("3 billion euros", "3000000000", "EUR"),
        ("5.2%", "5.2", "%"),
        ("1,234 feet", "1234", "ft"),
        ("500-acre", "500", "acre"),
        ("12 square kilometres", "12", "km²"),
        ("40 copies", "40", "copies"),
        ("Twenty-one", "21", ""),
        ("two hundred and five", "205", ""),
        ("one million two hundred thousand", "1200000", ""),
        ("three million people", "3000000", "people"),
        ("thirty-four percent", "34", "%"),
    ],
)
def test_a_number_is_a_decimal_with_its_unit(text: str, value: str, unit: str) -> None:
    assert parse_literal(text, "NUM") == Literal(value, "decimal", unit)


@pytest.mark.parametrize(
    "text",
    [
        "10–12", "3:1", "over 9", "about 500", "12,5", "105.9 FM", "5 AM", "two thirds", "two three", "hundred",
        "six and seven", "two million billion", "one hundred hundred", "€", "$5 euros", "1" * 26,
    ],
)  # fmt: skip
def test_what_is_not_one_number_stays_as_written(text: str) -> None:
    assert parse_literal(text, "NUM") == Literal(text, "string")


def test_other_labels_have_no_values() -> None:
    with pytest.raises(ValueError, match="wanted a mention of NUM or TIME; received 'PER'"):
        parse_literal("Ada", "PER")


def test_a_datatype_that_is_not_ours_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="received 'boolean'"):
        format_literal(Literal("true", "boolean"))


years = st.integers(-9998, 9999)
days = st.builds(lambda year, day: (year, day.month, day.day), years, st.dates(date(401, 1, 1), date(401, 12, 31)))


def lexical_year(year: int) -> str:
    return f"-{-year:04d}" if year < 0 else f"{year:04d}"


values = st.one_of(
    days.map(lambda day: Literal(f"{lexical_year(day[0])}-{day[1]:02d}-{day[2]:02d}", "date")),
    days.map(lambda day: Literal(f"{lexical_year(day[0])}-{day[1]:02d}", "gYearMonth")),
    years.map(lambda year: Literal(lexical_year(year), "gYear")),
)
numbers = st.builds(
    lambda value, unit: Literal(f"{value.normalize():f}" if value else "0", "decimal", unit),
    st.decimals(-(10**12), 10**12, places=4, allow_nan=False),
    st.sampled_from(sorted({"", *UNITS.values(), *CURRENCIES.values()})),
)


@given(values)
def test_a_formatted_date_parses_to_itself(literal: Literal) -> None:
    assert parse_literal(format_literal(literal), "TIME") == literal


@given(numbers)
def test_a_formatted_number_parses_to_itself(literal: Literal) -> None:
    assert parse_literal(format_literal(literal), "NUM") == literal


@given(st.dates(date(1000, 1, 1)))
def test_all_ways_to_write_a_day_agree(day: date) -> None:
    month = MONTHS[day.month - 1]
    forms = [f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}", f"{month[:3]}. {day.day}, {day.year}"]
    assert {parse_literal(form, "TIME").value for form in [*forms, day.isoformat()]} == {day.isoformat()}


@given(st.integers(0, 10**15), st.integers(0, 3))
def test_thousands_separators_change_nothing(number: int, places: int) -> None:
    value = Decimal(number).scaleb(-places)
    assert parse_literal(f"{value:,f}", "NUM") == parse_literal(f"{value:f}", "NUM")
    assert Decimal(parse_literal(f"{value:,f}", "NUM").value) == value


@given(st.text(), st.sampled_from(["TIME", "NUM"]))
def test_any_text_has_a_value_and_is_never_an_error(text: str, label: str) -> None:
    literal = parse_literal(text, label)
    assert literal.datatype != "string" or literal.value == " ".join(text.split())


@given(st.integers(0, 999_999_999))
def test_spelled_numbers(number: int) -> None:
    assert parse_literal(spell(number), "NUM") == Literal(str(number), "decimal")


UNDER_TWENTY = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""


def spell(number: int) -> str:
    small = UNDER_TWENTY.split()
    tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    if number < 20:
        return small[number]
    if number < 100:
        return tens[number // 10] + (f"-{small[number % 10]}" if number % 10 else "")
    for size, word in ((10**6, "million"), (10**3, "thousand"), (100, "hundred")):
        if number >= size:
            rest = number % size
            joint = " and " if size == 100 else " "
            return f"{spell(number // size)} {word}" + (joint + spell(rest) if rest else "")
    raise AssertionError(number)
