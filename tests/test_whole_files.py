"""A file appears whole or not at all, and stays readable until then."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from graphwright.pipeline.whole_files import whole_file


def test_the_file_is_replaced_when_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")
    with whole_file(path) as draft:
        draft.write_text(path.read_text("utf-8") + " and new", encoding="utf-8")
        assert path.read_text("utf-8") == "old"
    assert path.read_text("utf-8") == "old and new"
    assert list(tmp_path.iterdir()) == [path]


def _interrupted(path: Path) -> None:
    with whole_file(path) as draft:
        draft.write_text("half", encoding="utf-8")
        raise KeyboardInterrupt


@pytest.mark.parametrize("old", [None, "old"])
def test_after_an_error_all_is_as_it_was(tmp_path: Path, old: str | None) -> None:
    path = tmp_path / "a.txt"
    if old:
        path.write_text(old, encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        _interrupted(path)
    assert [item.read_text("utf-8") for item in tmp_path.iterdir()] == ([old] if old else [])


def test_a_link_stays_one_and_leads_to_the_new_content(tmp_path: Path) -> None:
    path, link = tmp_path / "a.txt", tmp_path / "latest"
    path.write_text("old", encoding="utf-8")
    link.symlink_to(path)
    with whole_file(link) as draft:
        draft.write_text("new", encoding="utf-8")
    assert link.is_symlink()
    assert path.read_text("utf-8") == "new"


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text("utf-8")))
    reader.start()
    with whole_file(pipe) as draft:
        draft.write_text("data", encoding="utf-8")
    reader.join(10)
    assert read == ["data"]
