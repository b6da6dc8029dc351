"""The style, the guide and the saved queries for Neo4j Browser, and the server that gives them to it."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser
from test_stores import couple

from graphwright.flows.browser_server import browser_server
from graphwright.flows.cli import run
from graphwright.pipeline.browser.pages import HOME, pages, saved_queries
from graphwright.pipeline.schema import load_schema
from graphwright.pipeline.sinks.cypher_names import LABELS, OWN_LABELS, OWN_TYPES
from graphwright.pipeline.sinks.opening import open_store

STYLE = pages()["/graphwright.grass"].body.decode()
RULE = re.compile(r"(node|relationship)(?:\.(\w+))? \{((?:'[^']*'|[^{}'])*)\}")
MARKERS = {"Pending"}
"""Labels that nodes have beside one that the style knows."""


def rules(kind: str) -> dict[str, dict[str, str]]:
    """Selector -> its properties, of one kind."""
    found = {}
    for rule_kind, selector, body in RULE.findall(STYLE):
        if rule_kind == kind:
            pairs = (line.split(":", 1) for line in body.split(";") if line.strip())
            found[selector] = {name.strip(): value.strip().strip("'") for name, value in pairs}
    return found


def test_the_style_is_nothing_but_rules() -> None:
    assert RULE.sub("", STYLE).strip() == ""
    assert all(set(found) >= {"color"} for kind in ("node", "relationship") for found in rules(kind).values())


def test_every_label_has_a_caption_and_a_colour_of_its_own() -> None:
    styled = rules("node")
    assert set(styled) == {"", *LABELS.values(), *OWN_LABELS - MARKERS}
    assert all("{" in found["caption"] for label, found in styled.items() if label)
    assert all(styled[label]["caption"] == "{name}" for label in LABELS.values())
    colours = [styled[LABELS[label]]["color"] for label in ("PER", "ORG", "LOC", "MISC")]
    assert len(set(colours)) == 4


def test_every_edge_of_the_schema_has_the_colour_of_what_it_leads_to() -> None:
    styled = rules("relationship")
    edges = {item.edge: item.range for item in load_schema().properties.values() if not item.literal}
    assert set(styled) == {"", *OWN_TYPES, *edges}
    colours: dict[str, set[str]] = {}
    for edge, leads_to in edges.items():
        first = next(label for label in ("PER", "ORG", "LOC", "MISC") if label in leads_to)
        colours.setdefault(first, set()).add(styled[edge]["color"])
    assert [len(found) for found in colours.values()] == [1, 1, 1, 1]
    assert all(found["caption"] == "<type>" for found in styled.values())


def test_every_query_is_in_the_guide_once_and_asks_a_question() -> None:
    guide = pages()["/guide.md"].body.decode()
    queries = saved_queries()
    assert len(queries) >= 20
    for name, text in queries.items():
        assert guide.count(text.strip()) == 1, name
        assert re.match(r"// [^\n]+\n", text), name
        assert text.count(";") == 1, name
    assert "](queries/" not in guide


def test_the_guide_is_slides_with_runnable_code() -> None:
    guide = pages()["/guide.md"].body.decode()
    page = LexborHTMLParser(pages()["/guide.html"].body.decode())
    slides = page.css("article.guide carousel slide")
    assert len(slides) == guide.count("\n---\n") + 1
    assert all(slide.css_first("h1") for slide in slides)
    runnable = [item.text() for item in page.css("pre.runnable")]
    assert runnable[0] == f":style {HOME}/graphwright.grass"
    assert {text.strip() for text in saved_queries().values()} <= set(runnable)


@pytest.fixture
def address() -> Iterator[str]:
    with browser_server("127.0.0.1", 0) as (server, found):
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield found
        server.shutdown()
        thread.join()


def answer(address: str, method: str, path: str) -> tuple[HTTPResponse, str]:
    connection = HTTPConnection("127.0.0.1", urlsplit(address).port or 0, timeout=10)
    asked = {"Origin": "http://localhost:7474", "Access-Control-Request-Headers": "cache-control,pragma"}
    connection.request(method, path, headers=asked)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response, text


def test_pages_are_served_to_other_origins(address: str) -> None:
    for path, page in pages(address).items():
        response, text = answer(address, "GET", path)
        assert (response.status, response.headers["Content-Type"]) == (200, page.type)
        assert text == page.body.decode()
        assert response.headers["Access-Control-Allow-Origin"] == "*"
    response, text = answer(address, "HEAD", "/guide.html?now")
    assert (response.status, text) == (200, "")
    response, _ = answer(address, "OPTIONS", "/guide.html")
    assert (response.status, response.headers["Access-Control-Allow-Headers"]) == (204, "*")


def test_the_guide_names_the_address_that_it_comes_from(address: str) -> None:
    assert address != HOME
    for path in ("/guide.md", "/guide.html"):
        _, text = answer(address, "GET", path)
        assert f":style {address}/graphwright.grass" in text
        assert HOME not in text


@pytest.mark.parametrize("path", ["/nowhere", "/../pyproject.toml", "/queries/", "/queries/%2e%2e/pages.py", "//etc"])
def test_other_paths_are_none(address: str, path: str) -> None:
    response, text = answer(address, "GET", path)
    assert response.status == 404
    assert "/guide.html" in text
    assert answer(address, "POST", "/guide.html")[0].status == 501


def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert run(["serve", "--port", str(taken.getsockname()[1])]) == 3
    assert "--port" in capsys.readouterr().err
    assert run(["serve", "--host", "nowhere.invalid"]) == 3
    assert run(["serve", "--to", "graph"]) == 2


def test_a_query_may_be_a_file_or_the_name_of_a_saved_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with open_store("graph.ttl") as store:
        store.replace([couple("a")])
    Path("count.rq").write_text("SELECT (COUNT(*) AS ?n) WHERE { ?s a gw:Statement }", encoding="utf-8")
    assert run(["query", "graph.ttl", "count.rq", "--csv"]) == 0
    assert capsys.readouterr().out.split() == ["n", "1"]
    assert run(["query", "graph.ttl", "nothing.rq"]) == 2
    assert "about.cypher" in capsys.readouterr().err
    assert run(["query", "graph.ttl", "about.cypher"]) == 2, "which is Cypher"
    assert "nothing.rq" not in capsys.readouterr().err


def test_serve_says_what_to_type_and_ends_in_peace() -> None:
    command = [sys.executable, "-c", "from graphwright.flows.cli import main; main()", "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        lines = [process.stderr.readline() for _ in range(3)]
        address = lines[1].split()[1].removesuffix("/graphwright.grass")
        assert f":play {address}/guide.html" in lines[2]
        assert answer(address, "GET", "/guide.html")[0].status == 200
        process.send_signal(2)
        rest = process.stderr.read()
        assert process.wait(30) == 0
    assert rest == ""
