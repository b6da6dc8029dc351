"""The flow that keeps a graph fresh: shard, annotate each shard, write, validate, report. Tasks hand on paths.

The graph is the one that ``graphwright build`` makes of the same corpus.
"""

# Annotations are values here, since Prefect makes pydantic models of the flows' signatures, in other processes too.

from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.task_runners import ProcessPoolTaskRunner, ThreadPoolTaskRunner

from graphwright.flows import steps
from graphwright.flows.quarantine import settle
from graphwright.flows.shards import read_manifest, write_manifest
from graphwright.flows.steps import Job
from graphwright.flows.summary import markdown_report, report_rows
from graphwright.pipeline.errors import ConfigurationError, StoreError

if TYPE_CHECKING:
    from graphwright.pipeline.build import Report
    from graphwright.pipeline.quality import Violation

AHEAD = 2
Runner = Literal["threads", "processes", "dask"]


def _refused(task: object, run: object, state: Any) -> bool:
    """Retry only what may pass by itself: a target that is away or busy."""
    return isinstance(state.result(raise_on_failure=False), StoreError)


shard = task(name="shard", cache_policy=NO_CACHE)(steps.shard)
annotate = task(name="annotate", cache_policy=NO_CACHE, retries=1)(steps.annotate)
write = task(name="write", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=[5, 30], retry_condition_fn=_refused)(
    steps.write
)
validate = task(name="validate", cache_policy=NO_CACHE)(steps.validate)


@flow(name="annotate-shards")
def annotate_shards(manifest: Path, job: Job, ahead: int) -> Path:
    """Annotate the shards of a list, at most ``ahead`` in flight; returns the list of annotated shards."""
    flying: deque[PrefectFuture[Path]] = deque()
    done = []
    for path in read_manifest(manifest):
        if len(flying) >= ahead:
            done.append(flying.popleft().result())
        flying.append(annotate.submit(path, job))
    done.extend(future.result() for future in flying)
    return write_manifest(done, job.folder / "annotated.txt")


@flow(name="ingest")
def ingest(
    corpus: list[str],
    target: str | None = None,
    language: Literal["auto", "en", "zh"] | None = None,
    text_field: str = "text",
    schema_file: str | None = None,
    kb: str | None = None,
    network: str | None = None,
    ner: str | None = None,
    annotator: str | None = None,
    precision: Literal["0.8", "0.9", "0.95"] | None = None,
    min_score: float | None = None,
    redact: str | None = None,
    vectors: bool | None = None,
    pictures: bool | None = None,
    picture_network: str | None = None,
    limit: int | None = None,
    workers: int = 1,
    runner: Runner = "threads",
    work: str = ".graphwright",
) -> str:
    """Bring a graph up to date with a corpus; returns its digest.

    What is not given here comes from the settings of the worker (see ``flows.settings``), Neo4j's password always.

    Args:
        corpus: files, folders, globs, URLs.
        target: folder, file, neo4j:// or bolt:// address, or SPARQL endpoint.
        annotator: ``module:function`` that makes the annotator (see ``flows.annotators``).
        precision: what is kept, by the share of it that is true on held-out documents; the rest waits for review.
        redact: what becomes of personal data, such as ``PER=pseudonymise,email=drop``; the key for pseudonyms is
            $GRAPHWRIGHT_REDACT_KEY of each worker.
        pictures: pictures in documents are looked at, and what they show goes to the graph.
        picture_network: folder of a network of yours that looks at them.
        vectors: Neo4j also gets the encoder's vectors of things, with an index.
        workers: shards that are annotated at once, by ``runner``: threads, processes, or a Dask cluster.
        work: folder for shards, on storage that all workers share.
    """
    flags = {
        "target": target, "language": language, "schema": schema_file, "kb": kb, "network": network,
        "ner": ner, "annotator": annotator, "precision": precision, "min_score": min_score,
        "redact": redact, "vectors": vectors, "pictures": pictures, "picture_network": picture_network, "work": work,
    }  # fmt: skip
    job = Job(tuple(corpus), work, text_field, limit, flags)
    runner_of = annotate_shards.with_options(task_runner=task_runner(runner, workers))
    report = write(runner_of(shard(job), job, AHEAD * workers), job)
    settle(job.settings)
    _publish(report, job.settings.target, validate(job))
    return report.digest


def task_runner(name: str, workers: int) -> Any:
    """Prefect's runner of a name; Dask joins the cluster of $DASK_SCHEDULER_ADDRESS or starts one of its own."""
    if name == "dask":
        return _dask_runner(workers)
    known: Mapping[str, Any] = {"threads": ThreadPoolTaskRunner, "processes": ProcessPoolTaskRunner}
    if name not in known:
        raise ConfigurationError(f"no runner {name!r}; known: dask, processes, threads")
    return known[name](max_workers=workers)


def _dask_runner(workers: int) -> Any:
    import os

    try:
        from prefect_dask import DaskTaskRunner
    except ImportError as error:
        raise ConfigurationError("the runner 'dask' needs: pip install 'graphwright[dask]'") from error
    address = os.environ.get("DASK_SCHEDULER_ADDRESS")
    own = {"n_workers": workers, "threads_per_worker": 1}
    return DaskTaskRunner(address=address) if address else DaskTaskRunner(cluster_kwargs=own)


def _publish(report: "Report", target: str, violations: "Sequence[Violation]") -> None:
    """The report as artifacts: a table of counts, and a page with ledger and digest."""
    create_table_artifact(key="ingest-counts", table=report_rows(report), description=f"Ingest into {target}")
    create_markdown_artifact(key="ingest-report", markdown=markdown_report(report, target, violations))
    logger = get_run_logger()
    logger.info("%s documents, digest %s", report.documents, report.digest)
    if violations:
        logger.warning("%s statements break the schema; see the artifact ingest-report", len(violations))
    for failure in report.failures:
        logger.warning("%s failed: %s", failure.source, failure.reason)
