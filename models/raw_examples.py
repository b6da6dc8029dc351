"""Examples as use meets them: entities by our own stages, relations carried over from the gold ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np

from graphwright.models.examples import Example, document_example, held_out, read_documents
from graphwright.models.heads import StateExample
from graphwright.models.pieces import split_pieces
from graphwright.models.runtime import OnnxEncoder
from graphwright.models.sources import Source
from graphwright.models.stitching import Labelled
from graphwright.pipeline.protocols import CoreferenceResolver, MentionRecognizer
from graphwright.pipeline.records import Entity
from graphwright.pipeline.windows import WINDOW


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages before relations, as they are in use."""

    encoder: OnnxEncoder
    recognizer: MentionRecognizer
    coreference: CoreferenceResolver


def read_state_examples(
    data: Path, source: Source, stages: Stages, types: Sequence[str], *, raw: bool, every: int = 1, kept_back: bool
) -> Iterator[StateExample]:
    """Each ``every``-th example of a source with the encoder's states; with entities of our own where ``raw``.

    With ``kept_back`` only those of held-out documents.
    """
    for labelled in islice(read_documents(data / source.path, source), 0, None, every):
        content = labelled.content
        if kept_back and not held_out(content.document.id):
            continue
        encoded = stages.encoder.encode(content.document)
        labelled = replace(labelled, content=replace(content, sentences=content.sentences or encoded.sentences))
        if raw:
            mentions = stages.recognizer.recognize(encoded)
            labelled = with_entities(labelled, stages.coreference.resolve(encoded, mentions))
        pieces = split_pieces(stages.encoder.tokenizer, [content.document.text])[0][slice(WINDOW)]
        example = document_example(labelled, pieces, source, types)
        if example.relations is not None and (example.types >= 0).any():
            yield StateExample(without_unknown(example), encoded.states[:WINDOW].astype(np.float16))


def with_entities(labelled: Labelled, entities: Sequence[Entity]) -> Labelled:
    """The document with predicted entities, and each gold relation between all that overlap its ends."""
    gold = labelled.content
    match = {known.id: [entity.id for entity in entities if _overlap(entity, known)] for known in gold.entities}

    def pairs(head: int, tail: int) -> Iterator[tuple[int, int]]:
        return ((h, t) for h in match[head] for t in match[tail] if h != t)

    relations = [
        replace(relation, head=head, tail=tail)
        for relation in gold.relations or ()
        for head, tail in pairs(relation.head, relation.tail)
    ]
    unsaid = {(h, name, t) for head, name, tail in labelled.unsaid for h, t in pairs(head, tail)}
    content = replace(gold, entities=tuple(entities), relations=tuple(dict.fromkeys(relations)))
    return replace(labelled, content=content, unsaid=frozenset(unsaid))


def _overlap(first: Entity, second: Entity) -> bool:
    return any(m.start < n.end and n.start < m.end for m in first.mentions for n in second.mentions)


def without_unknown(example: Example) -> Example:
    """The example without the pairs of which nothing is known."""
    assert example.relations is not None
    known = (example.types >= 0).any(axis=1)
    relations = replace(
        example.relations,
        pairs=example.relations.pairs[known],
        pair_features=example.relations.pair_features[known],
    )
    return replace(example, relations=relations, types=example.types[known], evidence=example.evidence[known])
