"""Contributions made without networks, as many as wanted, for the speeds of stores: each is a function of its number.

Shaped like those of the example corpus: three entities have five mentions, names recur (a few in most documents, most
in one or two), half of the entities are linked, and a context has thirty words. With a fact a mention, there are more
facts than in real texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from scale import LABELS, thing, word

from graphwright.pipeline.graph import Contribution, Evidence, Fact, Literal, Occurrence, OccurrenceMention
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.resolution.block_keys import block_keys
from graphwright.pipeline.resolution.context import WORD_MARK

MENTIONS = 100
"""A document's mentions, and its facts; a tenth of these have a year as their object."""
ENTITIES = 60
CONTEXT = 30
PREDICATES = [f"P{number}" for number in range(19, 60)]


def documents(first: int, count: int) -> Iterator[Contribution]:
    """Documents by number."""
    for number in range(first, first + count):
        yield document(number)


def document(number: int, edition: int = 1) -> Contribution:
    """A document; another edition of it has another fact in the last one's place."""
    random, key = Random(number), content_hash("synthetic", str(number))
    things = dict.fromkeys(thing(random, LABELS[place % len(LABELS)]) for place in range(ENTITIES))
    occurrences = tuple(_occurrence(key, place, *found) for place, found in enumerate(things))
    facts = [_fact(key, occurrences, random, place) for place in range(MENTIONS - 1)]
    facts.append(_fact(key, occurrences, Random(f"{number} {edition}"), MENTIONS - 1 + edition))
    part = Contribution(key, source(number), f"v{edition}", f"f{edition}", "en", f"Document {number}", occurrences)
    return replace(part, facts=tuple(facts))


def source(number: int) -> str:
    """Where a document seems to come from."""
    return f"file:///made-up/{number}.txt"


def _occurrence(document: str, place: int, name: str, label: str, kb_id: str | None) -> Occurrence:
    random = Random(f"{document} {place}")
    more = sum(other % ENTITIES == place for other in range(ENTITIES, MENTIONS))
    mentions = tuple(
        OccurrenceMention(20 * at, 20 * at + len(name), name, round(random.uniform(0.5, 1), 4))
        for at in (place, *(place + ENTITIES * (again + 1) for again in range(more)))
    )
    context = sorted({WORD_MARK + word(random.randrange(5000)).lower() for _ in range(CONTEXT)})
    keys = block_keys(name, (), label, kb_id)
    return Occurrence(
        content_hash(document, str(place)), document, label, name, (), kb_id, 0.9, mentions, keys, tuple(context)
    )


def _fact(document: str, occurrences: tuple[Occurrence, ...], random: Random, place: int) -> Fact:
    head, tail = random.sample(occurrences, 2)
    text = f"In the year {1800 + place}, as the papers wrote, {head.name} was seen with {tail.name} more than once."
    key = content_hash("evidence", document, str(place))
    spans = [(20 * end, 20 * end + 9) for end in (place, place + 1)]
    evidence = Evidence(
        key,
        document,
        spans[0],
        spans[1],
        (20 * place, 20 * place + len(text)),
        text,
        round(random.uniform(0.5, 1), 4),
        "asserted",
        "keep",
        "synthetic 1",
    )
    end = tail.id if random.random() < 0.9 else Literal(f"{random.randrange(1500, 2000)}", "gYear")
    return Fact(content_hash("fact", key), head.id, random.choice(PREDICATES), end, (), evidence)
