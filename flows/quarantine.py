"""Where the quarantine of a target lies, and keeping it in step with the graph."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from graphwright.flows.settings import Settings
from graphwright.flows.targets import is_folder, open_target
from graphwright.pipeline.identity import content_hash

if TYPE_CHECKING:
    from graphwright.pipeline.quarantine import Quarantine, Quarantined

NAME = "quarantine.jsonl"


def quarantine_of(settings: Settings) -> Quarantine:
    """In the folder that is the target, beside the file that is; in the folder ``work`` for servers."""
    from graphwright.pipeline.quarantine import Quarantine

    target = settings.target.removeprefix("file://")
    if is_folder(target):
        return Quarantine(Path(target) / NAME)
    if "://" in target or target == "neo4j":
        address = (settings.neo4j_uri or target) if target == "neo4j" else target
        key = content_hash("quarantine", address, settings.neo4j_database or "")[:12]
        return Quarantine(settings.work / f"{key}.{NAME}")
    path = Path(target).expanduser()
    return Quarantine(path.with_name(f"{path.name}.{NAME}"))


def quarantine_rows(settings: Settings) -> list[Quarantined]:
    """The facts that are kept out of the graph, the surest first."""
    from graphwright.pipeline.build import fingerprints

    with open_target(settings) as store:
        found = quarantine_of(settings).facts(fingerprints(store))
    return sorted(found, key=lambda item: (-item.score, item.source, item.id))


def settle(settings: Settings, held: Mapping[str, str] | None = None) -> None:
    """Drop what the graph no longer says; to be called when the target is written, and closed."""
    quarantine = quarantine_of(settings)
    if not quarantine.path.exists():
        return
    if held is None:
        from graphwright.pipeline.build import fingerprints

        with open_target(settings) as store:
            held = fingerprints(store)
    quarantine.sweep(held)
