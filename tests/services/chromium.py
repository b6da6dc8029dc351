"""A real Chromium for the tests: Debian's, driven by Playwright, with no way out of this machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

NAMES = ("chromium", "chromium-browser", "google-chrome")
WAIT_SECONDS = 120
LOCAL = frozenset({"localhost", "127.0.0.1"})


class NoBrowserHereError(Exception):
    """No Chromium is installed; the message says what to do."""


@contextmanager
def chromium_page(width: int, height: int) -> Iterator[Page]:
    """An empty page of a window of so many pixels."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        raise NoBrowserHereError("Neo4j Browser needs a Chromium to run in: install Debian's package chromium")
    with sync_playwright() as playwright:
        # root has no sandbox, and what is loaded comes from this machine
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(1000 * WAIT_SECONDS)
        page.route("**", _stay_here)
        yield page
        browser.close()


def _stay_here(route: Route) -> None:
    address = urlsplit(route.request.url)
    if address.scheme in ("http", "https") and address.hostname not in LOCAL:
        route.abort()
    else:
        route.continue_()
