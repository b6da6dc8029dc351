"""What the commands that read a graph ask of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graphwright.flows.annotators import extraction, read_schema
from graphwright.flows.building import property_names
from graphwright.flows.quarantine import verdicts_of
from graphwright.flows.settings import Settings
from graphwright.flows.targets import open_steady_target
from graphwright.pipeline.errors import StoreError, UsageError
from graphwright.pipeline.graph import Evidence, Statement
from graphwright.pipeline.records import Assertion, Band, Region

if TYPE_CHECKING:
    from graphwright.pipeline.export import Exported
    from graphwright.pipeline.sinks.store import Store


@dataclass(frozen=True, slots=True)
class ExplainedEvidence:
    """One piece of evidence; ``start`` and ``end`` are code points of its sentence in the document's text.

    ``region`` is where a picture shows it.
    """

    sentence: str
    source: str
    start: int
    end: int
    score: float
    assertion: Assertion
    said_by: str
    band: Band
    model: str
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """A statement with names in place of ids."""

    id: str
    subject: str
    predicate: str
    object: str
    score: float
    band: Band
    evidence: tuple[ExplainedEvidence, ...]


@dataclass(frozen=True, slots=True)
class ToldViolation:
    """A violation of the schema with its fact in words; ``node`` is the id of the statement."""

    node: str
    message: str
    fact: Explained


def explain_statement(settings: Settings, start: str) -> Explained:
    """The one statement whose id starts so. Raises ``UsageError`` where there is none, or more than one."""
    with open_steady_target(settings) as store:
        found = the_statement(store, settings, start)
        return explained(found, node_names(store), store.documents(), property_names(settings))


def the_statement(store: Store, settings: Settings, start: str) -> Statement:
    """The one statement whose id starts so. Raises ``UsageError`` where there is none, or more than one."""
    found = [item for item in store.statements() if start and item.id.startswith(start)]
    if len(found) != 1:
        raise UsageError(
            f"{len(found)} statements of {settings.target} have an id that starts with {start!r}; wanted one"
        )
    return found[0]


def check_target(settings: Settings) -> tuple[ToldViolation, ...]:
    """Where statements break the domain or range of their property, but for those that somebody released."""
    from graphwright.pipeline.quality import check
    from graphwright.pipeline.quarantine_verdicts import is_released

    released = verdicts_of(settings).released()
    with open_steady_target(settings) as store:
        found = check(store, read_schema(extraction(settings)))
        if not found:
            return ()
        nodes = {item.node for item in found}
        broken = {
            item.id: item
            for item in store.statements()
            if item.id in nodes
            and not is_released(((e.document, item.predicate, e.head, e.tail) for e in item.evidence), released)
        }
        names, documents, predicates = node_names(store), store.documents(), property_names(settings)
    return tuple(
        ToldViolation(item.node, item.message, explained(broken[item.node], names, documents, predicates))
        for item in found
        if item.node in broken
    )


def write_shapes(settings: Settings, path: Path) -> None:
    """Write the shapes of the schema. Raises ``StoreError`` where the file cannot be written."""
    from graphwright.pipeline.shapes import shapes_turtle

    try:
        path.write_text(shapes_turtle(read_schema(extraction(settings))), encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror or error}); choose another file") from error


def export_target(settings: Settings, format: str, folder: Path) -> Exported:
    """Write the graph's files."""
    from graphwright.pipeline.export import export

    names = read_schema(extraction(settings)).edge_names()
    with open_steady_target(settings) as store:
        return export(store, format, folder, names, license=settings.license)


def explained(
    statement: Statement,
    names: Mapping[str, str],
    documents: Mapping[str, tuple[str, str]],
    predicates: Mapping[str, str],
) -> Explained:
    """A statement in words; ``names`` are those of nodes."""
    subject, predicate, value = readable(statement, names, predicates)
    evidence = tuple(_explained_evidence(item, documents) for item in statement.evidence)
    return Explained(statement.id, subject, predicate, value, statement.score, statement.band, evidence)


def _explained_evidence(item: Evidence, documents: Mapping[str, tuple[str, str]]) -> ExplainedEvidence:
    source = documents[item.document][0]
    sentence, (start, end) = " ".join(item.text.split()), item.sentence
    return ExplainedEvidence(
        sentence, source, start, end, item.score, item.assertion, item.said_by, item.band, item.model, item.region
    )


def readable(statement: Statement, names: Mapping[str, str], predicates: Mapping[str, str]) -> tuple[str, str, str]:
    """Subject, predicate and object in words; ``names`` are those of nodes."""
    tail = statement.object
    value = names.get(tail, tail) if isinstance(tail, str) else f"{tail.value} {tail.unit}".strip()
    subject = names.get(statement.subject, statement.subject)
    return subject, predicates.get(statement.predicate, statement.predicate), value


def reworded(reason: str, predicates: Mapping[str, str]) -> str:
    """What is wrong, with names of properties in place of their ids.

    >>> reworded("the object of P108 must be one of LOC, ORG", {"P108": "employer"})
    'the object of employer must be one of LOC, ORG'
    """
    return " ".join(predicates.get(word, word) for word in reason.split(" "))


def node_names(store: Store) -> dict[str, str]:
    """Node id -> name."""
    return {node.id: node.name for node in store.nodes()}
