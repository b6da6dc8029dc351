"""Writes in bulk that are cut off: whoever opens the store next finds all of them or nothing, whole documents."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from test_oxigraph import assert_whole_documents
from test_stores import couple

from graphwright.pipeline.errors import StoreError
from graphwright.pipeline.sinks.oxigraph import BULK, OxigraphStore, ReadOnlyStore, rdf_graph, rewrite
from graphwright.pipeline.sinks.oxigraph_journal import DRAFT, JOURNAL
from graphwright.pipeline.sinks.rdf_mapping import contribution_blocks
from graphwright.pipeline.vocabulary import DOCUMENT

MANY = 600
"""Documents that are loaded in bulk."""

START = """
    import os, signal, sys
    sys.path.insert(0, sys.argv[2])
    from test_stores import couple
    from graphwright.pipeline.sinks import oxigraph
    many = [couple(f"document {n}") for n in range(int(sys.argv[3]))]
    store = oxigraph.OxigraphStore(sys.argv[1])
    store.replace([couple("document 0", score=0.2), couple("early")])
"""
DIE_BEFORE_LOADING = f"""{START}
    oxigraph.carry_out = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    store.replace(many)
"""
WRITE = f"""{START}
    print("ready", flush=True)
    store.replace(many)
"""


def started(code: str, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(code), str(folder), str(Path(__file__).parent), str(MANY)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def die_before_loading(folder: Path) -> None:
    with started(DIE_BEFORE_LOADING, folder) as process:
        assert process.wait(60) == -signal.SIGKILL
    assert (folder / JOURNAL).stat().st_size > BULK


def open_to_write(folder: Path) -> None:
    OxigraphStore(folder).close()


def open_to_read(folder: Path) -> None:
    ReadOnlyStore(folder).close()


def open_in_rdflib(folder: Path) -> None:
    assert len(rdf_graph(folder)) > MANY


@pytest.mark.parametrize("opener", [open_to_write, open_to_read, open_in_rdflib, rewrite])
def test_who_opens_the_store_next_does_what_was_recorded(tmp_path: Path, opener: Callable[[Path], None]) -> None:
    folder = tmp_path / "graph"
    die_before_loading(folder)
    opener(folder)
    assert not (folder / JOURNAL).exists()
    with ReadOnlyStore(folder) as store:
        assert len(store.documents()) == MANY + 1
        assert_whole_documents(store)


def test_a_recorded_write_waits_for_whoever_has_the_store(tmp_path: Path) -> None:
    with OxigraphStore(tmp_path / "graph"):
        (tmp_path / "graph" / JOURNAL).touch()
        with pytest.raises(StoreError, match="another process is using this store"):
            ReadOnlyStore(tmp_path / "graph")
        (tmp_path / "graph" / JOURNAL).unlink()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9])
def test_a_killed_load_leaves_whole_documents(tmp_path: Path, share: float) -> None:
    folder = tmp_path / "graph"
    with started(WRITE, folder) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        while not (folder / JOURNAL).exists() and process.poll() is None:
            time.sleep(0.001)
        time.sleep(0.2 * share)
        process.kill()
    with OxigraphStore(folder) as store:
        assert len(store.documents()) == MANY + 1
        assert_whole_documents(store)
        store.forget(set(store.documents()))
        store.resolve({})
        assert len(list(store.quads())) == 1  # the version of the format


def test_a_record_that_was_cut_off_is_dropped_with_its_words(tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    with OxigraphStore(folder) as store:
        store.replace([couple("a")])
    text = "".join(contribution_blocks(couple("b")))
    (folder / DRAFT).write_text(text[: len(text) // 2], encoding="utf-8")
    with OxigraphStore(folder) as store:
        assert list(store.documents()) == ["a"]
        assert not (folder / DRAFT).exists()
        assert not [quad for quad in store.quads() if quad.graph_name.value == f"{DOCUMENT}b"]
