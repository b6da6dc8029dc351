"""The speeds of stores: every figure is there, and the documents that they are measured with are always the same."""

from __future__ import annotations

import json
import math

import pytest
import store_records
from store_speed import Written, main, rate

from graphwright.pipeline.sinks.opening import open_store

MEASURED = [
    "facts with evidence written",
    "facts with evidence written, first tenth",
    "facts with evidence written, last tenth",
    "replace one document, and resolve",
    "digest",
    "digest: peak memory",
    "export for neo4j-admin",
    "export for neo4j-admin: peak memory",
    "forget one document",
]


@pytest.mark.slow
def test_every_figure_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    main(["oxigraph", "--mentions", "200", "--json"])
    records = json.loads(capsys.readouterr().out)
    assert [item["what"] for item in records] == ["reference load", *(f"oxigraph: {what}" for what in MEASURED)]
    assert all(math.isfinite(item["median"]) and item["median"] > 0 for item in records)


def test_documents_are_a_function_of_their_numbers() -> None:
    assert list(store_records.documents(3, 2)) == [store_records.document(3), store_records.document(4)]
    first, second = store_records.document(3), store_records.document(3, edition=2)
    assert (first.document, first.occurrences) == (second.document, second.occurrences)
    assert len({fact.id for fact in first.facts} ^ {fact.id for fact in second.facts}) == 2


def test_documents_have_the_numbers_that_they_are_to_have() -> None:
    for part in store_records.documents(0, 5):
        mentions = [mention for item in part.occurrences for mention in item.mentions]
        assert 0.9 * store_records.MENTIONS <= len(mentions) <= store_records.MENTIONS
        assert len({fact.id for fact in part.facts}) == store_records.MENTIONS
        assert len({(mention.start, mention.end) for mention in mentions}) == len(mentions)


def test_stores_take_them(tmp_path: object) -> None:
    with open_store(f"{tmp_path}/graph") as store:
        store.replace(list(store_records.documents(0, 2)))
        assert sum(len(item.evidence) for item in store.statements()) == 2 * store_records.MENTIONS


def test_a_rate_is_of_all_batches() -> None:
    assert rate([Written(10, 1.0), Written(30, 3.0)]) == 10
