"""Java services for the tests: jars from Maven Central, fetched once for each state of their pom."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import socket
import subprocess
from pathlib import Path

SERVICES = Path(__file__).parents[2] / ".services"
FETCH_SECONDS = 900


class ServiceUnavailableHereError(Exception):
    """The service cannot run here; the message says what is missing."""


def check_programs(advice: str = "") -> None:
    """Raises ``ServiceUnavailableHereError`` where Java or Maven is missing."""
    if missing := [name for name in ("java", "mvn") if not shutil.which(name)]:
        raise ServiceUnavailableHereError(f"the service needs {' and '.join(missing)}{advice}")


def fetch_jars(pom: Path, name: str) -> Path:
    """The folder of the jars that ``pom`` names, safe against runs side by side; ``name`` is that of their folder."""
    folder = SERVICES / name
    folder.mkdir(parents=True, exist_ok=True)
    wanted = hashlib.sha256(pom.read_bytes()).hexdigest()
    marker = folder / "complete"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (marker.exists() and marker.read_text() == wanted):
            marker.unlink(missing_ok=True)
            _copy_dependencies(pom, folder / "lib")
            marker.write_text(wanted)
    return folder / "lib"


def _copy_dependencies(pom: Path, folder: Path) -> None:
    partial = folder.with_name("lib.partial")
    shutil.rmtree(partial, ignore_errors=True)
    command = ["mvn", "-q", "-B", "-f", str(pom), "dependency:copy-dependencies"]
    options = ["-DincludeScope=runtime", f"-DoutputDirectory={partial}"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=FETCH_SECONDS, check=False)
    if done.returncode:
        raise ServiceUnavailableHereError(f"Maven could not fetch {pom.name}: {tail(done.stdout + done.stderr)}")
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for item in sockets:
            item.bind(("127.0.0.1", 0))
        return [item.getsockname()[1] for item in sockets]
    finally:
        for item in sockets:
            item.close()


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, and kill it where it does not within half a minute."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def tail(text: str) -> str:
    return " | ".join(text.strip().splitlines()[-3:]) or "no output"
