"""What the coreference network reads: each mention as a vector and traits, and its candidate antecedents.

A mention's candidates are the nearest before it, and farther ones that share its name or head word. Everything is
computed by whole arrays, so that ten thousand mentions cost what their number costs and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from graphwright.models.tags import piece_range
from graphwright.pipeline.mention_traits import DETERMINERS, GENDERS, KINDS, Traits
from graphwright.pipeline.protocols import Encoded, FloatArray, IntArray
from graphwright.pipeline.records import ENTITY_LABELS, Mention

LOOKBACK = 512
"""How many mentions back an antecedent is looked for."""
NEAREST = 40
CANDIDATES = 56
WORDS = 8
FORMS = ("name", "nominal", "pronoun")
LABELS = {
    **{label: place + 1 for place, label in enumerate(ENTITY_LABELS)},
    "person": 1,
    "animal": 1,
    "organization": 2,
    "place": 3,
    "FAC": 3,
    "GPE": 3,
    "time": 4,
    **dict.fromkeys(("event", "abstract", "object", "substance", "plant", "VEH"), 7),
}
"""Our labels from 1, GUM's and LitBank's with them; 0 is unknown."""
LABEL_COUNT = 8
SENTENCES = (1, 2, 3, 4, 6, 9, 16)
MENTIONS = (1, 2, 3, 5, 8, 12, 20, 40, 100)

SINGLE_BUCKETS = (len(FORMS), LABEL_COUNT, len(KINDS), len(GENDERS), len(DETERMINERS), 3)
PAIR_BUCKETS = (
    8,
    len(FORMS) ** 2,
    len(KINDS) ** 2,
    len(GENDERS) ** 2,
    LABEL_COUNT**2,
    len(DETERMINERS) * len(FORMS),
    len(SENTENCES) + 1,
    len(MENTIONS) + 1,
    3,
)


@dataclass(frozen=True, slots=True, eq=False)
class AntecedentFeatures:
    """Shape: vectors float32 (mentions, 3 * width), the states of a mention's first and last piece and the mean of
    all; singles int32 (mentions, traits); candidates int32 (mentions, ``CANDIDATES``), places of mentions, -1 for
    none; pairs int32 (mentions, candidates, features). Mentions are in the order of the text.
    """

    vectors: FloatArray
    singles: IntArray
    candidates: IntArray
    pairs: IntArray


def antecedent_features(encoded: Encoded, mentions: Sequence[Mention], known: Sequence[Traits]) -> AntecedentFeatures:
    """Arrays for mentions that are ordered by (start, -end), with their traits."""
    columns = _columns(encoded, mentions, known)
    before = np.arange(len(mentions))[:, None] - 1 - np.arange(min(LOOKBACK, max(1, len(mentions))))
    string = _string_relation(columns, before)
    candidates = _nearest(before, string)
    back = np.where(candidates >= 0, np.arange(len(mentions))[:, None] - 1 - candidates, 0)
    string = np.take_along_axis(string, back, 1)
    pairs = _pairs(columns, candidates, np.where(candidates >= 0, string, 0))
    met = np.where(string == EQUAL, 2, string >= SAME_HEAD) * (candidates >= 0)
    seen = met.max(1, initial=0)
    singles = np.stack([columns.form, columns.label, columns.kind, columns.gender, columns.determiner, seen], 1)
    vectors = mention_vectors(encoded, mentions)
    return AntecedentFeatures(vectors, singles.astype(np.int32), candidates.astype(np.int32), pairs.astype(np.int32))


def mention_vectors(encoded: Encoded, mentions: Sequence[Mention]) -> FloatArray:
    """First and last state of each mention and the mean of all its states. Shape: float32 (mentions, 3 * width)."""
    ranges = [piece_range(encoded.offsets, mention.start, mention.end) for mention in mentions]
    first, last = np.asarray(ranges, np.int64).reshape(-1, 2).T
    first = np.minimum(first, max(0, len(encoded.states) - 1))
    last = np.maximum(last, first + 1)
    sums = np.concatenate([np.zeros((1, encoded.states.shape[1])), np.cumsum(encoded.states, 0, dtype=np.float64)])
    last = np.minimum(last, len(encoded.states))
    means = (sums[last] - sums[first]) / np.maximum(last - first, 1)[:, None]
    parts = [encoded.states[first], encoded.states[last - 1], means.astype(np.float32)]
    return np.concatenate(parts, axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """One row a mention; strings as numbers."""

    start: IntArray
    end: IntArray
    sentence: IntArray
    form: IntArray
    label: IntArray
    kind: IntArray
    gender: IntArray
    likely_gender: IntArray
    determiner: IntArray
    key: IntArray
    head: IntArray
    initials: IntArray
    words: IntArray


def _columns(encoded: Encoded, mentions: Sequence[Mention], known: Sequence[Traits]) -> _Columns:
    numbers: dict[str, int] = {"": 0}

    def number(word: str) -> int:
        return numbers.setdefault(word, len(numbers))

    words = np.full((len(known), WORDS), -1)
    for row, item in enumerate(known):
        kept = [number(word) for word in item.words[:WORDS]]
        words[row, : len(kept)] = kept
    starts = np.asarray([mention.start for mention in mentions], np.int32)
    column = {
        "form": [FORMS.index(mention.form) for mention in mentions],
        "label": [LABELS.get(mention.label, 0) for mention in mentions],
        **{name: [getattr(item, name) for item in known] for name in ("kind", "gender", "likely_gender", "determiner")},
        "key": [number(item.key) for item in known],
        "head": [number(item.head) for item in known],
        "initials": [number(item.acronym) for item in known],
    }
    sentences = np.searchsorted([start for start, _ in encoded.sentences], starts, side="right").astype(np.int32)
    ends = np.asarray([mention.end for mention in mentions], np.int32)
    columns = {name: np.asarray(values, np.int32) for name, values in column.items()}
    return _Columns(starts, ends, sentences, **columns, words=words.astype(np.int32))


SHARED, HEAD_WITHIN, WITHIN_HEAD, SAME_HEAD, ACRONYM, SAME_NAME_HEAD, EQUAL = range(1, 8)


def _string_relation(columns: _Columns, before: NDArray[np.int64]) -> NDArray[np.int64]:
    """How the words of a mention and of one before it compare, the strongest relation. Shape: as ``before``."""
    at = np.maximum(before, 0)
    here = np.arange(len(before))[:, None]
    pronoun = (columns.kind[here] > 0) | (columns.kind[at] > 0)
    same_head = (columns.head[here] == columns.head[at]) & (columns.head[here] > 0)
    names = (columns.form[here] == 0) & (columns.form[at] == 0)
    initials = (columns.initials[here] > 0) & (columns.initials[here] == columns.key[at])
    initials |= (columns.initials[at] > 0) & (columns.initials[at] == columns.key[here])
    chosen = [
        (columns.words[at] == columns.words[here][..., :1]).any(-1) & (columns.words[here][..., 0] > 0),
        (columns.words[at] == columns.head[here][..., None]).any(-1) & (columns.head[here] > 0),
        (columns.words[here] == columns.head[at][..., None]).any(-1) & (columns.head[at] > 0),
        same_head,
        initials,
        same_head & names,
    ]
    relation = np.zeros(before.shape, np.int64)
    for number, where in enumerate(chosen, SHARED):
        relation = np.where(where & ~pronoun, number, relation)
    return np.where(columns.key[here] == columns.key[at], EQUAL, relation)


def _nearest(before: NDArray[np.int64], string: NDArray[np.int64]) -> NDArray[np.int64]:
    """The nearest mentions, and farther ones with the same head or name; -1 where there are fewer."""
    back = np.arange(before.shape[1])[None]
    far = before.shape[1] + 1
    order = np.where(before < 0, far, np.where((back < NEAREST) | (string >= SAME_HEAD), back, far))
    chosen = np.argsort(order, axis=1, kind="stable")[:, :CANDIDATES]
    kept = np.take_along_axis(order, chosen, 1) < far
    found = np.where(kept, np.take_along_axis(before, chosen, 1), -1)
    return np.pad(found, ((0, 0), (0, CANDIDATES - found.shape[1])), constant_values=-1)


def _pairs(columns: _Columns, candidates: NDArray[np.int64], string: NDArray[np.int64]) -> NDArray[np.int64]:
    at = np.maximum(candidates, 0)
    here = np.arange(len(candidates))[:, None]

    def both(values: IntArray, size: int) -> NDArray[np.int64]:
        return np.asarray(values[here] * size + values[at])

    # A given name's gender tells which pronoun means it; of two names their words tell more.
    pronoun = (columns.kind[here] > 0) | (columns.kind[at] > 0)
    genders = np.where(pronoun, both(columns.likely_gender, len(GENDERS)), both(columns.gender, len(GENDERS)))
    inside = (columns.start[at] <= columns.start[here]) & (columns.end[at] >= columns.end[here])
    around = (columns.start[at] >= columns.start[here]) & (columns.end[at] <= columns.end[here])
    return np.stack(
        [
            string,
            both(columns.form, len(FORMS)),
            both(columns.kind, len(KINDS)),
            genders,
            both(columns.label, LABEL_COUNT),
            columns.determiner[here] * len(FORMS) + columns.form[at],
            np.searchsorted(SENTENCES, columns.sentence[here] - columns.sentence[at], side="right"),
            np.searchsorted(MENTIONS, here - at, side="right"),
            np.where(inside, 1, np.where(around, 2, 0)),
        ],
        axis=-1,
    )


def without_pronoun_labels(mentions: Sequence[Mention]) -> list[Mention]:
    """Mentions as they come from our own recogniser: nobody says of a pronoun what kind of thing it stands for."""
    return [replace(m, label="PRON") if m.form == "pronoun" else m for m in mentions]
