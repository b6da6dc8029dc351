"""Typed values of dates and numbers in text.

Dates become XSD 1.1 date, gYearMonth or gYear by the precision they are given with (proleptic Gregorian; 44 BC is
-0043, as in ISO 8601); numbers become decimals in canonical form, with a unit: ISO 4217 for money, else a symbol such
as "km" or "%" or what is counted ("people"). Whatever has no one value (ranges, decades, "about 500") stays a string.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from graphwright.pipeline.graph import Literal
from graphwright.pipeline.records import LITERAL_LABELS

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MONTH_NUMBERS = {name.lower(): number for number, name in enumerate(MONTHS, 1)}
MONTH_NUMBERS |= {name[:3].lower(): number for number, name in enumerate(MONTHS, 1)} | {"sept": 9}

MONTH = r"(?P<month>" + "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True)) + r")\.?"
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
BC, AD = r"b\.?c\.?(?:e\.?)?", r"(?:a\.?d\.?|c\.?e\.?)"
YEAR = (
    rf"(?:ad (?P<after>\d{{1,4}})|(?P<before>\d{{1,4}}) ?{BC}"
    rf"|(?P<year>\d{{3,4}})(?: ?{AD})?|(?P<early>\d{{1,2}}) ?{AD})"
)
WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?"

DATE_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{WEEKDAY}(?:the )?{DAY} (?:of )?{MONTH},? {YEAR}",
        rf"{WEEKDAY}{MONTH} (?:the )?{DAY},? {YEAR}",
        r"(?P<year>\d{4})(?P<by>[-/.])(?P<month>\d{1,2})(?P=by)(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})",
        # Else only where one number cannot be a month: 3/4/2023 is in March in one country, in April in another.
        r"(?P<day>1[3-9]|2\d|3[01])(?P<by>[-/])(?P<month>\d{1,2})(?P=by)(?P<year>\d{4})",
        r"(?P<month>\d{1,2})(?P<by>[-/])(?P<day>1[3-9]|2\d|3[01])(?P=by)(?P<year>\d{4})",
        r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日",
        rf"{MONTH},? (?:of )?{YEAR}",
        r"(?P<year>\d{4})年(?P<month>\d{1,2})月",
        rf"(?:the )?(?:year )?{YEAR}",
        r"(?P<year>\d{4})年",
    )
)

BELOW_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
SMALL_NUMBERS = {word: number for number, word in enumerate(BELOW_TWENTY.split())}
SMALL_NUMBERS |= {word: number * 10 for number, word in enumerate(TENS.split(), 2)}
SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "k": 3, "m": 6, "bn": 9}

CURRENCIES = {
    "$": "USD", "us$": "USD", "usd": "USD", "dollars": "USD", "dollar": "USD", "€": "EUR", "eur": "EUR", "euros": "EUR",
    "euro": "EUR", "£": "GBP", "gbp": "GBP", "¥": "JPY", "jpy": "JPY", "yen": "JPY", "cny": "CNY", "rmb": "CNY",
    "yuan": "CNY", "₹": "INR", "inr": "INR", "rs": "INR", "dkk": "DKK", "sek": "SEK", "nok": "NOK", "chf": "CHF",
    "a$": "AUD", "aud": "AUD", "c$": "CAD", "cad": "CAD", "hk$": "HKD", "nz$": "NZD", "₩": "KRW", "krw": "KRW",
    "r$": "BRL", "rub": "RUB", "zł": "PLN", "pln": "PLN",
}  # fmt: skip
UNITS = {
    "%": "%", "percent": "%", "per cent": "%",
    "mm": "mm", "millimeter": "mm", "millimetre": "mm", "cm": "cm", "centimeter": "cm", "centimetre": "cm",
    "m": "m", "meter": "m", "metre": "m", "km": "km", "kilometer": "km", "kilometre": "km",
    "mi": "mi", "mile": "mi", "yd": "yd", "yard": "yd", "ft": "ft", "foot": "ft", "feet": "ft", "in": "in",
    "inch": "in", "inches": "in", "nautical mile": "nmi", "nmi": "nmi",
    "m²": "m²", "m2": "m²", "sq m": "m²", "square meter": "m²", "square metre": "m²",
    "km²": "km²", "km2": "km²", "sq km": "km²", "square kilometer": "km²", "square kilometre": "km²",
    "sq mi": "mi²", "mi²": "mi²", "square mile": "mi²", "sq ft": "ft²", "square foot": "ft²", "square feet": "ft²",
    "ha": "ha", "hectare": "ha", "acre": "acre",
    "mg": "mg", "milligram": "mg", "g": "g", "gram": "g", "kg": "kg", "kilogram": "kg", "tonne": "t", "t": "t",
    "lb": "lb", "lbs": "lb", "oz": "oz", "ounce": "oz", "ton": "ton",
    "l": "l", "liter": "l", "litre": "l", "ml": "ml", "gallon": "gal",
    "km/h": "km/h", "kph": "km/h", "mph": "mph", "knot": "kn",
    "°c": "°C", "° c": "°C", "°f": "°F", "° f": "°F", "°": "°", "degree": "°",
    "w": "W", "kw": "kW", "mw": "MW", "gw": "GW", "hz": "Hz", "khz": "kHz", "mhz": "MHz", "ghz": "GHz",
    "second": "s", "s": "s", "minute": "min", "min": "min", "hour": "h", "h": "h", "day": "d", "week": "week",
    "month": "month", "year": "year",
    "people": "people", "person": "people", "inhabitant": "people", "resident": "people", "employee": "employees",
    "copy": "copies", "copies": "copies", "unit": "units", "member": "members", "student": "students",
    "page": "pages", "episode": "episodes", "volume": "volumes", "seat": "seats", "vote": "votes", "point": "points",
    "goal": "goals", "time": "times",
}  # fmt: skip
KNOWN_UNITS = {symbol.lower(): symbol for symbol in (*CURRENCIES.values(), *UNITS.values())} | CURRENCIES | UNITS

FIGURES = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+(?:\.\d+)?")
NUMBER = re.compile(
    rf"(?P<sign>[-−–])?(?P<prefix>{'|'.join(re.escape(c) for c in sorted(CURRENCIES, key=len, reverse=True))})? ?"
    rf"(?P<figures>{FIGURES.pattern})(?:[ -]?(?P<scale>hundred|thousand|million|billion|trillion|bn)\b)?"
    r"(?P<short>[km](?=$))?[ -]?(?P<unit>[^\d\s].*)?",
)
LONGEST = 25


def parse_literal(text: str, label: str) -> Literal:
    """The value of a TIME or NUM mention; a string, as written, where it has no one value.

    >>> parse_literal("13 March 1963", "TIME")
    Literal(value='1963-03-13', datatype='date', unit='')
    >>> parse_literal("$3.5 million", "NUM")
    Literal(value='3500000', datatype='decimal', unit='USD')
    """
    if label not in LITERAL_LABELS:
        raise ValueError(f"wanted a mention of {' or '.join(sorted(LITERAL_LABELS))}; received {label!r}")
    written = " ".join(text.split())
    found = parse_date(written) if label == "TIME" else parse_number(written)
    return found or Literal(written, "string")


def parse_date(text: str) -> Literal | None:
    """A date with its precision, ``None`` where the text is not one day, month or year."""
    for form in DATE_FORMS:
        match = form.fullmatch(text.lower())
        if match:
            return _date(match.groupdict())
    return None


def parse_number(text: str) -> Literal | None:
    """A number with its unit, ``None`` where the text is not one number."""
    match = NUMBER.fullmatch(text.lower())
    if match is None:
        return _spelled(text.lower())
    parts = match.groupdict()
    figures = re.sub(r"[^\d.]", "", parts["figures"])
    unit = _unit(parts["unit"] or "", CURRENCIES.get(parts["prefix"] or "", ""))
    if unit is None or len(figures) > LONGEST:
        return None
    scale = parts["scale"] or (parts["short"] if parts["prefix"] else None)
    if parts["short"] and not scale:
        unit = "m" if parts["short"] == "m" else None
    return None if unit is None else _decimal(figures, SCALES[scale] if scale else 0, unit, bool(parts["sign"]))


def format_literal(literal: Literal) -> str:
    """The value in English; ``parse_literal`` of it gives an equal literal.

    >>> format_literal(Literal("1963-03-13", "date"))
    '13 March 1963'
    """
    write: dict[str, Callable[[Literal], str]] = {
        "date": _format_day,
        "gYearMonth": _format_month,
        "gYear": lambda item: _format_year(int(item.value)),
        "decimal": lambda item: f"{item.value} {item.unit}".rstrip(),
        "string": lambda item: item.value,
    }
    if literal.datatype not in write:
        raise ValueError(f"wanted a datatype of {', '.join(write)}; received {literal.datatype!r}")
    return write[literal.datatype](literal)


def _date(parts: dict[str, str | None]) -> Literal | None:
    before = parts.get("before")
    written = int(before or parts.get("after") or parts.get("early") or parts.get("year") or 0)
    if written == 0:
        return None
    year = 1 - written if before else written
    shown = f"-{-year:04d}" if year < 0 else f"{year:04d}"
    month, day = parts.get("month"), parts.get("day")
    if month is None:
        return Literal(shown, "gYear")
    number = int(month) if month.isdigit() else MONTH_NUMBERS[month]
    if not _exists(year, number, int(day or 1)):
        return None
    return Literal(f"{shown}-{number:02d}" + (f"-{int(day):02d}" if day else ""), "date" if day else "gYearMonth")


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year % 400 + 400, month, day)  # the calendar repeats every 400 years, and date() has no year below 1
    except ValueError:
        return False
    return True


def _unit(written: str, currency: str) -> str | None:
    """The unit's symbol: the currency where only that is given, ``None`` where it is not known, or two are given."""
    name = written.rstrip(".") if len(written) > 1 else written
    if not name:
        return currency
    if currency:
        return currency if CURRENCIES.get(name) == currency else None
    return KNOWN_UNITS.get(name) or KNOWN_UNITS.get(name.removesuffix("s"))


