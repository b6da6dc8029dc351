"""Stores on disk: what survives a crash, what is refused, and what rdflib reads."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import textwrap
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import Dataset, Graph
from reference_graph import ReferenceGraph, assert_equal_content
from strategies import HOSTILE
from test_stores import contribution, couple, fact, occurrence

from graphwright.pipeline.errors import StoreError, UsageError
from graphwright.pipeline.graph import Literal
from graphwright.pipeline.identity import WIKIDATA
from graphwright.pipeline.sinks.opening import open_store
from graphwright.pipeline.sinks.oxigraph import MARKER, OxigraphStore, rdf_graph
from graphwright.pipeline.sinks.rdf import RdfStore
from graphwright.pipeline.sinks.rdf_files import RdfFileStore
from graphwright.pipeline.vocabulary import PREFIXES


def test_a_folder_keeps_its_content(tmp_path: Path) -> None:
    reference = ReferenceGraph()
    steps = [("replace", [couple("a"), couple("b")]), ("resolve", {}), ("replace", [couple("c", score=0.2)])]
    for name, argument in steps:
        getattr(reference, name)(argument)
        with OxigraphStore(tmp_path / "graph") as store:
            getattr(store, name)(argument)
    with OxigraphStore(tmp_path / "graph") as store:
        assert_equal_content(store, reference)


def test_reports_may_lie_beside_the_database(tmp_path: Path) -> None:
    with OxigraphStore(tmp_path) as store:
        store.replace([couple("a")])
    (tmp_path / "report.html").write_text("<html>")
    with open_store(str(tmp_path), create=False) as store:
        assert len(list(store.statements())) == 1


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("all I have")
    with pytest.raises(StoreError, match="holds something else"):
        OxigraphStore(tmp_path)
    with pytest.raises(StoreError, match="holds something else"):
        OxigraphStore(tmp_path / "thesis.txt")
    assert [item.name for item in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("content", ['{"format": "99"}', "[]", "no json", "{}"])
def test_a_folder_of_another_version_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / MARKER).write_text(content)
    with pytest.raises(StoreError, match=r"is of store format 99|cannot be read"):
        OxigraphStore(tmp_path)


def run_python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


OPEN_AND_TELL = """
    import sys
    from graphwright.pipeline.errors import StoreError
    from graphwright.pipeline.sinks.opening import open_store
    try:
        open_store(sys.argv[1]).close()
    except StoreError as error:
        print(error)
    else:
        print("opened")
"""


def test_a_store_in_use_is_refused_in_one_line(tmp_path: Path) -> None:
    with OxigraphStore(tmp_path / "graph"):
        answer = run_python(OPEN_AND_TELL, tmp_path / "graph")
    assert (
        answer.stdout
        == f"{tmp_path / 'graph'}: another process is using this store; wait for it to end, or choose another target\n"
    )
    assert run_python(OPEN_AND_TELL, tmp_path / "graph").stdout == "opened\n"


@pytest.mark.parametrize("name", ["graph", "graph.nq"])
def test_a_target_that_cannot_be_written_is_refused(tmp_path: Path, name: str) -> None:
    """Root may write anywhere, so the parent is a file of the kernel's that nobody may put anything in."""
    answer = run_python(OPEN_AND_TELL, Path("/proc/self") / name)
    assert answer.stdout.count("\n") == 1
    assert "/proc/self" in answer.stdout
    assert "opened" not in answer.stdout


FILL_THE_DISK = """
    import resource, signal, sys
    sys.path.insert(0, sys.argv[2])
    from test_stores import couple
    from graphwright.pipeline.errors import StoreError
    from graphwright.pipeline.sinks.opening import open_store
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with open_store(sys.argv[1]) as store:
            store.replace([couple("a")])
            resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
            for start in range(0, 2000, 500):
                store.replace([couple(f"document {n}") for n in range(start, start + 500)])
    except StoreError as error:
        print(error)
"""


@pytest.mark.parametrize("name", ["graph", "graph.nq"])
def test_a_full_disk_is_told_and_loses_no_whole_document(tmp_path: Path, name: str) -> None:
    answer = run_python(FILL_THE_DISK, tmp_path / name, Path(__file__).parent)
    assert "no room to write" in answer.stdout, answer
    assert answer.stdout.count("\n") == 1
    assert answer.returncode == 0
    if name == "graph":
        with OxigraphStore(tmp_path / name) as store:
            assert_whole_documents(store)
            assert "a" in store.documents()
    else:
        assert list(tmp_path.iterdir()) == []


