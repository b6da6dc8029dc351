"""A build that is interrupted or killed, on every kind of target: whole documents, and the next run completes them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import fakes
import pytest

from graphwright.flows.building import build_corpus
from graphwright.flows.cli import INTERRUPTED
from graphwright.flows.quarantine import quarantine_rows
from graphwright.flows.settings import Settings, load_settings
from graphwright.flows.targets import open_target

EARLIER = 3
DOCUMENTS = 400
MIDDLE = 150
OFTEN = 50
"""So many entities and facts are written at once here, so that a build of few documents has more than one write."""
SENTENCES = (
    "Ada Lovelace was born in London. Ada Lovelace married William King.",
    "Mary Somerville was born in Jedburgh. Mary Somerville was born in 1815.",  # the second is for quarantine
)
ENDS = {signal.SIGINT: INTERRUPTED, signal.SIGKILL: -signal.SIGKILL}


@pytest.fixture(
    params=["graph", "graph.nq.gz", "graph.ttl", pytest.param("neo4j", marks=pytest.mark.neo4j)],
)
def target(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty target; one that is written during a build, or one that is written at its end."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("NEO4J_", "GRAPHWRIGHT_"))]:
        monkeypatch.delenv(name)
    if request.param != "neo4j":
        yield request.param
        return
    server = request.getfixturevalue("neo4j_server")
    for name in ("uri", "username", "password", "database"):
        monkeypatch.setenv(f"NEO4J_{name.upper()}", getattr(server, name))
    server.wipe()
    yield "neo4j"
    server.wipe()


def write_corpus(numbers: range) -> None:
    Path("corpus").mkdir(exist_ok=True)
    for number in numbers:
        Path(f"corpus/{number:03}.txt").write_text(SENTENCES[number % 2], encoding="utf-8")


def settings_of(target: str, annotator: str = "fakes:gazetteer") -> Settings:
    return load_settings(target=target, annotator=annotator)


def content(settings: Settings) -> tuple[object, ...]:
    """All that documents contributed, whether resolved or not, and what was kept out of it."""
    with open_target(settings) as store:
        evidence = sorted(item.id for statement in store.statements() for item in statement.evidence)
        return dict(store.documents()), list(store.occurrences()), evidence, quarantine_rows_of(settings, store)


def quarantine_rows_of(settings: Settings, store: object) -> list[object]:
    from graphwright.flows.quarantine import quarantine_of
    from graphwright.pipeline.build import fingerprints

    return list(quarantine_of(settings).facts(fingerprints(store)))  # type: ignore[arg-type]


def cut_off(target: str, how: signal.Signals) -> str:
    """Build in a process of its own until the middle, then end that; returns what it said."""
    command = f"from graphwright.pipeline import build; build.WRITTEN_AT_ONCE = {OFTEN}; "
    command += "from graphwright.flows.cli import main; main()"
    arguments = ["build", "corpus", "--to", target, "--annotator", "fakes:slow"]
    environment = {**os.environ, "PYTHONPATH": str(Path(fakes.__file__).parent)}
    process = subprocess.Popen(
        [sys.executable, "-c", command, *arguments], env=environment, stderr=subprocess.PIPE, text=True
    )
    deadline, done = time.monotonic() + 90, Path("annotated")
    while not (done.exists() and done.stat().st_size >= MIDDLE) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(how)
    _, said = process.communicate(timeout=90)
    assert process.returncode == ENDS[how], said
    return said


@pytest.mark.slow
@pytest.mark.parametrize("how", list(ENDS))
def test_a_build_cut_off_leaves_whole_documents_and_the_next_completes(target: str, how: signal.Signals) -> None:
    write_corpus(range(EARLIER))
    build_corpus(["corpus"], settings_of(target))
    write_corpus(range(DOCUMENTS))
    assert "Traceback" not in cut_off(target, how)

    held = content(settings_of(target))
    sources = [unquote(urlsplit(source).path) for source, _ in held[0].values()]  # type: ignore[attr-defined]
    at_the_end = target.startswith("graph.")
    assert len(sources) == EARLIER if at_the_end else EARLIER < len(sources) < DOCUMENTS
    build_corpus(sources, settings_of("as-if"))
    assert held == content(settings_of("as-if"))

    completed = build_corpus(["corpus"], settings_of(target)).report
    fresh = build_corpus(["corpus"], settings_of("fresh")).report
    assert (completed.digest, completed.documents) == (fresh.digest, DOCUMENTS)
    assert quarantine_rows(settings_of(target)) == quarantine_rows(settings_of("fresh"))
    assert len(quarantine_rows(settings_of("fresh"))) == DOCUMENTS // 2
