"""A statement as a person reads it: names instead of ids, and evidence sentences with both ends marked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit
from urllib.request import url2pathname

from graphwright.pipeline.graph import Evidence, Literal, Statement
from graphwright.pipeline.records import Assertion, Band

MOST_EVIDENCE = 4
NEAR = 120
"""Characters that are shown on each side of an end of a fact where its evidence is long."""
SAID: Mapping[Assertion, str] = {
    "asserted": "asserted",
    "negated": "negated",
    "hedged": "uncertain",
    "future": "planned",
    "attributed": "attributed",
}
WEB_SCHEMES = frozenset({"http", "https"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence; ``role`` is "head", "tail", "head tail" where both overlap, or "" for neither."""

    text: str
    role: str


def _clipped(text: str, keep_start: bool) -> str:
    """A stretch without its middle, or where nothing precedes it, without its start.

    >>> _clipped("He came home. " * 40, True)[:30], len(_clipped("word " * 100, False)) < 130
    ('He came home. He came home. He', True)
    """
    if len(text) <= 2 * NEAR:
        return text
    start = text[:NEAR].rpartition(" ")[0] if keep_start else ""
    return f"{start} ... {text[-NEAR:].partition(' ')[2]}"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of evidence, ready to be shown. ``link`` is empty where the source cannot be opened from the page."""

    pieces: tuple[Piece, ...]
    source: str
    link: str
    score: float
    assertion: Assertion
    band: Band
    said_by: str = ""

    @property
    def how(self) -> str:
        """How the sentence says the fact, and by whom it says that it is said."""
        return attributed(SAID[self.assertion], self.said_by)

    @property
    def short_source(self) -> str:
        return short(self.source)

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    @property
    def shortened(self) -> str:
        """The text on one line; of long stretches without an end of the fact only what stands next to it."""
        parts = [
            piece.text if piece.role else _clipped(piece.text, place > 0) for place, piece in enumerate(self.pieces)
        ]
        return " ".join("".join(parts).split())

    @property
    def missing(self) -> tuple[str, ...]:
        """The ends that this sentence does not hold: they stand elsewhere in the document."""
        held = {role for piece in self.pieces for role in piece.role.split()}
        return tuple(name for role, name in (("head", "subject"), ("tail", "object")) if role not in held)


@dataclass(frozen=True, slots=True)
class ReportedFact:
    """A statement ready to be shown. ``object_id`` is "" for a literal.

    ``status`` and ``reason`` say in a word and in a clause why a fact is not kept; both are empty where it is.

    ``documents`` counts those that support the fact; ``evidence`` holds the best few of ``evidence_count`` pieces.
    """

    id: str
    subject_id: str
    subject: str
    predicate_id: str
    predicate: str
    object_id: str
    object: str
    score: float
    band: Band
    status: tuple[str, ...]
    reason: str
    documents: int
    evidence_count: int
    evidence: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """What turns ids into words: names of nodes and predicates, and sources of documents (``Store.documents``).

    Links to local sources are relative to ``folder``, where the page will lie.
    """

    nodes: Mapping[str, str]
    predicates: Mapping[str, str]
    documents: Mapping[str, tuple[str, str]]
    folder: Path


def support(statement: Statement) -> tuple[int, int, float, str]:
    """How well a statement is supported: documents, pieces of evidence, score; the id breaks ties."""
    items = supporting(statement)
    return len({item.document for item in items}), len(items), statement.score, statement.id


def supporting(statement: Statement) -> list[Evidence]:
    """The evidence that holds a kept statement up; all of it for other statements."""
    kept = [item for item in statement.evidence if item.band == "keep" and item.assertion == "asserted"]
    return kept or list(statement.evidence)


def group_of(statement: Statement) -> str:
    """``kept``; ``review`` where a text asserts it with too low a score; ``unasserted`` where none asserts it."""
    if statement.band == "keep":
        return "kept"
    return "review" if any(item.assertion == "asserted" for item in statement.evidence) else "unasserted"


def reported(statement: Statement, wording: Wording) -> ReportedFact:
    """The fact in words, its best evidence first and evidence against it last."""
    holding = sorted(supporting(statement), key=lambda item: (-item.score, item.id))
    others = [item for item in statement.evidence if item not in holding]
    status = _status(statement)
    target_id, target = _object(statement.object, wording)
    return ReportedFact(
        id=statement.id,
        subject_id=statement.subject,
        subject=wording.nodes.get(statement.subject, statement.subject),
        predicate_id=statement.predicate,
        predicate=wording.predicates.get(statement.predicate, statement.predicate),
        object_id=target_id,
        object=target,
        score=statement.score,
        band=statement.band,
        status=status,
        reason=_reason(statement, status),
        documents=len({item.document for item in holding}),
        evidence_count=len(statement.evidence),
        evidence=tuple(_sentence(item, wording) for item in [*holding, *others][:MOST_EVIDENCE]),
    )


def _object(object: str | Literal, wording: Wording) -> tuple[str, str]:
    if isinstance(object, Literal):
        return "", f"{object.value} {object.unit}".strip()
    return object, wording.nodes.get(object, object)


def _status(statement: Statement) -> tuple[str, ...]:
    group = group_of(statement)
    if group == "kept":
        return ()
    if group == "review":
        return ("for review",)
    return tuple(sorted({SAID[item.assertion] for item in statement.evidence}))


def _reason(statement: Statement, status: tuple[str, ...]) -> str:
    if group_of(statement) == "review":
        return f"its score, {statement.score:.2f}, is too low to keep and too high to drop"
    return f"the text does not assert it ({', '.join(status)})" if status else ""


def _sentence(evidence: Evidence, wording: Wording) -> Sentence:
    source = wording.documents.get(evidence.document, (evidence.document, ""))[0]
    link = link_to(source, wording.folder)
    said = evidence.assertion, evidence.band, evidence.said_by
    return Sentence(marked(evidence), source, link, evidence.score, *said)


def attributed(how: str, said_by: str) -> str:
    """How something is said, and by whom where that is known.

    >>> attributed("attributed", "the Daily Courier"), attributed("hedged", "Ann"), attributed("negated", "")
    ('attributed to "the Daily Courier"', 'hedged, said by "Ann"', 'negated')
    """
    if not said_by:
        return how
    return f'{how} to "{said_by}"' if how == "attributed" else f'{how}, said by "{said_by}"'


def marked(evidence: Evidence) -> tuple[Piece, ...]:
    """The sentence cut at the ends of its head and tail; an end outside the sentence is not marked.

    >>> item = Evidence("e", "d", (10, 13), (23, 26), (10, 27), "Ann works at Ltd.", 1.0, "asserted", "keep", "m")
    >>> [(piece.text, piece.role) for piece in marked(item)]
    [('Ann', 'head'), (' works at ', ''), ('Ltd', 'tail'), ('.', '')]
    """
    spans = {"head": evidence.head, "tail": evidence.tail}
    start, length = evidence.sentence[0], len(evidence.text)
    inside = {
        role: (first - start, last - start)
        for role, (first, last) in spans.items()
        if start <= first < last <= start + length
    }
    cuts = sorted({0, length}.union(*inside.values()))
    return tuple(Piece(evidence.text[first:last], _roles(inside, first, last)) for first, last in pairwise(cuts))


def _roles(spans: Mapping[str, tuple[int, int]], first: int, last: int) -> str:
    return " ".join(role for role, (start, end) in spans.items() if start <= first and last <= end)


def link_to(source: str, folder: Path) -> str:
    """A link from a page in ``folder`` to a source on the web, or, relative to it, to a file that exists; else ""."""
    try:
        address = urlsplit(source)
        if address.scheme in WEB_SCHEMES:
            return source
        path = Path(url2pathname(address.path) if address.scheme == "file" else source)
        if not path.is_file():
            return ""
    except (OSError, ValueError):
        return ""
    return quote(os.path.relpath(path.resolve(), folder.resolve()).replace(os.sep, "/"))


def short(source: str) -> str:
    """A source as a line has room for it: of a local file, its name, its folder's name and the part meant.

    >>> short("file:///post/letters/mail.mbox#3")
    'letters/mail.mbox#3'
    """
    if not source.startswith("file:"):
        return source
    path, mark, part = source.partition("#")
    return "/".join(unquote(path).split("/")[-2:]) + mark + part


def ends(statements: Iterable[Statement]) -> list[str]:
    """The ids of the nodes that statements join, once for each statement that names them."""
    return [
        end for statement in statements for end in (statement.subject, statement.object) if not isinstance(end, Literal)
    ]
