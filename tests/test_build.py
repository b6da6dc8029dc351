"""The laws of a build, over a real store: it is a function of what it reads, and nothing is lost in silence."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import FAILING, GazetteerAnnotator
from hypothesis import given, settings
from hypothesis import strategies as st

from graphwright.pipeline.build import Report, build, forget
from graphwright.pipeline.contribution import UNTRAINED, Policy, contribution, has_name, reason_to_drop
from graphwright.pipeline.errors import ModelError
from graphwright.pipeline.graph import Contribution
from graphwright.pipeline.ledger import Ledger
from graphwright.pipeline.records import Annotated, Document, Entity, Mention, Relation, make_document
from graphwright.pipeline.schema import load_schema
from graphwright.pipeline.sinks.opening import open_store
from graphwright.pipeline.sinks.store import Store

SENTENCES = (
    "Ada Lovelace married William King.",
    "Ada Lovelace was born in London.",
    "Charles Babbage joined Analytical Society.",
    "William King was born in Jedburgh.",
    "Mary Somerville was born in Jedburgh.",
    "Charles Babbage lived in London.",
    "Ada Lovelace was born in 1815.",
    "Nobody is named here.",
)
POLICY = Policy(0.5, 0.25)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(str(tmp_path / "graph")) as opened:
        yield opened


def documents(*texts: str) -> list[Document]:
    return [make_document(f"{number}.txt", text) for number, text in enumerate(texts)]


def run(store: Store, corpus: Iterable[Document], ledger: Ledger | None = None, policy: Policy = POLICY) -> Report:
    annotator = GazetteerAnnotator()
    used = Ledger() if ledger is None else ledger
    return build(corpus, store, annotator, schema=load_schema(), policy=policy, ledger=used)


corpora = st.lists(
    st.lists(st.sampled_from(SENTENCES), min_size=0, max_size=3).map(" ".join), min_size=0, max_size=4
).map(lambda texts: documents(*texts))


def test_facts_reach_the_graph_with_their_evidence(store: Store) -> None:
    report = run(store, documents(SENTENCES[0], SENTENCES[5]))
    statements = {statement.predicate: statement for statement in store.statements()}
    assert sorted(statements) == ["P26", "P551"]
    [evidence] = statements["P26"].evidence
    assert (evidence.text, evidence.head, evidence.tail, evidence.sentence) == (
        SENTENCES[0],
        (0, 12),
        (21, 33),
        (0, 34),
    )
    assert (statements["P26"].band, statements["P551"].band) == ("keep", "review")
    assert (report.documents, report.unchanged, report.kept, report.review, report.dropped) == (2, 0, 1, 1, 0)
    assert (report.words, report.mentions, report.entities) == (10, 4, 4)
    assert report.digest == store.digest()


def test_building_twice_changes_nothing(store: Store) -> None:
    corpus = documents(*SENTENCES)
    first = run(store, corpus)
    held, statements = dict(store.documents()), list(store.statements())
    second = run(store, corpus)
    assert second.digest == first.digest
    assert second.unchanged == second.documents == len(corpus)
    assert (dict(store.documents()), list(store.statements())) == (held, statements)


def test_only_what_changed_is_read_again(store: Store) -> None:
    run(store, documents(*SENTENCES[:3]))
    report = run(store, documents(SENTENCES[0], SENTENCES[4], SENTENCES[2]))
    assert (report.documents, report.unchanged) == (3, 2)
    assert sorted(statement.predicate for statement in store.statements()) == ["P19", "P26", "P463"]


def test_another_policy_reads_all_again(store: Store) -> None:
    corpus = documents(*SENTENCES)
    before = run(store, corpus)
    after = run(store, corpus, policy=Policy(0.95, 0.1))
    assert after.unchanged == 0
    assert after.digest != before.digest
    assert {statement.band for statement in store.statements()} == {"review"}


def test_of_a_language_that_the_networks_do_not_know_nothing_is_kept_unseen(store: Store) -> None:
    ledger, corpus = Ledger(), [replace(document, language="de") for document in documents(SENTENCES[0])]
    report = run(store, corpus, ledger)
    assert (report.kept, report.review) == (0, 1)
    assert [statement.band for statement in store.statements()] == ["review"]
    assert ledger.counts["document", "language de: " + UNTRAINED] == 1
    trusted = run(store, [replace(document, language="en-GB") for document in corpus])
    assert (trusted.unchanged, trusted.kept) == (0, 1)
    assert [statement.band for statement in store.statements()] == ["keep"]


@settings(deadline=None, max_examples=15)
@given(corpora, st.randoms())
def test_the_order_of_documents_does_not_matter(corpus: list[Document], random: object) -> None:
    shuffled = list(corpus)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(f"{folder}/a") as first,
        open_store(f"{folder}/b") as second,
    ):
        digest = run(first, corpus).digest
        for document in shuffled:
            run(second, [document])
        assert second.digest() == digest
        assert list(second.nodes()) == list(first.nodes())


@settings(deadline=None, max_examples=15)
@given(corpora, st.data())
def test_forgetting_is_as_if_never_read(corpus: list[Document], data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.sampled_from(corpus), max_size=3) if corpus else st.just(set()))
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(f"{folder}/a") as first,
        open_store(f"{folder}/b") as second,
    ):
        run(first, corpus)
        assert forget(first, [document.source for document in gone]) == len(gone)
        digest = run(second, [document for document in corpus if document not in gone]).digest
        assert first.digest() == digest
        assert list(first.nodes()) == list(second.nodes())
        assert dict(first.documents()) == dict(second.documents())


def test_forgetting_an_unknown_source_changes_nothing(store: Store) -> None:
    digest = run(store, documents(*SENTENCES)).digest
    assert forget(store, ["nowhere.txt"]) == 0
    assert store.digest() == digest


def test_a_document_twice_in_a_corpus_counts_once(store: Store) -> None:
    [document] = documents(SENTENCES[0])
    run(store, [document, document])
    assert len(store.documents()) == 1
    assert [len(statement.evidence) for statement in store.statements()] == [1]


def test_a_document_that_fails_does_not_stop_the_others(store: Store) -> None:
    ledger = Ledger()
    report = run(store, documents(SENTENCES[0], FAILING, SENTENCES[2]), ledger)
    assert [(failure.source, failure.reason) for failure in report.failures] == [("1.txt", f"ValueError: {FAILING}")]
    assert sorted(source for source, _ in store.documents().values()) == ["0.txt", "2.txt"]
    assert ("document", f"ValueError: {FAILING}", 1) in report.ledger


def test_a_document_that_cannot_contribute_does_not_stop_the_others(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_on_first(annotated: Annotated, *others: Any) -> Contribution:
        if annotated.document.source == "0.txt":
            raise KeyError("no such entity")
        return contribution(annotated, *others)

    monkeypatch.setattr("graphwright.pipeline.build.contribution", fail_on_first)
    report = run(store, documents(SENTENCES[0], SENTENCES[1]))
    assert [failure.source for failure in report.failures] == ["0.txt"]
    assert {source for source, _ in store.documents().values()} == {"1.txt"}


def test_a_failed_document_is_tried_again(store: Store) -> None:
    run(store, documents(FAILING))
    report = run(store, documents(SENTENCES[0]))
    assert (report.unchanged, len(store.documents())) == (0, 1)


class Missing(GazetteerAnnotator):
    """An annotator without its weights."""

    def annotate(self, documents: Iterable[Document]) -> Iterator[Annotated]:
        raise ModelError("a network was wanted and there is none")


def test_an_annotator_that_cannot_work_stops_the_run(store: Store) -> None:
    with pytest.raises(ModelError):
        build(documents(SENTENCES[0]), store, Missing(), schema=load_schema(), policy=POLICY, ledger=Ledger())
    assert dict(store.documents()) == {}


def test_documents_are_written_in_batches_and_told_of(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphwright.pipeline.build.BATCH", 3)
    told: list[int] = []
    build(
        documents(*SENTENCES[:7]),
        store,
        GazetteerAnnotator(),
        schema=load_schema(),
        policy=POLICY,
        ledger=Ledger(),
        progress=told.append,
    )
    assert told == [3, 3, 1]
    assert len(store.documents()) == 7


def test_batches_do_not_change_the_graph(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = run(store, documents(*SENTENCES)).digest
    monkeypatch.setattr("graphwright.pipeline.build.BATCH", 1)
    with open_store(str(tmp_path / "other")) as other:
        assert run(other, documents(*SENTENCES)).digest == digest


def test_no_documents(store: Store) -> None:
    report = run(store, [])
    assert (report.documents, report.words, report.failures) == (0, 0, ())


# One document's part, by hand.

TEXT = "She married Bob on 3 May 1820."
DOCUMENT = make_document("t.txt", TEXT, metadata={"title": "T"})
SHE = Entity(0, "She", "PER", (Mention(DOCUMENT.id, 0, 3, "PER", form="pronoun"),))
BOB = Entity(1, "Bob", "PER", (Mention(DOCUMENT.id, 12, 15, "PER", 0.9),), "Q5", 0.8)
DAY = Entity(2, "3 May 1820", "TIME", (Mention(DOCUMENT.id, 19, 29, "TIME"),))


def contributed(*relations: Relation, ledger: Ledger | None = None) -> object:
    annotated = Annotated(DOCUMENT, ((0, 30),), (), (SHE, BOB, DAY), relations)
    return contribution(annotated, "m1", POLICY, "f1", ledger if ledger is not None else Ledger())


def test_what_does_not_become_a_fact_is_in_the_ledger_with_its_reason() -> None:
    ledger = Ledger()
    found = contributed(
        Relation(0, 1, "P26", 0.9),
        Relation(2, 1, "P569", 0.9),
        Relation(1, 2, "P569", 0.2),
        Relation(1, 2, "P570", 0.9),
        ledger=ledger,
    )
    assert [fact.predicate for fact in found.facts] == ["P570"]  # type: ignore[attr-defined]
    assert list(ledger.rows()) == [
        ("entity", "only pronouns stand for it", 1),
        ("fact", "a date or number cannot be a subject", 1),
        ("fact", "one end has no name", 1),
        ("fact", "probability below 0.25", 1),
    ]


def test_a_date_is_a_literal_and_no_occurrence() -> None:
    found = contribution(
        Annotated(
            DOCUMENT,
            ((0, 30),),
            (),
            (SHE, BOB, DAY),
            (Relation(1, 2, "P570", 0.4, assertion="hedged", said_by="Eve"),),
        ),
        "m1",
        POLICY,
        "f1",
        Ledger(),
    )
    [occurrence], [fact] = found.occurrences, found.facts
    assert (occurrence.name, occurrence.kb_id, occurrence.label, occurrence.score) == ("Bob", "Q5", "PER", 0.8)
    assert (fact.subject, fact.object.value, fact.object.datatype) == (occurrence.id, "1820-05-03", "date")  # type: ignore[union-attr]
    evidence = fact.evidence
    assert (evidence.band, evidence.assertion, evidence.text, evidence.model) == ("review", "hedged", TEXT, "m1")
    assert evidence.said_by == "Eve"
    assert (found.source, found.fingerprint, found.title) == ("t.txt", "f1", "T")


def test_ids_do_not_depend_on_scores_or_on_the_order_of_relations() -> None:
    facts = [Relation(1, 2, "P570", 0.9), Relation(1, 2, "P569", 0.8)]
    first, second = contributed(*facts), contributed(*(replace(fact, score=0.95) for fact in reversed(facts)))
    assert [fact.id for fact in first.facts] == [fact.id for fact in second.facts]  # type: ignore[attr-defined]
    assert len({fact.id for fact in first.facts}) == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("score", "band"), [(1.0, "keep"), (0.5, "keep"), (0.49, "review"), (0.25, "review"), (0.2, "drop")]
)
def test_bands(score: float, band: str) -> None:
    assert POLICY.band(score) == band


def test_reasons() -> None:
    named = {1: BOB, 2: DAY}
    assert reason_to_drop(Relation(1, 2, "P570", 0.9), named, POLICY) is None
    assert reason_to_drop(Relation(1, 0, "P26", 0.9), named, POLICY) == "one end has no name"
    assert not has_name(SHE)
    assert has_name(BOB)


def test_a_document_too_long_to_read_is_in_the_ledger(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphwright.pipeline.build.LONGEST", 100)
    report = run(store, documents("A short one.", "x" * 101))
    assert [failure.reason for failure in report.failures] == [
        "101 characters are too many for one document (at most 100); split it"
    ]
    assert len(store.documents()) == 1
