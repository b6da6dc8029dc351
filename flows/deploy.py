"""Putting the flows on a Prefect server: all deployments of a prefect.yaml, or one flow served from this process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import yaml

from graphwright.pipeline.errors import ConfigurationError, StoreError

REACH_SECONDS = 5


def read_deployments(file: Path) -> list[dict[str, Any]]:
    """The ``deployments`` of a prefect.yaml. Raises ``ConfigurationError``."""
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(f"no {file}: give --file, or stand where prefect.yaml is") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"cannot read {file}: {' '.join(str(error).split())}") from None
    found = content.get("deployments") if isinstance(content, dict) else None
    if not isinstance(found, list) or not all(isinstance(item, dict) and "entrypoint" in item for item in found):
        raise ConfigurationError(f"{file} wants a list 'deployments' of which each has an 'entrypoint'")
    return found


def deploy_all(file: Path, *, pool: str | None = None) -> list[str]:
    """Register every deployment of a file with the server of PREFECT_API_URL, and make its work pool if it is missing.

    Returns:
        Names of the deployments.

    Raises:
        ConfigurationError: a file that cannot be used.
        StoreError: no server answers, or it refuses.
    """
    entries = read_deployments(file)
    _reach_server()
    for name in sorted({pool or _pool_of(entry, file) for entry in entries}):
        _prefect("work-pool", "create", name, "--type", "process", "--overwrite")
    chosen = ["--pool", pool] if pool else []
    _prefect("deploy", "--all", "--prefect-file", str(file), *chosen)
    return [str(entry["name"]) for entry in entries]


def serve_ingest(corpus: Sequence[str], target: str, *, cron: str, timezone: str) -> None:
    """Run ingest on a schedule in this process until it is interrupted."""
    from prefect.schedules import Cron

    from graphwright.flows.ingest import ingest

    parameters = {"corpus": [_absolute(path) for path in corpus], "target": target}
    ingest.serve(name="serve", schedule=Cron(cron, timezone=timezone), parameters=parameters, limit=1)


def _prefect(*arguments: str) -> None:
    """Run Prefect's own command. Raises ``StoreError`` with what it said last."""
    command = [sys.executable, "-m", "prefect", "--no-prompt", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise StoreError(f"prefect {' '.join(arguments[:2])} failed: {lines[-1] if lines else 'it said nothing'}")


def _reach_server() -> None:
    from prefect.settings import get_current_settings

    address = get_current_settings().api.url
    if not address:
        raise ConfigurationError("no Prefect server is named: set PREFECT_API_URL, after 'prefect server start'")
    try:
        with urlopen(f"{address.rstrip('/')}/health", timeout=REACH_SECONDS):
            return
    except OSError as error:
        raise StoreError(f"no Prefect server answers at {address} ({error}): start it or correct the address") from None


def _pool_of(entry: Mapping[str, Any], file: Path) -> str:
    pool = entry.get("work_pool") or {}
    if not isinstance(pool, dict) or not pool.get("name"):
        raise ConfigurationError(f"{file}: the deployment {entry.get('name')!r} names no work_pool")
    return str(pool["name"])


def _absolute(path: str) -> str:
    """Runs may start elsewhere, so local paths are made absolute; URLs stay."""
    return path if "://" in path else str(Path(path).absolute())
