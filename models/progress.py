"""How a training tells how far it is; knows no network, so that the command line can name it without loading any."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Say = Callable[[str], None]
Report = Callable[[int, Mapping[str, float]], None]
"""Told after each epoch: its number, from 1, and the means of the parts of the loss."""
Track = Callable[[Iterable[Any], int], Iterable[Any]]
"""Hands on the batches of an epoch, of which there are so many, and shows how far it is."""


def silent(line: str) -> None:
    """Say nothing."""


def untracked(batches: Iterable[Any], total: int) -> Iterable[Any]:
    """The batches as they are."""
    return batches


def telling(say: Say, name: str, epochs: int) -> Report:
    """A report that says one line an epoch."""

    def report(epoch: int, parts: Mapping[str, float]) -> None:
        figures = ", ".join(f"{part} {value:.4f}" for part, value in sorted(parts.items()))
        say(f"{name}: epoch {epoch} of {epochs}, {figures}")

    return report
