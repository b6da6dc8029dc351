"""Rules for personal data: checksums take what is valid and refuse what was mutated; what only looks alike stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphwright.pipeline.redaction import numbers
from graphwright.pipeline.redaction.policy import RULE_KINDS
from graphwright.pipeline.redaction.rules import personal_data

digits = st.integers(0, 9)


def found(text: str, language: str = "en") -> set[tuple[str, str]]:
    return {(kind, text[start:end]) for start, end, kind in personal_data(text, RULE_KINDS, language)}


def mutated(text: str, place: int, by: int) -> str:
    """The text with another digit at the ``place``-th digit."""
    places = [number for number, char in enumerate(text) if char.isdigit()]
    at = places[place % len(places)]
    return text[:at] + str((int(text[at]) + 1 + by % 9) % 10) + text[at + 1 :]


@st.composite
def ibans(draw: st.DrawFn) -> str:
    bank = draw(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=4, max_size=4))
    rest = "".join(map(str, draw(st.lists(digits, min_size=14, max_size=14))))
    check = 98 - int("".join(str(int(char, 36)) for char in f"{bank}{rest}GB00")) % 97
    return f"GB{check:02}{bank}{rest}"


@st.composite
def cards(draw: st.DrawFn) -> str:
    body = [4, *draw(st.lists(digits, min_size=14, max_size=14))]
    total = sum(sum(divmod(2 * digit, 10)) if place % 2 == 0 else digit for place, digit in enumerate(body))
    return "".join(map(str, body)) + str(-total % 10)


@given(ibans(), st.integers(0, 40), st.integers(0, 8))
def test_account_numbers(iban: str, place: int, by: int) -> None:
    spaced = " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
    assert numbers.is_iban(iban)
    assert ("iban", spaced) in found(f"Pay to {spaced} by Friday.")
    assert not numbers.is_iban(mutated(iban, place, by))


@given(cards(), st.integers(0, 40), st.integers(0, 8))
def test_payment_cards(card: str, place: int, by: int) -> None:
    grouped = "-".join(card[start : start + 4] for start in range(0, 16, 4))
    assert numbers.is_card(card)
    assert ("card", grouped) in found(f"Card {grouped}.")
    assert not numbers.is_card(mutated(card, place, by))


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (numbers.is_nir, "255081416802538"),
        (numbers.is_dni, "12345678Z"),
        (numbers.is_dni, "X1234567L"),
        (numbers.is_pesel, "44051401359"),
        (numbers.is_cpf, "529.982.247-25"),
        (numbers.is_ahv, "756.9217.0769.85"),
        (numbers.is_resident_id, "11010519491231002X"),
        (numbers.is_codice_fiscale, "MRTMTT91D08F205J"),
    ],
)
def test_national_numbers_and_each_mutation_of_a_digit(check: object, text: str) -> None:
    assert callable(check)
    assert check(text)
    assert ("id", text) in found(f"Number {text}, given out in May.")
    size = sum(char.isdigit() for char in text)
    mutations = {mutated(text, place, by) for place in range(size) for by in range(9)}
    passed = {item for item in mutations if check(item)}
    assert len(mutations) == 9 * size
    assert len(passed) <= (1 if check is numbers.is_codice_fiscale else 0), passed


@pytest.mark.parametrize("text", ["000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000"])
def test_numbers_that_no_authority_gives_out(text: str) -> None:
    assert found(f"It is {text} today.") == set()
    assert found("It is 123-45-6789 today.") == {("ssn", "123-45-6789")}


@pytest.mark.parametrize(
    ("text", "kind", "part"),
    [
        ("Write to ann.doe+x@mail.example.org, please.", "email", "ann.doe+x@mail.example.org"),
        ("(jürgen@bücher.example)", "email", "jürgen@bücher.example"),
        ("From https://ann:secret@example.org/x?y=1.", "url", "https://ann:secret@example.org/x?y=1"),
        ("at 192.0.2.17.", "ip", "192.0.2.17"),
        ("at 2001:db8::8a2e:370:7334,", "ip", "2001:db8::8a2e:370:7334"),
        ("Call +44 20 7946 0018 now", "phone", "+44 20 7946 0018"),
        ("Call (212) 555-0123 now", "phone", "(212) 555-0123"),
        ("NINO AB 12 34 56 C.", "id", "AB 12 34 56 C"),
    ],
)
def test_addresses_and_telephones(text: str, kind: str, part: str) -> None:
    assert (kind, part) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Version 1.2.3.4.5 of 12:30:45 is at https://example.org/a@b and costs 1,200,000.50 dollars.",
        "From 1939-1945 to 2001-05-17, 999.1.1.1 people read std::vector and @ann in 1815.",
        "The order 1111 1111 1111 1111 and the account XX00 0000 0000 0000 0000 are none.",
        "",
    ],
)
def test_what_only_looks_alike_stays(text: str) -> None:
    assert found(text) == set()


def test_national_telephones_go_by_language() -> None:
    text = "Telefon 030 901820"
    assert found(text, "de") == {("phone", "030 901820")}
    assert found(text, "en") == found(text, "xx") == set()


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for start, end, kind in personal_data(text, RULE_KINDS):
        assert 0 <= start < end <= len(text)
        assert kind in RULE_KINDS
