"""The annotator that ships: trained networks, knowledge base and rules put together."""

from __future__ import annotations

import json
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from graphwright.models.calibration import Calibration
from graphwright.models.casing import load_casing
from graphwright.models.pieces import load_tokenizer
from graphwright.models.resolver import NetworkCoreference
from graphwright.models.runtime import (
    OnnxEncoder,
    OnnxRelations,
    TagRecognizer,
    TextReader,
    open_session,
    own_states,
    piece_numbers,
    shared_states,
)
from graphwright.pipeline.contribution import Policy
from graphwright.pipeline.errors import ModelError, UsageError
from graphwright.pipeline.extraction import RULES_VERSION, Extractor
from graphwright.pipeline.knowledge_starter import STARTER
from graphwright.pipeline.linking import load_linker
from graphwright.pipeline.protocols import MentionRecognizer
from graphwright.pipeline.schema import Schema

FORMAT = 1
DEFAULT = "committee"
"""The three relation networks heard together: better than each, for a few per cent of the time."""
LIKELY = 0.5
"""What is likelier than not, and not sure enough to keep, waits for review."""
ENCODER, RELATIONS, VOCABULARY, CARD = "encoder.onnx", "relations.onnx", "vocabulary.txt", "card.json"
COREFERENCE = "coreference"
CASING = "casing.txt"


def weights_folder(language: str = "en") -> Path:
    """Where the shipped weights of a language lie."""
    return Path(str(files("graphwright.models") / "weights" / language))


def read_card(folder: Path) -> dict[str, Any]:
    """A model's card. Raises ``ModelError`` where it is missing, broken or of another format."""
    path = folder / CARD
    try:
        card: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder} is no trained model: its {CARD} cannot be read ({error})") from None
    if card.get("format") != FORMAT:
        raise ModelError(
            f"{path} is of format {card.get('format')}; this version reads format {FORMAT}: train it again"
        )
    return card


def write_card(folder: Path, content: dict[str, Any]) -> None:
    """A model's card, as ``read_card`` reads it."""
    (folder / CARD).write_text(json.dumps({"format": FORMAT, **content}, indent=1) + "\n", encoding="utf-8")


@cache
def load_encoder(folder: Path) -> OnnxEncoder:
    """The encoder with its entity tags."""
    session, tokenizer = open_session(folder / ENCODER), load_tokenizer(folder / VOCABULARY)
    return OnnxEncoder(session, tokenizer, load_casing(folder / CASING))


def member_folders(folder: Path, card: dict[str, Any]) -> list[Path]:
    """The networks that a committee's card names, beside it; of any other network, the folder itself."""
    return [folder.parent / name for name in card["members"]] if "members" in card else [folder]


def load_relations(folder: Path) -> OnnxRelations:
    """A relation network, or a committee of those beside it, with its calibration; its version hashes its weights."""
    card = read_card(folder)
    sessions = tuple(open_session(place / RELATIONS) for place in member_folders(folder, card))
    calibration = Calibration.from_json(card["calibration"])
    return OnnxRelations(sessions, tuple(card["types"]), calibration, card["version"], _reader(folder, card))


def _reader(folder: Path, card: dict[str, Any]) -> TextReader:
    """What a relation network reads of a text, as its card says."""
    if card.get("input") == "pieces":
        return partial(piece_numbers, load_tokenizer(weights_folder() / VOCABULARY))
    return partial(own_states, load_encoder(folder)) if card.get("input") == "own encoder" else shared_states


def load_coreference(folder: Path) -> NetworkCoreference:
    """The coreference network."""
    return NetworkCoreference(open_session(folder / f"{COREFERENCE}.onnx"))


def encoder_beside(folder: Path) -> Path:
    """The encoder whose states a network in ``folder`` reads: the one in the folder beside it, else the shipped one."""
    beside = folder.parent / "encoder"
    return beside if (beside / CARD).is_file() else weights_folder()


def coreference_beside(folder: Path) -> Path:
    """The coreference network that a relation network in ``folder`` learns after: the one beside it, or the shipped."""
    beside = folder.parent / COREFERENCE
    return beside if (beside / CARD).is_file() else weights_folder() / COREFERENCE


def network_folder(network: str, place: Path) -> Path:
    """Where a relation network lies: by its name in ``place``, or the folder itself of one of your own.

    Raises ``UsageError`` that lists the known names.
    """
    for folder in (place / network, Path(network)):
        if (folder / CARD).is_file():
            return folder
    known = sorted(path.parent.name for path in place.glob(f"*/{CARD}"))
    raise UsageError(f"no relation network {network!r}; known: {', '.join(known) or 'none'}, or the folder of your own")


def card_policy(network: str = DEFAULT, precision: str = "0.9", folder: Path | None = None) -> Policy:
    """The bands of a relation network: kept is what reaches ``precision`` on held-out documents, as its card says.

    What is less likely than not is never kept: on few and easy documents any threshold reaches the precision.
    """
    card = read_card(network_folder(network, folder or weights_folder()))
    keep = max(float(card["precision"][precision]), LIKELY)
    return Policy(keep=keep, review=LIKELY)


def load_recognizer(ner: str | None) -> MentionRecognizer:
    """Our tagger, or with "spacy:NAME" the entities of an installed spaCy pipeline."""
    if ner is None:
        return TagRecognizer()
    kind, _, name = ner.partition(":")
    if kind != "spacy" or not name:
        raise UsageError(f"--ner wants spacy:NAME, the name of an installed pipeline; received {ner!r}")
    from graphwright.pipeline.ner import SpacyRecognizer

    return SpacyRecognizer.load(name)


def load_annotator(
    *,
    network: str = DEFAULT,
    ner: str | None = None,
    knowledge: Path | None = None,
    schema: Schema,
    threads: int | None = None,
    folder: Path | None = None,
    vectors: bool = False,
) -> Extractor:
    """Everything that extraction needs, out of the shipped weights or those in ``folder``."""
    place = folder or weights_folder()
    relations = load_relations(network_folder(network, place))
    if not set(relations.types) & set(schema.properties):
        some = ", ".join(relations.types[:3])
        raise UsageError(f"the schema has none of the types of {network} ({some}); give one that has: --schema FILE")
    linker = load_linker(knowledge or STARTER)
    stages = (read_card(place)["version"], read_card(place / COREFERENCE)["version"], network, relations.version)
    version = " ".join((*stages, ner or "tags", linker.base.fingerprint, RULES_VERSION))
    version += " vectors" if vectors else ""
    return Extractor(
        load_encoder(place),
        load_recognizer(ner),
        load_coreference(place / COREFERENCE),
        linker,
        relations,
        schema,
        version,
        threads or 2,
        vectors,
        linker.base,
    )
