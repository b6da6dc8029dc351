import gzip
import http.server
import io
import json
import os
import sys
import threading
import tracemalloc
from email.message import EmailMessage
from pathlib import Path

import fsspec
import pytest

from graphwright.pipeline.corpora import read_corpus, source_uri, sources_under
from graphwright.pipeline.errors import UsageError
from graphwright.pipeline.ledger import Failure, Ledger


def read(*paths, **options):
    ledger = Ledger()
    return list(read_corpus([str(path) for path in paths], ledger=ledger, **options)), ledger


@pytest.fixture
def folder(tmp_path):
    """Two texts, one of them in a folder below, and what is not to be read."""
    (tmp_path / "below").mkdir()
    (tmp_path / "b.txt").write_text("Lima lies by the sea.")
    (tmp_path / "below" / "a.txt").write_text("李娜出生于武汉。", encoding="utf-8")
    (tmp_path / ".hidden.txt").write_text("secret")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.txt").write_text("secret")
    (tmp_path / "picture.xyz").write_bytes(b"\x00\x01")
    return tmp_path


def test_a_folder_is_read_in_order_and_what_is_left_out_is_counted(folder):
    documents, ledger = read(folder)
    assert [Path(document.source).name for document in documents] == ["b.txt", "a.txt"]
    assert [document.language for document in documents] == ["en", "zh"]
    assert documents[0].metadata == {"reader": "text"}
    assert ledger.failures == []
    assert ledger.counts == {("file", "unsupported extension .xyz"): 1, ("file", "hidden"): 2}


def test_ids_do_not_depend_on_the_working_directory_or_the_way_to_name_a_file(folder, monkeypatch):
    [there], _ = read(folder / "b.txt")
    monkeypatch.chdir(folder / "below")
    for name in ("../b.txt", f"{folder}/below/../b.txt", (folder / "b.txt").as_uri(), "../*.txt"):
        [here], _ = read(name)
        assert (here.id, here.source) == (there.id, source_uri("../b.txt"))
    os.symlink(folder, folder / "below" / "link")
    assert read("link/b.txt")[0] == [there]


def test_a_file_that_is_named_twice_is_read_once(folder):
    documents, _ = read(folder / "b.txt", folder, folder / "*.txt")
    assert len(documents) == 2


def test_language_and_limit(folder):
    documents, _ = read(folder, language="de", limit=1)
    assert [document.language for document in documents] == ["de"]


def test_a_missing_path_is_told_before_anything_is_read(folder):
    for missing, said in (
        ("none.txt", "no such file"),
        ("none*.txt", "matches nothing"),
        ("memory://none", "nothing there"),
    ):
        with pytest.raises(UsageError, match=said):
            read_corpus([str(folder), missing], ledger=Ledger())
    with pytest.raises(UsageError, match="received none"):
        read_corpus([], ledger=Ledger())
    with pytest.raises(UsageError, match="nosuchscheme"):
        read_corpus(["nosuchscheme://x"], ledger=Ledger())


