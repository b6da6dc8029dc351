"""Which network looks at the pictures of documents; it is loaded when the first picture comes, and not before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from graphwright.flows.annotators import extraction, read_schema
from graphwright.flows.settings import Settings
from graphwright.pipeline.errors import ConfigurationError
from graphwright.pipeline.pictures.depicted import DEPICTS

if TYPE_CHECKING:
    from PIL import Image

    from graphwright.models.pictures.runtime import PictureNetwork
    from graphwright.pipeline.protocols import PictureReader, Seen

CARD = "card.json"


@dataclass(frozen=True, slots=True)
class LazyPictures:
    """Fills ``PictureReader``; ``folder`` is that of a network, the one that ships where it is ``None``."""

    folder: Path | None

    @property
    def version(self) -> str:
        return f"pictures {_network(self.folder).version}"

    def look(self, pictures: Sequence[Image.Image]) -> Sequence[Sequence[Seen]]:
        return _network(self.folder).look(pictures)


def looker_of(settings: Settings) -> PictureReader | None:
    """What looks at pictures; nothing where they are not wanted, or the schema has no property for what they show.

    Under a policy of ``redact`` nothing does: a picture may show what texts must not say. Raises
    ``ConfigurationError`` where a network was named that is not there.
    """
    folder = settings.picture_network
    if folder is not None and not (folder / CARD).is_file():
        raise ConfigurationError(f"--picture-network wants the folder of a trained network; {folder} has no {CARD}")
    if not settings.pictures or settings.redact or DEPICTS not in read_schema(extraction(settings)).properties:
        return None
    return LazyPictures(folder)


def weights() -> Path:
    """Where the network that ships lies; to know it, no library of networks needs to be loaded."""
    return Path(str(files("graphwright.models") / "weights" / "pictures"))


@lru_cache(maxsize=2)
def _network(folder: Path | None) -> PictureNetwork:
    from graphwright.models.pictures.runtime import load_pictures

    return load_pictures(folder or weights())
