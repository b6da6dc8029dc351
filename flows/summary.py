"""A run's report in words and tables, for artifacts and for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphwright.pipeline.build import Report
    from graphwright.pipeline.quality import Violation

COUNTS = ("documents", "unchanged", "words", "mentions", "entities", "kept", "review", "dropped")
SHOWN = 100


def count_rows(report: Report) -> list[tuple[str, int]]:
    """What was read, found and kept."""
    return [(name, getattr(report, name)) for name in COUNTS]


def report_rows(report: Report) -> list[dict[str, object]]:
    """The counts as records."""
    return [{"what": name, "number": number} for name, number in count_rows(report)]


def markdown_report(report: Report, target: str, violations: Sequence[Violation]) -> str:
    """A page: digest, counts, ledger, failures. Of long lists the beginning."""
    parts = [
        f"# Ingest into {target}",
        f"Digest `{report.digest}`, {report.seconds:.1f} s, {len(violations)} violations of the schema.",
        _table(("what", "number"), count_rows(report)),
        "## Ledger: what was read and did not reach the graph",
        _table(("what", "reason", "number"), report.ledger[:SHOWN]),
    ]
    if report.failures:
        rows = [(failure.source, failure.reason) for failure in report.failures[:SHOWN]]
        parts += [f"## {len(report.failures)} documents failed", _table(("document", "reason"), rows)]
    if violations:
        found = [(item.node, item.message) for item in violations[:SHOWN]]
        parts += ["## Violations of the schema", _table(("statement", "what is wrong"), found)]
    return "\n\n".join(parts)


def _table(columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [columns, tuple("---" for _ in columns), *rows]
    return "\n".join("| " + " | ".join(_cell(value) for value in line) + " |" for line in lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
