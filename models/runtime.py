"""The shipped networks in ONNX Runtime: the encoder with its entity tags, and a relation network over its states.

Each document runs alone, unpadded, so that what it yields cannot depend on what else is read (not by a bit).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from graphwright.models.arrays import encoder_inputs, relation_inputs
from graphwright.models.calibration import Calibration
from graphwright.models.casing import Casing, one_case
from graphwright.models.features import RelationFeatures, relation_features
from graphwright.models.pieces import Pieces, piece_cases, split_pieces
from graphwright.models.tags import best_tags, tag_spans, transition_scores
from graphwright.pipeline.errors import ModelError
from graphwright.pipeline.name_spans import (
    whole_dates,
    whole_firms,
    whole_words,
    with_titles,
    within_lines,
    without_loose_end,
    without_overlaps,
)
from graphwright.pipeline.pronouns import pronoun_kind
from graphwright.pipeline.protocols import Encoded, FloatArray
from graphwright.pipeline.records import Document, Entity, Mention, Relation, Span
from graphwright.pipeline.sentences import sentences
from graphwright.pipeline.windows import merge_stretches, stretches

PAIRS = 2048
"""So many pairs are scored at once: a hundred names in a window are ten thousand, whose attention is a gigabyte."""
EVIDENCE_SHARE = 0.2
"""A sentence is evidence where at least this share of a pair's attention falls on it; the best one always is."""

SURE = {"PER": 0.5, "ORG": 0.6, "LOC": 0.5, "MISC": 0.8}
"""The least score of a name by its label. Chosen on held-out training documents of articles, the web and tweets: of the
last, most of what is less surely MISC is nothing. Choose anew for another encoder."""


def open_session(path: Path, threads: int = 1) -> onnxruntime.InferenceSession:
    """Load a graph. Raises ``ModelError`` where it is missing or broken."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.use_deterministic_compute = True
    # A pattern for each length of text would be kept, and reserves memory for all of a run at once.
    options.enable_mem_pattern = False
    if not path.is_file():
        raise ModelError(f"a network was wanted at {path}, and there is none; install the package again or train it")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime's errors have no common public class
        raise ModelError(f"{path.name} is no network that ONNX Runtime can load: {error}") from None


@dataclass(frozen=True, slots=True, eq=False)
class OnnxEncoder:
    """Fills ``protocols.Encoder``.

    With ``casing``, a text in one letter case is read once more, with its case restored. The tags are the mean of both
    readings; the states are restored ones for capitals, and plain ones for small letters, which networks learned from.
    """

    session: onnxruntime.InferenceSession
    tokenizer: Tokenizer
    casing: Casing | None = None

    def encode(self, document: Document) -> Encoded:
        """States and entity tags of all pieces; a long text is read in ``stretches``."""
        text, pieces = document.text, self.pieces(document.text)
        spans = sentences(text)
        parts = stretches(text, spans, pieces.offsets)
        states, tags = self._read(pieces, parts)
        if self.casing is not None and (written := one_case(text)):
            cases = piece_cases(text if written == "capitals" else self.casing.restored(text), pieces.offsets)
            _, other = self._read(replace(pieces, cases=cases), parts)
            tags = np.asarray((tags + other) / 2, np.float32)
        return Encoded(document, spans, pieces.offsets, states, tags)

    def pieces(self, text: str) -> Pieces:
        """The pieces of which a text's states are, and the letter case in which each is read."""
        pieces = split_pieces(self.tokenizer, [text])[0]
        if self.casing is None or one_case(text) != "capitals":
            return pieces
        return replace(pieces, cases=piece_cases(self.casing.restored(text), pieces.offsets))

    def _read(self, pieces: Pieces, parts: Sequence[slice]) -> tuple[FloatArray, FloatArray]:
        nothing = np.zeros((0, 1), np.float32)
        read = [self._run(pieces[part]) for part in parts] or [(nothing, nothing)]
        states, tags = (merge_stretches(rows, parts, len(pieces)) for rows in zip(*read, strict=True))
        return states, tags

    def states(self, pieces: Pieces) -> FloatArray:
        """The states of a stretch of at most ``WINDOW`` pieces."""
        return self._run(pieces)[0]

    def _run(self, pieces: Pieces) -> tuple[FloatArray, FloatArray]:
        states, tags = self.session.run(["states", "tags"], encoder_inputs([pieces]))
        return states[0], tags[0]


@dataclass(frozen=True, slots=True, eq=False)
class TagRecognizer:
    """Fills ``protocols.MentionRecognizer``: the best sequence of tags, its spans trimmed to whole words."""

    def recognize(self, encoded: Encoded) -> list[Mention]:
        if not len(encoded.offsets):
            return []
        tags = best_tags(encoded.tags, transition_scores())
        chances = _softmax(encoded.tags)[np.arange(len(tags)), tags]
        mentions = []
        for first, last, label in tag_spans(tags):
            start, end = whole_words(encoded.document.text, *encoded.offsets[[first, last - 1], [0, 1]].tolist())
            score = float(np.exp(np.log(np.maximum(chances[first:last], 1e-9)).mean()))
            for whole in within_lines(encoded.document.text, start, end):
                line = without_loose_end(encoded.document.text, *whole)
                if score >= SURE.get(label, 0.0) and not pronoun_kind(encoded.document.text[slice(*line)]):
                    mentions.append(Mention(encoded.document.id, *line, label, round(score, 4)))
        text = encoded.document.text
        return with_titles(text, whole_firms(text, whole_dates(text, without_overlaps(mentions))))


