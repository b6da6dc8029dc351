"""Namesakes that lie elsewhere than the text says are no options, however well known they are."""

from __future__ import annotations

import pytest

from graphwright.pipeline.candidates import questions
from graphwright.pipeline.knowledge import KnowledgeBase
from graphwright.pipeline.knowledge_build import build_knowledge
from graphwright.pipeline.linking_elsewhere import stated_places
from graphwright.pipeline.linking_places import setting_of
from graphwright.pipeline.records import Document, Entity, Mention, make_document

TABLE = """id,label,aliases,types,coarse,P17,P131
Q16,Canada,,country,LOC,,
Q30,United States,,country,LOC,,
Q145,United Kingdom,,country,LOC,,
Q230,Georgia,,country,LOC,,
Q1428,Georgia,,US States,LOC,,
Q1439,Texas,,US States,LOC,,
Q1904,Ontario,,province of Canada,LOC,,
Q1741,Vienna,,city|state of Austria,LOC,Q40,
Q40,Austria,,country,LOC,,
Q900001,Harrow,,city,LOC,Q145,
Q900002,Harrow,,town,LOC,,Q1904
Q900003,Harrow,,,LOC,,
Q900004,Harrow Council,Harrow,public body,ORG,,
Q900005,Nettle Fen,,city,LOC,Q145,
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "places.csv").write_text(TABLE, encoding="utf-8")
    build_knowledge([str(folder / "places.csv")], folder / "places.sqlite")
    return KnowledgeBase.open(folder / "places.sqlite")


def read(text: str, name: str) -> tuple[Document, Entity]:
    document = make_document("memory:text", text)
    start = text.index(name)
    return document, Entity(0, name, "LOC", (Mention(document.id, start, start + len(name), "LOC", 1.0),))


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("We met in Harrow, Ontario. The Mill stood there.", {1904, 16}),
        ("Harrow is a quiet mill town in Ontario, Canada.", {1904, 16}),
        ("They left Harrow, the county seat of Nettle County, Texas.", {1439, 30}),
        ("Harrow was a port on the Thames.", set()),
        ("After the talks in Harrow, Canada agreed.", set()),
        ("They sing in Harrow, Ontario and Texas.", set()),
        ("They sing in Harrow, Vienna and Nairobi.", set()),
        ("The road to Harrow, Georgia, is long.", set()),
        ("Harrow is a friend of Ontario.", set()),
    ],
)
def test_what_a_text_says_of_where_a_place_lies(base: KnowledgeBase, text: str, places: set[int]) -> None:
    assert stated_places(*read(text, "Harrow"), base) == places


@pytest.mark.parametrize(
    ("text", "fitting"),
    [
        ("We met in Harrow.", {"Q900001", "Q900002", "Q900003", "Q900004"}),
        ("We met in Harrow, Ontario.", {"Q900002", "Q900003"}),
        ("Harrow is a town in Texas.", {"Q900003"}),
    ],
)
def test_namesakes_that_lie_elsewhere_are_no_options(base: KnowledgeBase, text: str, fitting: set[str]) -> None:
    """What is not known to lie anywhere stays, if it is a place."""
    document, entity = read(text, "Harrow")
    [question] = questions(document, [entity], base)
    assert {option.candidate.entity.id for option in question.options} & {f"Q90000{n}" for n in range(1, 5)} == fitting


def test_the_only_place_of_a_name_is_not_meant_where_the_text_puts_it_elsewhere(base: KnowledgeBase) -> None:
    document, entity = read("Nettle Fen, Texas, has a mill.", "Nettle Fen")
    [question] = questions(document, [entity], base)
    assert "Q900005" not in {option.candidate.entity.id for option in question.options}


def test_the_next_sentence_is_no_part_of_a_place(base: KnowledgeBase) -> None:
    assert setting_of(*read("We met in Harrow, Ontario. The mill stood there.", "Harrow"), base).behind == {1904}
    assert setting_of(*read("We met in Harrow, U.S. Canada lies north.", "Harrow"), base).behind == set()
