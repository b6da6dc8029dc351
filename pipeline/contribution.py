"""What one annotated document adds to the graph: its occurrences, and the facts between them with their evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import inf

from graphwright.pipeline.extraction import closest_mentions, sentence_around
from graphwright.pipeline.graph import Contribution, Evidence, Fact, Literal, Occurrence, OccurrenceMention
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.ledger import Ledger
from graphwright.pipeline.literals import parse_literal
from graphwright.pipeline.pairs import TOO_MANY
from graphwright.pipeline.pictures.depicted import Depicted, depicted
from graphwright.pipeline.records import LITERAL_LABELS, Annotated, Band, Document, Entity, Relation
from graphwright.pipeline.redaction.redact import taken_out
from graphwright.pipeline.resolution.block_keys import block_keys, context_keys
from graphwright.pipeline.resolution.context import context_words

UNTRAINED = "the networks were not trained on it, so its facts wait for review"


@dataclass(frozen=True, slots=True)
class Policy:
    """From which probability on a fact is kept, and from which it waits for review; below that it is dropped.

    ``languages`` are those (ISO 639) for which the networks' probabilities hold.
    """

    keep: float = 0.5
    review: float = 0.25
    languages: frozenset[str] = frozenset({"en", "eng"})

    def trusts(self, language: str) -> bool:
        """Whether probabilities hold for texts of a language ("en", "en-GB")."""
        return language.lower().partition("-")[0] in self.languages

    def of(self, language: str) -> Policy:
        """The policy for documents of a language: of one that is not trusted, nothing is kept that nobody has seen."""
        return self if self.trusts(language) else replace(self, keep=inf)

    def band(self, score: float) -> Band:
        return "keep" if score >= self.keep else "review" if score >= self.review else "drop"


def contribution(annotated: Annotated, model: str, policy: Policy, fingerprint: str, ledger: Ledger) -> Contribution:
    """A document's part of the graph; what does not get into it is counted in the ledger with its reason."""
    document = annotated.document
    count_left_out(annotated, policy, ledger)
    shown = _depicted(document, policy, ledger)
    policy = policy.of(document.language)
    named = {entity.id: entity for entity in annotated.entities if has_name(entity)}
    occurrences = _occurrences(annotated)
    facts = {}
    for relation in annotated.relations or ():
        reason = reason_to_drop(relation, named, policy)
        if reason:
            ledger.count("fact", reason)
        else:
            fact = _fact(annotated, relation, named, occurrences, model, policy)
            facts[fact.id] = fact
    nameless = sum(entity.id not in named for entity in annotated.entities)
    if nameless:
        ledger.count("entity", "only pronouns stand for it", nameless)
    return Contribution(
        document.id,
        document.source,
        document.version,
        fingerprint,
        document.language,
        document.metadata.get("title", ""),
        (*(occurrences[key] for key in sorted(occurrences)), *shown.occurrences),
        (*(facts[key] for key in sorted(facts)), *shown.facts),
    )


def _depicted(document: Document, policy: Policy, ledger: Ledger) -> Depicted:
    """What pictures show, in whatever language the document is."""
    bands = {item: policy.band(item.score) for item in document.depictions}
    dropped = sum(band == "drop" for band in bands.values())
    if dropped:
        ledger.count("depiction", f"probability below {policy.review:.2f}", dropped)
    return depicted(document, {item: band for item, band in bands.items() if band != "drop"})


def count_left_out(annotated: Annotated, policy: Policy, ledger: Ledger) -> None:
    """Tell of what extraction did not ask about, what a policy took out, and of a language that is not trusted."""
    if annotated.unasked:
        ledger.count("pair of entities", TOO_MANY, annotated.unasked)
    for what, reason, number in taken_out(annotated.document.metadata):
        ledger.count(what, reason, number)
    if annotated.document.text and not policy.trusts(annotated.document.language):
        ledger.count("document", f"language {annotated.document.language}: {UNTRAINED}")


def has_name(entity: Entity) -> bool:
    """Whether more than pronouns stand for an entity."""
    return any(mention.form != "pronoun" for mention in entity.mentions)


def reason_to_drop(relation: Relation, named: Mapping[int, Entity], policy: Policy) -> str | None:
    """Why a relation does not become a fact, ``None`` where it does."""
    if policy.band(relation.score) == "drop":
        return f"probability below {policy.review:.2f}"
    if relation.head not in named or relation.tail not in named:
        return "one end has no name"
    if named[relation.head].label in LITERAL_LABELS:
        return "a date or number cannot be a subject"
    return None


def _occurrences(annotated: Annotated) -> dict[int, Occurrence]:
    """Entity id -> occurrence, of all named things; dates and numbers are literals."""
    document = annotated.document
    pairs = zip(annotated.entities, context_keys(annotated.entities), strict=True)
    things = ((entity, others) for entity, others in pairs if has_name(entity) and entity.label not in LITERAL_LABELS)
    return {
        entity.id: _occurrence(document, entity, tuple(sorted((*others, *context_words(document, entity)))))
        for entity, others in things
    }


def _occurrence(document: Document, entity: Entity, context: tuple[str, ...]) -> Occurrence:
    mentions = tuple(
        OccurrenceMention(m.start, m.end, document.text[m.start : m.end], m.score, m.form) for m in entity.mentions
    )
    key = content_hash("occurrence", document.id, str(mentions[0].start), str(mentions[0].end), entity.label)
    aliases = tuple(sorted({m.text for m in mentions if m.form == "name"} - {entity.name}))
    keys = block_keys(entity.name, aliases, entity.label, entity.kb_id)
    return Occurrence(
        key, document.id, entity.label, entity.name, aliases, entity.kb_id, entity.score, mentions, keys, context,
        entity.vector,
    )  # fmt: skip


def _fact(
    annotated: Annotated,
    relation: Relation,
    named: Mapping[int, Entity],
    occurrences: Mapping[int, Occurrence],
    model: str,
    policy: Policy,
) -> Fact:
    head, tail = closest_mentions(named[relation.head], named[relation.tail], annotated.sentences)
    sentence = sentence_around(annotated.sentences, head, tail)
    document, band = annotated.document, policy.band(relation.score)
    spans = tuple(_digits(head.span, tail.span, sentence))
    times = [part for pair in relation.qualifiers for part in pair]
    key = content_hash("evidence", document.id, relation.type, *spans, relation.assertion, band, *times)
    text = document.text[slice(*sentence)]
    evidence = Evidence(
        key, document.id, head.span, tail.span, sentence, text,
        relation.score, relation.assertion, band, model, relation.said_by,
    )  # fmt: skip
    end = _object(document, named[relation.tail], occurrences)
    subject = occurrences[relation.head].id
    return Fact(content_hash("fact", subject, key), subject, relation.type, end, relation.qualifiers, evidence)


def _object(document: Document, entity: Entity, occurrences: Mapping[int, Occurrence]) -> str | Literal:
    if entity.id in occurrences:
        return occurrences[entity.id].id
    return parse_literal(entity.name, entity.label)


def _digits(*spans: tuple[int, int]) -> Iterator[str]:
    return (str(number) for span in spans for number in span)
