"""Extraction: from documents to entities and relations with scores, through one pass of the encoder."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from operator import itemgetter
from typing import Final, Literal, TypeVar

from graphwright.pipeline.assertion import assertion
from graphwright.pipeline.kinship import fathers_and_mothers, with_two_parents
from graphwright.pipeline.known_facts import KnownFacts, weighed
from graphwright.pipeline.pairs import asked_pairs
from graphwright.pipeline.parts import WHOLE, joined, part_document, part_spans
from graphwright.pipeline.protocols import (
    CoreferenceResolver,
    Encoded,
    Encoder,
    EntityLinker,
    MentionRecognizer,
    RelationClassifier,
)
from graphwright.pipeline.qualifiers import time_qualifiers
from graphwright.pipeline.records import Annotated, Assertion, Document, Entity, Mention, Relation, Span
from graphwright.pipeline.schema import Schema
from graphwright.pipeline.sentences import sentences
from graphwright.pipeline.speakers import speaker
from graphwright.pipeline.vectors import entity_vector

Given = Literal["nothing", "mentions", "entities"]
AHEAD = 8
BESIDE = 4
"""So many mentions on either side are looked at for the closest: more than one, since mentions may lie in others."""
RULES_VERSION: Final = "12"
"""Changes when any rule that extraction goes by changes (pronouns, coreference, assertion, speakers, times, sentences):
documents of a graph made by other rules are read again.
"""
SURROGATES = re.compile("[\ud800-\udfff]")
"""Halves of characters that JSON can hold alone, and no tokenizer and no database: they are read as spaces."""
A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Extractor:
    """The stages of extraction; each is a Protocol, so each can be another's.

    ``workers`` threads take a document each: a document's result does not depend on the others. ``vectors``: entities
    get one each, of the states that the other stages read. ``known``: facts that weigh on those of the text.
    """

    encoder: Encoder
    recognizer: MentionRecognizer
    coreference: CoreferenceResolver
    linker: EntityLinker
    relations: RelationClassifier
    schema: Schema
    version: str
    workers: int = 2
    vectors: bool = False
    known: KnownFacts | None = None

    def annotate(self, documents: Iterable[Document]) -> Iterator[Annotated]:
        """Entities and relations of each document, in order."""
        return self.complete((Annotated(document) for document in documents), "nothing")

    def complete(self, documents: Iterable[Annotated], given: Given) -> Iterator[Annotated]:
        """Predict what is not ``given``; mentions and entities that are, are kept as they came."""
        return ordered_map(lambda document: self._one(document, given), documents, self.workers)

    def _one(self, annotated: Annotated, given: Given) -> Annotated:
        document = annotated.document
        if SURROGATES.search(document.text):
            read = replace(document, text=SURROGATES.sub(" ", document.text))
            return replace(self._one(replace(annotated, document=read), given), document=document)
        if given != "nothing" or len(document.text) <= WHOLE:
            return self._part(annotated, given)
        spans = sentences(document.text)
        parts = ((span[0], Annotated(part_document(document, span))) for span in part_spans(document.text, spans))
        return joined(document, spans, [(start, self._part(part, given)) for start, part in parts])

    def _part(self, annotated: Annotated, given: Given) -> Annotated:
        encoded = self.encoder.encode(annotated.document)
        entities = self._entities(encoded, annotated, given)
        pairs, unasked = asked_pairs(entities, self.schema, len(annotated.document.text))
        scored: Iterable[Relation] = self.relations.classify(encoded, entities, pairs)
        if self.known:
            scored = weighed(scored, entities, self.known)
        found = fathers_and_mothers(annotated.document.text, entities, scored)
        if self.vectors:
            entities = [replace(entity, vector=entity_vector(encoded, entity)) for entity in entities]
        labels = {entity.id: entity.label for entity in entities}
        # A schema of the user's may lack types that the network knows: those are not asked for, and no error.
        fitting = (r for r in found if r.type in self.schema.candidate_types(labels[r.head], labels[r.tail]))
        relations = tuple(with_two_parents(list(judged(encoded, entities, fitting))))
        mentions = tuple(sorted((m for e in entities for m in e.mentions), key=lambda m: (m.start, m.end)))
        return Annotated(annotated.document, encoded.sentences, mentions, tuple(entities), relations, unasked)

    def _entities(self, encoded: Encoded, annotated: Annotated, given: Given) -> Sequence[Entity]:
        if given == "entities":
            return annotated.entities
        if given == "mentions":
            found: Sequence[Entity] = only_given(
                self.coreference.resolve(encoded, annotated.mentions), annotated.mentions
            )
        else:
            found = self.coreference.resolve(encoded, self.recognizer.recognize(encoded))
        return self.linker.link(encoded.document, found)


def only_given(entities: Sequence[Entity], given: Sequence[Mention]) -> list[Entity]:
    """The entities without mentions that coreference added, numbered anew."""
    spans = {mention.span for mention in given}
    kept = [replace(e, mentions=tuple(m for m in e.mentions if m.span in spans)) for e in entities]
    return [replace(e, id=number) for number, e in enumerate(e for e in kept if e.mentions)]


def ordered_map(work: Callable[[A], B], items: Iterable[A], workers: int) -> Iterator[B]:
    """``work`` on each item, results in order, at most a few items ahead of what was taken."""
    if workers <= 1:
        yield from map(work, items)
        return
    stream = iter(items)
    with ThreadPoolExecutor(workers) as pool:
        pending = [pool.submit(work, item) for item in islice(stream, workers * AHEAD)]
        while pending:
            yield pending.pop(0).result()
            pending.extend(pool.submit(work, item) for item in islice(stream, 1))


def closest_mentions(head: Entity, tail: Entity, sentences: Sequence[Span] = ()) -> tuple[Mention, Mention]:
    """The two mentions that stand closest to each other, in one of the sentences if any do; names before pronouns where
    equally close.
    """
    few, many = sorted((head, tail), key=lambda entity: len(entity.mentions))
    found = ((one, other) for one in few.mentions for other in _around(one, many.mentions))
    pairs = found if few is head else ((other, one) for one, other in found)

    def rank(pair: tuple[Mention, Mention]) -> tuple[bool, int, int, Span, Span]:
        first, second = (bisect_right(sentences, mention.start, key=itemgetter(0)) for mention in pair)
        return first != second, _gap(*pair), _pronouns(*pair), pair[0].span, pair[1].span

    return min(pairs, key=rank)


def _around(mention: Mention, others: Sequence[Mention]) -> Sequence[Mention]:
    """Those of the sorted ``others`` that may be the closest: ten thousand of each are a hundred million pairs."""
    place = bisect_left(others, mention.start, key=lambda other: other.start)
    return others[max(0, place - BESIDE) : place + BESIDE]


def _gap(first: Mention, second: Mention) -> int:
    return max(first.start - second.end, second.start - first.end)


def _pronouns(*mentions: Mention) -> int:
    return sum(mention.form == "pronoun" for mention in mentions)


def sentence_around(sentences: Sequence[Span], first: Mention, second: Mention) -> Span:
    """From the start of the sentence of the earlier mention to the end of the later one's."""
    start, end = min(first.start, second.start), max(first.end, second.end)
    before = bisect_right(sentences, start, key=itemgetter(0))
    behind = bisect_left(sentences, end, key=itemgetter(1))
    return sentences[before - 1][0] if before else start, sentences[behind][1] if behind < len(sentences) else end


