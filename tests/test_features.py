"""Relation features: the arrays of a hand-made stretch, and the same distances as by brute force."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphwright.models.features import (
    DISTANCE_BUCKETS,
    DISTANCES,
    MENTION_BUCKETS,
    SENTENCE_BUCKETS,
    RelationFeatures,
    label_number,
    relation_features,
)
from graphwright.pipeline.records import Entity, Mention

# Ten pieces of two characters each; sentences of four, four and two pieces.
OFFSETS = np.array([[2 * n, 2 * n + 2] for n in range(10)], np.int32)
SENTENCES = ((0, 8), (8, 16), (16, 20))


def entity(id: int, label: str, *pieces: tuple[int, int]) -> Entity:
    mentions = tuple(Mention("d", 2 * first, 2 * last, label) for first, last in pieces)
    return Entity(id, f"e{id}", label, mentions)


ENTITIES = (entity(3, "PER", (0, 2), (5, 6)), entity(7, "ORG", (6, 8)), entity(9, "LOC", (9, 10)))


def test_arrays_of_a_stretch() -> None:
    found = relation_features(OFFSETS, SENTENCES, ENTITIES, None)
    assert found.kept == (3, 7, 9)
    assert found.marks.tolist() == [1, 1, 0, 0, 0, 1, 2, 2, 0, 3]
    assert found.spans.tolist() == [[0, 2], [5, 6], [6, 8], [9, 10]]
    assert found.owners.tolist() == [0, 0, 1, 2]
    assert found.labels.tolist() == [1, 2, 3]
    assert [tuple(pair) for pair in found.pairs.tolist()] == list(permutations(range(3), 2))
    assert {array.dtype for array in (found.marks, found.spans, found.owners, found.pairs, found.pair_features)} == {
        np.dtype(np.int32)
    }


def test_pairs_are_entity_ids_in_the_order_asked_for() -> None:
    found = relation_features(OFFSETS, SENTENCES, ENTITIES, [(9, 3), (3, 7), (3, 100)])
    assert found.pairs.tolist() == [[2, 0], [0, 1]]
    # 9 -> 3: a sentence between, the tail four pieces before the head; 3 -> 7: one piece after it.
    backward, forward = 1 + DISTANCES.index(4), len(DISTANCES) + 1 + DISTANCES.index(1)
    assert found.pair_features.tolist() == [[1, backward, 1, 2], [0, forward, 2, 1]]


def test_what_lies_outside_of_the_stretch_is_left_out() -> None:
    found = relation_features(OFFSETS[:5], SENTENCES, ENTITIES, None)
    assert found.kept == (3,)
    assert found.spans.tolist() == [[0, 2]]
    assert found.pairs.shape == (0, 2)
    assert found.pair_features.shape == (0, 4)


def test_no_entities() -> None:
    found = relation_features(OFFSETS, SENTENCES, (), None)
    assert found.marks.tolist() == [0] * 10
    assert found.spans.shape == (0, 2)
    assert found.pairs.shape == (0, 2)


def test_a_label_of_another_scheme_has_no_number() -> None:
    assert label_number("TAXON") == 0
    assert label_number("PER") == 1


@st.composite
def entity_lists(draw: st.DrawFn) -> list[Entity]:
    found = []
    for number in range(draw(st.integers(0, 5))):
        starts = sorted(draw(st.sets(st.integers(0, 9), min_size=1, max_size=6)))
        label = draw(st.sampled_from(["PER", "ORG", "TIME", "OTHER"]))
        found.append(entity(number, label, *((start, start + 1) for start in starts)))
    return found


def expected_row(head: Entity, tail: Entity) -> list[int]:
    def places(item: Entity) -> list[int]:
        return [mention.start // 2 for mention in item.mentions]

    def sentence(place: int) -> int:
        return 0 if place < 4 else 1 if place < 8 else 2

    gap = min((b - a for a in places(head) for b in places(tail)), key=lambda gap: (abs(gap), gap < 0))
    apart = min(abs(sentence(b) - sentence(a)) for a in places(head) for b in places(tail))
    bucket = sum(limit <= abs(gap) for limit in DISTANCES)
    counts = [min(len(item.mentions), MENTION_BUCKETS - 1) for item in (head, tail)]
    return [apart, bucket if gap < 0 else bucket + len(DISTANCES), *counts]


@given(entity_lists())
def test_pair_features_by_brute_force(entities: list[Entity]) -> None:
    found: RelationFeatures = relation_features(OFFSETS, SENTENCES, entities, None)
    rows = [expected_row(entities[head], entities[tail]) for head, tail in found.pairs.tolist()]
    assert found.pair_features.tolist() == rows
    limits = [SENTENCE_BUCKETS, DISTANCE_BUCKETS, MENTION_BUCKETS, MENTION_BUCKETS]
    assert (found.pair_features < limits).all()
    assert (found.pair_features >= 0).all()
