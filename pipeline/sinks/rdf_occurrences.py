"""Occurrences by block key, as resolution asks for them.

Those that are not linked have their keys apart from linked ones, of which there may be thousands to a key. A linked one
that stands for another node than its own id's is a *stray*, which people's decisions make; it is noted with its keys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from heapq import nsmallest
from typing import cast

from pyoxigraph import NamedNode

from graphwright.pipeline.graph import Occurrence
from graphwright.pipeline.identity import node_id
from graphwright.pipeline.sinks import rdf_queries as ask
from graphwright.pipeline.sinks.rdf_compared import read_compared
from graphwright.pipeline.sinks.rdf_queries import Quads
from graphwright.pipeline.sinks.rdf_reading import read_mentions
from graphwright.pipeline.sinks.rdf_terms import literal, local_id, node_of, occurrence_iri
from graphwright.pipeline.vocabulary import GW, OCCURRENCE


def all_occurrences(quads: Quads, settled: bool | None, mentions: bool) -> Iterator[Occurrence]:
    """All occurrences, or those that stand for the node of their own Wikidata id, or the others; ordered by id."""
    iris = sorted(ask.instances(quads, GW.Occurrence), key=lambda iri: local_id(iri, OCCURRENCE))
    for chunk in ask.chunks(iris):
        found: Iterable[Occurrence] = map(read_compared, ask.compared(quads, chunk).values())
        if settled is not None:
            nodes = {local_id(iri, OCCURRENCE): node_of(node) for iri, node in ask.assigned(quads, chunk).items()}
            found = (item for item in found if settled is _is_settled(item, nodes[item.id]))
        yield from _ordered(quads, found, mentions)


def keyed_occurrences(
    quads: Quads, keys: Collection[str], settled: bool | None, mentions: bool
) -> Iterator[Occurrence]:
    """The same of those that have one of the block keys."""
    wanted = list(map(literal, keys))
    strays = {} if settled is None else _by_id(ask.strays(quads, wanted))
    found = {} if settled else _by_id(ask.free(quads, wanted))
    if settled is False:
        found |= strays
    else:
        linked = _by_id(ask.linked(quads, wanted))
        found |= {key: item for key, item in linked.items() if key not in strays}
    return _ordered(quads, found.values(), mentions)


def first_linked(quads: Quads, keys: Collection[str], most: int, mentions: bool) -> Iterator[Occurrence]:
    """Of the settled occurrences of each block key and Wikidata id the first ``most``; ordered by id."""
    wanted = list(map(literal, keys))
    asked, strays = {key.value for key in wanted}, _by_id(ask.strays(quads, wanted))
    groups: dict[tuple[str, str | None], list[Occurrence]] = defaultdict(list)
    for item in _by_id(ask.linked(quads, wanted)).values():
        if item.id not in strays:
            for key in asked.intersection(item.keys):
                groups[key, item.kb_id].append(item)
    found = (item for group in groups.values() for item in nsmallest(most, group, key=_id))
    return _ordered(quads, {item.id: item for item in found}.values(), mentions)


def _by_id(texts: Iterable[str]) -> dict[str, Occurrence]:
    return {item.id: item for item in map(read_compared, texts)}


def _is_settled(item: Occurrence, node: str) -> bool:
    return item.kb_id is not None and node == node_id(item.kb_id, item.id)


def _ordered(quads: Quads, found: Iterable[Occurrence], mentions: bool) -> Iterator[Occurrence]:
    """By id, with their mentions where these are wanted."""
    ordered = sorted(found, key=_id)
    if not mentions:
        yield from ordered
        return
    for chunk in ask.chunks(ordered):
        iris = {item.id: occurrence_iri(item.id) for item in chunk}
        described = ask.describe(quads, iris.values(), only=(GW.mention,))
        spans = (span for about in described.values() for span in about[GW.mention])
        described |= ask.describe(quads, cast("Iterator[NamedNode]", spans))
        for item in chunk:
            yield replace(item, mentions=read_mentions(iris[item.id], described))


def _id(item: Occurrence) -> str:
    return item.id
