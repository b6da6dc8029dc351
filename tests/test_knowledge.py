"""Building and reading knowledge bases."""

from __future__ import annotations

import bz2
import gzip
import json
import pickle
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from graphwright.pipeline.errors import ConfigurationError
from graphwright.pipeline.knowledge import KnowledgeBase
from graphwright.pipeline.knowledge_build import build_knowledge
from graphwright.pipeline.knowledge_starter import STARTER

ENTITIES: list[dict[str, Any]] = [
    {"id": "Q1001", "label": {"en": "Veldoria"}, "aliases": {"en": ["Kingdom of Veldoria"]}, "types": ["country"]},
    {
        "id": "Q1002", "label": {"en": "Harrow Bay", "de": "Egge-Bucht"}, "types": ["city"], "coarse": "LOC",
        "claims": {"P17": ["Q1001"], "P1082": [52000]},
    },
    {"id": "Q1003", "label": {"en": "Harrow Bay"}, "types": ["town"], "claims": {"P1082": [900]}},
    {
        "id": "Q1004", "label": "Société Médrane S.A.", "types": ["company"], "coarse": "ORG",
        "claims": {"P159": ["Q1002"], "P571": ["1987"]},
    },
    {"id": "Q1005", "label": "University of Harrow Bay", "types": ["university"]},
    {"id": "Q1006", "label": "Institute for Tidal Optics", "types": ["institute"]},
]  # fmt: skip


def write_lines(path: Path, records: list[Any]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


@pytest.fixture
def base(tmp_path: Path) -> KnowledgeBase:
    source = write_lines(tmp_path / "entities.jsonl", ENTITIES)
    build_knowledge([str(source)], tmp_path / "base.sqlite")
    return KnowledgeBase.open(tmp_path / "base.sqlite")


def ids(base: KnowledgeBase, name: str) -> list[str]:
    return [candidate.entity.id for candidate in base.candidates(name)]


@pytest.mark.parametrize(
    ("name", "wanted", "kind"),
    [
        ("Veldoria", "Q1001", "label"),
        ("THE KINGDOM OF VELDORIA", "Q1001", "alias"),
        ("Societe Medrane", "Q1004", "core"),
        ("Harrow Bay University", "Q1005", "bag"),
        ("ITO", "Q1006", "acronym"),
        ("I. T. O.", "Q1006", "acronym"),
        ("Institute for Tidal Optica", "Q1006", "fuzzy"),
    ],
)
def test_names_find_their_entities(base: KnowledgeBase, name: str, wanted: str, kind: str) -> None:
    best = base.candidates(name)[0]
    assert (best.entity.id, best.kind) == (wanted, kind)


def test_a_shared_name_gives_all_its_entities_the_better_known_first(base: KnowledgeBase) -> None:
    assert ids(base, "Harrow Bay")[:2] == ["Q1002", "Q1003"]
    assert len(base.candidates("Harrow Bay", limit=1)) == 1


def test_unknown_and_empty_names_find_nothing(base: KnowledgeBase) -> None:
    assert ids(base, "Quixolotl Zanderbrook") == []
    assert ids(base, "") == []
    assert ids(base, "'; DROP TABLE alias; --") == []


def test_the_values_of_a_property(base: KnowledgeBase) -> None:
    assert base.values("Q1002", "P17") == {"Q1001"}
    assert base.values("Q1002", "P36") == base.values("Q9999", "P17") == base.values("Q1002", "country") == frozenset()
    assert base.values("urn:other", "P17") == base.values("Q1002", "P0") == frozenset()


def test_an_entity_is_described_from_types_and_claims(base: KnowledgeBase) -> None:
    company = base.entity("Q1004")
    assert company is not None
    assert company.description == "company (Harrow Bay)"
    assert company.year == 1987
    assert company.claims == (("P159", "Q1002"),)
    assert base.entity("Q9999999") is None
    assert base.entity("nonsense") is None


def test_search_and_ids(base: KnowledgeBase) -> None:
    assert {entity.id for entity in base.search("Harrow")} == {"Q1002", "Q1003", "Q1005"}
    assert list(base.ids()) == [f"Q{number}" for number in range(1001, 1007)]
    assert base.info().entities == 6


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "entities.jsonl", ENTITIES)
    for name in ("first", "second"):
        build_knowledge([str(source)], tmp_path / name)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_languages_and_types_choose(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "entities.jsonl", ENTITIES)
    info = build_knowledge([str(source)], tmp_path / "de", languages=("en", "de"), types=("LOC",))
    base = KnowledgeBase.open(tmp_path / "de")
    assert info.entities == 3
    assert ids(base, "Egge-Bucht") == ["Q1002"]
    assert ids(base, "Société Médrane") == []


def item(number: int, name: str, claims: dict[str, Any] | list[Any] | None = None, **more: Any) -> dict[str, Any]:
    labels = {"en": {"language": "en", "value": name}} if name else {}
    return {"id": f"Q{number}", "type": "item", "labels": labels, "aliases": {}, "claims": claims or {}, **more}


