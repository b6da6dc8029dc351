"""Names from the data become identifiers of Cypher, whatever they hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphwright.pipeline.sinks.cypher_names import IDENTIFIER, entity_label, quoted, relationship_type


@given(st.text())
def test_any_name_becomes_a_valid_identifier(name: str) -> None:
    assert IDENTIFIER.fullmatch(entity_label(name))
    assert IDENTIFIER.fullmatch(relationship_type(name, {}))


@pytest.mark.parametrize(
    ("label", "expected"),
    [("PER", "Person"), ("chemical compound", "ChemicalCompound"), ("2D", "_2D"), ("Statement", "StatementEntity")],
)
def test_labels_are_pascal_case_and_never_the_stores_own(label: str, expected: str) -> None:
    assert entity_label(label) == expected


def test_types_are_upper_snake_and_never_the_stores_own() -> None:
    found = [
        relationship_type(name, {"P26": "spouse", "P569": "date of birth"})
        for name in ("P26", "P569", "P40", "placeOfBirth", "resolved to")
    ]
    assert found == ["SPOUSE", "DATE_OF_BIRTH", "P40", "PLACE_OF_BIRTH", "RESOLVED_TO_FACT"]


def test_an_invalid_identifier_is_refused() -> None:
    with pytest.raises(ValueError, match="identifier"):
        quoted("a`b")
