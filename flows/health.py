"""What ``doctor`` looks at: versions, what can be reached, and how fast documents are read on this machine."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from urllib.request import urlopen

from graphwright.flows.annotators import extraction, load, read_schema
from graphwright.flows.settings import Settings
from graphwright.pipeline.errors import GraphwrightError

PACKAGES = ("graphwright", "tensorflow", "onnxruntime", "spacy", "rdflib", "pyoxigraph", "neo4j", "prefect")
SAMPLE = "Marie Curie was born in Warsaw and worked at the University of Paris with her husband Pierre Curie. "
SAMPLE_DOCUMENTS = 20
REACH_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``optional``: graphs can be built without it."""

    what: str
    ok: bool
    detail: str
    optional: bool = False


def examine(settings: Settings) -> list[Finding]:
    """All findings, in a fixed order. Nothing is raised: what goes wrong is a finding."""
    return list(_findings(settings))


def _findings(settings: Settings) -> Iterator[Finding]:
    yield Finding("python", True, f"{platform.python_version()}, {os.cpu_count()} CPUs")
    for name in PACKAGES:
        yield _package(name)
    yield _tried("schema", lambda: f"{len(read_schema(extraction(settings)).properties)} properties")
    yield _tried("models", lambda: _speed(settings))
    if settings.neo4j_uri:
        yield _tried("neo4j", lambda: _neo4j(settings), optional=True)
    if os.environ.get("PREFECT_API_URL"):
        yield _tried("prefect server", lambda: _prefect(os.environ["PREFECT_API_URL"]), optional=True)


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        return Finding(name, False, "not installed")


def _tried(what: str, look: Callable[[], str], *, optional: bool = False) -> Finding:
    try:
        return Finding(what, True, look(), optional)
    except (GraphwrightError, ImportError, OSError) as error:
        return Finding(what, False, " ".join(str(error).split()), optional)


def _speed(settings: Settings) -> str:
    from graphwright.pipeline.records import make_document

    annotator = load(extraction(settings))
    documents = [make_document(f"urn:sample:{number}", SAMPLE * 5) for number in range(SAMPLE_DOCUMENTS)]
    list(annotator.annotate(documents[:2]))
    started = time.perf_counter()
    words = sum(len(item.document.text.split()) for item in annotator.annotate(documents))
    return f"{annotator.version}: {words / (time.perf_counter() - started):,.0f} words a second"


def _neo4j(settings: Settings) -> str:
    from graphwright.flows.targets import open_target

    with open_target(settings.model_copy(update={"target": "neo4j"})) as store:
        return f"{settings.neo4j_uri}: {len(store.documents())} documents"


def _prefect(address: str) -> str:
    with urlopen(f"{address.rstrip('/')}/health", timeout=REACH_SECONDS) as answer:
        return f"{address}: {answer.status}"
