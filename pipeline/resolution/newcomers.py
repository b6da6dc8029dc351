"""What newcomers to a block change for those that were there: whom each of these is compared to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Set

from graphwright.pipeline.graph import Occurrence
from graphwright.pipeline.resolution.blocks import Block


def changed_pairs(
    once: Block, now: Block, longs: Iterable[Occurrence], added: Collection[str], came: Set[str]
) -> Iterator[tuple[str, str]]:
    """Pairs (ids) that are compared since newcomers came to a block, or are no more; some twice.

    ``longs``: what is compared to a block of short keys from without. ``added``: newcomers to either (ids); ``came``:
    those of them that are not linked, whose pairs are left out, since they are decided on anyway.
    """
    before, after = once.members, now.members
    moved = {key: item for key, item in (before | after).items() if key not in before or key not in after}
    both_small = once.is_small and now.is_small
    if both_small and moved.keys() <= came:
        moved = {}
    near = {other.id: other for item in moved.values() for block in (once, now) for other in block.beside(item)}
    near |= {item.id: item for item in longs}
    for item in sorted(near.values(), key=lambda item: item.id):
        if item.id in came:
            continue
        if both_small and item.id not in added:
            changed: Iterable[str] = moved
        else:
            left = set() if item.id in added else {other.id for other in once.beside(item)}
            changed = left ^ {other.id for other in now.beside(item)}
        yield from ((item.id, other) for other in changed if other not in came)
