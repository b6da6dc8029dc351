"""What resolution costs after documents are added to a large graph, against the same documents in an empty one.

As a program: ``python tests/scale.py [documents held] [documents added]``. Names recur as in real texts: a few are in
many documents, most in one or two; half of the entities are linked to a knowledge base.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from graphwright.pipeline.graph import Contribution, Occurrence, OccurrenceMention
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.resolution.block_keys import block_keys
from graphwright.pipeline.resolution.touched import resolve_store
from graphwright.pipeline.sinks.opening import open_store

BATCH = 250
PAUSE, IDLE = 0.3, 0.02
"""Seconds: a process that takes less than the latter in the former has nothing left to do."""
SYLLABLES = [first + vowel + last for first in "bdgklmnprst" for vowel in "aeiou" for last in ("", "n", "r")]


LABELS = ("PER", "PER", "ORG", "ORG", "LOC", "LOC", "LOC", "LOC", "MISC", "MISC")
FRESH = {"PER": 0.9, "ORG": 0.6, "LOC": 0.1, "MISC": 0.6}
"""The share of names that no other document has; the others are drawn from ``KNOWN``, few often and most rarely."""
KNOWN = 20_000
LINKED = {"PER": 0.2, "ORG": 0.5, "LOC": 0.9, "MISC": 0.4}
"""The share of known names that are in the knowledge base; of such the linker misses ``MISSED``."""
MISSED = 0.03


def word(number: int) -> str:
    """A name of three syllables, another for each number below four million."""
    size = len(SYLLABLES)
    return (SYLLABLES[number % size] + SYLLABLES[number // size % size] + SYLLABLES[number // size**2 % size]).title()


def documents(first: int, count: int) -> Iterator[Contribution]:
    """Documents by number: each is a function of its number."""
    for number in range(first, first + count):
        random = Random(number)
        things = [thing(random, label) for label in LABELS]
        yield _document(
            f"document {number}", list({name: (name, label, link) for name, label, link in things}.values())
        )


def thing(random: Random, label: str) -> tuple[str, str, str | None]:
    """A thing of a type: (name, label, Wikidata id)."""
    if random.random() < FRESH[label]:
        return f"{word(random.randrange(10**6))} {word(random.randrange(10**6))}", label, None
    rank = int(5 * (KNOWN / 5) ** random.random()) - 5  # the chance of a rank r is about 1 / (r + 5)
    name = f"{word(rank)} {word(1000 + rank)} {label.title()}"
    linked = Random(f"{label} {rank}").random() < LINKED[label] and random.random() > MISSED
    return name, label, f"Q{rank}{len(label)}" if linked else None


def _document(document: str, things: Sequence[tuple[str, str, str | None]]) -> Contribution:
    words = [kb_id or name.lower() for name, _, kb_id in things]
    occurrences = tuple(
        Occurrence(
            content_hash(document, str(place)),
            document,
            label,
            name,
            (),
            kb_id,
            0.9,
            (OccurrenceMention(20 * place, 20 * place + len(name), name, 0.9),),
            block_keys(name, (), label, kb_id),
            tuple(sorted({*words} - {words[place]})),
        )
        for place, (name, label, kb_id) in enumerate(things)
    )
    return Contribution(document, f"{document}.txt", "v1", "f1", "en", "", occurrences)


def cost_of_adding(held: int, added: int, folder: str) -> tuple[float, float, int, float]:
    """Processor seconds of writing documents into a graph of others and of resolution, and the occurrences decided;
    seconds in which one of the documents is then replaced and resolved.
    """
    with open_store(folder) as store:
        for start in range(0, held, BATCH):
            store.replace(list(documents(added + start, min(BATCH, held - start))))
        if held:
            resolve_store(store)
            rest()
        new = [list(documents(start, min(BATCH, added - start))) for start in range(0, added, BATCH)]
        started = time.process_time()
        for batch in new:
            store.replace(batch)
        rest()
        written = time.process_time()
        decided = resolve_store(store)
        rest()
        resolved = time.process_time() - written
        started_again = time.perf_counter()
        [other] = documents(added + held, 1)
        store.replace([replace(other, document="document 0", occurrences=_moved(other.occurrences, "document 0"))])
        resolve_store(store)
        return written - started, resolved, decided, time.perf_counter() - started_again


def _moved(occurrences: Sequence[Occurrence], document: str) -> tuple[Occurrence, ...]:
    return tuple(replace(item, document=document) for item in occurrences)


def rest() -> None:
    """Wait until the database has put in order what it was given, which it does beside: each pays for its own."""
    spent = -1.0
    while time.process_time() - spent > IDLE:
        spent = time.process_time()
        time.sleep(PAUSE)


def main(held: int = 10_000, added: int = 1_000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        written, alone, few, _ = cost_of_adding(0, added, f"{folder}/empty")
        rewritten, among, many, replaced = cost_of_adding(held, added, f"{folder}/large")
    print(f"{added:,} documents into an empty graph: written in {written:.1f} s, resolved in {alone:.1f} s: {few:,}")
    print(f"added to {held:,} documents: written in {rewritten:.1f} s, resolved in {among:.1f} s: {many:,}")
    whole = (rewritten + among) / (written + alone)
    print(f"then one of {held + added:,} documents replaced and resolved in {replaced:.2f} s")
    print(f"resolved in {among / alone:.2f} times as long, written and resolved in {whole:.2f} times as long")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
