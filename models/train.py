"""The trainers: what ``graphwright train`` and the training flow run. Each takes a folder of data sets and a seed,
writes a model's folder and returns it; a training that was cut off goes on from its last checkpoint.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import keras
from numpy.typing import NDArray

from graphwright.models.casing import Casing, learned_casing, save_casing
from graphwright.models.coreference_training import test_coreference
from graphwright.models.encoder import load_minilm
from graphwright.models.examples import held_out, read_documents, read_examples, read_rows
from graphwright.models.export import encoder_graph, network_graph, save_graph, shrunk
from graphwright.models.heads import HeadConfig, StateExample, fit_head
from graphwright.models.joint import JointConfig, JointModel, fit_joint, joint_model
from graphwright.models.networks import RelationConfig, relation_network
from graphwright.models.pieces import load_tokenizer
from graphwright.models.progress import Say, Track, silent, telling, untracked
from graphwright.models.raw_examples import Stages, read_state_examples
from graphwright.models.relation_calibration import calibrated
from graphwright.models.restoring import restore_weights
from graphwright.models.runtime import OnnxEncoder, OnnxRelations, TagRecognizer, open_session
from graphwright.models.scoring import score
from graphwright.models.shipped import (
    CASING,
    COREFERENCE,
    ENCODER,
    RELATIONS,
    VOCABULARY,
    coreference_beside,
    encoder_beside,
    load_coreference,
    load_encoder,
    load_relations,
    read_card,
    weights_folder,
    write_card,
)
from graphwright.models.sources import COMPLETE, ENTITY_SOURCES, KNOWLEDGENET, RELATION_SOURCES, TWEETS
from graphwright.models.training_loop import CHECKPOINT
from graphwright.pipeline.errors import ConfigurationError
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.interchange import read_annotated
from graphwright.pipeline.knowledge import KnowledgeBase
from graphwright.pipeline.knowledge_starter import STARTER
from graphwright.pipeline.linking import KnowledgeLinker, Ranker
from graphwright.pipeline.pairs import candidate_pairs
from graphwright.pipeline.records import Annotated
from graphwright.pipeline.schema import load_schema

RANKER, MERGING = "ranker.json", "merging.json"
TEST = "redocred/dev.jsonl.gz"
COMMITTEE = ("cnn", "fnn", "rnn")
CONTINUED = JointConfig(epochs=3, encoder_rate=8e-5, head_rate=5e-4)
FURTHER = HeadConfig(epochs=2, rate=4e-4)
"""How weights that were trained before are trained further: the encoder's, and a relation network's."""


def relation_types(data: Path) -> tuple[str, ...]:
    """All relation types that training knows, sorted: those of Re-DocRED, KnowledgeNet and the single-fact sets."""
    types = set(COMPLETE)
    types |= {name.removeprefix("inverse:") for groups in KNOWLEDGENET.values() for group in groups for name in group}
    for source in ENTITY_SOURCES:
        if source.relations == "single":
            for labelled in read_documents(data / source.path, source):
                types |= {relation.type for relation in labelled.content.relations or ()}
    return tuple(sorted(types))


def train_encoder(
    data: Path,
    output: Path,
    *,
    seed: int = 13,
    epochs: int | None = None,
    start: Path | None = None,
    say: Say = silent,
    track: Track = untracked,
) -> Path:
    """The encoder, its entity tags and, to shape its states, a relation head, on all data sets at once.

    ``start`` is MiniLM's published safetensors file, or a folder of weights as they ship, which are trained further;
    without it training begins from the weights drawn by the seed.
    """
    tokenizer = load_tokenizer(weights_folder() / VOCABULARY)
    types = relation_types(data)
    groups = []
    for source in ENTITY_SOURCES:
        examples = [e for e in read_examples(data, source, tokenizer, types) if not held_out(e.id)]
        groups.append((source.repeats, examples))
    keras.utils.set_random_seed(seed)
    model = joint_model(len(types))
    config = JointConfig()
    if start is not None and start.is_dir():
        config = CONTINUED
        restore_joint(model, start)
    elif start is not None:
        load_minilm(model.encoder, _tensors(start))
    config = replace(config, seed=seed, epochs=epochs or config.epochs)
    fit_joint(model, groups, config, output / CHECKPOINT, telling(say, "encoder", config.epochs), track)
    return save_encoder(model, training_casing(data), output, seed=seed, epochs=config.epochs)


def training_casing(data: Path) -> Casing:
    """How the training texts mostly write words; in tweets people write as they like."""
    paths = sorted({source.path for source in ENTITY_SOURCES if source.path} - TWEETS)
    return learned_casing(str(row["text"]) for path in paths for row in read_rows(data / path))


def restore_joint(model: JointModel, weights: Path) -> None:
    """Put the weights of a folder as it ships into the model."""
    restore_weights(model.encoder, weights / ENCODER)
    restore_weights(model.tagger, weights / ENCODER)
    restore_weights(model.relations, weights / "fnn" / RELATIONS)


def save_encoder(model: JointModel, casing: Casing, output: Path, *, seed: int, epochs: int) -> Path:
    """The encoder as it ships: graph, vocabulary, casing, card."""
    save_graph(shrunk(encoder_graph(model.encoder, model.tagger)), output / ENCODER)
    (output / VOCABULARY).write_bytes((weights_folder() / VOCABULARY).read_bytes())
    save_casing(casing, output / CASING)
    version = content_hash("encoder", *((output / name).read_bytes().hex() for name in (ENCODER, CASING)))
    write_card(output, {"kind": "encoder", "version": version, "seed": seed, "epochs": epochs})
    return output


def _tensors(path: Path) -> dict[str, Any]:
    try:
        from safetensors.numpy import load_file
    except ImportError:
        raise ConfigurationError("training needs more packages: pip install 'graphwright[train]'") from None
    return dict(load_file(str(path)))


def state_examples(
    data: Path, encoder: Path, coreference: Path, types: Sequence[str], *, kept_back: bool = False
) -> list[StateExample]:
    """All examples for relation networks, or those of held-out documents: with gold entities, and with our own."""
    stages = Stages(load_encoder(encoder), TagRecognizer(), load_coreference(coreference))
    found: list[StateExample] = []
    for source in RELATION_SOURCES:
        kinds = (False,) if source.relations == "single" else (False, True)
        every = round(1 / min(1.0, source.repeats))
        for raw in kinds:
            found += read_state_examples(data, source, stages, types, raw=raw, every=every, kept_back=kept_back)
    return found


def train_relations(
    data: Path,
    output: Path,
    *,
    network: str = "rnn",
    seed: int = 13,
    epochs: int | None = None,
    encoder: Path | None = None,
    examples: Sequence[StateExample] | None = None,
    start: Path | None = None,
    say: Say = silent,
    track: Track = untracked,
) -> Path:
    """A relation network over the states of ``encoder`` (the one beside ``output``, else the shipped one).

    ``start``, or else ``GRAPHWRIGHT_START``, is a folder of weights as they ship, whose network is trained further.
    """
    place = encoder or encoder_beside(output)
    types = relation_types(data)
    examples = state_examples(data, place, coreference_beside(output), types) if examples is None else examples
    keras.utils.set_random_seed(seed)
    model = relation_network(RelationConfig(network, types=len(types)))
    start = start or start_folder()
    further = start is not None and start.is_dir()
    if start and further:
        restore_weights(model, start / network / RELATIONS)
    config, begun = FURTHER if further else HeadConfig(), model.get_weights()
    config = replace(config, seed=seed, epochs=epochs or config.epochs)
    learned = [item for item in examples if not held_out(item.example.id)]
    fit_head(model, learned, config, output / CHECKPOINT, telling(say, network, config.epochs), track)
    if further:
        model.set_weights(halfway(begun, model.get_weights()))
    save_graph(shrunk(network_graph(model)), output / RELATIONS)
    session = open_session(output / RELATIONS, 2)
    card = calibrated([session], [item for item in examples if held_out(item.example.id)], types)
    graph = (output / RELATIONS).read_bytes().hex()
    version = content_hash("relations", graph, json.dumps(card["calibration"]))
    kept = {"kind": "relations", "network": network, "version": version, "types": types}
    write_card(output, {**kept, "seed": seed, "epochs": config.epochs, **card})
    return output


def halfway(begun: Sequence[NDArray[Any]], ended: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
    """The mean of weights before and after training further, which keeps what was known (Wortsman et al. 2022).

    What is no weight, such as the state of chance, stays as it is.
    """
    return [(a + b) / 2 if a.dtype.kind == "f" else a for a, b in zip(begun, ended, strict=True)]


def train_committee(data: Path, output: Path, *, seed: int = 13, epochs: int | None = None) -> Path:
    """The relation networks beside ``output`` heard together: nothing is learned but the calibration of their mean."""
    types = relation_types(data)
    folders = [output.parent / name for name in COMMITTEE]
    sessions = [open_session(folder / RELATIONS, 2) for folder in folders]
    items = state_examples(data, encoder_beside(output), coreference_beside(output), types, kept_back=True)
    card = calibrated(sessions, items, types)
    graphs = ((folder / RELATIONS).read_bytes().hex() for folder in folders)
    version = content_hash("committee", *graphs, json.dumps(card["calibration"]))
    kept = {"kind": "relations", "network": "committee", "members": COMMITTEE, "version": version, "types": types}
    output.mkdir(parents=True, exist_ok=True)
    write_card(output, {**kept, **card})
    return output


def train_ner(
    data: Path,
    output: Path,
    *,
    seed: int = 13,
    epochs: int | None = None,
    say: Say = silent,
    track: Track = untracked,
) -> Path:
    """The encoder with its entity tags, from the weights that ``GRAPHWRIGHT_START`` names, a file or a folder."""
    return train_encoder(data, output, seed=seed, epochs=epochs, start=start_folder(), say=say, track=track)


def start_folder() -> Path | None:
    """The file or folder of weights that ``GRAPHWRIGHT_START`` names."""
    start = os.environ.get("GRAPHWRIGHT_START")
    return Path(start) if start else None


def train_linker(data: Path, output: Path, *, seed: int = 17, epochs: int | None = None) -> Path:
    """The linker's ranker and the weights of merging, one file each in ``output``, with their card."""
    from graphwright.models import linker, merge_training

    config = linker.LinkerConfig(seed=seed) if epochs is None else linker.LinkerConfig(epochs=epochs, seed=seed)
    output.mkdir(parents=True, exist_ok=True)
    report = linker.train_linker(data, output / RANKER, seed, config=config)
    trained = KnowledgeLinker(KnowledgeBase.open(STARTER), Ranker.load(output / RANKER))
    read = merge_training.entity_reader(encoder_beside(output), coreference_beside(output), trained)
    merge_training.train_merging(data, output / MERGING, read, seed)
    version = content_hash("linker", *((output / name).read_bytes().hex() for name in (RANKER, MERGING)))
    write_card(output, {"kind": "linker", "version": version, "seed": seed, "report": asdict(report)})
    return output


