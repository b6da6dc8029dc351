"""What the RDF stores ask of their quads: a handful of questions, each for many subjects at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol, TypeVar, cast

from pyoxigraph import Literal as Term
from pyoxigraph import NamedNode, Quad

from graphwright.pipeline.sinks.rdf_reading import Description, descriptions
from graphwright.pipeline.sinks.rdf_terms import AnyTerm, sparql_text, text_of
from graphwright.pipeline.sinks.store import Table
from graphwright.pipeline.vocabulary import DCT, GW, RDF, RESOLUTION_GRAPH, SKOS, VIEW_GRAPH

T = TypeVar("T")
Row = tuple[AnyTerm, ...]
Subject = NamedNode | Term
CHUNK = 1000
"""Subjects named in one query."""


class Quads(Protocol):
    """A place for quads that answers SPARQL. Methods raise ``StoreError`` where it is unreachable or refuses."""

    def select(self, query: str) -> Iterator[Row]:
        """Rows of a SELECT whose variables are all bound."""

    def write(self, removed: Collection[str], added: Collection[str]) -> None:
        """Remove lines, then add blocks of lines (``rdf_lines``), all or nothing."""

    def table(self, query: str) -> Table:
        """A user's query."""

    def close(self, *, completed: bool) -> None:
        """Let go; ``completed`` is false where an error ended the work."""


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Lists of at most ``size`` items, in order."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def _values(name: str, items: Collection[Subject]) -> str:
    return f"VALUES ?{name} {{ {' '.join(sparql_text(item) for item in items)} }}"


def _for_each(quads: Quads, subjects: Iterable[Subject], pattern: str, variables: str = "?b") -> Iterator[Row]:
    """Rows of ``pattern`` for every value of ``?a``, which begins each; equal ones are asked once, in a fixed order.

    A row brings the number of its value: a store looks up the text of each term that it is to tell.
    """
    for chunk in chunks(sorted(set(subjects), key=str)):
        rows = " ".join(f"({sparql_text(item)} {number})" for number, item in enumerate(chunk))
        query = f"SELECT ?row {variables} WHERE {{ VALUES (?a ?row) {{ {rows} }} {pattern} }}"
        for number, *values in quads.select(query):
            yield chunk[int(cast("Term", number).value)], *values


def _texts(quads: Quads, subjects: Iterable[Subject], pattern: str) -> Iterator[str]:
    """The texts ``?b`` of ``pattern`` for all values of ``?a``, most only once."""
    for chunk in chunks(sorted(set(subjects), key=str)):
        for (text,) in quads.select(f"SELECT DISTINCT ?b WHERE {{ {_values('a', chunk)} {pattern} }}"):
            yield cast("Term", text).value


def pairs(rows: Iterable[Row]) -> Iterator[tuple[NamedNode, NamedNode]]:
    """Rows of two IRIs."""
    return cast("Iterator[tuple[NamedNode, NamedNode]]", iter(rows))


def graph_rows(quads: Quads, graphs: Iterable[NamedNode]) -> Iterator[Row]:
    """(graph, subject, predicate, object) of all quads of the named graphs."""
    for chunk in chunks(sorted(set(graphs), key=str)):
        yield from quads.select(f"SELECT ?g ?s ?p ?o WHERE {{ {_values('g', chunk)} GRAPH ?g {{ ?s ?p ?o }} }}")


def held_documents(quads: Quads, documents: Iterable[NamedNode]) -> set[NamedNode]:
    """Those of the documents that the store holds."""
    pattern = f"GRAPH ?a {{ ?a {GW.fingerprint} ?b }}"
    return {document for document, _ in pairs(_for_each(quads, documents, pattern))}


def document_rows(quads: Quads) -> Iterator[Row]:
    """(document, source, fingerprint) of every document."""
    about = f"?d {RDF.type} {GW.Document}; {DCT.source} ?s; {GW.fingerprint} ?f"
    return quads.select(f"SELECT ?d ?s ?f WHERE {{ GRAPH ?d {{ {about} }} }}")


