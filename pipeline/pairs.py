"""Which pairs of entities are asked about: those between which the schema knows a relation, of too many the nearest.

Pairs grow with the square of the names in a text. Prose stays far below the limit; a list of names does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from graphwright.pipeline.records import LITERAL_LABELS, Entity
from graphwright.pipeline.schema import Schema
from graphwright.pipeline.windows import WINDOW

Pair = tuple[int, int]
PER_CHARACTER = 10
FEW = 2_000
"""So many pairs are asked about whatever the length of the text, and ``PER_CHARACTER`` in a longer one."""
TOO_MANY = "too many names stand close together: only the nearest are asked about"


def candidate_pairs(entities: Sequence[Entity], schema: Schema) -> list[Pair]:
    """Ordered pairs of entities between which the schema knows a relation. A literal is never a head."""
    return [
        (head.id, tail.id)
        for head in entities
        if head.label not in LITERAL_LABELS
        for tail in entities
        if head.id != tail.id and schema.candidate_types(head.label, tail.label)
    ]


def asked_pairs(entities: Sequence[Entity], schema: Schema, length: int) -> tuple[list[Pair], int]:
    """The pairs to ask about in a text of ``length`` characters, and how many are left out."""
    most = max(FEW, PER_CHARACTER * length)
    total = pair_count(entities, schema)
    if total <= most:
        return candidate_pairs(entities, schema), 0
    kept = nearest_pairs(entities, schema, most)
    return kept, total - len(kept)


def pair_count(entities: Sequence[Entity], schema: Schema) -> int:
    """How many ``candidate_pairs`` there are."""
    numbers = Counter(entity.label for entity in entities)
    return sum(
        numbers[head] * (numbers[tail] - (head == tail))
        for head in numbers
        if head not in LITERAL_LABELS
        for tail in numbers
        if schema.candidate_types(head, tail)
    )


def nearest_pairs(entities: Sequence[Entity], schema: Schema, most: int) -> list[Pair]:
    """At most ``most`` candidate pairs, by how many mentions stand between; pairs equally far come or go together."""
    labels = {entity.id: entity.label for entity in entities}
    owners = [owner for _, owner in sorted((m.span, entity.id) for entity in entities for m in entity.mentions)]
    known = {
        (head, tail)
        for head in set(labels.values()) - LITERAL_LABELS
        for tail in set(labels.values())
        if schema.candidate_types(head, tail)
    }
    kept: set[Pair] = set()
    for apart in range(1, min(WINDOW, len(owners))):
        met = set(zip(owners, owners[apart:], strict=False))
        pairs = {(head, tail) for ends in met for head, tail in (ends, ends[::-1]) if head != tail}
        found = {pair for pair in pairs - kept if (labels[pair[0]], labels[pair[1]]) in known}
        if len(kept) + len(found) > most:
            break
        kept |= found
    return sorted(kept)
