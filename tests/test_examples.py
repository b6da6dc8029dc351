"""The example corpus: enough documents, of every kind that it claims, in words of its own."""

from __future__ import annotations

import io
import re
import runpy
from collections import Counter
from itertools import pairwise
from pathlib import Path

import docx
import pypdfium2
import pytest
from selectolax.lexbor import LexborHTMLParser

EXAMPLES = Path(__file__).parent.parent / "examples"
CORPUS = EXAMPLES / "corpus"
DOCUMENTS = sorted(path for path in CORPUS.rglob("*") if path.is_file())
NOT_ASSERTED = re.compile(
    r"\b(never|not|denied|denies|declined|refused|rejected|rumou?r\w*|according to|might|may|planned|claim|withdrew)\b"
)
MARKUP = re.compile(r"[*#]|^- ", re.MULTILINE)


def words_of(path: Path) -> list[str]:
    """The words of a document, markup left out."""
    return _text(path).split()


def _text(path: Path) -> str:
    data = path.read_bytes()
    if path.suffix == ".pdf":
        return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))
    if path.suffix == ".docx":
        return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)
    text = data.decode("utf-8")
    if path.suffix == ".html":
        page = LexborHTMLParser(text)
        page.strip_tags(["script", "style", "nav", "head"])
        return page.body.text(separator=" ") if page.body else ""
    return MARKUP.sub("", text)


def test_there_are_enough_documents_of_each_kind() -> None:
    kinds = Counter(path.suffix for path in DOCUMENTS)
    assert len(DOCUMENTS) >= 55
    assert kinds[".html"] >= 4
    assert kinds[".md"] >= 4
    assert kinds[".pdf"] >= 2
    assert kinds[".docx"] >= 2
    assert set(kinds) == {".txt", ".html", ".md", ".pdf", ".docx"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_each_document_has_80_to_250_words(path: Path) -> None:
    assert 80 <= len(words_of(path)) <= 250


def test_many_documents_hold_facts_that_are_not_asserted() -> None:
    assert sum(bool(NOT_ASSERTED.search(_text(path).lower())) for path in DOCUMENTS) >= 40


@pytest.mark.parametrize(
    "names",
    [
        ("International Business Machines", "IBM"),
        ("Maria Skłodowska", "Marie Curie", "The Curies"),
        ("United Nations", "UN"),
        ("Massachusetts Institute of Technology", "MIT"),
        ("National Aeronautics and Space Administration", "NASA"),
        ("Constantinople", "Istanbul"),
        ("Washington, D.C.", "George Washington"),
    ],
)
def test_things_occur_in_several_documents_and_under_several_names(names: tuple[str, ...]) -> None:
    texts = [" ".join(words_of(path)) for path in DOCUMENTS]
    holding = [{name for name in names if re.search(rf"\b{re.escape(name)}", text)} for text in texts]
    assert set().union(*holding) == set(names)
    assert sum(bool(found) for found in holding) >= 2


def test_no_two_documents_share_a_long_run_of_words() -> None:
    seen: dict[tuple[str, ...], Path] = {}
    for path in DOCUMENTS:
        words = words_of(path)
        for run in {tuple(words[start : start + 12]) for start in range(len(words) - 11)}:
            assert seen.setdefault(run, path) == path


def test_pdf_and_docx_are_what_the_script_makes_of_the_originals(tmp_path: Path) -> None:
    script = runpy.run_path(str(EXAMPLES / "make_formats.py"))
    script["main"](tmp_path / "first")
    script["main"](tmp_path / "second")
    for target in script["TARGETS"].values():
        first, second = (tmp_path / name / target for name in ("first", "second"))
        assert first.read_bytes() == second.read_bytes()
        assert words_of(first) == words_of(CORPUS / target)
        original = EXAMPLES / "originals" / f"{Path(target).stem}.txt"
        assert words_of(first) == words_of(original)


def test_readme_names_every_theme_with_its_number_of_documents() -> None:
    rows = re.findall(r"^\| (\w+) \| (\d+) \|", (EXAMPLES / "README.md").read_text("utf-8"), re.MULTILINE)
    assert {theme: int(number) for theme, number in rows} == Counter(path.parent.name for path in DOCUMENTS)
    assert all(first < second for first, second in pairwise(theme for theme, _ in rows))
