import io
import json
import zipfile
from email.message import EmailMessage

import docx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphwright.pipeline.corpora import READERS
from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.readers import docx as docx_reader
from graphwright.pipeline.readers import html, mail, markdown, parquet, pdf, rows, text
from graphwright.pipeline.readers.language import detect_language
from graphwright.pipeline.readers.source import Attachment, Passage, Source


def read(module, data: bytes, name: str = "file.txt", **options) -> list[Passage | Attachment]:
    return list(module.read(Source(name, io.BytesIO(data), **options)))


COLUMN = "\f"


def make_pdf(pages: list[list[str]], trailer: bytes = b"") -> bytes:
    """A PDF of lines of Helvetica, written by hand; "" leaves a line out, COLUMN begins the right half of the page."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, lines in enumerate(pages):
        shown = b"".join(b"(" + line.encode("cp1252") + b") Tj T*\n" if line else b"T*\n" for line in lines)
        shown = shown.replace(b"(\f) Tj T*\n", b"ET BT /F1 11 Tf 14 TL 330 720 Td\n")
        content = b"BT /F1 11 Tf 14 TL 72 720 Td\n" + shown + b"ET"
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * number)
        )
        objects.append(b"<< /Length %d >>\nstream\n" % len(content) + content + b"\nendstream")
    objects.append(b"<< /Title (Harbours) >>")
    data, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    size = len(objects) + 1
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % size + table
    data += b"trailer << /Size %d /Root 1 0 R /Info %d 0 R %b>>\n" % (size, size - 1, trailer)
    return data + b"startxref\n%d\n%%%%EOF\n" % start


ENCRYPTED = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%b> /U <%b> >> /ID [<%b> <%b>] " % (
    b"41" * 32,
    b"42" * 32,
    b"43" * 16,
    b"43" * 16,
)


@given(st.text())
def test_clean_text_is_idempotent_and_printable(raw):
    clean = text.clean_text(raw)
    assert text.clean_text(clean) == clean
    clean.encode("utf-8")
    assert not any(ord(character) < 32 and character not in "\n\t" for character in clean)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1))
def test_utf8_is_read_as_it_is(raw):
    assert text.decode(raw.encode("utf-8")) == (
        raw.removeprefix("\ufeff"),
        "utf-8-sig" if raw[0] == "\ufeff" else "utf-8",
    )


def test_clean_text():
    assert text.clean_text("a\r\nb\rc\x00d\u2028e\x1bf\ud800g") == "a\nb\nc d\ne f g"
    assert text.clean_text("Cafe\u0301 \u05e9\u05dc\u05d5\u05dd 👩🏽‍🚀") == "Café שלום 👩🏽‍🚀"


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("latin-1", "cp1252"),
    ],
)
def test_character_sets(encoding, named):
    sentence = "Zoë Müller était à Orléans. "
    assert text.decode(sentence.encode(encoding)) == (sentence, named)


def test_chinese_without_unicode():
    sentence = "李娜出生于武汉，她在上海工作。"
    assert text.decode(sentence.encode("gb18030")) == (sentence, "gb18030")


@pytest.mark.parametrize(
    "data", [bytes(range(256)) * 4, b"\x7fELF\x02\x01\x01" + b"\x00" * 50, b"PK\x03\x04\x14\x00\x08\x00"]
)
def test_binary_is_no_text(data):
    with pytest.raises(CorpusError, match="binary data"):
        text.decode(data)


def test_text_notes_its_character_set():
    [passage] = read(text, "Café Löwe".encode("latin-1"))
    assert (passage.text, passage.metadata) == ("Café Löwe", {"encoding": "cp1252"})
    assert read(text, b"plain")[0].metadata == {}


@pytest.mark.parametrize(
    ("sample", "language"),
    [
        ("Ada Osei was born in Accra.", "en"),
        ("李娜在IBM和Google工作过。", "zh"),
        ("これは日本語の文章です。", "und"),
        ("هل وصلت؟", "und"),
        ("1984", "und"),
        ("", "und"),
        ("Лена живёт в Твери.", "und"),
        ("Lena Voss wurde in Ulm geboren und ist die Leiterin der Firma.", "de"),
        ("Léna est née à Dijon et elle a dirigé une école dans les Alpes.", "fr"),
        ("Lena nació en Lugo y es la directora de una escuela.", "es"),
        ("Lena is geboren in Gouda en werkt niet voor het museum van de stad.", "nl"),
        ("Lena mieszka w Toruniu i jest szefem firmy, która nie ma długów.", "pl"),
        ("Lena Voss und Ada Osei war die Antwort. She said that it was in the book of her mother.", "en"),
        ("La La Land", "en"),
        ("Los Angeles", "en"),
        ("Read http://e.com/de/la/les/des and www.la.de.en", "en"),
        ("Voss Osei Lund Brandt " * 20, "und"),
    ],
)
def test_language_by_script_and_function_words(sample, language):
    assert detect_language(sample) == language


def test_html_is_what_a_reader_sees():
    page = b"""<!doctype html><html><head><title> Port
      Alder </title><link rel="canonical" href="https://example.org/alder"><style>p {}</style></head><body>
      <nav><a href="/">Home</a></nav><h1>Port&nbsp;Alder</h1><p>The <b>har</b>bour was
      built<br>by <a href="x">Ove   Strand</a>.</p><script>var x = "no";</script><p hidden>secret</p>
      <table><tr><th>Year</th><td>1901</td></tr><tr><td>Ships</td><td>12</td></tr></table>
      <ul><li>Cod</li><li>Herring &amp; eel</li></ul><!-- none --></body></html>"""
    [passage] = read(html, page)
    assert passage.text == (
        "Port Alder\n\nThe harbour was built\nby Ove Strand.\n\nYear\t1901\n\nShips\t12\n\nCod\n\nHerring & eel"
    )
    assert passage.metadata == {"title": "Port Alder", "url": "https://example.org/alder"}


def test_html_says_its_character_set():
    [passage] = read(html, '<meta charset="koi8-r"><p>Омск</p>'.encode("koi8-r"))
    assert (passage.text, passage.metadata) == ("Омск", {"encoding": "koi8-r"})
    assert read(html, b'<meta charset="no-such-set"><p>Gr\xfcn</p>')[0].text == "Grün"


def test_html_of_any_depth():
    [passage] = read(html, b"<div>" * 3000 + b"deep" + b"</div>" * 3000)
    assert passage.text == "deep"


def test_markdown_is_its_prose():
    page = b"""---
