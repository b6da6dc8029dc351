"""What the pipeline needs from models, as Protocols of one method; ``models`` fills them, tests hand in fakes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from graphwright.pipeline.records import Annotated, Document, Entity, Mention, Relation, Span

if TYPE_CHECKING:
    from PIL import Image

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """A stretch of a document as the encoder sees it.

    Shape: ``offsets`` int32 (pieces, 2), half-open code points into the document's text; ``states`` float32
    (pieces, width); ``tags`` float32 (pieces, labels), the entity head's logits. Special tokens are left out.
    """

    document: Document
    sentences: tuple[Span, ...]
    offsets: IntArray
    states: FloatArray
    tags: FloatArray


class Encoder(Protocol):
    def encode(self, document: Document) -> Encoded:
        """Read a document once, whole; what comes out does not depend on any other document."""


class MentionRecognizer(Protocol):
    def recognize(self, encoded: Encoded) -> Sequence[Mention]:
        """Mentions of names, dates and numbers, ordered by start, not overlapping."""


class CoreferenceResolver(Protocol):
    def resolve(self, encoded: Encoded, mentions: Sequence[Mention]) -> Sequence[Entity]:
        """Entities of the document, numbered from 0 in order of first mention; may add pronoun mentions."""


class EntityLinker(Protocol):
    def link(self, document: Document, entities: Sequence[Entity]) -> Sequence[Entity]:
        """The same entities with ``kb_id`` and ``score`` set."""


class RelationClassifier(Protocol):
    """Scores are calibrated probabilities; ``types`` lists the predicates it knows."""

    @property
    def version(self) -> str: ...

    @property
    def types(self) -> tuple[str, ...]: ...

    def classify(
        self, encoded: Encoded, entities: Sequence[Entity], pairs: Collection[tuple[int, int]]
    ) -> Sequence[Relation]:
        """Relations of the (head, tail) entity ids asked for, every type with a score >= 0.05."""


class Annotator(Protocol):
    """The whole of extraction; ``version`` names all models and rules that decide what a text yields."""

    @property
    def version(self) -> str: ...

    def annotate(self, documents: Iterable[Document]) -> Iterator[Annotated]: ...


@dataclass(frozen=True, slots=True)
class Seen:
    """A thing that a picture shows, with its probability; ``kb_id`` is ``None`` where it is in no knowledge base."""

    name: str
    label: str
    kb_id: str | None
    score: float


class PictureReader(Protocol):
    """What looks at pictures; ``version`` names all that decides what it sees."""

    @property
    def version(self) -> str: ...

    def look(self, pictures: Sequence[Image.Image]) -> Sequence[Sequence[Seen]]:
        """What each picture (RGB) shows, the likeliest first; nothing where it is none of what is known."""
