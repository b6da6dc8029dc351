"""Numbers that tell who somebody is or hold somebody's money, known by their check digits.

Account numbers (IBAN, ISO 13616), payment cards (ISO/IEC 7812), and the national numbers of persons of the United
States (SSN), Britain (NINO), France (NIR), Spain (DNI, NIE), Italy (codice fiscale), Poland (PESEL), Brazil (CPF),
Switzerland (AHV/AVS) and China. SSN and NINO have no check digit; for these the ranges are tested that are given out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final

Span = tuple[int, int]
_ALONE: Final = r"(?<![\w.,/+-]){}(?!\w|[.,/-]\w)"
"""A number stands alone: it is no part of a word, of a longer number, or of an address."""


def is_iban(text: str) -> bool:
    """Whether the letters as digits, country and check digits put last, leave 1 when divided by 97.

    >>> is_iban("GB82 WEST 1234 5698 7654 32"), is_iban("GB82 WEST 1234 5698 7654 23")
    (True, False)
    """
    code = _bare(text).upper()
    return len(code) >= 15 and _as_number(code[4:] + code[:4]) % 97 == 1


def is_card(text: str) -> bool:
    """Luhn's sum, over 13 to 19 digits that begin as those of a card network (2 to 6) and are not all the same.

    >>> is_card("4111 1111 1111 1111"), is_card("4111 1111 1111 1112")
    (True, False)
    """
    digits = _digits(text)
    if not 13 <= len(digits) <= 19 or digits[0] not in range(2, 7) or len(set(digits)) == 1:
        return False
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return (sum(doubled) + sum(digits[::-2])) % 10 == 0


def is_ssn(text: str) -> bool:
    """Whether area, group and serial number are such as the Social Security Administration gives out.

    >>> is_ssn("219-09-9999"), is_ssn("666-09-9999")
    (True, False)
    """
    area, group, serial = (int(part) for part in re.split(r"[- ]", text))
    return 0 < area < 900 and area != 666 and group > 0 and serial > 0


def is_nir(text: str) -> bool:
    """France: 97 less the number modulo 97, Corsica's 2A and 2B as 19 and 18."""
    code = _bare(text).upper()
    body = code[:-2].replace("2A", "19").replace("2B", "18")
    return 97 - int(body) % 97 == int(code[-2:])


def is_dni(text: str) -> bool:
    """Spain: the letter is that of the number modulo 23; X, Y, Z before it stand for 0, 1, 2.

    >>> is_dni("12345678Z"), is_dni("12345678A")
    (True, False)
    """
    code = _bare(text).upper()
    number = code[:-1].translate(str.maketrans("XYZ", "012"))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == code[-1]


def is_codice_fiscale(text: str) -> bool:
    """Italy: the last letter, from values of the characters at odd and at even places, modulo 26."""
    odd = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
    places = [ord(char) - (48 if char.isdigit() else 65) for char in text.upper()]
    total = sum(odd[place] if number % 2 == 0 else place for number, place in enumerate(places[:15]))
    return total % 26 == places[15]


def is_pesel(text: str) -> bool:
    """Poland: weights 1, 3, 7, 9, and a month and day that may be ones of birth."""
    digits = _digits(text)
    weighted = _weighted(digits[:10], (1, 3, 7, 9, 1, 3, 7, 9, 1, 3))
    month, day = digits[2] * 10 + digits[3], digits[4] * 10 + digits[5]
    return 1 <= month % 20 <= 12 and 1 <= day <= 31 and (10 - weighted % 10) % 10 == digits[10]


def is_cpf(text: str) -> bool:
    """Brazil: two check digits, modulo 11.

    >>> is_cpf("529.982.247-25"), is_cpf("529.982.247-26")
    (True, False)
    """
    digits = _digits(text)
    checks = [_weighted(digits[:size], range(size + 1, 1, -1)) * 10 % 11 % 10 for size in (9, 10)]
    return len(set(digits)) > 1 and checks == list(digits[9:])


def is_ahv(text: str) -> bool:
    """Switzerland: the check digit of EAN-13."""
    digits = _digits(text)
    return (10 - _weighted(digits[:12], (1, 3) * 6) % 10) % 10 == digits[12]


def is_resident_id(text: str) -> bool:
    """China (GB 11643-1999): ISO 7064 MOD 11-2, X stands for 10."""
    weighted = _weighted(_digits(text[:17]), [2 ** (17 - place) % 11 for place in range(17)])
    return "10X98765432"[weighted % 11] == text[17].upper()


def is_nino(text: str) -> bool:
    """Britain: prefixes that are not given out are none."""
    return _bare(text)[:2].upper() not in ("BG", "GB", "NK", "KN", "TN", "NT", "ZZ")


NUMBERS: Final[tuple[tuple[str, str, Callable[[str], bool]], ...]] = (
    ("iban", r"[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,3})?", is_iban),
    ("card", r"\d(?:[ -]?\d){12,18}", is_card),
    ("ssn", r"\d{3}([- ])\d{2}\1\d{4}", is_ssn),
    ("id", r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[ABab]) ?\d{3} ?\d{3} ?\d{2}", is_nir),
    ("id", r"(?:\d{8}|[XYZxyz]-?\d{7})-?[A-Za-z]", is_dni),
    ("id", r"[A-Za-z]{6}\d{2}[A-EHLMPR-Ta-ehlmpr-t]\d{2}[A-Za-z]\d{3}[A-Za-z]", is_codice_fiscale),
    ("id", r"\d{11}", is_pesel),
    ("id", r"\d{3}\.\d{3}\.\d{3}-\d{2}|\d{11}", is_cpf),
    ("id", r"756([. ]?)\d{4}\1\d{4}\1\d{2}", is_ahv),
    ("id", r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]", is_resident_id),
    ("id", r"[A-CEGHJ-PR-TW-Za-ceghj-pr-tw-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-Da-d]", is_nino),
)
"""Kind, form and check. Digits are those of ASCII."""
_FORMS: Final = tuple((kind, re.compile(_ALONE.format(form), re.ASCII), check) for kind, form, check in NUMBERS)


def personal_numbers(text: str, kinds: Collection[str]) -> Iterator[tuple[int, int, str]]:
    """(start, end, kind) of each number of the kinds in a text that passes its check."""
    for kind, form, check in (item for item in _FORMS if item[0] in kinds):
        for match in form.finditer(text):
            span = _checked(match.group(), check)
            if span:
                yield match.start(), match.start() + span, kind


def _checked(text: str, check: Callable[[str], bool]) -> int:
    """How much of a text is a number that passes: words behind it may look like its last groups."""
    while text:
        if check(text):
            return len(text)
        text = text.rpartition(" ")[0] if check is is_iban else ""
    return 0


def _bare(text: str) -> str:
    return re.sub(r"[\s.-]", "", text)


def _digits(text: str) -> tuple[int, ...]:
    return tuple(int(char) for char in text if char.isdigit())


def _as_number(code: str) -> int:
    return int("".join(str(int(char, 36)) for char in code))


def _weighted(digits: Sequence[int], weights: Sequence[int]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True))
