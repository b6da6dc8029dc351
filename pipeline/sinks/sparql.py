"""The graph behind any SPARQL 1.1 endpoint: https://www.w3.org/TR/sparql11-protocol/.

A batch is one update request, which the common servers run as one transaction; writers take turns (``sparql_turns``).
The endpoint is the one for queries; the one for updates is its sibling ``update`` (Fuseki, Oxigraph) or ``statements``
(RDF4J, GraphDB), else the same.
"""

from __future__ import annotations

import base64
import http.client
import re
import ssl
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

import pyoxigraph as ox
from pyoxigraph import Quad, QueryResultsFormat, RdfFormat

from graphwright.pipeline.errors import OvertakenError, StoreError, UsageError
from graphwright.pipeline.graph import Contribution
from graphwright.pipeline.resolution.decisions import Decision
from graphwright.pipeline.sinks.rdf import VERSION_LINE, RdfStore, check_version
from graphwright.pipeline.sinks.rdf_queries import Row
from graphwright.pipeline.sinks.rdf_terms import text_of
from graphwright.pipeline.sinks.sparql_text import plain, table, update_text
from graphwright.pipeline.sinks.sparql_turns import FIRST, LAST, after, in_turn
from graphwright.pipeline.sinks.store import Pending, Table
from graphwright.pipeline.vocabulary import GW, PREFIXES, STORE_GRAPH

T = TypeVar("T")

CONNECT_SECONDS: Final = 4.0
"""To reach the server, and for its first answer."""
WORK_SECONDS: Final = 300.0
"""For an answer to a query or an update."""
UNION: Final = "default-graph-uri=urn:x-arq:UnionGraph"
"""Asks a Jena whose default graph is empty for all graphs as one; then it knows none by name."""
QUERY: Final = "application/sparql-query"
RESULTS: Final = "application/sparql-results+json"
TRIPLES: Final = "application/n-triples"


class SparqlStore(RdfStore):
    """A ``Store`` at a SPARQL endpoint. A user and password may stand in the URL; ``read_only`` sends no update at all.

    Raises ``StoreError`` within 5 s where nothing answers, or what answers is no SPARQL endpoint or of another version.
    """

    def __init__(self, url: str, *, update_url: str | None = None, read_only: bool = False) -> None:
        quads = EndpointQuads(url, update_url, read_only=read_only)
        if not check_version(quads, quads.target) and not read_only:
            quads.write((), [VERSION_LINE])
        super().__init__(quads)
        self._endpoint = quads
        self._seen: str | None = None  # the last write when ``pending`` was told

    def replace(self, contributions: Sequence[Contribution]) -> None:
        self._in_turn(lambda: super(SparqlStore, self).replace(contributions))

    def forget(self, documents: Collection[str]) -> int:
        return self._in_turn(lambda: super(SparqlStore, self).forget(documents))

    def decide(self, decisions: Collection[Decision], undone: Collection[str] = ()) -> None:
        self._in_turn(lambda: super(SparqlStore, self).decide(decisions, undone))

    def pending(self) -> Pending:
        self._seen = self._endpoint.last_write()
        return super().pending()

    def resolve(self, assignment: Mapping[str, str]) -> None:
        """As ``RdfStore.resolve``; nothing happens where somebody wrote since this store told what was pending."""
        with suppress(OvertakenError):
            self._endpoint.follow(self._seen)
            super().resolve(assignment)
        self._seen = None

    def quads(self) -> Iterator[Quad]:
        """All but the mark of the last write."""
        return (quad for quad in super().quads() if quad.predicate != GW.lastWrite)

    def _in_turn(self, work: Callable[[], T]) -> T:
        def attempt() -> T:
            self._endpoint.follow()
            return work()

        self._seen = None
        return in_turn(attempt, self._endpoint.target)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    type: str
    body: bytes


