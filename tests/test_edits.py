"""Edits of labelled documents: each label still covers what it covered, in the text as it is now."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphwright.models.edits import Edit, edited, joined
from graphwright.models.perturbations import PERTURBATIONS, invented_word
from graphwright.pipeline.records import Annotated, Document, Entity, Mention, Relation
from graphwright.pipeline.sentences import sentences

TEXT = "Orla Finn was born in Cork. She works for the University of Örebro. It rained on her mother Maeve Finn."
NAMES = (("Orla Finn", "PER", 0), ("Cork", "LOC", 1), ("She", "PER", 0), ("Örebro", "LOC", 2), ("Maeve Finn", "PER", 3))


def labelled(name: str = "d") -> Annotated:
    found = []
    for text, label, entity in NAMES:
        start, form = TEXT.index(text), "pronoun" if text == "She" else "name"
        found.append((entity, Mention(name, start, start + len(text), label, 1.0, form)))
    entities = []
    for number in range(4):
        mentions = tuple(mention for entity, mention in found if entity == number)
        first = mentions[0]
        kb_id = "Q36647" if number == 1 else None
        entities.append(Entity(number, TEXT[first.start : first.end], first.label, mentions, kb_id))
    spans = tuple(sentences(TEXT))
    facts = (Relation(0, 1, "P19", 1.0, (spans[0],)), Relation(0, 3, "P25", 1.0, (spans[2],)))
    document = Document(name, TEXT, f"{name}.txt")
    return Annotated(document, spans, tuple(mention for _, mention in found), tuple(entities), facts)


def texts(item: Annotated) -> list[str]:
    return [item.document.text[m.start : m.end] for m in item.mentions]


@given(st.lists(st.integers(0, len(TEXT)), unique=True, min_size=2, max_size=12), st.text(min_size=1, max_size=3))
def test_letters_that_no_edit_touches_stay_in_their_mentions(cuts: list[int], new: str) -> None:
    ordered = sorted(cuts)
    edits = [Edit(a, b, new) for a, b in zip(ordered[::2], ordered[1::2], strict=False)]
    changed = edited(labelled(), edits)
    for before, after in zip(labelled().mentions, changed.mentions, strict=True):
        inside = [e for e in edits if e.start < before.end and before.start < e.end]
        kept = "".join(
            TEXT[n] for n in range(before.start, before.end) if not any(e.start <= n < e.end for e in inside)
        )
        here = changed.document.text[after.start : after.end]
        assert here.startswith(kept) if not inside else len(here) >= len(kept)


def test_nothing_edited_is_the_same() -> None:
    assert edited(labelled(), []) == labelled()


def test_what_is_put_in_before_and_after_a_name_is_no_part_of_it() -> None:
    changed = edited(labelled(), [Edit(0, 0, "Now, "), Edit(9, 9, ", so they say,")])
    assert changed.document.text.startswith("Now, Orla Finn, so they say, was")
    assert texts(changed) == texts(labelled())
    assert [changed.document.text[slice(*span)] for span in changed.sentences][1:] == [
        TEXT[slice(*span)] for span in labelled().sentences
    ][1:]


def test_joined_documents_share_what_has_the_same_id_or_name() -> None:
    both = joined([labelled("a"), labelled("b")])
    assert both.document.text == f"{TEXT}\n\n{TEXT}"
    assert texts(both) == texts(labelled()) * 2
    assert [len(entity.mentions) for entity in both.entities] == [4, 2, 2, 2]
    assert both.relations is not None
    assert [(r.head, r.type, r.tail) for r in both.relations] == [(0, "P19", 1), (0, "P25", 3)]
    assert {both.document.text[slice(*span)] for span in both.sentences} == {
        TEXT[slice(*span)] for span in labelled().sentences
    }
    assert joined([labelled(), edited(labelled(), [])]).entities == joined([labelled()] * 2).entities


@pytest.mark.parametrize("name", PERTURBATIONS)
@given(seed=st.integers(0, 1000))
def test_perturbed_documents_keep_their_labels(name: str, seed: int) -> None:
    before, after = labelled(), PERTURBATIONS[name](labelled(), Random(seed))
    assert after == PERTURBATIONS[name](labelled(), Random(seed))
    assert all(0 <= m.start < m.end <= len(after.document.text) for m in after.mentions)
    kept = [m for m in after.mentions if m in {m for e in after.entities[:4] for m in e.mentions}]
    assert [(m.label, m.form) for m in kept] == [(m.label, m.form) for m in before.mentions]
    assert [m for e in after.entities for m in e.mentions if m not in after.mentions] == []
    assert after.relations is not None
    assert [(r.head, r.tail, r.type) for r in after.relations] == [(0, 1, "P19"), (0, 3, "P25")]


def test_names_are_the_same_everywhere_and_lose_their_ids() -> None:
    changed = PERTURBATIONS["unseen names"](labelled(), Random(3))
    orla, cork, she, orebro, maeve = texts(changed)
    assert orla.split()[1] == maeve.split()[1] != "Finn"
    assert she == "She"
    assert "University of " + orebro in changed.document.text
    assert not {orla, cork, orebro} & {"Orla Finn", "Cork", "Örebro"}
    assert changed.entities[1].kb_id is None


def test_accents_go_where_they_were_and_come_elsewhere() -> None:
    found = {name for seed in range(9) for name in texts(PERTURBATIONS["accents"](labelled(), Random(seed)))}
    assert {"Orebro", "Cork", "Cörk"} <= found
    assert "Örebro" not in found


def test_asides_are_labelled_people_of_whom_nothing_is_said() -> None:
    changed = PERTURBATIONS["asides"](labelled(), Random(5))
    people = changed.entities[4:]
    assert len(people) == 2
    assert all(texts(changed)[changed.mentions.index(e.mentions[0])] == e.name for e in people)
    assert len(changed.sentences) == 4
    aside = next(s for s in changed.sentences if all(s[0] <= e.mentions[0].start < s[1] for e in people))
    assert changed.document.text[slice(*aside)].endswith(".")


def test_invented_words_differ() -> None:
    assert len({invented_word(Random(seed)) for seed in range(200)}) > 190
