"""Where the quarantine of a target lies, and keeping it in step with the graph."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphwright.flows.settings import Settings
from graphwright.flows.targets import beside, open_steady_target, open_target
from graphwright.pipeline.errors import UsageError

if TYPE_CHECKING:
    from graphwright.pipeline.quarantine import Quarantine, Quarantined
    from graphwright.pipeline.quarantine_verdicts import Verdict, Verdicts

NAME = "quarantine.jsonl"
DECISIONS = "quarantine.decisions.jsonl"


@dataclass(frozen=True, slots=True)
class DecidedFact:
    """A fact that somebody decided about, in words, and whether the graph holds it."""

    claim: str
    verdict: Verdict
    in_graph: bool
    subject: str
    predicate: str
    object: str
    source: str


def quarantine_of(settings: Settings) -> Quarantine:
    """In the folder that is the target, beside the file that is; in the folder ``work`` for servers."""
    from graphwright.pipeline.quarantine import Quarantine

    return Quarantine(beside(settings, NAME))


def verdicts_of(settings: Settings) -> Verdicts:
    """What was decided about the facts in it: beside the quarantine, and kept when that goes with its last fact."""
    from graphwright.pipeline.quarantine_verdicts import Verdicts

    path = quarantine_of(settings).path
    return Verdicts(path.with_name(path.name.removesuffix(NAME) + DECISIONS))


def quarantine_rows(settings: Settings) -> list[Quarantined]:
    """The facts that are kept out of the graph and that nobody decided about, the surest first."""
    decided = verdicts_of(settings).read()
    return [item for item in _held_back(settings) if item.claim not in decided]


def decided_rows(settings: Settings) -> list[DecidedFact]:
    """The facts that somebody decided about; without words where the graph and the quarantine have none of them."""
    decided = verdicts_of(settings).read()
    kept_out = {item.claim: item for item in _held_back(settings)}
    told = _in_graph(settings, decided)
    rows = []
    for claim, item in decided.items():
        fact = kept_out.get(claim)
        names = (fact.subject, fact.predicate, fact.object, fact.source) if fact else told.get(claim, ("", "", "", ""))
        rows.append(DecidedFact(claim, item.verdict, claim in told, *names))
    return rows


def decide(settings: Settings, asked: Sequence[str], verdict: Verdict) -> int:
    """Decide about facts in quarantine, or anew about decided ones; returns how many. ``asked``: starts of ids.

    A released fact is in the graph after the next build, which reads its document again.
    Raises ``UsageError`` where an id is none, or of several; then nothing is decided.
    """
    from graphwright.pipeline.quarantine_verdicts import Decided

    verdicts = verdicts_of(settings)
    documents = {item.claim: item.document for item in verdicts.read().values()}
    documents |= {item.claim: item.document for item in _held_back(settings)}
    claims = _claims(settings, asked, documents)
    verdicts.decide(Decided(claim, documents[claim], verdict) for claim in claims)
    return len(claims)


def take_back(settings: Settings, asked: Sequence[str], verdict: Verdict) -> int:
    """Take decisions back; returns how many. Raises ``UsageError`` as ``decide``."""
    verdicts = verdicts_of(settings)
    claims = _claims(settings, asked, [item.claim for item in verdicts.read().values() if item.verdict == verdict])
    verdicts.take_back(claims)
    return len(claims)


def _claims(settings: Settings, asked: Sequence[str], known: Iterable[str]) -> list[str]:
    """The one claim that starts with each of the ids."""
    ordered = sorted(known)
    found = {start: [claim for claim in ordered if start and claim.startswith(start)] for start in asked}
    for start, claims in found.items():
        if len(claims) != 1:
            raise UsageError(
                f"{len(claims)} facts of the quarantine have an id that starts with {start!r}; wanted one: see them "
                f"with: graphwright quarantine list {settings.target}"
            )
    return sorted({claims[0] for claims in found.values()})


def _held_back(settings: Settings) -> list[Quarantined]:
    from graphwright.pipeline.build import fingerprints

    with open_target(settings) as store:
        found = quarantine_of(settings).facts(fingerprints(store))
    return sorted(found, key=lambda item: (-item.score, item.source, item.id))


def _in_graph(settings: Settings, claims: Collection[str]) -> dict[str, tuple[str, str, str, str]]:
    """Claim -> subject, predicate, object and source in words, of those that the graph holds."""
    from graphwright.pipeline.graph import Literal
    from graphwright.pipeline.quarantine_verdicts import claim_id

    told = {}
    with open_steady_target(settings) as store:
        names = {node.id: node.name for node in store.nodes()}
        sources = store.documents()
        for item in store.statements():
            end = item.object.value if isinstance(item.object, Literal) else names[item.object]
            for said in item.evidence:
                claim = claim_id(said.document, item.predicate, said.head, said.tail)
                if claim in claims:
                    told[claim] = (names[item.subject], item.predicate, end, sources[said.document][0])
    return told


def settle(settings: Settings, held: Mapping[str, str] | None = None) -> None:
    """Drop what the graph no longer says; to be called when the target is written, and closed."""
    quarantine = quarantine_of(settings)
    if not quarantine.path.exists():
        return
    if held is None:
        from graphwright.pipeline.build import fingerprints

        with open_target(settings) as store:
            held = fingerprints(store)
    quarantine.sweep(held)
