"""Documents that come to a large graph cost little more than in an empty one: what they do not touch is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from scale import cost_of_adding, documents, main

HELD, ADDED = 1000, 100


@pytest.mark.slow
def test_what_is_decided_anew_does_not_grow_with_the_graph(tmp_path: Path) -> None:
    """Counted, as time depends on what else the machine does; ``python tests/scale.py`` takes the time."""
    *_, alone, _ = cost_of_adding(0, ADDED, str(tmp_path / "empty"))
    *_, among, _ = cost_of_adding(HELD, ADDED, str(tmp_path / "large"))
    assert alone > ADDED
    assert among <= 2 * alone


def test_the_made_up_documents_are_like_real_ones() -> None:
    names = [[item.name for part in documents(start, 50) for item in part.occurrences] for start in (0, 50)]
    shared = set(names[0]) & set(names[1])
    assert 0.05 < len(shared) / len(set(names[0])) < 0.5
    assert list(documents(7, 2)) == list(documents(7, 2))


@pytest.mark.slow
def test_the_program_prints_both_costs(capsys: pytest.CaptureFixture[str]) -> None:
    main(20, 10)
    assert "10 documents into an empty graph" in capsys.readouterr().out
