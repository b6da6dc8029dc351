"""Training texts from sentence frames: what they state, what they deny, and that it is right to the character."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from graphwright.models.examples import read_examples
from graphwright.models.frames import SLOT, frame_texts, load_frames
from graphwright.models.pieces import load_tokenizer
from graphwright.models.relation_labels import FALSE, TRUE, UNKNOWN
from graphwright.models.shipped import VOCABULARY, weights_folder
from graphwright.models.sources import ENTITY_SOURCES
from graphwright.models.stitching import Labelled
from graphwright.pipeline.records import ENTITY_LABELS
from graphwright.pipeline.schema import load_schema

COUNT = 1000


@pytest.fixture(scope="module")
def texts() -> list[Labelled]:
    return list(frame_texts(COUNT, 5))


def test_equal_seeds_give_equal_texts(texts: list[Labelled]) -> None:
    assert list(frame_texts(COUNT, 5)) == texts
    assert [t.content.document.text for t in frame_texts(20, 6)] != [t.content.document.text for t in texts[:20]]
    assert len({item.id for item in texts}) == COUNT


def test_frames_are_of_known_kinds_and_properties() -> None:
    found, schema = load_frames(), load_schema()
    assert {label for label, _ in found.kinds.values()} <= set(ENTITY_LABELS)
    for frame in found.frames:
        slots = {match[1] + match[2]: match[1] for match in SLOT.finditer(frame.text)}
        assert frame.text[-1] == "."
        assert set(slots.values()) <= found.kinds.keys()
        for head, name, tail in (*frame.true, *frame.unknown):
            assert {head, tail} <= slots.keys(), frame.text
            assert name in schema.properties, frame.text
        for head, name, tail in frame.true:
            ends = (found.kinds[slots[end]][0] for end in (head, tail))
            assert schema.allows(next(ends), name, next(ends)), (frame.text, name)


def test_a_fifth_of_the_frames_states_nothing() -> None:
    frames = load_frames().frames
    assert len(frames) > 250
    assert sum(not frame.true for frame in frames) > len(frames) / 5


def test_mentions_are_where_the_names_are(texts: list[Labelled]) -> None:
    for item in texts:
        content = item.content
        names = [entity.name for entity in content.entities]
        assert len(set(names)) == len(names)
        for entity in content.entities:
            for mention in entity.mentions:
                surface = content.document.text[mention.start : mention.end]
                assert mention.form == "pronoun" or surface in (entity.name, entity.name[:-1], entity.name.split()[-1])
        assert ".." not in content.document.text
        assert "{" not in content.document.text


def test_facts_have_their_sentences_and_what_follows_from_them(texts: list[Labelled]) -> None:
    schema = load_schema()
    for item in texts:
        facts = {(r.head, r.type, r.tail) for r in item.content.relations or ()}
        assert not facts & item.unsaid
        for relation in item.content.relations or ():
            known = schema.property(relation.type)
            for other in (known.inverse, relation.type if known.symmetric else None):
                assert other is None or (relation.tail, other, relation.head) in facts
            assert relation.evidence
            assert set(relation.evidence) <= set(item.content.sentences)


def test_what_a_frame_does_not_state_is_false() -> None:
    source = next(source for source in ENTITY_SOURCES if source.relations == "frames" and source.joined == 1)
    types = tuple(sorted(load_schema().properties))
    tokenizer = load_tokenizer(weights_folder() / VOCABULARY)
    found = list(islice(read_examples(Path("no files are read"), source, tokenizer, types), 300))
    labels = np.concatenate([example.types.ravel() for example in found])
    assert {TRUE, UNKNOWN} < set(labels.tolist())
    assert (labels == FALSE).mean() > 0.98
    assert any((example.types == TRUE).sum() >= 2 for example in found)
    assert any(len(example.types) and not (example.types == TRUE).any() for example in found)
