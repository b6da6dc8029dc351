"""What people decided about facts in quarantine: released into the graph all the same, or dropped and not shown again.

A verdict is about a claim: that a document says, with its words at two places, that a property holds. So it survives
rebuilds, other networks and other thresholds, and waits where the document changed. It holds no word of the document.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Literal

from pydantic import TypeAdapter, ValidationError

from graphwright.pipeline.errors import StoreError
from graphwright.pipeline.graph import Contribution
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.records import Span
from graphwright.pipeline.violations import Broken
from graphwright.pipeline.whole_files import whole_file

Verdict = Literal["released", "dropped"]


@dataclass(frozen=True, slots=True, order=True)
class Decided:
    """A verdict on a claim (id) of a document (id)."""

    claim: str
    document: str
    verdict: Verdict


DECIDED: Final = TypeAdapter(Decided)


def claim_id(document: str, predicate: str, head: Span, tail: Span) -> str:
    """The id of a claim; spans are code points of the document, half-open."""
    return content_hash("claim", document, predicate, *map(str, (*head, *tail)))


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The file of verdicts, JSON lines. Raises ``StoreError`` where it cannot be read or written."""

    path: Path

    def read(self) -> dict[str, Decided]:
        """Claim -> what was decided, ordered."""
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"the decisions in {self.path} cannot be read: {error}") from error
        return {item.claim: item for item in sorted(self._parsed(lines))}

    def decide(self, decided: Iterable[Decided]) -> None:
        """Keep verdicts, each in place of the earlier one on its claim."""
        self._write({**self.read(), **{item.claim: item for item in decided}}.values())

    def take_back(self, claims: Collection[str]) -> None:
        """Let claims be undecided again."""
        self._write(item for item in self.read().values() if item.claim not in claims)

    def forget(self, documents: Collection[str]) -> None:
        """Drop what was decided about documents (ids)."""
        if self.path.exists():
            self._write(item for item in self.read().values() if item.document not in documents)

    def released(self) -> dict[str, frozenset[str]]:
        """Document -> its released claims."""
        found: dict[str, frozenset[str]] = {}
        for item in self.read().values():
            if item.verdict == "released":
                found[item.document] = found.get(item.document, frozenset()) | {item.claim}
        return found

    def _parsed(self, lines: Iterable[str]) -> Iterator[Decided]:
        for number, line in enumerate(lines, 1):
            try:
                yield DECIDED.validate_json(line)
            except ValidationError as error:
                said = error.errors()[0]["msg"]
                raise StoreError(
                    f"{self.path} line {number}: wanted a decision as JSON ({said}); restore the file, or remove it to "
                    "decide anew"
                ) from None

    def _write(self, decided: Iterable[Decided]) -> None:
        lines = "".join(json.dumps(asdict(item)) + "\n" for item in sorted(decided))
        try:
            if lines:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with whole_file(self.path) as draft:
                    draft.write_text(lines, encoding="utf-8")
            else:
                self.path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"the decisions in {self.path} cannot be written: {error.strerror}") from error


def readmitted(
    whole: Contribution, broken: Collection[Broken], released: Collection[str]
) -> tuple[Contribution, tuple[Broken, ...]]:
    """A contribution without its broken facts, but for those that were released; and the broken ones that are left."""
    left = tuple(item for item in broken if claim_of(whole.document, item) not in released)
    out = {item.fact.id for item in left}
    return replace(whole, facts=tuple(fact for fact in whole.facts if fact.id not in out)), left


def claim_of(document: str, broken: Broken) -> str:
    """The claim of a fact that breaks the schema."""
    return claim_id(document, broken.fact.predicate, broken.fact.evidence.head, broken.fact.evidence.tail)


def is_released(evidence: Iterable[tuple[str, str, Span, Span]], released: Mapping[str, Collection[str]]) -> bool:
    """Whether all evidence of a statement, as (document, predicate, head, tail), was released."""
    return all(claim_id(*item) in released.get(item[0], ()) for item in evidence)
