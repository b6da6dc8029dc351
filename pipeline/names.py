"""Names in normal form: case, diacritics, punctuation, acronyms, surnames, and the codes that tell names apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from graphwright.pipeline.pronouns import pronoun_kind

# Letters that NFKD does not take apart.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th", "&": " and ", "+": " plus "}
)
_DROPPED = re.compile(r"(?<=\w)[.](?=\w\b)|['’`ʼ™®©]")
_OTHER = re.compile(r"[\W_]+")
_NUMERAL = re.compile(r"(?=[ivxl])(x{0,3})(l?x{0,3})(ix|iv|v?i{0,3})")

SMALL_WORDS = frozenset({"the", "of", "and", "for", "in", "at", "on", "de", "la", "le", "du", "des", "der", "von", "a"})
LEGAL_FORMS = frozenset(
    {
        "inc", "incorporated", "corp", "corporation", "co", "company", "ltd", "limited", "llc", "llp", "lp",
        "plc", "ag", "gmbh", "sa", "nv", "bv", "spa", "ab", "oy", "as", "kk", "pty", "sarl", "se", "sas", "sl",
        "srl", "kg", "oyj", "group", "holdings", "holding"
    }
)  # fmt: skip
_PLACE_BEFORE = re.compile(
    r"^(?:(?:city|state|town|province|republic|kingdom|district|municipality|principality|commonwealth|greater) "
    r"(?:of )?)(?:the )?(?=\w)"
)
_PLACE_AFTER = re.compile(r"(?<=\w) (?:province|prefecture|oblast|governorate|voivodeship|city|municipality)$")
TITLES = frozenset(
    {
        "mr", "mrs", "ms", "miss", "dr", "prof", "professor", "sir", "dame", "lord", "lady", "king", "queen",
        "prince", "princess", "president", "senator", "governor", "general", "colonel", "captain", "major",
        "lieutenant", "sergeant", "admiral", "judge", "justice", "saint", "st", "rev", "reverend", "father",
        "sister", "bishop", "archbishop", "pope", "emperor", "count", "countess", "duke", "duchess", "baron",
        "baroness", "minister", "chancellor", "mayor"
    }
)  # fmt: skip
RULERS = (
    "king", "queen", "prince", "princess", "emperor", "empress", "tsar", "sultan", "pope", "saint", "st", "duke",
    "duchess",
)  # fmt: skip
"""What stands before somebody who is known by a given name."""
SUFFIXES = frozenset({"jr", "sr", "junior", "senior", "phd", "md", "esq"})
_GENERATIONS = {
    "jr": "junior", "junior": "junior", "the younger": "junior",
    "sr": "senior", "senior": "senior", "the elder": "senior",
}  # fmt: skip
# Forms of one country or language only: "Ltd" and "SA" are those of many, and "Corporation" translates any.
_HOMES = {
    form: home
    for home, forms in (
        ("de", "ag gmbh kg"), ("fi", "oy oyj"), ("fr", "sarl sas"), ("gb", "plc"), ("it", "spa"), ("jp", "kk"),
        ("nl", "bv nv"), ("se", "ab"), ("us", "inc incorporated"),
    )
    for form in forms.split()
}  # fmt: skip


@lru_cache(maxsize=65536)
def normalise(name: str) -> str:
    """Lower case, no diacritics, no punctuation, single spaces, no leading "the".

    >>> normalise("The U.S. Crédit-Lyonnais & Co.")
    'us credit lyonnais and co'
    """
    folded = _fold(name).translate(_LETTERS)
    text = _OTHER.sub(" ", _DROPPED.sub("", folded)).strip()
    return text[4:] if text.startswith("the ") and len(text) > 4 else text


def _fold(name: str) -> str:
    if name.isascii():
        return name.lower()
    plain = "".join(
        char for char in unicodedata.normalize("NFKD", name.casefold()) if unicodedata.category(char) != "Mn"
    )
    return unicodedata.normalize("NFC", plain)


def bag(key: str) -> str:
    """Words of a normalised name in alphabetical order without small words: "kiel university" both ways.

    >>> bag("university of kiel")
    'kiel university'
    """
    return " ".join(sorted(word for word in key.split() if word not in SMALL_WORDS))


def organisation_core(key: str) -> str:
    """A normalised name without legal forms at its end; the name itself where nothing else would be left.

    >>> organisation_core("vodafone group plc")
    'vodafone'
    """
    words = key.split()
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    if len(words) > 1 and words[-1] == "and":
        words.pop()
    return " ".join(words)


def place_core(key: str) -> str:
    """A normalised name without the words for its kind: "shandong province" and "city of warren" by their own names.

    >>> place_core("shandong province"), place_core("city of warren")
    ('shandong', 'warren')
    """
    return _PLACE_AFTER.sub("", _PLACE_BEFORE.sub("", key)) or key


@lru_cache(maxsize=65536)
def acronym(name: str) -> str:
    """Initials of the capitalised words, in lower case; empty for fewer than two words.

    >>> acronym("Massachusetts Institute of Technology")
    'mit'
    """
    words = [word for word in _OTHER.sub(" ", name).split() if word[0].isupper()]
    return "".join(word[0] for word in words).lower() if len(words) > 1 else ""


@lru_cache(maxsize=65536)
def is_acronym(name: str) -> bool:
    """Two to six capital letters, with or without dots, and at most one digit."""
    letters = name.replace(".", "").replace("&", "")
    return 2 <= len(letters) <= 6 and letters.isalnum() and letters.isupper() and letters.isascii()


def person_words(key: str) -> list[str]:
    """Words of a person's normalised name without titles before it and suffixes after it."""
    words = key.split()
    while len(words) > 1 and words[0] in TITLES:
        words.pop(0)
    while len(words) > 1 and words[-1] in SUFFIXES:
        words.pop()
    return words


