"""What a picture network can name, as its card lists it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from graphwright.pipeline.errors import ModelError


@dataclass(frozen=True, slots=True)
class Shown:
    """A class: the thing that its pictures show. ``kb_id`` is empty where it is in no knowledge base."""

    name: str
    label: str = "MISC"
    kb_id: str = ""


def classes_to_json(classes: Iterable[Shown | None]) -> list[dict[str, str] | None]:
    """The classes of a card, in the order of the network's answers; ``None`` is "none of these"."""
    return [asdict(item) if item else None for item in classes]


def classes_from_json(card: Mapping[str, Any], place: str) -> tuple[Shown | None, ...]:
    """The classes of a card. Raises ``ModelError`` where it lists none."""
    try:
        return tuple(Shown(**item) if item else None for item in card["classes"])
    except (KeyError, TypeError) as error:
        raise ModelError(f"{place} lists no classes of pictures ({error}): train it again") from None
