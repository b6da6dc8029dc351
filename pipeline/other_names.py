"""Where a text says itself that two names are one thing's: "A (born B)", "A, known as B", "A (Latin: B)", "A (AB)"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from graphwright.pipeline.names import is_shortened, normalise, person_words
from graphwright.pipeline.records import Mention, Span

_REACH = 240
"""So many characters behind a name its other names are looked for."""
_LANGUAGES = (
    "Albanian Amharic Arabic Armenian Azerbaijani Basque Belarusian Bengali Bosnian Bulgarian Burmese Catalan Chinese "
    "Croatian Cyrillic Czech Danish Dutch English Esperanto Estonian Finnish French Galician Georgian German Greek "
    "Gujarati Hebrew Hepburn Hindi Hungarian Icelandic Indonesian Irish Italian Japanese Kannada Kazakh Khmer Korean "
    "Kurdish Kyrgyz Lao Latin Latvian Lithuanian Macedonian Malay Malayalam Marathi Mongolian Nepali Norwegian Pashto "
    "Persian Pinyin Polish Portuguese Punjabi Romanian Russian Sanskrit Serbian Sinhala Slovak Slovene Slovenian "
    "Somali Spanish Swahili Swedish Tagalog Tajik Tamil Telugu Thai Tibetan Turkish Ukrainian Urdu Uzbek Vietnamese "
    "Welsh Yiddish"
)
_EXCHANGES = "NYSE NASDAQ Nasdaq AMEX TSX LSE ASX SGX HKEX SEHK BSE NSE JSE TYO TSE Euronext OTCQB OTCQX OTC"
_KNOWN = (
    r"(?:(?:also|now|better|best|more|most|often|sometimes|commonly|popularly|professionally|widely|usually|generally|"
    r"formerly|then|simply|affectionately|otherwise) )*"
    r"(?:(?:known|referred to|credited|billed)(?: \w+ly)?(?: (?:by|to)(?: \w+){1,5})? as(?: simply| just)?|"
    r"known by (?:his|her|its|their)(?: \w+)? (?:name|nickname|pseudonym|pen name|stage name|acronym|initials|"
    r"nom-de-plume|nom de plume)|nicknamed|dubbed|aka|a\.k\.a\.?|alias|also spelled|n[ée]e)"
)
_ASIDE_WORDS = (
    r"(?:born|also|or|formerly|(?:also |sometimes )?spelled|(?:other|birth|stage|pen|real|full) names?|pseudonyms?|"
    r"abbreviated(?: as)?|short for)"
)
_LANGUAGE = rf"(?:(?:{_LANGUAGES.replace(' ', '|')})(?: (?:Cyrillic|Chinese|script))?|{_EXCHANGES.replace(' ', '|')}):"
_THE = r"(?:the )?[\"'“‘«]?"
# What may stand between a name and its other name: "MBE", whole asides "(born 1961)" and "[citation needed]".
_PASSED = r"(?:,? [A-Z]{2,5}\b)*(?: ?(?:\((?:[^()]|\([^()]*\))*\)|\[[^\[\]]*\]))*"
_SAID = re.compile(rf"{_PASSED}(?:,? and|[,;]| [–—-]|(?<=[)])|(?= a\.?k\.?a)) (?:who (?:is|was) )?{_KNOWN},? {_THE}")
_OPENED = re.compile(rf"{_PASSED},? ?\(")
_SAID_ASIDE = re.compile(rf"(?:^|.*[;,] |.* – )(?:{_KNOWN}|{_ASIDE_WORDS}):? {_THE}", re.IGNORECASE | re.DOTALL)
_LANGUAGE_ASIDE = re.compile(rf"(?:^|.*[;,] ?|.*\(){_LANGUAGE} ?{_THE}", re.DOTALL)
_OR = re.compile(rf",? or(?: simply| just)? {_THE}")
_LISTED = re.compile(rf"[\"'”’»]?(?:,|;|,? or(?: simply| just)?|,? and| [–—-]|/) ?{_THE}")


def other_names(text: str, names: Sequence[Mention]) -> dict[Span, Mention]:
    """For the span of each name that a text introduces as another one of a name before it: that name.

    ``names`` are sorted by start; only those of one label go together.
    """
    found: dict[Span, Mention] = {}
    for place, name in enumerate(names):
        aside: list[Mention] = []
        for other in names[place + 1 :]:
            if other.start - name.end > _REACH:
                break
            if other.label != name.label or other.start < name.end:
                continue
            if other.span not in found and _introduced(text, name, other, aside):
                found[other.span] = name
                aside.append(other)
            elif other.span not in found and text[other.end : other.end + 1] != ":":  # "Greek:" is a language
                break
    return found


def _introduced(text: str, name: Mention, other: Mention, before: Sequence[Mention]) -> bool:
    """Whether the text between two names says that they are one thing's; ``before``: other names told between them."""
    between = text[name.end : other.start]
    if _SAID.fullmatch(between) or (_OR.fullmatch(between) and _are_of_one_person(text, name, other)):
        return True
    opened = _OPENED.match(between)
    if not opened or _closed(between[opened.end() :]):
        return False
    aside = between[opened.end() :]
    if before and _LISTED.fullmatch(text[before[-1].end : other.start]):
        return True
    if _SAID_ASIDE.fullmatch(aside) or _LANGUAGE_ASIDE.fullmatch(aside):
        return True
    short, long = text[other.start : other.end], text[name.start : name.end]
    if _latin(long) and not _latin(short):
        return True
    alone = not aside and text[other.end : other.end + 1] in (")", ",", ";")
    return alone and other.label != "PER" and is_abbreviation(short, long)


def _are_of_one_person(text: str, name: Mention, other: Mention) -> bool:
    both = (person_words(normalise(text[mention.start : mention.end])) for mention in (name, other))
    return name.label == "PER" and is_shortened(*both)


def _closed(aside: str) -> bool:
    """Whether an aside ends in a text that begins within it."""
    depth = 0
    for char in aside:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return True
    return "\n" in aside


def _latin(words: str) -> bool:
    return words.isascii() or all(unicodedata.name(char, "").startswith("LATIN") for char in words if char.isalpha())


def is_abbreviation(short: str, long: str) -> bool:
    """Whether the letters of one word are those of a longer name, in order, from the start of one of its words on.

    Schwartz and Hearst 2003, A simple algorithm for identifying abbreviation definitions.

    >>> is_abbreviation("Caltech", "California Institute of Technology"), is_abbreviation("NYU", "Yale University")
    (True, False)
    """
    whole = long.casefold()
    letters = [char for char in short.casefold() if char.isalnum()]
    if not 1 < len(letters) < len(long) or " " in short:
        return False
    starts = (match.start() for match in re.finditer(r"\b\w", whole) if match[0] == letters[0])
    return any(_in_order(letters, whole[start:]) for start in starts)


def _in_order(letters: Sequence[str], text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)
