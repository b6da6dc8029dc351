"""What makes entities of different documents worth comparing: the block keys that they share, and their contexts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from heapq import merge as nearest_first
from typing import Final

from graphwright.pipeline.names import acronym, is_acronym, is_name, normalise, person_words, surname
from graphwright.pipeline.records import LITERAL_LABELS, Entity
from graphwright.pipeline.resolution.scores import full_name

LONG: Final = "long:"
SHORT: Final = "short:"
VERSION: Final = "4"
"""Of the keys: graphs whose keys are of another are built anew."""
_CONTEXT = 24


def block_keys(name: str, aliases: Sequence[str], label: str, kb_id: str | None) -> tuple[str, ...]:
    """Keys under which an occurrence meets others of its label, sorted; none for dates and numbers.

    The full names; of persons not linked also given name with surname. A long key says what a name of a person is with
    an initial, and what the acronym of an organisation is; a short key is that of a name that has no more than these.
    Short ones meet each other, and long ones short ones.

    >>> block_keys("Ada Lovelace", (), "PER", None)
    ('given:PER:ada lovelace', 'long:PER:a lovelace', 'name:PER:ada lovelace')
    >>> block_keys("A. Lovelace", (), "PER", None)
    ('name:PER:a lovelace', 'short:PER:a lovelace')
    """
    if label in LITERAL_LABELS:
        return ()
    names = sorted({text for text in (name, *aliases) if is_name(text)} | {name})
    keys = {name_key(text, label) for text in names if full_name(text, label)}
    if kb_id is None:
        short = _person_keys if label == "PER" else _acronym_keys if label == "ORG" else _no_keys
        keys.update(*map(short, names))
    return tuple(sorted(keys))


def name_key(name: str, label: str) -> str:
    """The block key of a name."""
    return f"name:{label}:{full_name(name, label)}"


def counterpart(key: str) -> str:
    """The short key of a long one, and the other way round.

    >>> counterpart("long:ORG:tog")
    'short:ORG:tog'
    """
    return SHORT + key.removeprefix(LONG) if key.startswith(LONG) else LONG + key.removeprefix(SHORT)


def compared_keys(key: str) -> tuple[str, ...]:
    """The keys of all that an occurrence with a key is compared to through it."""
    if key.startswith(LONG):
        return (counterpart(key),)
    return (key, counterpart(key)) if key.startswith(SHORT) else (key,)


def _person_keys(name: str) -> Iterator[str]:
    words = person_words(normalise(name))
    if len(words) > 1:
        last = surname(" ".join(words))
        if len(words[0]) == 1:
            yield f"{SHORT}PER:{words[0]} {last}"
        else:
            yield f"{LONG}PER:{words[0][0]} {last}"
            yield from (f"given:PER:{given} {last}" for given in words[:-1] if len(given) > 1)


def _acronym_keys(name: str) -> Iterator[str]:
    is_short = is_acronym(name)
    key = normalise(name) if is_short else acronym(name)
    if len(key) > 1:
        yield f"{SHORT if is_short else LONG}ORG:{key}"


def _no_keys(name: str) -> tuple[str, ...]:
    return ()


def context_keys(entities: Sequence[Entity]) -> list[tuple[str, ...]]:
    """For each entity of a document the 24 nearest others: their ids or normalised names, sorted."""
    found = [
        (entity.mentions[0].start if entity.mentions else 0, _key(entity))
        for entity in entities
        if entity.label not in LITERAL_LABELS and (entity.kb_id or is_name(entity.name))
    ]
    found.sort()
    return [
        tuple(sorted(_nearest(found, entity.mentions[0].start if entity.mentions else 0, _key(entity))))
        for entity in entities
    ]


def _key(entity: Entity) -> str:
    return entity.kb_id or normalise(entity.name)


def _nearest(found: Sequence[tuple[int, str]], start: int, own: str) -> list[str]:
    """The nearest keys other than ``own`` among sorted (place, key)s, ties by key; walks outwards, no farther."""
    above = bisect_left(found, (start, ""))
    before = (found[place] for place in range(above - 1, -1, -1))
    behind = (found[place] for place in range(above, len(found)))
    others: dict[str, int] = {}
    for place, key in nearest_first(before, behind, key=lambda item: abs(item[0] - start)):
        gap = abs(place - start)
        if len(others) >= _CONTEXT and gap > max(others.values()):
            break
        if key != own:
            others.setdefault(key, gap)
    return sorted(others, key=lambda key: (others[key], key))[:_CONTEXT]
