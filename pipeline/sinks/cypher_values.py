"""Values of Neo4j as plain Python values, readable in a table and as JSON."""

from __future__ import annotations

from collections.abc import Mapping

from neo4j.graph import Node, Path, Relationship


def plain(value: object) -> object:
    """Nodes become ``{labels, properties}``, relationships ``{type, start, end, properties}``, paths lists of both."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Node):
        return {"labels": sorted(value.labels), "properties": plain(dict(value))}
    if isinstance(value, Relationship):
        ends = {"start": _key(value.start_node), "end": _key(value.end_node)}
        return {"type": value.type, **ends, "properties": plain(dict(value))}
    if isinstance(value, Path):
        return _path(value)
    if isinstance(value, Mapping):
        return {str(key): plain(value[key]) for key in value}
    if isinstance(value, bytes | bytearray):
        return value.hex()
    if hasattr(value, "iso_format"):
        return value.iso_format()
    if isinstance(value, list | set | frozenset):
        return [plain(item) for item in value]
    return str(value)


def _path(path: Path) -> list[object]:
    parts: list[object] = [plain(path.start_node)]
    for relationship, node in zip(path.relationships, path.nodes[1:], strict=True):
        parts += [plain(relationship), plain(node)]
    return parts


def _key(node: Node | None) -> object:
    return None if node is None else node.get("id", node.element_id)
