"""The container files, without an engine: a linter, the compose specification, and what they promise each other."""

from __future__ import annotations

import fnmatch
import inspect
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from graphwright.flows.deploy import read_deployments

ROOT = Path(__file__).parents[1]
DOCKER = ROOT / "docker"
DOCKERFILE = DOCKER / "Dockerfile"


def _instructions() -> list[tuple[str, str]]:
    text = DOCKERFILE.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def _compose() -> dict[str, Any]:
    found = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


COMPOSE = _compose()
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_the_linter_finds_nothing() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([linter, DOCKERFILE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_ends_as_nobody_special_and_says_how_it_is() -> None:
    final = _instructions()[[name for name, _ in _instructions()].index("FROM", 1) :]
    values = dict(final)
    assert int(values["USER"]) >= 1000
    assert values["HEALTHCHECK"]
    assert json.loads(values["ENTRYPOINT"]) == ["graphwright"]
    assert "DO_NOT_TRACK=1" in values["ENV"]
    assert [name for name, _ in final].index("USER") > max(at for at, (name, _) in enumerate(final) if name == "RUN")


def test_what_is_copied_is_there_and_not_ignored() -> None:
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    kept = [rule[1:] for rule in rules if rule.startswith("!")]
    copied = [shlex.split(value)[:-1] for name, value in _instructions() if name == "COPY" and "--from" not in value]
    sources = [source for part in copied for source in part]
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert any(fnmatch.fnmatch(source, rule) for rule in kept), source
    assert "*" in rules


def test_versions_come_from_the_lock() -> None:
    build = " ".join(value for name, value in _instructions() if name == "RUN")
    assert "uv export --frozen" in build
    assert "--no-deps" in build


def test_compose_keeps_to_its_specification() -> None:
    from compose_spec import PyCompose

    assert PyCompose.from_json(json.dumps(COMPOSE)).service_names() == list(SERVICES)
    wrong = {**COMPOSE, "services": {"worker": {**SERVICES["worker"], "depend_on": {}}}}
    with pytest.raises(ValueError, match="depend_on"):
        PyCompose.from_json(json.dumps(wrong))


@pytest.mark.parametrize("name", SERVICES)
def test_services_are_pinned_watched_quiet_and_local(name: str) -> None:
    service = SERVICES[name]
    assert service["image"] == "graphwright:latest" or ":" in service["image"].replace(":latest", "")
    assert "restart" in service
    assert "healthcheck" in service or "HEALTHCHECK" in dict(_instructions())
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    environment = service["environment"]
    assert environment.get("DO_NOT_TRACK") == "1" or environment["NEO4J_dbms_usage__report_enabled"] == "false"


def test_nothing_starts_before_what_it_needs_is_healthy() -> None:
    assert SERVICES["worker"]["depends_on"] == {
        "prefect": {"condition": "service_healthy"},
        "neo4j": {"condition": "service_healthy"},
        "deploy": {"condition": "service_completed_successfully"},
    }
    for name in ("prefect", "neo4j"):
        assert SERVICES[name]["healthcheck"]["test"]


def test_the_password_is_a_secret_and_stands_in_no_file() -> None:
    assert COMPOSE["secrets"]["neo4j_password"] == {"file": "neo4j_password.txt"}
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "/docker/neo4j_password.txt" in ignored
    for name in ("neo4j", "worker"):
        assert SERVICES[name]["secrets"] == ["neo4j_password"]
        assert not any("PASSWORD" in key for key in SERVICES[name]["environment"])


def test_volumes_and_mounts_exist() -> None:
    named = {mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])}
    local = {mount for mount in named if mount.startswith(".")}
    assert named - local == set(COMPOSE["volumes"])
    assert local == {"./corpus", "./prefect.yaml"}


@pytest.mark.prefect
def test_the_deployment_fits_flow_worker_and_mounts() -> None:
    from prefect.flows import load_flow_from_entrypoint

    [deployment] = read_deployments(DOCKER / "prefect.yaml")
    flow = load_flow_from_entrypoint(deployment["entrypoint"], use_placeholder_flow=False)
    inspect.signature(flow.fn).bind(**deployment["parameters"])
    entrypoint = SERVICES["worker"]["entrypoint"]
    assert entrypoint[entrypoint.index("--pool") + 1] == deployment["work_pool"]["name"]
    assert deployment["concurrency_limit"] == 1
    mounts = [mount.split(":")[1] for mount in SERVICES["worker"]["volumes"]]
    assert deployment["parameters"]["corpus"][0] in mounts
    assert any(deployment["parameters"]["work"].startswith(f"{mount}/") for mount in mounts)


@pytest.mark.parametrize(("server", "code"), [("", 0), ("http://127.0.0.1:9/api", 1)])
def test_the_health_check(server: str, code: int) -> None:
    environment = {**os.environ, "PREFECT_API_URL": server}
    done = subprocess.run(
        [sys.executable, DOCKER / "healthy.py"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert server in done.stderr
