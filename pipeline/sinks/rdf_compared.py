"""What resolution compares an occurrence by, as one literal: read in one row, where its properties are a dozen."""

from __future__ import annotations

import json
from typing import Final

from graphwright.pipeline.graph import Occurrence, OccurrenceMention

_AS_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_AS_ASCII: Final = json.JSONEncoder().encode
_READ: Final = json.JSONDecoder().decode


def compared_text(occurrence: Occurrence) -> str:
    """All of an occurrence but its mentions, as a JSON array. Ids are of ASCII alone: so nothing of them is lost."""
    names = occurrence.kb_id, occurrence.label, occurrence.name, float(occurrence.score)
    sets = (sorted(set(part)) for part in (occurrence.aliases, occurrence.keys, occurrence.context))
    return f"[{_AS_ASCII(occurrence.id)},{_AS_ASCII(occurrence.document)},{_AS_JSON([*names, *sets])[1:]}"


def read_compared(text: str, mentions: tuple[OccurrenceMention, ...] = ()) -> Occurrence:
    """The inverse of ``compared_text``, with mentions that stand elsewhere."""
    key, document, kb_id, label, name, score, aliases, keys, context = _READ(text)
    sets = tuple(keys), tuple(context)
    return Occurrence(key, document, label, name, tuple(aliases), kb_id, score, mentions, *sets)
