"""The records that flow from text to graph. All are frozen; functions move them on.

Every offset is a half-open range of Unicode code points into ``Document.text``, as Python slices them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from graphwright.pipeline.identity import content_hash

Span = tuple[int, int]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""
Form = Literal["name", "nominal", "pronoun"]
Assertion = Literal["asserted", "negated", "hedged", "future", "attributed"]
Band = Literal["keep", "review", "drop"]

ENTITY_LABELS = ("PER", "ORG", "LOC", "TIME", "NUM", "MISC")
LITERAL_LABELS = frozenset({"TIME", "NUM"})


def check_span(start: int, end: int) -> None:
    """Raise ``ValueError`` unless ``0 <= start < end``."""
    if not 0 <= start < end:
        raise ValueError(f"a span needs 0 <= start < end; received start={start}, end={end}")


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """Where a document shows a picture: the hash of its data, the page from 1, and the box on it.

    The box counts from the upper left corner, in a PDF of the page and in points; elsewhere, where pages are not laid
    out, of the picture itself, so that it tells its size.
    """

    picture: str
    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class Depiction:
    """A thing that a picture of a document shows; ``start`` is the offset in the text at which the picture stands.

    ``score`` is the probability that ``model`` gives it; ``kb_id`` is ``None`` where it is in no knowledge base.
    """

    region: Region
    start: int
    name: str
    label: str
    kb_id: str | None
    score: float
    model: str


@dataclass(frozen=True, slots=True)
class Document:
    """A text as read, and where it came from. ``id`` is a function of ``source`` unless a data set names it.

    ``depictions`` is what its pictures show; empty where they were not looked at.
    """

    id: str
    text: str
    source: str
    language: str = "en"
    metadata: Mapping[str, str] = field(default_factory=dict, hash=False)
    depictions: tuple[Depiction, ...] = ()

    @property
    def version(self) -> str:
        """A hash of the text: two documents with equal versions say the same."""
        return content_hash("text", self.text)


def make_document(
    source: str, text: str, *, language: str = "en", metadata: Mapping[str, str] | None = None
) -> Document:
    """A document whose id is the hash of its source."""
    return Document(content_hash("document", source), text, source, language, dict(metadata or {}))


@dataclass(frozen=True, slots=True)
class Mention:
    """A span of a document that names, describes or stands for an entity. ``document`` is the document's id."""

    document: str
    start: int
    end: int
    label: str
    score: float = 1.0
    form: Form = "name"

    def __post_init__(self) -> None:
        check_span(self.start, self.end)

    @property
    def span(self) -> Span:
        return self.start, self.end


@dataclass(frozen=True, slots=True)
class Entity:
    """Mentions of one document that mean the same thing; ``id`` is its number within the document.

    ``kb_id`` is an id of the knowledge base ("Q90"), ``None`` where the entity is not in it; ``score`` is the
    probability of that decision. ``vector`` is empty unless vectors are asked for (see ``vectors``).
    """

    id: int
    name: str
    label: str
    mentions: tuple[Mention, ...]
    kb_id: str | None = None
    score: float = 1.0
    vector: tuple[float, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Relation:
    """``head`` and ``tail`` are ids of entities of the same document; ``evidence`` holds the sentences' spans.

    ``said_by`` is in the text's words who reports it, empty where the text names nobody.
    """

    head: int
    tail: int
    type: str
    score: float
    evidence: tuple[Span, ...] = ()
    assertion: Assertion = "asserted"
    qualifiers: tuple[tuple[str, str], ...] = ()
    said_by: str = ""


@dataclass(frozen=True, slots=True)
class Annotated:
    """What one document says: the result of extraction, and the gold of a labelled data set.

    ``relations`` is ``None`` where a data set does not say (unknown), empty where there are none. ``unasked`` counts
    the pairs of entities that were left out of extraction since there were too many.
    """

    document: Document
    sentences: tuple[Span, ...] = ()
    mentions: tuple[Mention, ...] = ()
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] | None = ()
    unasked: int = 0