class EndpointQuads:
    """``Quads`` behind HTTP. One request at a time, each on its own connection.

    A write raises ``OvertakenError`` where another has come since the one that it is to ``follow``.
    """

    def __init__(self, url: str, update_url: str | None = None, *, read_only: bool = False) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"wanted the URL of a SPARQL endpoint, as http://host:3030/data/sparql; received {url}")
        self._credentials = _basic(parts)
        self.target = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        self._followed: str | None = None
        self._ask(self._query("ASK {}", RESULTS, CONNECT_SECONDS))
        self._update_url = update_url or (self.target if read_only else self._find_update_url())

    def select(self, query: str) -> Iterator[Row]:
        answer = self._ask(self._query(query, RESULTS))
        try:
            for solution in ox.parse_query_results(answer.body, QueryResultsFormat.JSON):  # type: ignore[union-attr]
                yield tuple(solution)
        except SyntaxError as error:
            raise StoreError(
                f"{self.target}: wanted SPARQL results in JSON; received {answer.type} ({error})"
            ) from error

    def write(self, removed: Collection[str], added: Collection[str]) -> None:
        followed, text = self._followed, update_text(removed, added)
        whole = f"{after(followed)} ;\n{text}" if followed else text
        answer = self._update(self._update_url, whole, WORK_SECONDS)
        if followed and answer.status >= 300 and self.last_write() != followed:
            raise OvertakenError
        self._ask(answer)

    def last_write(self) -> str | None:
        """The name of the last write that is known."""
        return next((text_of(name) for (name,) in self.select(LAST)), None)

    def follow(self, write: str | None = None) -> None:
        """Let what is written follow this write, or the last one, and no other."""
        self._followed = write or self.last_write()
        if self._followed is None:
            self._ask(self._update(self._update_url, FIRST, WORK_SECONDS))
            self._followed = self.last_write()

    def table(self, query: str) -> Table:
        prefixes = "".join(f"PREFIX {prefix}: <{namespace}> " for prefix, namespace in PREFIXES.items())
        url = self.target
        if not _names_graphs(query) and not self._shows_all():
            url += ("&" if "?" in url else "?") + UNION
        answer = self._send(url, QUERY, prefixes + query, f"{RESULTS}, {TRIPLES};q=0.9", WORK_SECONDS)
        if answer.status == 400:
            raise UsageError(f"wanted a SPARQL query that reads; {_words(answer)}")
        self._ask(answer)
        if "json" in answer.type:
            return table(ox.parse_query_results(answer.body, QueryResultsFormat.JSON))
        triples = ox.parse(answer.body, RdfFormat.from_media_type(answer.type) or RdfFormat.N_TRIPLES)
        rows = tuple((plain(item.subject), plain(item.predicate), plain(item.object)) for item in triples)
        return Table(("subject", "predicate", "object"), rows)

    def _shows_all(self) -> bool:
        """Whether what a query asks of no graph by name is asked of all."""
        return bool(list(self.select(f"SELECT ?v WHERE {{ {STORE_GRAPH} {GW.formatVersion} ?v }}")))

    def close(self, *, completed: bool) -> None:
        """Nothing is held open."""

    def _find_update_url(self) -> str:
        """The endpoint that takes an update of nothing."""
        candidates = [url for url in _siblings(self.target) if url != self.target]
        for url in [*candidates, self.target]:
            answer = self._update(url, "INSERT DATA {}", CONNECT_SECONDS)
            if answer.status < 300:
                return url
            if answer.status in (401, 403):
                self._ask(answer)
        tried = ", ".join([*candidates, self.target])
        raise StoreError(f"{self.target} takes no updates (tried {tried}); name the endpoint for updates")

    def _query(self, text: str, accept: str, seconds: float = WORK_SECONDS) -> Answer:
        return self._send(self.target, QUERY, text, accept, seconds)

    def _update(self, url: str, text: str, seconds: float) -> Answer:
        return self._send(url, "application/sparql-update", text, "*/*", seconds)

    def _send(self, url: str, type: str, text: str, accept: str, seconds: float) -> Answer:
        headers = {"Content-Type": f"{type}; charset=utf-8", "Accept": accept, **self._credentials}
        try:
            return _post(urlsplit(url), text.encode(), headers, seconds)
        except (OSError, http.client.HTTPException) as error:
            said = str(error) or error.__class__.__name__
            raise StoreError(f"{url} does not answer ({said}); is the server running and the URL right?") from error

    def _ask(self, answer: Answer) -> Answer:
        """The answer, if it is one. Raises ``StoreError`` otherwise."""
        if answer.status in (401, 403):
            raise StoreError(f"{self.target} refused the user or password; write them as http://user:password@host/…")
        if answer.status == 404:
            raise StoreError(f"{self.target}: nothing is there (404); wanted a SPARQL endpoint")
        if answer.status >= 300:
            raise StoreError(f"{self.target} refused ({answer.status}): {_words(answer)}")
        return answer


def _post(url: SplitResult, body: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
    if url.scheme == "https":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            str(url.hostname), url.port, timeout=CONNECT_SECONDS, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(str(url.hostname), url.port, timeout=CONNECT_SECONDS)
    try:
        connection.connect()
        connection.sock.settimeout(seconds)
        path = urlunsplit(("", "", url.path or "/", url.query, ""))
        connection.request("POST", path, body, dict(headers))
        response = connection.getresponse()
        return Answer(response.status, response.getheader("Content-Type", ""), response.read())
    finally:
        connection.close()


def _names_graphs(query: str) -> bool:
    return bool(re.search(r"\b(graph|from)\b", query, re.IGNORECASE))


def _siblings(url: str) -> Iterator[str]:
    """Where common servers take updates, given where they take queries."""
    parts = urlsplit(url)
    folder, _, name = parts.path.rstrip("/").rpartition("/")
    if name in ("sparql", "query"):
        yield urlunsplit(parts._replace(path=f"{folder}/update"))
    elif "/repositories/" in parts.path:
        yield urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/statements"))


def _basic(url: SplitResult) -> dict[str, str]:
    if url.username is None:
        return {}
    pair = f"{unquote(url.username)}:{unquote(url.password or '')}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode("ascii")}


def _words(answer: Answer) -> str:
    """The first words of an error page, on one line."""
    return " ".join(answer.body[:2000].decode("utf-8", "replace").split())[:200]
