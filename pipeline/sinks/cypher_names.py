"""Names for Neo4j: labels in PascalCase, relationship types in UPPER_SNAKE.

Cypher takes no parameter in the place of a label or a type, so these are the only strings of the data that become part
of a query's text. Each is reduced to ``[A-Za-z_][A-Za-z0-9_]*``, checked, and written between backticks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
LONGEST = 60

LABELS: Mapping[str, str] = {
    "PER": "Person",
    "ORG": "Organization",
    "LOC": "Location",
    "MISC": "Miscellaneous",
    "TIME": "Time",
    "NUM": "Number",
}
OWN_LABELS = frozenset(
    {
        "Entity",
        "Document",
        "Statement",
        "Evidence",
        "Mention",
        "Occurrence",
        "BlockKey",
        "Pending",
        "Decision",
        "GraphInfo",
    }
)
OWN_TYPES = frozenset({"SUBJECT", "OBJECT", "SUPPORTED_BY", "FROM", "IN", "OF", "REFERS_TO", "RESOLVED_TO", "KEYED"})


def entity_label(label: str) -> str:
    """The label of an entity's type; ``Thing`` where nothing of the name can be written.

    >>> entity_label("PER"), entity_label("chemical compound"), entity_label("Document"), entity_label("`")
    ('Person', 'ChemicalCompound', 'DocumentEntity', 'Thing')
    """
    if label in LABELS:
        return LABELS[label]
    words = re.findall(r"[A-Za-z0-9]+", label)
    name = _starting_with_letter("".join(word[0].upper() + word[1:] for word in words))[:LONGEST] or "Thing"
    return name + "Entity" if name in OWN_LABELS else name


def relationship_type(predicate: str, names: Mapping[str, str]) -> str:
    """The type of the plain edge of a predicate; ``RELATED_TO`` where nothing of the name can be written.

    >>> relationship_type("P26", {"P26": "spouse"}), relationship_type("P26", {})
    ('SPOUSE', 'P26')
    >>> relationship_type("placeOfBirth", {}), relationship_type("from", {})
    ('PLACE_OF_BIRTH', 'FROM_FACT')
    """
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", names.get(predicate, predicate))
    words = re.findall(r"[A-Za-z0-9]+", parted)
    name = _starting_with_letter("_".join(words).upper())[:LONGEST] or "RELATED_TO"
    return name + "_FACT" if name in OWN_TYPES else name


def quoted(identifier: str) -> str:
    """The identifier between backticks. Raises ``ValueError`` where it is none."""
    if not IDENTIFIER.fullmatch(identifier):
        raise ValueError(f"an identifier needs to match {IDENTIFIER.pattern}; received {identifier!r}")
    return f"`{identifier}`"


def _starting_with_letter(name: str) -> str:
    return "_" + name if name[:1].isdigit() else name
