"""The command line as other tools meet it: exit codes, stdout for data and stderr for talk, one line for bad input."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import fakes
import pytest
from test_stores import contribution, couple, fact, occurrence

from graphwright.flows.cli import run
from graphwright.pipeline.graph import Literal
from graphwright.pipeline.sinks.opening import open_store

FAKE = ("--annotator", "fakes:gazetteer")
ADA = "Ada Lovelace was born in London. Ada Lovelace married William King."
MARY = "Mary Somerville was born in Jedburgh. William King lived in London."
CHARLES = "Charles Babbage joined Analytical Society."
HEAVY = ("tensorflow", "keras", "prefect", "spacy", "rdflib", "pyoxigraph", "neo4j", "onnxruntime", "pyarrow", "fsspec")
SOURCE = str(Path(fakes.__file__).parent)


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of three documents, below the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRAPHWRIGHT_CONFIG", "")  # so that what --config leaves behind goes with the test
    for name in [name for name in os.environ if name.startswith(("NEO4J_", "GRAPHWRIGHT_"))]:
        monkeypatch.delenv(name)
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in {"a.txt": ADA, "b.txt": MARY, "c.txt": CHARLES}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def graph(corpus: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The graph of the corpus, built by the command."""
    assert run(["build", "corpus", *FAKE]) == 0
    capsys.readouterr()
    return "graph"


def _json(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    value = json.loads(capsys.readouterr().out)
    assert isinstance(value, dict)
    return value


def _digest(capsys: pytest.CaptureFixture[str], target: str) -> str:
    capsys.readouterr()
    assert run(["digest", target]) == 0
    return capsys.readouterr().out.strip()


def _only_line(capsys: pytest.CaptureFixture[str]) -> str:
    """What went wrong: one line on stderr, nothing on stdout, and no traceback."""
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1, err
    assert "Traceback" not in err
    return err.strip()


def _program(*arguments: str, folder: Path, code: str = "") -> subprocess.CompletedProcess[str]:
    start = code or "from graphwright.flows.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", start, *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": SOURCE}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom graphwright.flows.cli import run\nassert run(['build', '--help']) == 0\n"
        f"print(sorted(set(sys.modules) & set({HEAVY!r})))"
    )
    done = _program(folder=tmp_path, code=code)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "--min-score" in done.stdout


def test_help_is_quick(tmp_path: Path) -> None:
    """Processor time, which unlike the clock does not tell of what else the machine is doing."""
    code = "import time\nfrom graphwright.flows.cli import run\nrun(['--help'])\nprint(time.process_time())"
    assert float(_program(folder=tmp_path, code=code).stdout.splitlines()[-1]) < 0.5


@pytest.mark.parametrize(
    "command",
    ["build", "annotate", "forget", "digest", "query", "explain", "why-not", "review", "merges", "merge", "unmerge",
     "check", "export", "diff", "train", "score", "bench", "deploy", "serve", "doctor", "kb build", "kb info",
     "kb search"],
)  # fmt: skip
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command.split(), "--help"]) == 0
    assert f"graphwright {command}" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.strip()[0].isdigit()


