"""Extraction: stages put together, pairs asked for, and the sentence that is read for a fact."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphwright.pipeline.errors import ConfigurationError
from graphwright.pipeline.extraction import (
    AHEAD,
    Extractor,
    closest_mentions,
    judged,
    ordered_map,
    sentence_around,
)
from graphwright.pipeline.protocols import Encoded
from graphwright.pipeline.records import Annotated, Document, Entity, Form, Mention, Relation, make_document
from graphwright.pipeline.schema import Schema, parse_schema
from graphwright.pipeline.sentences import sentences

SCHEMA = parse_schema(
    """
name: small
properties:
  P26: {name: spouse, edge: SPOUSE, domain: [PER], range: [PER], symmetric: true}
  P569: {name: date of birth, edge: BORN, domain: [PER], range: [TIME]}
""",
    "test",
)
TEXT = "Ada never married Bob. Ada was born in 1815."
FORMS: tuple[Form, Form] = ("name", "pronoun")


def encoded(document: Document) -> Encoded:
    empty = np.zeros((0, 1), np.float32)
    return Encoded(document, sentences(document.text), np.zeros((0, 2), np.int32), empty, empty)


@dataclass(frozen=True)
class Words:
    """All stages in one: finds three words, an entity for each, and any relation between any pair."""

    types: tuple[str, ...] = ("P26", "P569")
    version: str = "words"

    def encode(self, document: Document) -> Encoded:
        return encoded(document)

    def recognize(self, encoded: Encoded) -> list[Mention]:
        labels = {"Ada": "PER", "Bob": "PER", "1815": "TIME"}
        found = ((encoded.document.text.find(word), word, label) for word, label in labels.items())
        return [Mention(encoded.document.id, n, n + len(word), label) for n, word, label in sorted(found) if n >= 0]

    def resolve(self, encoded: Encoded, mentions: Sequence[Mention]) -> list[Entity]:
        return [Entity(n, encoded.document.text[slice(*m.span)], m.label, (m,)) for n, m in enumerate(mentions)]

    def link(self, document: Document, entities: Sequence[Entity]) -> list[Entity]:
        return [replace(entity, kb_id=f"Q{entity.id}") for entity in entities]

    def classify(
        self, encoded: Encoded, entities: Sequence[Entity], pairs: Sequence[tuple[int, int]]
    ) -> list[Relation]:
        return [Relation(head, tail, name, 0.9) for head, tail in pairs for name in self.types]


def extractor(stages: Words | None = None, schema: Schema = SCHEMA, workers: int = 2) -> Extractor:
    stages = stages or Words()
    return Extractor(stages, stages, stages, stages, stages, schema, "test", workers)


def test_a_document_goes_through_all_stages() -> None:
    document = make_document("a", TEXT)
    [found] = extractor().annotate([document])
    assert found.document is document
    assert found.sentences == sentences(TEXT)
    assert [(entity.name, entity.kb_id) for entity in found.entities] == [("Ada", "Q0"), ("Bob", "Q1"), ("1815", "Q2")]
    assert found.relations is not None
    assert [(r.head, r.type, r.tail, r.assertion) for r in found.relations] == [
        (0, "P26", 1, "negated"),
        (0, "P569", 2, "asserted"),
        (1, "P26", 0, "negated"),
        (1, "P569", 2, "asserted"),
    ]
    assert [mention.span for mention in found.mentions] == sorted(m.span for e in found.entities for m in e.mentions)


def test_an_empty_document_has_nothing() -> None:
    [found] = extractor().annotate([make_document("a", "")])
    assert (found.mentions, found.entities, found.relations) == ((), (), ())


def test_a_lone_surrogate_is_read_as_a_space_and_stays_in_the_text() -> None:
    class Utf8(Words):
        def encode(self, document: Document) -> Encoded:
            document.text.encode()
            return super().encode(document)

    document = make_document("a", f"\ud83d{TEXT}\udc00")
    [found] = extractor(Utf8()).annotate([document])
    assert found.document is document
    assert [entity.name for entity in found.entities] == ["Ada", "Bob", "1815"]
    assert found.mentions[0].span == (1, 4)


def test_types_that_the_schema_lacks_are_left_out() -> None:
    [found] = extractor(Words(types=("P26", "P9999"))).annotate([make_document("a", TEXT)])
    assert {relation.type for relation in found.relations or ()} == {"P26"}
    with pytest.raises(ConfigurationError, match="P9999"):
        SCHEMA.allows("PER", "P9999", "PER")


def test_given_mentions_are_kept() -> None:
    document = make_document("a", TEXT)
    bob = Mention(document.id, 18, 21, "PER")
    [found] = extractor().complete([Annotated(document, mentions=(bob,))], "mentions")
    assert found.mentions == (bob,)
    assert [entity.kb_id for entity in found.entities] == ["Q0"]


def test_given_entities_keep_their_numbers() -> None:
    document = make_document("a", TEXT)
    ada = Entity(40, "Ada", "PER", (Mention(document.id, 0, 3, "PER"),), "Q7")
    bob = Entity(7, "Bob", "PER", (Mention(document.id, 18, 21, "PER"),))
    [found] = extractor().complete([Annotated(document, entities=(ada, bob))], "entities")
    assert found.entities == (ada, bob)
    assert [(r.head, r.tail, r.assertion) for r in found.relations or ()] == [(40, 7, "negated"), (7, 40, "negated")]


@given(st.lists(st.integers(), max_size=60), st.integers(1, 4))
@settings(deadline=None)
def test_results_come_in_order(items: list[int], workers: int) -> None:
    assert list(ordered_map(lambda item: item * 2, items, workers)) == [item * 2 for item in items]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_little_is_read_ahead(workers: int) -> None:
    read = []

    def stream() -> Iterator[int]:
        for number in range(1000):
            read.append(number)
            yield number

    results = ordered_map(str, stream(), workers)
    for taken in range(1, 50):
        assert next(results) == str(taken - 1)
        assert len(read) <= taken + workers * AHEAD
    results.close()  # type: ignore[attr-defined]
    assert len(read) < 200


def test_workers_work_at_the_same_time() -> None:
    barrier = threading.Barrier(2, timeout=20)
    assert list(ordered_map(lambda item: (barrier.wait() >= 0, item), range(2), 2)) == [(True, 0), (True, 1)]


def test_an_error_reaches_whoever_takes_the_result() -> None:
    results = ordered_map(lambda item: 1 // item, [1, 0, 1], 2)
    assert next(results) == 1
    with pytest.raises(ZeroDivisionError):
        next(results)


def entity(id: int, label: str, *spans: tuple[int, int], form: Form = "name") -> Entity:
    return Entity(id, str(id), label, tuple(Mention("d", *span, label, form=form) for span in spans))


def test_the_closest_mentions_are_taken() -> None:
    head, tail = entity(0, "PER", (0, 3), (50, 53)), entity(1, "PER", (20, 23), (55, 58))
    assert [m.span for m in closest_mentions(head, tail)] == [(50, 53), (55, 58)]
    assert [m.span for m in closest_mentions(tail, head)] == [(55, 58), (50, 53)]


spans = st.lists(st.tuples(st.integers(0, 400), st.booleans()), min_size=1, max_size=60, unique_by=lambda item: item[0])


@given(spans, spans)
def test_the_closest_of_many_are_those_of_all_pairs(
    first: list[tuple[int, bool]], second: list[tuple[int, bool]]
) -> None:
    def made(places: list[tuple[int, bool]], shift: int) -> Entity:
        found = (Mention("d", 6 * n + shift, 6 * n + shift + 2, "PER", 1.0, FORMS[name]) for n, name in sorted(places))
        return Entity(shift, "x", "PER", tuple(found))

    def rank(pair: tuple[Mention, Mention]) -> tuple[object, ...]:
        one, other = pair
        gap = max(one.start - other.end, other.start - one.end)
        return gap, [one.form, other.form].count("pronoun"), one.span, other.span

    head, tail = made(first, 0), made(second, 3)
    assert closest_mentions(head, tail) == min(product(head.mentions, tail.mentions), key=rank)


def test_ten_thousand_mentions_of_two_names_are_soon_compared() -> None:
    head = entity(0, "PER", *((8 * n, 8 * n + 3) for n in range(10_000)))
    tail = entity(1, "PER", *((8 * n + 4, 8 * n + 7) for n in range(10_000)))
    assert [m.span for m in closest_mentions(head, tail)] == [(0, 3), (4, 7)]


def test_a_sentence_that_names_both_comes_before_what_is_closer() -> None:
    head, tail = entity(0, "PER", (0, 3), (42, 45)), entity(1, "ORG", (21, 28))
    assert [m.span for m in closest_mentions(head, tail)] == [(42, 45), (21, 28)]
    sentences = ((0, 29), (30, 60))
    assert [m.span for m in closest_mentions(head, tail, sentences)] == [(0, 3), (21, 28)]
    assert [m.span for m in closest_mentions(tail, head, sentences)] == [(21, 28), (0, 3)]
    assert [m.span for m in closest_mentions(head, tail, ((0, 60),))] == [(42, 45), (21, 28)]


def test_names_come_before_pronouns_where_equally_close() -> None:
    pronoun = Mention("d", 0, 3, "PER", form="pronoun")
    head = Entity(0, "Ada", "PER", (pronoun, Mention("d", 20, 23, "PER")))
    tail = entity(1, "PER", (10, 13))
    assert closest_mentions(head, tail)[0].form == "name"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((0, 3), (10, 12), (0, 20)),
        ((25, 28), (0, 3), (0, 40)),
        ((45, 50), (41, 43), (41, 60)),
        ((15, 25), (0, 3), (0, 40)),
    ],
)
def test_sentence_around(first: tuple[int, int], second: tuple[int, int], expected: tuple[int, int]) -> None:
    spans = ((0, 20), (21, 40), (41, 60))
    assert sentence_around(spans, Mention("d", *first, "PER"), Mention("d", *second, "PER")) == expected


def test_without_sentences_the_mentions_are_the_frame() -> None:
    assert sentence_around((), Mention("d", 5, 8, "PER"), Mention("d", 1, 2, "PER")) == (1, 8)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Ada married Bob.", "asserted"), ("Ada never married Bob.", "negated"), ("Ada will marry Bob.", "future")],
)
def test_assertion_is_read_off_the_sentence(text: str, expected: str) -> None:
    place = text.index("Bob")
    entities = [entity(0, "PER", (0, 3)), entity(1, "PER", (place, place + 3))]
    relation = Relation(0, 1, "P26", 0.9)
    found = list(judged(encoded(make_document("a", text)), entities, [relation]))
    assert found == [replace(relation, assertion=expected)]  # type: ignore[arg-type]


def test_who_reports_a_fact_is_told_in_the_words_of_its_sentence() -> None:
    text = "Ada married Bob, her agent Eve Moss said."
    entities = [entity(0, "PER", (0, 3)), entity(1, "PER", (12, 15))]
    [found] = judged(encoded(make_document("a", text)), entities, [Relation(0, 1, "P26", 0.9)])
    assert (found.assertion, found.said_by) == ("attributed", "her agent Eve Moss")
