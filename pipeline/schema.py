"""The schema: which facts the graph may hold, between what, and what follows from them.

A schema file is YAML::

    name: wikidata
    labels: [PER, ORG]       # optional: the entity labels it uses; PER ORG LOC TIME NUM MISC where not given
    properties:
      P26: {name: spouse, edge: SPOUSE, domain: [PER], range: [PER], symmetric: true}

Every property needs ``name``, ``edge``, ``domain`` and ``range``; ``inverse`` (the id of a property), ``symmetric``
and ``functional`` are optional. Terms as in the Web Ontology Language (W3C OWL 2, section 9.2).
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from graphwright.pipeline.errors import ConfigurationError
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.records import ENTITY_LABELS, LITERAL_LABELS

EDGE = re.compile(r"[A-Z][A-Z0-9_]*")
KNOWN = frozenset(ENTITY_LABELS)
NEEDED = ("name", "edge", "domain", "range")
OPTIONAL = ("inverse", "symmetric", "functional")


@dataclass(frozen=True, slots=True)
class Property:
    """A type of relation; it holds from entities labelled as ``domain`` says to those labelled as ``range`` says.

    Where it holds, ``inverse`` holds the other way round (not always the reverse).
    """

    id: str
    name: str
    edge: str
    domain: frozenset[str]
    range: frozenset[str]
    inverse: str | None = None
    symmetric: bool = False
    functional: bool = False

    @property
    def literal(self) -> bool:
        """Whether its values are dates or numbers only."""
        return self.range <= LITERAL_LABELS


@dataclass(frozen=True, slots=True)
class Schema:
    """Properties by id, in the order of the file. Equal schemas have equal fingerprints, whatever that order."""

    name: str
    labels: tuple[str, ...]
    properties: Mapping[str, Property] = field(hash=False)
    fingerprint: str
    pairs: Mapping[tuple[str, str], tuple[str, ...]] = field(repr=False, hash=False)

    def property(self, id: str) -> Property:
        """The property of an id. Raises ``ConfigurationError`` that lists the known ones."""
        if id not in self.properties:
            known = ", ".join(self.properties)
            raise ConfigurationError(f"the schema {self.name!r} has no relation type {id!r}; known: {known}")
        return self.properties[id]

    def allows(self, head_label: str, type: str, tail_label: str) -> bool:
        """Whether the property may hold between entities of these labels. Raises ``ConfigurationError`` as above."""
        found = self.property(type)
        return head_label in found.domain and tail_label in found.range

    def candidate_types(self, head_label: str, tail_label: str) -> tuple[str, ...]:
        """Ids of all properties that may hold between entities of these labels, in the order of the file.

        Between entities whose labels say nothing, since neither the schema nor this program has them (as given ones
        may be labelled), anything may hold.
        """
        known = KNOWN.union(self.labels)
        if {head_label, tail_label} <= known:
            return self.pairs.get((head_label, tail_label), ())
        heads, tails = ((label,) if label in known else self.labels for label in (head_label, tail_label))
        found = {key for head in heads for tail in tails for key in self.pairs.get((head, tail), ())}
        return tuple(key for key in self.properties if key in found)

    def edge_names(self) -> Mapping[str, str]:
        """Property id -> type of the plain edge."""
        return {key: found.edge for key, found in self.properties.items()}


def load_schema(path: str | Path | None = None) -> Schema:
    """The schema of a YAML file, or the one that ships with the package.

    Raises ``ConfigurationError`` with the line (of YAML) or the key (of a schema) that is wrong.
    """
    return _shipped() if path is None else parse_schema(_read(Path(path)), str(path))


def parse_schema(text: str, where: str) -> Schema:
    """The schema that a YAML text says; ``where`` names it in errors."""
    try:
        content = yaml.load(text, Loader=_UniqueKeys)
        return _schema(content)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{where} line {line}: wanted YAML; {error.problem}") from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{where}: wanted YAML; {error}") from None
    except ConfigurationError as error:
        raise ConfigurationError(f"{where}: {error}") from None


def make_schema(name: str, labels: Iterable[str], properties: Iterable[Property]) -> Schema:
    """A schema of properties, checked: labels and inverses are known, edges are unique.

    Raises ``ConfigurationError``.
    """
    known, by_id = tuple(labels), {found.id: found for found in properties}
    edges: dict[str, str] = {}
    for found in by_id.values():
        _check_property(found, known, by_id)
        if edges.setdefault(found.edge, found.id) != found.id:
            raise ConfigurationError(f"{found.id}: the edge {found.edge} is already that of {edges[found.edge]}")
    return Schema(name, known, by_id, _fingerprint(name, known, by_id), _pairs(known, by_id))


class _UniqueKeys(yaml.SafeLoader):
    """YAML's safe loader, which keeps the last of two equal keys in silence, made to refuse them."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key.value!r} is twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


