"""What makes entities of different documents worth comparing: the block keys that they share, and their contexts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from heapq import merge as nearest_first

from graphwright.pipeline.names import acronym, is_acronym, is_name, normalise, person_words, surname
from graphwright.pipeline.records import LITERAL_LABELS, Entity
from graphwright.pipeline.resolution_scores import full_name

_CONTEXT = 24


def block_keys(name: str, aliases: Sequence[str], label: str, kb_id: str | None) -> tuple[str, ...]:
    """Keys under which an occurrence meets others of its label, sorted; none for dates and numbers.

    The full names; for persons not linked also surname with initial; for organisations not linked also acronyms.

    >>> block_keys("Ada Lovelace", (), "PER", None)
    ('initial:PER:a lovelace', 'name:PER:ada lovelace')
    """
    if label in LITERAL_LABELS:
        return ()
    names = sorted({text for text in (name, *aliases) if is_name(text)} | {name})
    keys = {name_key(text, label) for text in names if full_name(text, label)}
    if kb_id is None:
        keys |= {f"initial:PER:{key}" for text in names if label == "PER" and (key := _initial(text))}
        keys |= {f"acronym:ORG:{key}" for text in names if label == "ORG" and (key := _short(text))}
    return tuple(sorted(keys))


def name_key(name: str, label: str) -> str:
    """The block key of a name."""
    return f"name:{label}:{full_name(name, label)}"


def _initial(name: str) -> str:
    words = person_words(normalise(name))
    return f"{words[0][0]} {surname(' '.join(words))}" if len(words) > 1 else ""


def _short(name: str) -> str:
    short = normalise(name) if is_acronym(name) else acronym(name)
    return short if len(short) > 1 else ""


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
