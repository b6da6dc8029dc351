"""Training examples: what labelled documents of each kind of source teach, and what they leave unknown."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from graphwright.models.examples import Example, held_out, read_examples
from graphwright.models.pieces import load_tokenizer
from graphwright.models.relation_labels import FALSE, TRUE, UNKNOWN
from graphwright.models.shipped import VOCABULARY, weights_folder
from graphwright.models.sources import COMPLETE, KNOWLEDGENET, Source
from graphwright.models.tags import TAGS
from graphwright.pipeline.records import ENTITY_LABELS

TYPES = tuple(
    sorted({*COMPLETE, "P9999", *(n.removeprefix("inverse:") for g in KNOWLEDGENET.values() for p in g for n in p)})
)
OURS = {label: (label,) for label in ENTITY_LABELS}
TEXT = "Vera Lund runs Hallgrim Works. She and two aunts live in Oslo."
TOKENIZER = load_tokenizer(weights_folder() / VOCABULARY)


def mention(name: str, label: str, entity: int, form: str = "NAME", text: str = TEXT) -> dict[str, object]:
    start = text.index(name)
    return {"start": start, "end": start + len(name), "type": label, "entity": entity, "form": form}


def row(**more: object) -> dict[str, object]:
    names = [("Vera Lund", "PER"), ("Hallgrim Works", "ORG"), ("Oslo", "LOC"), ("two", "NUM")]
    return {
        "id": "d1",
        "text": TEXT,
        "lang": "en",
        "sentences": [[0, 30], [31, len(TEXT)]],
        "mentions": [mention(name, label, n) for n, (name, label) in enumerate(names)],
        "entities": [{"id": n, "name": name, "type": label, "kb_id": None} for n, (name, label) in enumerate(names)],
        "relations": [{"head": 1, "tail": 0, "type": "P169", "evidence": [0]}],
        **more,
    }


def examples(folder: Path, source: Source, *rows: dict[str, object]) -> list[Example]:
    path = folder / source.path
    data = "".join(json.dumps(item) + "\n" for item in rows).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return list(read_examples(folder, source, TOKENIZER, TYPES))


def complete(known: frozenset[str] = frozenset(ENTITY_LABELS), name: str = "a.jsonl") -> Source:
    return Source(name, OURS, known, "complete")


def tags_of(example: Example, word: str) -> set[str]:
    place = TEXT.index(word)
    piece = example.pieces.offsets[:, 0].tolist().index(place)
    return {TAGS[number] for number in np.flatnonzero(example.allowed[piece])}


def value(example: Example, head: int, tail: int, type: str) -> int:
    assert example.relations is not None
    rows = [(example.relations.kept[h], example.relations.kept[t]) for h, t in example.relations.pairs.tolist()]
    return int(example.types[rows.index((head, tail)), TYPES.index(type)])


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_complete_document(tmp_path: Path, name: str) -> None:
    [found] = examples(
        tmp_path, complete(name=name), row(relations=[{"head": 0, "tail": 2, "type": "P551", "evidence": [1]}])
    )
    assert found.id == "d1"
    assert tags_of(found, "Vera") == {"B-PER"}
    assert tags_of(found, "Lund") == {"I-PER"}
    assert tags_of(found, "two") == {"B-NUM"}
    assert tags_of(found, "runs") == {"O"}
    assert value(found, 0, 2, "P551") == TRUE
    assert value(found, 2, 0, "P551") == value(found, 0, 2, "P19") == FALSE
    assert value(found, 0, 2, "P9999") == UNKNOWN


def test_evidence_is_the_pieces_of_its_sentences(tmp_path: Path) -> None:
    [found] = examples(tmp_path, complete(), row(relations=[{"head": 0, "tail": 2, "type": "P551", "evidence": [1]}]))
    [marked] = np.flatnonzero(found.evidence.any(axis=1))
    starts = found.pieces.offsets[found.evidence[marked], 0]
    assert starts.min() == 31
    assert found.evidence[marked].sum() == (found.pieces.offsets[:, 0] >= 31).sum()


def test_pronouns_and_descriptions_are_no_names(tmp_path: Path) -> None:
    marked = [*row()["mentions"], mention("She", "PER", 0, "PRON"), mention("aunts", "PER", 0, "NOM")]  # type: ignore[misc]
    [found] = examples(tmp_path, complete(), row(mentions=marked, relations=[]))
    assert tags_of(found, "She") == tags_of(found, "aunts") == {"O"}


def test_of_nested_mentions_the_longest_is_learned(tmp_path: Path) -> None:
    nested = [mention("Hallgrim", "PER", 0), mention("Hallgrim Works", "ORG", 1)]
    [found] = examples(tmp_path, complete(), row(mentions=nested, relations=[]))
    assert tags_of(found, "Hallgrim") == {"B-ORG"}
    assert tags_of(found, "Works") == {"I-ORG"}


def test_what_a_source_did_not_annotate_is_unknown(tmp_path: Path) -> None:
    source = Source("a.jsonl", {"person": ("PER",), "group": ("ORG", "MISC")}, frozenset({"PER", "ORG", "LOC"}))
    marked = [mention("Vera Lund", "person", 0), mention("Hallgrim Works", "group", 1)]
    [found] = examples(tmp_path, source, row(mentions=marked, entities=row()["entities"], relations=None))
    assert found.relations is None
    assert found.types.shape == (0, len(TYPES))
    assert tags_of(found, "Vera") == {"B-PER"}
    assert tags_of(found, "Hallgrim") == {"B-ORG", "B-MISC"}
    unknown = {f"{prefix}-{label}" for label in ("TIME", "NUM", "MISC") for prefix in "BI"}
    assert tags_of(found, "two") == {"O", *unknown}


def test_a_fact_read_by_passage_denies_only_where_it_was_read(tmp_path: Path) -> None:
    source = Source("a.jsonl", OURS, frozenset(), "passages")
    known = row(
        relations=[{"head": 1, "tail": 0, "type": "CEO"}], sentences=[[0, 30], [31, len(TEXT)]], annotated=[["CEO"], []]
    )
    [found] = examples(tmp_path, source, known)
    assert value(found, 1, 0, "P169") == TRUE
    assert value(found, 0, 1, "P169") == FALSE
    assert value(found, 0, 2, "P169") == UNKNOWN
    assert value(found, 0, 1, "P26") == UNKNOWN
    assert found.allowed.all()


def test_an_inverse_property_holds_the_other_way_and_a_maybe_stays_unknown(tmp_path: Path) -> None:
    source = Source("a.jsonl", OURS, frozenset(), "passages")
    whole = [0, len(TEXT)]
    known = row(relations=[{"head": 0, "tail": 1, "type": "CHILD_OF"}], sentences=[whole], annotated=[["CHILD_OF"]])
    [found] = examples(tmp_path, source, known)
    assert value(found, 1, 0, "P40") == TRUE
    assert value(found, 0, 1, "P40") == FALSE
    assert value(found, 0, 1, "P22") == UNKNOWN
    assert value(found, 1, 0, "P22") == FALSE


def test_a_single_fact_teaches_its_pair_only(tmp_path: Path) -> None:
    source = Source("a.jsonl", {}, frozenset(), "single")
    [found] = examples(tmp_path, source, row())
    assert found.relations is not None
    kept = found.relations.kept
    assert {(kept[h], kept[t]) for h, t in found.relations.pairs.tolist()} == {(1, 0), (0, 1)}
    assert value(found, 1, 0, "P169") == TRUE
    assert value(found, 0, 1, "P169") == FALSE, "not the other way round"
    relation = {"head": 1, "tail": 0, "type": "P57"}
    [found] = examples(tmp_path, source, row(relations=[relation]))
    assert value(found, 1, 0, "P86") == FALSE
    assert value(found, 1, 0, "P58") == UNKNOWN, "a director may write, too"
    assert value(found, 1, 0, "P569") == UNKNOWN


def test_a_long_document_gives_all_its_pieces(tmp_path: Path) -> None:
    text = TEXT + " Nothing else was said." * 200
    found = examples(tmp_path, complete(), row(text=text, relations=[]))
    assert len(found) > 1
    assert [item.relations is None for item in found] == [False] + [True] * (len(found) - 1)
    last = len(text.rstrip("."))
    assert max(int(item.pieces.offsets[-1, 1]) for item in found) >= last


def test_documents_held_out_are_a_tenth_and_always_the_same() -> None:
    names = [f"doc {number}" for number in range(2000)]
    share = sum(held_out(name) for name in names) / len(names)
    assert 0.07 < share < 0.13
    assert [held_out(name) for name in names] == [held_out(name) for name in names]
    assert not held_out("doc 1", part=0.0)
