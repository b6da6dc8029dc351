"""The bench: scores on labelled documents, and losses by putting gold in the place of one stage after another."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from graphwright.flows.benching import Labelled, bench_documents, labelled_documents, read_labels
from graphwright.flows.settings import load_settings
from graphwright.models.bench import bench
from graphwright.pipeline.errors import CorpusError, UsageError
from graphwright.pipeline.extraction import Given
from graphwright.pipeline.interchange import write_annotated
from graphwright.pipeline.records import Annotated, Entity, Mention, Relation, make_document

TEXT = "Ada Brook lives in Lund. She works for Lundin."


def gold(name: str) -> Annotated:
    document = replace(make_document(name, TEXT), id=name)
    spans = [(0, 9, "PER"), (19, 23, "LOC"), (39, 45, "ORG"), (25, 28, "PER")]
    mentions = [Mention(name, *span) for span in spans]
    mentions[3] = replace(mentions[3], form="pronoun")
    groups = [(mentions[0], mentions[3]), (mentions[1],), (mentions[2],)]
    entities = [Entity(n, TEXT[slice(*g[0].span)], g[0].label, g) for n, g in enumerate(groups)]
    relations = (Relation(0, 1, "LIVES_IN", 1.0), Relation(0, 2, "WORKS_FOR", 1.0))
    return Annotated(document, (), tuple(mentions), tuple(entities), relations)


class Extraction:
    """One that misses an organisation, leaves "She" alone, and doubts one of two facts."""

    def complete(self, documents: Iterable[Annotated], given: Given) -> Iterator[Annotated]:
        for item in documents:
            person, place, company = item.entities
            facts = [Relation(0, 1, "P551", 0.9), Relation(2, 0, "P1128", 0.4), Relation(1, 0, "P9999", 0.9)]
            if given == "entities":
                yield replace(item, relations=tuple(facts))
                continue
            alone = Entity(3, "She", "PER", person.mentions[1:])
            person = replace(person, mentions=person.mentions[:1])
            known = [person, place, company, alone] if given == "mentions" else [person, place]
            told = facts if given == "mentions" else facts[:1]
            mentions = tuple(mention for entity in known for mention in entity.mentions)
            yield replace(item, mentions=mentions, entities=tuple(known), relations=tuple(told))


LABELS = {"P551": ["LIVES_IN"], "P1128": ["inverse:WORKS_FOR"]}


def test_scores_and_losses() -> None:
    found = bench([gold("a"), gold("b")], Extraction().complete, 0.5, LABELS)
    scores = {item.measure: item.score for item in found.scores}
    assert found.documents == 2
    assert scores["entities F1"] == pytest.approx(2 * 2 / (2 + 3), abs=1e-4)
    assert scores["entities F1, ORG"] == 0.0
    assert scores["coreference F1, mentions given"] < 1.0
    assert scores["relations F1, entities given"] == pytest.approx(2 / 3, abs=1e-4)
    assert scores["calibration error, entities given"] == pytest.approx((0.1 + 0.6) / 2, abs=1e-4)
    losses = dict(found.losses)
    assert losses["calibration: the threshold in use against the best here"] == pytest.approx(1 / 3, abs=1e-4)
    assert losses["relations: all the rest"] == 0.0
    assert sum(losses.values()) + scores["relations F1, raw text"] == pytest.approx(1.0, abs=1e-3)


def test_equal_documents_leave_no_doubt_and_equal_seeds_give_equal_bounds() -> None:
    found = bench([gold("a"), gold("b")], Extraction().complete, 0.5, LABELS)
    assert all(item.low == item.score == item.high for item in found.scores)
    mixed = [gold("a"), replace(gold("b"), relations=())]
    first, second = (bench(mixed, Extraction().complete, 0.5, LABELS, seed=3) for _ in range(2))
    assert first == second
    raw = next(item for item in first.scores if item.measure == "relations F1, raw text")
    assert raw.low < raw.score < raw.high


def test_names_alone_give_no_losses() -> None:
    names = [replace(gold("a"), relations=None)]
    found = bench(names, Extraction().complete, 0.5, {})
    assert found.losses == ()
    assert not [item for item in found.scores if "relations" in item.measure]


def test_nothing_labelled_is_told() -> None:
    with pytest.raises(CorpusError, match="no document has a labelled mention"):
        bench([Annotated(make_document("a", TEXT))], Extraction().complete, 0.5, {})


def test_a_folder_of_several_formats(tmp_path: Path) -> None:
    write_annotated([gold("a")], tmp_path / "a.jsonl")
    (tmp_path / "b.iob2").write_text("Lund\tB-LOC\n", encoding="utf-8")
    assert len(list(labelled_documents(tmp_path, None))) == 2
    (tmp_path / "sub").mkdir()
    with pytest.raises(CorpusError, match="the folder is empty"):
        list(labelled_documents(tmp_path / "sub", None))


@pytest.mark.parametrize("content", ["[1]", "{", '{"P1": 3}'])
def test_a_map_of_another_shape_is_told(content: str, tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="wanted a JSON object"):
        read_labels(path)


def test_the_shipped_networks_on_documents_of_a_users_own(tmp_path: Path) -> None:
    write_annotated([gold("a")], tmp_path / "a.jsonl")
    labels = tmp_path / "map.json"
    labels.write_text(json.dumps({"P551": "LIVES_IN", "P108": ["WORKS_FOR"]}), encoding="utf-8")
    found = bench_documents(load_settings(), Labelled(tmp_path / "a.jsonl", labels=labels))
    scores = {item.measure: item.score for item in found.scores}
    assert scores["relations F1, entities given"] == 1.0
    assert scores["coreference F1, mentions given"] == 1.0
