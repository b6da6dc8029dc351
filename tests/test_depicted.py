"""What pictures show as facts: occurrences, evidence, bands; the same in every store, exact when documents change."""

from dataclasses import replace

import pytest

from graphwright.pipeline.build import READ_VERSION, annotate_each, fingerprint, forget
from graphwright.pipeline.contribution import Policy, contribution
from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.graph import Contribution, Evidence
from graphwright.pipeline.interchange import from_json, to_json
from graphwright.pipeline.ledger import Ledger
from graphwright.pipeline.pictures.depicted import DEPICTS
from graphwright.pipeline.records import Annotated, Depiction, Document, Region, make_document
from graphwright.pipeline.resolution.touched import resolve_store
from graphwright.pipeline.schema import load_schema

FRANCE = Depiction(Region("aa", 2, (72, 100, 172, 160)), 9, "France", "LOC", "Q142", 0.98, "pictures 1")
CHAD = Depiction(Region("bb", 1, (0, 0, 60, 40)), 0, "Chad", "LOC", "Q657", 0.45, "pictures 1")


def document(*depictions: Depiction, source: str = "file:///r/report%20one.pdf", text: str = "A report.") -> Document:
    return replace(make_document(source, text), depictions=depictions)


def contributed(read: Document, ledger: Ledger | None = None) -> Contribution:
    return contribution(Annotated(read), "model", Policy(), "mark", ledger or Ledger())


def test_a_picture_depicts_a_thing_with_page_and_box():
    part = contributed(document(FRANCE))
    [fact] = part.facts
    named = {item.id: item for item in part.occurrences}
    picture, shown = named[fact.subject], named[fact.object]
    assert (picture.name, picture.label, picture.kb_id, picture.keys) == (
        "picture 1 of report one.pdf",
        "MISC",
        None,
        (),
    )
    assert (shown.name, shown.label, shown.kb_id, shown.score) == ("France", "LOC", "Q142", 0.98)
    assert fact.predicate == DEPICTS
    evidence = fact.evidence
    assert (evidence.region, evidence.band, evidence.model) == (FRANCE.region, "keep", "pictures 1")
    assert (evidence.head, evidence.sentence, evidence.text) == ((9, 9), (9, 9), "picture on page 2")


def test_bands_are_those_of_facts_in_any_language():
    ledger = Ledger()
    part = contributed(replace(document(FRANCE, CHAD, replace(CHAD, score=0.1)), language="zh"), ledger)
    assert sorted(fact.evidence.band for fact in part.facts) == ["keep", "review"]
    assert ledger.counts["depiction", "probability below 0.25"] == 1


def test_one_picture_in_two_places_is_one_thing_with_two_pieces_of_evidence():
    again = replace(FRANCE, region=replace(FRANCE.region, page=3), start=20)
    part = contributed(document(FRANCE, again))
    assert len(part.occurrences) == 2
    assert {fact.subject for fact in part.facts} == {fact.subject for fact in part.facts[:1]}
    assert len({fact.evidence.id for fact in part.facts}) == 2


def test_a_document_depends_on_what_its_pictures_show_and_texts_on_nothing_new():
    class Reader:
        version = "reader 1"

    def mark(read: Document) -> str:
        return fingerprint(read, Reader(), load_schema(None), Policy())

    plain = document()
    assert mark(plain) == mark(document())
    marks = {mark(item) for item in (plain, document(FRANCE), document(replace(FRANCE, score=0.9)), document(CHAD))}
    assert len(marks) == 4
    assert READ_VERSION


def test_picture_files_are_not_read_as_texts_and_stand_between_them():
    class Reader:
        version = "reader 1"

        def annotate(self, documents):
            assert all(item.text for item in documents)
            return iter([Annotated(item) for item in documents])

    documents = [document(source="a.txt"), document(FRANCE, source="b.png", text=""), document(source="c.txt")]
    found = list(annotate_each(Reader(), documents, Ledger()))
    assert [item.document for item in found] == documents


def test_depictions_travel_as_json():
    read = Annotated(document(FRANCE, CHAD))
    record = to_json(read)
    assert record["depictions"][0] == {
        "picture": "aa", "page": 2, "box": [72, 100, 172, 160], "start": 9, "name": "France", "type": "LOC",
        "kb_id": "Q142", "model": "pictures 1", "score": 0.98,
    }  # fmt: skip
    assert from_json(record, "x").document.depictions == (FRANCE, CHAD)
    assert "depictions" not in to_json(Annotated(document()))


@pytest.mark.parametrize(
    ("key", "value"),
    [("box", [1, 2, 3]), ("box", None), ("page", "two"), ("score", 2), ("score", None), ("kb_id", 7), ("start", True)],
)
def test_a_broken_depiction_is_refused_by_its_key(key, value):
    record = to_json(Annotated(document(FRANCE)))
    record["depictions"][0][key] = value
    with pytest.raises(CorpusError, match=f"'{key}'"):
        from_json(record, "x")


@pytest.fixture
def store(store_factory):
    with store_factory() as found:
        yield found


def test_stores_keep_regions_and_forget_exactly(store):
    first, second = document(FRANCE), document(FRANCE, CHAD, source="file:///r/two.pdf")
    store.replace([contributed(first)])
    resolve_store(store)
    before = store.digest()
    [statement] = store.statements()
    assert statement.evidence[0] == contributed(first).facts[0].evidence
    store.replace([contributed(second)])
    resolve_store(store)
    assert len(list(store.statements())) == 3
    store.replace([contributed(document(CHAD, source=second.source))])
    resolve_store(store)
    assert sorted(item.evidence[0].region.page for item in store.statements()) == [1, 2]
    assert forget(store, [second.source]) == 1
    assert store.digest() == before
    assert [node.name for node in store.nodes() if node.kb_id] == ["France"]


def test_the_digest_tells_where_a_picture_stands(store):
    store.replace([contributed(document(FRANCE))])
    resolve_store(store)
    before = store.digest()
    store.replace([contributed(document(replace(FRANCE, region=replace(FRANCE.region, box=(0, 0, 9, 9)))))])
    resolve_store(store)
    assert store.digest() != before


def test_namesakes_that_one_network_saw_are_one_thing_in_all_documents(store):
    own = replace(FRANCE, name="crane", label="MISC", kb_id=None)
    store.replace([contributed(document(own, source=f"file:///r/{name}.pdf")) for name in "abc"])
    resolve_store(store)
    assert len({item.object for item in store.statements()}) == 1
    assert len({item.subject for item in store.statements()}) == 3


@pytest.mark.neo4j
@pytest.mark.fuseki
def test_all_stores_have_one_digest(factories):
    digests, told = {}, {}
    for name, make in factories.items():
        with make() as found:
            found.replace([contributed(document(FRANCE, CHAD)), contributed(document(FRANCE, source="file:///b.docx"))])
            resolve_store(found)
            digests[name] = found.digest()
            told[name] = [evidence.region for item in found.statements() for evidence in item.evidence]
    assert len(set(digests.values())) == 1
    assert all(regions == told[next(iter(told))] for regions in told.values())
    assert sorted(told[next(iter(told))]) == sorted([FRANCE.region, FRANCE.region, CHAD.region])


def test_evidence_of_texts_has_no_region():
    assert Evidence("e", "d", (0, 1), (2, 3), (0, 4), "abcd", 1.0, "asserted", "keep", "m").region is None
