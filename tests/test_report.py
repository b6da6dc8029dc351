from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_graph import PREDICATES, MemoryStore, contribution, small_graph
from selectolax.lexbor import LexborHTMLParser, LexborNode

from graphwright.pipeline.errors import StoreError
from graphwright.pipeline.graph import Evidence
from graphwright.pipeline.report import MOST_FACTS, best_facts, select, write_report
from graphwright.pipeline.report_facts import link_to, marked, short
from graphwright.pipeline.schema import load_schema
from graphwright.pipeline.sinks.opening import open_store

if TYPE_CHECKING:
    from graphwright.pipeline.sinks.store import Store

HOSTILE = '</script><script>alert("x")</script><img src=x onerror=alert(1)>'


def write(store: Store, path: Path, title: str) -> None:
    selection = select(store.statements(), load_schema().properties)
    write_report(store, path, selection, store.digest(), title=title, schema_names=PREDICATES)


def page_of(store: MemoryStore, path: Path, title: str = "A small graph") -> LexborHTMLParser:
    write(cast("Store", store), path, title)
    return LexborHTMLParser(path.read_text("utf-8"))


def row(page: LexborHTMLParser, group: str, words: str) -> LexborNode:
    """The one fact of a group whose line reads so."""
    [found] = [item for item in page.css(f"#{group} .fact") if line(item) == words]
    return found


def line(fact: LexborNode) -> str:
    node = fact.css_first(".triple")
    assert node is not None
    return " ".join(node.text().split())


def marks(node: LexborNode) -> list[tuple[str, str]]:
    return [(mark.attributes["class"] or "", mark.text()) for mark in node.css("mark")]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> LexborHTMLParser:
    return page_of(small_graph(), tmp_path_factory.mktemp("report") / "report.html")


def test_header_counts_what_the_store_holds(page: LexborHTMLParser) -> None:
    store = small_graph()
    kept = sum(
        statement.band == "keep" and "asserted" in {e.assertion for e in statement.evidence}
        for statement in store.statements()
    )
    shown = dict(
        zip([n.text() for n in page.css(".counts dt")], [n.text() for n in page.css(".counts dt + dd")], strict=True)
    )
    assert shown["documents"] == str(len(store.documents()))
    assert shown["entities"] == str(len(list(store.nodes())))
    assert shown["facts"] == str(kept)
    assert store.digest() in page.css_first(".digest").text()


def test_every_statement_is_on_the_page_once(page: LexborHTMLParser) -> None:
    ids = [node.attributes["id"] for node in page.css(".fact")]
    assert sorted(ids) == sorted(f"f-{statement.id}" for statement in small_graph().statements())


def test_evidence_marks_both_ends(page: LexborHTMLParser) -> None:
    fact = row(page, "kept", "Marie Curie place of birth Warsaw")
    assert marks(fact) == [("head", "Marie Curie"), ("tail", "Warsaw")]
    assert fact.css_first(".evidence p").text() == "Marie Curie was born as Maria Skłodowska in Warsaw."


def test_tail_may_come_before_head(page: LexborHTMLParser) -> None:
    fact = row(page, "unasserted", "Yahoo parent organization Microsoft")
    assert marks(fact) == [("tail", "Microsoft"), ("head", "Yahoo")]


def test_review_and_unasserted_facts_stand_apart_with_their_reason(page: LexborHTMLParser) -> None:
    review = row(page, "review", "Herman Hollerith employer IBM")
    assert "too low to keep" in review.css_first(".reason").text()
    denied = row(page, "unasserted", "Nikola Tesla award received Nobel Prize in Physics")
    assert "attributed, negated" in denied.css_first(".reason").text()
    assert len(denied.css(".evidence")) == 2
    assert not [item for item in page.css("#kept .fact") if item.css_first(".reason")]


def test_a_fact_of_two_documents_shows_both_and_contrary_evidence_last(tmp_path: Path) -> None:
    lines = (
        ["P26 PER PER: [Ann] married {Ben}."],
        ["P26 PER PER negated: [Ann] never married {Ben}."],
        ["P26 PER PER: Then [Ann] took {Ben} as her husband."],
    )
    store = MemoryStore([contribution(f"{number}.txt", item) for number, item in enumerate(lines)])
    fact = row(page_of(store, tmp_path / "r.html"), "kept", "Ann spouse Ben")
    assert fact.css_first(".support").text() == "2 docs"
    assert [bool(item.css(".warn")) for item in fact.css(".evidence")] == [False, False, True]


