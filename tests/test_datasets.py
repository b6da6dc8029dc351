from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphwright.pipeline.datasets import READERS, detected_format, read_dataset
from graphwright.pipeline.datasets.columns import chunks
from graphwright.pipeline.datasets.tokens import aligned, joined
from graphwright.pipeline.errors import CorpusError, UsageError
from graphwright.pipeline.interchange import read_annotated, write_annotated
from graphwright.pipeline.records import Annotated

DOCRED: list[dict[str, Any]] = [
    {
        "title": "Ada Brook",
        "sents": [
            ["Ada", "Brook", "lives", "in", "Lund", "."],
            ["Brook", "'s", "son", "is", "Tim", "(", "b.", "1990", ")"],
        ],
        "vertexSet": [
            [
                {"name": "Ada Brook", "sent_id": 0, "pos": [0, 2], "type": "PER"},
                {"name": "Brook", "sent_id": 1, "pos": [0, 1], "type": "PER"},
            ],
            [{"name": "Lund", "sent_id": 0, "pos": [4, 5], "type": "LOC"}],
            [{"name": "Tim", "sent_id": 1, "pos": [4, 5], "type": "PER"}],
            [{"name": "1990", "sent_id": 1, "pos": [7, 8], "type": "TIME"}],
        ],
        "labels": [
            {"r": "P551", "h": 0, "t": 1, "evidence": [0]},
            {"r": "P40", "h": 0, "t": 2, "evidence": [1]},
            {"r": "P569", "h": 2, "t": 3},
        ],
    },
    {"title": "Unread", "sents": [["Nothing", "."]], "vertexSet": []},
]
FEWREL: dict[str, Any] = {
    "P26": [
        {
            "tokens": ["Eva", "Lind", "met", "Olaf", ";", "Eva", "Lind", "married", "him", "."],
            "h": ["eva lind", "Q1", [[0, 1], [5, 6]]],
            "t": ["olaf", "", [[3]]],
        }
    ]
}
KNOWLEDGENET: dict[str, Any] = {
    "fold": 1,
    "documentId": "77",
    "source": "our own",
    "documentText": "Intro. Ada Brook was born in Lund. She works for Lundin. The end.",
    "passages": [
        {
            "passageId": "77:7:34",
            "passageStart": 7,
            "passageEnd": 34,
            "passageText": "Ada Brook was born in Lund.",
            "exhaustivelyAnnotatedProperties": [
                {"propertyId": "12", "propertyName": "PLACE_OF_BIRTH", "propertyDescription": "where"}
            ],
            "facts": [
                {
                    "factId": "77:1", "propertyId": "12", "subjectStart": 7, "subjectEnd": 16, "objectStart": 29,
                    "objectEnd": 33, "subjectUri": "http://www.wikidata.org/entity/Q1", "objectUri": "",
                    "subjectText": "Ada Brook", "objectText": "Lund",
                }
            ],
        },
        {
            "passageId": "77:35:56",
            "passageStart": 35,
            "passageEnd": 56,
            "passageText": "She works for Lundin.",
            "exhaustivelyAnnotatedProperties": [
                {"propertyId": "3", "propertyName": "EMPLOYEE_OR_MEMBER_OF", "propertyDescription": "for whom"}
            ],
            "facts": [
                {
                    "factId": "77:2", "propertyId": "3", "subjectStart": 35, "subjectEnd": 38, "objectStart": 49,
                    "objectEnd": 55, "subjectUri": "http://www.wikidata.org/entity/Q1", "objectUri": "",
                    "subjectText": "She", "objectText": "Lundin",
                }
            ],
        },
    ],
}  # fmt: skip
CONLL = """-DOCSTART- -X- O O

Ada NNP B-NP I-PER
Brook NNP I-NP I-PER
lives VBZ B-VP O
in IN B-PP O
Lund NNP B-NP I-LOC
. . O O

# NN B-NP O
1 CD I-NP O

-DOCSTART- -X- O O

Lund NNP B-NP B-LOC
"""
UNER = """# sent_id = s1
# text = Ada Brook isn't in Lund.
1\tAda\tB-PER\t-\t-
2\tBrook\tI-PER\t-\t-
3\tis\tO\t-\t-
4\tn't\tO\t-\t-
5\tin\tO\t-\t-
6\tLund\tB-LOC\t-\t-
7\t.\tO\t-\t-

# sent_id = s2
# text = 隆德很冷
1\t隆德\tB-LOC\t-\t-
2\t很\tO\t-\t-
3\t冷\tO\t-\t-
"""
BRAT_TEXT = "Ada Brook lives in Lund.\r\nBrook works for Lundin & Sons."
BRAT_NOTES = """T1\tPER 0 9\tAda Brook
T2\tLOC 19 23\tLund
T3\tPER 26 31\tBrook
T4\tORG 42 48;51 55\tLundin Sons
R1\tworks_for Arg1:T3 Arg2:T4
*\tEquiv T1 T3
N1\tReference T2 Wikidata:Q2167\tLund
A1\tNegation R1
#1\tAnnotatorNotes T1\tcheck
"""


