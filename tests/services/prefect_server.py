"""A real Prefect server and worker for the tests: processes of their own, a home of their own, nothing reported."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

TESTS = Path(__file__).parents[1]
START_SECONDS = 300
STOP_SECONDS = 20


@dataclass(frozen=True, slots=True)
class PrefectServer:
    """Where a server is, and the environment in which commands and workers find it."""

    url: str
    environment: Mapping[str, str]
    folder: Path

    def command(self, *arguments: str, timeout: float = 240) -> subprocess.CompletedProcess[str]:
        """Run Prefect's command line against the server."""
        return subprocess.run(
            [sys.executable, "-m", "prefect", "--no-prompt", *arguments],
            env=dict(self.environment), cwd=self.folder, capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip

    def scheduled_runs(self) -> list[datetime]:
        """When the runs that wait for their time are due, the next first."""
        question = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}, "limit": 200}
        headers = {"Content-Type": "application/json"}
        request = Request(f"{self.url}/flow_runs/filter", json.dumps(question).encode(), headers)
        with urlopen(request, timeout=30) as answer:
            return sorted(datetime.fromisoformat(run["expected_start_time"]) for run in json.load(answer))

    @contextmanager
    def worker(self, pool: str) -> Iterator[Path]:
        """A process worker on a pool, as long as the block lasts; yields its log."""
        log = self.folder / f"worker-{pool}.log"
        with _running(["worker", "start", "--pool", pool, "--type", "process"], self.environment, log, self.folder):
            yield log


@contextmanager
def prefect_server(folder: Path) -> Iterator[PrefectServer]:
    """A server on a free port with its database under ``folder``, which ends with the block."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}/api"
    environment = {
        **os.environ,
        "PREFECT_HOME": str(folder / "home"),
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_UI_ENABLED": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "PYTHONPATH": os.pathsep.join(filter(None, (str(TESTS), os.environ.get("PYTHONPATH")))),
    }
    log = folder / "server.log"
    command = ["server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui"]
    with _running(command, {**environment, "PREFECT_API_URL": ""}, log, folder) as process:
        _wait_until_healthy(url, process, log)
        yield PrefectServer(url, environment, folder)


@contextmanager
def _running(
    arguments: list[str], environment: Mapping[str, str], log: Path, folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A prefect process with its children, ended in order and, where it does not end, killed."""
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", *arguments],
            env=dict(environment), cwd=folder, stdout=stream, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, number)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"{url}/health", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.5)
    raise RuntimeError(f"the Prefect server did not start:\n{log.read_text(errors='replace')[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
