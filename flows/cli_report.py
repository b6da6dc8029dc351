"""What ``build`` prints when it is done: counts, ledger, the best facts, the digest, and what to try next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import typer

from graphwright.flows.cli_diff import as_object, show_difference
from graphwright.flows.cli_output import emit_json, emit_table, say, talk
from graphwright.flows.summary import count_rows

if TYPE_CHECKING:
    from graphwright.flows.building import Built
    from graphwright.flows.run_log import Run
    from graphwright.pipeline.report_facts import ReportedFact

SHOWN_FAILURES = 20
Rows = Iterable[tuple[str, str, int]]


def show_built(built: Built, target: str, *, json: bool) -> None:
    """Print a run, and end with exit code 1 where documents failed."""
    if json:
        told = {} if built.difference is None else {"difference": as_object(built.difference)}
        emit_json({**as_counts(built), "facts": [_fact(fact) for fact in built.facts], **told})
    else:
        _show_counts(built)
        if built.difference is None:
            _show_facts(built.facts)
        else:
            show_difference(built.difference)
        say(f"digest {built.report.digest}")
        _show_next(built, target)
    tell_languages(built.report.ledger)
    end_with([(failure.source, failure.reason) for failure in built.report.failures])


def as_counts(built: Built) -> dict[str, object]:
    """A run without its facts, for machines."""
    report = built.report
    ledger = [{"what": what, "reason": reason, "number": number} for what, reason, number in report.ledger]
    return {
        **dict(count_rows(report)),
        "seconds": report.seconds,
        "digest": report.digest,
        "ledger": ledger,
        "failures": report.failures,
        "page": built.page,
        "run": built.run,
    }


def tell_left_out(ledger: Rows) -> None:
    """What of annotated documents is missing or in doubt: a line a reason, one on all foreign languages."""
    from graphwright.pipeline.pairs import TOO_MANY

    rows = list(ledger)
    for what, reason, number in rows:
        if reason == TOO_MANY:
            talk(f"left out: {number:,} times a {what}: {reason}")
    tell_languages(rows)


def tell_languages(ledger: Rows) -> None:
    """One line on all documents that are in languages that the networks were not trained on, if there are any."""
    from graphwright.pipeline.contribution import UNTRAINED

    foreign = [(reason.removesuffix(f": {UNTRAINED}"), number) for _, reason, number in ledger if UNTRAINED in reason]
    if foreign:
        names = ", ".join(f"{name}: {number}" for name, number in foreign)
        talk(
            f"note: the networks were trained on English; facts of {sum(number for _, number in foreign)} documents in "
            f"other languages ({names}) wait for review; --language en takes them for English"
        )


def end_with(failures: Sequence[tuple[str, str]]) -> None:
    """Name the documents that failed and leave with exit code 1, if there are any."""
    for source, reason in failures[:SHOWN_FAILURES]:
        talk(f"failed: {source}: {reason}")
    if len(failures) > SHOWN_FAILURES:
        talk(f"failed: {len(failures) - SHOWN_FAILURES} more; --json lists them all")
    if failures:
        raise typer.Exit(1)


def _fact(fact: ReportedFact) -> dict[str, object]:
    best = min(fact.evidence, key=lambda sentence: len(sentence.text))
    return {
        "id": fact.id,
        "subject": fact.subject,
        "predicate": fact.predicate,
        "object": fact.object,
        "score": fact.score,
        "documents": fact.documents,
        "sentence": " ".join(best.text.split()),
        "source": best.source,
    }


def _show_counts(built: Built) -> None:
    report = built.report
    emit_table(("what", "number"), count_rows(report))
    if report.ledger:
        emit_table(("not in the graph", "why", "number"), report.ledger, title="ledger")
    talk(f"{report.words / max(report.seconds, 0.001):,.0f} words a second, {report.seconds:.1f} s")


def _show_facts(facts: Sequence[ReportedFact]) -> None:
    for fact in facts:
        say(f"{fact.score:.2f}  {fact.subject} -- {fact.predicate} --> {fact.object}")
        for sentence in fact.evidence[:1]:
            say(f"      {sentence.shortened}")
            say(f"      {sentence.short_source}, statement {fact.id[:12]}")


def _show_next(built: Built, target: str) -> None:
    if built.report.documents == 0 or built.difference is not None:
        return
    if built.run:
        talk(_run(built.run, target))
    if built.page:
        talk(f"see it:  open {built.page} in a browser")
    for fact in built.facts[:1]:
        talk(f"why:     graphwright explain {target} {fact.id[:12]}")
    talk(f"ask:     graphwright query {target} '{_example(target)}'")
    talk(f"unsure:  graphwright review {target}")


def _run(run: Run, target: str) -> str:
    counts = {"added": run.added, "changed": run.changed, "retracted": run.retracted}
    told = ", ".join(f"{number:,} facts {what}" for what, number in counts.items() if number)
    if run.added is None or run.number == 1:
        return f"run:     {run.id}, the first one that later ones can be compared to"
    shown = f": graphwright diff run-{run.number - 1} {run.id} --of {target}" if told and run.kept else ""
    return f"run:     {run.id}, {told or 'no fact changed'}{shown}"


def _example(target: str) -> str:
    if target.startswith(("neo4j", "bolt")):
        return "MATCH (a:Entity)-[r]->(b:Entity) RETURN a.name, type(r), b.name LIMIT 10"
    path = "?s rdf:subject/skos:prefLabel ?a ; rdf:predicate ?p ; rdf:object/skos:prefLabel ?b"
    return f"SELECT ?a ?p ?b WHERE {{ {path} }} LIMIT 10"