def named(annotated: Annotated) -> set[tuple[str, str, str]]:
    """Relations with the names of their ends."""
    names = {entity.id: entity.name for entity in annotated.entities}
    return {(names[one.head], one.type, names[one.tail]) for one in annotated.relations or ()}


def words(annotated: Annotated) -> list[tuple[str, str]]:
    return [(annotated.document.text[one.start : one.end], one.label) for one in annotated.mentions]


def put(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8", newline="")
    return path


def test_docred(tmp_path: Path) -> None:
    first, second = read_dataset(put(tmp_path, "dev_revised.json", DOCRED))
    assert first.document.text == "Ada Brook lives in Lund. Brook's son is Tim (b. 1990)"
    assert first.document.id == "dev_revised-0"
    assert first.document.metadata == {"title": "Ada Brook"}
    assert words(first) == [("Ada Brook", "PER"), ("Lund", "LOC"), ("Brook", "PER"), ("Tim", "PER"), ("1990", "TIME")]
    assert [len(entity.mentions) for entity in first.entities] == [2, 1, 1, 1]
    assert named(first) == {("Ada Brook", "P551", "Lund"), ("Ada Brook", "P40", "Tim"), ("Tim", "P569", "1990")}
    assert first.relations is not None
    assert [one.evidence for one in first.relations] == [(first.sentences[0],), (first.sentences[1],), ()]
    assert second.relations is None


def test_fewrel(tmp_path: Path) -> None:
    (only,) = read_dataset(put(tmp_path, "val_wiki.json", FEWREL))
    assert only.document.text == "Eva Lind met Olaf; Eva Lind married him."
    assert only.document.id == "val_wiki-P26-0"
    assert named(only) == {("eva lind", "P26", "olaf")}
    assert [entity.kb_id for entity in only.entities] == ["Q1", None]
    assert words(only) == [("Eva Lind", "ENTITY"), ("Olaf", "ENTITY"), ("Eva Lind", "ENTITY")]


def test_knowledgenet(tmp_path: Path) -> None:
    (only,) = read_dataset(put(tmp_path, "train.json", KNOWLEDGENET))
    assert only.document.id == "77"
    assert words(only) == [("Ada Brook", "PER"), ("Lund", "LOC"), ("She", "PER"), ("Lundin", "ORG")]
    assert named(only) == {("Ada Brook", "PLACE_OF_BIRTH", "Lund"), ("Ada Brook", "EMPLOYEE_OR_MEMBER_OF", "Lundin")}
    assert [entity.kb_id for entity in only.entities] == ["Q1", None, None]
    assert json.loads(only.document.metadata["annotated"]) == [["PLACE_OF_BIRTH"], ["EMPLOYEE_OR_MEMBER_OF"]]
    assert only.sentences == ((7, 34), (35, 56))


def test_conll_with_documents_of_several_sentences(tmp_path: Path) -> None:
    first, second = read_dataset(put(tmp_path, "eng.conll", CONLL))
    assert first.document.text == "Ada Brook lives in Lund. #1"
    assert words(first) == [("Ada Brook", "PER"), ("Lund", "LOC")]
    assert len(first.sentences) == 2
    assert words(second) == [("Lund", "LOC")]
    assert first.relations is None


def test_iob2_with_the_text_in_comments(tmp_path: Path) -> None:
    first, second = read_dataset(put(tmp_path, "en_own-dev.iob2", UNER))
    assert first.document.text == "Ada Brook isn't in Lund."
    assert words(first) == [("Ada Brook", "PER"), ("Lund", "LOC")]
    assert second.document.text == "隆德很冷"
    assert words(second) == [("隆德", "LOC")]


def test_newdoc_comments_start_documents(tmp_path: Path) -> None:
    text = "# newdoc id = a\nAda B-PER\n\nLund B-LOC\n\n# newdoc id = b\nTim B-PER\n"
    first, second = read_dataset(put(tmp_path, "own.bio", text))
    assert (first.document.text, second.document.text) == ("Ada Lund", "Tim")


@pytest.mark.parametrize("name", ["note.txt", "note.ann", ""])
def test_brat(tmp_path: Path, name: str) -> None:
    put(tmp_path, "note.txt", BRAT_TEXT)
    put(tmp_path, "note.ann", BRAT_NOTES)
    (only,) = read_dataset(tmp_path / name)
    assert only.document.text == BRAT_TEXT
    assert words(only) == [("Ada Brook", "PER"), ("Lund", "LOC"), ("Brook", "PER"), ("Lundin & Sons", "ORG")]
    assert named(only) == {("Ada Brook", "works_for", "Lundin & Sons")}
    assert [entity.kb_id for entity in only.entities] == [None, "Q2167", None]


def test_our_own_lines(tmp_path: Path) -> None:
    documents = list(read_dataset(put(tmp_path, "dev.json", DOCRED)))
    write_annotated(documents, tmp_path / "own.jsonl.gz")
    assert list(read_dataset(tmp_path / "own.jsonl.gz")) == documents
    assert detected_format(tmp_path / "own.jsonl.gz") == "jsonl"


@pytest.mark.parametrize(("name", "content"), [("a.json", DOCRED), ("b.json", FEWREL), ("c.json", KNOWLEDGENET)])
def test_every_format_survives_interchange(tmp_path: Path, name: str, content: object) -> None:
    documents = list(read_dataset(put(tmp_path, name, content)))
    assert write_annotated(documents, tmp_path / "again.jsonl") == len(documents)
    assert list(read_annotated(tmp_path / "again.jsonl")) == documents


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", "[{", r"a\.json line 1: wanted JSON"),
        ("a.json", [{"sents": [["x"]], "vertexSet": [[{"sent_id": 0, "pos": [0, 2], "type": "PER"}]]}],
         r"a\.json document 0: no tokens 0 to 2 in sentence 0"),
        ("a.json", [{"sents": [["x"]], "vertexSet": [], "labels": [{"r": "P1", "h": 0, "t": 1}]}],
         "document 0: a relation from entity 0 to 1, of 0 entities"),
        ("a.json", [{"sents": 3}], "document 0: 'sents' wants list, found 3"),
        ("a.json", ["x"], "document 0: wanted an object with 'sents', found 'x'"),
        ("b.json", {"P1": [{"tokens": ["x"], "h": ["x", "Q1", [[4]]], "t": ["x", "Q1", [[0]]]}]},
         "relation P1, sentence 0: an end of 1 tokens"),
        ("b.json", {"P1": [{"tokens": ["x"], "h": ["x"], "t": []}]}, "relation P1, sentence 0: not in the format"),
        ("c.json", '{"passages": []}\n', r"c\.json line 1: not in the format \(KeyError"),
        ("d.conll", "Ada B-PER\nBrook\n", r"d\.conll line 2: wanted a token and a tag such as B-PER or O"),
        ("e.bin", "\x00\x01", "its name and first line fit none of brat, columns, docred, fewrel, jsonl, knowledgenet"),
        ("f.txt", "Ada", r"f\.ann cannot be read: No such file"),
    ],
)  # fmt: skip
def test_what_is_not_in_the_format_is_named_with_its_place(
    tmp_path: Path, name: str, content: object, message: str
) -> None:
    with pytest.raises(CorpusError, match=message):
        list(read_dataset(put(tmp_path, name, content)))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("T1\tPER 0 3\tEva", r"note\.ann line 1: the text has 'Ada' at 0 3, not 'Eva'"),
        ("R1\tmet Arg1:T1 Arg2:T2", r"note\.ann as a whole: not in the format \(KeyError: 'T1'"),
        ("what is this", r"note\.ann line 1: wanted a line that begins with T, R"),
    ],
)
def test_broken_brat(tmp_path: Path, line: str, message: str) -> None:
    put(tmp_path, "note.txt", BRAT_TEXT)
    put(tmp_path, "note.ann", line + "\n")
    with pytest.raises(CorpusError, match=message):
        list(read_dataset(tmp_path))


