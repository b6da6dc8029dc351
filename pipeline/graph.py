"""From annotated documents to the graph: local contributions, statements, and the digest that proves equality.

A document contributes *occurrences* (its entities, local to it) and *facts* between them. Resolution assigns each
occurrence a node; a *statement* is what all facts with equal subject, predicate, object and qualifiers support.
All of it is a pure function of the set of contributions and the assignment, whatever their order.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from graphwright.pipeline.identity import content_hash, wikidata_id
from graphwright.pipeline.records import Assertion, Band, Region, Span

NAME: Final = "name"
"""The form of most mentions."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A typed value: ``datatype`` is the local name of an XSD type (date, gYear, gYearMonth, decimal, string)."""

    value: str
    datatype: str
    unit: str = ""


@dataclass(frozen=True, slots=True, order=True)
class OccurrenceMention:
    """Where a document mentions an occurrence, with the words themselves."""

    start: int
    end: int
    text: str
    score: float
    form: str = NAME


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An entity within one document. ``keys`` are its block keys for resolution, ``context`` what it occurs with.

    ``vector`` is empty unless vectors are asked for; only Neo4j keeps it.
    """

    id: str
    document: str
    label: str
    name: str
    aliases: tuple[str, ...]
    kb_id: str | None
    score: float
    mentions: tuple[OccurrenceMention, ...]
    keys: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    vector: tuple[float, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a document says a fact: the spans of the mentions at both ends and of the sentence, with its ``text``.

    ``said_by`` is in the text's words who reports the fact, empty where it names nobody. Where a picture shows it,
    ``region`` says where that is, ``text`` the same in words, and the spans are empty, where it stands in the text.
    ``id`` is a function of everything but ``score`` and ``model``.
    """

    id: str
    document: str
    head: Span
    tail: Span
    sentence: Span
    text: str
    score: float
    assertion: Assertion
    band: Band
    model: str
    said_by: str = ""
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A relation within one document: occurrence to occurrence or literal, with its one piece of evidence."""

    id: str
    subject: str
    predicate: str
    object: str | Literal
    qualifiers: tuple[tuple[str, str], ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one document adds to the graph. ``fingerprint`` covers text, models, schema and knowledge base."""

    document: str
    source: str
    version: str
    fingerprint: str
    language: str
    title: str
    occurrences: tuple[Occurrence, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """A thing in the graph; ``id`` is an IRI, ``kb_id`` its Wikidata id or ``None``."""

    id: str
    label: str
    name: str
    aliases: tuple[str, ...]
    kb_id: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """What the graph holds true: ``subject`` and an IRI ``object`` are node ids; evidence is ordered by id."""

    id: str
    subject: str
    predicate: str
    object: str | Literal
    qualifiers: tuple[tuple[str, str], ...]
    score: float
    evidence: tuple[Evidence, ...]

    @property
    def band(self) -> Band:
        """``keep`` where an asserted piece of evidence is kept; only then is there a plain edge."""
        kept = any(item.band == "keep" and item.assertion == "asserted" for item in self.evidence)
        return "keep" if kept else "review"


def statement_id(subject: str, predicate: str, object: str | Literal, qualifiers: tuple[tuple[str, str], ...]) -> str:
    """Hash of a statement's content."""
    value = (object.value, object.datatype, object.unit) if isinstance(object, Literal) else (object,)
    flat = [part for pair in sorted(qualifiers) for part in pair]
    return content_hash("statement", subject, predicate, *value, "|", *flat)


def resolved(fact: Fact, nodes: Mapping[str, str]) -> tuple[str, str, str | Literal]:
    """Subject, predicate and object of a fact with occurrences replaced by their nodes."""
    tail = fact.object if isinstance(fact.object, Literal) else nodes[fact.object]
    return nodes[fact.subject], fact.predicate, tail


def assemble(facts: Iterable[Fact], nodes: Mapping[str, str]) -> Iterator[Statement]:
    """Group facts into statements, ordered by id. A fact whose two ends resolved to one node is no statement."""
    groups: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        subject, predicate, tail = resolved(fact, nodes)
        if subject != tail:
            groups[statement_id(subject, predicate, tail, fact.qualifiers)].append(fact)
    for key in sorted(groups):
        yield _statement(key, groups[key], nodes)


def _statement(key: str, facts: list[Fact], nodes: Mapping[str, str]) -> Statement:
    subject, predicate, tail = resolved(facts[0], nodes)
    evidence = tuple(sorted((fact.evidence for fact in facts), key=lambda item: item.id))
    return Statement(
        key, subject, predicate, tail, tuple(sorted(facts[0].qualifiers)), combined_score(evidence), evidence
    )


def combined_score(evidence: Iterable[Evidence]) -> float:
    """The best asserted piece of evidence: an order-free lower bound that does not assume independent documents."""
    items = list(evidence)
    asserted = [item.score for item in items if item.assertion == "asserted"]
    return max(asserted or [item.score for item in items])


def merged_node(id: str, occurrences: Iterable[Occurrence]) -> Node:
    """One node out of all its occurrences: the commonest label and name, ties by the smaller string."""
    members = sorted(occurrences, key=lambda item: item.id)
    names = [item.name for item in members]
    labels = [item.label for item in members]
    name = min(set(names), key=lambda value: (-names.count(value), value))
    label = min(set(labels), key=lambda value: (-labels.count(value), value))
    aliases = sorted({alias for item in members for alias in (item.name, *item.aliases)} - {name})
    return Node(id, label, name, tuple(aliases), wikidata_id(id))


def digest(statements: Iterable[Statement]) -> str:
    """One number for a graph: SHA-256 over the sorted canonical lines of all statements.

    Covers subject, predicate, object, qualifiers and each evidence's spans, region, assertion and band; not scores.
    """
    return digest_of(line for statement in statements for line in canonical_lines(statement))


def digest_of(lines: Iterable[str]) -> str:
    """The digest of canonical lines, which come in any order."""
    total = hashlib.sha256()
    for line in sorted(lines):
        total.update(line.encode() + b"\n")
    return total.hexdigest()


def canonical_lines(statement: Statement) -> Iterator[str]:
    """One line a piece of evidence: the hashes say what, the rest where and how."""
    for item in statement.evidence:
        yield canonical_line(statement.id, item.document, evidence_line(item))


def canonical_line(statement: str, document: str, line: str) -> str:
    """The line of a statement's piece of evidence, which has a line of its own (``evidence_line``)."""
    return f"{statement} {document} {line}"


def evidence_line(evidence: Evidence) -> str:
    """What the digest covers of evidence: spans of head, tail and sentence, assertion, band, and region of a picture.

    >>> evidence_line(Evidence("", "", (0, 3), (8, 12), (0, 13), "", 1.0, "asserted", "keep", ""))
    '0-3 8-12 0-13 asserted keep'
    """
    spans = " ".join(f"{start}-{end}" for start, end in (evidence.head, evidence.tail, evidence.sentence))
    line = f"{spans} {evidence.assertion} {evidence.band}"
    if evidence.region is None:
        return line
    return f"{line} {evidence.region.picture} {evidence.region.page} {','.join(map(str, evidence.region.box))}"
