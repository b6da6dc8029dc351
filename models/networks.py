"""The three relation networks by name. They differ in how they read the tokens; entities and pairs are scored alike.

- ``fnn``: reads each token by itself; a two-layer perceptron over pooled pair features. The cheapest; the baseline.
- ``cnn``: convolutions over the tokens.
- ``rnn``: a bidirectional GRU over the tokens. The default.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras

from graphwright.models.cnn import cnn_tokens
from graphwright.models.features import DISTANCE_BUCKETS, MENTION_BUCKETS, SENTENCE_BUCKETS
from graphwright.models.fnn import fnn_tokens
from graphwright.models.layers import EntityPooling, MentionMarks, PairContext, PairScores
from graphwright.models.rnn import rnn_tokens
from graphwright.pipeline.errors import UsageError
from graphwright.pipeline.records import ENTITY_LABELS

BUCKETS = (SENTENCE_BUCKETS, DISTANCE_BUCKETS, MENTION_BUCKETS, MENTION_BUCKETS)


@dataclass(frozen=True, slots=True)
class RelationConfig:
    """Sizes of a relation network. ``vocabulary`` 0 reads encoder states, else piece numbers through an embedding."""

    network: str = "rnn"
    types: int = 96
    width: int = 384
    tokens: int = 384
    hidden: int = 512
    heads: int = 4
    size: int = 64
    dropout: float = 0.2
    vocabulary: int = 0


TokenReader = Callable[[keras.KerasTensor, keras.KerasTensor, RelationConfig], keras.KerasTensor]
NETWORKS: dict[str, TokenReader] = {"cnn": cnn_tokens, "fnn": fnn_tokens, "rnn": rnn_tokens}


def token_reader(name: str) -> TokenReader:
    """The network called ``name``. Raises ``UsageError`` that lists the known ones."""
    if name not in NETWORKS:
        raise UsageError(f"no network {name!r}; known: {', '.join(sorted(NETWORKS))}")
    return NETWORKS[name]


def relation_network(config: RelationConfig) -> keras.Model:
    """Build a relation network.

    Shape: {"states": float32 (batch, length, width), or "pieces" int32 (batch, length) without an encoder, "mask"
    bool (batch, length), "marks" int32 (batch, length), "spans" int32 (batch, mentions, 2), "owners" int32 (batch,
    mentions), "labels" int32 (batch, entities), "pairs" int32 (batch, pairs, 2), "pair_features" int32 (batch, pairs,
    4)} -> {"logits": float32 (batch, pairs, 1 + types), the threshold first, "attention": (batch, pairs, length)}.
    """
    inputs = _inputs(config)
    if config.vocabulary:
        states = keras.layers.Embedding(config.vocabulary, config.width, name="pieces_embedding")(inputs["pieces"])
    else:
        states = inputs["states"]
    states = keras.layers.Dropout(config.dropout)(states)
    marked = MentionMarks(len(ENTITY_LABELS) + 1, config.width, name="marks_embedding")(states, inputs["marks"])
    tokens = token_reader(config.network)(marked, inputs["mask"], config)
    entities = EntityPooling(name="pool")(tokens, inputs["spans"], inputs["owners"], inputs["labels"])
    context, attention = PairContext(config.heads, config.size, name="context")(
        tokens, entities, inputs["pairs"], inputs["mask"]
    )
    scores = PairScores(config.hidden, 1 + config.types, BUCKETS, len(ENTITY_LABELS) + 1, config.dropout, name="pair")
    logits = scores(entities, inputs["labels"], inputs["pairs"], inputs["pair_features"], context)
    return keras.Model(inputs, {"logits": logits, "attention": attention}, name=f"relations_{config.network}")


def _inputs(config: RelationConfig) -> dict[str, keras.KerasTensor]:
    shapes: dict[str, tuple[tuple[int | None, ...], str]] = {
        "mask": ((None,), "bool"),
        "marks": ((None,), "int32"),
        "spans": ((None, 2), "int32"),
        "owners": ((None,), "int32"),
        "labels": ((None,), "int32"),
        "pairs": ((None, 2), "int32"),
        "pair_features": ((None, len(BUCKETS)), "int32"),
    }
    text = {"pieces": ((None,), "int32")} if config.vocabulary else {"states": ((None, config.width), "float32")}
    return {name: keras.Input(shape, dtype=kind, name=name) for name, (shape, kind) in {**text, **shapes}.items()}
