"""The encoder tuned together with a relation network, for relation types of anybody's own labelled documents.

It starts from the weights that ship, so that a few thousand short texts are enough; what it costs is that a text is
read twice, by the shipped encoder for entities and by this one for relations.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import keras

from graphwright.models.export import encoder_graph, network_graph, save_graph, shrunk
from graphwright.models.heads import StateExample
from graphwright.models.joint import JointConfig, JointModel, fit_joint, joint_model
from graphwright.models.own_documents import OwnExamples, own_examples
from graphwright.models.progress import Say, Track, silent, telling, untracked
from graphwright.models.relation_calibration import calibrated
from graphwright.models.restoring import restore_weights
from graphwright.models.runtime import OnnxEncoder, open_session
from graphwright.models.shipped import CASING, ENCODER, RELATIONS, VOCABULARY, load_encoder, weights_folder, write_card
from graphwright.models.training_loop import CHECKPOINT
from graphwright.pipeline.identity import content_hash

CONFIG = JointConfig(epochs=5, pieces=1024, encoder_rate=1e-4)


def train_tuned(
    data: Path,
    output: Path,
    *,
    network: str = "rnn",
    seed: int = 13,
    epochs: int | None = None,
    say: Say = silent,
    track: Track = untracked,
) -> Path:
    """A relation network and an encoder of its own, for the relation types that the documents of ``data`` state.

    A training cut off goes on from its last checkpoint, unless documents, network, seed or epochs are others. Raises
    ``CorpusError`` where the documents state too little.
    """
    own = own_examples(data, say)
    config = replace(CONFIG, seed=seed, epochs=epochs or CONFIG.epochs)
    run = content_hash("run", own.content, network, str(seed), str(config.epochs))
    keras.utils.set_random_seed(seed)
    model = joint_model(len(own.types), network)
    for part in (model.encoder, model.tagger):
        restore_weights(part, weights_folder() / ENCODER)
    report = telling(say, network, config.epochs)
    fit_joint(model, [(1.0, own.learned)], config, output / f"{CHECKPOINT}-{run[:12]}", report, track)
    save_networks(model, output)
    card = calibrated([open_session(output / RELATIONS, 2)], _with_states(own, load_encoder(output)), own.types)
    graphs = ((output / name).read_bytes().hex() for name in (ENCODER, RELATIONS))
    version = content_hash("relations", *graphs)
    kept = {"kind": "relations", "input": "own encoder", "network": network, "version": version, "types": own.types}
    write_card(output, {**kept, "documents": own.content, "seed": seed, "epochs": config.epochs, **card})
    return output


def save_networks(model: JointModel, output: Path) -> None:
    """Both graphs, and the encoder's vocabulary and casing."""
    save_graph(shrunk(encoder_graph(model.encoder, model.tagger)), output / ENCODER)
    save_graph(shrunk(network_graph(model.relations)), output / RELATIONS)
    for name in (VOCABULARY, CASING):
        (output / name).write_bytes((weights_folder() / name).read_bytes())


def _with_states(own: OwnExamples, encoder: OnnxEncoder) -> list[StateExample]:
    return [StateExample(example, encoder.states(example.pieces)) for example in own.calibrating]
