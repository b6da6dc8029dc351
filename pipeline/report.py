"""One self-contained HTML page on which a person sees a graph: entities, facts, and the sentence behind each fact."""

from __future__ import annotations

import base64
import hashlib
import heapq
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2

from graphwright.pipeline.contradictions import Contradiction, OneValued, contradictions, is_concerned
from graphwright.pipeline.errors import StoreError
from graphwright.pipeline.graph import Node, Statement
from graphwright.pipeline.identity import WIKIDATA
from graphwright.pipeline.report_facts import ReportedFact, Wording, ends, group_of, reported, support, supporting
from graphwright.pipeline.sinks.store import Store
from graphwright.pipeline.whole_files import whole_file

MOST_FACTS = {"kept": 1200, "review": 300, "unasserted": 300}
MOST_ENTITIES = 1500
MOST_CONTRADICTIONS = 100
SAME_PREDICATE = 2
MOST_NODES_DRAWN = 110
TYPES = {
    "PER": "person",
    "ORG": "organization",
    "LOC": "place",
    "MISC": "work, event or thing",
    "TIME": "time",
    "NUM": "number",
}

Support = tuple[int, int, float, str]
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Selection:
    """The best-supported statements of each group, how many there are, and the kept facts of each node.

    ``contradictions`` are the first of those that ``totals`` counts.
    """

    groups: Mapping[str, Sequence[Statement]]
    totals: Mapping[str, int]
    degrees: Mapping[str, int]
    contradictions: Sequence[Contradiction] = ()

    @property
    def statements(self) -> list[Statement]:
        """All that the page shows."""
        grouped = [statement for group in self.groups.values() for statement in group]
        return grouped + [statement for found in self.contradictions for statement in found.statements]


@dataclass(frozen=True, slots=True)
class ReportedEntity:
    """A node ready to be shown; ``key`` names it within the page, ``facts`` counts its kept facts."""

    key: str
    name: str
    label: str
    type: str
    aliases: tuple[str, ...]
    link: str
    facts: int


def write_report(
    store: Store, path: Path, selection: Selection, digest: str, *, title: str, schema_names: Names
) -> None:
    """Write the page on a store of that digest. ``schema_names`` maps predicates ("P26") to their names ("spouse").

    Of a big graph the page shows the best-supported part, which is the selection, and says how much it left out.
    Raises ``StoreError`` where the store is unreachable or the page cannot be written.
    """
    shown = _shown(store, selection, path.parent, schema_names)
    page = render({"title": title, "digest": digest, **shown})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as draft:
            draft.write_bytes(page.encode("utf-8", "replace"))
    except OSError as error:
        raise StoreError(f"cannot write the report {path}: {error.strerror}; choose another place for it") from error


def best_facts(
    store: Store, selection: Selection, number: int = 10, schema_names: Names | None = None
) -> list[ReportedFact]:
    """The kept facts of a selection that most documents support, best first, and those said in few words first.

    At most one for each pair of things, and at most ``SAME_PREDICATE`` of a predicate while there are others.
    """
    pairs: dict[frozenset[object], Statement] = {}
    for statement in heapq.nlargest(40 * number, selection.groups["kept"], key=_worth_showing):
        pairs.setdefault(frozenset({statement.subject, statement.object}), statement)
    statements = _varied(list(pairs.values()))[:number]
    wanted = set(ends(statements))
    names = {node.id: node.name for node in store.nodes() if node.id in wanted}
    wording = Wording(names, schema_names or {}, store.documents(), Path())
    return [reported(statement, wording) for statement in statements]


def _worth_showing(statement: Statement) -> tuple[int, int, tuple[int, int, float, str]]:
    """Documents, then brevity of the shortest evidence in steps of 200 characters, then ``support``."""
    order = support(statement)
    return order[0], -min(len(item.text) for item in supporting(statement)) // 200, order


def _varied(statements: Sequence[Statement]) -> list[Statement]:
    """The same statements, those beyond the first ``SAME_PREDICATE`` of a predicate last."""
    seen: Counter[str] = Counter()
    groups: tuple[list[Statement], list[Statement]] = ([], [])
    for statement in statements:
        seen[statement.predicate] += 1
        groups[seen[statement.predicate] > SAME_PREDICATE].append(statement)
    return [*groups[0], *groups[1]]


