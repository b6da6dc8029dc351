"""Training texts of several sentences about one thing: ``stories.yaml`` filled with invented names.

A frame teaches what one sentence states. A story teaches what follows from none of its sentences: that the president of
a college did not found it, that a sister's club is not her brother's. Dropping and rewording lines makes many texts of
one story.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice

from graphwright.models.frames import SLOT, Frame, Stated, endless, filled, frame_of, read_content
from graphwright.models.stitching import Labelled

KEPT = 0.6
"""How often a line that is not the first is told."""
COUNTRIES = frozenset({"nation", "country"})
TO_COUNTRIES = ("P17", "P27", "P131", "P205", "P276", "P495", "P551")
"""What may hold of anything and a country that its text names: a Danish firm's plant may be in Denmark."""


Line = tuple[Frame, ...]
"""A sentence in each of its wordings."""


def story_texts(count: int, seed: int) -> Iterator[Labelled]:
    """``count`` texts of a story each, all stories equally often. Equal seeds give equal texts."""
    chance = random.Random(seed)
    stories = islice(endless(load_stories(), chance), count)
    return filled((_told(story, chance) for story in stories), chance, ("story", str(seed)))


@cache
def load_stories() -> tuple[tuple[Line, ...], ...]:
    """The stories that come with the package."""
    besides, stories = read_content("frames.yaml")["open"], read_content("stories.yaml")["stories"]

    def line_of(wordings: Mapping[str, Sequence[str]]) -> Line:
        return tuple(frame_of(text, facts, besides) for text, facts in wordings.items())

    return tuple(tuple(line_of(line) for line in story) for story in stories)


def _told(story: Sequence[Line], chance: random.Random) -> Frame:
    """One frame of some of the story's lines, each in one of its wordings."""
    lines = [chance.choice(line) for number, line in enumerate(story) if not number or chance.random() < KEPT]
    text = " ".join(line.text for line in lines)
    kinds = {match[1] + match[2]: match[1] for match in SLOT.finditer(text)}

    def of_told(facts: Sequence[Stated]) -> list[Stated]:
        return [fact for fact in facts if fact[0] in kinds and fact[2] in kinds]

    true = of_told([fact for line in lines for fact in line.true])
    unknown = of_told([fact for line in lines for fact in line.unknown])
    unknown += [
        (head, name, tail)
        for tail in kinds
        if kinds[tail] in COUNTRIES
        for head in kinds
        for name in TO_COUNTRIES
        if head != tail
    ]
    return Frame(text, tuple(true), tuple(unknown))