def test_who_reports_a_fact_is_named(tmp_path: Path) -> None:
    entry = contribution("a.txt", ["P26 PER PER attributed: According to <Eve>, [Ann] married {Ben}."])
    fact = entry.facts[0]
    told = replace(fact, evidence=replace(fact.evidence, said_by="<Eve>"))
    store = MemoryStore([replace(entry, facts=(told,))])
    shown = row(page_of(store, tmp_path / "r.html"), "unasserted", "Ann spouse Ben")
    assert shown.css_first(".evidence .warn").text() == 'attributed to "<Eve>"'


def test_contradictions_show_both_sides_with_their_evidence(tmp_path: Path) -> None:
    store = MemoryStore(
        [
            contribution("first.txt", ["P19 PER LOC: [Marie Curie] was born in {Warsaw}."]),
            contribution("second.txt", ["P19 PER LOC: [Marie Curie] was born in {Paris}."]),
        ]
    )
    page = page_of(store, tmp_path / "report.html")
    [found] = page.css("#contradictions .contradiction")
    assert "Marie Curie" in found.css_first("h3").text()
    sides = [" ".join(side.text().split()) for side in found.css(".side")]
    assert sorted("Paris" in side for side in sides) == [False, True]
    assert all("first.txt" in side or "second.txt" in side for side in sides)
    assert marks(found.css(".side")[0])[0] == ("head", "Marie Curie")


def test_where_nothing_contradicts_nothing_is_said_of_it(page: LexborHTMLParser) -> None:
    assert page.css("#contradictions") == []


def test_an_end_outside_the_sentence_is_said_to_be_elsewhere(tmp_path: Path) -> None:
    entry = contribution("a.txt", ["P26 PER PER: [Ann] married {Ben}."])
    fact = entry.facts[0]
    moved = replace(fact, evidence=replace(fact.evidence, tail=(400, 403)))
    shown = row(page_of(MemoryStore([replace(entry, facts=(moved,))]), tmp_path / "r.html"), "kept", "Ann spouse Ben")
    assert marks(shown) == [("head", "Ann")]
    assert "object named elsewhere" in shown.css_first(".evidence footer").text()


def test_entities_have_type_aliases_and_wikidata_link(page: LexborHTMLParser) -> None:
    [curie] = [item for item in page.css(".entity") if item.css_first("th").text() == "Marie Curie"]
    cells = [cell.text() for cell in curie.css("td")]
    assert cells == ["person", "Curie", "6", "Q7186"]
    assert curie.css_first("a").attributes["href"] == "https://www.wikidata.org/wiki/Q7186"
    assert len(page.css(".entity")) == len(list(small_graph().nodes()))


def test_picture_joins_entities_of_the_page(page: LexborHTMLParser) -> None:
    picture = json.loads(page.css_first("#picture").text())
    keys = {node["key"] for node in picture["nodes"]}
    assert keys <= {item.attributes["id"] for item in page.css(".entity")}
    assert {key for edge in picture["edges"] for key in (edge["from"], edge["to"])} == keys
    names = {node["key"]: node["name"] for node in picture["nodes"]}
    assert ("Turkey", "Ankara") in {(names[edge["from"]], names[edge["to"]]) for edge in picture["edges"]}
    assert "Istanbul" not in names.values()


@pytest.mark.parametrize("place", ["name", "title", "source", "predicate"])
def test_hostile_text_arrives_as_text(tmp_path: Path, place: str) -> None:
    name = HOSTILE if place == "name" else "Ann"
    entry = contribution(HOSTILE if place == "source" else "a.txt", [f"P26 PER PER: [{name}] married {{Ben}}."])
    if place == "predicate":
        entry = replace(entry, facts=(replace(entry.facts[0], predicate=HOSTILE),))
    page = page_of(MemoryStore([entry]), tmp_path / "r.html", title=HOSTILE if place == "title" else "t")
    assert len(page.css("script")) == 2
    assert not page.css("img")
    assert HOSTILE in page.css_first("body").text() or HOSTILE in page.css_first("title").text()


def test_only_the_own_script_may_run_and_nothing_is_fetched(page: LexborHTMLParser) -> None:
    script = page.css("script")[-1].text()
    allowed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = page.css_first("meta[http-equiv=Content-Security-Policy]").attributes["content"] or ""
    assert f"script-src 'sha256-{allowed}'" in policy
    assert policy.startswith("default-src 'none'")
    assert not page.css("[src]")
    assert [link.attributes["href"] for link in page.css("link")] == ["data:,"]
    assert not re.search(r"url\((?!#arrow)|@import|onclick=", page.html or "")


def test_controls_have_names_and_headings_are_in_order(page: LexborHTMLParser) -> None:
    for field in page.css("input, select"):
        assert field.parent is not None
        assert field.parent.tag == "label"
    assert [node.tag for node in page.css("h1, h2, h3")] == ["h1"] + ["h2"] * 5
    assert page.css_first("html").attributes["lang"] == "en"


