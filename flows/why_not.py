"""Why a graph holds no fact, or this one, between two things: their documents are read and annotated once more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from graphwright.flows.annotators import extraction, load, read_schema
from graphwright.flows.building import policy, property_names
from graphwright.flows.inspection import readable
from graphwright.flows.settings import Settings
from graphwright.flows.shared_documents import Rereading, Shared, shared_documents
from graphwright.flows.targets import open_target
from graphwright.pipeline.build import fingerprint, fingerprints
from graphwright.pipeline.candidate_facts import Rules, read
from graphwright.pipeline.errors import GraphwrightError, UsageError
from graphwright.pipeline.graph import Node, Statement
from graphwright.pipeline.records import Band
from graphwright.pipeline.rereading import Skipped
from graphwright.pipeline.resolution.resolve import resolve
from graphwright.pipeline.schema import Schema
from graphwright.pipeline.tracing import Trace, best_first, trace
from graphwright.pipeline.whereabouts import Sought, alike_names, names_of, seek

if TYPE_CHECKING:
    from graphwright.pipeline.sinks.store import Store

OTHER_RULES = "the graph was made with other options, or by another version: what follows is what these would do"
ONE_NODE = "both ends are one node of the graph"


@dataclass(frozen=True, slots=True)
class Asked:
    """An end: the nodes that answer to it, how many documents mention them, and names like it where none does."""

    asked: str
    nodes: tuple[Node, ...]
    documents: int
    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GraphFact:
    """A statement between the two that the graph holds, in words."""

    statement: str
    subject: str
    predicate: str
    object: str
    score: float
    band: Band


@dataclass(frozen=True, slots=True)
class Answer:
    """What the graph holds between the two, what became of the pair in each document looked at, and what decided."""

    first: Asked
    second: Asked
    decided: str
    facts: tuple[GraphFact, ...]
    traces: tuple[Trace, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]


def why_not(
    settings: Settings, first: str, second: str, *, type: str | None = None, how: Rereading | None = None
) -> Answer:
    """The best candidates between two things, and what dropped or kept each; ``type`` is an id or a name.

    Raises:
        UsageError: an empty name, a type that the schema lacks, or no such target.
    """
    if not first.strip() or not second.strip():
        raise UsageError("wanted the names or ids of two things; received an empty one")
    schema = read_schema(extraction(settings))
    rules = Rules(schema, policy(settings), frozenset({wanted_type(type, schema)} if type is not None else ()))
    with open_target(settings) as store:
        nodes, occurrences = list(store.nodes()), list(store.occurrences())
        assignment = resolve(occurrences, decisions=store.decisions()).assignment
        ends = seek(first, nodes, occurrences, assignment), seek(second, nodes, occurrences, assignment)
        chosen = how or Rereading(language=settings.language)
        shared = Shared() if _one_node(*ends) else shared_documents(store, *ends, chosen)
        traces, failed, notes = _traces(store, shared, settings, rules)
        facts = _facts(store, ends, traces, rules)
    asked = [_asked(end, nodes) for end in ends]
    names = {node.id: node.name for node in nodes}
    statements = {item.id: statement.id for statement in facts for item in statement.evidence}
    linked = tuple(_with_statements(item, statements, same_rules=not notes) for item in traces)
    told = tuple(_told(statement, names, property_names(settings)) for statement in facts)
    decided = _decided(asked, ends, shared, linked)
    return Answer(asked[0], asked[1], decided, told, linked, (*shared.skipped, *failed), (*notes, *_limits(shared)))


def wanted_type(asked: str, schema: Schema) -> str:
    """The property of an id or a name. Raises ``UsageError`` with those that are written alike."""
    known = {name: key for key, found in schema.properties.items() for name in (key, found.name)}
    for name, key in known.items():
        if name.casefold() == asked.strip().casefold():
            return key
    alike = ", ".join(alike_names(asked, known) or list(known)[:4])
    raise UsageError(f"--type wants an id or name of the schema {schema.name}, such as {alike}; received {asked!r}")


def _traces(
    store: Store, shared: Shared, settings: Settings, rules: Rules
) -> tuple[list[Trace], list[Skipped], list[str]]:
    """The traces, best first; the documents on which extraction fails; whether it works as when they were built."""
    if not shared.places:
        return [], [], []
    annotator, held = load(extraction(settings)), fingerprints(store)
    traces: list[Trace] = []
    failed, changed = [], False
    for place in shared.places:
        document = place.document
        changed |= fingerprint(document, annotator, rules.schema, rules.policy) != held[document.id]
        try:
            traces += trace(read(annotator, document), place.first, place.second, rules)
        except GraphwrightError:
            raise
        except Exception as error:  # as in a build: one document must not take the others with it
            failed.append(Skipped(document.source, f"{type(error).__name__}: {error}"))
    return best_first(traces), failed, [OTHER_RULES] if changed else []


def _facts(store: Store, ends: Sequence[Sought], traces: Iterable[Trace], rules: Rules) -> list[Statement]:
    """Statements between nodes of the two, and those that rest on a candidate's evidence, such as dates."""
    first, second = (end.ids for end in ends)
    evidence = {candidate.evidence for item in traces for candidate in item.candidates}
    return [
        item
        for item in store.statements()
        if not rules.types or item.predicate in rules.types
        if (item.subject in first and item.object in second)
        or (item.subject in second and item.object in first)
        or not evidence.isdisjoint(found.id for found in item.evidence)
    ]


