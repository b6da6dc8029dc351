"""Pictures out of documents: where they stand, what is refused, and that texts stay as they are."""

import struct
import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import docx
import pytest
from picture_documents import Placed, png, write_docx, write_html, write_pdf
from PIL import Image

from graphwright.pipeline.corpora import read_corpus
from graphwright.pipeline.ledger import Ledger
from graphwright.pipeline.pictures import found
from graphwright.pipeline.pictures.reading import MOST
from graphwright.pipeline.protocols import Seen
from graphwright.pipeline.records import Document

RED, BLUE, GREY = ((200, 20, 30), (20, 40, 200), (120, 120, 120))
BOX = (100, 150, 300, 250)


class Painter:
    """Sees red and blue things, and nothing in grey ones."""

    version = "painter 1"

    def look(self, pictures: Sequence[Image.Image]) -> list[list[Seen]]:
        return [self._one(picture.resize((1, 1)).getpixel((0, 0))) for picture in pictures]

    def _one(self, pixel) -> list[Seen]:
        red, _, blue = pixel
        if red - blue > 50:
            return [Seen("Redland", "LOC", "Q1", 0.97)]
        return [Seen("Blue Ltd", "ORG", "Q2", 0.9)] if blue - red > 50 else []


def plain(colour, size=(60, 40)) -> Image.Image:
    return Image.new("RGB", size, colour)


def placed() -> list[Placed]:
    return [
        Placed("Mara Quist was born in Ulm.", plain(RED), BOX),
        Placed("She works there.", plain(BLUE), (50, 200, 150, 260)),
        Placed("A photograph follows.", plain(GREY), BOX),
    ]


def read_one(path: Path, ledger: Ledger | None = None) -> Document:
    [document] = read_corpus([str(path)], ledger=ledger or Ledger(), look=Painter())
    return document


WRITERS = {"pdf": write_pdf, "docx": write_docx, "html": write_html}


@pytest.mark.parametrize("kind", WRITERS)
def test_pictures_have_their_page_box_and_place(tmp_path, kind):
    ledger = Ledger()
    path = WRITERS[kind](tmp_path / f"report.{kind}", placed(), "The end.")
    document = read_one(path, ledger)
    assert [(item.name, item.kb_id, item.score, item.model) for item in document.depictions] == [
        ("Redland", "Q1", 0.97, "painter 1"),
        ("Blue Ltd", "Q2", 0.9, "painter 1"),
    ]
    regions = [item.region for item in document.depictions]
    wanted = {
        "pdf": [(1, BOX), (2, (50, 200, 150, 260))],
        "docx": [(1, (0, 0, 200, 100)), (2, (0, 0, 100, 60))],
        "html": [(1, (0, 0, 200, 100)), (1, (0, 0, 100, 60))],
    }
    assert [(item.page, item.box) for item in regions] == wanted[kind]
    assert len({item.picture for item in regions}) == 2
    ends = [document.text.index(words) + len(words) for words in ("Ulm.", "there.")]
    starts = [0, document.text.index("She")] if kind == "pdf" else ends
    assert [item.start for item in document.depictions] == starts
    assert ledger.counts == {("picture", "shows nothing that is known"): 1}
    assert not ledger.failures


@pytest.mark.parametrize("kind", WRITERS)
def test_texts_are_the_same_with_and_without_pictures(tmp_path, kind):
    path = WRITERS[kind](tmp_path / f"report.{kind}", placed())
    [before] = read_corpus([str(path)], ledger=Ledger())
    after = read_one(path)
    assert (before.text, before.id, before.metadata, before.language) == (
        after.text, after.id, after.metadata, after.language,
    )  # fmt: skip
    assert before.depictions == ()


def test_a_picture_file_is_a_document_of_its_own_where_pictures_are_looked_at(tmp_path):
    (tmp_path / "flag.png").write_bytes(png(plain(RED)))
    (tmp_path / "note.txt").write_text("Lima lies by the sea.")
    documents = list(read_corpus([str(tmp_path)], ledger=Ledger(), look=Painter()))
    assert [(len(item.depictions), item.text, item.language) for item in documents] == [
        (1, "", "zxx"), (0, "Lima lies by the sea.", "en"),
    ]  # fmt: skip
    assert documents[0].depictions[0].region.box == (0, 0, 60, 40)
    ledger = Ledger()
    assert len(list(read_corpus([str(tmp_path)], ledger=ledger))) == 1
    assert ledger.counts == {("file", "unsupported extension .png"): 1}


def test_one_picture_in_many_places_is_unpacked_once_and_told_of_each(tmp_path):
    parts = [Placed(f"Page {number} begins.", plain(RED), BOX) for number in range(3)]
    document = read_one(write_pdf(tmp_path / "letter.pdf", parts))
    assert [item.region.page for item in document.depictions] == [1, 2, 3]
    assert len({item.region.picture for item in document.depictions}) == 1


