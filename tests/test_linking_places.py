"""Where a text says that a name is: countries near it, and the places beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphwright.pipeline.candidates import questions
from graphwright.pipeline.kb.nationalities import NAMED_WITH, nationalities
from graphwright.pipeline.knowledge import KnowledgeBase
from graphwright.pipeline.knowledge_build import build_knowledge
from graphwright.pipeline.linking_places import FEATURES, countries_in, place_features, setting_of
from graphwright.pipeline.records import Document, Entity, Mention, make_document

TABLE = """id,label,aliases,types,P17,P36
Q20,Norway,,country,,
Q16,Canada,,country,,
Q145,United Kingdom,,country,,
Q17,Japan,Nippon,country,,Q1490
Q1490,Tokyo,,city,Q17,
Q1904,Ontario,,province,Q16,
Q900001,Cornwall,,city,Q16,
Q900002,Cornwall,,county,Q145,
Q900003,Tide Party,,political party,Q20,
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    folder = tmp_path_factory.mktemp("places")
    (folder / "places.csv").write_text(TABLE, encoding="utf-8")
    columns = {"claims": "claims", "P17": "P17", "P36": "P36"}
    build_knowledge([str(folder / "places.csv")], folder / "places.sqlite", columns=columns)
    return KnowledgeBase.open(folder / "places.sqlite")


def read(text: str, name: str, label: str = "LOC") -> tuple[Document, Entity]:
    document = make_document("memory:text", text)
    start = text.index(name)
    return document, Entity(0, name, label, (Mention(document.id, start, start + len(name), label, 1.0),))


def columns_of(base: KnowledgeBase, text: str, name: str, number: int, label: str = "LOC") -> dict[str, float]:
    document, entity = read(text, name, label)
    named = frozenset(countries_in(text, base))
    found = place_features(number, setting_of(document, entity, base), named, base)
    return dict(zip(FEATURES, found, strict=True))


def test_countries_are_told_by_name_and_by_adjective(base: KnowledgeBase) -> None:
    assert countries_in("A Norwegian sailed to Japan.", base) == {20, 17}
    assert countries_in("A nightingale sang.", base) == set()


def test_a_country_near_a_name_speaks_for_what_lies_in_it(base: KnowledgeBase) -> None:
    text = "He is a Norwegian politician of the Tide Party."
    found = columns_of(base, text, "Tide Party", 900003, "ORG")
    assert found["country near"] == found["country in document"] == 1.0
    assert found["other country near"] == 0.0
    other = columns_of(base, text.replace("Norwegian", "Canadian"), "Tide Party", 900003, "ORG")
    assert other["other country near"] == 1.0


def test_what_is_far_is_not_near(base: KnowledgeBase) -> None:
    text = f"Norway is cold. {'It snows a lot there. ' * 20}The Tide Party won."
    found = columns_of(base, text, "Tide Party", 900003, "ORG")
    assert (found["country near"], found["country in document"]) == (0.0, 1.0)


def test_the_place_behind_a_comma_decides_between_namesakes(base: KnowledgeBase) -> None:
    text = "She was born in Cornwall, Ontario."
    canadian, english = (columns_of(base, text, "Cornwall", number) for number in (900001, 900002))
    assert canadian["country of place behind"] == 1.0
    assert english["country of place behind"] == 0.0
    assert english["other country behind"] == 1.0


def test_the_place_before_a_comma_lies_in_it(base: KnowledgeBase) -> None:
    assert columns_of(base, "An office in Tokyo, Japan.", "Japan", 17)["place before"] == 1.0
    assert columns_of(base, "An office in Tokyo, Japan.", "Japan", 20)["place before"] == 0.0


def test_nationalities_are_of_countries_and_no_abbreviations() -> None:
    known = nationalities()
    assert known["norwegian"] == 20
    assert not {"african", "ny", "calif"} & known.keys()


def test_annotated_documents_tell_which_country_a_name_goes_with(tmp_path: Path) -> None:
    text = "Ada Quill is a Norwegian politician of the Dune Party."
    mention = {"start": 43, "end": 53, "type": "ORG", "entity": 0}
    entity = {"id": 0, "name": "Dune Party", "kb_id": "Q900009"}
    record = json.dumps({"id": "a", "text": text, "mentions": [mention], "entities": [entity], "relations": []})
    (tmp_path / "documents.jsonl").write_text(record, encoding="utf-8")
    (tmp_path / "places.csv").write_text(TABLE, encoding="utf-8")
    sources = [str(tmp_path / name) for name in ("places.csv", "documents.jsonl")]
    build_knowledge(sources, tmp_path / "made.sqlite")
    with_country = KnowledgeBase.open(tmp_path / "made.sqlite")
    assert with_country.claims(900009) == ((NAMED_WITH, 20),)
    known = with_country.entity("Q900009")
    assert known is not None
    assert known.claims == ()


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ('Virgil Ivan "Gus" Moss', "Gus Moss"),
        ('Virgil Ivan "Gus" Moss', "Virgil Ivan Moss"),
        ("Tidal (TO) Optics", "Tidal Optics"),
        ("Virgil (Gus) Moss", "Virgil Moss"),
    ],
)
def test_names_with_insertions_are_found(written: str, stored: str, tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text(f"id,label\nQ900001,{stored}\n", encoding="utf-8")
    build_knowledge([str(tmp_path / "names.csv")], tmp_path / "made.sqlite")
    [found] = KnowledgeBase.open(tmp_path / "made.sqlite").candidates(written)
    assert (found.entity.id, found.kind) == ("Q900001", "core")


def test_a_place_is_found_by_the_own_name_of_what_follows(tmp_path: Path) -> None:
    table = 'id,label,aliases,coarse\nQ900001,"Alder, New Mexico",,LOC\nQ900002,Alder,,LOC\nQ1522,New Mexico,NM,LOC\n'
    (tmp_path / "names.csv").write_text(table, encoding="utf-8")
    build_knowledge([str(tmp_path / "names.csv")], tmp_path / "made.sqlite")
    base = KnowledgeBase.open(tmp_path / "made.sqlite")
    for text in ("She left Alder, NM, in May.", "She left Alder,NM in May.", "She left Alder New Mexico in May."):
        document, entity = read(text, "Alder")
        [question] = questions(document, [entity], base)
        assert (question.options[0].candidate.entity.id, question.options[0].kind) == ("Q900001", "qualified")
