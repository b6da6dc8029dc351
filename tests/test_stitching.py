"""Texts cut out of documents and joined from several: what holds in them, and what cannot."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from graphwright.models.stitching import Labelled, apart, cut_stretches, join_documents, joined, stated_names
from graphwright.pipeline.records import Annotated, Document, Entity, Mention, Relation

TEXT = "Vera Lund runs Hallgrim Works. She lives in Oslo. Oslo is in Norway."


def entity(number: int, name: str, label: str, text: str = TEXT, document: str = "d1") -> Entity:
    starts = [place for place in range(len(text)) if text.startswith(name, place)]
    return Entity(number, name, label, tuple(Mention(document, s, s + len(name), label) for s in starts))


def labelled(name: str = "d1", text: str = TEXT) -> Labelled:
    entities = (
        entity(0, "Vera Lund", "PER", text, name),
        entity(1, "Hallgrim Works", "ORG", text, name),
        entity(2, "Oslo", "LOC", text, name),
        entity(3, "Norway", "LOC", text, name),
    )
    entities = tuple(item for item in entities if item.mentions)
    relations = (Relation(1, 0, "P169", 1.0, ((0, 30),)), Relation(2, 3, "P17", 1.0, ((50, 68),)))
    mentions = tuple(mention for item in entities for mention in item.mentions)
    content = Annotated(Document(name, text, "test"), ((0, 30), (31, 49), (50, 68)), mentions, entities, relations)
    return Labelled(content, (((0, 30), ("CEO",)),))


def other(name: str = "d2") -> Labelled:
    text = "Per Dahl left Fjordbank."
    entities = (entity(0, "Per Dahl", "PER", text, name), entity(1, "Fjordbank", "ORG", text, name))
    content = Annotated(Document(name, text, "test"), ((0, 24),), (), entities, (Relation(0, 1, "P108", 1.0),))
    return Labelled(content, (((0, 24), ("CEO",)),))


def surfaces(item: Labelled) -> dict[int, set[str]]:
    text = item.content.document.text
    return {e.id: {text[m.start : m.end] for m in e.mentions} for e in item.content.entities}


def test_a_stretch_keeps_what_lies_in_it() -> None:
    stretches = {item.content.document.text: item for item in cut_stretches([labelled()], 1)}
    assert set(stretches) == {"Vera Lund runs Hallgrim Works.", "She lives in Oslo.", "Oslo is in Norway."}
    first, last = stretches["Vera Lund runs Hallgrim Works."], stretches["Oslo is in Norway."]
    assert first.content.relations == (Relation(1, 0, "P169", 1.0, ((0, 30),)),)
    assert last.content.relations == (Relation(2, 3, "P17", 1.0, ((0, 18),)),)
    assert surfaces(last) == {2: {"Oslo"}, 3: {"Norway"}}
    assert all(item.id == "d1" for item in stretches.values())


def test_a_fact_without_its_evidence_may_be_unsaid() -> None:
    told = labelled()
    relations = (replace(told.content.relations[0], evidence=()), *told.content.relations[1:])  # type: ignore[index]
    told = replace(told, content=replace(told.content, relations=relations))
    [first] = [s for s in cut_stretches([told], 1) if s.content.document.text.startswith("Vera")]
    assert first.content.relations == ()
    assert first.unsaid == {(1, "P169", 0)}


def test_joined_texts_keep_each_ones_facts_and_names() -> None:
    whole = joined([labelled(), other()])
    assert whole.id == "d1"
    assert whole.starts == (0, len(TEXT) + 1)
    assert surfaces(whole)[4] == {"Per Dahl"}
    assert surfaces(whole)[5] == {"Fjordbank"}
    assert [(r.head, r.type, r.tail) for r in whole.content.relations or ()] == [
        (1, "P169", 0),
        (2, "P17", 3),
        (4, "P108", 5),
    ]
    [_, (start, end)] = [span for span, _ in whole.passages]
    assert whole.content.document.text[start:end] == "Per Dahl left Fjordbank."


def test_nothing_holds_between_those_whom_no_document_names_together() -> None:
    pairs = apart(joined([labelled(), other()]))
    assert all(pairs[pair] for pair in ((0, 5), (4, 1), (4, 2), (2, 5), (5, 2)))
    assert (0, 1) not in pairs


def test_what_another_document_states_of_a_place_stays_open() -> None:
    third = labelled("d3", "Oslo has a bank, Fjordbank, near Vera Lund.")
    first = replace(
        third.content,
        entities=(
            entity(0, "Fjordbank", "ORG", third.content.document.text),
            entity(1, "Oslo", "LOC", third.content.document.text),
        ),
        relations=(Relation(0, 1, "P159", 1.0),),
    )
    stated = stated_names([replace(third, content=first)])
    assert stated == {("fjordbank", "oslo")}
    pairs = apart(joined([replace(part, stated=stated) for part in (labelled(), other())]))
    assert not pairs[5, 2], "the world may know that a bank is in a town"
    assert pairs[2, 5]
    assert pairs[0, 5], "of people it is known only where they are named"


def test_names_in_both_documents_leave_it_open() -> None:
    pairs = apart(joined([labelled("d1"), labelled("d2")]))
    assert pairs
    assert not any(pairs.values())


def test_one_document_has_no_one_apart() -> None:
    assert apart(labelled()) == {}


def test_a_text_is_never_joined_to_itself() -> None:
    texts = [labelled("d1"), labelled("d1"), other("d2"), other("d3")]
    assert [len(item.starts) for item in join_documents(texts, 3)] == [1, 3]


@settings(max_examples=50)
@given(st.lists(st.sampled_from(["d1", "d2"]), min_size=1, max_size=7), st.integers(1, 4))
def test_joining_loses_nothing(kinds: list[str], count: int) -> None:
    made = {"d1": labelled, "d2": other}
    texts = [made[kind](f"{kind} {number}") for number, kind in enumerate(kinds)]
    whole = list(join_documents(texts, count))
    assert sum(len(item.starts) for item in whole) == len(texts)
    assert sum(len(item.content.entities) for item in whole) == sum(len(t.content.entities) for t in texts)
    expected = [names for text in texts for names in surfaces(text).values()]
    assert [names for item in whole for names in surfaces(item).values()] == expected


def sentence(number: int) -> Labelled:
    text = f"The firm {number} hired Per Dahl." if number % 2 else f"Per Dahl left Fjordbank {number}."
    entities = (entity(0, "Per Dahl", "PER", text, f"s{number}"),)
    evidence = ((0, len(text)),)
    relations = (Relation(0, 0, "P108", 1.0, evidence),)
    content = Annotated(Document(f"s{number}", text, "test"), ((0, len(text)),), (), entities, relations)
    return Labelled(content)


def test_some_seams_are_within_a_sentence() -> None:
    texts = [joined([sentence(number), sentence(number + 1)]) for number in range(200)]
    within = [item for item in texts if len(item.content.sentences) == 1]
    assert 50 < len(within) < 100
    for item in texts:
        text = item.content.document.text
        assert surfaces(item) == {0: {"Per Dahl"}, 1: {"Per Dahl"}}
        assert [text[start:end][-1] for start, end in item.content.sentences] == ["."] * len(item.content.sentences)
        ends = [text[start:end] for relation in item.content.relations or () for start, end in relation.evidence]
        assert all("Per Dahl" in end for end in ends)
    used = {item.content.document.text[len("Per Dahl left Fjordbank 0") :][:3] for item in within}
    assert len(used) > 3
    assert any("the firm" in item.content.document.text for item in within), "a first word that is no name is small"


def test_an_abbreviation_that_ends_a_name_keeps_its_stop() -> None:
    text = "Per Dahl left Fjordbank Inc."
    entities = (entity(1, "Fjordbank Inc.", "ORG", text, "d3"),)
    content = Annotated(Document("d3", text, "test"), ((0, len(text)),), entities[0].mentions, entities)
    for number in range(20):
        assert "Inc. " in joined([Labelled(content), sentence(number)]).content.document.text