def test_an_unknown_format_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no data format 'ace'; known: brat, columns, docred"):
        read_dataset(tmp_path, "ace")


def test_a_folder_without_annotations_is_no_data_set(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="found neither"):
        read_dataset(tmp_path)


def test_every_detected_format_has_a_reader(tmp_path: Path) -> None:
    names = {detected_format(put(tmp_path, name, "{}")) for name in ("a.ann", "a.iob2", "a.json")}
    assert names <= READERS.keys()


tokens = st.text(alphabet="ab(),.'\"$Z隆 很".replace(" ", ""), min_size=1, max_size=4)


@given(st.lists(st.lists(tokens, min_size=1, max_size=6), min_size=1, max_size=3))
def test_spans_of_tokens_give_the_tokens_back(sentences: list[list[str]]) -> None:
    text, bounds, spans = joined(sentences)
    shown = {"''": '"', "``": '"'}
    for sentence, (start, end), places in zip(sentences, bounds, spans, strict=True):
        assert [text[first:last] for first, last in places] == [shown.get(token, token) for token in sentence]
        assert (start, end) == (places[0][0], places[-1][1])
        assert aligned([text[first:last] for first, last in places], text[start:end]) == [
            (first - start, last - start) for first, last in places
        ]


def test_quotes_and_brackets_stand_as_a_reader_expects() -> None:
    sentence = [
        "He",
        "said",
        "``",
        "go",
        "''",
        "(",
        "twice",
        ")",
        ",",
        "to",
        "the",
        "dog",
        "'s",
        "“",
        "house",
        "”",
        ".",
    ]
    assert joined([sentence])[0] == 'He said "go" (twice), to the dog\'s “house”.'
    assert joined([["a", "-LRB-", "b", "-RRB-", "!"]])[0] == "a (b)!"


def test_chunks_of_all_schemes() -> None:
    expected = [(0, 1, "PER"), (3, 3, "LOC"), (4, 4, "LOC")]
    for tags in (
        ["B-PER", "I-PER", "O", "B-LOC", "B-LOC"],
        ["I-PER", "I-PER", "O", "I-LOC", "B-LOC"],
        ["B-PER", "E-PER", "O", "S-LOC", "S-LOC"],
        ["B-PER", "L-PER", "O", "U-LOC", "U-LOC"],
    ):
        assert list(chunks(tags)) == expected
