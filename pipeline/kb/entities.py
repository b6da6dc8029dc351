"""The entities of one shard: portions of an id joined, named, labelled, and put under the keys of their names."""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from graphwright.pipeline.kb.blocks import Counts, Integers, Row
from graphwright.pipeline.kb.routing import bare, rows_of_shard, shard_file
from graphwright.pipeline.kb.shards import INSTANCE_OF, LABELS, sorted_claims, store_claims
from graphwright.pipeline.kb.wanted import Wanted
from graphwright.pipeline.knowledge_keys import ALIAS, LABEL, derived_keys
from graphwright.pipeline.knowledge_types import label_of_types
from graphwright.pipeline.names import normalise

_TYPES = 4
_SURE = 2
"""So many claims and other sources outvote the first source, or the types."""
_DISAMBIGUATION = frozenset({4167410, 13406463, 4167836, 11266439})
Entity = tuple[int, str, str, str, float, int, int]
ENTITY = """entity(id INTEGER PRIMARY KEY, name TEXT, label TEXT, types TEXT, prior REAL, population INTEGER,
                    year INTEGER)"""
NAME = "name(entity INTEGER, name TEXT, PRIMARY KEY(entity, name)) WITHOUT ROWID"
KEYED = "keyed(key TEXT, entity INTEGER, kind INTEGER, count INTEGER, prior REAL)"
WORDS = "words(id INTEGER PRIMARY KEY, names TEXT)"


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard to be made: its number, and of its ids, in order, the degree and the votes for ``LABELS``."""

    folder: Path
    number: int
    ids: Integers
    degree: Counts
    votes: Counts
    classes: Mapping[int, str]
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Made:
    """The file of a shard; how many of its ids have names from different portions that share no word, and one such; how
    many have no name at all, and one such.
    """

    path: Path
    clashes: int
    clash: str
    nameless: int
    unnamed: str


def make_shard(shard: Shard) -> Made:
    """Write tables of the shard's entities, their names, keys and words."""
    path = shard_file(shard.folder, "made", shard.number)
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;")
    for table in (ENTITY, NAME, KEYED, WORDS):
        database.execute(f"CREATE TABLE {table}")
    entities: list[Entity] = []
    names: list[tuple[int, str]] = []
    keyed: list[tuple[str, int, int, int, float]] = []
    words: list[tuple[int, str]] = []
    clashes: list[str] = []
    nameless: list[str] = []
    for entity, called in _entities(shard, clashes, nameless):
        entities.append(entity)
        names += [(entity[0], name) for name in sorted(called) if name != entity[1]]
        keyed += _keys(entity, called)
        words.append((entity[0], " ".join(sorted({word for name in called for word in normalise(name).split()}))))
    database.executemany("INSERT INTO entity VALUES (?, ?, ?, ?, ?, ?, ?)", entities)
    database.executemany("INSERT INTO name VALUES (?, ?)", names)
    database.executemany("INSERT INTO keyed VALUES (?, ?, ?, ?, ?)", keyed)
    database.executemany("INSERT INTO words VALUES (?, ?)", words)
    database.execute("COMMIT")
    database.close()
    return Made(path, len(clashes), "".join(clashes[:1]), len(nameless), "".join(nameless[:1]))


def _entities(
    shard: Shard, clashes: list[str], nameless: list[str]
) -> Iterator[tuple[Entity, dict[str, tuple[int, int]]]]:
    """Entities that are kept, each with its names (see ``_called``); clashing names and ids without any are noted."""
    classes: dict[int, list[int]] = {}
    claims = sorted_claims(shard.folder, shard.number)
    store_claims(shard.folder, shard.number, claims)
    for subject, _, value in claims[claims[:, 1] == INSTANCE_OF].tolist():
        classes.setdefault(subject, []).append(value)
    place = {item: index for index, item in enumerate(shard.ids.tolist())}
    for item, placed in groupby(rows_of_shard(shard.folder, shard.number), key=lambda placed: placed[0]):
        rows, mine = [row for _, _, row in placed], classes.get(item, [])
        if not _DISAMBIGUATION.isdisjoint(mine):
            continue
        if not (names := _names(rows)):
            nameless.append(f"Q{item}")
            continue
        class_names = [shard.classes.get(kind, "") for kind in mine]
        label, outvoted = _label(rows, [*(f"Q{kind}" for kind in mine), *class_names], shard.votes[place[item]])
        if shard.wanted.keeps(label, mine):
            clashes += _clash(item, rows) if len(rows) > 1 else ()
            own = [*(part for row in rows for part in row[1].split("|")), *class_names]
            types = "|".join(list(dict.fromkeys(filter(None, own)))[:_TYPES])
            prior = round(math.log1p(sum(row[2] for row in rows) + int(shard.degree[place[item]])), 4)
            population, year = max(row[3] for row in rows), next((row[4] for row in rows if row[4]), 0)
            display = _display_name(names, label, usual=outvoted and label == "LOC")
            yield (item, display, label, types, prior, population, year), _called(names)


