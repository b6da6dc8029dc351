"""Putting the flows on a Prefect server: all deployments of a prefect.yaml, or one flow served from this process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import httpx
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
        Names as ``prefect deployment run`` takes them, flow/deployment.

    Raises:
        ConfigurationError: a file that cannot be used.
        StoreError: no server answers, or it refuses.
    """
    entries = read_deployments(file)
    _reach_server()
    with reported():
        for name in sorted({pool or _pool_of(entry, file) for entry in entries}):
            _ensure_pool(name)
        return [_deploy(entry, pool or _pool_of(entry, file), file) for entry in entries]


def serve_ingest(corpus: Sequence[str], target: str, *, cron: str, timezone: str) -> None:
    """Run ingest on a schedule in this process until it is interrupted."""
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from graphwright.flows.ingest import ingest

    parameters = {"corpus": [_absolute(path) for path in corpus], "target": target}
    schedule = Cron(cron, timezone=timezone)
    kind = EntrypointType.MODULE_PATH
    ingest.serve(name="serve", schedule=schedule, parameters=parameters, limit=1, entrypoint_type=kind)


@contextmanager
def reported() -> Iterator[None]:
    """What the server refuses as ``StoreError``, what cannot be deployed as ``ConfigurationError``."""
    from prefect.exceptions import MissingFlowError, ScriptError
    from pydantic import ValidationError

    try:
        yield
    except httpx.HTTPError as error:
        raise StoreError(f"the Prefect server refused: {error}") from error
    except (MissingFlowError, ScriptError, ImportError, ValidationError, KeyError, TypeError) as error:
        raise ConfigurationError(f"a deployment cannot be made: {error}") from error


def _ensure_pool(name: str) -> None:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.exceptions import ObjectNotFound

    with get_client(sync_client=True) as client:
        try:
            client.read_work_pool(name)
        except ObjectNotFound:
            client.create_work_pool(WorkPoolCreate(name=name, type="process"))


def _deploy(entry: Mapping[str, Any], pool: str, file: Path) -> str:
    """Register one deployment. Runs start in ``working_dir`` of its job variables, else in the folder of the file."""
    from prefect.deployments.runner import RunnerDeployment
    from prefect.runner.storage import LocalStorage
    from prefect.schedules import Schedule

    variables = entry["work_pool"].get("job_variables") or {}
    made = RunnerDeployment.from_entrypoint(
        entry["entrypoint"],
        name=entry["name"],
        schedules=[Schedule(**item) for item in entry.get("schedules") or []],
        parameters=entry.get("parameters") or {},
        description=entry.get("description"),
        tags=entry.get("tags") or [],
        concurrency_limit=entry.get("concurrency_limit"),
        work_pool_name=pool,
        job_variables=variables,
    )
    # Without a storage Prefect copies the whole folder that this command was given in to where a run starts.
    made.storage = LocalStorage(path=variables.get("working_dir") or str(file.parent.absolute()))
    made.apply()
    return f"{made.flow_name}/{made.name}"


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
