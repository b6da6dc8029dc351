"""Personal data that a rule can find: addresses of people and machines, telephone numbers, checked numbers."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterator
from typing import Final

from graphwright.pipeline.redaction.numbers import personal_numbers

Found = tuple[int, int, str]
"""Start, end (code points, half-open) and kind."""
EMAIL: Final = re.compile(
    r"(?<![\w.%+'-])(?=[\w])[\w.%+'-]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}(?![\w-])"
)
URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/@<>\"'\[\]]+@[^\s<>\"'\[\]]+")
"""An address with a user's name before its host."""
_TRAILING: Final = ".,;:!?)"
IPV4: Final = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)", re.ASCII)
IPV6: Final = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])")
DIALLED: Final = re.compile(r"\d(?:[\s()./\-–]{0,3}\d){6,}")
REGIONS: Final = {
    "en": ("US", "GB"), "de": ("DE", "AT", "CH"), "fr": ("FR",), "es": ("ES", "MX"), "it": ("IT",), "nl": ("NL",),
    "pt": ("PT", "BR"), "pl": ("PL",), "zh": ("CN",), "ja": ("JP",),
}  # fmt: skip
"""Whose national telephone numbers are looked for in a language, besides those that begin with + everywhere."""


def personal_data(text: str, kinds: Collection[str], language: str = "en") -> Iterator[Found]:
    """All that is of the kinds, in no order; spans of different kinds may overlap.

    >>> list(personal_data("Write to ann@example.org.", ("email",)))
    [(9, 24, 'email')]
    """
    if "email" in kinds and "@" in text:
        yield from ((*match.span(), "email") for match in EMAIL.finditer(text))
    if "url" in kinds and "://" in text:
        yield from _addresses(text)
    if "ip" in kinds:
        yield from _machines(text)
    if "phone" in kinds and DIALLED.search(text):
        yield from _telephones(text, language)
    yield from personal_numbers(text, kinds)


def _addresses(text: str) -> Iterator[Found]:
    for match in URL.finditer(text):
        yield match.start(), match.start() + len(match.group().rstrip(_TRAILING)), "url"


def _machines(text: str) -> Iterator[Found]:
    for form in (IPV4, IPV6):
        for match in form.finditer(text):
            if match.group().strip(":.") and _is_machine(match.group()):
                yield *match.span(), "ip"


def _is_machine(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _telephones(text: str, language: str) -> Iterator[Found]:
    import phonenumbers  # a tenth of a second

    for region in REGIONS.get(language.lower().partition("-")[0], (None,)):
        for match in phonenumbers.PhoneNumberMatcher(text, region, max_tries=len(text)):
            yield match.start, match.end, "phone"