def bomb(width: int, height: int) -> bytes:
    """A PNG of some hundred bytes that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (bomb(60_000, 60_000), "too large (more than 50,000,000 pixels)"),
        (bomb(8_000, 8_000), "too large (more than 50,000,000 pixels)"),
        (bomb(500, 500), "unreadable"),
        (b"\x89PNG\r\n\x1a\nrubbish", "unreadable"),
        (b"GIF89a", "unreadable"),
        (png(plain(RED, (300, 3))), "too small (less than 16 pixels on a side)"),
    ],
)
def test_pictures_that_are_left_out_are_counted_with_their_reason(tmp_path, data, reason):
    ledger = Ledger()
    (tmp_path / "broken.png").write_bytes(data)
    (tmp_path / "page.html").write_text('<p>Lima lies by the sea.</p><img src="broken.png">')
    document = read_one(tmp_path / "page.html", ledger)
    assert document.depictions == ()
    assert ledger.counts == {("picture", reason): 1}
    with pytest.raises(found.PictureError):
        found.unpacked(data)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("https://example.org/a.png", "not in the page nor beside it; nothing is fetched"),
        ("//example.org/a.png", "not in the page nor beside it; nothing is fetched"),
        ("../secret.png", "not in the page nor beside it; nothing is fetched"),
        ("link.png", "not in the page nor beside it; nothing is fetched"),
        ("/etc/passwd", "not in the page nor beside it; nothing is fetched"),
        ("missing.png", "not in the page nor beside it; nothing is fetched"),
        ("", "not in the page nor beside it; nothing is fetched"),
        ("drawing.svg", "a vector drawing (SVG)"),
        ("data:image/svg+xml,<svg/>", "a vector drawing (SVG)"),
        ("data:image/png;base64,!", "unreadable"),
    ],
)
def test_a_page_reaches_only_what_lies_in_it_and_beside_it(tmp_path, source, reason):
    (tmp_path / "secret.png").write_bytes(png(plain(RED)))
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "page.html").write_text(f"<p>Lima lies by the sea.</p><img src='{source}'>")
    ledger = Ledger()
    assert read_one(folder / "page.html", ledger).depictions == ()
    assert ledger.counts == {("picture", reason): 1}


def test_hidden_text_is_not_counted_and_hidden_pictures_are_left_out(tmp_path):
    (tmp_path / "red.png").write_bytes(png(plain(RED)))
    page = (
        "<nav>Home <img src='red.png'></nav><p>Lima &amp; Quito</p><img src='red.png'><div hidden>"
        "<img src='red.png'></div><script>var a = 1</script><p>lie high.<img src='red.png'></p>"
    )
    (tmp_path / "page.html").write_text(page)
    document = read_one(tmp_path / "page.html")
    assert document.text == "Lima & Quito\n\nlie high."
    assert [item.start for item in document.depictions] == [0, 12, len(document.text)]


def test_docx_pictures_of_headers_are_found_too(tmp_path):
    document = docx.Document()
    document.add_paragraph("Lima lies by the sea.")
    document.sections[0].header.paragraphs[0].add_run().add_picture(BytesIO(png(plain(BLUE))))
    document.save(str(tmp_path / "letter.docx"))
    [depiction] = read_one(tmp_path / "letter.docx").depictions
    assert (depiction.name, depiction.start, depiction.region.page) == ("Blue Ltd", 0, 1)


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_a_broken_document_is_told_once_by_its_reader(tmp_path, kind):
    (tmp_path / f"broken.{kind}").write_bytes(b"%PDF-1.4 rubbish")
    ledger = Ledger()
    assert not list(read_corpus([str(tmp_path)], ledger=ledger, look=Painter()))
    assert len(ledger.failures) == 1


def test_a_transparent_picture_lies_on_white():
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    image.paste((*BLUE, 255), (0, 0, 20, 40))
    seen = found.unpacked(png(image))
    assert (seen.getpixel((5, 5)), seen.getpixel((35, 35))) == (BLUE, (255, 255, 255))


def test_large_pictures_are_made_small_and_moving_ones_give_their_first_frame():
    assert max(found.unpacked(png(plain(RED, (2000, 1000)))).size) == found.SIDE
    data = BytesIO()
    plain(RED).convert("P").save(data, "GIF", save_all=True, append_images=[plain(BLUE).convert("P")])
    assert found.unpacked(data.getvalue()).getpixel((9, 9))[0] > 150


def test_no_more_pictures_of_a_document_are_looked_at_than_are_allowed(tmp_path):
    images = "".join(f"<img src='{number}.png'>" for number in range(MOST + 3))
    for number in range(MOST + 3):
        (tmp_path / f"{number}.png").write_bytes(png(plain((200, number % 256, 30), (20, 20 + number // 256))))
    (tmp_path / "page.html").write_text(f"<p>Lima lies by the sea.</p>{images}")
    ledger = Ledger()
    assert len(read_one(tmp_path / "page.html", ledger).depictions) == MOST
    assert ledger.counts == {("picture", f"beyond the first {MOST} of a document"): 3}