def generation(key: str) -> str:
    """ "junior" or "senior" where a person's normalised name ends so, empty where it does not say.

    >>> generation("martin luther king jr"), generation("pliny the elder"), generation("junior seau")
    ('junior', 'senior', '')
    """
    words = key.split()
    while len(words) > 1 and words[-1] in SUFFIXES - _GENERATIONS.keys():
        words.pop()
    return _GENERATIONS.get(words[-1], "") or _GENERATIONS.get(" ".join(words[-2:]), "") if len(words) > 1 else ""


def legal_home(key: str) -> str:
    """Where an organisation is at home, by the legal form that its normalised name ends in; empty where none tells.

    >>> legal_home("belvora gmbh and co kg"), legal_home("belvora inc"), legal_home("belvora ltd")
    ('de', 'us', '')
    """
    return _HOMES.get(key.split(" ")[-1], "") if " " in key else ""


def is_shortened(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether one person's name (words) is the other less some of its given names; both end in the same surname.

    >>> is_shortened(["otto", "jespersen"], ["jens", "otto", "harry", "jespersen"])
    True
    >>> is_shortened(["harry", "otto", "jespersen"], ["jens", "otto", "harry", "jespersen"])
    False
    """
    short, long = sorted((first, second), key=len)
    rest = iter(long)
    return len(short) > 1 and short[-1] == long[-1] and all(word in rest for word in short)


def surname(key: str) -> str:
    """Last word of a person's normalised name: regnal numbers ("louis xiv") are no surnames and stay with the name.

    >>> surname("dr ada lovelace"), surname("louis xiv")
    ('lovelace', 'louis xiv')
    """
    words = person_words(key)
    return " ".join(words) if is_code(words[-1:]) else " ".join(words[-1:])


def is_code(words: list[str]) -> bool:
    return any(any(char.isdigit() for char in word) or bool(_NUMERAL.fullmatch(word)) for word in words)


@lru_cache(maxsize=65536)
def codes(key: str) -> frozenset[str]:
    """Words that hold a digit and Roman numerals: names that differ in them never mean the same.

    >>> sorted(codes("apollo 11 and louis xiv"))
    ['11', 'xiv']
    """
    words = key.split()
    first = {word for word in words if any(char.isdigit() for char in word)}
    return frozenset(first | {word for word in words[1:] if _NUMERAL.fullmatch(word)})


def is_name(text: str) -> bool:
    """False for pronouns and for descriptions in lower case: what no knowledge base should be asked for."""
    if pronoun_kind(text):
        return False
    return any(char.isupper() or char.isdigit() or ord(char) > 0x2E80 for char in text)