def _softmax(logits: FloatArray) -> FloatArray:
    exponents = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=-1, keepdims=True), np.float32)


def mean_outputs(
    sessions: Sequence[onnxruntime.InferenceSession], arrays: Mapping[str, NDArray[Any]]
) -> tuple[FloatArray, FloatArray]:
    """What relation networks say together of one document: deep ensembles (Lakshminarayanan et al. 2017).

    Shape: -> mean logits float32 (pairs, 1 + types), mean attention float32 (pairs, pieces).
    """
    outputs = [session.run(["logits", "attention"], dict(arrays)) for session in sessions]
    logits, attention = (np.mean([output[place][0] for output in outputs], axis=0) for place in (0, 1))
    return logits, attention


def pair_portions(arrays: Mapping[str, NDArray[Any]]) -> Iterator[dict[str, NDArray[Any]]]:
    """The inputs that are pair by pair, ``PAIRS`` at a time."""
    for start in range(0, arrays["pairs"].shape[1], PAIRS):
        yield {name: arrays[name][:, start : start + PAIRS] for name in ("pairs", "pair_features")}


TextReader = Callable[[Encoded], Mapping[str, NDArray[Any]]]
"""What a relation network reads of a whole document, a row a piece."""


def shared_states(encoded: Encoded) -> dict[str, NDArray[Any]]:
    """The states in which the encoder has read the document already."""
    return {"states": encoded.states}


def own_states(encoder: OnnxEncoder, encoded: Encoded) -> dict[str, NDArray[Any]]:
    """The states of an encoder of the network's own, which reads the document once more."""
    return {"states": encoder.encode(encoded.document).states}


def piece_numbers(tokenizer: Tokenizer, encoded: Encoded) -> dict[str, NDArray[Any]]:
    """The word pieces themselves, for a network without an encoder."""
    return {"pieces": split_pieces(tokenizer, [encoded.document.text])[0].ids}


@dataclass(frozen=True, slots=True, eq=False)
class OnnxRelations:
    """Fills ``protocols.RelationClassifier``. Pairs are scored within the ``stretches`` of a text.

    ``sessions`` holds one network, or the members of a committee; ``read`` is what they read of a text.
    """

    sessions: tuple[onnxruntime.InferenceSession, ...]
    types: tuple[str, ...]
    calibration: Calibration
    version: str
    read: TextReader = shared_states
    least: float = 0.05

    def classify(
        self, encoded: Encoded, entities: Sequence[Entity], pairs: Collection[tuple[int, int]]
    ) -> list[Relation]:
        best: dict[tuple[int, str, int], Relation] = {}
        text = self.read(encoded)
        asked = sorted(pairs)
        for part in stretches(encoded.document.text, encoded.sentences, encoded.offsets):
            for relation in self._stretch(encoded, text, entities, asked, part):
                key = (relation.head, relation.type, relation.tail)
                if key not in best or relation.score > best[key].score:
                    best[key] = relation
        return [best[key] for key in sorted(best)]

    def _stretch(
        self,
        encoded: Encoded,
        text: Mapping[str, NDArray[Any]],
        entities: Sequence[Entity],
        pairs: Sequence[tuple[int, int]],
        part: slice,
    ) -> list[Relation]:
        features = relation_features(encoded.offsets[part], encoded.sentences, entities, pairs)
        if not len(features.pairs):
            return []
        arrays: dict[str, NDArray[Any]] = relation_inputs([features], [len(features.marks)])
        arrays |= {name: np.ascontiguousarray(rows[part][np.newaxis]) for name, rows in text.items()}
        parts = [mean_outputs(self.sessions, arrays | some) for some in pair_portions(arrays)]
        logits, attention = (np.concatenate(rows) for rows in zip(*parts, strict=True))
        scores = self.calibration.probabilities(logits, features)
        return self._relations(encoded, features, scores, attention, part)

    def _relations(
        self, encoded: Encoded, features: RelationFeatures, scores: FloatArray, attention: FloatArray, part: slice
    ) -> list[Relation]:
        rows, columns = np.nonzero(scores >= self.least)
        found = []
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            head, tail = (features.kept[end] for end in features.pairs[row].tolist())
            evidence = evidence_sentences(encoded, attention[row], part)
            score = round(float(scores[row, column]), 4)
            found.append(Relation(head, tail, self.types[column], score, evidence))
        return found


def evidence_sentences(encoded: Encoded, attention: FloatArray, part: slice) -> tuple[Span, ...]:
    """The sentences on which a pair's attention falls. Shape: attention float32 (pieces of the stretch,)."""
    starts = np.asarray([start for start, _ in encoded.sentences])
    owner = np.searchsorted(starts, encoded.offsets[part, 0], side="right") - 1
    mass = np.bincount(np.maximum(owner, 0), attention, minlength=len(starts))
    chosen = np.flatnonzero(mass >= min(EVIDENCE_SHARE, mass.max()))
    return tuple(encoded.sentences[number] for number in chosen.tolist())
