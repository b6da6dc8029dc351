"""Coreference within a document, first version: names by rule, pronouns by rule.

Names join where one is another's full form, surname, acronym or titled form and the labels agree; pronouns go to
the most salient entity before them that fits. A pronoun that nothing fits becomes an entity of its own, so that what
is said of it can still be read; without a name it never reaches the graph.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from graphwright.pipeline.names import TITLES, acronym, normalise, organisation_core
from graphwright.pipeline.protocols import Encoded
from graphwright.pipeline.records import Entity, Mention, Span

PRONOUN_LABEL = "PRON"
"""A pronoun is no name, so it has no entity label of its own; its entity has one."""

PERSONAL = frozenset(["he", "him", "his", "himself", "she", "her", "hers", "herself"])
FEMALE = frozenset(["she", "her", "hers", "herself"])
RELATIVE = frozenset(["who", "whom", "whose", "which"])
THING = frozenset(["it", "its", "itself"])
SPEAKER = {
    **dict.fromkeys(["i", "me", "my", "myself", "mine"], "PER"),
    **dict.fromkeys(["we", "us", "our", "ours"], "ORG"),
}
PRONOUNS = "|".join(sorted(PERSONAL | RELATIVE | THING | SPEAKER.keys()))
PRONOUN = re.compile(rf"(?<![\w'’.-])(?:{PRONOUNS})(?![\w-])", re.IGNORECASE)
REACH = 3
"""How many sentences back a mention's weight falls before it stays level."""


@dataclass(slots=True)
class Group:
    """Mentions joined so far; the one mutable record of this module, turned into entities at the end."""

    label: str
    mentions: list[Mention]


@dataclass(frozen=True, slots=True)
class RuleCoreference:
    """Fills ``protocols.CoreferenceResolver``."""

    pronouns: bool = True

    def resolve(self, encoded: Encoded, mentions: Sequence[Mention]) -> list[Entity]:
        """Entities in order of first mention. Literals (dates, numbers) join only where their text is the same."""
        text = encoded.document.text
        names = [mention for mention in mentions if mention.form != "pronoun"]
        groups = joined_names(text, agreed_labels(text, names))
        if self.pronouns:
            attach_pronouns(encoded, groups)
        found = {mention.span for group in groups for mention in group.mentions}
        groups += [Group(m.label, [m]) for m in mentions if m.span not in found]
        groups.sort(key=lambda group: min(mention.span for mention in group.mentions))
        return [_entity(number, group, text) for number, group in enumerate(groups)]


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


def joined_names(text: str, mentions: Sequence[Mention]) -> list[Group]:
    """Groups of mentions of one entity; longer names first, so that short forms find the full one."""
    groups: list[Group] = []
    by_key: dict[tuple[str, str], Group] = {}
    order = sorted(mentions, key=lambda mention: (mention.start - mention.end, mention.start))
    for mention in order:
        name = text[mention.start : mention.end]
        group = next(
            (by_key[mention.label, key] for key in own_keys(name, mention.label) if (mention.label, key) in by_key),
            None,
        )
        if group is None:
            group = Group(mention.label, [])
            groups.append(group)
        group.mentions.append(mention)
        for key in given_keys(name, mention.label):
            by_key.setdefault((mention.label, key), group)
    return groups


def own_keys(name: str, label: str) -> list[str]:
    """The forms under which a mention looks for a name seen before, the surest first."""
    return list(dict.fromkeys([_normal(name), core(name, label)]))


def given_keys(name: str, label: str) -> list[str]:
    """The forms under which later mentions find this name."""
    keys = own_keys(name, label)
    words = keys[-1].split()
    if label == "PER" and len(words) > 1:
        keys += [words[-1], words[0]]
    if label in ("ORG", "LOC", "MISC") and len(acronym(name)) > 1:
        keys.append(acronym(name))
    return keys


def core(name: str, label: str) -> str:
    """A normal form without a person's titles or a company's legal form."""
    plain = _normal(name)
    if label == "ORG":
        return organisation_core(plain)
    words = plain.split()
    while label == "PER" and len(words) > 1 and words[0] in TITLES:
        words.pop(0)
    return " ".join(words)