def _clash(item: int, rows: Sequence[Row]) -> list[str]:
    """Whether two portions name an id quite differently: it may be two things that got one id."""
    preferred = [name for row in rows for name, kind, _ in row[6][:1] if kind == 0]
    first = preferred[0] if preferred else ""
    words = set(normalise(first).split())
    other = next((name for name in preferred[1:] if words.isdisjoint(normalise(name).split())), "")
    return [f"Q{item} is {first!r} and {other!r}"] if other else []


def _label(rows: Sequence[Row], types: Sequence[str], votes: Counts) -> tuple[str, bool]:
    """What the first source says, else the types; but where claims and the other sources speak for another label alone,
    that; and whether it came to this, as for a town that was known for the parks it keeps.

    Ties go to the smaller string. None is made a person: firms design and produce, too.
    """
    labels = [row[0] for row in rows if row[0]]
    said = labels[0] if labels else label_of_types(types)
    told = [int(vote) + labels[1:].count(label) for label, vote in zip(LABELS, votes.tolist(), strict=True)]
    most = max(told)
    best = LABELS[told.index(most)] if most else ""
    alone = said not in ("", best) and most == sum(told) >= _SURE and best != "PER"
    return best if alone or not said else said, alone


def _names(rows: Sequence[Row]) -> list[tuple[str, int, int]]:
    """(name, kind, count): preferred ones first, then as they were read; titles come last."""
    names = [(kind, index, name, count) for index, row in enumerate(rows) for name, kind, count in row[6]]
    titles = sorted({row[5] for row in rows if row[5]})
    names += [(1, len(rows), name, 0) for title in titles if (name := bare(title))]
    return [(name, kind, count) for kind, _, name, count in sorted(names, key=lambda item: item[:2])]


def _called(names: Sequence[tuple[str, int, int]]) -> dict[str, tuple[int, int]]:
    """For each name whether it is but an alias (1), and how often it was seen."""
    found: dict[str, tuple[int, int]] = {}
    for name, kind, count in names:
        held = found.get(name, (1, 0))
        found[name] = min(held[0], kind), held[1] + count
    return found


def _display_name(names: Sequence[tuple[str, int, int]], label: str, *, usual: bool) -> str:
    """The first preferred name, else (or where the ``usual`` is wanted) the one seen most; where data is in lower case,
    names get capitals again.
    """
    if names[0][1] == 0 and not (usual and any(count for _, _, count in names)):
        return names[0][0]
    counts = Counter[str]()
    for name, _, count in names:
        counts[name] += count
    cased = [name for name in counts if name != name.lower()] or list(counts)
    best = min(cased, key=lambda text: (-counts[text], -len(text), text))
    return best.title() if best == best.lower() and label in ("PER", "ORG", "LOC") else best


def _keys(entity: Entity, called: Mapping[str, tuple[int, int]]) -> list[tuple[str, int, int, int, float]]:
    """Each key once, with the strictest kind of match and how often a name that is the key was seen."""
    found: dict[str, tuple[int, int]] = {}
    for name, (kind, count) in called.items():
        least = ALIAS if kind else LABEL
        for key, match in derived_keys(name, entity[2]):
            held = found.get(key)
            new = max(match, least), count if match == LABEL else 0
            found[key] = new if held is None else (min(held[0], new[0]), held[1] + new[1])
    return [(key, entity[0], kind, count, entity[4]) for key, (kind, count) in found.items()]
