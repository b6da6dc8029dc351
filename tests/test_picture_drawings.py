"""Drawings as training shows them: rendered, merged where they are one, changed by chance that can be repeated."""

import shutil

import numpy as np
import pytest
from drawings_maker import write_drawings
from PIL import Image

from graphwright.models.pictures.augmenting import SIZE, shown
from graphwright.models.pictures.drawings import (
    LEARNED_FLAGS,
    Drawing,
    has_drawings,
    one_flag,
    read_drawings,
    rendered,
)
from graphwright.models.pictures.negatives import MAKERS, drawn_negative
from graphwright.models.pictures.sets import DrawnBatches, load_drawings
from graphwright.pipeline.errors import CorpusError


@pytest.fixture
def drawn(tmp_path):
    return write_drawings(tmp_path)


def test_drawings_are_read_and_rendered(drawn):
    found = read_drawings(drawn)
    assert has_drawings(drawn)
    first = found[0]
    assert (first.slug, first.entity, first.type) == ("aa", "Q11", "LOC")
    pixels = rendered(first)
    assert pixels.shape == (107, 160, 4)
    assert pixels[50, 50].tolist() == [204, 0, 0, 255]
    logo = rendered(next(item for item in found if item.slug == "dot"))
    assert logo[80, 80].tolist() == [0x00, 0x90, 0x40, 255]
    assert logo[2, 2, 3] == 0


def test_missing_packages_are_named_with_what_to_do(drawn):
    (drawn / "node_modules" / "simple-icons" / "icons" / "dot.svg").unlink()
    with pytest.raises(CorpusError, match=r"missing: simple-icons\. Run there: npm install"):
        read_drawings(drawn)
    shutil.rmtree(drawn / "node_modules" / "svg-country-flags")
    with pytest.raises(CorpusError, match=r"missing: simple-icons, svg-country-flags\. Run"):
        read_drawings(drawn)


@pytest.mark.parametrize("line", ["{", "[]", '{"package": "flag-icons"}'])
def test_a_broken_list_is_refused_by_line(drawn, line):
    (drawn / "labels.jsonl").write_text(line + "\n")
    with pytest.raises(CorpusError, match=r"labels\.jsonl line 1"):
        read_drawings(drawn)


def test_flags_drawn_alike_are_one_class(tmp_path):
    def flag(slug):
        return Drawing(LEARNED_FLAGS, slug, "flag", slug, slug, "LOC", tmp_path)

    def pixels(colour):
        return np.asarray(Image.new("RGBA", (60, 40), colour))

    flags = [flag("bl"), flag("fr"), flag("zz")]
    assert one_flag(flags, [pixels("red"), pixels("red"), pixels("blue")]) == {"bl": "fr", "fr": "fr", "zz": "zz"}


def test_what_is_learned_and_tested(drawn):
    found = load_drawings(drawn)
    assert [item.kb_id for item in found.classes] == ["Q11", "Q12", "Q14"]
    assert (found.flags.targets, found.tested.targets) == ((1, 2, 1), (1, 2, 2))
    assert found.flags.pixels[2][50, 50].tolist() == [0xBB, 0, 0, 255]
    assert (found.merged, found.redrawn) == ({"cc": "bb"}, ())
    parts = [{item.tobytes() for item in part.pixels} for part in (found.unknown, found.calibrating, found.strangers)]
    assert [len(part) for part in parts] == [4, 2, 2]
    assert not parts[0] & parts[1] | parts[1] & parts[2] | parts[0] & parts[2]


def test_another_flag_of_the_same_place_is_not_learned(drawn):
    """As one package draws the tricolour of France for Martinique."""
    original = drawn / "node_modules" / "svg-country-flags" / "svg" / "aa.svg"
    original.write_text(original.read_text().replace("#b00", "#0b0"))
    assert load_drawings(drawn).flags.targets == (1, 2)


def test_batches_are_a_function_of_seed_epoch_and_number(drawn):
    batches = DrawnBatches(load_drawings(drawn), 8, 2)
    batches.shuffle(3, 0)
    first, again = list(batches), list(batches)
    assert all(np.array_equal(a[0]["numbers"], b[0]["numbers"]) for a, b in zip(first, again, strict=True))
    batches.shuffle(3, 1)
    assert not np.array_equal(first[0][0]["numbers"], next(iter(batches))[0]["numbers"])
    assert first[0][0]["numbers"].shape == (8, SIZE, SIZE, 3)
    assert first[0][1].sum(axis=1).tolist() == [1.0] * 8


@pytest.mark.parametrize("kind", ["flag", "logo"])
def test_a_drawing_shown_by_equal_chance_is_equal_and_still_itself(kind):
    pixels = np.asarray(Image.new("RGBA", (160, 120), (220, 20, 20, 255)))
    pictures = [shown(pixels, kind, np.random.default_rng(seed)) for seed in range(40)]
    assert all(picture.shape == (SIZE, SIZE, 3) for picture in pictures)
    assert np.array_equal(pictures[5], shown(pixels, kind, np.random.default_rng(5)))
    if kind == "flag":
        middle = np.mean([picture[20:28, 20:28].mean(axis=(0, 1)) for picture in pictures], axis=0)
        assert middle[0] > 170 > 90 > middle[1]


def test_every_kind_of_negative_can_be_drawn():
    for make in MAKERS:
        for seed in range(8):
            assert make((48 + seed, 90 - seed), np.random.default_rng(seed)).mode == "RGB"
    assert drawn_negative(np.random.default_rng(1)).shape == (SIZE, SIZE, 3)
