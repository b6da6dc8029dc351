"""The RDF terms of the graph: a closed vocabulary, so that a misspelt term is an ``AttributeError``.

Ours are few; the rest is RDF, SKOS (names), PROV-O (where a fact comes from), NIF (mentions) and Wikidata (properties).
"""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode

BASE: Final = "urn:graphwright:"
"""Root of every IRI that is minted here. Ids follow it, so a graph is portable between machines."""

DOCUMENT: Final = BASE + "document:"
OCCURRENCE: Final = BASE + "occurrence:"
FACT: Final = BASE + "fact:"
STATEMENT: Final = BASE + "statement:"
ACTIVITY: Final = BASE + "activity:"
DECISION: Final = BASE + "decision:"
CLASS: Final = BASE + "class:"
PROPERTY: Final = BASE + "property:"
QUALIFIER: Final = BASE + "qualifier:"
ONTOLOGY: Final = BASE + "ontology#"
WIKIDATA_PROPERTY: Final = "http://www.wikidata.org/prop/direct/"
WIKIDATA_QUALIFIER: Final = "http://www.wikidata.org/prop/qualifier/"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
FRAGMENT: Final = "#char="
"""Spans are text fragments of RFC 5147: ``<document>#char=10,25``."""

PREFIXES: Final = {
    "wd": "http://www.wikidata.org/entity/",
    "wdt": WIKIDATA_PROPERTY,
    "pq": WIKIDATA_QUALIFIER,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "prov": "http://www.w3.org/ns/prov#",
    "dct": "http://purl.org/dc/terms/",
    "nif": "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#",
    "xsd": XSD,
    "gw": ONTOLOGY,
    "gwc": CLASS,
    "gwp": PROPERTY,
}


class GW:
    """Our own terms."""

    Document = NamedNode(ONTOLOGY + "Document")
    HumanDecision = NamedNode(ONTOLOGY + "HumanDecision")
    Occurrence = NamedNode(ONTOLOGY + "Occurrence")
    Fact = NamedNode(ONTOLOGY + "Fact")
    Statement = NamedNode(ONTOLOGY + "Statement")
    act = NamedNode(ONTOLOGY + "act")
    assertion = NamedNode(ONTOLOGY + "assertion")
    band = NamedNode(ONTOLOGY + "band")
    blockKey = NamedNode(ONTOLOGY + "blockKey")  # noqa: N815 (terms are written as in RDF)
    box = NamedNode(ONTOLOGY + "box")
    canonicalLine = NamedNode(ONTOLOGY + "canonicalLine")  # noqa: N815
    compared = NamedNode(ONTOLOGY + "compared")
    datatype = NamedNode(ONTOLOGY + "datatype")
    evidenceId = NamedNode(ONTOLOGY + "evidenceId")  # noqa: N815
    documents = NamedNode(ONTOLOGY + "documents")
    documentKey = NamedNode(ONTOLOGY + "documentKey")  # noqa: N815
    fingerprint = NamedNode(ONTOLOGY + "fingerprint")
    first = NamedNode(ONTOLOGY + "first")
    form = NamedNode(ONTOLOGY + "form")
    formatVersion = NamedNode(ONTOLOGY + "formatVersion")  # noqa: N815
    inDocument = NamedNode(ONTOLOGY + "inDocument")  # noqa: N815
    kbId = NamedNode(ONTOLOGY + "kbId")  # noqa: N815
    label = NamedNode(ONTOLOGY + "label")
    lexicalForm = NamedNode(ONTOLOGY + "lexicalForm")  # noqa: N815
    lastWrite = NamedNode(ONTOLOGY + "lastWrite")  # noqa: N815
    line = NamedNode(ONTOLOGY + "line")
    linkedKey = NamedNode(ONTOLOGY + "linkedKey")  # noqa: N815
    mention = NamedNode(ONTOLOGY + "mention")
    model = NamedNode(ONTOLOGY + "model")
    name = NamedNode(ONTOLOGY + "name")
    ordinal = NamedNode(ONTOLOGY + "ordinal")
    page = NamedNode(ONTOLOGY + "page")
    pendingKey = NamedNode(ONTOLOGY + "pendingKey")  # noqa: N815
    pendingOccurrence = NamedNode(ONTOLOGY + "pendingOccurrence")  # noqa: N815
    picture = NamedNode(ONTOLOGY + "picture")
    quote = NamedNode(ONTOLOGY + "quote")
    resolvedTo = NamedNode(ONTOLOGY + "resolvedTo")  # noqa: N815
    saidBy = NamedNode(ONTOLOGY + "saidBy")  # noqa: N815
    score = NamedNode(ONTOLOGY + "score")
    strayKey = NamedNode(ONTOLOGY + "strayKey")  # noqa: N815
    second = NamedNode(ONTOLOGY + "second")
    statements = NamedNode(ONTOLOGY + "statements")
    supports = NamedNode(ONTOLOGY + "supports")
    tally = NamedNode(ONTOLOGY + "tally")
    unit = NamedNode(ONTOLOGY + "unit")
    verdict = NamedNode(ONTOLOGY + "verdict")
    version = NamedNode(ONTOLOGY + "version")