@cache
def _shipped() -> Schema:
    name = "wikidata.yaml"
    return parse_schema((files("graphwright.pipeline.schemas") / name).read_text(encoding="utf-8"), name)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path}: wanted a schema in UTF-8; found other bytes") from None
    except OSError as error:
        raise ConfigurationError(f"{path}: the schema cannot be read: {error.strerror}") from None


def _schema(content: object) -> Schema:
    if not isinstance(content, dict):
        raise ConfigurationError("wanted the keys 'name' and 'properties'; found none")
    _check_keys(content, ("name", "properties"), ("labels",), "the schema")
    properties, labels = content["properties"], content.get("labels", list(ENTITY_LABELS))
    if not isinstance(properties, dict) or not properties:
        raise ConfigurationError("'properties' wants at least one property, as 'ID: {name: ..., edge: ...}'")
    return make_schema(
        str(content["name"]),
        _labels(labels, "labels"),
        [_property(str(key), entry) for key, entry in properties.items()],
    )


def _property(id: str, entry: object) -> Property:
    if not isinstance(entry, dict):
        raise ConfigurationError(f"{id}: wanted {{name, edge, domain, range}}; found {entry!r:.40}")
    _check_keys(entry, NEEDED, OPTIONAL, id)
    inverse = entry.get("inverse")
    return Property(
        id,
        str(entry["name"]),
        str(entry["edge"]),
        frozenset(_labels(entry["domain"], f"{id}: domain")),
        frozenset(_labels(entry["range"], f"{id}: range")),
        None if inverse is None else str(inverse),
        _flag(entry, "symmetric", id),
        _flag(entry, "functional", id),
    )


def _labels(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise ConfigurationError(f"{where} wants a list of labels such as [PER, ORG]; found {value!r:.40}")
    return tuple(value)


def _flag(entry: Mapping[str, object], key: str, id: str) -> bool:
    value = entry.get(key, False)
    if not isinstance(value, bool):
        raise ConfigurationError(f"{id}: {key} wants true or false; found {value!r:.40}")
    return value


def _check_keys(entry: Mapping[str, object], needed: tuple[str, ...], optional: tuple[str, ...], where: str) -> None:
    unknown = [str(key) for key in entry if key not in needed + optional]
    if unknown:
        raise ConfigurationError(f"{where}: no key {unknown[0]!r}; known: {', '.join(needed + optional)}")
    missing = [key for key in needed if key not in entry]
    if missing:
        raise ConfigurationError(f"{where}: the key {missing[0]!r} is missing; needed: {', '.join(needed)}")


def _check_property(found: Property, labels: tuple[str, ...], properties: Mapping[str, Property]) -> None:
    unknown = sorted((found.domain | found.range) - set(labels))
    if unknown:
        raise ConfigurationError(f"{found.id}: no label {unknown[0]!r}; known: {', '.join(labels)}")
    values = sorted(found.domain & LITERAL_LABELS)
    if values:
        raise ConfigurationError(f"{found.id}: {values[0]} is a value, so it can be in the range, not in the domain")
    if not EDGE.fullmatch(found.edge):
        raise ConfigurationError(f"{found.id}: wanted an edge in capitals, digits and _; found {found.edge!r}")
    if found.inverse is not None and found.inverse not in properties:
        raise ConfigurationError(f"{found.id}: no relation type {found.inverse!r}; known: {', '.join(properties)}")


def _pairs(labels: tuple[str, ...], properties: Mapping[str, Property]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    return {
        (head, tail): tuple(key for key, found in properties.items() if head in found.domain and tail in found.range)
        for head in labels
        for tail in labels
    }


def _fingerprint(name: str, labels: tuple[str, ...], properties: Mapping[str, Property]) -> str:
    return content_hash("schema", name, *sorted(labels), *(_canonical(properties[key]) for key in sorted(properties)))


def _canonical(found: Property) -> str:
    ends = (",".join(sorted(found.domain)), ",".join(sorted(found.range)))
    marks = (found.inverse or "", str(found.symmetric), str(found.functional))
    return "\t".join((found.id, found.name, found.edge, *ends, *marks))
