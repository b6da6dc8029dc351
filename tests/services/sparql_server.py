"""A real SPARQL 1.1 endpoint on a real socket: Oxigraph behind the SPARQL protocol, as its own server answers."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyoxigraph as ox


@dataclass(slots=True)
class SparqlServer:
    """A server that runs; ``updates`` counts the updates it was sent."""

    port: int = 0
    store: ox.Store = field(default_factory=ox.Store)
    password: str | None = None
    updates: int = 0
    read_only: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/data/sparql"


@contextmanager
def sparql_server(password: str | None = None) -> Iterator[SparqlServer]:
    """A fresh endpoint for queries (``/data/sparql``) and updates (``/data/update``) until the block ends."""
    state = SparqlServer(password=password)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(state: SparqlServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, media, content = answer(state, self.path, self.headers.get("Authorization"), body)
            self.send_response(status)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def answer(state: SparqlServer, path: str, authorization: str | None, body: str) -> tuple[int, str, bytes]:
    """(status, content type, body) of one request."""
    if state.password is not None:
        wanted = "Basic " + base64.b64encode(f"user:{state.password}".encode()).decode()
        if authorization != wanted:
            return 401, "text/plain", b"who are you?"
    try:
        with state.lock:
            if path == "/data/update" and not state.read_only:
                state.updates += 1
                state.store.update(body)
                return 204, "text/plain", b""
            if path == "/data/sparql":
                return _result(state.store.query(body, use_default_graph_as_union=True))
    except (SyntaxError, ValueError) as error:
        return 400, "text/plain", str(error).encode()
    except RuntimeError as error:  # a graph is not there
        return 500, "text/plain", str(error).encode()
    return 404, "text/plain", b"nothing here"


def _result(result: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> tuple[int, str, bytes]:
    if isinstance(result, ox.QueryTriples):
        return 200, "application/n-triples", result.serialize(format=ox.RdfFormat.N_TRIPLES)
    return 200, "application/sparql-results+json", result.serialize(format=ox.QueryResultsFormat.JSON)