def _with_statements(item: Trace, statements: Mapping[str, str], *, same_rules: bool) -> Trace:
    """The trace with the statements of its candidates; by the same rules, what has none says nothing of two nodes."""
    linked = tuple(
        replace(candidate, statement=statements[candidate.evidence])
        if candidate.evidence in statements
        else replace(candidate, reason=f"{candidate.reason}; {ONE_NODE}")
        if candidate.evidence and same_rules
        else candidate
        for candidate in item.candidates
    )
    return replace(item, candidates=linked)


def _told(statement: Statement, names: Mapping[str, str], predicates: Mapping[str, str]) -> GraphFact:
    return GraphFact(statement.id, *readable(statement, names, predicates), statement.score, statement.band)


def _asked(end: Sought, nodes: Sequence[Node]) -> Asked:
    names = () if end.nodes else alike_names(end.asked, (name for node in nodes for name in names_of(node)))
    return Asked(end.asked, end.nodes, len(end.places), tuple(names))


def _decided(asked: Sequence[Asked], ends: Sequence[Sought], shared: Shared, traces: Sequence[Trace]) -> str:
    """What decided, in words: of the best trace, or why there is none."""
    if traces:
        return traces[0].decided
    if _one_node(*ends):
        return f"{ONE_NODE}, {ends[0].nodes[0].name}"
    if shared.skipped and not shared.searched:
        return "no document with both can be read as it was when the graph was made"
    missing = [
        _missing(item, shared) for item, said in zip(asked, shared.said, strict=True) if not item.nodes and not said
    ]
    if missing:
        return "; ".join(missing)
    counts = zip(asked, shared.said, strict=True)
    where = " and ".join(f"{item.asked} is in {_documents(item.documents or said)}" for item, said in counts)
    return f"facts are found within a document, and none has both: {where}"


def _one_node(first: Sought, second: Sought) -> bool:
    return first.ids == second.ids and len(first.ids) == 1


def _missing(item: Asked, shared: Shared) -> str:
    alike = f"; names like it: {', '.join(item.nearest)}" if item.nearest else ""
    said = f", and it is in none of the texts searched ({_documents(shared.searched)})" if shared.searched else ""
    return f"no entity of the graph is called {item.asked!r}{said}{alike}"


def _limits(shared: Shared) -> Iterator[str]:
    """What was left out."""
    if shared.count > len(shared.places) + len(shared.skipped):
        yield f"{len(shared.places)} of {_documents(shared.count)} with both were looked at; --limit takes more"
    if shared.searchable > shared.searched + len(shared.skipped):
        yield f"{shared.searched} of {_documents(shared.searchable)} were searched for the names"


def _documents(number: int) -> str:
    return f"{number} document{'' if number == 1 else 's'}"