def judged(encoded: Encoded, entities: Sequence[Entity], relations: Iterable[Relation]) -> Iterator[Relation]:
    """The relations with their assertion and speaker, each once for every time at which it held: all read off the
    sentence in which its ends stand closest.
    """
    text, by_id = encoded.document.text, {entity.id: entity for entity in entities}
    dates = [mention.span for entity in entities if entity.label == "TIME" for mention in entity.mentions]
    whole = set(encoded.sentences)
    stated: dict[tuple[Span, Span], tuple[Assertion, str]] = {}
    for relation in relations:
        head, tail = closest_mentions(by_id[relation.head], by_id[relation.tail], encoded.sentences)
        around = sentence_around(encoded.sentences, head, tail)
        ends = head.span, tail.span
        if ends not in stated:  # many types of one pair
            stated[ends] = _stated(text, around, *ends)
        how, said_by = stated[ends]
        known = replace(relation, assertion=how, said_by=said_by)
        times = time_qualifiers(text, around, *ends, dates, relation.type) if around in whole else []
        yield from [replace(known, qualifiers=found) for found in times] or [known]


def _stated(text: str, around: Span, head: Span, tail: Span) -> tuple[Assertion, str]:
    """How the stretch around two spans states a fact between them, and who says so."""
    start, end = around
    ends = (head[0] - start, head[1] - start), (tail[0] - start, tail[1] - start)
    how = assertion(text[start:end], *ends)
    return how, "" if how == "asserted" else _speaker_words(text[start:end], *ends)


def _speaker_words(sentence_text: str, head: Span, tail: Span) -> str:
    span = speaker(sentence_text, head, tail)
    return " ".join(sentence_text[slice(*span)].split()) if span else ""


def told(annotated: Annotated, threshold: float, *, every_pronoun: bool = False) -> Annotated:
    """What is worth telling: relations from a probability on, names, and the pronouns on which those relations rest.

    With ``every_pronoun`` all mentions stay, as where they were given.
    """
    relations = tuple(r for r in annotated.relations or () if r.score >= threshold)
    if every_pronoun:
        return replace(annotated, relations=relations)
    by_id = {entity.id: entity for entity in annotated.entities}
    sentences = annotated.sentences
    ends = {m for r in relations for m in closest_mentions(by_id[r.head], by_id[r.tail], sentences)}
    kept = [
        replace(entity, mentions=tuple(m for m in entity.mentions if m.form != "pronoun" or m in ends))
        for entity in annotated.entities
    ]
    entities = tuple(entity for entity in kept if entity.mentions)
    mentions = tuple(sorted((m for e in entities for m in e.mentions), key=lambda m: m.span))
    return replace(annotated, mentions=mentions, entities=entities, relations=relations)
