"""Networks of pictures on a user's own classes: from a folder to edges in the graph, explained; and what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from picture_documents import Placed, png, write_html, write_pdf
from PIL import Image, ImageDraw

from graphwright.flows.building import build_corpus
from graphwright.flows.cli import run
from graphwright.flows.deciding_pixels import deciding_pixels
from graphwright.flows.learning_pictures import test_pictures, train_pictures
from graphwright.flows.looking import looker_of
from graphwright.flows.picture_map import write_picture_map
from graphwright.flows.settings import load_settings
from graphwright.models.classifiers.config import ReadConfig
from graphwright.models.classifiers.examples import Examples
from graphwright.models.pictures.classes import Shown
from graphwright.models.pictures.own import shown_class, with_negatives
from graphwright.models.pictures.runtime import load_pictures
from graphwright.pipeline.errors import ConfigurationError, CorpusError, ModelError, UsageError
from graphwright.pipeline.graph import Statement
from graphwright.pipeline.pictures.depicted import DEPICTS
from graphwright.pipeline.sinks.opening import open_store

test_pictures.__test__ = False
CLASSES = ("Q5 disc", "square")


def drawn(kind: str, chance: np.random.Generator) -> Image.Image:
    image = Image.new("RGB", (64, 64), (255, 255, 255))
    x, y = (float(value) for value in chance.uniform(10, 24, 2))
    draw = ImageDraw.Draw(image)
    if kind == "square":
        draw.rectangle((x, y, x + 30, y + 30), fill=(10, 40, 180))
    else:
        draw.ellipse((x, y, x + 30, y + 30), fill=(200, 30, 30))
    return image


def write_classes(folder: Path, count: int = 30, classes=CLASSES) -> Path:
    chance = np.random.default_rng(7)
    for kind in classes:
        (folder / kind).mkdir(parents=True)
        for number in range(count):
            (folder / kind / f"{number}.png").write_bytes(png(drawn(kind, chance)))
    return folder


@pytest.fixture(scope="module")
def network(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("own")
    return train_pictures(write_classes(place / "data"), place / "network", epochs=8)


@pytest.mark.slow
def test_own_classes_are_learned_with_none_of_them(network):
    found = load_pictures(network)
    assert found.classes == (Shown("disc", "MISC", "Q5"), None, Shown("square"))
    chance = np.random.default_rng(1)
    disc, square, cloud = found.look([drawn("disc", chance), drawn("square", chance), noise()])
    assert (disc[0].name, disc[0].kb_id) == ("disc", "Q5")
    assert square[0].name == "square"
    assert disc[0].score > 0.5 < square[0].score
    assert not cloud or cloud[0].score < 0.5
    assert test_pictures(network, network.parent / "data")["accuracy"] > 0.9


def noise() -> Image.Image:
    return Image.fromarray(np.random.default_rng(3).integers(0, 255, (64, 64, 3), dtype=np.uint8))


@pytest.mark.slow
def test_the_graph_gets_what_an_own_network_sees_and_explains_it(network, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    disc = drawn("disc", np.random.default_rng(2))
    write_pdf(tmp_path / "report.pdf", [Placed("Lima lies by the sea.", disc, (100, 150, 200, 250))])
    build = ["build", "report.pdf", "--annotator", "fakes:gazetteer"]
    assert run([*build, "--picture-network", str(network), "--min-score", "0.5"]) == 0
    settings = load_settings(target="graph", picture_network=network)
    [found] = depicts("graph")
    region = found.evidence[0].region
    assert region
    assert (region.page, region.box, found.band) == (1, (100, 150, 200, 250), "keep")
    statement = found.id[:12]
    decided = deciding_pixels(settings, statement)
    shares = np.asarray(decided.rows)
    assert shares.max() == 1.0
    assert 0 < shares.mean() < 0.9
    write_picture_map(decided, "picture depicts disc", tmp_path / "map.html")
    assert (tmp_path / "map.html").read_text().count("data:image/png;base64,") == 2
    explain = ["explain", "graph", statement, "--words", "--html", "map.html", "--picture-network", str(network)]
    assert run(explain) == 0
    said = capsys.readouterr().out
    assert "page 1, box 100,150,200,250" in said
    assert "where it looked" in said
    assert run([*build, "--no-pictures"]) == 0
    assert depicts("graph") == []


def depicts(target: str) -> list[Statement]:
    with open_store(target) as store:
        return [item for item in store.statements() if item.predicate == DEPICTS]


@pytest.mark.slow
def test_a_changed_picture_is_no_longer_explained(network, tmp_path):
    chance = np.random.default_rng(2)
    page = write_html(tmp_path / "page.html", [Placed("Lima lies by the sea.", drawn("disc", chance), (0, 0, 60, 60))])
    settings = load_settings(
        target=str(tmp_path / "graph"), picture_network=network, annotator="fakes:gazetteer", min_score=0.5
    )
    build_corpus([str(page)], settings)
    [statement] = depicts(settings.target)
    write_html(page, [Placed("Lima lies by the sea.", drawn("disc", chance), (0, 0, 60, 60))])
    with pytest.raises(UsageError, match="no longer holds the picture"):
        deciding_pixels(settings, statement.id)


def test_names_of_folders_say_what_a_class_is():
    def known(kb_id):
        return Shown("Douglas Adams", "PER", kb_id) if kb_id == "Q42" else None

    assert shown_class("Q42", known) == Shown("Douglas Adams", "PER", "Q42")
    assert shown_class("Q42 the author", known) == Shown("the author", "PER", "Q42")
    assert shown_class("Q43", known) == Shown("Q43", "MISC", "Q43")
    assert shown_class("cranes", known) == Shown("cranes")
    assert shown_class("none", known) is None


def test_none_of_them_is_drawn_as_often_as_the_largest_class():
    items = np.zeros((3, 32, 32, 3), np.uint8)
    examples = Examples("pictures", items, ("a", "a", "b"), ("1", "2", "3"), ("x", "y", "z"))
    found = with_negatives(examples, ReadConfig(), 1)
    assert found.labels == ("a", "a", "b", "none", "none")
    assert found.items.shape == (5, 32, 32, 3)
    assert found.items[3:].any()


def test_one_class_is_refused(tmp_path):
    write_classes(tmp_path / "data", 2, CLASSES[:1])
    with pytest.raises(CorpusError, match="found only 'Q5 disc': add a folder"):
        train_pictures(tmp_path / "data", tmp_path / "network")


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ({"format": 9}, "of format 9; this version reads format 1"),
        ({"format": 1, "kind": "relations"}, "of kind 'relations'; wanted one that train images made"),
        ({"format": 1, "kind": "classifier"}, "wanted one that train images made"),
        ({"format": 1, "kind": "pictures", "classes": [{"what": 1}]}, "lists no classes of pictures"),
    ],
)
def test_other_models_are_refused_by_name(tmp_path, card, said):
    (tmp_path / "card.json").write_text(json.dumps(card))
    with pytest.raises(ModelError, match=said) as raised:
        load_pictures(tmp_path)
    assert str(tmp_path) in str(raised.value)


def test_a_folder_without_a_network_is_refused_before_anything_is_read(tmp_path):
    with pytest.raises(ConfigurationError, match="--picture-network wants the folder of a trained network"):
        looker_of(load_settings(picture_network=tmp_path))


def test_who_does_not_want_pictures_or_redacts_gets_none():
    assert looker_of(load_settings(pictures=False)) is None
    assert looker_of(load_settings(redact="email=drop")) is None
