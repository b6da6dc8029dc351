"""A Neo4j database as a source: nodes that have a Wikidata id, their names, labels, and relationships between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphwright.pipeline.kb.portions import SEPARATOR, Portion, Problems
from graphwright.pipeline.knowledge_types import label_of_types
from graphwright.pipeline.schema import load_schema
from graphwright.pipeline.sinks.cypher_connection import open_driver, place, reading
from graphwright.pipeline.sinks.opening import StoreSettings

IDS = ("kbId", "uri", "id", "wikidata", "qid")
NAMES = ("name", "label", "title", "prefLabel")
ALIASES = ("aliases", "alias", "altLabel", "alternateName")
# Labels that say nothing of what a thing is.
_PLAIN_LABELS = frozenset({"Entity", "Resource", "Node", "Thing", "Miscellaneous"})
_ITEM = re.compile(r"(?:.*[/:#])?(Q\d{1,11})")
_PROPERTY = re.compile(r"(?:.*[/:#])?P(\d{1,6})")
_SHOWN = 5
_NODES = """
MATCH (n) WITH n, [key IN $ids WHERE toStringOrNull(n[key]) =~ $item | toStringOrNull(n[key])][0] AS found
WHERE found IS NOT NULL
RETURN found, properties(n) AS known, labels(n) AS labels,
       [(n)-[r]->(m) | [type(r), coalesce(r.property, r.predicate), [key IN $ids | toStringOrNull(m[key])]]] AS claims
ORDER BY found, n.name
"""
_OTHERS = """
MATCH (n) WHERE size([key IN $ids WHERE toStringOrNull(n[key]) =~ $item]) = 0 RETURN count(n) AS others
"""


def neo4j_portions(uri: str, login: StoreSettings, problems: Problems) -> Iterator[Portion]:
    """Portions of all nodes with a Wikidata id, by id. Raises ``StoreError`` where the database cannot be read."""
    properties = {edge: int(key[1:]) for key, edge in load_schema().edge_names().items() if _PROPERTY.fullmatch(key)}
    unknown: set[str] = set()
    given = {"ids": list(IDS), "item": _ITEM.pattern}
    with (
        open_driver(uri, login.username, login.password, login.database) as driver,
        reading(driver, uri, login.database) as session,
    ):
        for record in session.run(_NODES, given):
            links = [link for link in record["claims"] if (link[0], _item(link[2])) != (link[0], 0)]
            unknown |= {link[0] for link in links if not _property(link, properties)}
            claims = sorted((p, _item(link[2])) for link in links if (p := _property(link, properties)))
            yield _portion(_item([record["found"]]), record["known"], sorted(record["labels"]), claims)
        others = session.run(_OTHERS, given).single(strict=True)["others"]
    _report(place(uri), others, sorted(unknown), problems)


def _portion(item: int, known: Mapping[str, Any], labels: Sequence[str], claims: Sequence[tuple[int, int]]) -> Portion:
    preferred = [name for key in NAMES for name in _listed(known.get(key))]
    others = [name for key in ALIASES for name in _listed(known.get(key))]
    types = tuple(_words(label) for label in labels if label not in _PLAIN_LABELS)
    count, population = known.get("count"), known.get("population")
    return Portion(
        item,
        tuple(
            dict.fromkeys([*((name, 0, 0) for name in preferred[:1]), *((n, 1, 0) for n in [*preferred[1:], *others])])
        ),
        label_of_types(types),
        types,
        tuple(dict.fromkeys(claims)),
        float(count) if isinstance(count, int | float) else 0.0,
        population if isinstance(population, int) else 0,
    )


def _listed(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else str(value).split(SEPARATOR) if value else []
    return [text for part in parts if (text := str(part).strip())]


def _words(label: str) -> str:
    """A label in words: "ChemicalCompound" is a "chemical compound"."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", label).lower()


def _item(values: Sequence[str | None]) -> int:
    found = (_ITEM.fullmatch(value) for value in values if value)
    return next((int(match[1][1:]) for match in found if match), 0)


def _property(link: Sequence[Any], properties: Mapping[str, int]) -> int:
    """The Wikidata property of a relationship: its type, what it says of itself, or what the schema calls so."""
    for text in link[:2]:
        if text and (found := _PROPERTY.fullmatch(str(text))):
            return int(found[1])
    return properties.get(link[0], 0)


def _report(where: str, others: int, unknown: Sequence[str], problems: Problems) -> None:
    if others:
        problems.messages.append(f"{where}: {others:,} nodes without a Wikidata id in {', '.join(IDS)} were left out")
    if unknown:
        some = ", ".join(unknown[:_SHOWN]) + (" ..." if len(unknown) > _SHOWN else "")
        problems.messages.append(f"{where}: relationships that are no Wikidata property were left out: {some}")
