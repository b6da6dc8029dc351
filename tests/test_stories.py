"""Training texts from stories: lines, wordings and facts that fit together, and what they deny."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from graphwright.models.examples import read_examples
from graphwright.models.frames import SLOT, Frame, load_frames
from graphwright.models.pieces import load_tokenizer
from graphwright.models.relation_labels import FALSE, TRUE, UNKNOWN
from graphwright.models.shipped import VOCABULARY, weights_folder
from graphwright.models.sources import ENTITY_SOURCES
from graphwright.models.stitching import Labelled
from graphwright.models.stories import load_stories, story_texts
from graphwright.pipeline.given_names import gender_of_name
from graphwright.pipeline.schema import load_schema

COUNT = 500


@pytest.fixture(scope="module")
def texts() -> list[Labelled]:
    return list(story_texts(COUNT, 5))


def slots(frame: Frame) -> dict[str, str]:
    """Slot -> kind."""
    return {match[1] + match[2]: match[1] for match in SLOT.finditer(frame.text)}


def test_equal_seeds_give_equal_texts(texts: list[Labelled]) -> None:
    assert list(story_texts(COUNT, 5)) == texts
    assert len({item.id for item in texts}) == COUNT
    assert len({item.content.document.text for item in texts}) == COUNT


def test_facts_are_about_names_told_so_far_and_such_as_the_schema_allows() -> None:
    kinds, schema = load_frames().kinds, load_schema()
    for story in load_stories():
        told: dict[str, str] = {}
        for line in story:
            own = {slot: kind for frame in line for slot, kind in slots(frame).items()}
            for frame in line:
                known = told | slots(frame)
                assert set(known.values()) <= kinds.keys(), frame.text
                for head, name, tail in (*frame.true, *frame.unknown):
                    assert {head, tail} <= known.keys(), (frame.text, head, name, tail)
                for head, name, tail in frame.true:
                    assert schema.allows(kinds[known[head]][0], name, kinds[known[tail]][0]), (frame.text, name)
            told |= own


def test_men_and_women_have_names_and_pronouns_of_theirs(texts: list[Labelled]) -> None:
    seen = set()
    for item in texts:
        text = item.content.document.text
        for entity in item.content.entities:
            for mention in entity.mentions:
                surface = text[mention.start : mention.end].lower()
                gender = {"he": "male", "his": "male", "she": "female", "her": "female"}.get(surface)
                if gender:
                    assert gender_of_name(entity.name) == gender, text
                    seen.add(gender)
    assert seen == {"male", "female"}


def test_what_a_story_does_not_state_is_false_but_where_things_are() -> None:
    source = next(source for source in ENTITY_SOURCES if source.relations == "stories")
    types = tuple(sorted(load_schema().properties))
    tokenizer = load_tokenizer(weights_folder() / VOCABULARY)
    found = list(islice(read_examples(Path("no files are read"), source, tokenizer, types), 100))
    columns = {name: types.index(name) for name in ("P17", "P112")}
    founded = [example.types[:, columns["P112"]] for example in found]
    assert any((labels == TRUE).any() for labels in founded)
    assert any(len(labels) and (labels == FALSE).all() for labels in founded)
    assert any((example.types[:, columns["P17"]] == UNKNOWN).any() for example in found)
    assert not (founded[0] == UNKNOWN).all()
