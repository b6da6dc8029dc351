"""How faithful explanations are: ``python tests/explanation_quality.py DATA [--split dev] [--facts 100]``.

Deletion and insertion (Petsiuk et al. 2018) with words for pixels: the words of a text are masked one tenth after the
other, those with the largest share in a fact's score first, and the fact's probability is read after each; insertion
begins with all words masked and puts them back. The curve's mean is compared with that of random orders on the same
fact by Wilcoxon's signed-rank test, one-sided. The words of both ends' mentions stay, so that only the context counts;
one fact a document, its likeliest, so that facts are independent.
"""

from __future__ import annotations

import argparse
import sqlite3  # noqa: F401  the one with FTS5, before TensorFlow brings its own
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from scipy.stats import wilcoxon

from graphwright.models.arrays import Arrays, encoder_inputs, relation_inputs
from graphwright.models.attribution import MASK, Networks, Word, load_networks, margins, word_shares
from graphwright.models.features import relation_features
from graphwright.models.pieces import Pieces, split_pieces
from graphwright.models.runtime import OnnxEncoder
from graphwright.models.shipped import DEFAULT, load_annotator, weights_folder
from graphwright.pipeline.extraction import Extractor
from graphwright.pipeline.interchange import read_annotated
from graphwright.pipeline.records import Annotated, Relation
from graphwright.pipeline.schema import load_schema
from graphwright.pipeline.windows import WINDOW

TENTHS = 10
RANDOM_ORDERS = 5
BATCH = 20


@dataclass(frozen=True, slots=True)
class Curves:
    """The mean probability along the deletion curve (low is good) and the insertion curve (high is good)."""

    deletion: float
    insertion: float


@dataclass(frozen=True, slots=True)
class Reading:
    """A fact as the networks read it: ``column`` is its class, ``context`` the words that may be masked."""

    networks: Networks
    text: Arrays
    inputs: Arrays
    column: int
    context: Sequence[NDArray[np.int64]]

    def probabilities(self, hidden: Sequence[Sequence[int]]) -> NDArray[np.float64]:
        """With these words of the context masked: float64 (masks,)."""
        found: list[NDArray[np.float64]] = []
        for first in range(0, len(hidden), BATCH):
            part = hidden[first : first + BATCH]
            pieces = np.repeat(self.text["pieces"], len(part), axis=0)
            for row, words in enumerate(part):
                for word in words:
                    pieces[row, self.context[word]] = MASK
            cases = np.repeat(self.text["cases"], len(part), axis=0)
            summed = self.networks.encoder.get_layer("embedding").summed(tf.constant(pieces), tf.constant(cases))
            found.append(1 / (1 + np.exp(-np.asarray(margins(self.networks, summed, self.inputs, self.column)))))
        return np.concatenate(found)


def curves(reading: Reading, order: Sequence[int]) -> Curves:
    """Of the words of the context, the first of ``order`` first."""
    cuts = [round(tenth * len(order) / TENTHS) for tenth in range(1, TENTHS)]
    values = reading.probabilities([order[:cut] for cut in cuts] + [order[cut:] for cut in cuts])
    return Curves(float(values[: len(cuts)].mean()), float(values[len(cuts) :].mean()))


def compared(reading: Reading, shares: Sequence[float], random: np.random.Generator) -> tuple[Curves, Curves]:
    """Words by their share, and the mean of random orders."""
    told = curves(reading, np.argsort(-np.asarray(shares), kind="stable").tolist())
    others = [curves(reading, random.permutation(len(shares)).tolist()) for _ in range(RANDOM_ORDERS)]
    deletion, insertion = (float(np.mean([getattr(c, name) for c in others])) for name in ("deletion", "insertion"))
    return told, Curves(deletion, insertion)


def read_fact(
    networks: Networks, pieces: Pieces, annotated: Annotated, fact: Relation
) -> tuple[Reading, list[float]] | None:
    """The fact's reading and the shares of the words of its context; ``None`` where that has less than ten words."""
    pair, column = (fact.head, fact.tail), 1 + networks.types.index(fact.type)
    sentences, entities = annotated.sentences, annotated.entities
    features = relation_features(pieces.offsets, sentences, entities, [pair])
    if not len(features.pairs):
        return None
    words = word_shares(networks, annotated.document.text, pieces, sentences, entities, pair, fact.type)
    ends = [mention.span for entity in entities if entity.id in pair for mention in entity.mentions]
    context = [word for word in words if not any(start < word.end and word.start < end for start, end in ends)]
    if len(context) < TENTHS:
        return None
    text, inputs = encoder_inputs([pieces]), relation_inputs([features], [len(pieces)])
    places = [_pieces_of(pieces, word) for word in context]
    return Reading(networks, text, inputs, column, places), [word.share for word in context]


def _pieces_of(pieces: Pieces, word: Word) -> NDArray[np.int64]:
    inside = (pieces.offsets[:, 0] >= word.start) & (pieces.offsets[:, 1] <= word.end)
    return np.flatnonzero(inside) + 1


def likeliest_facts(extractor: Extractor, path: Path) -> Iterator[tuple[Annotated, Relation]]:
    """Of each document that the networks read at once, the fact with the highest score."""
    documents = (item.document for item in read_annotated(path))
    for annotated in extractor.annotate(documents):
        facts = sorted(annotated.relations or (), key=lambda r: (-r.score, r.head, r.tail, r.type))
        if facts and facts[0].score >= 0.5:
            yield annotated, facts[0]


def measures(path: Path, facts: int, seed: int = 13) -> list[tuple[Curves, Curves]]:
    """By share and by random order, for so many facts."""
    place = weights_folder()
    extractor, networks = load_annotator(schema=load_schema(None)), load_networks(place, place / DEFAULT)
    assert isinstance(extractor, Extractor)
    assert isinstance(extractor.encoder, OnnxEncoder)
    random, found = np.random.default_rng(seed), []
    for annotated, fact in likeliest_facts(extractor, path):
        pieces = split_pieces(extractor.encoder.tokenizer, [annotated.document.text])[0]
        known = fact.type in networks.types and len(pieces) <= WINDOW
        read = read_fact(networks, pieces, annotated, fact) if known else None
        if read:
            found.append(compared(*read, random))
        if len(found) == facts:
            break
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the data sets")
    parser.add_argument("--split", default="dev", help="of KnowledgeNet")
    parser.add_argument("--facts", type=int, default=100)
    options = parser.parse_args()
    found = measures(options.data / f"knowledgenet/{options.split}.jsonl.gz", options.facts)
    for name, better in (("deletion", "less"), ("insertion", "greater")):
        told, others = (np.array([getattr(curve[n], name) for curve in found]) for n in (0, 1))
        chance = wilcoxon(told, others, alternative=better).pvalue
        print(f"{name:10} {told.mean():.3f}, random {others.mean():.3f}, of {len(found)} facts, p = {chance:.2g}")


if __name__ == "__main__":
    main()
