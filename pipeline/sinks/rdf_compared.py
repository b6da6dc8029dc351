"""What resolution compares an occurrence by, as one literal: read in one row, where its properties are a dozen."""

from __future__ import annotations

import json
from typing import Final

from graphwright.pipeline.graph import Occurrence, OccurrenceMention
from graphwright.pipeline.sinks.rdf_terms import decoded, encoded

_AS_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def compared_text(occurrence: Occurrence) -> str:
    """All of an occurrence but its mentions. Ids as in IRIs, where nothing of them is lost."""
    ids = encoded(occurrence.id), encoded(occurrence.document)
    names = occurrence.kb_id, occurrence.label, occurrence.name, float(occurrence.score)
    sets = (sorted(set(part)) for part in (occurrence.aliases, occurrence.keys, occurrence.context))
    return _AS_JSON([*ids, *names, *sets])


def read_compared(text: str, mentions: tuple[OccurrenceMention, ...] = ()) -> Occurrence:
    """The inverse of ``compared_text``, with mentions that stand elsewhere."""
    key, document, kb_id, label, name, score, aliases, keys, context = json.loads(text)
    return Occurrence(
        decoded(key),
        decoded(document),
        label,
        name,
        tuple(aliases),
        kb_id,
        score,
        mentions,
        tuple(keys),
        tuple(context),
    )
