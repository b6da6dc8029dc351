"""Serving the pages for Neo4j Browser: read-only, from memory, open to pages of other addresses (CORS)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

from graphwright.pipeline.browser.pages import Page, pages
from graphwright.pipeline.errors import ConfigurationError

EVERYWHERE: Final = ("0.0.0.0", "::", "")
CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Allow-Private-Network": "true",
    "Access-Control-Max-Age": "600",
}
"""WHATWG Fetch, section 3.2, and Private Network Access: Neo4j Browser runs at another address and asks first."""


@contextmanager
def browser_server(host: str, port: int) -> Iterator[tuple[ThreadingHTTPServer, str]]:
    """(the server, its address); a port of 0 takes a free one. Raises ``ConfigurationError`` where it cannot listen."""
    try:
        server = ThreadingHTTPServer((host, port), _Handler)
    except (OSError, OverflowError) as error:
        raise ConfigurationError(
            f"cannot listen at {host}:{port} ({error}): give others by --host and --port"
        ) from None
    with server:
        named = "localhost" if host in (*EVERYWHERE, "127.0.0.1") else host
        address = f"http://{named}:{server.server_port}"
        server.pages = pages(address)  # type: ignore[attr-defined]
        yield server, address


class _Handler(BaseHTTPRequestHandler):
    """Answers from a fixed table of pages, so no path reaches the file system."""

    protocol_version = "HTTP/1.1"
    server_version = "graphwright"
    sys_version = ""

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_OPTIONS(self) -> None:
        self.send_response(204)
        self._end()

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing is written of who asked for what."""

    def _answer(self, *, with_body: bool) -> None:
        known: Mapping[str, Page] = self.server.pages  # type: ignore[attr-defined]
        page = known.get(urlsplit(self.path).path)
        self.send_response(200 if page else 404)
        found = page or Page("text/plain; charset=utf-8", "\n".join(["no such page; there are:", *known, ""]).encode())
        self.send_header("Content-Type", found.type)
        self.send_header("Content-Length", str(len(found.body)))
        self.send_header("Cache-Control", "no-cache")
        self._end()
        if with_body:
            self.wfile.write(found.body)

    def _end(self) -> None:
        for name, value in CORS.items():
            self.send_header(name, value)
        self.end_headers()
