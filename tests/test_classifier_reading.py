"""How classifiers read pictures, texts, pairs of entities and arrays, and what they say of other data."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from graphwright.models.classifiers.config import ReadConfig
from graphwright.models.classifiers.examples import Examples, chosen, content_of, parted
from graphwright.models.classifiers.reading import kind_of, read_examples
from graphwright.models.classifiers.texts import marked_text, plain_text, settled_unit
from graphwright.pipeline.errors import CorpusError

READ = ReadConfig(height=4, width=5)


def picture(path: Path, colour: tuple[int, int, int] = (200, 10, 10), size: tuple[int, int] = (8, 6)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    return path


def huge_png(path: Path, side: int = 60_000) -> Path:
    """A few dozen bytes that claim to unpack to gigabytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )
    return path


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    for number in range(3):
        picture(tmp_path / "cats" / f"{number}.png", (200, number, 10))
        picture(tmp_path / "dogs" / "inner" / f"{number}.jpg", (10, 10, 200 + number))
    return tmp_path


def test_folders_of_pictures(pictures: Path) -> None:
    assert kind_of(pictures) == "pictures"
    examples, _ = read_examples(pictures, READ)
    assert examples.labels == ("cats",) * 3 + ("dogs",) * 3
    assert isinstance(examples.items, np.ndarray)
    assert examples.items.shape == (6, 4, 5, 3)
    assert examples.items[0, 0, 0].tolist() == [200, 0, 10]
    assert examples.names[3] == "dogs/inner/0.jpg"
    grey, _ = read_examples(pictures, replace(READ, colours=1))
    assert isinstance(grey.items, np.ndarray)
    assert grey.items.shape == (6, 4, 5, 1)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_pictures_of_every_mode(mode: str, pictures: Path) -> None:
    suffix = "tif" if mode == "CMYK" else "png"
    Image.new(mode, (3, 3)).save(pictures / "cats" / f"mode.{suffix}")
    examples, _ = read_examples(pictures, READ)
    assert len(examples) == 7


def test_pictures_stand_upright(pictures: Path) -> None:
    image = Image.new("RGB", (20, 10))
    image.paste((255, 255, 255), (0, 0, 10, 10))
    exif = Image.Exif()
    exif[274] = 3  # turned by half
    image.save(pictures / "cats" / "a.png", exif=exif)
    examples, _ = read_examples(pictures, READ)
    assert isinstance(examples.items, np.ndarray)
    turned = examples.items[examples.names.index("cats/a.png")]
    assert turned[0, 0, 0] < 50 < 200 < turned[0, -1, 0]


def test_broken_and_huge_pictures_are_left_out_by_name(pictures: Path) -> None:
    huge_png(pictures / "cats" / "bomb.png")
    (pictures / "cats" / "text.png").write_text("no picture", encoding="utf-8")
    (pictures / "cats" / "empty.jpg").write_bytes(b"")
    whole = picture(pictures / "dogs" / "cut.png", size=(300, 300)).read_bytes()
    (pictures / "dogs" / "cut.png").write_bytes(whole[:-60])
    (pictures / "cats" / "notes.txt").write_text("no picture either", encoding="utf-8")
    said: list[str] = []
    examples, _ = read_examples(pictures, READ, said.append)
    assert len(examples) == 6
    assert examples.left_out == {"too large": 1, "unreadable": 3}
    assert any("bomb.png: too large" in line for line in said)
    for name in ("text.png", "empty.jpg", "cut.png"):
        assert any(name in line for line in said)
    assert said[-1].endswith("1 too large, 3 unreadable")


@pytest.mark.parametrize("classes", [0, 1])
def test_a_folder_without_two_classes(classes: int, tmp_path: Path) -> None:
    if classes:
        picture(tmp_path / "cats" / "a.png")
    message = "wanted .*one folder of pictures for each class.*found (a folder without any|only 'cats')"
    with pytest.raises(CorpusError, match=message):
        read_examples(tmp_path, READ)


def test_nothing_that_can_be_read(tmp_path: Path) -> None:
    for name in ("cats", "dogs"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.png").write_bytes(b"broken")
    with pytest.raises(CorpusError, match="found no example that can be read"):
        read_examples(tmp_path, READ)
    with pytest.raises(CorpusError, match="no such file or folder"):
        read_examples(tmp_path / "nowhere", READ)


def lines(path: Path, *records: object) -> Path:
    path.write_text("".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records), encoding="utf-8")
    return path


def test_texts_with_labels(tmp_path: Path) -> None:
    file = lines(tmp_path / "a.jsonl", {"text": "A good day!", "label": "good"}, {"text": "", "label": 0})
    examples, read = read_examples(file, READ)
    assert (examples.kind, read.unit, examples.labels) == ("texts", "words", ("good", "0"))
    assert examples.items[0].tokens == ("a", "good", "day", "!")
    assert len(examples.items[1].tokens) == 1


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"text": "x"}, "line 2: wanted .*found no label in it: give every line one"),
        ({"label": "x"}, "line 2: wanted .*found no text"),
        ([1], "line 2: wanted .*found a list"),
    ],
)
def test_lines_without_text_or_label(record: object, message: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=message):
        read_examples(lines(tmp_path / "a.jsonl", {"text": "x", "label": "y"}, record), READ)


