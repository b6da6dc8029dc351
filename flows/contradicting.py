"""Contradictions of a target, told in names and sentences."""

from __future__ import annotations

from dataclasses import dataclass

from graphwright.flows.annotators import extraction, read_schema
from graphwright.flows.building import property_names
from graphwright.flows.inspection import Explained, explained, node_names
from graphwright.flows.settings import Settings
from graphwright.flows.targets import open_steady_target
from graphwright.pipeline.contradictions import Rule, contradictions


@dataclass(frozen=True, slots=True)
class Contradicting:
    """A thing, why what is told of it cannot all be true, and what is told, the surest first."""

    subject: str
    rule: Rule
    statements: tuple[Explained, ...]


def contradictions_of(settings: Settings) -> tuple[Contradicting, ...]:
    """The contradictions of the settings' target, ordered by the things' ids."""
    with open_steady_target(settings) as store:
        found = contradictions(store.statements(), read_schema(extraction(settings)).properties)
        if not found:
            return ()
        names, documents, predicates = node_names(store), store.documents(), property_names(settings)
    return tuple(
        Contradicting(
            names.get(item.subject, item.subject),
            item.rule,
            tuple(explained(statement, names, documents, predicates) for statement in item.statements),
        )
        for item in found
    )
