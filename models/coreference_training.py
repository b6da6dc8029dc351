"""Training of the coreference network over the states of a trained encoder, and its test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np

from graphwright.models.antecedents import antecedent_features, without_pronoun_labels
from graphwright.models.coreference import CoreferenceConfig, CoreferenceExample, coreference_network, fit_coreference
from graphwright.models.coreference_scores import clusters_of, coreference_scores
from graphwright.models.examples import held_out
from graphwright.models.export import network_graph, save_graph, shrunk
from graphwright.models.progress import Say, Track, silent, telling, untracked
from graphwright.models.runtime import OnnxEncoder
from graphwright.models.shipped import COREFERENCE, encoder_beside, load_coreference, load_encoder, write_card
from graphwright.models.training_loop import CHECKPOINT
from graphwright.pipeline.extraction import only_given
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.interchange import read_annotated
from graphwright.pipeline.mention_traits import mention_traits

SOURCES = ("gum/train.jsonl.gz", "litbank/train.jsonl.gz", "docred-entities/train.jsonl.gz")
"""Names, nominals and pronouns of many genres; of fiction; names of encyclopedia articles."""
TESTS = ("gum/dev.jsonl.gz", "litbank/dev.jsonl.gz")


def train_coreference(
    data: Path,
    output: Path,
    *,
    seed: int = 13,
    epochs: int | None = None,
    say: Say = silent,
    track: Track = untracked,
) -> Path:
    """The coreference network over the states of the encoder beside ``output``, else of the shipped one."""
    reader = load_encoder(encoder_beside(output))
    config = CoreferenceConfig(seed=seed) if epochs is None else CoreferenceConfig(seed=seed, epochs=epochs)
    examples = [item for path in SOURCES for item in read_clusters(data / path, reader) if not held_out(item.id)]
    keras.utils.set_random_seed(seed)
    network = coreference_network(config)
    report = telling(say, COREFERENCE, config.epochs)
    fit_coreference(network, examples, config, output / CHECKPOINT, report, track)
    graph = output / f"{COREFERENCE}.onnx"
    save_graph(shrunk(network_graph(network)), graph)
    version = content_hash(COREFERENCE, graph.read_bytes().hex())
    write_card(output, {"kind": COREFERENCE, "version": version, "seed": seed, "epochs": config.epochs})
    return output


def read_clusters(path: Path, encoder: OnnxEncoder) -> Iterator[CoreferenceExample]:
    """The documents of a file as the network reads them, vectors float16 to save memory."""
    for content in read_annotated(path):
        owned = [(mention, entity.id) for entity in content.entities for mention in entity.mentions]
        owned.sort(key=lambda pair: (pair[0].start, -pair[0].end))
        if owned:
            mentions = without_pronoun_labels([mention for mention, _ in owned])
            known = mention_traits(content.document.text, mentions)
            features = antecedent_features(encoder.encode(content.document), mentions, known)
            features = replace(features, vectors=features.vectors.astype(np.float16))
            clusters = np.asarray([number for _, number in owned], np.int32)
            yield CoreferenceExample(content.document.id, features, clusters)


def test_coreference(folder: Path, data: Path) -> dict[str, float]:
    """MUC, B-cubed, CEAFe and their mean ``f1`` with gold mentions, on GUM's and LitBank's dev documents."""
    encoder, resolver = load_encoder(encoder_beside(folder)), load_coreference(folder)
    pairs = []
    for content in (item for path in TESTS for item in read_annotated(data / path)):
        found = only_given(resolver.resolve(encoder.encode(content.document), content.mentions), content.mentions)
        pairs.append((clusters_of(content.entities), clusters_of(found)))
    return coreference_scores(pairs)
