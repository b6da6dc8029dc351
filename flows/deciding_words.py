"""Which words decided a statement: its best evidence is read again, and its score followed back to the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphwright.flows.annotators import extraction, load
from graphwright.flows.inspection import the_statement
from graphwright.flows.quiet_tensorflow import load_tensorflow
from graphwright.flows.settings import Settings
from graphwright.flows.targets import open_target
from graphwright.pipeline.errors import UsageError
from graphwright.pipeline.extraction import Extractor
from graphwright.pipeline.parts import part_document, part_spans
from graphwright.pipeline.records import Document, Entity, Span
from graphwright.pipeline.rereading import Held, Skipped, read_again
from graphwright.pipeline.sentences import sentences
from graphwright.pipeline.windows import stretches

if TYPE_CHECKING:
    from graphwright.models.attribution import Word
    from graphwright.pipeline.graph import Evidence


@dataclass(frozen=True, slots=True)
class DecidingWords:
    """The words around a statement's best evidence with their shares in its score; offsets count in ``text``.

    ``text`` is what the networks read at once, from ``start`` of the document on; ``sentence`` is the evidence's.
    """

    source: str
    start: int
    text: str
    sentence: Span
    words: tuple[Word, ...]


def deciding_words(settings: Settings, start: str) -> DecidingWords:
    """Of the one statement whose id starts so.

    Raises:
        UsageError: none or several, its document is gone or changed, or these networks read it otherwise.
    """
    with open_target(settings) as store:
        statement = the_statement(store, settings, start)
        evidence = max(statement.evidence, key=lambda item: (item.score, item.id))
        source, _ = store.documents()[evidence.document]
        held = Held(evidence.document, source, store.versions()[evidence.document])
    found = next(iter(read_again([held], language=settings.language, text_field="text")))
    if isinstance(found, Skipped):
        raise UsageError(f"{found.source} cannot be looked at: {found.reason}")
    return _words(settings, found, evidence, statement.predicate)


def _words(settings: Settings, document: Document, evidence: Evidence, type: str) -> DecidingWords:
    load_tensorflow()
    from graphwright.models.attribution import load_networks, word_shares
    from graphwright.models.runtime import OnnxEncoder
    from graphwright.models.shipped import network_folder, weights_folder

    annotator = load(extraction(settings))
    if not isinstance(annotator, Extractor) or not isinstance(annotator.encoder, OnnxEncoder):
        raise UsageError("words are told for the networks that ship; the annotator is one of your own")
    offset, part = _part(document, evidence)
    annotated = next(annotator.annotate([part]))
    ends = [(span[0] - offset, span[1] - offset) for span in (evidence.head, evidence.tail)]
    pair = [_entity_at(annotated.entities, span, document.source) for span in ends]
    pieces = annotator.encoder.pieces(part.text)
    parts = stretches(part.text, annotated.sentences, pieces.offsets)
    holding = (item for item in parts if _holds(pieces.offsets[item].tolist(), ends))
    stretch = pieces[next(holding, parts[0])]
    place = weights_folder()
    networks = load_networks(place, network_folder(settings.network, place))
    words = word_shares(networks, part.text, stretch, annotated.sentences, annotated.entities, (pair[0], pair[1]), type)
    sentence = evidence.sentence[0] - offset, evidence.sentence[1] - offset
    return DecidingWords(document.source, offset, part.text, sentence, tuple(words))


def _part(document: Document, evidence: Evidence) -> tuple[int, Document]:
    """Where the part begins in which extraction read the evidence, and the part."""
    low = min(evidence.head[0], evidence.tail[0])
    high = max(evidence.head[1], evidence.tail[1])
    spans = part_spans(document.text, sentences(document.text))
    chosen = next((span for span in spans if span[0] <= low and high <= span[1]), spans[0])
    return chosen[0], part_document(document, chosen)


def _holds(offsets: Sequence[Sequence[int]], ends: Sequence[Span]) -> bool:
    return all(offsets[0][0] <= start and end <= offsets[-1][1] for start, end in ends)


def _entity_at(entities: Sequence[Entity], span: Span, source: str) -> int:
    for entity in entities:
        if any(mention.span == span for mention in entity.mentions):
            return entity.id
    raise UsageError(f"these networks find no entity at [{span[0]}:{span[1]}] of {source}; build it again")
