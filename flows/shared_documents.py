"""The documents of a graph that mention two things, read again from their sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graphwright.pipeline.records import Document, Span
from graphwright.pipeline.rereading import Held, Skipped, read_again
from graphwright.pipeline.whereabouts import Places, Sought, closest, text_spans, together

if TYPE_CHECKING:
    from graphwright.pipeline.sinks.store import Store

SEARCHED: Final = 200
"""Texts that are searched for a name which is no entity's there."""


@dataclass(frozen=True, slots=True)
class Rereading:
    """How many documents are looked at, and how sources are read."""

    limit: int = 5
    language: str = "auto"
    text_field: str = "text"


@dataclass(frozen=True, slots=True)
class Place:
    """A document, and where it mentions each of the two by name."""

    document: Document
    first: Sequence[Span]
    second: Sequence[Span]


@dataclass(frozen=True, slots=True)
class Shared:
    """Documents that mention both, the closest first: ``places`` are those looked at, of ``count``.

    ``searched`` of ``searchable`` texts were searched for names, where the graph has no such document; ``said`` counts
    those that have the first, and the second.
    """

    places: tuple[Place, ...] = ()
    count: int = 0
    skipped: tuple[Skipped, ...] = ()
    searched: int = 0
    searchable: int = 0
    said: tuple[int, int] = (0, 0)


def shared_documents(store: Store, first: Sought, second: Sought, how: Rereading) -> Shared:
    """The documents in which both occur as entities; where there is none, those whose text has both names."""
    sources, versions = store.documents(), store.versions()
    held = {key: Held(key, source, versions[key]) for key, (source, _) in sources.items()}
    both = together(first.places, second.places)
    if not both:
        return _searched(held, first, second, how)
    documents, skipped = _read([held[key] for key in both[: how.limit]], how)
    places = [Place(documents[key], first.places[key], second.places[key]) for key in both if key in documents]
    return Shared(tuple(places), len(both), skipped)


def _searched(held: Mapping[str, Held], first: Sought, second: Sought, how: Rereading) -> Shared:
    wanted = sorted(_candidates(held, first.places, second.places), key=lambda item: (item.source, item.id))
    documents, skipped = _read(wanted[:SEARCHED], how)
    found = [Place(document, _spans(document, first), _spans(document, second)) for document in documents.values()]
    said = sum(bool(place.first) for place in found), sum(bool(place.second) for place in found)
    both = [place for place in found if place.first and place.second]
    near = sorted(both, key=lambda place: (closest(place.first, place.second), place.document.id))
    return Shared(tuple(near[: how.limit]), len(both), skipped, len(documents), len(wanted), said)


def _candidates(held: Mapping[str, Held], first: Places, second: Places) -> Iterable[Held]:
    """Documents of either, where both are known; of the known one, where only one is; else all."""
    keys = first.keys() | second.keys()
    return [held[key] for key in keys] if keys else held.values()


def _spans(document: Document, end: Sought) -> Sequence[Span]:
    return end.places.get(document.id) or text_spans(document.text, end.names)


def _read(wanted: Iterable[Held], how: Rereading) -> tuple[dict[str, Document], tuple[Skipped, ...]]:
    read = list(read_again(wanted, language=how.language, text_field=how.text_field))
    documents = {item.id: item for item in read if isinstance(item, Document)}
    return documents, tuple(item for item in read if isinstance(item, Skipped))
