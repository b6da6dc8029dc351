"""The flows: as plain steps on files, as deployments, and on a real Prefect server with a real worker."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import fakes
import pytest

from graphwright.flows import learning, shards, steps
from graphwright.flows.building import build_corpus
from graphwright.flows.deploy import read_deployments
from graphwright.flows.settings import load_settings
from graphwright.flows.steps import Job
from graphwright.flows.targets import open_target
from graphwright.pipeline.errors import ConfigurationError, UsageError
from graphwright.pipeline.ledger import Ledger
from graphwright.pipeline.records import Annotated, make_document

if TYPE_CHECKING:
    from services.prefect_server import PrefectServer

    from graphwright.pipeline.build import Report

ROOT = Path(__file__).parents[1]
TEXTS = {
    "a.txt": "Ada Lovelace was born in London. Ada Lovelace married William King.",
    "b.txt": "Mary Somerville was born in Jedburgh. William King lived in London.",
    "c.txt": "Charles Babbage joined Analytical Society.",
    "d.txt": "Mary Somerville joined Analytical Society. Ada Lovelace lived in London.",
    "failing.txt": fakes.FAILING,
    "empty.txt": "",
}


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six documents of which two fail, one in reading and one in annotation."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def plain(corpus: Path) -> Report:
    """What the command line makes of the corpus."""
    settings = load_settings(target=str(corpus.parent / "plain"), annotator="fakes:gazetteer")
    return build_corpus([str(corpus)], settings).report


def _job(corpus: Path, **flags: str | float) -> Job:
    target = str(corpus.parent / "flow")
    return Job(
        (str(corpus),), str(corpus.parent / "work"), flags={"target": target, "annotator": "fakes:gazetteer", **flags}
    )


def _run(job: Job) -> Report:
    manifest = steps.shard(job)
    annotated = [steps.annotate(path, job) for path in shards.read_manifest(manifest)]
    return steps.write(shards.write_manifest(annotated, job.folder / "annotated.txt"), job)


@pytest.mark.parametrize("characters", [1, 100, 1_000_000])
def test_the_steps_make_the_graph_of_the_command(
    characters: int, corpus: Path, plain: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = shards.cut
    monkeypatch.setattr(shards, "cut", lambda documents, folder: cut(documents, folder, characters=characters))
    report = _run(_job(corpus))
    assert report.digest == plain.digest
    assert report.failures == plain.failures
    assert (report.kept, report.review) == (plain.kept, plain.review)
    assert len(report.failures) == 2


def test_shards_are_cut_by_size_and_hold_every_document(tmp_path: Path) -> None:
    documents = [make_document(f"urn:{number}", "x" * 40, metadata={"n": str(number)}) for number in range(10)]
    paths = shards.cut(documents, tmp_path, characters=100)
    assert len(paths) == 4
    assert [item.document for item in shards.annotated_documents(paths)] == documents
    assert shards.cut([], tmp_path) == []


def test_a_second_run_annotates_nothing(corpus: Path) -> None:
    first = _run(_job(corpus))
    folder = _job(corpus).folder / "annotated"
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    again = _run(_job(corpus))
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert (again.digest, again.unchanged) == (first.digest, 4)
    assert again.failures == first.failures


def test_a_changed_document_changes_its_shard_only(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = shards.cut
    monkeypatch.setattr(shards, "cut", lambda documents, folder: cut(documents, folder, characters=1))
    job = _job(corpus)
    _run(job)
    before = {path.name for path in (job.folder / "annotated").glob("*.jsonl")}
    (corpus / "c.txt").write_text("Charles Babbage was born in London.", encoding="utf-8")
    report = _run(job)
    after = {path.name for path in (job.folder / "annotated").glob("*.jsonl")}
    assert len(before) == len(after)
    assert len(before & after) == len(before) - 1
    assert (report.documents, report.unchanged) == (4, 3)


def test_an_unfinished_shard_is_never_taken_for_a_whole_one(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = _job(corpus)
    [shard] = shards.read_manifest(steps.shard(job))

    def cut_off(documents: object, path: Path) -> int:
        Path(path).write_text('{"id":', encoding="utf-8")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shards, "write_annotated", cut_off)
        with pytest.raises(KeyboardInterrupt):
            steps.annotate(shard, job)
    assert not list((job.folder / "annotated").glob("*.jsonl"))
    assert len(list(shards.read_annotated(steps.annotate(shard, job)))) == 4


def test_replay_gives_what_was_asked_for_in_order(tmp_path: Path) -> None:
    documents = [make_document(f"urn:{number}", f"Text {number}.") for number in range(5)]
    paths = shards.cut(documents, tmp_path, characters=1)
    replay = shards.Replay("v", tuple(paths))
    wanted = [documents[1], documents[4]]
    assert list(replay.annotate(wanted)) == [Annotated(document, relations=None) for document in wanted]
    assert list(replay.annotate([])) == []


def test_ledgers_survive_the_disk(tmp_path: Path) -> None:
    ledger = Ledger()
    ledger.count("fact", "score below 0.5", 3)
    ledger.fail("file:///a", "no\ntext")
    shards.write_ledger(ledger, tmp_path / "ledger.json")
    assert shards.read_ledger(tmp_path / "ledger.json").rows() == ledger.rows()
    assert shards.read_ledger(tmp_path / "none.json").rows() == []


def test_two_targets_never_share_shards(corpus: Path) -> None:
    assert _job(corpus, target="one").folder != _job(corpus, target="two").folder


def test_secrets_are_no_part_of_a_job(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "open sesame")
    job = _job(corpus)
    assert job.settings.neo4j_password is not None
    assert "sesame" not in repr(job)


def test_promotion_of_the_better_model_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "test_step", lambda folder, data: {"f1": float((folder / "score").read_text())})
    place, data = tmp_path / "models" / "rnn", tmp_path
    place.parent.mkdir()
    for score, promoted in ((0.5, True), (0.4, False), (0.5, False), (0.6, True)):
        candidate = tmp_path / str(score)
        candidate.mkdir(exist_ok=True)
        (candidate / "score").write_text(str(score))
        assert learning.promote(candidate, place, data) is promoted
    assert (place / "score").read_text() == "0.6"
    assert [path.name for path in place.parent.iterdir()] == ["rnn"]


def test_unknown_parts_are_named() -> None:
    with pytest.raises(UsageError, match=r"lstm.*encoder"):
        learning.known_steps(["rnn", "lstm"])
    assert learning.known_steps(["rnn", "encoder"]) == ("encoder", "rnn")
    assert set(learning.known_steps(None)) == set(learning.steps_of("all", "rnn"))


def test_missing_data_is_told_before_anything_heavy_starts(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="nowhere"):
        learning.train_step("rnn", tmp_path / "nowhere", tmp_path / "out")


@pytest.mark.parametrize(
    ("text", "message"),
    [("deployments: 3", "list 'deployments'"), ("a: [", "cannot read"), ("deployments: [{name: x}]", "entrypoint")],
)
def test_a_bad_prefect_yaml_is_named(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "prefect.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=message):
        read_deployments(file)


def _entrypoints() -> list[str]:
    scored = "graphwright.flows.scoring.score"
    return sorted({item["entrypoint"] for item in read_deployments(ROOT / "prefect.yaml")} | {scored})


@pytest.mark.prefect
@pytest.mark.parametrize("entrypoint", _entrypoints())
def test_entrypoints_load_under_their_true_name(entrypoint: str) -> None:
    from prefect.flows import load_flow_from_entrypoint

    flow = load_flow_from_entrypoint(entrypoint, use_placeholder_flow=False)
    assert f"{flow.fn.__module__}.{flow.fn.__name__}" == entrypoint


@pytest.mark.prefect
@pytest.mark.parametrize("deployment", read_deployments(ROOT / "prefect.yaml"), ids=lambda item: item["name"])
def test_deployments_are_scheduled_alone_and_fit_their_flow(deployment: dict[str, object]) -> None:
    from prefect.flows import load_flow_from_entrypoint

    flow = load_flow_from_entrypoint(str(deployment["entrypoint"]), use_placeholder_flow=False)
    parameters = deployment["parameters"]
    assert isinstance(parameters, dict)
    inspect.signature(flow.fn).bind(**parameters)
    assert flow.validate_parameters(parameters)
    assert deployment["schedules"]
    assert deployment["concurrency_limit"] == 1


@pytest.mark.prefect
def test_a_runner_is_chosen_by_name() -> None:
    from graphwright.flows.ingest import task_runner

    assert type(task_runner("threads", 2)).__name__ == "ThreadPoolTaskRunner"
    with pytest.raises(ConfigurationError, match="dask, processes, threads"):
        task_runner("carrier pigeons", 2)


@pytest.fixture
def on_server(prefect_service: PrefectServer) -> Callable[..., str]:
    """Runs Python against the server, in a process of its own; returns what it printed."""

    def run(code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=dict(prefect_service.environment), capture_output=True, text=True, timeout=400, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.strip()

    return run


def _wait_for_schedule(server: PrefectServer) -> list[datetime]:
    """The runs that the server's scheduler planned; it looks for new deployments every few seconds."""
    deadline = time.monotonic() + 90
    while not (found := server.scheduled_runs()) and time.monotonic() < deadline:
        time.sleep(1)
    assert found, "the server plans no runs"
    return found


