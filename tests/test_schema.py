from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
import yaml

from graphwright.pipeline.errors import ConfigurationError
from graphwright.pipeline.records import ENTITY_LABELS
from graphwright.pipeline.schema import load_schema, parse_schema

SMALL = """
name: small
properties:
  P26: {name: spouse, edge: SPOUSE, domain: [PER], range: [PER], symmetric: true}
  P36: {name: capital, edge: CAPITAL, domain: [LOC], range: [LOC], inverse: P1376, functional: true}
  P1376: {name: capital of, edge: CAPITAL_OF, domain: [LOC], range: [LOC], inverse: P36}
  P571: {name: inception, edge: INCEPTION, domain: [ORG, LOC], range: [TIME]}
"""


def test_the_shipped_schema_covers_the_three_data_sets() -> None:
    schema = load_schema()
    assert len(schema.properties) == 128
    knowledgenet = "P169 P22 P25 P40 P571 P569 P570 P69 P108 P463 P112 P159 P27 P19 P551 P102 P26 P749 P355"
    assert set(knowledgenet.split()) <= schema.properties.keys()
    assert load_schema() is schema


def test_shipped_inverses_agree() -> None:
    """Where an inverse has an inverse itself, it is the way back; domains and ranges change places.

    But for participating team, which is a kind of participant, whose inverse it shares.
    """
    properties = load_schema().properties
    for found in properties.values():
        if found.inverse is not None:
            back = properties[found.inverse]
            assert back.inverse in (None, found.id) or (found.id, back.inverse) == ("P1923", "P710")
            assert found.domain <= back.range, found.id
            assert found.range <= back.domain, found.id


def test_shipped_symmetric_properties_have_one_label_set() -> None:
    symmetric = {found.id for found in load_schema().properties.values() if found.symmetric}
    assert symmetric == {"P26", "P190", "P460", "P3373"}
    assert all(load_schema().property(key).domain == load_schema().property(key).range for key in sorted(symmetric))


def test_candidate_types_are_those_that_are_allowed() -> None:
    schema = load_schema()
    for head, tail in product(ENTITY_LABELS, repeat=2):
        allowed = tuple(key for key in schema.properties if schema.allows(head, key, tail))
        assert schema.candidate_types(head, tail) == allowed
    anything = schema.candidate_types("PER", "ENTITY")
    assert set(anything) == {key for tail in ENTITY_LABELS for key in schema.candidate_types("PER", tail)}


def test_dates_and_numbers_have_no_properties_of_their_own() -> None:
    schema = load_schema()
    assert not any(schema.candidate_types(head, tail) for head in ("TIME", "NUM") for tail in ENTITY_LABELS)
    literal = {key for key, found in schema.properties.items() if found.literal}
    assert literal == {"P569", "P570", "P571", "P576", "P577", "P580", "P582", "P585", "P1198"}


def test_edge_names_are_unique() -> None:
    names = load_schema().edge_names()
    assert names["P26"] == "SPOUSE"
    assert len(set(names.values())) == len(names)


def test_a_schema_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    schema = load_schema(path)
    assert schema.allows("LOC", "P36", "LOC")
    assert not schema.allows("PER", "P36", "LOC")
    assert schema.candidate_types("LOC", "LOC") == ("P36", "P1376")
    assert schema.property("P26").symmetric
    assert schema.property("P36").inverse == "P1376"


def test_labels_of_ones_own() -> None:
    text = """
name: bio
labels: [Chemical, Disease]
properties:
  CID: {name: causes, edge: CAUSES, domain: [Chemical], range: [Disease]}
"""
    assert parse_schema(text, "bio.yaml").candidate_types("Chemical", "Disease") == ("CID",)


def test_the_fingerprint_is_a_function_of_the_content() -> None:
    schema = parse_schema(SMALL, "a.yaml")
    lines = SMALL.rstrip().split("\n")
    reordered = "\n".join([*lines[:3], *reversed(lines[3:])])
    assert parse_schema(reordered, "b.yaml").fingerprint == schema.fingerprint
    assert parse_schema(SMALL.replace("functional: true", "functional: false"), "c").fingerprint != schema.fingerprint
    assert parse_schema(SMALL.replace("[ORG, LOC]", "[LOC, ORG]"), "d").fingerprint == schema.fingerprint


def test_an_unknown_type_lists_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match="'small' has no relation type 'P9'; known: P26, P36, P1376, P571"):
        parse_schema(SMALL, "a.yaml").allows("PER", "P9", "PER")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[PER]", "[PERS]", r"^a\.yaml: P26: no label 'PERS'; known: PER, ORG, LOC, TIME, NUM, MISC$"),
        ("domain: [PER]", "domain: PER", r"P26: domain wants a list of labels such as \[PER, ORG\]; found 'PER'"),
        ("domain: [LOC]", "domain: [TIME]", "P36: TIME is a value, so it can be in the range, not in the domain"),
        ("SPOUSE", "CAPITAL", "P36: the edge CAPITAL is already that of P26"),
        ("SPOUSE", "is spouse", "P26: wanted an edge in capitals, digits and _; found 'is spouse'"),
        ("inverse: P1376", "inverse: P7", "P36: no relation type 'P7'; known: P26, P36, P1376, P571"),
        ("symmetric: true", "symetric: true", "P26: no key 'symetric'; known: name, edge, domain, range, inverse"),
        ("symmetric: true", "symmetric: 1", "P26: symmetric wants true or false; found 1"),
        ("edge: SPOUSE, ", "", "P26: the key 'edge' is missing; needed: name, edge, domain, range"),
        ("name: small\n", "", "the schema: the key 'name' is missing"),
        ("name: small", "title: small", "the schema: no key 'title'; known: name, properties, labels"),
        ("P36: {", "P26: {", r"a\.yaml line 5: wanted YAML; the key 'P26' is twice"),
        ("range: [PER]", "range: [PER", r"a\.yaml line \d: wanted YAML; "),
        ("{name: inception, edge: INCEPTION, domain: [ORG, LOC], range: [TIME]}", "x", "P571: wanted .name, edge"),
    ],
)
def test_a_bad_schema_is_named_with_line_or_key(old: str, new: str, message: str) -> None:
    assert old in SMALL
    with pytest.raises(ConfigurationError, match=message):
        parse_schema(SMALL.replace(old, new), "a.yaml")


@pytest.mark.parametrize("text", ["", "just words", "[1, 2]", "name: x\nproperties: []", "a: !!python/name:os.system"])
def test_what_is_no_schema(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^a\.yaml"):
        parse_schema(text, "a.yaml")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="the schema cannot be read: No such file"):
        load_schema(tmp_path / "missing.yaml")
    (tmp_path / "latin.yaml").write_bytes("name: Zürich".encode("latin-1"))
    with pytest.raises(ConfigurationError, match="wanted a schema in UTF-8"):
        load_schema(tmp_path / "latin.yaml")


def test_the_shipped_file_lists_properties_in_order() -> None:
    path = Path(__file__).parent.parent / "pipeline" / "schemas" / "wikidata.yaml"
    ids = [int(key[1:]) for key in yaml.safe_load(path.read_text("utf-8"))["properties"]]
    assert ids == sorted(ids)
