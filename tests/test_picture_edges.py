"""The network that ships, from documents to edges: a flag and a logo are named, a picture of neither is not."""

import time

import numpy as np
import pytest
from picture_documents import Placed, write_docx, write_html, write_pdf
from PIL import Image, ImageDraw
from sklearn.datasets import load_sample_image

from graphwright.flows.building import annotate_file, build_corpus
from graphwright.flows.looking import looker_of, weights
from graphwright.flows.settings import Settings, load_settings
from graphwright.models.pictures.runtime import TOLD, load_pictures
from graphwright.models.shipped import read_card
from graphwright.pipeline.graph import Statement
from graphwright.pipeline.interchange import read_annotated
from graphwright.pipeline.pictures.depicted import DEPICTS
from graphwright.pipeline.sinks.opening import open_store

FRANCE, TARGET = "Q142", "Q1046951"
WRITERS = {"pdf": write_pdf, "docx": write_docx, "html": write_html}
WANTED = {
    "pdf": [(FRANCE, 1, (100, 150, 300, 283)), (TARGET, 2, (50, 200, 200, 350))],
    "docx": [(FRANCE, 1, (0, 0, 200, 133)), (TARGET, 2, (0, 0, 150, 150))],
    "html": [(FRANCE, 1, (0, 0, 200, 133)), (TARGET, 1, (0, 0, 150, 150))],
}


def tricolour() -> Image.Image:
    image = Image.new("RGB", (300, 200), (255, 255, 255))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 99, 199), fill=(0, 38, 84))
    draw.rectangle((200, 0, 299, 199), fill=(206, 17, 38))
    return image


def rings() -> Image.Image:
    """Two red rings around a dot, as a chain of shops has them over its doors."""
    image = Image.new("RGB", (240, 240), (255, 255, 255))
    draw = ImageDraw.Draw(image)
    for radius, colour in ((115, (204, 0, 0)), (77, (255, 255, 255)), (39, (204, 0, 0))):
        draw.ellipse((120 - radius, 120 - radius, 120 + radius, 120 + radius), fill=colour)
    return image


def photograph() -> Image.Image:
    return Image.fromarray(load_sample_image("china.jpg"))


def three() -> list[Placed]:
    return [
        Placed("Ada Lovelace was born in London.", tricolour(), (100, 150, 300, 283)),
        Placed("She married William King.", rings(), (50, 200, 200, 350)),
        Placed("A photograph of a garden follows.", photograph(), (100, 150, 400, 350)),
    ]


def settings_for(target: str, **more: object) -> Settings:
    return load_settings(target=target, annotator="fakes:gazetteer", **more)


def depicts(target: str) -> list[Statement]:
    with open_store(target) as store:
        return [item for item in store.statements() if item.predicate == DEPICTS]


@pytest.mark.parametrize("kind", WRITERS)
def test_the_right_two_edges_with_page_and_box_and_none_for_the_third(tmp_path, kind):
    path = WRITERS[kind](tmp_path / f"report.{kind}", three())
    built = build_corpus([str(path)], settings_for(str(tmp_path / "graph")))
    found = depicts(str(tmp_path / "graph"))
    regions = sorted(
        (evidence.region.page, item.object, evidence.region.box) for item in found for evidence in item.evidence
    )
    wanted = sorted((page, f"http://www.wikidata.org/entity/{key}", box) for key, page, box in WANTED[kind])
    assert regions == wanted
    assert {item.band for item in found} == {"keep"}
    assert ("picture", "shows nothing that is known", 1) in built.report.ledger


def test_pictures_change_nothing_that_texts_say_and_can_be_left_out(tmp_path):
    path = write_html(tmp_path / "report.html", three())
    digests = {}
    for name, wanted in (("with", True), ("without", False)):
        settings = settings_for(str(tmp_path / name), pictures=wanted)
        build_corpus([str(path)], settings)
        with open_store(settings.target) as store:
            digests[name] = [item for item in store.statements() if item.predicate != DEPICTS]
    assert digests["with"] == digests["without"] != []
    assert depicts(str(tmp_path / "without")) == []
    assert len(depicts(str(tmp_path / "with"))) == 2


def test_annotate_tells_what_pictures_show(tmp_path):
    path = write_docx(tmp_path / "report.docx", three())
    annotate_file(str(path), tmp_path / "out.jsonl", settings_for("graph"))
    [annotated] = read_annotated(tmp_path / "out.jsonl")
    assert [item.kb_id for item in annotated.document.depictions] == [FRANCE, TARGET]


def test_photographs_show_nothing_that_is_known():
    chance, looker = np.random.default_rng(5), looker_of(load_settings())
    assert looker
    crops = []
    for name in ("china.jpg", "flower.jpg"):
        whole = Image.fromarray(load_sample_image(name))
        for _ in range(50):
            left, top = (int(chance.integers(0, size - 160)) for size in whole.size)
            side = int(chance.integers(80, 160))
            crops.append(whole.crop((left, top, left + side, top + side)))
    kept = sum(bool(seen) and seen[0].score >= 0.5 for seen in looker.look(crops))
    assert kept <= 10


def test_what_a_picture_shows_does_not_depend_on_what_is_looked_at_with_it():
    looker = looker_of(load_settings())
    assert looker
    together = looker.look([tricolour(), rings(), photograph()] * 30)
    assert [item[0].name for item in together[:2]] == ["France", "Target"]
    for alone, among in zip((tricolour(), rings()), together, strict=False):
        [seen] = looker.look([alone])
        assert [(item.kb_id, round(item.score, 2)) for item in seen] == [(i.kb_id, round(i.score, 2)) for i in among]
    assert TOLD < 0.5


def test_the_card_has_the_figures_and_a_class_for_each_answer():
    card, network = read_card(weights()), load_pictures(weights())
    assert network.classes[0] is None
    assert len({item.kb_id for item in network.classes if item}) == len(network.classes) - 1
    assert card["scores"]["flags_top1"] > 0.8
    assert card["scores"]["logos_f1"] > 0.8


@pytest.mark.slow
def test_many_pictures_a_second():
    network = load_pictures(weights())
    pictures = np.random.default_rng(1).integers(0, 255, (1500, *network.shape), dtype=np.uint8)
    started = time.process_time()
    network.probabilities(pictures)
    assert 1500 / (time.process_time() - started) > 300