def version_rows(quads: Quads) -> Iterator[Row]:
    """(document, version of its text) of every document."""
    about = f"?d {RDF.type} {GW.Document}; {GW.version} ?v"
    return quads.select(f"SELECT ?d ?v WHERE {{ GRAPH ?d {{ {about} }} }}")


def assigned(quads: Quads, occurrences: Iterable[NamedNode]) -> dict[NamedNode, NamedNode]:
    """Occurrence -> the node that it stands for."""
    pattern = f"GRAPH {RESOLUTION_GRAPH} {{ ?a {GW.resolvedTo} ?b }}"
    return dict(pairs(_for_each(quads, occurrences, pattern)))


def members(quads: Quads, nodes: Iterable[NamedNode]) -> Iterator[tuple[NamedNode, NamedNode]]:
    """(node, occurrence that stands for it)."""
    return pairs(_for_each(quads, nodes, f"GRAPH {RESOLUTION_GRAPH} {{ ?b {GW.resolvedTo} ?a }}"))


def tallies(quads: Quads, nodes: Iterable[NamedNode]) -> Iterator[tuple[NamedNode, str]]:
    """(node, the text of its tally) of those that have one."""
    rows = _for_each(quads, nodes, f"GRAPH {RESOLUTION_GRAPH} {{ ?a {GW.tally} ?b }}")
    return ((cast("NamedNode", node), cast("Term", text).value) for node, text in rows)


def supported(quads: Quads, facts: Iterable[NamedNode]) -> dict[NamedNode, NamedNode]:
    """Fact -> the statement that it supports."""
    return dict(pairs(_for_each(quads, facts, f"GRAPH {RESOLUTION_GRAPH} {{ ?a {GW.supports} ?b }}")))


def supporters(quads: Quads, statements: Iterable[NamedNode]) -> Iterator[tuple[NamedNode, NamedNode]]:
    """(statement, fact that supports it)."""
    return pairs(_for_each(quads, statements, f"GRAPH {RESOLUTION_GRAPH} {{ ?b {GW.supports} ?a }}"))


def canonical_lines(quads: Quads) -> Iterator[str]:
    """What the digest covers: a line for every fact that supports a statement."""
    rows = quads.select(f"SELECT ?l WHERE {{ GRAPH {RESOLUTION_GRAPH} {{ ?f {GW.canonicalLine} ?l }} }}")
    return (text_of(row[0]) for row in rows)


def facts_about(quads: Quads, occurrences: Collection[NamedNode]) -> set[NamedNode]:
    """Facts that have one of the occurrences at either end."""
    found: set[NamedNode] = set()
    for end in (RDF.subject, RDF.object):
        found.update(fact for _, fact in pairs(_for_each(quads, occurrences, f"GRAPH ?g {{ ?b {end} ?a }}")))
    return found


def compared(quads: Quads, occurrences: Iterable[NamedNode]) -> dict[NamedNode, str]:
    """Occurrence -> the text that it is compared by (``rdf_compared``)."""
    rows = _for_each(quads, occurrences, f"GRAPH ?g {{ ?a {GW.compared} ?b }}")
    return {cast("NamedNode", occurrence): cast("Term", text).value for occurrence, text in rows}


def free(quads: Quads, keys: Iterable[Term]) -> Iterator[str]:
    """Texts of the occurrences that are not linked and have one of the block keys."""
    return _texts(quads, keys, f"GRAPH ?g {{ ?c {GW.blockKey} ?a; {GW.compared} ?b }}")


def linked(quads: Quads, keys: Iterable[Term]) -> Iterator[str]:
    """Texts of the linked occurrences that have one of the block keys."""
    return _texts(quads, keys, f"GRAPH ?g {{ ?c {GW.linkedKey} ?a; {GW.compared} ?b }}")


def strays(quads: Quads, keys: Iterable[Term]) -> Iterator[str]:
    """Texts of the linked occurrences that have one of the block keys and stand for another node than their id's."""
    note = f"GRAPH {RESOLUTION_GRAPH} {{ ?c {GW.strayKey} ?a }}"
    if not any(True for _ in quads.select(f"SELECT ?a WHERE {{ {note} }} LIMIT 1")):  # the rule, and soon asked
        return iter(())
    return _texts(quads, keys, f"{note} GRAPH ?g {{ ?c {GW.compared} ?b }}")


