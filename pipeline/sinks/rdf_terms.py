"""Ids and values of the records as RDF terms, and back. All that comes from a document arrives as data.

Ids and names go into IRIs percent-encoded (reversibly); texts go into literals. RDF has no lone surrogates: they become
U+FFFD in literals.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote

from pyoxigraph import BlankNode, NamedNode, Triple
from pyoxigraph import Literal as Term

from graphwright.pipeline.graph import Literal
from graphwright.pipeline.vocabulary import (
    CLASS,
    DOCUMENT,
    FACT,
    OCCURRENCE,
    PROPERTY,
    QUALIFIER,
    STATEMENT,
    WIKIDATA_PROPERTY,
    WIKIDATA_QUALIFIER,
    XSD,
)

AnyTerm = NamedNode | BlankNode | Term | Triple

PREDICATES: Final = 4096
"""Names of predicates that are remembered: every fact has some, and a graph has few."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9]*").fullmatch
_WIKIDATA_ID: Final = re.compile(r"P[0-9]+").fullmatch
_IRI_SAFE: Final = ":/?@!$&'()*+,;=-._~"
_DAY: Final = r"(0[1-9]|[12][0-9]|3[01])"
_YEAR: Final = r"-?([1-9][0-9]{3,}|0[0-9]{3})"
_MONTH: Final = r"(0[1-9]|1[0-2])"
_LEXICAL: Final[dict[str, Callable[[str], re.Match[str] | None]]] = {
    "date": re.compile(rf"{_YEAR}-{_MONTH}-{_DAY}").fullmatch,
    "gYear": re.compile(_YEAR).fullmatch,
    "gYearMonth": re.compile(rf"{_YEAR}-{_MONTH}").fullmatch,
    "decimal": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)").fullmatch,
    "integer": re.compile(r"[+-]?[0-9]+").fullmatch,
}


def encoded(text: str) -> str:
    """Percent-encode everything but letters and digits of ASCII and ``_.-~``."""
    return text if _PLAIN(text) else quote(text, safe="", errors="surrogatepass")


def decoded(text: str) -> str:
    """The inverse of ``encoded``."""
    return unquote(text, errors="surrogatepass") if "%" in text else text


def document_iri(document: str) -> NamedNode:
    """The IRI of a document, which is also the name of its graph."""
    return NamedNode(DOCUMENT + encoded(document))


def occurrence_iri(occurrence: str) -> NamedNode:
    return NamedNode(OCCURRENCE + encoded(occurrence))


def fact_iri(fact: str) -> NamedNode:
    return NamedNode(FACT + encoded(fact))


def statement_iri(statement: str) -> NamedNode:
    return NamedNode(STATEMENT + encoded(statement))


def class_iri(label: str) -> NamedNode:
    return NamedNode(CLASS + encoded(label))


def node_iri(node: str) -> NamedNode:
    """A node's id is an IRI already; the rest is percent-encoded. Raises ``ValueError`` without a scheme."""
    return NamedNode("#".join(quote(part, safe=_IRI_SAFE, errors="surrogatepass") for part in node.split("#", 1)))


def predicate_iri(predicate: str) -> NamedNode:
    """Wikidata's property where the name is an id of one ("P26"), else one of ours."""
    return NamedNode((WIKIDATA_PROPERTY if _WIKIDATA_ID(predicate) else PROPERTY) + encoded(predicate))


def qualifier_iri(name: str) -> NamedNode:
    return NamedNode((WIKIDATA_QUALIFIER if _WIKIDATA_ID(name) else QUALIFIER) + encoded(name))


@lru_cache(PREDICATES)
def qualifier_name(iri: NamedNode) -> str | None:
    """The name of a qualifier, ``None`` for any other IRI."""
    for namespace in (WIKIDATA_QUALIFIER, QUALIFIER):
        if iri.value.startswith(namespace):
            return decoded(iri.value.removeprefix(namespace))
    return None


@lru_cache(PREDICATES)
def predicate_name(iri: AnyTerm) -> str:
    return decoded(text_of(iri).removeprefix(WIKIDATA_PROPERTY).removeprefix(PROPERTY))


def local_id(iri: AnyTerm, namespace: str) -> str:
    """The id that ``namespace`` was put before."""
    return decoded(text_of(iri).removeprefix(namespace))


def node_of(iri: AnyTerm) -> str:
    return decoded(text_of(iri))


def literal(text: str) -> Term:
    """A string literal."""
    try:
        return Term(text)
    except ValueError:
        return Term(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def typed_literal(value: Literal) -> Term:
    """The literal of a date or number; a plain string where the words are not of the type that they claim.

    Decimals are canonical (XSD 1.0, 3.2.3.2): Jena's TDB2 tells "7" as "7.0", which it then does not find.
    """
    check = _LEXICAL.get(value.datatype)
    if check is None or not check(value.value):
        return literal(value.value)
    words = canonical_decimal(value.value) if value.datatype == "decimal" else value.value
    return Term(words, datatype=NamedNode(XSD + value.datatype))


def canonical_decimal(text: str) -> str:
    """A decimal without needless signs and zeros, and with a digit on both sides of its point.

    >>> canonical_decimal("+7"), canonical_decimal("-0.50"), canonical_decimal("-.0")
    ('7.0', '-0.5', '0.0')
    """
    whole, _, part = text.lstrip("+-").partition(".")
    digits = f"{whole.lstrip('0') or '0'}.{part.rstrip('0') or '0'}"
    return f"-{digits}" if text.startswith("-") and digits != "0.0" else digits


def text_of(term: AnyTerm) -> str:
    """An IRI or the words of a literal."""
    try:
        return term.value  # type: ignore[union-attr]  # what has no value is told of below
    except AttributeError:
        raise TypeError(f"wanted an IRI or a literal; received the triple term {term}") from None


_ESCAPED: Final = re.compile(r"(\\\\)([uU])|\\.", re.DOTALL)


def sparql_text(term: object) -> str:
    r"""A term as SPARQL writes it.

    SPARQL may decode ``\uXXXX`` before it parses (SPARQL 1.1, 19.2), so a backslash in front of a ``u`` that is data
    would be taken for an escape: the ``u`` itself is escaped there, which every reading of the standard undoes.
    """
    text = str(term)
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda m: f"\\\\\\u{ord(m[2]):04X}" if m[1] else m[0], text)