def test_one_class_is_nothing_to_tell_apart(tmp_path: Path) -> None:
    file = lines(tmp_path / "a.jsonl", {"text": "x", "label": "y"}, {"text": "z", "label": "y"})
    with pytest.raises(CorpusError, match="two classes or more, found only 'y'"):
        read_examples(file, READ)
    assert len(read_examples(file, READ, single=True)[0]) == 2


def test_pairs_of_entities(tmp_path: Path) -> None:
    record = {
        "id": "d1", "text": "甲公司收购乙公司。", "lang": "zh",
        "mentions": [
            {"start": 0, "end": 3, "type": "ORG", "entity": 0}, {"start": 5, "end": 8, "type": "ORG", "entity": 1}
        ],
        "entities": [{"id": 0, "name": "甲公司", "kb_id": None}, {"id": 1, "name": "乙公司", "kb_id": None}],
        "relations": [{"head": 0, "tail": 1, "type": "收购"}],
    }  # fmt: skip
    examples, read = read_examples(lines(tmp_path / "a.jsonl", record), READ)
    assert (examples.kind, read.unit) == ("pairs", "characters")
    assert examples.labels == ("收购", "none")
    first, second = examples.items
    assert first.tokens[:5] == ("<head>", "甲", "公", "司", "</head>")
    assert second.tokens[:5] == ("<tail>", "甲", "公", "司", "</tail>")
    assert first.parts == second.parts == (2,) * 5 + (3,) * 2 + (4,) * 5 + (5,)
    assert len(set(examples.groups)) == 1


def test_marks_stand_at_the_entities() -> None:
    text = marked_text("Ann met Bob.", (8, 11), (0, 3), "words")
    assert text.tokens == ("<tail>", "ann", "</tail>", "met", "<head>", "bob", "</head>", ".")
    assert text.parts == (2, 2, 2, 3, 4, 4, 4, 5)


def test_the_unit_is_that_of_the_script() -> None:
    assert settled_unit("auto", ["你好吗 ok"]) == "characters"
    assert settled_unit("auto", ["hello 你"]) == "words"
    assert settled_unit("words", ["你好"]) == "words"
    assert plain_text("iPhone好", "characters").tokens == ("iphone", "好")


def test_arrays(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.arange(12).reshape(4, 3), y=np.array(["p", "q", "p", "q"]))
    examples, _ = read_examples(tmp_path / "a.npz", READ)
    assert (examples.kind, examples.labels) == ("arrays", ("p", "q", "p", "q"))
    assert isinstance(examples.items, np.ndarray)
    assert examples.items.dtype == np.float32


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": np.ones((2, 2))}, "wanted .*x .*and y.*found x"),
        ({"x": np.ones((2, 2)), "y": np.ones(3)}, r"found x of shape \(2, 2\) and y of shape \(3,\)"),
        ({"x": np.array([["a"]]), "y": np.ones(1)}, "found x of type <U1"),
        ({"x": np.array([[1.0], [np.nan]]), "y": np.arange(2)}, "row 1 of x holds values that are no numbers"),
        ({"x": np.ones((0, 3)), "y": np.ones(0)}, "which holds nothing"),
        ({"x": np.array([[{}]], dtype=object), "y": np.ones(1)}, "cannot be read"),
    ],
)
def test_archives_that_hold_something_else(arrays: dict[str, np.ndarray], message: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(CorpusError, match=message):
        read_examples(tmp_path / "a.npz", READ)


def test_no_archive_at_all(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(CorpusError, match="cannot be read"):
        read_examples(tmp_path / "a.npz", READ)
    np.save(tmp_path / "a.npy", np.ones((3, 3)))
    with pytest.raises(CorpusError, match="found a single array"):
        read_examples(tmp_path / "a.npy", READ)


def many(number: int = 60) -> Examples:
    labels = tuple("ab"[place % 2] for place in range(number))
    names = tuple(f"{place:03}" for place in range(number))
    return Examples("arrays", np.arange(number)[:, None].astype(np.float32), labels, names, names)


def test_parts_are_functions_of_the_examples() -> None:
    examples = many()
    parts = parted(examples)
    assert [len(part) for part in parts] == [48, 6, 6]
    assert sorted(name for part in parts for name in part.names) == sorted(examples.names)
    assert all(set(part.labels) == {"a", "b"} for part in parts)
    turned = chosen(examples, list(range(59, -1, -1)))
    for part, other in zip(parts, parted(turned), strict=True):
        assert sorted(part.names) == sorted(other.names)
    assert content_of(examples) == content_of(turned) != content_of(chosen(examples, range(59)))


def test_groups_stay_together_and_small_classes_are_learned() -> None:
    examples = replace(many(), groups=tuple(f"{place // 4:03}" for place in range(60)))
    role = [{*part.groups} for part in parted(examples)]
    assert sum(map(len, role)) == len(set.union(*role)) == 15
    assert [len(part) for part in parted(chosen(many(), range(8)))] == [8, 0, 0]