BAD = {
    "empty.txt": (b"", "the file is empty"),
    "white.txt": (b" \n\t\n", "no text in it"),
    "binary.txt": (bytes(range(256)) * 8, "binary data"),
    "broken.pdf": (b"%PDF-1.4 garbage", "the PDF is broken"),
    "invalid.docx": (b"PK garbage", "not a DOCX file"),
    "broken.txt.gz": (gzip.compress(b"Lima lies by the sea." * 99)[:40], "broken gzip file"),
    "not.txt.gz": (b"plain", "broken gzip file"),
    "broken.parquet": (b"PAR1", "not a Parquet file"),
    "binary.csv": (b"\x00\x01\x02text", "binary data"),
    "columns.csv": (b"id,body\n", "fields found: id, body"),
    "header.csv": (b"id,text\n", "there are no rows"),
    "none.jsonl": (b"\n\n", "there are no rows"),
    "plain.eml": (b"just words", "not an e-mail"),
    "script.html": (b"<script>1</script>", "no text in it"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_stops_nothing_else_and_says_why(folder, name):
    data, reason = BAD[name]
    (folder / name).write_bytes(data)
    documents, ledger = read(folder)
    assert len(documents) == 2
    [failure] = ledger.failures
    assert failure.source == source_uri(str(folder / name))
    assert reason in failure.reason
    assert "\n" not in failure.reason


def test_a_bad_line_is_named_with_its_file(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "Lima."}\n{"text": \n{"body": "Quito."}\n{"text": " "}\n')
    documents, ledger = read(path)
    uri = source_uri(str(path))
    assert [document.source for document in documents] == [uri + "#1"]
    assert [failure.source for failure in ledger.failures] == [uri + "#line 2", uri + "#line 3", uri + "#4"]
    assert "--text-field" in ledger.failures[1].reason
    assert [document.text for document in read(path, text_field="body")[0]] == ["Quito."]


def test_a_row_id_that_comes_twice_is_told(tmp_path):
    (tmp_path / "rows.csv").write_text("id,text\nx,Lima.\nx,Quito.\n")
    documents, ledger = read(tmp_path)
    assert [document.metadata["id"] for document in documents] == ["x"]
    assert [failure.source.rpartition("/")[2] for failure in ledger.failures] == ["rows.csv#x"]


def test_json_that_is_no_corpus_is_passed_over_in_a_folder_but_told_where_it_is_named(folder):
    (folder / "settings.json").write_text('[{"colour": "red"}, {"size": 3}]')
    documents, ledger = read(folder)
    assert (len(documents), ledger.failures) == (2, [])
    assert [reason for _, reason in ledger.counts if "fields found: colour" in reason]
    assert "--text-field" in read(folder / "settings.json")[1].failures[0].reason


def test_an_extension_nobody_knows(tmp_path):
    (tmp_path / "notes.xyz").write_text("Lima.")
    documents, ledger = read(tmp_path / "notes.xyz")
    assert documents == []
    assert "unsupported extension .xyz; wanted one of .txt" in ledger.failures[0].reason


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pipe in the file system")
def test_pipes_and_dangling_links_are_told_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    os.symlink(tmp_path / "nowhere", tmp_path / "link.txt")
    documents, ledger = read(tmp_path)
    assert documents == []
    assert [failure.reason.partition(";")[0] for failure in ledger.failures] == [
        "cannot be read: No such file or directory",
        "not a regular file",
    ]


def test_latin1_is_read_and_noted(tmp_path):
    (tmp_path / "a.txt").write_bytes("Zoë Müller lived in Orléans.".encode("latin-1"))
    [document], ledger = read(tmp_path)
    assert document.text == "Zoë Müller lived in Orléans."
    assert document.metadata == {"reader": "text", "encoding": "cp1252"}
    assert ledger.failures == []


def test_offsets_are_right_after_right_to_left_text_and_emoji(tmp_path):
    (tmp_path / "a.txt").write_bytes("שלום 👩🏽‍🚀\r\nAda Osei\r\n".encode())
    [document], _ = read(tmp_path)
    start = document.text.index("Ada")
    assert (start, document.text[start : start + 8]) == (10, "Ada Osei")


def test_gzip_of_text_and_of_rows(tmp_path):
    (tmp_path / "a.md.gz").write_bytes(gzip.compress(b"# Lima\n\nIt lies *by* the sea."))
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b'{"text": "Quito.", "id": "q/1"}\n'))
    documents, ledger = read(tmp_path)
    assert [document.text for document in documents] == ["Lima\n\nIt lies by the sea.", "Quito."]
    assert documents[1].source.endswith("/b.jsonl.gz#q%2F1")
    assert ledger.failures == []


def test_standard_input_is_named_by_its_text(monkeypatch):
    sources = []
    for text in ("Lima lies by the sea.", "Quito does not.", "Lima lies by the sea."):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        [document], _ = read("-")
        assert document.text == text
        sources.append(document.source)
    assert sources[0] == sources[2] != sources[1]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))
    assert read("-")[1].failures == [Failure("-", "the file is empty")]


@pytest.fixture
def memory():
    system = fsspec.filesystem("memory")
    system.pipe({"/box/a.txt": b"Lima lies by the sea.", "/box/deep/b.jsonl.gz": gzip.compress(b'{"text": "Quito."}')})
    yield system
    system.rm("/box", recursive=True)


@pytest.mark.parametrize("url", ["memory://box", "memory://box/**", "memory://box/"])
def test_a_folder_or_glob_of_an_fsspec_url(memory, url):
    documents, ledger = read(url)
    assert [document.source for document in documents] == ["memory://box/a.txt", "memory://box/deep/b.jsonl.gz#1"]
    assert ledger.failures == []
    assert sources_under([document.source for document in documents], "memory://box/deep") == (documents[1].source,)