@pytest.mark.prefect
@pytest.mark.slow
def test_from_deployment_to_finished_run(corpus: Path, plain: Report, prefect_service: PrefectServer) -> None:
    """prefect.yaml on a real server, a worker that takes the run, and the graph that the command line makes."""
    target = corpus.parent / "deployed"
    deployed = subprocess.run(
        [sys.executable, "-c", "from graphwright.flows.cli import main; main()",
         "deploy", "--file", str(ROOT / "prefect.yaml"), "--pool", "tests"],
        env=dict(prefect_service.environment), cwd=corpus.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert deployed.returncode == 0, deployed.stderr
    assert "ingest/nightly" in deployed.stderr
    assert _wait_for_schedule(prefect_service)[0].strftime("%M") == "00"
    before = {path.name for path in ROOT.iterdir()}
    with prefect_service.worker("tests") as log:
        parameters = {"corpus": [str(corpus)], "target": str(target), "work": str(corpus.parent / "work")}
        arguments = ["--params", json.dumps({**parameters, "annotator": "fakes:gazetteer"})]
        done = prefect_service.command("deployment", "run", "ingest/nightly", "--watch", *arguments, timeout=600)
        assert done.returncode == 0, done.stdout[-2000:] + log.read_text(encoding="utf-8")[-4000:]
    with open_target(load_settings(target=str(target))) as store:
        assert store.digest() == plain.digest
    assert (target / "report.html").is_file()
    assert {path.name for path in ROOT.iterdir()} == before


@pytest.mark.prefect
@pytest.mark.slow
def test_processes_give_the_same_graph_and_the_report_is_an_artifact(
    corpus: Path, plain: Report, on_server: Callable[..., str]
) -> None:
    printed = on_server(
        "from graphwright.flows import shards\nfrom graphwright.flows.ingest import ingest\n"
        "shards.cut.__kwdefaults__['characters'] = 1\n"
        f"digest = ingest(corpus=[{str(corpus)!r}], target={str(corpus.parent / 'many')!r}, "
        f"work={str(corpus.parent / 'work')!r}, annotator='fakes:gazetteer', workers=2, runner='processes')\n"
        "from prefect.artifacts import Artifact\n"
        "page = Artifact.get('ingest-report').data\nassert digest in page and 'the file is empty' in page, page\n"
        "print(digest)"
    )
    assert printed.splitlines()[-1] == plain.digest


@pytest.mark.prefect
@pytest.mark.slow
def test_training_runs_each_network_with_its_test(tmp_path: Path, on_server: Callable[..., str]) -> None:
    """The flow around the trainers; the trainers themselves are tested where they are."""
    printed = on_server(
        "import json, sys, types, fakes\nimport graphwright.models\n"
        "for name in ('train', 'coreference_training'):\n"
        "    sys.modules['graphwright.models.' + name] = fakes.trainers\n"
        "    setattr(graphwright.models, name, fakes.trainers)\n"
        "from pathlib import Path\nfrom graphwright.flows.training import train\n"
        f"folder = Path({str(tmp_path)!r})\n"
        "print(json.dumps(train(folder, folder / 'out', models=folder / 'models')))\n"
        "from prefect.artifacts import Artifact\nassert '0.75' in Artifact.get('scores-rnn').data"
    )
    scores = json.loads(printed.splitlines()[-1])
    assert list(scores) == ["encoder", "coreference", "fnn", "cnn", "rnn", "committee", "linker"]
    assert scores["cnn"] == {"f1": 0.75}
    assert sorted(path.name for path in (tmp_path / "models").iterdir()) == sorted(scores)
    assert (tmp_path / "models" / "cnn" / "network").read_text(encoding="utf-8") == "cnn"


def test_fake_trainers_fill_the_real_signatures() -> None:
    from graphwright.models import coreference_training, train

    names = dict.fromkeys(("train_ner", "train_relations", "train_committee", "train_linker", "test_model"), train)
    for name, module in {**names, "train_coreference": coreference_training}.items():
        real, fake = (inspect.signature(getattr(one, name)).parameters for one in (module, fakes.trainers))
        assert set(fake) <= set(real), name