def statement(**value: Any) -> dict[str, Any]:
    snak = {"snaktype": "value", "datavalue": {"type": "wikibase-entityid", "value": {"entity-type": "item", **value}}}
    return {"mainsnak": snak, "rank": "normal"}


def dump_lines() -> list[str]:
    """The layout of a Wikidata dump: one old item (numeric ids), one new one, a property, one without a label."""
    old = item(
        2001, "Oskar Brandt", {"P31": [statement(**{"numeric-id": 5})]}, sitelinks={"enwiki": {"title": "Oskar Brandt"}}
    )
    new = item(2002, "Brandt Works", {"P112": [statement(id="Q2001", **{"numeric-id": 2001})]})
    items = [old, new, {"id": "P31", "type": "property", "labels": {}}, item(2003, ""), item(5, "human", [])]
    return ["[", *(json.dumps(one) + "," for one in items[:-1]), json.dumps(items[-1]), "]"]


@pytest.mark.parametrize(("suffix", "pack"), [("json", bytes), ("json.gz", gzip.compress), ("json.bz2", bz2.compress)])
def test_a_wikidata_dump(tmp_path: Path, suffix: str, pack: Any) -> None:
    path = tmp_path / f"dump.{suffix}"
    path.write_bytes(pack("\n".join(dump_lines()).encode()))
    info = build_knowledge([str(path)], tmp_path / "out")
    base = KnowledgeBase.open(tmp_path / "out")
    person, works = base.entity("Q2001"), base.entity("Q2002")
    assert (info.bad, info.complete, info.entities) == (0, True, 3)
    assert person is not None
    assert (person.label, person.types) == ("PER", ("human",))
    assert works is not None
    assert works.claims == (("P112", "Q2001"),)