def _shown(store: Store, selection: Selection, folder: Path, schema_names: Names) -> dict[str, Any]:
    """Everything that the template names besides title and digest."""
    nodes, counts = _best_nodes(store.nodes(), set(ends(selection.statements)), selection.degrees)
    documents = store.documents()
    wording = Wording({node.id: node.name for node in nodes}, schema_names, documents, folder)
    facts = {name: [reported(item, wording) for item in group] for name, group in selection.groups.items()}
    entities = [_entity(node, number, selection.degrees) for number, node in enumerate(nodes)]
    keys = {node.id: entity.key for node, entity in zip(nodes, entities, strict=True)}
    return {
        "contradictions": [
            (item.rule, [reported(statement, wording) for statement in item.statements])
            for item in selection.contradictions
        ],
        "counts": {"documents": len(documents), **counts, **selection.totals},
        "facts": facts,
        "entities": entities,
        "keys": keys,
        "types": sorted({(entity.label, entity.type) for entity in entities}),
        "predicates": sorted({(fact.predicate, fact.predicate_id) for group in facts.values() for fact in group}),
        "picture": picture(facts["kept"], entities, keys),
    }


def select(statements: Iterable[Statement], properties: Mapping[str, OneValued] | None = None) -> Selection:
    """Read the statements once, holding no more of them than the page shows, and than contradictions are found by.

    ``properties``: those of the schema, which say of what a thing has one only.
    """
    concerned: list[Statement] = []
    heaps: dict[str, list[tuple[Support, Statement]]] = {group: [] for group in MOST_FACTS}
    totals, degrees = Counter[str](), Counter[str]()
    for statement in statements:
        if is_concerned(statement, properties or {}):
            concerned.append(statement)
        group = group_of(statement)
        totals.update({group: 1, "evidence": len(statement.evidence)})
        if group == "kept":
            degrees.update(ends([statement]))
        _hold(heaps[group], (support(statement), statement), MOST_FACTS[group])
    groups = {group: [item for _, item in sorted(heap, reverse=True)] for group, heap in heaps.items()}
    found = contradictions(concerned, properties or {})
    totals["contradictions"] = len(found)
    return Selection(groups, totals, degrees, found[:MOST_CONTRADICTIONS])


def _best_nodes(
    nodes: Iterable[Node], needed: Collection[str], degrees: Mapping[str, int]
) -> tuple[list[Node], Counter[str]]:
    """The nodes to show (all of ``needed``, then by number of facts), and how many are linked and minted."""
    counts = Counter[str]()
    heap: list[tuple[tuple[bool, int, str], Node]] = []
    for node in nodes:
        counts["linked" if node.kb_id else "minted"] += 1
        rank = node.id in needed, degrees.get(node.id, 0), node.id
        _hold(heap, (rank, node), max(MOST_ENTITIES, len(needed)))
    best = [node for _, node in heap]
    return sorted(best, key=lambda node: (-degrees.get(node.id, 0), node.name.casefold(), node.id)), counts


def _hold(heap: list[Any], item: Any, most: int) -> None:
    """Add to a heap that keeps the largest few."""
    if len(heap) < most:
        heapq.heappush(heap, item)
    else:
        heapq.heappushpop(heap, item)


def _entity(node: Node, number: int, degrees: Mapping[str, int]) -> ReportedEntity:
    link = WIKIDATA.replace("http:", "https:").replace("/entity/", "/wiki/") + node.kb_id if node.kb_id else ""
    facts = degrees.get(node.id, 0)
    return ReportedEntity(f"n{number}", node.name, node.label, type_name(node.label), node.aliases, link, facts)


def type_name(label: str) -> str:
    """What a label is called on the page; a schema of one's own may bring labels of its own."""
    return TYPES.get(label, label.lower())


def picture(
    facts: Iterable[ReportedFact], entities: Sequence[ReportedEntity], keys: Names
) -> dict[str, list[dict[str, object]]]:
    """Nodes and edges of the drawing: the entities with most facts that a fact joins to another of them."""
    drawn = {entity.key for entity in entities[:MOST_NODES_DRAWN] if entity.facts}
    edges: dict[tuple[str, str], list[str]] = defaultdict(list)
    for fact in facts:
        pair = keys.get(fact.subject_id, ""), keys.get(fact.object_id, "")
        if drawn.issuperset(pair):
            edges[pair].append(fact.predicate)
    joined = {key for pair in edges for key in pair}
    return {
        "nodes": [
            {"key": entity.key, "name": entity.name, "label": entity.label, "facts": entity.facts}
            for entity in entities
            if entity.key in joined
        ],
        "edges": [{"from": head, "to": tail, "names": names} for (head, tail), names in edges.items()],
    }


def render(page: Mapping[str, object]) -> str:
    """The HTML of the page. Names are escaped, and only the page's own script may run (CSP 3, hash source)."""
    folder = files("graphwright.pipeline")
    style, script = (folder.joinpath(name).read_text("utf-8") for name in ("report.css", "report.js"))
    allowed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(folder.joinpath("report.html.jinja").read_text("utf-8"))
    return template.render(page, style=style, script=script, allowed=f"'sha256-{allowed}'")
