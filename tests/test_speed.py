"""The speed table: every figure is there. How fast a machine is, no test can ask."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from statistics import median

import pytest
from reference_load import STEPS, python_loop, timed_loads
from speed import Measure, as_record, main
from speed_texts import renamed, write_texts

MEASURED = [
    "reference load",
    "graphwright --help",
    "annotate, warm, 2 threads",
    "build, whole process",
    "build: words",
    "build: facts",
    "build: peak memory",
    "build once more, nothing changed",
    "digest",
    "forget one document",
]


@pytest.mark.slow
def test_every_figure_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--words", "400", "--rounds", "1", "--json"])
    records = json.loads(capsys.readouterr().out)
    assert [item["what"] for item in records] == MEASURED
    for item in records:
        figures = [item["median"], item["least"], item["most"]]
        by_load = item["in loads"] if item["unit"] != "MB" else 1
        assert all(math.isfinite(value) and value > 0 for value in (*figures, by_load)), item


@pytest.mark.slow
def test_documents_of_the_users_own_are_measured_in_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own.txt").write_text(
        "Ada Osei was born in Accra. In 1990 Ada Osei married Kofi Mensah.", encoding="utf-8"
    )
    main([str(tmp_path), "--rounds", "1"])
    printed = capsys.readouterr().out
    assert all(what in printed for what in MEASURED)


def test_the_reference_load_takes_time_and_gives_the_same() -> None:
    assert min(timed_loads()) > 0
    assert python_loop(1000) == python_loop(1000)
    assert sum(python_loop(STEPS).values()) == STEPS


def test_a_time_is_so_many_loads_and_a_speed_so_much_a_load() -> None:
    assert Measure("a", "s", (3.0, 1.0, 2.0)).in_loads(0.5) == 4
    assert Measure("a", "words/s", (100.0,)).in_loads(0.5) == 50
    assert Measure("a", "MB", (100.0,)).in_loads(0.5) is None
    assert as_record(Measure("a", "s", (3.0, 1.0, 2.0)), 1.0)["median"] == median((1.0, 2.0, 3.0))


def test_texts_are_made_of_other_names_each_time(tmp_path: Path) -> None:
    write_texts(20_000, tmp_path)
    texts = [path.read_text(encoding="utf-8") for path in sorted(tmp_path.iterdir())]
    assert 20_000 <= sum(len(text.split()) for text in texts) < 21_000
    assert len(set(texts)) == len(texts)


def test_a_name_is_changed_wherever_it_stands() -> None:
    text = "Marla met Benno. In Lissa, Marla told Benno of Lissa, and Marla left."
    copies = {renamed(text, copy) for copy in range(10)}
    assert renamed(text, 0) == text
    assert len(copies) > 4
    assert {len(set(re.findall(r"\w+", copy))) for copy in copies} == {9}