def test_a_cut_dump_keeps_what_was_read_and_says_so(tmp_path: Path) -> None:
    whole = gzip.compress("\n".join(dump_lines() * 50).encode())
    path = tmp_path / "dump.json.gz"
    path.write_bytes(whole[: len(whole) * 3 // 4])
    info = build_knowledge([str(path)], tmp_path / "out")
    assert not info.complete
    assert info.entities >= 1
    assert any("dump.json.gz" in message and "kept" in message for message in info.messages)


def test_bad_lines_are_named_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "entities.jsonl"
    path.write_text(
        '{"id": "Q7", "label": "Seven"}\nno json\n{"id": "seven", "label": "x"}\n42\n{"id": "Q7", "aliases": ["VII"]}\n'
    )
    info = build_knowledge([str(path)], tmp_path / "out")
    assert (info.bad, info.entities) == (3, 1)
    assert "line 2" in info.messages[0]
    assert ids(KnowledgeBase.open(tmp_path / "out"), "VII") == ["Q7"]


def test_csv_with_a_column_map(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("key,title,other,P17\nQ31,Orlen Vale,Vale of Orlen|Orlen,Q32\nQ32,Testland,,\nx,y,,\n")
    info = build_knowledge([str(path)], tmp_path / "out", columns={"id": "key", "label": "title", "aliases": "other"})
    base = KnowledgeBase.open(tmp_path / "out")
    assert info.bad == 1
    assert ids(base, "Vale of Orlen") == ["Q31"]
    assert base.claims(31) == ((17, 32),)


def test_rdf(tmp_path: Path) -> None:
    path = tmp_path / "facts.ttl"
    path.write_text(
        "@prefix wd: <http://www.wikidata.org/entity/> . @prefix wdt: <http://www.wikidata.org/prop/direct/> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        'wd:Q41 rdfs:label "Mira Oldfen"@en ; skos:altLabel "M. Oldfen"@en ; wdt:P27 wd:Q42 .\n'
        'wd:Q42 rdfs:label "Fenland"@en , "Fennland"@de .\n'
        '<http://example.org/thing> rdfs:label "Thing" .\n'
    )
    info = build_knowledge([str(path)], tmp_path / "out")
    base = KnowledgeBase.open(tmp_path / "out")
    assert info.bad == 1
    assert ids(base, "M. Oldfen") == ["Q41"]
    assert base.claims(41) == ((27, 42),)
    assert {entity.label for entity in base.search("Mira")} == {"PER"}


def test_annotated_documents_give_names_counts_and_facts_but_no_text(tmp_path: Path) -> None:
    text = "Mira Oldfen was born in Fenland. She left Fenland early."
    spans = [(0, 11, "PER", 0), (24, 31, "LOC", 1), (33, 36, "PER", 0), (42, 49, "LOC", 1)]
    record = {
        "id": "d", "text": text,
        "mentions": [{"start": a, "end": b, "type": kind, "entity": entity} for a, b, kind, entity in spans],
        "entities": [{"id": 0, "name": "Mira Oldfen", "kb_id": "Q41"}, {"id": 1, "name": "Fenland", "kb_id": "Q42"}],
        "relations": [{"head": 0, "tail": 1, "type": "P19"}],
    }  # fmt: skip
    build_knowledge([str(write_lines(tmp_path / "train.jsonl", [record]))], tmp_path / "out")
    base = KnowledgeBase.open(tmp_path / "out")
    assert base.candidates("Fenland")[0].count == 2
    assert ids(base, "She") == []
    assert base.claims(41) == ((19, 42),)
    assert b"left" not in (tmp_path / "out").read_bytes()


def test_an_alias_shared_by_many_stays_cheap(tmp_path: Path) -> None:
    records = [
        {"id": f"Q{n}", "label": f"Item {n}", "aliases": ["Common Name"], "count": n % 7} for n in range(1, 5001)
    ]
    build_knowledge([str(write_lines(tmp_path / "many.jsonl", records))], tmp_path / "out")
    found = KnowledgeBase.open(tmp_path / "out").candidates("common name")
    assert len(found) == 16
    assert found[0].sharing == 5000
    assert [candidate.entity.prior for candidate in found] == sorted((c.entity.prior for c in found), reverse=True)


def test_what_is_no_knowledge_base_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no file"):
        KnowledgeBase.open(tmp_path / "missing.sqlite")
    (tmp_path / "text.sqlite").write_text("not a database at all, just words " * 50)
    with pytest.raises(ConfigurationError, match="no SQLite file"):
        KnowledgeBase.open(tmp_path / "text.sqlite")
    sqlite3.connect(tmp_path / "other.sqlite").executescript("CREATE TABLE a(b)")
    with pytest.raises(ConfigurationError, match="some other SQLite file"):
        KnowledgeBase.open(tmp_path / "other.sqlite")


def test_another_format_version_is_refused(base: KnowledgeBase) -> None:
    database = sqlite3.connect(base.path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(ConfigurationError, match="format 99"):
        KnowledgeBase.open(base.path)


@pytest.mark.parametrize("name", ["missing.jsonl", "picture.png"])
def test_sources_that_cannot_be_read_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    with pytest.raises(ConfigurationError, match=name):
        build_knowledge([str(tmp_path / name)], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_threads_and_processes_share_it(base: KnowledgeBase) -> None:
    copy = pickle.loads(pickle.dumps(base))
    found: list[list[str]] = []
    threads = [threading.Thread(target=lambda: found.append(ids(copy, "Veldoria"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["Q1001"]] * 4


def test_the_starter_ships_and_knows_the_world() -> None:
    base = KnowledgeBase.open(STARTER)
    assert base.info().entities > 100_000
    assert STARTER.stat().st_size < 20_000_000
    assert base.candidates("France")[0].entity.id == "Q142"
    assert "Q142" in [c.entity.id for c in base.candidates("French")]


def test_claims_and_other_sources_outvote_a_label_that_stands_alone(tmp_path: Path) -> None:
    """A town that one source knows for the parks it keeps; a profession that sounds like a person."""
    records = [
        {"id": "Q1", "label": "City of Wexcombe", "coarse": "ORG", "types": ["organization", "park"]},
        {"id": "Q2", "label": "astronomer", "types": ["person"]},
        {"id": "Q3", "label": "City of Notown", "coarse": "ORG", "types": ["organization", "park"]},
        {"id": "Q11", "label": "Ann Prell", "coarse": "PER", "claims": {"P19": ["Q1"], "P106": ["Q2"]}},
        {"id": "Q12", "label": "Bo Prell", "coarse": "PER", "claims": {"P20": ["Q1"], "P106": ["Q2"], "P19": ["Q3"]}},
    ]
    text = "Ann Prell was born in Wexcombe."
    mention = {"start": 22, "end": 30, "type": "LOC", "entity": 0, "form": "NAME"}
    document = {"id": "d", "text": text, "mentions": [mention], "entities": [{"id": 0, "kb_id": "Q1"}], "relations": []}
    sources = [write_lines(tmp_path / "facts.jsonl", records), write_lines(tmp_path / "texts.jsonl", [document])]
    build_knowledge([str(path) for path in sources], tmp_path / "out")
    base = KnowledgeBase.open(tmp_path / "out")
    found = [(one.name, one.label) for one in map(base.entity, ("Q1", "Q2", "Q3")) if one]
    assert found == [("Wexcombe", "LOC"), ("astronomer", "MISC"), ("City of Notown", "ORG")]


def test_a_branch_has_no_founding_year_of_its_own(tmp_path: Path) -> None:
    claims = {"P17": ["Q16"], "P571": [1911]}
    records = [
        {"id": "Q21", "label": "Quillworks", "aliases": ["Quillworks (Canada)"], "claims": claims},
        {"id": "Q22", "label": "Quillmakers", "aliases": ["Quills"], "claims": claims},
    ]
    build_knowledge([str(write_lines(tmp_path / "facts.jsonl", records))], tmp_path / "out")
    base = KnowledgeBase.open(tmp_path / "out")
    assert [one.year for one in map(base.entity, ("Q21", "Q22")) if one] == [0, 1911]