def assert_whole_documents(store: RdfStore) -> None:
    """What the store holds is the graph of the whole documents that it lists."""
    reference = ReferenceGraph()
    reference.replace([couple(document) for document in store.documents()])
    assert list(store.statements()) == reference.statements()
    assert list(store.nodes()) == reference.nodes()
    assert list(store.occurrences()) == list(reference.occurrences().values())


WRITE_UNTIL_KILLED = """
    import sys
    sys.path.insert(0, sys.argv[2])
    from test_stores import couple
    from graphwright.pipeline.sinks.oxigraph import OxigraphStore
    with OxigraphStore(sys.argv[1]) as store:
        print("ready", flush=True)
        for start in range(0, 10**6, 20):
            store.replace([couple(f"document {n}") for n in range(start % 120, start % 120 + 20)])
            store.forget([f"document {n}" for n in range(start % 90)][:7])
"""


def test_what_a_killed_process_wrote_is_whole_documents(tmp_path: Path) -> None:
    for pause in (0.0, 0.03, 0.11, 0.4):
        command = [sys.executable, "-c", textwrap.dedent(WRITE_UNTIL_KILLED), str(tmp_path / "graph")]
        with subprocess.Popen([*command, str(Path(__file__).parent)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(pause)
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        with OxigraphStore(tmp_path / "graph") as store:
            assert_whole_documents(store)


def test_targets_are_opened_by_name(tmp_path: Path) -> None:
    for name, kind in {"folder": OxigraphStore, "a.ttl": RdfFileStore, "b.nq.gz": RdfFileStore}.items():
        with open_store(str(tmp_path / name)) as store:
            assert isinstance(store, kind)


@pytest.mark.parametrize("target", ["nothing", "nothing.ttl"])
def test_a_missing_target_is_not_made_for_readers(tmp_path: Path, target: str) -> None:
    with pytest.raises(UsageError, match="does not exist; make it with: graphwright build CORPUS --to"):
        open_store(str(tmp_path / target), create=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("target", "said"), [("ftp://host/x", "received ftp://"), ("graph.docx", "wanted a file name")]
)
def test_a_target_of_no_known_kind_is_refused(target: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        open_store(target)


@pytest.fixture
def no_complaints(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.WARNING), warnings.catch_warnings():
        warnings.simplefilter("error")
        # rdflib parses into what rdflib deprecates
        warnings.filterwarnings("ignore", r"(Dataset\.|ConjunctiveGraph)", DeprecationWarning)
        yield
    assert [record.getMessage() for record in caplog.records] == []


@pytest.mark.usefixtures("no_complaints")
@pytest.mark.parametrize(
    ("name", "kind"), [("graph.ttl", Graph), ("graph.nt", Graph), ("graph.nq", Dataset), ("graph.trig", Dataset)]
)
def test_rdflib_reads_the_files(tmp_path: Path, name: str, kind: type[Graph]) -> None:
    hostile = [occurrence("b", number, word) for number, word in enumerate(HOSTILE)]
    notes = [fact(hostile[0], word, hostile[-1], text=word) for word in HOSTILE]
    dates = [fact(hostile[0], "P569", value) for value in (Literal("1815-12-10", "date"), Literal("1815", "gYear"))]
    with RdfFileStore(tmp_path / name) as store:
        store.replace([couple("a"), contribution("b", hostile, [*notes, *dates])])
    graph = kind()
    graph.parse(tmp_path / name)
    query = "SELECT ?name { ?s wdt:P26 ?o . ?s skos:prefLabel ?name }"
    if kind is Graph:
        assert [str(row[0]) for row in graph.query(query, initNs=PREFIXES)] == ["Ada"]
    assert len(list(graph)) > 100


@pytest.mark.usefixtures("no_complaints")
def test_rdflib_reads_the_folder(tmp_path: Path) -> None:
    with OxigraphStore(tmp_path / "graph") as store:
        store.replace([couple("a")])
    dataset = rdf_graph(tmp_path / "graph")
    rows = list(dataset.query("SELECT ?o { wd:Q7259 wdt:P26 ?o }"))
    assert [str(row[0]) for row in rows] == [WIKIDATA + "Q10"]
    with pytest.raises(UsageError, match="is no graphwright store"):
        rdf_graph(tmp_path / "nothing")
