"""Building knowledge bases: dumps in both layouts and all packings, updates, filters, bad input, and interruptions."""

from __future__ import annotations

import gzip
import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from dump_maker import SHARED_ALIAS, make_dump

from graphwright.flows.cli import run
from graphwright.pipeline.errors import ConfigurationError, StoreError
from graphwright.pipeline.kb import files, staging
from graphwright.pipeline.knowledge import KnowledgeBase
from graphwright.pipeline.knowledge_build import build_knowledge
from graphwright.pipeline.knowledge_starter import STARTER

ITEMS = 400


def snak(attribute: str, kind: str, value: object, **more: object) -> dict[str, Any]:
    data = {"value": value, "type": kind}
    main = {"snaktype": "value", "property": attribute, "datavalue": data}
    return {"mainsnak": main, "type": "statement", "rank": "normal", **more}


def item(number: int, labels: dict[str, str], claims: dict[str, list[Any]] | list[Any]) -> dict[str, Any]:
    terms = {code: {"language": code, "value": text} for code, text in labels.items()}
    return {"type": "item", "id": f"Q{number}", "labels": terms or [], "aliases": [], "claims": claims}


def link(attribute: str, number: int, **more: object) -> dict[str, Any]:
    return snak(attribute, "wikibase-entityid", {"entity-type": "item", "id": f"Q{number}"}, **more)