def test_model(folder: Path, data: Path) -> dict[str, float]:
    """Scores of a trained model on the documents kept for that (``TEST``); ``f1`` is what promotion compares."""
    card = read_card(folder)
    if card["kind"] == "linker":
        return {"f1": float(card["report"]["accuracy"])}
    if card["kind"] == COREFERENCE:
        return test_coreference(folder, data)
    gold = list(read_annotated(data / TEST))
    if card["kind"] == "encoder":
        encoder, recognizer = load_encoder(folder), TagRecognizer()
        found = (recognizer.recognize(encoder.encode(item.document)) for item in gold)
        predicted = [replace(item, mentions=tuple(m)) for item, m in zip(gold, found, strict=True)]
        scores = score((replace(item, relations=None) for item in gold), {p.document.id: p for p in predicted})
        return {name: value for name, value in scores.items() if not name.startswith("re_")}
    place = encoder_beside(folder)
    relations = load_relations(folder)
    predicted = [_with_relations(load_encoder(place), relations, item, float(card["threshold"])) for item in gold]
    scores = score(gold, {item.document.id: item for item in predicted})
    return {name: value for name, value in scores.items() if not name.startswith("ner_")}


def _with_relations(encoder: OnnxEncoder, network: OnnxRelations, item: Annotated, threshold: float) -> Annotated:
    schema = load_schema()
    found = network.classify(encoder.encode(item.document), item.entities, candidate_pairs(item.entities, schema))
    labels = {entity.id: entity.label for entity in item.entities}
    kept = (r for r in found if r.score >= threshold and schema.allows(labels[r.head], r.type, labels[r.tail]))
    return replace(item, relations=tuple(kept))
