from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphwright.pipeline.errors import CorpusError, StoreError
from graphwright.pipeline.interchange import from_json, read_annotated, to_json, write_annotated
from graphwright.pipeline.records import Annotated, Assertion, Document, Entity, Form, Mention, Relation, make_document

LINE: dict[str, Any] = {
    "id": "own-1",
    "text": "Ada Brook lives in Lund. She likes it.",
    "lang": "en",
    "title": "Ada",
    "fold": 2,
    "sentences": [[0, 24], [25, 38]],
    "mentions": [
        {"start": 0, "end": 9, "type": "PER", "entity": 0},
        {"start": 19, "end": 23, "type": "LOC", "entity": 1},
        {"start": 25, "end": 28, "type": "PER", "entity": 0, "form": "PRON"},
    ],
    "entities": [{"id": 0, "name": "Ada Brook", "kb_id": None}, {"id": 1, "name": "Lund", "kb_id": "Q2167"}],
    "relations": [{"head": 0, "tail": 1, "type": "P551", "evidence": [0, 1], "score": 0.75, "assertion": "hedged"}],
}

# Whole documents are large examples: few of them, and no complaint where the machine is busy.
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

scores = st.sampled_from([0.0, 0.1, 0.5, 1 / 3, 1.0])
labels = st.sampled_from(["PER", "ORG", "LOC", "TIME", "NUM", "MISC"])
words = st.text(max_size=4)


@st.composite
def spans(draw: st.DrawFn, length: int) -> tuple[int, int]:
    start = draw(st.integers(0, length - 1))
    return start, draw(st.integers(start + 1, length))


@st.composite
def annotated(draw: st.DrawFn) -> Annotated:
    text = draw(st.text(min_size=1, max_size=20))
    metadata = draw(st.dictionaries(st.sampled_from(["title", "fold", "x y"]), words, max_size=3))
    document = Document(draw(words), text, draw(words), draw(st.sampled_from(["en", "zh"])), metadata)
    span = spans(len(text))
    places = draw(st.lists(span, max_size=4, unique=True))
    forms = st.sampled_from(get_args(Form))
    mentions = [Mention(document.id, *place, draw(labels), draw(scores), draw(forms)) for place in places]
    owners = [draw(st.integers(0, 1) | st.none()) for _ in mentions]
    entities = tuple(
        Entity(number, draw(words), draw(labels),
               tuple(mention for mention, owner in zip(mentions, owners, strict=True) if owner == number),
               draw(st.sampled_from([None, "Q1", "Q90"])), draw(scores))
        for number in range(2)
    )  # fmt: skip
    sentences = tuple(draw(st.lists(span, max_size=3, unique=True)))
    evidence = st.lists(st.sampled_from(sentences) | span if sentences else span, max_size=2).map(tuple)
    pairs = st.lists(st.tuples(words, words), max_size=2).map(tuple)
    relation = st.builds(
        Relation, st.integers(0, 1), st.integers(0, 1), words, scores, evidence,
        st.sampled_from(get_args(Assertion)), pairs, words,
    )  # fmt: skip
    relations = draw(st.none() | st.lists(relation, max_size=2).map(tuple))
    return Annotated(document, sentences, tuple(mentions), entities, relations)


@few
@given(annotated())
def test_a_document_survives_json(one: Annotated) -> None:
    assert from_json(json.loads(json.dumps(to_json(one))), "elsewhere") == one


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
@few
@given(documents=st.lists(annotated(), max_size=2))
def test_a_file_gives_the_documents_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, documents: list[Annotated]
) -> None:
    path = tmp_path_factory.mktemp("interchange") / name
    assert write_annotated(documents, path) == len(documents)
    assert list(read_annotated(path)) == documents
    before = path.read_bytes()
    write_annotated(documents, path)
    assert path.read_bytes() == before


def test_what_a_line_says(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(LINE) + "\n\n", encoding="utf-8")
    (one,) = read_annotated(path)
    assert one.document.source == f"{path.resolve().as_uri()}#own-1"
    assert one.document.metadata == {"title": "Ada", "fold": "2"}
    assert one.mentions[2] == Mention("own-1", 25, 28, "PER", 1.0, "pronoun")
    assert one.entities[0].mentions == (one.mentions[0], one.mentions[2])
    assert [(entity.label, entity.kb_id) for entity in one.entities] == [("PER", None), ("LOC", "Q2167")]
    assert one.relations == (Relation(0, 1, "P551", 0.75, ((0, 24), (25, 38)), "hedged"),)


def test_the_label_of_an_entity_is_its_type_else_its_commonest_mention_label() -> None:
    mentions = [{"start": n, "end": n + 1, "type": label, "entity": 0} for n, label in enumerate(["ORG", "LOC", "LOC"])]
    line = {"id": "a", "text": "abc", "mentions": mentions, "entities": [{"id": 0, "name": "a"}], "relations": []}
    assert from_json(line, "").entities[0].label == "LOC"
    line["entities"] = [{"id": 0, "name": "a", "type": "MISC"}]
    assert from_json(line, "").entities[0].label == "MISC"