def test_a_big_graph_shows_the_best_supported_and_says_so(tmp_path: Path) -> None:
    most = MOST_FACTS["kept"]
    lines = [
        f"P26 PER PER: [Person Number {n}] married {{Somebody Called {n}}} in a long sentence about it."
        for n in range(most + 50)
    ]
    twice = contribution("second.txt", [lines[7]])
    path = tmp_path / "r.html"
    page = page_of(MemoryStore([contribution("first.txt", lines), twice]), path)
    assert len(page.css("#kept .fact")) == most
    assert f"The {most} best-supported of {most + 50} are shown." in page.css_first("#kept .explanation").text()
    assert line(page.css("#kept .fact")[0]) == "Person Number 7 spouse Somebody Called 7"
    assert path.stat().st_size < 3_000_000


def test_an_empty_graph_is_a_page_too(tmp_path: Path) -> None:
    page = page_of(MemoryStore([]), tmp_path / "new" / "r.html")
    assert [item.text() for item in page.css("#kept .list")] == ["None."]


def test_same_graph_same_bytes(tmp_path: Path) -> None:
    store = small_graph()
    page_of(store, tmp_path / "a.html")
    page_of(MemoryStore(store.contributions[::-1]), tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_a_place_that_cannot_be_written_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot write the report"):
        page_of(small_graph(), tmp_path / "file" / "r.html")


def test_best_facts_are_the_best_supported_and_one_for_each_pair() -> None:
    store = small_graph()
    again = contribution("other.txt", ["P36 LOC LOC: Everybody knows that {Tbilisi} is the capital of [Georgia]."])
    both = cast("Store", MemoryStore([*store.contributions, again]))
    facts = best_facts(both, select(both.statements()), 10, PREDICATES)
    assert len(facts) == 10
    assert (facts[0].subject, facts[0].predicate, facts[0].object) == ("Georgia", "capital", "Tbilisi")
    assert facts[0].documents == 2
    assert {item.source for item in facts[0].evidence} == {"other.txt", "corpus/georgia.txt"}
    assert len({frozenset({fact.subject, fact.object}) for fact in facts}) == 10
    assert all(fact.band == "keep" and fact.evidence[0].assertion == "asserted" for fact in facts)


SPANS = st.tuples(st.integers(0, 30), st.integers(1, 12)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(text=st.text(min_size=1, max_size=24), head=SPANS, tail=SPANS, start=st.integers(0, 9))
def test_marking_keeps_the_text_and_cuts_at_the_spans(
    text: str, head: tuple[int, int], tail: tuple[int, int], start: int
) -> None:
    sentence = (start, start + len(text))
    pieces = marked(Evidence("e", "d", head, tail, sentence, text, 1.0, "asserted", "keep", "m"))
    assert "".join(piece.text for piece in pieces) == text
    for role, (first, last) in (("head", head), ("tail", tail)):
        held = "".join(piece.text for piece in pieces if role in piece.role.split())
        inside = sentence[0] <= first and last <= sentence[1]
        assert held == (text[first - start : last - start] if inside else "")


def test_links_go_to_the_web_and_to_files_that_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a b#c.txt").write_text("x")
    (tmp_path / "rows.jsonl").write_text("x")
    page = tmp_path / "graph"
    monkeypatch.chdir(tmp_path)
    assert link_to("https://example.org/a", page) == "https://example.org/a"
    assert link_to((tmp_path / "rows.jsonl").as_uri() + "#3", page) == "../rows.jsonl"
    assert link_to((tmp_path / "a b#c.txt").as_uri(), page) == "../a%20b%23c.txt"
    assert link_to((tmp_path / "gone.txt").as_uri(), page) == ""
    assert link_to("a b#c.txt", page) == "../a%20b%23c.txt"
    assert link_to("javascript:alert(1)", page) == ""
    assert link_to("no-such-file.txt", page) == ""
    assert link_to("x" * 5000, page) == ""
    assert link_to("a\0b", page) == ""
    assert link_to("http://[broken", page) == ""


def test_sources_are_shortened_only_where_they_are_local() -> None:
    assert short("file:///post/letters/mail%20box.mbox#3") == "letters/mail box.mbox#3"
    assert short("https://example.org/a/b/c") == "https://example.org/a/b/c"


def test_a_page_made_from_a_real_store_is_the_same(tmp_path: Path) -> None:
    held = small_graph()
    with open_store(str(tmp_path / "graph")) as store:
        store.replace(held.contributions)
        store.resolve(held.assignment)
        write(store, tmp_path / "real.html", "t")
    write(cast("Store", held), tmp_path / "held.html", "t")
    assert (tmp_path / "real.html").read_text("utf-8") == (tmp_path / "held.html").read_text("utf-8")
