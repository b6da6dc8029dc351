"""From the name of a target to its store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from graphwright.pipeline.errors import UsageError
from graphwright.pipeline.sinks.store import Store

NEO4J_SCHEMES: Final = frozenset({"neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"})
RDF_SUFFIXES: Final = (".nq", ".trig", ".jsonld", ".ttl", ".nt", ".rdf", ".xml")


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """What servers ask for. ``edge_names`` gives predicates readable names: {"P26": "SPOUSE"}."""

    username: str = "neo4j"
    password: str = field(default="", repr=False)
    database: str = "neo4j"
    sparql_update_url: str | None = None
    edge_names: Mapping[str, str] = field(default_factory=dict, hash=False)


def open_store(target: str, *, create: bool = True, settings: StoreSettings | None = None) -> Store:
    """The store of a target: a folder, an RDF file by its extension, ``neo4j://`` and ``bolt://``, or an endpoint.

    Raises ``UsageError`` where the target makes no sense, or is missing and not to be made; ``StoreError`` where it
    is unreachable, refuses or is not ours.
    """
    chosen = settings or StoreSettings()
    scheme = urlsplit(target).scheme if "://" in target else ""
    if is_neo4j(target):
        return _neo4j(target, chosen)
    if scheme in ("http", "https"):
        return _endpoint(target, chosen)
    if scheme not in ("", "file"):
        known = ", ".join(f"{name}://" for name in sorted({*NEO4J_SCHEMES, "http", "https"}))
        raise UsageError(f"{target}: wanted a folder, a file, or one of {known}; received {scheme}://")
    return _local(Path(target.removeprefix("file://")).expanduser(), create=create)


def open_read_only(target: str, *, settings: StoreSettings | None = None) -> Store:
    """The store of a target that is there, for reading alone: nothing of it is touched. Raises as ``open_store``."""
    from graphwright.pipeline.sinks.oxigraph import ReadOnlyStore, is_store

    path = local_path(target)
    if path and is_store(path):
        return ReadOnlyStore(path)
    if path is None and target.startswith(("http://", "https://")):
        from graphwright.pipeline.sinks.sparql import SparqlStore

        return SparqlStore(target, read_only=True)
    return open_store(target, create=False, settings=settings)


def is_neo4j(target: str) -> bool:
    """Whether a target is an address of Neo4j."""
    return "://" in target and urlsplit(target).scheme in NEO4J_SCHEMES


def local_path(target: str) -> Path | None:
    """The folder or file of a target, ``None`` where it is a server."""
    if "://" in target and not target.startswith("file://"):
        return None
    return Path(target.removeprefix("file://")).expanduser()


def is_rdf_file(path: Path) -> bool:
    """Whether a path is or would be a file, not the folder of an embedded store."""
    is_file = path.is_file() if path.exists() else bool(path.suffix)
    return is_file or path.name.lower().removesuffix(".gz").endswith(RDF_SUFFIXES)


def _local(path: Path, *, create: bool) -> Store:
    if not create and not path.exists():
        raise UsageError(f"{path} does not exist; make it with: graphwright build CORPUS --to {path}")
    if is_rdf_file(path):
        from graphwright.pipeline.sinks.rdf_files import RdfFileStore

        return RdfFileStore(path)
    from graphwright.pipeline.sinks.oxigraph import OxigraphStore, is_store

    if not create and not is_store(path):
        raise UsageError(f"{path} holds no graphwright store; make one with: graphwright build CORPUS --to {path}")
    return OxigraphStore(path)


def _neo4j(uri: str, settings: StoreSettings) -> Store:
    from graphwright.pipeline.sinks.cypher import Neo4jStore

    return Neo4jStore.connect(
        uri,
        username=settings.username,
        password=settings.password,
        database=settings.database,
        names=settings.edge_names,
    )


def _endpoint(url: str, settings: StoreSettings) -> Store:
    from graphwright.pipeline.sinks.sparql import SparqlStore

    return SparqlStore(url, update_url=settings.sparql_update_url)
