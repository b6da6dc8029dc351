"""The same fact in the active and in the passive voice: what is found in one is found in the other."""

from __future__ import annotations

from voices import PAIRS, found

from graphwright.models.shipped import load_annotator
from graphwright.pipeline.records import make_document
from graphwright.pipeline.schema import load_schema


def test_the_pairs_name_the_same_things() -> None:
    assert len({(pair["active"], pair["passive"]) for pair in PAIRS}) == len(PAIRS) == 60
    for pair in PAIRS:
        assert all(pair[end] in pair[voice] for end in ("head", "tail") for voice in ("active", "passive"))


def test_what_is_denied_stays_denied_where_the_next_sentence_begins_with_the_same_person() -> None:
    text = (
        "Marie Curie was born in Warsaw in 1867. She never worked for Siemens. "
        "In 1895 she married Pierre Curie in Sceaux."
    )
    (item,) = load_annotator(schema=load_schema()).annotate([make_document("d", text, language="en")])
    told = {relation.type: relation.assertion for relation in item.relations or () if relation.score > 0.5}
    assert (told["P108"], told["P19"]) == ("negated", "asserted")


def test_the_passive_voice_loses_little() -> None:
    annotator = load_annotator(schema=load_schema())
    active, passive = found(annotator, "active"), found(annotator, "passive")
    assert active >= 42
    assert passive >= 0.85 * active