def test_build_prints_data_to_stdout_and_talk_to_stderr(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", "corpus", *FAKE]) == 0
    out, err = capsys.readouterr()
    assert "Ada Lovelace -- spouse --> William King" in out
    assert f"digest {_digest(capsys, 'graph')}" in out
    assert "graphwright explain graph " in err
    assert "open graph/report.html" in err
    assert "William King" in Path("graph/report.html").read_text(encoding="utf-8")


def test_build_json_is_all_of_stdout(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", "corpus", *FAKE, "--json"]) == 0
    told = _json(capsys)
    assert (told["documents"], told["unchanged"], told["kept"], told["review"]) == (3, 0, 4, 1)
    assert told["digest"] == _digest(capsys, "graph")


def test_build_twice_is_build_once(graph: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = _digest(capsys, graph)
    assert run(["build", "corpus", *FAKE, "--json"]) == 0
    told = _json(capsys)
    assert (told["documents"], told["unchanged"], told["digest"]) == (3, 3, before)


def test_order_does_not_matter_and_forget_is_exact(graph: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", "corpus/c.txt", "corpus/b.txt", *FAKE, "--to", "other"]) == 0
    two = _digest(capsys, "other")
    assert run(["build", "corpus/a.txt", *FAKE, "--to", "other"]) == 0
    assert _digest(capsys, "other") == _digest(capsys, graph)
    assert run(["forget", "corpus/a.txt", "--from", "other", "--json"]) == 0
    assert _json(capsys) == {"removed": 1, "digest": two}


def test_a_dry_run_writes_nothing(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", "corpus", *FAKE, "--dry-run", "--json"]) == 0
    assert _json(capsys)["kept"] == 4
    assert sorted(path.name for path in corpus.parent.iterdir()) == ["corpus"]


def test_min_score_and_limit(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", "corpus", *FAKE, "--dry-run", "--json", "--min-score", "0.85", "--limit", "2"]) == 0
    told = _json(capsys)
    assert (told["documents"], told["kept"]) == (2, 2)


def test_settings_reach_the_command(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("graphwright.toml").write_text('target = "elsewhere"\nannotator = "fakes:gazetteer"\n', encoding="utf-8")
    assert run(["build", "corpus"]) == 0
    assert Path("elsewhere").is_dir()
    Path("other.toml").write_text('target = "other"\nannotator = "fakes:gazetteer"\n', encoding="utf-8")
    assert run(["--config", "other.toml", "build", "corpus"]) == 0
    assert Path("other").is_dir()


def test_of_languages_that_are_not_known_one_line_tells(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("d.txt", "e.txt"):
        text = f"{ADA} Und das ist nicht von mir, sondern auch für die Firma und mit dem Haus auf der Wiese."
        (corpus / name).write_text(text, encoding="utf-8")
    assert run(["build", "corpus", *FAKE]) == 0
    out, err = capsys.readouterr()
    assert "the networks were not trained on it" in out
    assert err.count("2 documents in other languages (language de: 2) wait for review; --language en") == 1
    assert run(["annotate", "corpus", "-o", "out.jsonl", *FAKE]) == 0
    assert capsys.readouterr().err.count("(language de: 2)") == 1
    assert run(["build", "corpus", "--language", "en", *FAKE, "--json"]) == 0
    assert "other languages" not in capsys.readouterr().err


def test_a_failed_document_does_not_stop_the_others(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (corpus / "d.txt").write_text(fakes.FAILING, encoding="utf-8")
    (corpus / "empty.txt").touch()
    assert run(["build", "corpus", *FAKE, "--json"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["kept"] == 4
    assert {Path(item["source"]).name for item in json.loads(out)["failures"]} == {"d.txt", "empty.txt"}
    assert "d.txt: ValueError: this document cannot be annotated" in err
    assert "empty.txt: the file is empty" in err


def test_a_failed_document_is_left_out_of_annotations(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (corpus / "d.txt").write_text(fakes.FAILING, encoding="utf-8")
    assert run(["annotate", "corpus", "-o", "out.jsonl", *FAKE]) == 1
    err = capsys.readouterr().err
    assert "3 documents annotated" in err
    assert f"d.txt: ValueError: {fakes.FAILING}" in err
    assert len(Path("out.jsonl").read_text(encoding="utf-8").splitlines()) == 3


def test_query_as_table_json_and_csv(graph: str, capsys: pytest.CaptureFixture[str]) -> None:
    question = "SELECT ?name WHERE { ?thing skos:prefLabel ?name } ORDER BY ?name"
    assert run(["query", graph, question]) == 0
    assert "Ada Lovelace" in capsys.readouterr().out
    assert run(["query", graph, question, "--json"]) == 0
    names = [row["name"] for row in json.loads(capsys.readouterr().out)]
    assert run(["query", graph, question, "--csv"]) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert rows == [["name"], *([name] for name in names)]
    assert "Ada Lovelace" in names


def test_explain_review_merges(graph: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["review", graph, "--json"]) == 0
    [waiting] = json.loads(capsys.readouterr().out)
    assert (waiting["subject"], waiting["predicate"], waiting["object"]) == ("William King", "residence", "London")
    assert run(["explain", graph, waiting["statement"][:8]]) == 0
    out = capsys.readouterr().out
    assert "William King lived in London." in out
    assert "b.txt [" in out
    assert run(["merges", graph, "--json"]) == 0
    assert {row["name"] for row in json.loads(capsys.readouterr().out)} == {"William King"}


def test_explain_and_review_name_who_reports_a_fact(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_store("told.ttl") as store:
        store.replace([couple("a", assertion="attributed", said_by="the Daily Courier")])
        store.resolve({item.id: f"urn:{item.id}" for item in store.occurrences()})
    assert run(["review", "told.ttl", "--json"]) == 0
    [waiting] = json.loads(capsys.readouterr().out)
    assert (waiting["assertion"], waiting["said_by"]) == ("attributed", "the Daily Courier")
    assert run(["explain", "told.ttl", waiting["statement"]]) == 0
    assert '0.80 attributed to "the Daily Courier", keep: Ada married John.' in capsys.readouterr().out
    assert run(["explain", "told.ttl", waiting["statement"], "--json"]) == 0
    assert _json(capsys)["evidence"][0]["said_by"] == "the Daily Courier"  # type: ignore[index]


def test_check_passes_and_fails_by_the_schema(graph: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", graph]) == 0
    strict = "name: strict\nproperties:\n" + "".join(
        f"  {key}: {{name: {key}, edge: {key}, domain: [ORG], range: [ORG]}}\n"
        for key in ("P19", "P26", "P463", "P551")
    )
    Path("strict.yaml").write_text(strict, encoding="utf-8")
    capsys.readouterr()
    assert run(["check", graph, "--schema", "strict.yaml", "--json"]) == 5
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert found["conforms"] is False
    assert err.startswith("error: ")
    born = [item for item in found["violations"] if item["fact"]["predicate"] == "P19"]
    told = {(item["fact"]["subject"], item["fact"]["object"]) for item in born}
    assert told == {("Ada Lovelace", "London"), ("Mary Somerville", "Jedburgh")}
    assert all(item["fact"]["id"] == item["node"] and item["fact"]["evidence"][0]["sentence"] for item in born)
    assert run(["check", graph, "--schema", "strict.yaml"]) == 5
    row = next(line for line in capsys.readouterr().out.splitlines() if "Somerville" in line)
    assert "Jedburgh" in row
    assert "must be one of ORG" in row


def test_check_writes_the_shapes_of_the_schema(graph: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", graph, "--shapes", str(tmp_path / "shapes.ttl")]) == 0
    assert "sh:targetSubjectsOf <http://www.wikidata.org/prop/direct/P26>" in (tmp_path / "shapes.ttl").read_text()
    assert run(["check", graph, "--shapes", str(tmp_path / "no" / "shapes.ttl")]) == 4
    assert "choose another file" in capsys.readouterr().err


def test_check_tells_contradictions_with_both_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = str(tmp_path / "told.ttl")
    dates = (("a", "1815", "Ada was born in 1815."), ("b", "1816", "Ada, born in 1816, ..."))
    with open_store(target) as store:
        for document, year, sentence in dates:
            ada = occurrence(document, 0, "Ada", kb_id="Q7259")
            told = fact(ada, "P569", Literal(year, "gYear"), text=sentence)
            store.replace([contribution(document, (ada,), (told,))])
    assert run(["check", target]) == 0
    out, err = capsys.readouterr()
    assert all(sentence in out for _, _, sentence in dates)
    assert "1 contradiction; both sides stay in the graph" in err
    assert run(["check", target, "--json"]) == 0
    found = _json(capsys)
    assert found["conforms"] is True
    [one] = found["contradictions"]  # type: ignore[misc]
    assert (one["subject"], one["rule"], len(one["statements"])) == ("Ada", "one value", 2)


def test_export(graph: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", graph, "--format", "jsonl", "-o", "out"]) == 0
    files = capsys.readouterr().out.splitlines()
    assert files
    assert all(Path(file).stat().st_size for file in files)


def test_annotate_keeps_ids_and_takes_what_is_given(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["annotate", "corpus", "-o", "all.jsonl", *FAKE, "--all-scores"]) == 0
    assert run(["annotate", "all.jsonl", "-o", "again.jsonl.gz", *FAKE, "--all-scores", "--given", "entities"]) == 0
    assert run(["annotate", "again.jsonl.gz", "-o", "kept.jsonl", *FAKE]) == 0
    first, last = (
        [json.loads(line) for line in Path(name).read_text(encoding="utf-8").splitlines()]
        for name in ("all.jsonl", "kept.jsonl")
    )
    assert [item["id"] for item in first] == [item["id"] for item in last]
    assert [len(item["relations"]) for item in first] == [2, 2, 1]
    assert [len(item["relations"]) for item in last] == [2, 1, 1]
    assert capsys.readouterr().out == ""
    assert run(["annotate", "all.jsonl", "-o", "-", *FAKE, "--all-scores", "--given", "entities"]) == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == [item["id"] for item in first]
    assert not Path("-").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["buidl", "corpus"], 2, ["buidl", "build"]),
        (["build"], 2, ["corpus", "--help"]),
        (["annotate", "corpus", "-o", "no/such/x.jsonl", *FAKE], 4, ["no/such/x.jsonl", "another file"]),
        (["build", "corpus", "--network", "lstm"], 2, ["--network", "rnn"]),
        (["build", "corpus", "--min-score", "7"], 2, ["--min-score"]),
        (["build", "corpus", "--limit", "0"], 2, ["--limit"]),
        (["build", "missing", *FAKE], 2, ["missing"]),
        (["build", "corpus", *FAKE, "--to", "ftp://host/graph"], 2, ["ftp"]),
        (["annotate", "corpus", "-o", "x.jsonl", "--given", "entities", *FAKE], 2, ["--given", "corpus"]),
        (["digest", "missing"], 2, ["missing", "build"]),
        (["export", "missing", "--format", "excel", "-o", "x"], 2, ["--format", "jsonl"]),
        (["score", "missing", "data"], 2, ["missing"]),
        (["train", "ner", "--data", "missing", "-o", "x"], 2, ["missing"]),
        (["build", "corpus", "--annotator", "fakes:none"], 3, ["fakes:none"]),
        (["build", "corpus", "--annotator", "no_such_module:f"], 3, ["no_such_module"]),
        (["build", "corpus", *FAKE, "--schema", "missing.yaml"], 3, ["missing.yaml"]),
        (["build", "corpus", *FAKE, "--to", "neo4j"], 3, ["NEO4J_URI"]),
        (["--config", "missing.toml", "build", "corpus"], 3, ["missing.toml"]),
        (["kb", "info", "--kb", "missing.sqlite"], 3, ["missing.sqlite"]),
        (["deploy", "--file", "missing.yaml"], 3, ["missing.yaml"]),
        (["build", "corpus", "--annotator", "fakes:broken"], 1, ["internal error", "the model is broken", "--debug"]),
    ],
)
def test_bad_input_is_one_line_and_an_exit_code(
    arguments: list[str], code: int, words: list[str], corpus: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    before = Path("graph").exists()
    status = run(arguments)
    os.environ.pop("GRAPHWRIGHT_CONFIG", None)
    line = _only_line(capsys)
    assert status == code
    assert line.startswith("error: ")
    assert all(word in line for word in words), line
    assert not before


@pytest.mark.parametrize("arguments", [[], ["kb"], ["quarantine"]])
def test_a_command_without_its_arguments_prints_its_help(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    printed = capsys.readouterr().err
    assert printed.startswith("Usage: graphwright")
    assert "Commands:\n" in printed


def test_bad_queries_and_ids(graph: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["query", graph, "SELEC nothing"]) == 2
    assert "SPARQL" in _only_line(capsys)
    assert run(["explain", graph, "no such id"]) == 2
    assert "no such id" in _only_line(capsys)
    assert run(["forget", "corpus/a.txt", "elsewhere.txt", "--from", graph]) == 2
    assert "elsewhere.txt" in _only_line(capsys)
    assert run(["build", "corpus", *FAKE, "--json"]) == 0
    assert _json(capsys)["unchanged"] == 3


def test_debug_shows_the_traceback(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--debug", "build", "corpus", "--annotator", "fakes:broken"]) == 1
    assert "RuntimeError: the model is broken" in capsys.readouterr().err


@pytest.mark.parametrize("target", ["bolt://127.0.0.1:9", "neo4j://127.0.0.1:9", "http://127.0.0.1:9/sparql"])
def test_a_target_that_is_away(target: str, corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    started = time.monotonic()
    assert run(["build", "corpus", *FAKE, "--to", target]) == 4
    assert time.monotonic() - started < 30
    assert "127.0.0.1:9" in _only_line(capsys)


def test_no_prefect_server(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    yaml = "deployments:\n- {name: n, entrypoint: graphwright.flows.ingest.ingest, work_pool: {name: p}}\n"
    Path("prefect.yaml").write_text(yaml, encoding="utf-8")
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        assert run(["deploy"]) == 4
    assert "http://127.0.0.1:9/api" in _only_line(capsys)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder in which even root may not write")
def test_a_target_that_is_read_only(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", "corpus", *FAKE, "--to", "/proc/graph"]) == 4
    assert "/proc/graph" in _only_line(capsys)


def test_names_with_markup_arrive_as_data(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["query", "missing[red]", "ASK {}"]) == 2
    assert "missing[red]" in _only_line(capsys)


@pytest.mark.slow
def test_the_program_ends_as_it_should(corpus: Path) -> None:
    done = _program("build", "corpus", "--annotator", "fakes:interrupted", folder=corpus.parent)
    assert (done.returncode, done.stdout) == (130, "")
    assert "same command again" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_closed_pipe_is_no_error(graph: str) -> None:
    code = "from graphwright.flows.cli import main; main()"
    question = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
    done = subprocess.run(
        f"{sys.executable} -c '{code}' query graph '{question}' --csv | head -1",
        shell=True, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.stdout.strip() == "s,p,o"
    assert "Traceback" not in done.stderr
    assert "Error" not in done.stderr


def test_kb_build_info_search(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [{"id": "Q7259", "name": "Ada Lovelace", "aliases": ["Countess of Lovelace"], "types": ["human"]}]
    Path("facts.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert run(["kb", "build", "facts.jsonl", "-o", "small.sqlite"]) == 0
    capsys.readouterr()
    assert run(["kb", "info", "--kb", "small.sqlite", "--json"]) == 0
    assert _json(capsys)["entities"] == 1
    assert run(["kb", "search", "Countess of Lovelace", "--kb", "small.sqlite"]) == 0
    assert "Q7259" in capsys.readouterr().out


def test_kb_build_of_a_cut_file_keeps_what_was_read_and_says_so(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    items = [{"id": f"Q{number}", "labels": {"en": {"value": f"Ada {number}"}}} for number in (1, 2)]
    Path("whole.json").write_text("[\n" + ",\n".join(map(json.dumps, items)) + "\n]\n", encoding="utf-8")
    Path("cut.json").write_text("[\n" + ",\n".join(map(json.dumps, items)) + ",\n", encoding="utf-8")
    assert run(["kb", "build", "whole.json", "-o", "whole.sqlite"]) == 0
    capsys.readouterr()
    assert run(["kb", "build", "cut.json", "-o", "cut.sqlite"]) == 1
    told = capsys.readouterr().err
    assert "cut.json" in told
    assert "cut.sqlite holds what could be read" in told
    assert run(["kb", "search", "Ada 2", "--kb", "cut.sqlite"]) == 0
    assert "Q2" in capsys.readouterr().out


def test_doctor_tells_what_it_found(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("graphwright.toml").write_text('annotator = "fakes:gazetteer"\n', encoding="utf-8")
    assert run(["doctor", "--json"]) == 0
    found = {item["what"]: item for item in json.loads(capsys.readouterr().out)}
    assert found["models"]["ok"]
    assert "words a second" in found["models"]["detail"]
    Path("graphwright.toml").write_text('annotator = "fakes:none"\n', encoding="utf-8")
    assert run(["doctor", "--json"]) == 1