def found_at(quads: Quads, places: Iterable[tuple[NamedNode, Term]]) -> Iterator[str]:
    """Texts of the occurrences that have, each in its document, one of the block keys."""
    pattern = f"GRAPH ?a {{ ?c {GW.blockKey}|{GW.linkedKey} ?k; {GW.compared} ?b }}"
    for chunk in chunks(sorted(set(places), key=str)):
        rows = " ".join(f"({document} {sparql_text(key)})" for document, key in chunk)
        for (text,) in quads.select(f"SELECT DISTINCT ?b WHERE {{ VALUES (?a ?k) {{ {rows} }} {pattern} }}"):
            yield cast("Term", text).value


def instances(quads: Quads, type: NamedNode, *, graph: NamedNode | None = None) -> Iterator[NamedNode]:
    """Subjects of a type, in one graph or in any."""
    rows = quads.select(f"SELECT ?a WHERE {{ GRAPH {graph or '?g'} {{ ?a {RDF.type} {type} }} }}")
    return (cast("NamedNode", row[0]) for row in rows)


def node_names(quads: Quads) -> Iterator[NamedNode]:
    """All nodes of the view."""
    rows = quads.select(f"SELECT ?a WHERE {{ GRAPH {VIEW_GRAPH} {{ ?a {SKOS.prefLabel} ?b }} }}")
    return (cast("NamedNode", row[0]) for row in rows)


def describe(
    quads: Quads,
    subjects: Iterable[NamedNode],
    *,
    graph: NamedNode | None = None,
    only: Sequence[NamedNode] = (),
) -> dict[NamedNode, Description]:
    """All properties (or ``only`` some) of the subjects; of every graph unless one is named."""
    choice = f"FILTER(?b IN ({', '.join(map(str, only))}))" if only else ""
    pattern = f"GRAPH {graph or '?g'} {{ ?a ?b ?c {choice} }}"
    return descriptions(
        cast("Iterator[tuple[AnyTerm, AnyTerm, AnyTerm]]", _for_each(quads, subjects, pattern, "?b ?c"))
    )


def pending_keys(quads: Quads) -> list[Term]:
    rows = quads.select(f"SELECT ?k WHERE {{ GRAPH {RESOLUTION_GRAPH} {{ {RESOLUTION_GRAPH} {GW.pendingKey} ?k }} }}")
    return [cast("Term", row[0]) for row in rows]


def added_occurrences(quads: Quads) -> list[NamedNode]:
    """Those that are marked as pending."""
    mark = f"{RESOLUTION_GRAPH} {GW.pendingOccurrence} ?o"
    rows = quads.select(f"SELECT ?o WHERE {{ GRAPH {RESOLUTION_GRAPH} {{ {mark} }} }}")
    return [cast("NamedNode", row[0]) for row in rows]


def pending_occurrences(quads: Quads) -> Iterator[str]:
    """Texts of the occurrences marked as pending."""
    mark = f"GRAPH {RESOLUTION_GRAPH} {{ {RESOLUTION_GRAPH} {GW.pendingOccurrence} ?o }}"
    rows = quads.select(f"SELECT ?c WHERE {{ {mark} GRAPH ?g {{ ?o {GW.compared} ?c }} }}")
    return (cast("Term", row[0]).value for row in rows)


def kept_edges(quads: Quads, edges: Iterable[Quad]) -> Iterator[tuple[NamedNode, Quad]]:
    """(statement, edge) for every kept statement of the view that has one of the edges."""
    for chunk in chunks(edges, 200):
        rows = " ".join(f"({e.subject} {e.predicate} {sparql_text(e.object)})" for e in chunk)
        query = (
            f"SELECT ?a ?s ?p ?o WHERE {{ VALUES (?s ?p ?o) {{ {rows} }} GRAPH {VIEW_GRAPH} "
            f'{{ ?a {RDF.subject} ?s; {RDF.object} ?o; {RDF.predicate} ?p; {GW.band} "keep" }} }}'
        )
        for statement, subject, item, value in quads.select(query):
            yield statement, Quad(subject, item, value, VIEW_GRAPH)  # type: ignore[misc, arg-type]