def test_a_file_of_an_fsspec_url(memory):
    [document], _ = read("memory://box/a.txt")
    assert (document.source, source_uri("memory://box/a.txt")) == ("memory://box/a.txt",) * 2


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        found = self.path in {"/wiki/Lima", "/a.txt"}
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(b"<title>Lima</title><p>Lima lies by the sea.</p>" if "wiki" in self.path else b"Plain.")

    def log_message(self, *arguments):
        pass


def test_pages_of_the_web():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever).start()
        base = f"http://127.0.0.1:{server.server_port}"
        documents, ledger = read(f"{base}/wiki/Lima", f"{base}/none.txt", f"{base}/a.txt")
        server.shutdown()
    assert [document.text for document in documents] == ["Lima lies by the sea.", "Plain."]
    assert documents[0].metadata["title"] == "Lima"
    assert [failure.source for failure in ledger.failures] == [f"{base}/none.txt"]
    assert "404" in ledger.failures[0].reason


def test_attachments_are_documents_of_their_own(tmp_path):
    message = EmailMessage()
    message["Subject"] = "Harbour"
    message.set_content("Ove Strand built it.")
    for name, data in (
        ("a.txt", b"Lima."),
        ("rows.jsonl", b'{"text": "Quito."}\n{}'),
        ("a.bin", b"\x00"),
        ("b.pdf", b"x"),
    ):
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    (tmp_path / "m.eml").write_bytes(message.as_bytes())
    documents, ledger = read(tmp_path)
    names = [document.source.rpartition("/m.eml")[2] for document in documents]
    assert names == ["", "#1/a.txt", "#2/rows.jsonl/1"]
    assert [failure.source.rpartition("#")[2] for failure in ledger.failures] == ["2/rows.jsonl/line 2", "4/b.pdf"]
    assert ledger.counts == {("file", "attachment with unsupported extension .bin"): 1}
    everything = [document.source for document in documents]
    assert sources_under([*everything, "urn:x"], str(tmp_path / "m.eml")) == tuple(sorted(everything))


def test_sources_under_tells_folders_files_and_rows_apart(tmp_path):
    base = tmp_path.resolve().as_uri()
    sources = [f"{base}/a.csv", f"{base}/a.csv#1", f"{base}/a.csv#10", f"{base}/a.csv2", f"{base}/ab/c.txt", "urn:x:1"]
    assert sources_under(sources, str(tmp_path)) == tuple(sorted(sources[:5]))
    assert sources_under(sources, str(tmp_path / "a.csv")) == tuple(sources[:3])
    assert sources_under(sources, str(tmp_path / "a.csv#1")) == (sources[1],)
    assert sources_under(sources, f"{base}/ab/") == (sources[4],)
    assert sources_under(sources, "urn:x:1") == ("urn:x:1",)
    assert sources_under(sources, str(tmp_path / "none")) == ()


def test_names_with_odd_characters_come_back(tmp_path):
    for name in ("a#1.txt", "50% [old].txt", "späte 城.txt", "new\nline.txt"):
        (tmp_path / name).write_text("Lima lies by the sea.")
        [document], _ = read(tmp_path / name)
        assert sources_under([document.source], str(tmp_path / name)) == (document.source,)
        assert document.source.isascii()
        assert not set(document.source) & set(' <>"{}|\\^`')


def test_memory_does_not_grow_with_the_corpus(tmp_path):
    row = json.dumps({"text": "Lima lies by the sea. " * 500}).encode() + b"\n"
    (tmp_path / "rows.jsonl.gz").write_bytes(gzip.compress(row * 2_000, 1))
    read(tmp_path, limit=1)
    tracemalloc.start()
    number = sum(1 for _ in read_corpus([str(tmp_path)], ledger=Ledger()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert number == 2_000
    assert peak < 2 * 2**20, "2,000 rows are 23 MB"


def test_a_single_line_of_50_megabytes_is_one_long_document(tmp_path):
    (tmp_path / "long.txt").write_bytes(b"Lima lies by the sea. " * (50 * 2**20 // 22))
    [document], ledger = read(tmp_path)
    assert len(document.text) == 50 * 2**20 // 22 * 22
    assert ledger.failures == []