class RDF:
    """RDF 1.1, and ``reifies`` of RDF 1.2."""

    type = NamedNode(PREFIXES["rdf"] + "type")
    subject = NamedNode(PREFIXES["rdf"] + "subject")
    predicate = NamedNode(PREFIXES["rdf"] + "predicate")
    object = NamedNode(PREFIXES["rdf"] + "object")
    reifies = NamedNode(PREFIXES["rdf"] + "reifies")


class SKOS:
    """Names: https://www.w3.org/TR/skos-reference/."""

    prefLabel = NamedNode(PREFIXES["skos"] + "prefLabel")  # noqa: N815
    altLabel = NamedNode(PREFIXES["skos"] + "altLabel")  # noqa: N815


class PROV:
    """Provenance: https://www.w3.org/TR/prov-o/."""

    Activity = NamedNode(PREFIXES["prov"] + "Activity")
    wasDerivedFrom = NamedNode(PREFIXES["prov"] + "wasDerivedFrom")  # noqa: N815
    wasGeneratedBy = NamedNode(PREFIXES["prov"] + "wasGeneratedBy")  # noqa: N815


class DCT:
    """Dublin Core terms of a document, and of the graph as a data set."""

    identifier = NamedNode(PREFIXES["dct"] + "identifier")
    license = NamedNode(PREFIXES["dct"] + "license")
    source = NamedNode(PREFIXES["dct"] + "source")
    title = NamedNode(PREFIXES["dct"] + "title")
    language = NamedNode(PREFIXES["dct"] + "language")


class NIF:
    """Mentions: NLP Interchange Format 2.0, half-open code-point offsets."""

    beginIndex = NamedNode(PREFIXES["nif"] + "beginIndex")  # noqa: N815
    endIndex = NamedNode(PREFIXES["nif"] + "endIndex")  # noqa: N815
    anchorOf = NamedNode(PREFIXES["nif"] + "anchorOf")  # noqa: N815


STORE_GRAPH: Final = NamedNode(BASE + "store")
"""The graph, and the subject, of what a store says of itself: the version of its format."""
RESOLUTION_GRAPH: Final = NamedNode(BASE + "resolution")
"""Which node an occurrence stands for, which statement a fact supports, which block keys wait for resolution."""
VIEW_GRAPH: Final = NamedNode(BASE + "view")
"""Nodes, statements, and the plain edge of every statement that is kept."""
DECISIONS_GRAPH: Final = NamedNode(BASE + "decisions")
"""What people decided: which things are the same, and which are not."""
FORMAT_VERSION: Final = "6"
