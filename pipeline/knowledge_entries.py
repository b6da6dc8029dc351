"""What a knowledge base answers with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

KINDS = ("label", "alias", "core", "acronym", "bag", "part", "fuzzy")
COLUMNS = "e.id, e.name, e.label, e.types, e.prior, e.population, e.year"


@dataclass(frozen=True, slots=True)
class KnowledgeEntity:
    """What is known of a thing; ``prior`` is log(1 + popularity), ``year`` that of birth or founding, or 0."""

    id: str
    name: str
    label: str
    types: tuple[str, ...]
    prior: float
    population: int
    year: int
    aliases: tuple[str, ...] = ()
    claims: tuple[tuple[str, str], ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that a name may mean.

    ``kind``: how its key matches (one of ``KINDS``); ``count``: how often the name was seen to mean it;
    ``similarity``: 1, or less for a fuzzy match; ``sharing``: how many entities have the key.
    """

    entity: KnowledgeEntity
    kind: str
    count: int
    similarity: float
    sharing: int


def entity_of(columns: Sequence[object]) -> KnowledgeEntity:
    number, name, label, types, prior, population, year = columns
    parts = tuple(filter(None, str(types).split("|")))
    return KnowledgeEntity(
        f"Q{number}", str(name), str(label), parts, float(str(prior)), int(str(population)), int(str(year))
    )
