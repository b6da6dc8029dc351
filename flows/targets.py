"""Opening the target of a command or flow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from graphwright.flows.annotators import extraction, read_schema
from graphwright.flows.settings import Settings
from graphwright.pipeline.errors import ConfigurationError, UsageError
from graphwright.pipeline.identity import content_hash

if TYPE_CHECKING:
    from graphwright.pipeline.sinks.opening import StoreSettings
    from graphwright.pipeline.sinks.store import Store


def open_target(settings: Settings, *, create: bool = False) -> Store:
    """The store of ``settings.target``, to be used in a ``with``. Raises ``StoreError``.

    Raises ``UsageError`` where vectors are wanted of a store that does not keep them.
    """
    from graphwright.pipeline.sinks.opening import is_neo4j, open_store

    address = _address(settings, settings.target)
    if create and settings.vectors and not is_neo4j(address):
        raise UsageError(f"vectors are kept by Neo4j only; give a target like neo4j://host, not {settings.target}")
    return open_store(address, create=create, settings=_store_settings(settings))


def open_read_only_target(settings: Settings, target: str) -> Store:
    """The store of a target, whether or not it is that of the settings, for reading alone. Raises ``StoreError``."""
    from graphwright.pipeline.sinks.opening import open_read_only

    return open_read_only(_address(settings, target), settings=_store_settings(settings))


@contextmanager
def open_steady_target(settings: Settings) -> Iterator[Store]:
    """The store of ``settings.target`` for reading alone, of one moment. Raises as ``open_target``."""
    with open_read_only_target(settings, settings.target) as store, store.steady():
        yield store


def rehearsed(settings: Settings) -> AbstractContextManager[tuple[Store, Store]]:
    """(the store of ``settings.target`` for reading alone, a copy of it that is gone afterwards): for dry runs."""
    from graphwright.pipeline.sinks.rehearsing import rehearsal

    return rehearsal(_address(settings, settings.target), _store_settings(settings))


def _store_settings(settings: Settings) -> StoreSettings:
    from graphwright.pipeline.sinks.opening import StoreSettings

    password = settings.neo4j_password
    names = read_schema(extraction(settings)).edge_names()
    given = {"username": settings.neo4j_username, "database": settings.neo4j_database}
    return StoreSettings(
        password=password.get_secret_value() if password else "",
        edge_names=names,
        **{name: value for name, value in given.items() if value},
    )


def is_folder(target: str) -> bool:
    """Whether the target is an embedded store in a folder, next to whose files a report page can lie."""
    return "://" not in target and Path(target).is_dir()


def beside(settings: Settings, name: str) -> Path:
    """Where a file or folder that belongs to the target lies.

    That is in the folder that is the target, beside the file that is; in the folder ``work`` for servers.
    """
    target = settings.target.removeprefix("file://")
    if is_folder(target):
        return Path(target) / name
    if "://" in target or target == "neo4j":
        address = (settings.neo4j_uri or target) if target == "neo4j" else target
        key = content_hash("quarantine", address, settings.neo4j_database or "")[:12]
        return settings.work / f"{key}.{name}"
    path = Path(target).expanduser()
    return path.with_name(f"{path.name}.{name}")


def address_of(settings: Settings) -> str:
    """The target by its full name, the same from whatever folder it is called; servers with their database."""
    target = _address(settings, settings.target).removeprefix("file://")
    if "://" in target:
        return f"{target} {settings.neo4j_database or ''}".rstrip()
    return str(Path(target).expanduser().absolute())


def _address(settings: Settings, target: str) -> str:
    if target != "neo4j":
        return _without_password(target)
    if not settings.neo4j_uri:
        raise ConfigurationError("the target 'neo4j' is the server of $NEO4J_URI, which is not set; give neo4j://host")
    return _without_password(settings.neo4j_uri)


def _without_password(address: str) -> str:
    """The address of a Neo4j. Raises ``UsageError`` where a password stands in it: addresses are shown and kept."""
    from graphwright.pipeline.sinks.cypher_connection import place
    from graphwright.pipeline.sinks.opening import is_neo4j

    if is_neo4j(address) and "@" in address:
        raise UsageError(f"{place(address)}: no name and password in an address; set NEO4J_USERNAME and NEO4J_PASSWORD")
    return address
