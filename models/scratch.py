"""Relation networks without the encoder, trained from nothing on anybody's labelled documents.

They read word pieces through an embedding of their own, so that training needs neither the encoder nor its states.
"""

from __future__ import annotations

from pathlib import Path

import keras

from graphwright.models.export import network_graph, save_graph, shrunk
from graphwright.models.heads import HeadConfig, StateExample, fit_head
from graphwright.models.networks import RelationConfig, relation_network
from graphwright.models.own_documents import own_examples
from graphwright.models.progress import Say, Track, silent, telling, untracked
from graphwright.models.relation_calibration import calibrated
from graphwright.models.runtime import open_session
from graphwright.models.shipped import RELATIONS, write_card
from graphwright.models.training_loop import CHECKPOINT
from graphwright.pipeline.identity import content_hash

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

    A training cut off goes on from its last checkpoint, unless documents, network, seed or epochs are others. Raises
    ``CorpusError`` where the documents state too little.
    """
    own = own_examples(data, say)
    config = HeadConfig(epochs=epochs or CONFIG.epochs, rate=CONFIG.rate, seed=seed)
    run = content_hash("run", own.content, network, str(seed), str(config.epochs))
    keras.utils.set_random_seed(seed)
    model = relation_network(scratch_config(network, len(own.types), own.vocabulary))
    learned, calibrating = ([StateExample(e) for e in part] for part in (own.learned, own.calibrating))
    report = telling(say, network, config.epochs)
    fit_head(model, learned, config, output / f"{CHECKPOINT}-{run[:12]}", report, track)
    save_graph(shrunk(network_graph(model)), output / RELATIONS)
    card = calibrated([open_session(output / RELATIONS, 2)], calibrating, own.types)
    version = content_hash("relations", (output / RELATIONS).read_bytes().hex())
    kept = {"kind": "relations", "input": "pieces", "network": network, "version": version, "types": own.types}
    write_card(output, {**kept, "documents": own.content, "seed": seed, "epochs": config.epochs, **card})
    return output


def scratch_config(network: str, types: int, vocabulary: int) -> RelationConfig:
    """Sizes for some hundred to some thousand documents."""
    return RelationConfig(
        network, types, width=WIDTH, tokens=WIDTH, hidden=2 * WIDTH, size=WIDTH // 4, vocabulary=vocabulary
    )
