"""Writes that happen whole or not at all, though they are loaded in bulk, which RocksDB does outside of transactions.

What is to be removed and added goes to a file of the store's folder first, and only then into the database. Where that
is cut off, whoever opens the store next does it again: removing and adding quads twice is doing it once.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from graphwright.pipeline.sinks.sparql_text import update_text

JOURNAL: Final = "journal.nq"
DRAFT: Final = JOURNAL + ".new"
REMOVAL: Final = "#-"
"""Before each line to remove; these come first. To readers of N-Quads they are comments."""


def record(folder: Path, removed: Collection[str], added: Collection[str]) -> None:
    """Keep a write (``Quads.write``) until it is done. Raises ``OSError``; then there is nothing to be done."""
    draft = folder / DRAFT
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(REMOVAL + text for text in removed)
            stream.writelines(added)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(folder / JOURNAL)
        _sync_folder(folder)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def drop_draft(folder: Path) -> None:
    """Remove a record that was cut off while it was written: none of it was done. Raises ``OSError``."""
    (folder / DRAFT).unlink(missing_ok=True)


def is_recorded(folder: Path) -> bool:
    """Whether there is a write to be done."""
    return (folder / JOURNAL).exists()


def carry_out(folder: Path, store: ox.Store) -> None:
    """Do the recorded write, if there is one, and drop its record. Raises ``OSError``; then it is still to be done."""
    journal = folder / JOURNAL
    if not journal.exists():
        return
    if removed := _removed(journal):
        store.update(update_text(removed, ()))
    store.bulk_load(path=str(journal), format=ox.RdfFormat.N_QUADS, lenient=True)
    store.flush()  # what is in no transaction is on disk already; now the transactions before it are, too
    journal.unlink()


def _removed(journal: Path) -> list[str]:
    found = []
    with journal.open(encoding="utf-8", newline="\n") as stream:
        for text in stream:
            if not text.startswith(REMOVAL):
                break
            found.append(text.removeprefix(REMOVAL))
    return found


def _sync_folder(folder: Path) -> None:
    """Make the new name of a file last, where folders can be opened for that."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
