"""What of coreference needs no training: pronouns in a text, one label for a name, and whom "who" and "which" mean."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from graphwright.pipeline.names import normalise
from graphwright.pipeline.pronouns import PRONOUN_KINDS, PRONOUNS, pronoun_kind
from graphwright.pipeline.records import Document, Entity, Mention, Span

PRONOUN_LABEL = "PRON"
"""A pronoun is no name, so it has no entity label of its own; its entity has one."""

RESOLVED = ("I", "we", "he", "she", "it", "they", "relative")
RELATIVE = frozenset({*PRONOUN_KINDS["relative"], "that", "where"})
_WORDS = "|".join(sorted(word for kind in RESOLVED for word in PRONOUN_KINDS[kind]))
_PRONOUN = re.compile(rf"(?<![\w'’.-])(?:{_WORDS})(?![\w-])", re.IGNORECASE)


def agreed_labels(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """One label for each name of a document: the likeliest over all its mentions."""
    votes: dict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for mention in mentions:
        votes[_normal(text[mention.start : mention.end])][mention.label] += mention.score
    best = {name: min(count, key=lambda label: (-count[label], label)) for name, count in votes.items()}
    return [replace(m, label=best[_normal(text[m.start : m.end])]) for m in mentions]


def _normal(name: str) -> str:
    """The normal form of a name; of one that is nothing but signs ("€", an emoji) the name itself."""
    return normalise(name) or name


def pronoun_mentions(document: Document, mentions: Sequence[Mention]) -> list[Mention]:
    """The pronouns of a text outside of the mentions known."""
    taken = sorted(mention.span for mention in mentions)
    return [
        Mention(document.id, *match.span(), PRONOUN_LABEL, 1.0, "pronoun")
        for match in _PRONOUN.finditer(document.text)
        if match.group() != "i" and pronoun_kind(match.group()) and not _inside(match.span(), taken)
    ]


def relative_antecedent(text: str, names: Sequence[Mention], pronoun: Mention) -> Mention | None:
    """The person just before "who", the organisation just before "which"; ``None`` where there is none."""
    word = text[pronoun.start : pronoun.end].lower()
    if PRONOUNS.get(word) != "relative":
        return None
    wanted = "ORG" if word == "which" else "PER"
    for name in names:
        if name.label == wanted and name.end <= pronoun.start <= name.end + 6:
            between = text[name.end : pronoun.start].strip(" ,(")
            if between in ("", "of", "to", "by", "for", "with", "in", "and", "–", "-", "—"):
                return name
    return None


def labelled_antecedent(
    text: str, sentences: Sequence[Span], names: Sequence[Mention], pronoun: Mention
) -> Mention | None:
    """The nearest name of its own label before "who", "which", "that" or "where" in the sentence of a pronoun that came
    with a label; ``None`` for other pronouns and where there is none.
    """
    if text[pronoun.start : pronoun.end].lower() not in RELATIVE:
        return None
    start = max((first for first, _ in sentences if first <= pronoun.start), default=0)
    before = [n for n in names if n.label == pronoun.label and start <= n.start and n.end <= pronoun.start]
    return max(before, key=lambda name: (name.end, name.start), default=None)


def _inside(span: Span, taken: Sequence[Span]) -> bool:
    """Whether a span overlaps one of the sorted, separate spans ``taken``."""
    place = bisect_left(taken, (span[1], 0))
    return place > 0 and taken[place - 1][1] > span[0]


def make_entity(number: int, label: str, mentions: Sequence[Mention], text: str) -> Entity:
    """The entity of mentions joined: named by the longest of its names."""
    ordered = tuple(sorted(mentions, key=lambda mention: mention.span))
    named = [mention for mention in ordered if mention.form == "name"] or list(ordered)
    longest = min(named, key=lambda mention: (mention.start - mention.end, mention.start))
    return Entity(number, text[longest.start : longest.end], label, ordered)
