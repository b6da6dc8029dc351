"""Facts in texts that nobody learned from: their gold is sound, and as many are found as there were."""

from __future__ import annotations

from unseen_quality import totals, unseen_texts

from graphwright.pipeline.schema import load_schema

BAR = 0.5


def test_every_fact_is_about_names_of_its_text() -> None:
    texts = list(unseen_texts(load_schema()))
    assert len(texts) == 60
    for unseen in texts:
        assert unseen.facts, unseen.name
        for head, _, tail in unseen.facts | unseen.open:
            assert head in unseen.text, (unseen.name, head)
            assert tail in unseen.text, (unseen.name, tail)
        assert not unseen.facts & unseen.open, unseen.name


def test_facts_are_found_in_texts_that_nobody_learned_from() -> None:
    found = totals(bars=(BAR,))[BAR]
    assert found.precision > 0.62
    assert found.f1 > 0.46