def write_dump(path: Path, items: list[dict[str, Any]]) -> Path:
    path.write_text("[\n" + ",\n".join(json.dumps(one) for one in items) + "\n]\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few items of which larger dumps are made."""
    reference = [{"hash": "a1", "snaks": {"P143": [link("P143", 328)["mainsnak"]]}, "snaks-order": ["P143"]}]
    claims = {
        "P569": [snak("P569", "time", {"time": "+1952-03-11T00:00:00Z", "precision": 11}, references=reference)],
        "P214": [snak("P214", "string", "113230702", references=reference)],
        "P1082": [snak("P1082", "quantity", {"amount": "+5200", "unit": "1"})],
    }
    labels = dict.fromkeys(("en", "de", "fr", "zh", "ru", "ar"), "Sample")
    return write_dump(tmp_path_factory.mktemp("sample") / "sample.json", [item(42, labels, claims)])


@pytest.fixture(scope="session")
def dump(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dump") / "dump.json"
    make_dump(sample, path, ITEMS)
    return path


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many chunks and commits in little input."""
    monkeypatch.setattr(files, "CHUNK_BYTES", 20_000)
    monkeypatch.setattr(staging, "COMMIT_BLOCKS", 2)


def content(path: Path) -> list[Any]:
    database = sqlite3.connect(path)
    found = [database.execute(f"SELECT * FROM {t}").fetchall() for t in ("entity", "name", "claim", "alias")]
    database.close()
    return found


def ids(path: Path, name: str) -> list[str]:
    base = KnowledgeBase.open(path)
    found = [candidate.entity.id for candidate in base.candidates(name)]
    base.close()
    return found


def write_lines(path: Path, records: list[Any]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_dumps_are_made_alike_by_equal_seeds(sample: Path, dump: Path, tmp_path: Path) -> None:
    for name, seed in (("same.json", 7), ("other.json", 8)):
        make_dump(sample, tmp_path / name, ITEMS, seed)
    assert (tmp_path / "same.json").read_bytes() == dump.read_bytes()
    assert (tmp_path / "other.json").read_bytes() != dump.read_bytes()


@pytest.mark.parametrize("suffix", ["json.gz", "json.bz2"])
def test_packing_changes_nothing(sample: Path, dump: Path, tmp_path: Path, suffix: str, small_chunks: None) -> None:
    make_dump(sample, tmp_path / f"dump.{suffix}", ITEMS)
    build_knowledge([str(tmp_path / f"dump.{suffix}")], tmp_path / "packed")
    info = build_knowledge([str(dump)], tmp_path / "plain")
    assert info.entities > ITEMS * 0.9
    assert info.claims > ITEMS
    assert content(tmp_path / "packed") == content(tmp_path / "plain")


def test_a_gzip_file_of_several_streams_with_padding(dump: Path, tmp_path: Path) -> None:
    data = dump.read_bytes()
    (tmp_path / "dump.json.gz").write_bytes(gzip.compress(data[:9000]) + gzip.compress(data[9000:]) + b"\0" * 512)
    assert build_knowledge([str(tmp_path / "dump.json.gz")], tmp_path / "out").complete
    build_knowledge([str(dump)], tmp_path / "plain")
    assert content(tmp_path / "out") == content(tmp_path / "plain")


@pytest.mark.slow
def test_processes_and_chunks_change_nothing(dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_knowledge([str(dump)], tmp_path / "one", updatable=True)
    build_knowledge([str(dump)], tmp_path / "two", updatable=True, processes=2)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    monkeypatch.setattr(files, "CHUNK_BYTES", 7_000)
    build_knowledge([str(dump)], tmp_path / "three")
    assert content(tmp_path / "one") == content(tmp_path / "three")


def test_both_layouts_of_a_dump(tmp_path: Path) -> None:
    old = item(7, {"en": "Old"}, {"P31": [snak("P31", "t", {"entity-type": "item", "numeric-id": 5})]})
    old["claims"]["P569"] = [snak("P569", "time", {"time": "+00000001906-12-09T00:00:00Z"})]
    old["claims"]["P1082"] = [snak("P1082", "quantity", {"amount": "+31.0"})]
    new = item(8, {"mul": "New"}, {"P31": [link("P31", 5), link("P31", 6, rank="deprecated")]})
    new["claims"]["P18"] = [{"mainsnak": {"snaktype": "somevalue", "property": "P18"}, "rank": "normal"}]
    things = [old, new, item(5, {"en": "human"}, []), item(6, {"en": "thing"}, []), item(9, {}, [])]
    info = build_knowledge([str(write_dump(tmp_path / "dump.json", things))], tmp_path / "out")
    base = KnowledgeBase.open(tmp_path / "out")
    first, second = base.entity("Q7"), base.entity("Q8")
    assert first is not None
    assert (first.label, first.year, first.population) == ("PER", 1906, 31)
    assert second is not None
    assert (second.name, second.claims) == ("New", (("P31", "Q5"),))
    assert (info.entities, info.bad) == (4, 0)


def test_the_first_language_names_and_its_variants_count(tmp_path: Path) -> None:
    things = [
        item(1, {"en": "Zhang Wei", "zh": "张伟", "de": "Anders"}, []),
        item(2, {"en": "Only English"}, []),
        item(3, {"zh-hant": "臺北"}, []),
    ]
    source = str(write_dump(tmp_path / "dump.json", things))
    build_knowledge([source], tmp_path / "zh", languages=("zh", "en"))
    assert [KnowledgeBase.open(tmp_path / "zh").names([n])[n] for n in (1, 2, 3)] == ["张伟", "Only English", "臺北"]
    assert ids(tmp_path / "zh", "Zhang Wei") == ["Q1"]
    assert ids(tmp_path / "zh", "Anders") == []
    assert build_knowledge([source], tmp_path / "only", languages=("zh",)).entities == 2


def test_a_class_is_kept_with_those_below_it(dump: Path, tmp_path: Path) -> None:
    places = build_knowledge([str(dump)], tmp_path / "places", types=["Q486972"])
    base = KnowledgeBase.open(tmp_path / "places")
    kinds = {kind for found in base.ids() if (entity := base.entity(found)) for kind in entity.types[:1]}
    assert {"city", "big city", "village"} <= kinds
    assert not kinds & {"human", "film", "business"}
    people = build_knowledge([str(dump)], tmp_path / "people", types=["Q5"])
    both = build_knowledge([str(dump)], tmp_path / "both", types=["Q5", "Q486972"])
    assert 0 < people.entities < ITEMS
    assert both.entities == people.entities + places.entities
    assert both.types == ("Q486972", "Q5")
    with pytest.raises(ConfigurationError, match="human"):
        build_knowledge([str(dump)], tmp_path / "out", types=["human"])


def test_an_update_equals_a_build_from_all(dump: Path, tmp_path: Path, small_chunks: None) -> None:
    more = write_lines(
        tmp_path / "more.jsonl",
        [{"id": "Q10001", "name": "Renamed", "claims": {"P17": ["Q77"]}}, {"id": "Q77", "name": "New"}, "bad"],
    )
    whole, step = tmp_path / "whole", tmp_path / "step"
    build_knowledge([str(dump), str(more)], whole, updatable=True)
    build_knowledge([str(dump)], step, updatable=True)
    info = build_knowledge([str(more)], step, update=step)
    assert step.read_bytes() == whole.read_bytes()
    assert info.sources == ("dump.json", "more.jsonl")
    assert info.bad == 1
    assert ids(step, "Renamed") == ["Q10001"]
    assert KnowledgeBase.open(step).claims(10001)[-1] != ()


def test_an_update_keeps_the_filters_of_its_base(dump: Path, tmp_path: Path) -> None:
    build_knowledge([str(dump)], tmp_path / "base", types=["PER"], languages=["de", "en"], updatable=True)
    more = write_lines(
        tmp_path / "more.jsonl",
        [{"id": "Q1", "label": {"de": "Anna"}, "types": ["human"]}, {"id": "Q2", "label": "Ort", "types": ["city"]}],
    )
    info = build_knowledge([str(more)], tmp_path / "new", update=tmp_path / "base")
    assert (info.languages, info.types) == (("de", "en"), ("PER",))
    assert ids(tmp_path / "new", "Anna") == ["Q1"]
    assert ids(tmp_path / "new", "Ort") == []


def test_what_keeps_no_sources_cannot_be_updated(dump: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"build another one, with .*starter\.sqlite as the first source"):
        build_knowledge([str(dump)], tmp_path / "out", update=STARTER)


def test_a_knowledge_base_is_a_source_too(dump: Path, tmp_path: Path) -> None:
    build_knowledge([str(dump)], tmp_path / "first.sqlite")
    build_knowledge([str(tmp_path / "first.sqlite")], tmp_path / "copy")
    for before, after in zip(content(tmp_path / "first.sqlite"), content(tmp_path / "copy"), strict=True):
        assert [row[:3] for row in before] == [row[:3] for row in after]


@pytest.mark.slow
def test_entities_of_ones_own_on_top_of_the_starter(tmp_path: Path) -> None:
    more = write_lines(tmp_path / "more.jsonl", [{"id": "Q90000001", "name": "Quellwerk", "claims": {"P17": ["Q142"]}}])
    info = build_knowledge([str(STARTER), str(more)], tmp_path / "mine")
    starter = KnowledgeBase.open(STARTER)
    assert info.entities == starter.info().entities + 1
    assert ids(tmp_path / "mine", "Quellwerk") == ["Q90000001"]
    for name in ("France", "French", "Paris", "Georgia", "MIT"):
        assert ids(tmp_path / "mine", name) == [found.entity.id for found in starter.candidates(name)]


def test_bad_lines_of_a_dump(tmp_path: Path) -> None:
    endless = item(5, {"en": "Five"}, {"P1082": [snak("P1082", "quantity", {"amount": "+1e999"})]})
    things = [
        json.dumps(item(1, {"en": "One"}, [])), "{broken", json.dumps({**item(2, {"en": "Two"}, []), "id": "Q-2"}),
        json.dumps(item(3, {}, [])), json.dumps({"id": "Q4", "labels": {"en": {"no value": 1}}}),
        json.dumps(endless), json.dumps(item(1, {"en": "Uno"}, [])),
    ]  # fmt: skip
    lines = ["[", *(thing + "," for thing in things), "]"]
    (tmp_path / "dump.json").write_text("\n".join(lines), encoding="utf-8")
    info = build_knowledge([str(tmp_path / "dump.json")], tmp_path / "out")
    assert info.bad == 4
    assert [message.split(":")[0] for message in info.messages[:4]] == [f"dump.json line {n}" for n in (3, 4, 6, 7)]
    assert "not JSON" in info.messages[0]
    assert list(KnowledgeBase.open(tmp_path / "out").ids()) == ["Q1"]
    assert "'One' and 'Uno'" in info.messages[4]
    assert ids(tmp_path / "out", "uno") == ["Q1"]


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (["Q1", "P17"], "wanted a fact as [subject, property, object]; received 2 parts"),
        ("Q1", "wanted an object or a fact of three parts; received 'Q1'"),
        ({"id": "Q1", "name": "One", "claims": [["P17", "Q2"]]}, "wanted claims as an object"),
        ({"id": "Q1", "name": "One", "count": "many"}, "wanted a number as count; received 'many'"),
        ({"id": "Q1", "name": "One", "count": -3}, "wanted a number as count; received '-3'"),
        ({"id": "Q1", "name": "One", "coarse": "DOG"}, "as coarse; received 'DOG'"),
        ({"name": "One"}, "wanted an id such as Q42; received ''"),
    ],
)
def test_a_record_that_cannot_be_used_is_told_in_words(record: object, message: str, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", [record, {"id": "Q2", "name": "Two"}])
    info = build_knowledge([str(path)], tmp_path / "out")
    assert (info.bad, info.entities) == (1, 1)
    assert info.messages[0].startswith("a.jsonl line 1: ")
    assert message in info.messages[0]


def test_a_column_map_is_for_the_sources_that_have_such_columns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("key,title\nQ1,One\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("id,name\nQ2,Two\n", encoding="utf-8")
    lines = write_lines(tmp_path / "c.jsonl", [{"id": "Q3", "name": "Three"}, {"key": "Q4", "title": "Four"}])
    sources = [str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), str(lines)]
    info = build_knowledge(sources, tmp_path / "out", columns={"id": "key", "label": "title"})
    assert (info.bad, info.messages) == (0, ())
    assert [ids(tmp_path / "out", name) for name in ("One", "Two", "Three", "Four")] == [["Q1"], ["Q2"], ["Q3"], ["Q4"]]


def test_a_wrong_line_of_triples_does_not_hide_the_rest(tmp_path: Path) -> None:
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    triples = [f'<http://www.wikidata.org/entity/Q{n}> {label} "Name {n}"@en .' for n in (1, 2)]
    (tmp_path / "a.nt").write_text("\n".join([triples[0], "no triple", triples[1], ""]), encoding="utf-8")
    info = build_knowledge([str(tmp_path / "a.nt")], tmp_path / "out")
    assert (info.bad, info.entities, info.complete) == (1, 2, True)
    assert "line 2" in info.messages[0]
    (tmp_path / "a.nt").write_text(triples[0] + "\n" + triples[1][:60], encoding="utf-8")
    info = build_knowledge([str(tmp_path / "a.nt")], tmp_path / "out")
    assert (info.entities, info.complete) == (1, False)


def test_a_table_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("id,name\nQ1,Café\nQ2,Two\n".encode("latin-1"))
    info = build_knowledge([str(tmp_path / "a.csv")], tmp_path / "out")
    assert (info.bad, info.entities) == (1, 1)
    assert info.messages == ("a.csv line 2: not UTF-8: save the file in that encoding",)


def test_sources_and_strangers_are_not_written_over(tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "a.jsonl", [{"id": "Q1", "name": "One"}])
    before = lines.read_bytes()
    with pytest.raises(ConfigurationError, match="is one of them"):
        build_knowledge([str(lines)], lines)
    (tmp_path / "link.jsonl").symlink_to(lines)
    with pytest.raises(ConfigurationError, match="is one of them"):
        build_knowledge([str(lines)], tmp_path / "link.jsonl")
    (tmp_path / "letter.txt").write_text("Dear all", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="something else"):
        build_knowledge([str(lines)], tmp_path / "letter.txt")
    with pytest.raises(ConfigurationError, match="is a folder"):
        build_knowledge([str(lines)], tmp_path)
    assert lines.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "letter.txt", "link.jsonl"]
    for _ in range(2):
        assert build_knowledge([str(lines)], tmp_path / "out").entities == 1


def test_a_knowledge_base_of_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[\n]\n", encoding="utf-8")
    info = build_knowledge([str(tmp_path / "a.json")], tmp_path / "out")
    assert (info.entities, info.complete) == (0, True)
    assert "holds no entity" in info.messages[0]


@pytest.mark.parametrize("code", ["en,zh", "English", "??", ""])
def test_what_is_no_language_is_refused(code: str, tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "a.jsonl", [{"id": "Q1", "name": "One"}])
    with pytest.raises(ConfigurationError, match="code of a language"):
        build_knowledge([str(lines)], tmp_path / "out", languages=[code])


def test_a_damaged_knowledge_base_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = write_lines(tmp_path / "a.jsonl", [{"id": f"Q{n}", "name": f"Thing {n}"} for n in range(1, 2000)])
    out = tmp_path / "out"
    build_knowledge([str(lines)], out)
    data = bytearray(out.read_bytes())
    data[8192:-4096] = b"\xff" * (len(data) - 8192 - 4096)
    out.write_bytes(data)
    assert run(["kb", "search", "Thing 7", "--kb", str(out)]) == 3
    assert "damaged" in capsys.readouterr().err


def test_two_sources_with_one_id_are_joined_the_first_gives_the_name(tmp_path: Path) -> None:
    first = write_lines(tmp_path / "a.jsonl", [{"id": "Q1", "name": "Alpha Works", "types": ["company"]}])
    second = write_lines(tmp_path / "b.jsonl", [{"id": "Q1", "name": "Lake Beta", "types": ["lake"]}])
    info = build_knowledge([str(first), str(second)], tmp_path / "out")
    entity = KnowledgeBase.open(tmp_path / "out").entity("Q1")
    assert entity is not None
    assert (entity.name, entity.aliases, entity.label) == ("Alpha Works", ("Lake Beta",), "ORG")
    clash = "ids with names that share no word: 1 (Q1 is 'Alpha Works' and 'Lake Beta'); each is taken for one thing"
    assert info.messages == (clash,)


def test_a_class_without_a_name_in_the_language_is_one_all_the_same(tmp_path: Path) -> None:
    things = [item(5, {"en": "human"}, {}), item(7, {"en": "Mira", "zh": "米拉"}, {"P31": [link("P31", 5)]})]
    path = write_dump(tmp_path / "dump.json", things)
    info = build_knowledge([str(path)], tmp_path / "out", languages=["zh"], types=["PER"])
    assert info.messages == ("entities without a name in zh: 1 (such as Q5); they are left out",)
    found = KnowledgeBase.open(tmp_path / "out").entity("Q7")
    assert found is not None
    assert (found.name, found.label) == ("米拉", "PER")


def test_entities_without_a_name_are_counted(tmp_path: Path) -> None:
    things = [
        {"type": "item", "id": "Q1", "labels": {"en": {"language": "en", "value": "One"}}},
        {"type": "item", "id": "Q2", "labels": {"fi": {"language": "fi", "value": "Kaksi"}}},
        {"type": "item", "id": "Q3", "labels": []},
    ]
    (tmp_path / "dump.json").write_text("[\n" + ",\n".join(map(json.dumps, things)) + "\n]\n", encoding="utf-8")
    info = build_knowledge([str(tmp_path / "dump.json")], tmp_path / "out")
    assert list(KnowledgeBase.open(tmp_path / "out").ids()) == ["Q1"]
    assert info.complete
    assert info.messages == ("entities without a name in en: 2 (such as Q2); they are left out",)
    both = build_knowledge([str(tmp_path / "dump.json")], tmp_path / "both", languages=("en", "fi"))
    assert both.messages == ("entities without a name in en, fi: 1 (such as Q3); they are left out",)


def test_a_dump_cut_in_a_line(dump: Path, tmp_path: Path, small_chunks: None) -> None:
    packed = gzip.compress(dump.read_bytes())
    (tmp_path / "cut.json.gz").write_bytes(packed[: len(packed) // 2])
    info = build_knowledge([str(tmp_path / "cut.json.gz")], tmp_path / "out", updatable=True)
    assert not info.complete
    assert 10 < info.entities < ITEMS
    cut, nameless = info.messages
    assert "end-of-stream" in cut
    assert nameless.startswith("entities without a name in en: ")
    more = write_lines(tmp_path / "more.jsonl", [{"id": "Q77", "name": "New"}])
    assert not build_knowledge([str(more)], tmp_path / "new", update=tmp_path / "out").complete


def test_an_alias_shared_by_fifty_thousand(tmp_path: Path) -> None:
    rows = "".join(f"Q{n},Item {n},{SHARED_ALIAS},{n % 900}\n" for n in range(1, 50_001))
    (tmp_path / "many.csv").write_text("id,label,aliases,count\n" + rows, encoding="utf-8")
    build_knowledge([str(tmp_path / "many.csv")], tmp_path / "out")
    base = KnowledgeBase.open(tmp_path / "out")
    began = time.perf_counter()
    found = base.candidates(SHARED_ALIAS)
    assert time.perf_counter() - began < 0.1
    assert (len(found), found[0].sharing) == (16, 50_000)
    assert found[0].entity.id == "Q899"


KILLED = """
import os, signal, sys
from pathlib import Path
from graphwright.pipeline.kb import files, staging
from graphwright.pipeline.knowledge_build import build_knowledge
files.CHUNK_BYTES, staging.COMMIT_BLOCKS, calls = 20_000, 2, []
def watch(done):
    calls.append(done)
    if len(calls) == 9:
        os.kill(os.getpid(), signal.SIGKILL)
build_knowledge([sys.argv[1]], Path(sys.argv[2]), watch=watch)
"""


def test_a_build_that_was_killed_goes_on(dump: Path, tmp_path: Path, small_chunks: None) -> None:
    output = tmp_path / "out"
    done = subprocess.run([sys.executable, "-c", KILLED, str(dump), str(output)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert [path.name for path in tmp_path.iterdir()] == [".out.partial"]
    told: list[str] = []
    read: list[int] = []
    build_knowledge([str(dump)], output, tell=told.append, watch=read.append)
    assert "going on with a build that was stopped" in told[0]
    assert read[0] > 8 * 20_000
    build_knowledge([str(dump)], tmp_path / "whole")
    assert output.read_bytes() == (tmp_path / "whole").read_bytes()
    assert not staging.staging_folder(output).exists()


def test_a_table_that_was_interrupted_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from graphwright.pipeline.kb import reading

    monkeypatch.setattr(reading, "BLOCK_PORTIONS", 10)
    monkeypatch.setattr(staging, "COMMIT_BLOCKS", 1)
    rows = "".join(f"Q{n},Item {n}\n" for n in range(1, 100)) + "bad,row\n"
    (tmp_path / "t.csv").write_text("id,label\n" + rows, encoding="utf-8")
    pack, packed = reading.pack, []

    def interrupted(portions: Any) -> Any:
        packed.append(len(portions))
        if len(packed) == 5:
            raise KeyboardInterrupt
        return pack(portions)

    monkeypatch.setattr(reading, "pack", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build_knowledge([str(tmp_path / "t.csv")], tmp_path / "out")
    assert not (tmp_path / "out").exists()
    info = build_knowledge([str(tmp_path / "t.csv")], tmp_path / "out")
    assert (info.entities, info.bad, len(packed)) == (99, 1, 11)


def test_other_sources_begin_afresh(dump: Path, tmp_path: Path, small_chunks: None) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(dump), str(tmp_path / "out")], check=False)
    more = write_lines(tmp_path / "more.jsonl", [{"id": "Q77", "name": "New"}])
    told: list[str] = []
    info = build_knowledge([str(more)], tmp_path / "out", tell=told.append)
    assert info.entities == 1
    assert not any("going on" in line for line in told)


def test_damaged_staging_begins_afresh(dump: Path, tmp_path: Path) -> None:
    folder = staging.staging_folder(tmp_path / "out")
    folder.mkdir()
    (folder / "staging.sqlite").write_bytes(b"SQLite format 3\0" + random.Random(1).randbytes(5000))
    assert build_knowledge([str(dump)], tmp_path / "out").entities > 300


def test_one_build_at_a_time(dump: Path, tmp_path: Path) -> None:
    with (
        staging.staging(tmp_path / "out", {}),
        pytest.raises(ConfigurationError, match="another process does"),
    ):
        build_knowledge([str(dump)], tmp_path / "out")


def test_a_build_that_ended_meanwhile_is_told(dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder goes between the moment that ours is made and that it is opened."""
    make = Path.mkdir

    def made_and_gone(path: Path, *arguments: Any, **more: Any) -> None:
        make(path, *arguments, **more)
        if path.name.endswith(".partial"):
            path.rmdir()

    monkeypatch.setattr(Path, "mkdir", made_and_gone)
    with pytest.raises(ConfigurationError, match="another process did"):
        build_knowledge([str(dump)], tmp_path / "out")


def test_a_place_that_cannot_be_written(dump: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="choose another --output"):
        build_knowledge([str(dump)], tmp_path / "file" / "out")
    if os.geteuid():
        (tmp_path / "closed").mkdir(mode=0o500)
        with pytest.raises(StoreError, match="Permission denied"):
            build_knowledge([str(dump)], tmp_path / "closed" / "out")


def test_a_full_disk(dump: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for it: the system refuses to write on."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    code = "import sys; from graphwright.flows.cli import run; sys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "kb", "build", str(dump), "-o", str(tmp_path / "out")]
    done = subprocess.run(command, preexec_fn=limit, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert done.stderr.splitlines()[-1].startswith("error: wanted to write")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_columns_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.csv").write_text("key,title,other\nQ31,Orlen Vale,Vale of Orlen|Orlen\n", encoding="utf-8")
    table, out = str(tmp_path / "t.csv"), str(tmp_path / "out")
    assert run(["kb", "build", table, "-o", out, "--columns", "id=key,name=title,aliases=other"]) == 0
    assert ids(tmp_path / "out", "Vale of Orlen") == ["Q31"]
    capsys.readouterr()
    assert run(["kb", "build", table, "-o", out, "--columns", "id=key,name=titel"]) == 3
    assert "wanted a column 'titel'; it has key, title, other" in capsys.readouterr().err
    assert run(["kb", "build", table, "-o", out]) == 3
    assert "wanted a column 'id'" in capsys.readouterr().err
    assert run(["kb", "build", table, "-o", out, "--columns", "nome=title"]) == 2
    assert "wanted FIELD=COLUMN" in capsys.readouterr().err


def test_update_ids_and_filters_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = write_lines(tmp_path / "one.jsonl", [{"id": "Q2", "name": "Two"}, {"id": "Q10", "name": "Ten"}])
    more = write_lines(tmp_path / "more.jsonl", [{"id": "Q3", "name": "Three"}])
    out = str(tmp_path / "out")
    assert run(["kb", "build", str(one)]) == 2
    assert run(["kb", "build", str(one), "-o", out]) == 0
    assert run(["kb", "build", str(more), "--update", out]) == 0
    assert run(["kb", "build", str(more), "--update", out, "--type", "PER"]) == 2
    assert run(["kb", "build", str(one), "-o", str(tmp_path / "small"), "--compact"]) == 0
    assert run(["kb", "build", str(more), "--update", str(tmp_path / "small")]) == 3
    capsys.readouterr()
    assert run(["kb", "info", "--kb", out, "--ids"]) == 0
    assert capsys.readouterr().out == "Q2\nQ3\nQ10\n"
    assert run(["kb", "info", "--kb", out, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["updatable"] is True