title: "Alder and its port"
---
# Port of *Alder*

The [harbour](http://example.org) was **built** by
Ove `Strand` ![a crane](crane.png).

```python
print("not prose")
```

    nor this

| Year | Ships |
|------|-------|
| 1901 | 12    |

- Cod
- Eel

<div>An <b>old</b> note</div>
"""
    [passage] = read(markdown, page)
    assert passage.text == (
        "Port of Alder\n\nThe harbour was built by Ove Strand a crane.\n\n"
        "Year\tShips\n\n1901\t12\n\nCod\n\nEel\n\nAn old note"
    )
    assert passage.metadata == {"title": "Alder and its port"}
    assert read(markdown, b"Intro\n\n# The *first* one\n\n# Second")[0].metadata == {"title": "The first one"}
    assert read(markdown, b"No title")[0].metadata == {}


def test_pdf_joins_lines_and_finds_its_pages():
    first = [
        "A Short History",
        "",
        "The river that runs through the old town of Alder was once the bor-",
        "der of two kingdoms, and a well-known road went along it for many",
        "years. Its boats are gone now, and the road is not so well-",
        "known either.",
        "",
        "The town was founded in 1204 by Ove Strand, who came with his men",
        "and stayed until",
        "1",
    ]
    [passage] = read(
        pdf, make_pdf([first, ["he died there.", "", "- cod", "- eel", "Page 2 of 3"], ["Caf\xe9 Alder."]])
    )
    assert passage.text == (
        "A Short History\n\nThe river that runs through the old town of Alder was once the border of two kingdoms, and "
        "a well-known road went along it for many years. Its boats are gone now, and the road is not so well-known "
        "either.\n\nThe town was founded in 1204 by Ove Strand, who came with his men and stayed until he died there."
        "\n\n- cod\n\n- eel\n\nCafé Alder."
    )
    starts = [int(start) for start in passage.metadata["pages"].split(",")]
    assert [passage.text[start:].split()[0] for start in starts] == ["A", "he", "Café"]
    assert passage.metadata["title"] == "Harbours"


def test_pdf_measures_lines_by_their_column():
    page = [
        "A history of the harbours of the northern coast, of their boats, and of those who built them",
        "",
        "Ove Strand was born in the small town of",
        "Alder, and Ida Strand in Cod. He built the",
        "Old Harbour.",
        "Ida drew it.",
        COLUMN,
        "In May they left for the city of Marburg in",
        "Hesse, where both of them later taught.",
    ]
    [passage] = read(pdf, make_pdf([page]))
    assert passage.text.split("\n\n")[1:] == [
        "Ove Strand was born in the small town of Alder, and Ida Strand in Cod. He built the Old Harbour.",
        "Ida drew it.",
        "In May they left for the city of Marburg in Hesse, where both of them later taught.",
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.7 and nothing more", "broken"),
        (make_pdf([["Alder"]], ENCRYPTED), "password"),
        (make_pdf([[], []]), r"no text layer \(2 pages"),
    ],
)
def test_pdf_that_cannot_be_read(data, reason):
    with pytest.raises(CorpusError, match=reason):
        read(pdf, data)


def test_docx_has_paragraphs_and_tables_in_order():
    document = docx.Document()
    document.core_properties.title = "Minutes"
    document.add_paragraph("Ada Osei opened the meeting.")
    table = document.add_table(rows=2, cols=2)
    for cell, value in zip(
        (cell for row in table.rows for cell in row.cells), ["Name", "Role", "Ada", "Chair"], strict=True
    ):
        cell.text = value
    paragraph = document.add_paragraph("It closed")
    paragraph.add_run("\tat noon.").bold = True
    buffer = io.BytesIO()
    document.save(buffer)
    [passage] = read(docx_reader, buffer.getvalue())
    assert passage.text == "Ada Osei opened the meeting.\n\nName\tRole\n\nAda\tChair\n\nIt closed at noon."
    assert passage.metadata == {"title": "Minutes"}


def empty_zip() -> bytes:
    buffer = io.BytesIO()
    zipfile.ZipFile(buffer, "w").close()
    return buffer.getvalue()


@pytest.mark.parametrize("data", [b"not a zip", b"PK\x03\x04broken", empty_zip()])
def test_docx_that_cannot_be_read(data):
    with pytest.raises(CorpusError, match="not a DOCX file"):
        read(docx_reader, data)


def make_mail() -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["Date"] = (
        "Harbour",
        "Zoë <zoe@example.org>",
        "Mon, 2 Mar 2020 10:00:00 +0000",
    )
    message.set_content("Ove Strand built it in Orléans.\n")
    return message


def test_mail_has_headers_body_and_attachments():
    message = make_mail()
    message.add_alternative("<p>in HTML</p>", subtype="html")
    message.add_attachment(b"name,text\n", maintype="text", subtype="csv", filename="rows of mine.csv")
    body, attachment = read(mail, message.as_bytes(), "a.eml")
    assert body.text.strip() == "Ove Strand built it in Orléans."
    assert body.metadata["title"] == "Harbour"
    assert body.metadata["from"] == "Zoë <zoe@example.org>"
    assert body.metadata["date"].startswith("Mon, 02 Mar 2020")
    assert attachment == Attachment("rows of mine.csv", b"name,text\n", "1/rows%20of%20mine.csv")


def test_mail_of_html_alone_and_mail_within_mail():
    inner = EmailMessage()
    inner["Subject"] = "Inner"
    inner.set_content("<p>Lima <i>lies</i> by the sea.</p>", subtype="html")
    outer = make_mail()
    outer.add_attachment(inner)
    _, forwarded = read(mail, outer.as_bytes(), "a.eml")
    [passage] = read(mail, forwarded.data, forwarded.name)
    assert forwarded.name.endswith(".eml")
    assert (passage.text, passage.metadata["title"]) == ("Lima lies by the sea.", "Inner")


def test_mbox_has_many_and_one_bad_one_stops_none():
    good = make_mail().as_bytes()
    quoted = good.replace(b"Ove Strand", b">From here Ove Strand")
    rejected = []
    data = b"".join(
        b"From x@example.org Mon Mar  2 10:00:00 2020\n" + part + b"\n" for part in (good, b"no header\n", quoted)
    )
    passages = read(mail, data, "a.mbox", reject=lambda part, reason: rejected.append((part, reason)))
    assert [passage.part for passage in passages] == ["1", "3"]
    assert [part for part, _ in rejected] == ["2"]


def test_csv_by_comma_semicolon_and_tab():
    for name, mark in (("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t")):
        lines = [
            mark.join(("id", "title", "body")),
            mark.join(("k 1", "T", '"Two\nlines"')),
            mark.join(("", "", "Plain")),
        ]
        passages = read(rows, "\n".join(lines).encode("utf-8-sig"), name, text_field="body")
        assert [(passage.part, passage.text) for passage in passages] == [("k%201", "Two\nlines"), ("2", "Plain")]
        assert passages[0].metadata == {"title": "T", "id": "k 1"}


def test_csv_with_a_bad_byte_and_a_long_field():
    [first, second] = read(rows, b"text\nCaf\xe9\n" + b"x" * 200_000 + b"\n", "a.csv")
    assert first.text == "Café"
    assert len(second.text) == 200_000


def test_csv_without_the_field_names_those_found():
    with pytest.raises(CorpusError, match="fields found: id, body; name the right one with --text-field"):
        read(rows, b"id,body\n1,a\n", "a.csv")


def test_json_lines_reject_bad_lines_only():
    rejected = []
    data = b'{"text": "One", "id": 7, "lang": "zh"}\n\n{"text": \n{"body": "x"}\n[1]\n{"text": 5}\n{"text": "Two"}\n'
    first, second = read(rows, data, "a.jsonl", reject=lambda part, reason: rejected.append((part, reason)))
    assert (first.text, first.part, first.language) == ("One", "7", "zh")
    assert (second.text, second.part, second.language) == ("Two", "7", None)
    assert [part for part, _ in rejected] == ["line 3", "line 4", "line 5", "line 6"]
    assert "--text-field" in rejected[1][1]
    assert "body" in rejected[1][1]


def test_a_lone_surrogate_in_an_id_and_what_is_no_language():
    data = b'{"text": "One", "id": "a\\ud800", "lang": "\\ud800"}\n{"text": "Two", "id": "b", "language": "some <>"}\n'
    first, second = read(rows, data, "a.jsonl")
    assert (first.part, first.language) == ("a%5Cud800", None)
    assert (second.part, second.language) == ("b", None)


@pytest.mark.parametrize(
    "data",
    [
        b'[{"text": "One"}, {"text": "Two"}]',
        b'{"text": "One"}\n{"text": "Two"}\n',
        json.dumps([{"text": "One"}, {"text": "Two"}], indent=2).encode("utf-16"),
    ],
)
def test_json_as_array_or_lines(data):
    assert [passage.text for passage in read(rows, data, "a.json")] == ["One", "Two"]


def test_json_of_one_row_and_broken_json():
    assert read(rows, b'{\n  "text": "One"\n}', "a.json")[0].text == "One"
    with pytest.raises(CorpusError, match="not JSON"):
        read(rows, b"{\n", "a.json")


def test_parquet_keeps_ids_and_rejects_nulls():
    table = pa.table({"id": ["a", "b"], "body": ["One", None], "title": ["T", "U"], "size": [1, 2]})
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    rejected = []
    reject = lambda part, reason: rejected.append(part)  # noqa: E731
    [passage] = read(parquet, buffer.getvalue(), "a.parquet", text_field="body", reject=reject)
    assert (passage.part, passage.text, passage.metadata) == ("a", "One", {"title": "T", "id": "a"})
    assert rejected == ["row 2"]
    with pytest.raises(CorpusError, match="fields found: id, body, title, size"):
        read(parquet, buffer.getvalue(), "a.parquet")
    with pytest.raises(CorpusError, match="not a Parquet file"):
        read(parquet, b"PAR1 broken", "a.parquet")


def test_every_extension_has_a_module():
    modules = {
        module.__name__.rpartition(".")[2] for module in (docx_reader, html, mail, markdown, parquet, pdf, rows, text)
    }
    assert set(READERS.values()) == modules