def _decimal(figures: str, scale: int, unit: str, negative: bool) -> Literal:
    value = Decimal(figures).scaleb(scale)
    plain = f"{value.normalize():f}" if value else "0"
    return Literal("-" + plain if negative and value else plain, "decimal", unit)


def _spelled(text: str) -> Literal | None:
    """Numbers in words: "forty-one", "two hundred and five", "three million people"."""
    words = text.replace("-", " ").split()
    count = next((i for i, word in enumerate(words) if not _is_number_word(words, i)), len(words))
    value = _words_value([word for word in words[:count] if word != "and"])
    unit = _unit(" ".join(words[count:]), "")
    return None if value is None or unit is None else Literal(str(value), "decimal", unit)


def _is_number_word(words: list[str], index: int) -> bool:
    word = words[index]
    if word == "and":
        return 0 < index < len(words) - 1 and words[index - 1] == "hundred" and words[index + 1] in SMALL_NUMBERS
    return word in SMALL_NUMBERS or (word in SCALES and len(word) > 2)


def _words_value(words: list[str]) -> int | None:
    """The value of number words without "and"; ``None`` where they are no number ("two three")."""
    total = group = 0
    last, limit = 0, 13
    for word in words:
        if word in SMALL_NUMBERS:
            value = SMALL_NUMBERS[word]
            if last and not (last % 100 == 0 or (last >= 20 and last % 10 == 0 and 0 < value < 10)):
                return None
            group, last = group + value, group + value
        elif word == "hundred":
            if not 0 < group < 100:
                return None
            group, last = group * 100, 100
        else:
            if not group or SCALES[word] >= limit:
                return None
            total, group, last, limit = total + group * 10 ** SCALES[word], 0, 0, SCALES[word]
    return total + group if words else None


def _format_year(year: int) -> str:
    if year <= 0:
        return f"{1 - year} BC"
    return f"{year}" if year > 99 else f"AD {year}"


def _split(value: str) -> list[int]:
    sign, digits = (-1, value[1:]) if value.startswith("-") else (1, value)
    year, *rest = (int(part) for part in digits.split("-"))
    return [sign * year, *rest]


def _format_day(literal: Literal) -> str:
    year, month, day = _split(literal.value)
    return f"{day} {MONTHS[month - 1]} {_format_year(year)}"


def _format_month(literal: Literal) -> str:
    year, month = _split(literal.value)
    return f"{MONTHS[month - 1]} {_format_year(year)}"
