"""RDF that is written is RDF to others: riot (Apache Jena) finds no fault, rdflib and pyoxigraph read it whole."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Dataset, Graph
from services.maven import ServiceUnavailableHereError
from services.riot import riot
from test_hostile_texts import parts

from graphwright.pipeline.export import export
from graphwright.pipeline.sinks.opening import open_store
from graphwright.pipeline.sinks.rdf_files import file_format

pytestmark = [pytest.mark.fuseki, pytest.mark.slow]
SUFFIXES = (".nq", ".nq.gz", ".trig", ".jsonld", ".ttl", ".nt", ".rdf")
RDFLIB_NAMES = {".rdf": "xml", ".jsonld": "json-ld", ".nq": "nquads"}


def faults(files: Iterable[Path]) -> str:
    try:
        return riot(files)
    except ServiceUnavailableHereError as error:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(str(error))


@pytest.fixture(scope="module")
def example_files(example_graph: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The graph of the example corpus in every format."""
    folder = tmp_path_factory.mktemp("rdf")
    files = [folder / f"graph{suffix}" for suffix in SUFFIXES]
    with open_store(str(example_graph), create=False) as store:
        contributions = [item.contribution for item in store.holdings()]
        exported = export(store, "nq", folder / "exported").files
    for path in files:
        with open_store(str(path)) as target:
            target.replace(contributions)
    return [*files, *exported]


@pytest.fixture(scope="module")
def hostile_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A thousand hostile texts in every format."""
    folder = tmp_path_factory.mktemp("hostile")
    files = [folder / f"graph{suffix}" for suffix in SUFFIXES]
    for path in files:
        with open_store(str(path)) as target:
            target.replace(list(parts("P26")))
    return files


def test_riot_finds_no_fault_with_the_example_corpus(example_files: list[Path]) -> None:
    assert faults(example_files) == ""


def test_riot_finds_no_fault_with_hostile_texts(hostile_files: list[Path]) -> None:
    assert faults(hostile_files) == ""


def test_riot_finds_faults_where_there_are_some(tmp_path: Path) -> None:
    path = tmp_path / "bad.nt"
    path.write_text('<urn:ex:a> <urn:ex:b> "soon"^^<http://www.w3.org/2001/XMLSchema#date> .\n')
    assert "not valid for datatype XSD date" in faults([path])


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_rdflib_and_pyoxigraph_read_as_much(example_files: list[Path], caplog: pytest.LogCaptureFixture) -> None:
    for path in example_files:
        if path.suffix == ".gz":
            continue
        form = file_format(path)
        with caplog.at_level(logging.WARNING):
            graph = Dataset() if form.supports_datasets else Graph()
            graph.parse(path, format=RDFLIB_NAMES.get(path.suffix))
        ours = ox.Store()
        ours.load(path=path, format=form)
        read = sum(1 for _ in graph.quads()) if isinstance(graph, Dataset) else len(graph)
        assert read == len(ours) > 1000, path
    assert caplog.messages == []


def test_riot_reads_rdf_12_and_the_description(example_graph: Path, tmp_path: Path) -> None:
    with open_store(str(example_graph), create=False) as store:
        files = [*export(store, "dataset", tmp_path).files, *export(store, "rdf12", tmp_path).files]
    assert faults(files[:1]) == ""
    assert faults(files[1:]) == ""
