"""Where the network looked when it named a picture: the document is read again, and the score followed back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from graphwright.flows.inspection import the_statement
from graphwright.flows.looking import weights
from graphwright.flows.quiet_tensorflow import load_tensorflow
from graphwright.flows.settings import Settings
from graphwright.flows.targets import open_target
from graphwright.pipeline.errors import UsageError
from graphwright.pipeline.protocols import Seen
from graphwright.pipeline.records import Document
from graphwright.pipeline.rereading import Held, Skipped, read_again

if TYPE_CHECKING:
    from graphwright.models.pictures.runtime import PictureNetwork
    from graphwright.pipeline.graph import Evidence, Statement


@dataclass(frozen=True, slots=True)
class DecidingPixels:
    """A picture and how much each part of it speaks for what it is said to show: ``rows`` of shares from 0 to 1."""

    source: str
    page: int
    picture: Image.Image = field(repr=False)
    rows: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class _Keeping:
    """Fills ``PictureReader``: it keeps the pictures, and names each by its number."""

    kept: list[Image.Image] = field(default_factory=list)
    version: str = "keeping"

    def look(self, pictures: Sequence[Image.Image]) -> list[list[Seen]]:
        self.kept.extend(pictures)
        return [[Seen(str(number), "MISC", None, 1.0)] for number in range(len(pictures))]


def deciding_pixels(settings: Settings, start: str) -> DecidingPixels:
    """Of the one statement whose id starts so, which a picture shows.

    Raises:
        UsageError: its document or picture is gone or changed, or this network does not know what it is said to show.
    """
    with open_target(settings) as store:
        statement = the_statement(store, settings, start)
        evidence = _best(statement)
        source, _ = store.documents()[evidence.document]
        held = Held(evidence.document, source, store.versions()[evidence.document])
        named = {node.id: (node.kb_id or "", node.name) for node in store.nodes()}[str(statement.object)]
    picture = _picture(settings, held, evidence)
    folder = settings.picture_network or weights()
    return DecidingPixels(
        source, evidence.region.page if evidence.region else 1, picture, _rows(folder, picture, named)
    )


def _best(statement: Statement) -> Evidence:
    return max(statement.evidence, key=lambda item: (item.score, item.id))


def _picture(settings: Settings, held: Held, evidence: Evidence) -> Image.Image:
    keeping = _Keeping()
    [found] = read_again([held], language=settings.language, text_field="text", look=keeping)
    if isinstance(found, Skipped):
        raise UsageError(f"{found.source} cannot be looked at: {found.reason}")
    return _kept(found, evidence, keeping)


def _kept(document: Document, evidence: Evidence, keeping: _Keeping) -> Image.Image:
    for item in document.depictions:
        if evidence.region and item.region.picture == evidence.region.picture:
            return keeping.kept[int(item.name)]
    raise UsageError(f"{document.source} no longer holds the picture that was read; build it again")


def _rows(folder: Path, picture: Image.Image, named: tuple[str, str]) -> tuple[tuple[float, ...], ...]:
    load_tensorflow()
    from graphwright.models.pictures.heat import heat, load_network
    from graphwright.models.pictures.runtime import as_array, load_pictures

    known = load_pictures(folder)
    found = heat(load_network(folder), as_array(picture, known.shape), _number(known, named))
    return tuple(tuple(round(float(share), 3) for share in row) for row in found)


def _number(known: PictureNetwork, named: tuple[str, str]) -> int:
    """The number of a class, by its id in the knowledge base, else by its name."""
    kb_id, name = named
    for number, item in enumerate(known.classes):
        if item and ((kb_id and item.kb_id == kb_id) or (not kb_id and item.name == name)):
            return number
    raise UsageError(f"this network knows no {name}; name the one that read it: --picture-network FOLDER")