def test_half_a_surrogate_pair_survives_a_file(tmp_path: Path) -> None:
    one = Annotated(Document("a", "x \ud83d y", "memory:a"))
    write_annotated([one], tmp_path / "a.jsonl")
    assert list(read_annotated(tmp_path / "a.jsonl")) == [one]


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + json.dumps(LINE).encode())
    assert [one.document.id for one in read_annotated(tmp_path / "a.jsonl")] == ["own-1"]


def test_no_relations_and_unknown_relations_differ() -> None:
    assert from_json({"id": "a", "text": "b", "relations": []}, "").relations == ()
    assert from_json({"id": "a", "text": "b", "relations": None}, "").relations is None
    assert to_json(from_json({"id": "a", "text": "b"}, ""))["relations"] is None


def test_limit_reads_no_further(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(LINE) + "\nnot json\n", encoding="utf-8")
    assert len(list(read_annotated(path, limit=1))) == 1
    with pytest.raises(CorpusError, match=r"own\.jsonl line 2: wanted one JSON object"):
        list(read_annotated(path))


def changed(**keys: object) -> dict[str, Any]:
    return {**LINE, **keys}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ([1], "wanted a JSON object with 'id' and 'text', found a list"),
        ({"id": "a"}, "wanted 'text'; found id"),
        (changed(id=3), "'id' wants str, found 3"),
        (changed(sentences=[[0, 99]]), r"'sentences' wants spans with 0 <= start < end <= 38, found \[0, 99\]"),
        (changed(sentences=["x"]), r"'sentences' wants spans \[start, end\], found 'x'"),
        (changed(mentions={}), "'mentions' wants a list"),
        (changed(mentions=[{"start": 3, "end": 3, "type": "PER"}]), "0 <= start < end"),
        (changed(mentions=[{"start": 0, "end": 3, "type": "PER", "form": "X"}]), "'form' wants one of NAME, NOM, PRON"),
        (changed(mentions=[{"start": 0, "end": 3, "type": "PER", "score": 7}]), "a probability from 0 to 1, found 7"),
        (changed(entities=[]), "a mention refers to entity 0, which 'entities' does not list"),
        (changed(relations=[{"head": 0, "tail": 9, "type": "P1"}]), "a relation refers to entity 9"),
        (changed(relations=[{"head": 0, "tail": 1, "type": "P1", "evidence": [2]}]), "numbers from 0 to 1, found 2"),
        (changed(relations=[{"head": 0, "tail": 1, "type": "P1", "assertion": "no"}]), "one of asserted, negated"),
        (changed(relations=[{"head": 0, "tail": 1, "type": "P1", "said_by": None}]), "'said_by' wants str, found None"),
        (changed(metadata={"a": 1}), "'metadata' wants an object whose values are strings"),
    ],
)
def test_a_bad_line_is_named_with_what_was_wanted(tmp_path: Path, line: object, message: str) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(LINE) + "\n" + json.dumps(line) + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"own\.jsonl line 2: .*" + message):
        list(read_annotated(path))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", b"{}\n" + '{"id": "ä"}'.encode("latin-1"), r"a\.jsonl line 2: wanted UTF-8 text"),
        ("a.jsonl.gz", b"plain", "cannot be read: Not a gzipped file"),
        ("a.jsonl.gz", gzip.compress(json.dumps(LINE).encode() * 99)[:-20], "cannot be read"),
        ("", b"", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    if name:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(CorpusError, match=message):
        list(read_annotated(tmp_path / (name or "missing.jsonl")))


def test_documents_may_be_written_to_the_file_that_they_are_read_from(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text('{"id": "a", "text": "Ann met Bob."}\n', encoding="utf-8")
    assert write_annotated(read_annotated(path), path) == 1
    assert [annotated.document.text for annotated in read_annotated(path)] == ["Ann met Bob."]


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot be written \(No such file or directory\)"):
        write_annotated([], tmp_path / "missing" / "a.jsonl")


def test_a_language_that_is_not_named_is_detected_and_one_that_is_no_string_refused() -> None:
    german = from_json({"id": "a", "text": "Lena wurde in Ulm geboren und ist die Leiterin der Firma."}, "s")
    assert german.document.language == "de"
    named = from_json({"id": "a", "text": "Lena wurde in Ulm geboren und ist da.", "lang": "en"}, "s")
    assert named.document.language == "en"
    with pytest.raises(CorpusError, match="'lang' wants str, found 5"):
        from_json({"id": "a", "text": "x", "lang": 5}, "s")


def test_how_many_pairs_were_not_asked_about_is_kept() -> None:
    annotated = Annotated(make_document("s", "Ada"), unasked=7)
    assert from_json(to_json(annotated), "s").unasked == 7
    assert "unasked" not in to_json(replace(annotated, unasked=0))


def test_a_pronoun_that_does_not_say_so_is_one_and_a_name_that_looks_like_one_stays_a_name() -> None:
    plain = {key: value for key, value in LINE["mentions"][2].items() if key != "form"}
    content = from_json({**LINE, "mentions": [*LINE["mentions"][:2], plain]}, "own.jsonl")
    assert [mention.form for mention in content.mentions] == ["name", "name", "pronoun"]
    named = [replace(mention, form="name") for mention in content.mentions]
    written = to_json(replace(content, mentions=tuple(named), entities=(), relations=()))
    assert written["mentions"][2]["form"] == "NAME"
    assert [mention.form for mention in from_json(written, "own.jsonl").mentions] == ["name"] * 3
