"""Tracing: for one pair of entities, what each stage of extraction made of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from fakes import GazetteerAnnotator

from graphwright.pipeline.candidate_facts import Rules, read, unrestricted
from graphwright.pipeline.contribution import Policy
from graphwright.pipeline.extraction import Extractor
from graphwright.pipeline.parts import PART
from graphwright.pipeline.protocols import Encoded
from graphwright.pipeline.records import Document, Entity, Mention, Relation, make_document
from graphwright.pipeline.schema import Schema, load_schema, parse_schema
from graphwright.pipeline.sentences import sentences
from graphwright.pipeline.tracing import Trace, best_first, trace

SCHEMA = parse_schema(
    """
name: small
properties:
  P19: {name: place of birth, edge: BORN_IN, domain: [PER], range: [LOC]}
  P26: {name: spouse, edge: SPOUSE, domain: [PER], range: [PER], symmetric: true}
  P569: {name: date of birth, edge: BORN, domain: [PER], range: [TIME]}
  P570: {name: date of death, edge: DIED, domain: [PER], range: [TIME]}
""",
    "test",
)
POLICY = Policy(keep=0.7, review=0.5)
LABELS = {"Ada": "PER", "Countess": "PER", "Bob": "PER", "Ockham": "LOC", "1815": "TIME", "1852": "TIME"}


@dataclass(frozen=True)
class Stages:
    """All stages in one: knows the words of ``LABELS``, takes "Countess" for Ada, and scores what it is told to."""

    scores: tuple[tuple[str, str, str, float], ...] = ()
    types: tuple[str, ...] = ("P19", "P26", "P569", "P570", "P9999")
    version: str = "stages"

    def encode(self, document: Document) -> Encoded:
        empty = np.zeros((0, 1), np.float32)
        return Encoded(document, sentences(document.text), np.zeros((0, 2), np.int32), empty, empty)

    def recognize(self, encoded: Encoded) -> list[Mention]:
        text, key = encoded.document.text, encoded.document.id
        found = ((text.find(word), word) for word in LABELS)
        return [Mention(key, place, place + len(word), LABELS[word]) for place, word in sorted(found) if place >= 0]

    def resolve(self, encoded: Encoded, mentions: Sequence[Mention]) -> list[Entity]:
        words: dict[str, list[Mention]] = {}
        for mention in mentions:
            word = encoded.document.text[slice(*mention.span)]
            words.setdefault("Ada" if word == "Countess" else word, []).append(mention)
        return [Entity(n, word, LABELS[word], tuple(found)) for n, (word, found) in enumerate(words.items())]

    def link(self, document: Document, entities: Sequence[Entity]) -> Sequence[Entity]:
        return entities

    def classify(
        self, encoded: Encoded, entities: Sequence[Entity], pairs: Collection[tuple[int, int]]
    ) -> list[Relation]:
        numbers = {entity.name: entity.id for entity in entities}
        told = ((numbers.get(head), key, numbers.get(tail), score) for head, key, tail, score in self.scores)
        return [
            Relation(head, tail, key, score)
            for head, key, tail, score in told
            if head is not None and tail is not None and (head, tail) in pairs
        ]


def traced(
    text: str, first: str, second: str, *scores: tuple[str, str, str, float], types: Collection[str] = (),
    schema: Schema = SCHEMA,
) -> Trace:  # fmt: skip
    stages = Stages(scores)
    extractor = Extractor(stages, stages, stages, stages, stages, schema, "test", 1)
    document = make_document("a.txt", text)
    places = [[(text.index(word), text.index(word) + len(word))] for word in (first, second)]
    [found] = trace(read(extractor, document), *places, Rules(schema, POLICY, frozenset(types)))
    return found


def told(found: Trace) -> list[tuple[str, str, str, float | None, str]]:
    return [(item.head, item.type, item.tail, item.score, item.outcome) for item in found.candidates]


def test_an_end_that_was_not_recognised() -> None:
    found = traced("Ada met Grace.", "Ada", "Grace")
    assert (found.outcome, found.decided) == ("not recognised", "the recogniser found no 'Grace'")
    assert ([item.name for item in found.first], found.second) == (["Ada"], ())
    assert (found.sentences, found.text) == ((1, 1), "Ada met Grace.")


def test_two_that_are_one_entity() -> None:
    found = traced("Ada was rich. The Countess wrote.", "Ada", "Countess")
    assert (found.outcome, found.decided) == ("one entity", "coreference took both for one entity, Ada")
    assert found.first == found.second
    assert found.first[0].mentions == ("Ada", "Countess")
    assert found.sentences == (1, 2)


def test_a_pair_that_the_schema_knows_nothing_between() -> None:
    found = traced("In Ockham it was 1815.", "Ockham", "1815", ("Ockham", "P569", "1815", 0.9))
    assert (found.outcome, found.candidates) == ("schema", ())
    assert found.decided == "the schema small allows no relation between LOC and TIME"


def test_a_type_that_the_schema_forbids_between_these_labels() -> None:
    found = traced("Ada married Ockham.", "Ada", "Ockham", ("Ada", "P26", "Ockham", 0.8), ("Ada", "P19", "Ockham", 0.2))
    assert told(found) == [("Ada", "P26", "Ockham", 0.8, "schema"), ("Ada", "P19", "Ockham", 0.2, "too unsure")]
    assert found.decided == "spouse is the likeliest (0.80), but spouse does not hold from PER to LOC"


def test_a_type_that_the_schema_lacks() -> None:
    found = traced("Ada knew Bob.", "Ada", "Bob", ("Ada", "P9999", "Bob", 0.8))
    assert found.candidates[0].reason == "the schema small has no P9999 from PER to PER"


def test_below_the_threshold() -> None:
    found = traced("Ada met Bob.", "Ada", "Bob", ("Ada", "P26", "Bob", 0.41), ("Bob", "P26", "Ada", 0.43))
    assert told(found) == [("Bob", "P26", "Ada", 0.43, "too unsure"), ("Ada", "P26", "Bob", 0.41, "too unsure")]
    assert found.candidates[0].reason == "below 0.50, the least that waits for review"
    assert found.decided == "the relation network is not sure enough"


def test_nothing_between_them() -> None:
    found = traced("Ada met Bob.", "Ada", "Bob")
    assert (found.outcome, found.candidates) == ("too unsure", ())
    assert found.decided == "the relation network sees nothing between them: no type reached 0.05"


def test_too_far_apart_to_be_asked_about() -> None:
    found = traced(f"Ada came. {'It rained. ' * PART} Bob went.", "Ada", "Bob")
    assert (found.outcome, found.candidates) == ("too unsure", ())
    assert "further apart" in found.decided


def test_review_and_kept() -> None:
    found = traced("Ada married Bob.", "Bob", "Ada", ("Ada", "P26", "Bob", 0.6))
    assert (found.outcome, found.candidates[0].outcome) == ("review", "review")
    assert found.candidates[0].reason == "below 0.70, the least that is kept: waits for review"
    found = traced("Ada married Bob.", "Bob", "Ada", ("Ada", "P26", "Bob", 0.6), ("Bob", "P26", "Ada", 0.71))
    assert [item.outcome for item in found.candidates] == ["kept", "review"]
    assert found.candidates[0].evidence != found.candidates[1].evidence != ""


def test_nothing_is_kept_of_a_language_that_was_not_trained_on() -> None:
    document = make_document("a.txt", "Ada Lovelace was born in London.", language="de")
    [found] = trace(read(GazetteerAnnotator(), document), [(0, 12)], [(25, 31)], Rules(load_schema(), Policy()))
    assert (found.outcome, found.candidates[0].reason.partition(":")[0]) == ("review", "language de")


def test_a_pair_that_may_not_have_been_asked_about_among_too_many() -> None:
    document = make_document("a.txt", "Ada Lovelace met Mary Somerville.")
    reading = read(GazetteerAnnotator(), document)
    crowded = replace(reading, annotated=replace(reading.annotated, unasked=7))
    [found] = trace(crowded, [(0, 12)], [(17, 32)], Rules(load_schema(), Policy()))
    assert found.decided.endswith("too many names stand close together: only the nearest are asked about")


def test_negated() -> None:
    found = traced("Ada never married Bob.", "Ada", "Bob", ("Ada", "P26", "Bob", 0.9))
    assert (found.outcome, found.candidates[0].assertion) == ("not asserted", "negated")
    assert found.decided == "spouse is the likeliest (0.90), but negated: the text does not assert it"


def test_quarantined_by_the_order_of_dates() -> None:
    scores = ("Ada", "P569", "1852", 0.9), ("Ada", "P570", "1815", 0.8)
    found = traced("Ada was born in 1852 and died in 1815.", "Ada", "1815", *scores)
    assert found.outcome == "quarantine"
    assert "P570 1815 is before P569 1852" in found.decided
    assert found.candidates[0].evidence == ""


def test_only_the_types_asked_about() -> None:
    found = traced(
        "Ada married Bob.", "Ada", "Bob", ("Ada", "P26", "Bob", 0.9), ("Bob", "P26", "Ada", 0.9), types={"P19"}
    )
    assert {item.type for item in found.candidates} == {"P19"}
    assert (found.outcome, found.decided) == ("schema", "place of birth does not hold from PER to PER")
    found = traced("Ada married Bob.", "Ada", "Bob", types={"P26"})
    assert told(found) == [("Ada", "P26", "Bob", None, "too unsure"), ("Bob", "P26", "Ada", None, "too unsure")]
    assert found.decided == "spouse: below 0.05, the least that the network tells"


def test_a_type_that_the_network_does_not_know() -> None:
    wider = parse_schema("name: w\nproperties:\n  P7: {name: kin, edge: KIN, domain: [PER], range: [PER]}", "test")
    found = traced("Ada married Bob.", "Ada", "Bob", types={"P7"}, schema=wider)
    assert found.decided == "kin: the relation network does not know it"


def test_an_unrestricted_extractor_asks_for_every_type_of_its_network() -> None:
    stages = Stages()
    schema = unrestricted(Extractor(stages, stages, stages, stages, stages, SCHEMA, "test", 1)).schema
    assert schema.candidate_types("LOC", "PER") == stages.types
    assert schema.candidate_types("TIME", "PER") == ()


@pytest.mark.parametrize(
    ("text", "second", "outcome"),
    [
        ("Ada Lovelace was born in London.", "London", "kept"),
        ("Ada Lovelace lived in London.", "London", "review"),
        ("Ada Lovelace was born in 1815.", "1815", "quarantine"),
    ],
)
def test_any_annotator_can_be_traced(text: str, second: str, outcome: str) -> None:
    document = make_document("a.txt", text)
    place = text.index(second)
    reading = read(GazetteerAnnotator(), document)
    [found] = trace(reading, [(0, 12)], [(place, place + len(second))], Rules(load_schema(), Policy()))
    assert found.outcome == outcome


def test_the_best_trace_comes_first() -> None:
    nothing, unsure, kept = (
        traced("Ada married Bob.", "Ada", "Bob", *scores)
        for scores in ((), (("Ada", "P26", "Bob", 0.4),), (("Ada", "P26", "Bob", 0.8),))
    )
    assert best_first([nothing, unsure, kept]) == [kept, unsure, nothing]
