"""Opening the target of a command or flow."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from graphwright.flows.annotators import extraction, read_schema
from graphwright.flows.settings import Settings
from graphwright.pipeline.errors import ConfigurationError

if TYPE_CHECKING:
    from graphwright.pipeline.sinks.store import Store


def open_target(settings: Settings, *, create: bool = False) -> Store:
    """The store of ``settings.target``, to be used in a ``with``. Raises ``StoreError``."""
    from graphwright.pipeline.sinks.opening import StoreSettings, open_store

    target = _address(settings)
    password = settings.neo4j_password
    names = read_schema(extraction(settings)).edge_names()
    given = {"username": settings.neo4j_username, "database": settings.neo4j_database}
    chosen = StoreSettings(
        password=password.get_secret_value() if password else "",
        edge_names=names,
        **{name: value for name, value in given.items() if value},
    )
    return open_store(target, create=create, settings=chosen)


@contextmanager
def scratch_store() -> Iterator[Store]:
    """An empty store that is gone afterwards: for dry runs."""
    from graphwright.pipeline.sinks.opening import open_store

    with (
        tempfile.TemporaryDirectory(prefix="graphwright-") as folder,
        open_store(str(Path(folder) / "graph"), create=True) as store,
    ):
        yield store


def is_folder(target: str) -> bool:
    """Whether the target is an embedded store in a folder, next to whose files a report page can lie."""
    return "://" not in target and Path(target).is_dir()


def address_of(settings: Settings) -> str:
    """The target by its full name, the same from whatever folder it is called; servers with their database."""
    target = _address(settings).removeprefix("file://")
    if "://" in target:
        return f"{target} {settings.neo4j_database or ''}".rstrip()
    return str(Path(target).expanduser().absolute())


def _address(settings: Settings) -> str:
    if settings.target != "neo4j":
        return settings.target
    if not settings.neo4j_uri:
        raise ConfigurationError("the target 'neo4j' is the server of $NEO4J_URI, which is not set; give neo4j://host")
    return settings.neo4j_uri
