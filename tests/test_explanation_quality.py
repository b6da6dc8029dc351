"""Explanations are faithful: masking the words that they name takes a fact away sooner than masking others."""

from __future__ import annotations

import numpy as np
import pytest
from explanation_quality import compared, curves, read_fact

from graphwright.models.attribution import load_networks
from graphwright.models.pieces import split_pieces
from graphwright.models.shipped import DEFAULT, load_encoder, weights_folder
from graphwright.pipeline.records import Annotated, Document, Entity, Mention, Relation
from graphwright.pipeline.sentences import sentences

TEXT = "It rained all day long. Orla Finn, who wrote poems about her garden and the sea, was born in Cork, they say."


@pytest.mark.slow
def test_what_is_named_first_decides_sooner_than_any_order() -> None:
    place = weights_folder()
    names = (("Orla Finn", "PER"), ("Cork", "LOC"))
    spans = [Mention("d", TEXT.index(name), TEXT.index(name) + len(name), label) for name, label in names]
    entities = tuple(Entity(n, TEXT[m.start : m.end], m.label, (m,)) for n, m in enumerate(spans))
    document = Document("d", TEXT, "d.txt")
    annotated = Annotated(document, tuple(sentences(TEXT)), tuple(spans), entities)
    pieces = split_pieces(load_encoder(place).tokenizer, [TEXT])[0]
    read = read_fact(load_networks(place, place / DEFAULT), pieces, annotated, Relation(0, 1, "P19", 0.9))
    assert read is not None
    reading, shares = read
    told, others = compared(reading, shares, np.random.default_rng(1))
    assert told.deletion < others.deletion
    assert told.insertion > others.insertion
    worst = curves(reading, np.argsort(shares).tolist())
    assert worst.deletion > told.deletion
    assert worst.insertion < told.insertion
