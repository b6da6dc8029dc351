"""Which annotator reads the documents, by name, so that a worker in another process can make the same one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from graphwright.pipeline.errors import ConfigurationError
from graphwright.pipeline.protocols import Annotator

if TYPE_CHECKING:
    from graphwright.flows.settings import Settings
    from graphwright.pipeline.schema import Schema

SHIPPED = "graphwright.models.shipped:load_annotator"


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that decides what a text yields. ``annotator`` is ``module:function``.

    The function is called with the keyword arguments ``network``, ``ner``, ``knowledge`` (a path or ``None``),
    ``schema`` and ``threads``, where vectors are wanted also ``vectors=True``, and returns an ``Annotator``.
    """

    network: str = "committee"
    ner: str | None = None
    kb: str | None = None
    schema: str | None = None
    threads: int | None = None
    annotator: str = SHIPPED
    vectors: bool = False


def extraction(settings: Settings) -> Extraction:
    """The part of the settings that decides what a text yields."""
    kb, schema = (str(path) if path else None for path in (settings.kb, settings.schema_file))
    return Extraction(
        settings.network, settings.ner, kb, schema, settings.workers, settings.annotator, settings.vectors
    )


def read_schema(chosen: Extraction) -> Schema:
    """The schema that was chosen, else the one that ships."""
    from graphwright.pipeline.schema import load_schema

    return load_schema(Path(chosen.schema) if chosen.schema else None)


@lru_cache(maxsize=2)
def load(chosen: Extraction) -> Annotator:
    """The annotator, loaded once a process.

    Raises:
        ConfigurationError: no such function, or what it needs is missing.
    """
    make = _function(chosen.annotator)
    knowledge = Path(chosen.kb) if chosen.kb else None
    return make(
        network=chosen.network,
        ner=chosen.ner,
        knowledge=knowledge,
        schema=read_schema(chosen),
        threads=chosen.threads,
        **({"vectors": True} if chosen.vectors else {}),
    )


def _function(entrypoint: str) -> Callable[..., Annotator]:
    module, _, name = entrypoint.partition(":")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigurationError(
            f"no annotator {entrypoint!r}: wanted module:function that can be imported; {error}"
        ) from error
    return cast("Callable[..., Annotator]", found)
