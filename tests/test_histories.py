"""Documents and decisions determine the graph: any history ends in what is built from its last inputs at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pyoxigraph as ox
import pytest
from fakes import GazetteerAnnotator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphwright.pipeline.build import build, forget
from graphwright.pipeline.contribution import Policy
from graphwright.pipeline.errors import UsageError
from graphwright.pipeline.ledger import Ledger
from graphwright.pipeline.records import Annotated, Document, make_document
from graphwright.pipeline.resolution.decisions import Decision
from graphwright.pipeline.resolution.merging import merge, undo, unmerge
from graphwright.pipeline.resolution.resolve import resolve
from graphwright.pipeline.schema import load_schema
from graphwright.pipeline.sinks.oxigraph import OxigraphQuads
from graphwright.pipeline.sinks.rdf import RdfStore
from graphwright.pipeline.sinks.store import Store

ELSEWHERE = "Elsewhere, "
"""A text that begins so names things that are not in the knowledge base."""
BODIES = (
    "Ada Lovelace married William King. William King was born in Jedburgh.",
    "Charles Babbage married William King. William King lived in London.",
    "Mary Somerville was born in Jedburgh. William King was born in Jedburgh.",
    ELSEWHERE + "Ada Lovelace was born in London. Ada Lovelace married William King.",
    ELSEWHERE + "Charles Babbage joined Analytical Society.",
    ELSEWHERE + "Mary Somerville lived in London.",
)
TEXTS = (*BODIES, *(body.replace("was born", "so they say was born") for body in BODIES[:3]))
SOURCES = tuple(f"{letter}.txt" for letter in "abcd")
NUMBERS = st.integers(0, 30)
ASSIGNED = {
    "rdf": "SELECT ?o ?n WHERE { GRAPH <urn:graphwright:resolution> { ?o gw:resolvedTo ?n } }",
    "neo4j": "MATCH (o:Occurrence)-[:RESOLVED_TO]->(n) RETURN 'urn:graphwright:occurrence:' + o.id, n.id",
}
Step = tuple[Any, ...]

steps = st.one_of(
    st.tuples(
        st.just("build"), st.dictionaries(st.sampled_from(SOURCES), st.sampled_from(TEXTS), min_size=1, max_size=3)
    ),
    st.tuples(st.just("forget"), st.sets(st.sampled_from(SOURCES), min_size=1, max_size=2)),
    st.tuples(st.just("merge"), NUMBERS, NUMBERS),
    st.tuples(st.just("unmerge"), NUMBERS, st.none() | NUMBERS),
    st.tuples(st.just("undo"), NUMBERS),
)
first_build = st.tuples(
    st.just("build"), st.dictionaries(st.sampled_from(SOURCES), st.sampled_from(TEXTS), min_size=3, max_size=4)
)
histories = st.builds(lambda first, rest: [first, *rest], first_build, st.lists(steps, min_size=1, max_size=5))


class Annotator(GazetteerAnnotator):
    """Finds names as its base does, and links none of a text that tells of elsewhere."""

    def annotate(self, documents: Iterable[Document]) -> Iterator[Annotated]:
        for item in super().annotate(documents):
            away = item.document.text.startswith(ELSEWHERE)
            yield replace(item, entities=tuple(replace(e, kb_id=None if away else e.kb_id) for e in item.entities))


@dataclass
class Played:
    """A store with the texts that it should hold."""

    store: Store
    texts: dict[str, str]

    def play(self, step: Step) -> None:
        getattr(self, step[0])(*step[1:])

    def build(self, texts: dict[str, str]) -> None:
        self.texts |= texts
        documents = [make_document(source, text) for source, text in texts.items()]
        build(documents, self.store, Annotator(), schema=load_schema(), policy=Policy(0.5, 0.25), ledger=Ledger())

    def forget(self, sources: set[str]) -> None:
        forget(self.store, sources)
        self.texts = {source: text for source, text in self.texts.items() if source not in sources}

    def merge(self, first: int, second: int) -> None:
        ids = [node.id for node in self.store.nodes()]
        if ids and ids[first % len(ids)] != ids[second % len(ids)]:
            merge(self.store, ids[first % len(ids)], ids[second % len(ids)])

    def unmerge(self, number: int, document: int | None) -> None:
        ids = [node.id for node in self.store.nodes()]
        named = [] if document is None else [SOURCES[document % len(SOURCES)]]
        if ids:
            try:
                unmerge(self.store, ids[number % len(ids)], named)
            except UsageError:  # it has one part only, or none in that document
                return

    def undo(self, number: int) -> None:
        acts = sorted({(item.act, item.verdict) for item in self.store.decisions()})
        if acts:
            act, verdict = acts[number % len(acts)]
            undo(self.store, [act], verdict)


def memory() -> RdfStore:
    return RdfStore(OxigraphQuads(ox.Store(), "memory"))


def from_scratch(texts: dict[str, str], decisions: Iterable[Decision], store: Store) -> Store:
    """The canonical build: decisions first, then all documents in order."""
    store.decide(list(decisions))
    Played(store, {}).build(dict(sorted(texts.items())))
    return store


def assigned(store: Store) -> dict[str, str]:
    kind = "rdf" if isinstance(store, RdfStore) else "neo4j"
    return dict(store.query(ASSIGNED[kind]).rows)  # type: ignore[arg-type]


def assert_same_graph(store: Store, expected: Store) -> None:
    assert assigned(store) == assigned(expected)
    assert store.digest() == expected.digest()
    assert list(store.nodes()) == list(expected.nodes())


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories)
def test_any_history_ends_in_the_canonical_build_of_its_last_inputs(history: list[Step]) -> None:
    played = Played(memory(), {})
    for step in history:
        played.play(step)
    assert not played.store.pending()
    expected = from_scratch(played.texts, played.store.decisions(), memory())
    assert_same_graph(played.store, expected)
    whole = resolve(expected.occurrences(), decisions=expected.decisions()).assignment
    assert assigned(expected) == {f"urn:graphwright:occurrence:{key}": node for key, node in whole.items()}


@pytest.mark.neo4j
@pytest.mark.fuseki
@pytest.mark.slow
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(histories)
def test_folder_file_endpoint_and_neo4j_end_in_the_same_graph(
    factories: dict[str, Callable[[], Store]], history: list[Step]
) -> None:
    expected = Played(memory(), {})
    stores = {name: Played(fresh(), {}) for name, fresh in factories.items()}
    for step in history:
        for played in (expected, *stores.values()):
            played.play(step)
    digests = {name: played.store.digest() for name, played in stores.items()}
    assert digests == dict.fromkeys(stores, expected.store.digest())
    for played in stores.values():
        assert list(played.store.decisions()) == list(expected.store.decisions())
        assert_same_graph(played.store, expected.store)
