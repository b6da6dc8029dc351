"""Relation networks without the encoder, trained from nothing on anybody's labelled documents.

They read word pieces through an embedding of their own, so that training needs neither the encoder nor its states.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
from tokenizers import Tokenizer

from graphwright.models.examples import FALSE, TRUE, Example, evidence_pieces, held_out
from graphwright.models.export import relation_graph, save_graph, shrunk
from graphwright.models.features import relation_features
from graphwright.models.heads import HeadConfig, StateExample, candidate_scores, fit_head
from graphwright.models.joint import Track, untracked
from graphwright.models.networks import RelationConfig, relation_network
from graphwright.models.pieces import load_tokenizer, split_pieces
from graphwright.models.runtime import open_session
from graphwright.models.shipped import VOCABULARY, load_relations, weights_folder
from graphwright.models.tags import TAGS
from graphwright.models.train import CHECKPOINT, Say, calibrated, epoch_line, silent, write_card
from graphwright.pipeline.datasets import read_dataset
from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.records import Annotated
from graphwright.pipeline.sentences import sentences
from graphwright.pipeline.windows import WINDOW

WIDTH = 128
CONFIG = HeadConfig(epochs=20, rate=2e-3)


def train_scratch(
    data: Path,
    output: Path,
    *,
    network: str = "rnn",
    seed: int = 13,
    epochs: int | None = None,
    say: Say = silent,
    track: Track = untracked,
) -> Path:
    """A relation network over trained embeddings, for the relation types that the documents of ``data`` state.

    Of the documents a fifth is held out: half of them calibrates, the other half is for ``test_scratch``. A pair of
    entities without a relation is a negative. Raises ``CorpusError`` where the documents state too little.
    """
    documents = labelled_documents(data)
    types = tuple(sorted({relation.type for item in documents for relation in item.relations or ()}))
    tokenizer = load_tokenizer(weights_folder() / VOCABULARY)
    examples = [StateExample(scratch_example(item, tokenizer, types)) for item in documents]
    learned = [item for item in examples if not kept_back(item.example.id)]
    calibrating = [item for item in examples if held_out(item.example.id)]
    if not learned or not any((item.example.types == TRUE).any() for item in calibrating):
        raise CorpusError(f"{data}: too few documents with relations to learn from; some hundred are needed")
    keras.utils.set_random_seed(seed)
    sizes = {"width": WIDTH, "tokens": WIDTH, "hidden": 2 * WIDTH, "size": WIDTH // 4}
    model = relation_network(RelationConfig(network, len(types), vocabulary=tokenizer.get_vocab_size(), **sizes))
    config = HeadConfig(epochs=epochs or CONFIG.epochs, rate=CONFIG.rate, seed=seed)

    def report(epoch: int, loss: float) -> None:
        say(epoch_line(network, epoch, config.epochs, {"loss": loss}))

    fit_head(model, learned, config, output / CHECKPOINT, report, track)
    save_graph(shrunk(relation_graph(model)), output / "relations.onnx")
    card = calibrated(open_session(output / "relations.onnx", 2), calibrating, types)
    version = content_hash("relations", (output / "relations.onnx").read_bytes().hex())
    kept = {"kind": "relations", "input": "pieces", "network": network, "version": version, "types": types}
    write_card(output, {**kept, "seed": seed, "epochs": config.epochs, **card})
    return output


def test_scratch(folder: Path, data: Path) -> dict[str, float]:
    """Precision, recall and F1 of facts between given entities, on documents that training did not see."""
    relations = load_relations(folder)
    assert relations.tokenizer is not None
    documents = [d for d in labelled_documents(data) if kept_back(d.document.id) and not held_out(d.document.id)]
    items = [StateExample(scratch_example(item, relations.tokenizer, relations.types)) for item in documents]
    right = found = wanted = 0
    for example, logits in candidate_scores(relations.session, items):
        stated = relations.calibration.probabilities(logits) >= 0.5
        true = example.types == TRUE
        right, found, wanted = right + int((stated & true).sum()), found + int(stated.sum()), wanted + int(true.sum())
    precision, recall = right / max(1, found), right / max(1, wanted)
    f1 = 2 * right / max(1, found + wanted)
    return {"documents": float(len(documents)), "precision": precision, "recall": recall, "f1": f1}


def kept_back(id: str) -> bool:
    """Whether a document is no document to learn from: a fifth of all, by their ids."""
    return held_out(id, 0.2)


def labelled_documents(data: Path) -> Sequence[Annotated]:
    """The documents of a data set that say which relations hold. Raises ``CorpusError`` where none does."""
    found = [item for item in read_dataset(data) if item.relations is not None]
    if not any(item.relations for item in found):
        raise CorpusError(f"{data}: wanted documents with relations between their entities, found none")
    return found


def scratch_example(item: Annotated, tokenizer: Tokenizer, types: Sequence[str]) -> Example:
    """The first stretch of a document, with every ordered pair of its entities."""
    number = {name: place for place, name in enumerate(types)}
    part = split_pieces(tokenizer, [item.document.text])[0][slice(WINDOW)]
    entities = [entity for entity in item.entities if entity.mentions]
    features = relation_features(part.offsets, item.sentences or sentences(item.document.text), entities, None)
    line = {(features.kept[h], features.kept[t]): place for place, (h, t) in enumerate(features.pairs.tolist())}
    labels = np.full((len(line), len(types)), FALSE, np.int8)
    for relation in item.relations or ():
        if (relation.head, relation.tail) in line and relation.type in number:
            labels[line[relation.head, relation.tail], number[relation.type]] = TRUE
    untold = np.ones((len(part), len(TAGS)), bool)
    return Example(item.document.id, part, untold, features, labels, evidence_pieces(item, part, features))
