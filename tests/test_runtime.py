"""The shipped networks as they run: every document alone, whole, and the same to the bit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import spacy
from numpy.typing import NDArray
from relation_arrays import example, inputs

from graphwright.flows.building import policy
from graphwright.flows.settings import load_settings
from graphwright.models.runtime import (
    SURE,
    OnnxEncoder,
    TagRecognizer,
    evidence_sentences,
    mean_outputs,
)
from graphwright.models.shipped import (
    CARD,
    COREFERENCE,
    DEFAULT,
    ENCODER,
    load_coreference,
    load_encoder,
    load_relations,
    read_card,
    weights_folder,
)
from graphwright.models.tags import TAGS
from graphwright.pipeline.errors import ModelError
from graphwright.pipeline.pairs import candidate_pairs
from graphwright.pipeline.protocols import Encoded
from graphwright.pipeline.records import Entity, Relation, make_document
from graphwright.pipeline.schema import load_schema
from graphwright.pipeline.windows import WINDOW

WEIGHTS = weights_folder()
needs_weights = pytest.mark.skipif(not (WEIGHTS / ENCODER).is_file(), reason="no encoder is shipped with this checkout")
needs_relations = pytest.mark.skipif(not (WEIGHTS / "rnn" / CARD).is_file(), reason="no relation network is shipped")

TEXT = "Angela Merkel was born in Hamburg in 1954. She led the Christian Democratic Union in Germany."
TEXTS = (
    TEXT,
    "🦉 Toyota opened a plant in Texas. شركة",
    "Nobody came.",
    "Marie Curie married Pierre Curie in 1895. " * 30,
)
LONG = "The rain fell on the roof and nobody spoke. " * 150 + "Then Barack Obama flew to Kenya."


@pytest.fixture(scope="module")
def encoder() -> OnnxEncoder:
    return load_encoder(WEIGHTS)


def bits(encoded: Encoded) -> tuple[bytes, bytes, bytes]:
    return encoded.offsets.tobytes(), encoded.states.tobytes(), encoded.tags.tobytes()


def found(encoder: OnnxEncoder, text: str) -> dict[str, str]:
    mentions = TagRecognizer().recognize(encoder.encode(make_document("a", text)))
    return {text[slice(*mention.span)]: mention.label for mention in mentions}


@needs_weights
def test_obvious_names_are_found(encoder: OnnxEncoder) -> None:
    labels = found(encoder, TEXT)
    expected = {"Angela Merkel": "PER", "Hamburg": "LOC", "1954": "TIME", "Germany": "LOC"}
    assert {name: labels.get(name) for name in expected} == expected


@needs_weights
def test_shapes(encoder: OnnxEncoder) -> None:
    encoded = encoder.encode(make_document("a", TEXT))
    assert len(encoded.offsets) == len(encoded.states) == len(encoded.tags)
    assert encoded.states.dtype == encoded.tags.dtype == np.float32
    assert len(encoded.sentences) == 2


@needs_weights
def test_no_bit_depends_on_what_else_is_read_or_on_order_or_threads(encoder: OnnxEncoder) -> None:
    documents = [make_document(str(number), text) for number, text in enumerate(TEXTS)]
    alone = [bits(encoder.encode(document)) for document in documents]
    backward = [bits(encoder.encode(document)) for document in reversed(documents)]
    assert backward[::-1] == alone
    with ThreadPoolExecutor(4) as pool:
        assert [bits(encoded) for encoded in pool.map(encoder.encode, documents * 2)] == alone * 2


@needs_weights
def test_a_long_document_is_read_to_its_last_word(encoder: OnnxEncoder) -> None:
    encoded = encoder.encode(make_document("a", LONG))
    assert len(encoded.offsets) > 2 * WINDOW
    assert np.isfinite(encoded.states).all()
    assert found(encoder, LONG) == {"Barack Obama": "PER", "Kenya": "LOC"}


@needs_weights
@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\x00"])
def test_a_document_without_words(encoder: OnnxEncoder, text: str) -> None:
    assert found(encoder, text) == {}


@needs_weights
@needs_relations
@pytest.mark.parametrize("name", ["committee", "rnn"])
def test_relations_are_calibrated_ordered_and_the_same_to_the_bit(encoder: OnnxEncoder, name: str) -> None:
    encoded = encoder.encode(make_document("a", TEXT))
    entities = load_coreference(WEIGHTS / COREFERENCE).resolve(encoded, TagRecognizer().recognize(encoded))
    pairs = candidate_pairs(entities, load_schema())
    network = load_relations(WEIGHTS / name)
    relations: list[Relation] = network.classify(encoded, entities, pairs)
    assert relations
    keys = [(relation.head, relation.type, relation.tail) for relation in relations]
    assert keys == sorted(set(keys))
    assert all(network.least <= relation.score <= 1 for relation in relations)
    assert all(relation.evidence and set(relation.evidence) <= set(encoded.sentences) for relation in relations)
    assert {(relation.head, relation.tail) for relation in relations} <= set(pairs)
    assert network.classify(encoded, entities, pairs[::-1]) == relations
    best = max(relations, key=lambda relation: relation.score)
    assert entities[best.head].name == "Angela Merkel"


@needs_relations
def test_a_committee_is_the_mean_of_its_members() -> None:
    committee = load_relations(WEIGHTS / DEFAULT)
    assert len(committee.sessions) == 3
    states = np.random.default_rng(5).normal(size=(12, 384)).astype(np.float16)
    names = [item.name for item in committee.sessions[0].get_inputs()]
    arrays = inputs([replace(example(5, 12), states=states)], names)
    alone = [mean_outputs([session], arrays) for session in committee.sessions]
    for together, members in zip(mean_outputs(committee.sessions, arrays), zip(*alone, strict=True), strict=True):
        assert np.allclose(together, np.mean(members, axis=0), atol=1e-6)


@needs_weights
@needs_relations
def test_pairs_in_portions_have_the_scores_of_all_at_once(
    encoder: OnnxEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, document = load_relations(WEIGHTS / "rnn"), make_document("a", TEXT)
    encoded = encoder.encode(document)
    entities = [Entity(n, "x", m.label, (m,)) for n, m in enumerate(TagRecognizer().recognize(encoded))]
    pairs = candidate_pairs(entities, load_schema())
    whole = network.classify(encoded, entities, pairs)
    monkeypatch.setattr("graphwright.models.runtime.PAIRS", 2)
    portions = network.classify(encoded, entities, pairs)
    assert [(r.head, r.type, r.tail, r.evidence) for r in portions] == [
        (r.head, r.type, r.tail, r.evidence) for r in whole
    ]
    assert np.allclose([r.score for r in portions], [r.score for r in whole], atol=2e-4)


@needs_weights
@needs_relations
def test_no_entities_have_no_relations(encoder: OnnxEncoder) -> None:
    network = load_relations(WEIGHTS / "rnn")
    for text in ("", "Nobody came."):
        assert network.classify(encoder.encode(make_document("a", text)), [], []) == []


@needs_weights
def test_the_spacy_component() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("graphwright_ner")
    doc = nlp(TEXT)
    assert {"Angela Merkel": "PER", "Hamburg": "LOC"}.items() <= {span.text: span.label_ for span in doc.ents}.items()
    assert list(nlp("").ents) == []


@pytest.mark.parametrize(("lead", "found"), [(1.2, ["PER"]), (3.0, ["PER", "MISC"])])
def test_what_is_hardly_a_name_is_none_and_tweets_call_little_a_thing(lead: float, found: list[str]) -> None:
    starts = {"PER": TAGS.index("B-PER"), "MISC": TAGS.index("B-MISC")}
    tags: NDArray[np.float32] = np.full((2, len(TAGS)), -9.0, np.float32)
    tags[:, 0] = 0.0
    for row, label in enumerate(starts):
        tags[row, starts[label]] = lead
    offsets = np.array([[0, 3], [4, 9]], np.int32)
    encoded = Encoded(make_document("a", "Ada Turbo"), ((0, 9),), offsets, tags, tags)
    mentions = TagRecognizer().recognize(encoded)
    assert [mention.label for mention in mentions] == found
    assert all(mention.score >= SURE[mention.label] for mention in mentions)


def test_evidence_is_where_attention_falls() -> None:
    offsets = np.array([[0, 2], [3, 5], [6, 8], [9, 11]], np.int32)
    empty = np.zeros((4, 1), np.float32)
    encoded = Encoded(make_document("a", "ab cd. ef gh."), ((0, 6), (6, 13)), offsets, empty, empty)
    even, late = np.array([0.2, 0.3, 0.3, 0.2], np.float32), np.array([0.0, 0.1, 0.4, 0.5], np.float32)
    assert evidence_sentences(encoded, even, slice(0, 4)) == ((0, 6), (6, 13))
    assert evidence_sentences(encoded, late, slice(0, 4)) == ((6, 13),)
    assert evidence_sentences(encoded, late[2:], slice(2, 4)) == ((6, 13),)


def test_a_folder_without_a_model_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no trained model"):
        read_card(tmp_path)
    (tmp_path / CARD).write_text('{"format": 99}')
    with pytest.raises(ModelError, match="format 99"):
        read_card(tmp_path)


@needs_relations
def test_a_higher_precision_keeps_less() -> None:
    bands = [policy(load_settings(precision=precision)) for precision in ("0.8", "0.9", "0.95")]
    keeps = [band.keep for band in bands]
    assert keeps == sorted(set(keeps))
    assert {band.review for band in bands} == {0.5}


def test_a_name_does_not_go_on_across_a_line() -> None:
    text = "Oslo\nAda"
    tags: NDArray[np.float32] = np.full((2, 13), -9.0, np.float32)
    tags[0, 5], tags[1, 6] = 9.0, 9.0
    offsets = np.array([[0, 4], [5, 8]], np.int32)
    encoded = Encoded(make_document("a", text), ((0, 4), (5, 8)), offsets, tags, tags)
    assert [mention.span for mention in TagRecognizer().recognize(encoded)] == [(0, 4), (5, 8)]
