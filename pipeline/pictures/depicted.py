"""Facts of what pictures show: from the picture, a thing of its own, to what it depicts (Wikidata's P180)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from graphwright.pipeline.graph import Evidence, Fact, Occurrence
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.records import Band, Depiction, Document
from graphwright.pipeline.resolution.block_keys import block_keys

DEPICTS: Final = "P180"
PICTURE_LABEL: Final = "MISC"


@dataclass(frozen=True, slots=True)
class Depicted:
    """What the pictures of a document add to its contribution."""

    occurrences: tuple[Occurrence, ...] = ()
    facts: tuple[Fact, ...] = ()


def depicted(document: Document, bands: Mapping[Depiction, Band]) -> Depicted:
    """The depictions that have a band: an occurrence for each picture and each thing shown, a fact for each place."""
    if not bands:
        return Depicted()
    pictures = _pictures(document, list(bands))
    shown = _shown(document, list(bands))
    facts = {
        fact.id: fact
        for item, band in bands.items()
        for fact in [_fact(document, item, band, pictures[item.region.picture].id, shown[_key(item)].id)]
    }
    occurrences = sorted((*pictures.values(), *shown.values()), key=lambda item: item.id)
    return Depicted(tuple(occurrences), tuple(facts[key] for key in sorted(facts)))


def depiction_lines(document: Document) -> Iterator[str]:
    """What a document's contribution depends on besides its text; nothing where its pictures show nothing."""
    for item in document.depictions:
        region = item.region
        known = (item.name, item.label, item.kb_id or "", repr(item.score), item.model)
        yield content_hash("depiction", region.picture, str(region.page), str(region.box), str(item.start), *known)


def _pictures(document: Document, found: Sequence[Depiction]) -> dict[str, Occurrence]:
    """By hash. A picture has no block keys: it is the same as no other document's, whatever its name."""
    title = document.metadata.get("title") or unquote(document.source.rstrip("/").rpartition("/")[2])
    made: dict[str, Occurrence] = {}
    for item in found:
        picture = item.region.picture
        if picture not in made:
            name = f"picture {len(made) + 1} of {title}"
            key = content_hash("occurrence", document.id, "picture", picture)
            made[picture] = Occurrence(key, document.id, PICTURE_LABEL, name, (), None, 1.0, ())
    return made


def _shown(document: Document, found: Sequence[Depiction]) -> dict[tuple[str, str], Occurrence]:
    """By label and id. What is in no knowledge base meets its namesakes that the same network saw, as its context."""
    best: dict[tuple[str, str], Depiction] = {}
    for item in found:
        if _key(item) not in best or item.score > best[_key(item)].score:
            best[_key(item)] = item
    made = {}
    for key, item in best.items():
        name = content_hash("occurrence", document.id, "depicted", *key)
        keys = block_keys(item.name, (), item.label, item.kb_id)
        context = () if item.kb_id else (f"class of {item.model}",)
        made[key] = Occurrence(name, document.id, item.label, item.name, (), item.kb_id, item.score, (), keys, context)
    return made


def _key(item: Depiction) -> tuple[str, str]:
    return item.label, item.kb_id or f"name {item.name}"


def _fact(document: Document, item: Depiction, band: Band, subject: str, shown: str) -> Fact:
    region, here = item.region, (item.start, item.start)
    place = (region.picture, str(region.page), str(region.box), str(item.start))
    key = content_hash("evidence", document.id, DEPICTS, *place, shown, band)
    evidence = Evidence(
        key,
        document.id,
        here,
        here,
        here,
        f"picture on page {region.page}",
        item.score,
        "asserted",
        band,
        item.model,
        region=region,
    )
    return Fact(content_hash("fact", subject, key), subject, DEPICTS, shown, (), evidence)
