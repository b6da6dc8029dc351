"""Labelled documents of anybody's own: what a relation network learns from them, and how good it is on those kept back.

A fifth of the documents, by a hash of their ids, is held out: half of it calibrates, the other half tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from graphwright.models.examples import Example, evidence_pieces, held_out
from graphwright.models.features import RelationFeatures, relation_features
from graphwright.models.pieces import load_tokenizer, split_pieces
from graphwright.models.progress import Say
from graphwright.models.relation_labels import FALSE, TRUE, UNKNOWN
from graphwright.models.runtime import OnnxRelations
from graphwright.models.scoring import score
from graphwright.models.shipped import VOCABULARY, load_relations, read_card, weights_folder
from graphwright.models.tags import TAGS
from graphwright.pipeline.datasets import read_dataset
from graphwright.pipeline.errors import CorpusError, ModelError
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.protocols import Encoded
from graphwright.pipeline.records import ENTITY_LABELS, Annotated
from graphwright.pipeline.sentences import sentences
from graphwright.pipeline.windows import stretches


@dataclass(frozen=True, slots=True)
class OwnExamples:
    """What there is to learn from and to calibrate on; ``content`` is a hash of the documents."""

    types: tuple[str, ...]
    learned: Sequence[Example]
    calibrating: Sequence[Example]
    content: str
    vocabulary: int


def own_examples(data: Path, say: Say) -> OwnExamples:
    """The documents of a data set as examples; a pair of entities without a relation is a negative.

    Raises ``CorpusError`` where the documents state too little.
    """
    documents = labelled_documents(data)
    types = tuple(sorted({relation.type for item in documents for relation in item.relations or ()}))
    _tell_unknown_labels(documents, say)
    tokenizer = load_tokenizer(weights_folder() / VOCABULARY)
    examples = [e for item in documents for e in document_examples(item, tokenizer, types)]
    learned = [item for item in examples if not kept_back(item.id)]
    calibrating = [item for item in examples if held_out(item.id)]
    if not all(any((item.types == TRUE).any() for item in part) for part in (learned, calibrating)):
        raise CorpusError(f"{data}: too few documents with relations to learn from; some hundred are needed")
    return OwnExamples(types, learned, calibrating, content_of(documents), tokenizer.get_vocab_size())


def test_own(folder: Path, data: Path) -> dict[str, float]:
    """Precision, recall and F1 of facts between given entities, run as in use.

    Of the data set that it was trained on, only the documents that neither trained nor calibrated it are read; of any
    other, all.
    """
    card = read_card(folder)
    if "input" not in card:
        raise ModelError(f"{folder} reads the states of the encoder that ships; wanted a network of your own")
    network = load_relations(folder)
    documents = labelled_documents(data)
    if content_of(documents) == card.get("documents"):
        documents = [d for d in documents if kept_back(d.document.id) and not held_out(d.document.id)]
    predicted = {d.document.id: _predicted(network, d, float(card["threshold"])) for d in documents}
    scores = score(documents, predicted)
    kept = {name: value for name, value in scores.items() if not name.startswith("ner_")}
    return {"documents": float(len(documents)), **kept}


def _predicted(network: OnnxRelations, item: Annotated, threshold: float) -> Annotated:
    part = split_pieces(load_tokenizer(weights_folder() / VOCABULARY), [item.document.text])[0]
    nothing = np.zeros((len(part), 0), np.float32)
    spans = item.sentences or sentences(item.document.text)
    numbers = [entity.id for entity in item.entities]
    pairs = [(head, tail) for head in numbers for tail in numbers if head != tail]
    found = network.classify(Encoded(item.document, spans, part.offsets, nothing, nothing), item.entities, pairs)
    return replace(item, relations=tuple(relation for relation in found if relation.score >= threshold))


def kept_back(id: str) -> bool:
    """Whether a document is no document to learn from: a fifth of all, by their ids."""
    return held_out(id, 0.2)


def labelled_documents(data: Path) -> Sequence[Annotated]:
    """The documents of a data set that say which relations hold. Raises ``CorpusError`` where none does."""
    found = [item for item in read_dataset(data) if item.relations is not None]
    if not any(item.relations for item in found):
        raise CorpusError(f"{data}: wanted documents with relations between their entities, found none")
    return found


def content_of(documents: Sequence[Annotated]) -> str:
    """A hash of all that is learned from documents, wherever their file lies."""
    told = (repr((d.document.id, d.document.version, d.sentences, d.entities, d.relations)) for d in documents)
    return content_hash("documents", *told)


def _tell_unknown_labels(documents: Sequence[Annotated], say: Say) -> None:
    unknown = sorted({entity.label for item in documents for entity in item.entities} - set(ENTITY_LABELS))
    if unknown:
        say(f"entity types {', '.join(unknown)} are learned as unknown; known: {', '.join(ENTITY_LABELS)}")


def document_examples(item: Annotated, tokenizer: Tokenizer, types: Sequence[str]) -> Iterator[Example]:
    """The stretches in which a network will read a document, each with every ordered pair of its entities, if any."""
    pieces = split_pieces(tokenizer, [item.document.text])[0]
    spans = item.sentences or sentences(item.document.text)
    entities = [entity for entity in item.entities if entity.mentions]
    for stretch in stretches(item.document.text, spans, pieces.offsets):
        part = pieces[stretch]
        features = relation_features(part.offsets, spans, entities, None)
        if len(features.pairs):
            evidence = evidence_pieces(item, part, features)
            labels = pair_labels(item, features, evidence, types)
            untold = np.ones((len(part), len(TAGS)), bool)
            yield Example(item.document.id, part, untold, features, labels, evidence)


def pair_labels(
    item: Annotated, features: RelationFeatures, evidence: NDArray[np.bool_], types: Sequence[str]
) -> NDArray[np.int8]:
    """What holds of each pair in a stretch; unknown what is said elsewhere, as its evidence tells.

    Shape: evidence bool (pairs, pieces) -> int8 (pairs, types).
    """
    number = {name: place for place, name in enumerate(types)}
    line = {(features.kept[h], features.kept[t]): place for place, (h, t) in enumerate(features.pairs.tolist())}
    labels = np.full((len(line), len(types)), FALSE, np.int8)
    for relation in item.relations or ():
        place = line.get((relation.head, relation.tail))
        if place is not None:
            elsewhere = bool(relation.evidence) and not evidence[place].any()
            labels[place, number[relation.type]] = UNKNOWN if elsewhere else TRUE
    return labels
