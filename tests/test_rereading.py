"""Reading documents again from their sources: the same text, or one line on why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphwright.pipeline.corpora import read_corpus
from graphwright.pipeline.ledger import Ledger
from graphwright.pipeline.records import Document
from graphwright.pipeline.rereading import Held, Skipped, read_again


def held(*paths: Path) -> list[Held]:
    read = read_corpus([str(path) for path in paths], ledger=Ledger())
    return [Held(document.id, document.source, document.version) for document in read]


def again(items: list[Held]) -> list[str]:
    read = read_again(items, language="en", text_field="text")
    return [item.text if isinstance(item, Document) else item.reason for item in read]


def test_files_and_rows_are_read_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "one #1.txt").write_text("One.", encoding="utf-8")
    (tmp_path / "rows.jsonl").write_text('{"id": "x", "text": "Two."}\n{"id": "y", "text": "Three."}\n')
    items = held(tmp_path)
    assert sorted(again(items)) == ["One.", "Three.", "Two."]
    assert again([item for item in items if item.source.endswith("#y")]) == ["Three."]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "it is gone"),
        ("", "the file is empty"),
        ("Other.", "its text is no longer the one that was read, or --redact took something out of it"),
    ],
)
def test_what_is_gone_or_changed_is_told(tmp_path: Path, text: str | None, reason: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text("One.", encoding="utf-8")
    items = held(path)
    if text is None:
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8")
    assert again(items) == [reason]


def test_a_row_that_left_its_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": "x", "text": "Two."}\n{"id": "y", "text": "Three."}\n')
    items = held(path)
    path.write_text('{"id": "y", "text": "Three."}\n')
    assert sorted(again(items)) == ["Three.", "it is no longer in its file"]


def test_standard_input_cannot_be_read_again() -> None:
    item = Held("d", "urn:graphwright:stdin:0", "v")
    assert list(read_again([item], language="en", text_field="text")) == [
        Skipped("urn:graphwright:stdin:0", "it came from standard input, which cannot be read again")
    ]
