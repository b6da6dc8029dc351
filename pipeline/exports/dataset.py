"""The graph described as a data set, in VoID (https://www.w3.org/TR/void/) and DCAT (https://www.w3.org/TR/vocab-dcat/).

It is derived from the graph alone, so that equal graphs have equal descriptions; there is no date in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from graphwright.pipeline.errors import UsageError
from graphwright.pipeline.exports.drafts import Draft
from graphwright.pipeline.sinks.store import Store

if TYPE_CHECKING:
    from pyoxigraph import Literal as Term
    from pyoxigraph import NamedNode, Triple

DATASET: Final = "urn:graphwright:dataset:"
VOID: Final = "http://rdfs.org/ns/void#"
DCAT: Final = "http://www.w3.org/ns/dcat#"
USED: Final = ("skos", "prov", "nif", "dct", "gw")


def export_dataset(store: Store, draft: Draft, names: Mapping[str, str], license: str = "") -> str:
    """``dataset.ttl``: how many things, statements and documents there are, of which types and properties.

    ``license`` is the IRI of a licence. Raises ``UsageError`` where it is none.
    """
    import pyoxigraph as ox

    from graphwright.pipeline.vocabulary import PREFIXES

    content = list(_triples(store, license))
    with draft("dataset.ttl").open("wb") as stream:
        ox.serialize(content, stream, ox.RdfFormat.TURTLE, prefixes={**PREFIXES, "void": VOID, "dcat": DCAT})
    return ""


def _triples(store: Store, license: str) -> Iterator[Triple]:
    from pyoxigraph import Literal, NamedNode, Triple

    from graphwright.pipeline.vocabulary import DCT, GW, PREFIXES, RDF

    licensed = [(DCT.license, _iri(license))] if license else []
    digest = store.digest()
    dataset = NamedNode(DATASET + digest)
    types: Counter[str] = Counter(node.label for node in store.nodes())
    kept: Counter[str] = Counter()
    statements = 0
    for item in store.statements():
        statements += 1
        kept[item.predicate] += item.band == "keep"
    about: list[tuple[NamedNode, NamedNode | Term]] = [
        (RDF.type, NamedNode(VOID + "Dataset")),
        (RDF.type, NamedNode(DCAT + "Dataset")),
        (DCT.title, Literal("Knowledge graph with evidence")),
        (DCT.identifier, Literal(digest)),
        (NamedNode(VOID + "entities"), Literal(sum(types.values()))),
        (GW.statements, Literal(statements)),
        (GW.documents, Literal(len(store.documents()))),
        *licensed,
        *((NamedNode(VOID + "vocabulary"), NamedNode(PREFIXES[name])) for name in USED),
    ]
    yield from (Triple(dataset, item, value) for item, value in about)
    yield from _partitions(dataset, types, kept)


def _partitions(dataset: NamedNode, types: Mapping[str, int], kept: Mapping[str, int]) -> Iterator[Triple]:
    """A part for each type of things and for each property, with its plain edges."""
    from pyoxigraph import Literal, NamedNode, Triple

    from graphwright.pipeline.sinks.rdf_terms import class_iri, encoded, predicate_iri

    kinds = (
        ("class", "entities", "type", types, class_iri),
        ("property", "triples", "property", kept, predicate_iri),
    )
    for kind, counted, fragment, counts, iri in kinds:
        for name in sorted(counts):
            part = NamedNode(f"{dataset.value}#{fragment}-{encoded(name)}")
            yield Triple(dataset, NamedNode(f"{VOID}{kind}Partition"), part)
            yield Triple(part, NamedNode(VOID + kind), iri(name))
            yield Triple(part, NamedNode(VOID + counted), Literal(counts[name]))


def _iri(license: str) -> NamedNode:
    from pyoxigraph import NamedNode

    try:
        if license.startswith(("http://", "https://", "urn:")):
            return NamedNode(license)
    except ValueError:
        pass
    raise UsageError(
        f"wanted the address of a licence, as https://creativecommons.org/licenses/by/4.0/; received {license}"
    )
