"""The real Neo4j Browser in a real Chromium: the style, the guide, and a picture with names on its nodes.

``SCREENSHOT=docs/neo4j-browser.png`` keeps the picture that README shows.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from services.chromium import NoBrowserHereError, chromium_page
from services.neo4j_server import Neo4jServer

from graphwright.flows.browser_server import browser_server
from graphwright.pipeline.browser.pages import saved_queries

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]

SIZE = (1440, 700)
EDITOR_BEGINS = """begin => {
    const text = document.querySelector("#monaco-main-editor .view-lines").textContent.replace(/\\s/g, "")
    return begin ? text.startsWith(begin) : text === ""
}"""
PERSON = "#4C8EDA"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where graphwright serves its pages."""
    with browser_server("127.0.0.1", 0) as (server, found):
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield found
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Page]:
    with ExitStack() as stack:
        try:
            page = stack.enter_context(chromium_page(*SIZE))
        except NoBrowserHereError as error:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(str(error))
        yield page


@pytest.fixture
def browser(chromium: Page, example_server: Neo4jServer, address: str) -> Page:
    """Neo4j Browser as a new user finds it, logged in, with our style."""
    server = example_server
    if server.http is None:
        pytest.skip("the server of NEO4J_URI may have no Browser; the tests' own has one")
    chromium.context.clear_cookies()
    chromium.goto(f"{server.http}/browser/")
    chromium.evaluate("localStorage.clear()")
    chromium.reload()
    chromium.get_by_test_id("boltaddress").fill(server.uri.partition("://")[2])
    chromium.get_by_test_id("username").fill(server.username)
    chromium.get_by_test_id("password").fill(server.password)
    chromium.get_by_test_id("connect").click()
    chromium.get_by_test_id("frameCommand").filter(has_text=":server connect").or_(
        chromium.get_by_test_id("frameCommand").filter(has_text=":play start")
    ).first.wait_for()
    chromium.get_by_text("we collect information on product usage").locator("xpath=following-sibling::span").click()
    typed(chromium, ":clear")
    typed(chromium, f":style {address}/graphwright.grass")
    typed(chromium, ":style")
    chromium.get_by_text(PERSON).first.wait_for()
    typed(chromium, ":clear")
    return chromium


def typed(page: Page, command: str) -> None:
    """Type a command or query into the editor and run it, each step when the one before has happened."""
    page.locator("#monaco-main-editor").click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.wait_for_function(EDITOR_BEGINS, arg="")
    page.keyboard.insert_text(command)
    page.wait_for_function(EDITOR_BEGINS, arg="".join(command.split())[:40])
    page.get_by_test_id("editor-Run").click()
    page.wait_for_function(EDITOR_BEGINS, arg="")


def captions(page: Page) -> list[str]:
    """What is written on the nodes of the picture; long names stand on several lines."""
    nodes = page.locator("g.node").all()
    return [" ".join(" ".join(node.locator("text").all_text_contents()).split()) for node in nodes]


def settled(page: Page) -> None:
    """Wait until the nodes stand still, and bring all of them into view."""
    places: list[str | None] = []
    while places != (places := [node.get_attribute("transform") for node in page.locator("g.node").all()]):
        page.wait_for_timeout(1000)
    page.get_by_label("Collapse the node properties display").click()
    page.get_by_label("zoom-to-fit").click()
    page.wait_for_timeout(1500)


def kept_small(picture: bytes, path: Path) -> None:
    """Write a screenshot with a palette of its own."""
    with Image.open(BytesIO(picture)) as image:
        image.convert("RGB").quantize(method=Image.Quantize.MAXCOVERAGE).save(path, optimize=True)


def test_the_guide_opens_in_a_frame_and_beside_the_editor(browser: Page, address: str) -> None:
    typed(browser, f":play {address}/guide.html")
    frame = browser.get_by_test_id("frame").filter(has_text=":play").first
    frame.get_by_role("heading", name="A graph of facts").wait_for()
    assert frame.locator("pre.runnable").first.text_content() == f":style {address}/graphwright.grass"
    frame.get_by_text(re.compile(r"1\s*/\s*8")).wait_for()
    typed(browser, ":clear")
    typed(browser, f":guide {address}/guide.html")
    drawer = browser.get_by_test_id("guidesDrawer")
    drawer.get_by_role("heading", name="A graph of facts").wait_for()
    drawer.get_by_test_id("guideNextSlide").click()
    drawer.get_by_role("heading", name="What do we know of somebody?").wait_for()
    drawer.locator("pre.runnable").nth(2).click()
    browser.get_by_test_id("editor-Run").click()
    browser.locator("g.node").first.wait_for()
    assert "London" in captions(browser)


def test_a_query_shows_names_on_nodes_in_the_colour_of_their_type(browser: Page, address: str, tmp_path: Path) -> None:
    typed(browser, f":guide {address}/guide.html")
    browser.get_by_test_id("pagination-2").click()
    typed(browser, saved_queries()["about-picture.cypher"])
    browser.locator("g.node").first.wait_for()
    shown = captions(browser)
    assert {"London", "World War II", "Joan Clarke"} <= set(shown)
    assert all(re.search(r"[A-Za-z]{2}", name) for name in shown)
    assert not any("urn:" in name or "wikidata" in name for name in shown)
    turing = browser.locator("g.node").filter(has_text="Turing").first
    assert str(turing.locator("circle.b-outline").get_attribute("fill")).upper() == PERSON
    assert browser.locator("g.relationship").filter(has_text="EDUCATED_AT").count() >= 3
    settled(browser)
    picture = Path(os.environ.get("SCREENSHOT") or tmp_path / "picture.png")
    kept_small(browser.screenshot(), picture)
    assert picture.stat().st_size < 200_000
