"""SPARQL that is sent, and what comes back as plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from pyoxigraph import Literal as Term
from pyoxigraph import NamedNode, Quad, QueryBoolean, QuerySolutions, QueryTriples

from graphwright.pipeline.sinks.rdf_lines import as_quads
from graphwright.pipeline.sinks.rdf_terms import AnyTerm, sparql_text
from graphwright.pipeline.sinks.store import Table
from graphwright.pipeline.vocabulary import XSD

INTEGERS: Final = frozenset(XSD + name for name in ("integer", "int", "long", "nonNegativeInteger", "unsignedInt"))
FLOATS: Final = frozenset(XSD + name for name in ("double", "float", "decimal"))


def update_text(removed: Collection[str], added: Collection[str]) -> str:
    """One SPARQL 1.1 update of at most two operations: remove blocks of lines, then add others."""
    parts = [
        f"{verb} DATA {{\n{_graphs(as_quads(blocks))}}}"
        for verb, blocks in (("DELETE", removed), ("INSERT", added))
        if blocks
    ]
    return ";\n".join(parts)


def _graphs(quads: Iterable[Quad]) -> str:
    graphs: dict[str, list[str]] = defaultdict(list)
    for quad in quads:
        graphs[str(quad.graph_name)].append(sparql_text(f"{quad.subject} {quad.predicate} {quad.object} ."))
    return "".join(f"GRAPH {graph} {{\n" + "\n".join(lines) + "\n}\n" for graph, lines in sorted(graphs.items()))


def table(result: QuerySolutions | QueryBoolean | QueryTriples) -> Table:
    """The answer to a user's query: rows of SELECT, "answer" of ASK, triples of CONSTRUCT and DESCRIBE."""
    if isinstance(result, QueryBoolean):
        return Table(("answer",), ((bool(result),),))
    if isinstance(result, QuerySolutions):
        columns = tuple(variable.value for variable in result.variables)
        return Table(columns, tuple(tuple(map(plain, solution)) for solution in result))
    return Table(("subject", "predicate", "object"), tuple(_triples(result)))


def _triples(triples: QueryTriples) -> Iterator[tuple[object, ...]]:
    for triple in triples:
        yield plain(triple.subject), plain(triple.predicate), plain(triple.object)


def plain(term: AnyTerm | None) -> str | int | float | bool | None:
    """An IRI or a literal as a plain value; the words of a literal where its type has no such value."""
    if isinstance(term, Term):
        return _value(term.value, term.datatype.value)
    if isinstance(term, NamedNode):
        return term.value
    return None if term is None else str(term)


def _value(text: str, datatype: str) -> str | int | float | bool:
    try:
        if datatype in INTEGERS:
            return int(text)
        if datatype in FLOATS:
            return float(text)
    except ValueError:
        return text
    if datatype == XSD + "boolean" and text in ("true", "false", "1", "0"):
        return text in ("true", "1")
    return text