def is_pronoun(text: str) -> bool:
    """Whether a mention's text is a pronoun that this module resolves, and no acronym such as "US" or "IT".

    >>> is_pronoun("She"), is_pronoun("US"), is_pronoun("IT"), is_pronoun("I")
    (True, False, False, True)
    """
    return PRONOUN.fullmatch(text) is not None and not (len(text) > 1 and text.isupper())


def attach_pronouns(encoded: Encoded, groups: list[Group]) -> None:
    """Add each pronoun of the document to the group that it stands for, or to one of its own kind."""
    taken = sorted(mention.span for group in groups for mention in group.mentions)
    alone: dict[str, Group] = {}
    for match in PRONOUN.finditer(encoded.document.text):
        word = match.group().lower()
        if _inside(match.span(), taken) or not is_pronoun(match.group()) or match.group() == "i":
            continue
        label = SPEAKER.get(word) or ("PER" if word in PERSONAL else None)
        group = None if word in SPEAKER else antecedent(encoded, groups, word, match.start())
        if group is None and label is not None:
            kind = f"{label} {'speaker' if word in SPEAKER else 'she' if word in FEMALE else 'he'}"
            group = alone.setdefault(kind, Group(label, []))
        if group is not None:
            mention = Mention(encoded.document.id, *match.span(), PRONOUN_LABEL, 1.0, "pronoun")
            group.mentions.append(mention)
    groups.extend(alone.values())


def antecedent(encoded: Encoded, groups: Sequence[Group], word: str, place: int) -> Group | None:
    """The group that a third-person pronoun at ``place`` most likely means, ``None`` where none fits."""
    if word in RELATIVE:
        wanted = ("ORG",) if word == "which" else ("PER",)
        return _just_before(encoded.document.text, groups, place, wanted)
    wanted = ("PER",) if word in PERSONAL else ("ORG",)
    starts = [start for start, _ in encoded.sentences]
    here = _sentence(starts, place)
    best: tuple[float, Group] | None = None
    for group in groups:
        if group.label in wanted:
            score = _salience(group, place, here, starts)
            if score > 0 and (best is None or score > best[0]):
                best = score, group
    return best[1] if best else None


def _salience(group: Group, place: int, here: int, starts: Sequence[int]) -> float:
    """Mentions before the place, halved for each sentence between, those at the head of a sentence double."""
    total = 0.0
    for mention in group.mentions:
        if mention.start < place:
            sentence = _sentence(starts, mention.start)
            early = 2.0 if mention.start - starts[sentence] < 30 else 1.0
            total += early * 0.5 ** min(here - sentence, REACH + 1)
    return total


def _just_before(text: str, groups: Sequence[Group], place: int, wanted: Sequence[str]) -> Group | None:
    for group in groups:
        for mention in group.mentions:
            if group.label in wanted and mention.end <= place <= mention.end + 6:
                between = text[mention.end : place].strip(" ,(")
                if between in ("", "of", "to", "by", "for", "with", "in", "and", "–", "-", "—"):
                    return group
    return None


def _sentence(starts: Sequence[int], place: int) -> int:
    return max(0, bisect_right(starts, place) - 1)


def _inside(span: Span, taken: Sequence[Span]) -> bool:
    """Whether a span overlaps one of the sorted, separate spans ``taken``."""
    place = bisect_left(taken, (span[1], 0))
    return place > 0 and taken[place - 1][1] > span[0]


def _entity(number: int, group: Group, text: str) -> Entity:
    mentions = tuple(sorted(group.mentions, key=lambda mention: mention.span))
    named = [mention for mention in mentions if mention.form == "name"] or list(mentions)
    longest = min(named, key=lambda mention: (mention.start - mention.end, mention.start))
    return Entity(number, text[longest.start : longest.end], group.label, mentions)


def named_entities(entities: Sequence[Entity]) -> Iterator[Entity]:
    """Entities that a name, and not only a pronoun, stands for."""
    return (entity for entity in entities if any(mention.form != "pronoun" for mention in entity.mentions))
