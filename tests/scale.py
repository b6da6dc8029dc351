"""What resolution costs after documents are added to a large graph, against the same documents in an empty one.

As a program: ``python tests/scale.py [documents held] [documents added]``. Names recur as in real texts: a few are in
many documents, most in one or two; half of the entities are linked to a knowledge base.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from random import Random

from graphwright.pipeline.block_keys import block_keys
from graphwright.pipeline.graph import Contribution, Occurrence, OccurrenceMention
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.resolution import resolve_store
from graphwright.pipeline.sinks.opening import open_store

ENTITIES = 10
"""A document's entities."""
BATCH = 250
SYLLABLES = [first + vowel + last for first in "bdgklmnprst" for vowel in "aeiou" for last in ("", "n", "r")]


def word(number: int) -> str:
    """A name of three syllables, another for each number below four million."""
    size = len(SYLLABLES)
    return (SYLLABLES[number % size] + SYLLABLES[number // size % size] + SYLLABLES[number // size**2 % size]).title()


def person(number: int) -> str:
    return f"{word(number % 400)} {word(400 + number // 400)}"


def documents(first: int, count: int) -> Iterator[Contribution]:
    """Documents by number: each is a function of its number."""
    for number in range(first, first + count):
        random = Random(number)
        names = [_thing(random) for _ in range(ENTITIES)]
        yield _document(f"document {number}", list(dict.fromkeys(names)))


def _thing(random: Random) -> tuple[str, str, str | None]:
    """(name, label, Wikidata id): half linked, of which few are common; of the others most are rare."""
    if random.random() < 0.5:
        item = min(int(random.paretovariate(0.7)), 20_000)
        return f"{word(item)} City", "LOC", f"Q{item}"
    if random.random() < 0.4:
        return f"{word(min(int(random.paretovariate(0.6)), 20_000))} Works", "ORG", None
    return person(random.randrange(2_000_000)), "PER", None


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


def seconds_to_resolve(held: int, added: int, folder: str) -> tuple[float, int]:
    """Seconds that resolution takes after documents are added to a graph of others, and the occurrences decided."""
    with open_store(folder) as store:
        for start in range(0, held, BATCH):
            store.replace(list(documents(added + start, min(BATCH, held - start))))
        if held:
            resolve_store(store)
        for start in range(0, added, BATCH):
            store.replace(list(documents(start, min(BATCH, added - start))))
        started = time.perf_counter()
        decided = resolve_store(store)
        return time.perf_counter() - started, decided


def main(held: int = 10_000, added: int = 1_000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        alone, few = seconds_to_resolve(0, added, f"{folder}/empty")
        among, many = seconds_to_resolve(held, added, f"{folder}/large")
    print(f"{added:,} documents in an empty graph: {alone:.1f} s, {few:,} occurrences decided")
    print(
        f"added to {held:,} documents: {among:.1f} s, {many:,} occurrences decided; {among / alone:.2f} times as long"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
