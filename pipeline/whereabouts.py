"""Where two things that somebody names stand: the nodes that answer to a name, and the documents that mention them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from graphwright.pipeline.graph import Node, Occurrence
from graphwright.pipeline.identity import WIKIDATA
from graphwright.pipeline.names import is_acronym, normalise
from graphwright.pipeline.records import Span
from graphwright.pipeline.tracing import gap

NEAREST: Final = 3
ALIKE: Final = 75.0
"""From which of rapidfuzz's ratios on, of 100, a name is near enough to be told."""
SHORTEST: Final = 2
"""Characters of a name that texts are searched for."""
Places = Mapping[str, Sequence[Span]]


@dataclass(frozen=True, slots=True)
class Sought:
    """What answers to a name or id: nodes, and the occurrences that resolution assigned to them."""

    asked: str
    nodes: tuple[Node, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(node.id for node in self.nodes)

    @property
    def places(self) -> dict[str, list[Span]]:
        """Document id -> where it mentions this by name."""
        found: dict[str, list[Span]] = {}
        for item in self.occurrences:
            spans = [(mention.start, mention.end) for mention in item.mentions if mention.form != "pronoun"]
            found.setdefault(item.document, []).extend(spans)
        return found

    @property
    def names(self) -> frozenset[str]:
        """What to look for in a text: the words asked for, and all names of the nodes."""
        return frozenset({self.asked}.union(*(names_of(node) for node in self.nodes)))


def seek(asked: str, nodes: Iterable[Node], occurrences: Iterable[Occurrence], assignment: Mapping[str, str]) -> Sought:
    """The nodes that have this id, Wikidata id, name or alias; ``assignment`` is occurrence -> node."""
    wanted = asked.strip()
    answering = tuple(node for node in nodes if answers(node, wanted))
    ids = {node.id for node in answering}
    return Sought(wanted, answering, tuple(item for item in occurrences if assignment[item.id] in ids))


def answers(node: Node, asked: str) -> bool:
    """Whether a node is what somebody asks for.

    >>> answers(Node("urn:x", "PER", "Clara Schumann", ("Clara Wieck",), None), "clara wieck")
    True
    """
    if asked in {node.id, node.kb_id, node.id.replace(WIKIDATA, "wd:")}:
        return True
    return _key(asked) in {_key(name) for name in names_of(node)}


def names_of(node: Node) -> tuple[str, ...]:
    return node.name, *node.aliases


def alike_names(asked: str, names: Iterable[str]) -> list[str]:
    """Names written much like what was asked for, or that have its words among others, the nearest first.

    >>> alike_names("Clara Shuman", ["Robert Schumann", "Clara", "Clara Schumann"])
    ['Clara Schumann', 'Clara']
    """
    key = _key(asked)
    near = {name: fuzz.ratio(key, _key(name)) for name in names if fuzz.token_set_ratio(key, _key(name)) >= ALIKE}
    return sorted(near, key=lambda name: (-near[name], name))[:NEAREST]


def together(first: Places, second: Places) -> list[str]:
    """The documents in which both stand, those where they stand closest to each other first."""
    return sorted(first.keys() & second.keys(), key=lambda key: (closest(first[key], second[key]), key))


def closest(first: Iterable[Span], second: Collection[Span]) -> int:
    """Characters between the two nearest spans."""
    return min(gap(one, other) for one in first for other in second)


def text_spans(text: str, names: Iterable[str]) -> list[Span]:
    """Where a text has one of the names as whole words, whatever their case, but for acronyms ("US" is not "us").

    >>> text_spans("Both Curies; Marie Curie.", ["curie"])
    [(19, 24)]
    """
    spoken = sorted({name for name in names if len(name) >= SHORTEST}, key=lambda name: (-len(name), name))
    if not spoken:
        return []
    words = "|".join(map(_pattern, spoken))
    return [match.span() for match in re.finditer(rf"(?<!\w)(?:{words})(?!\w)", text)]


def _pattern(name: str) -> str:
    words = r"\s+".join(map(re.escape, name.split()))
    return words if is_acronym(name) else f"(?i:{words})"


def _key(name: str) -> str:
    return normalise(name) or name
