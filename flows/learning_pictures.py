"""Training of networks that look at the pictures of documents, and their scores."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from graphwright.models.progress import Say, Track, silent, untracked
from graphwright.pipeline.errors import UsageError

if TYPE_CHECKING:
    from graphwright.models.pictures.classes import Shown

SEED = 13


def train_pictures(
    data: Path,
    output: Path,
    *,
    seed: int = SEED,
    epochs: int | None = None,
    kb: Path | None = None,
    start: Path | None = None,
    say: Say = silent,
    track: Track = untracked,
) -> Path:
    """Train a network of pictures into ``output``; returns it. A training cut off goes on where it was.

    ``data`` is a folder with a folder of pictures for each class, or one that lists drawings of flags and logos
    (``models.pictures.drawings``), as the network that ships was trained on; there ``start`` is the folder of a network
    to go on from. Raises ``UsageError`` where one is given for classes of one's own.
    """
    from graphwright.models.pictures.drawings import has_drawings

    if has_drawings(data):
        from graphwright.models.pictures.training import train_drawings

        return train_drawings(data, output, seed=seed, epochs=epochs, start=start, say=say, track=track)
    if start:
        raise UsageError(f"--start goes on with drawings of flags and logos; {data} lists none")
    from graphwright.models.pictures.own import train_own

    return train_own(data, output, known=_known(kb), seed=seed, epochs=epochs, say=say, track=track)


def test_pictures(folder: Path, data: Path) -> dict[str, float]:
    """Scores on what was not learned of the data that it was trained on, on all of others."""
    from graphwright.models.pictures.drawings import has_drawings

    if has_drawings(data):
        from graphwright.models.pictures.training import score_drawings

        return score_drawings(folder, data)
    from graphwright.models.classifiers.training import score_classifier

    return score_classifier(folder, data)


def _known(kb: Path | None) -> Callable[[str], Shown | None]:
    """What a knowledge base, the starter where none is given, calls an entity and its type."""
    from graphwright.models.pictures.classes import Shown
    from graphwright.pipeline.knowledge import KnowledgeBase
    from graphwright.pipeline.knowledge_starter import STARTER

    def known(kb_id: str) -> Shown | None:
        with closing(KnowledgeBase.open(kb or STARTER)) as base:
            found = base.entity(kb_id)
        return Shown(found.name, found.label or "MISC", kb_id) if found else None

    return known
