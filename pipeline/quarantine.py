"""The quarantine: facts that were kept out of the graph since they break its schema, each with reason and evidence.

A file of JSON lines. It is appended to before the graph is written; what counts of it are the facts of documents as the
graph holds them, told by their fingerprints. So a run that is cut off anywhere leaves graph and quarantine in step.
One run at a time may write it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from graphwright.pipeline.errors import StoreError
from graphwright.pipeline.graph import Contribution, Literal
from graphwright.pipeline.quarantine_verdicts import claim_id
from graphwright.pipeline.records import Assertion, Band, Span
from graphwright.pipeline.violations import Broken, Rule
from graphwright.pipeline.whole_files import whole_file


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A fact that was kept out: ``head``, ``tail`` and ``span`` (its sentence) are code points of the document."""

    id: str
    document: str
    source: str
    fingerprint: str
    rule: Rule
    reason: str
    subject: str
    predicate: str
    object: str
    score: float
    assertion: Assertion
    band: Band
    head: Span
    tail: Span
    span: Span
    sentence: str
    model: str
    said_by: str = ""

    @property
    def claim(self) -> str:
        """What a verdict on it is about."""
        return claim_id(self.document, self.predicate, self.head, self.tail)


FACT: Final = TypeAdapter(Quarantined)


@dataclass(frozen=True, slots=True)
class Quarantine:
    """The file. ``held`` is, in all of it, the fingerprint of each document (id) that the graph holds.

    Raises ``StoreError`` where the file cannot be read or written.
    """

    path: Path

    def facts(self, held: Mapping[str, str]) -> list[Quarantined]:
        """What is kept out of the graph, by document and id."""
        live = {item.id: item for item in self._read() if held.get(item.document) == item.fingerprint}
        return sorted(live.values(), key=lambda item: (item.source, item.document, item.id))

    def add(self, items: Iterable[Quarantined]) -> None:
        """Append facts, of documents that are about to be written."""
        lines = "".join(_line(item) for item in items)
        if lines:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with self.path.open("a", encoding="utf-8") as stream:
                    stream.write(lines)
                    stream.flush()
                    os.fsync(stream.fileno())
            except OSError as error:
                raise StoreError(f"the quarantine {self.path} cannot be written: {error.strerror}") from error

    def sweep(self, held: Mapping[str, str]) -> None:
        """Drop what no document that is held says (any more); the file goes with its last fact."""
        if not self.path.exists():
            return
        lines = "".join(_line(item) for item in self.facts(held))
        try:
            if lines:
                with whole_file(self.path) as draft:
                    draft.write_text(lines, encoding="utf-8")
            else:
                self.path.unlink()
        except OSError as error:
            raise StoreError(f"the quarantine {self.path} cannot be written: {error.strerror}") from error

    def _read(self) -> Iterator[Quarantined]:
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreError(f"the quarantine {self.path} cannot be read: {error.strerror}") from error
        *whole, _ = text.split("\n")  # a last line without its end was cut off, before its document was written
        for number, line in enumerate(whole, 1):
            try:
                yield FACT.validate_json(line)
            except ValidationError as error:
                flaw = error.errors()[0]
                raise StoreError(
                    f"{self.path} line {number}: wanted a fact as JSON ({flaw['msg']}); restore the file, or remove it "
                    "and build into a new target"
                ) from None


def quarantined(part: Contribution, broken: Iterable[Broken]) -> list[Quarantined]:
    """The facts of a contribution that were kept out of it, told in names."""
    names = {item.id: item.name for item in part.occurrences}
    return [_told(part, item, names) for item in broken]


def _told(part: Contribution, broken: Broken, names: Mapping[str, str]) -> Quarantined:
    fact, evidence = broken.fact, broken.fact.evidence
    end = fact.object
    return Quarantined(
        id=fact.id,
        document=part.document,
        source=part.source,
        fingerprint=part.fingerprint,
        rule=broken.rule,
        reason=broken.reason,
        subject=names[fact.subject],
        predicate=fact.predicate,
        object=f"{end.value} {end.unit}".rstrip() if isinstance(end, Literal) else names[end],
        score=evidence.score,
        assertion=evidence.assertion,
        band=evidence.band,
        head=evidence.head,
        tail=evidence.tail,
        span=evidence.sentence,
        sentence=evidence.text,
        model=evidence.model,
        said_by=evidence.said_by,
    )


def _line(item: Quarantined) -> str:
    return json.dumps(asdict(item)) + "\n"
