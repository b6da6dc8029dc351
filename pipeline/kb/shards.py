"""All portions brought together by id: shards are ranges of ids, each small enough to be held in memory.

Only arrays with a few numbers for each entity are held for the whole: ids, how often a claim points at it, and the
coarse labels that claims ask for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from graphwright.pipeline.kb.blocks import Counts, Integers, claims_of, ids_of
from graphwright.pipeline.kb.routing import append, route_rows, shard_file, shards_of
from graphwright.pipeline.kb.staging import Staging
from graphwright.pipeline.knowledge_types import ends_of_property

SHARD_ENTITIES = 50_000
INSTANCE_OF, SUBCLASS_OF = 31, 279
# In alphabetical order, so that the first of equal votes is the smaller string.
LABELS = ("LOC", "MISC", "ORG", "PER")
_CLAIMS_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Gathered:
    """``ids`` in order; for each how many claims point at it (``degree``), and votes for each of ``LABELS``.

    ``bounds`` are the first ids of the shards; ``above`` are claims of subclasses as (class, class above).
    """

    ids: Integers
    degree: Counts
    votes: Counts
    bounds: Integers
    classes: Mapping[int, str]
    above: Integers


def gather(staged: Staging, folder: Path) -> Gathered:
    """Write the portions of each shard to files in ``folder``, and count what needs a view of the whole."""
    ids = _all_ids(staged)
    bounds = ids[::SHARD_ENTITIES] if len(ids) else np.zeros(1, np.int64)
    degree, votes = np.zeros(len(ids), np.int32), np.zeros((len(ids), len(LABELS)), np.int32)
    classes: set[int] = set()
    above = [np.zeros((0, 2), np.int64)]
    for claims in _claims(staged):
        _count(ids, claims, degree, votes)
        classes.update(np.unique(claims[2][claims[1] == INSTANCE_OF]).tolist())
        above.append(claims[:, claims[1] == SUBCLASS_OF][[0, 2]].T)
        shards = shards_of(bounds, claims[0])
        for shard in np.unique(shards).tolist():
            append(shard_file(folder, "claims", shard), claims[:, shards == shard].T.tobytes())
    names = route_rows(staged, folder, bounds, classes)
    return Gathered(ids, degree, votes, bounds, names, np.concatenate(above))


def _claims(staged: Staging) -> Iterator[Integers]:
    """Claims of many blocks at once: each call of numpy, and each file that is opened, then serves more of them."""
    waiting: list[Integers] = []
    for packed in staged.claims():
        waiting.append(claims_of(packed))
        if sum(claims.shape[1] for claims in waiting) >= _CLAIMS_AT_ONCE:
            yield np.concatenate(waiting, axis=1)
            waiting = []
    if waiting and len(joined := np.concatenate(waiting, axis=1).T):
        yield joined.T


def _all_ids(staged: Staging) -> Integers:
    """Merged now and then, so that ids which come in many portions do not pile up."""
    merged, waiting, count = np.zeros(0, np.int64), [], 0
    for packed in staged.ids():
        waiting.append(ids_of(packed))
        count += len(waiting[-1])
        if count > 1_000_000:
            merged, waiting, count = np.unique(np.concatenate([merged, *waiting])), [], 0
    merged = np.unique(np.concatenate([merged, *waiting]))
    return merged[merged > 0]


def _count(ids: Integers, claims: Integers, degree: Counts, votes: Counts) -> None:
    """Add to how often each id is an object, and to the votes at both ends."""
    subjects, properties, objects = claims
    named, which = np.unique(properties, return_inverse=True)
    ends = [ends_of_property(f"P{attribute}") for attribute in named.tolist()]
    for side, column in enumerate((subjects, objects)):
        label = np.array([LABELS.index(end[side]) if end[side] else -1 for end in ends], np.int64)[which]
        place = np.searchsorted(ids, column)
        known = ids[np.minimum(place, len(ids) - 1)] == column
        if side == 1:
            _increase(degree, place[known])
        asked = known & (label >= 0)
        _increase(votes.reshape(-1), place[asked] * len(LABELS) + label[asked])


def _increase(counts: Counts, places: Integers) -> None:
    at, times = np.unique(places, return_counts=True)
    counts[at] += times.astype(np.int32)


def sorted_claims(folder: Path, shard: int) -> Integers:
    """Claims of a shard's subjects as they were read, in order: an array (claims, 3)."""
    claims = stored_claims(folder, shard)
    return claims[np.lexsort(claims.T[::-1])]


def stored_claims(folder: Path, shard: int) -> Integers:
    path = shard_file(folder, "claims", shard)
    return np.fromfile(path, np.int64).reshape(-1, 3) if path.exists() else np.zeros((0, 3), np.int64)


def store_claims(folder: Path, shard: int, claims: Integers) -> None:
    """Keep each of the sorted claims once, in place of those that were read."""
    if len(claims):
        new = np.append(True, np.any(claims[1:] != claims[:-1], axis=1))
        claims[new].tofile(shard_file(folder, "claims", shard))
