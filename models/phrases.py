"""Names out of data sets that mark whole noun phrases, so that all sets mean the same by a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from graphwright.pipeline.names import TITLES, is_name
from graphwright.pipeline.records import Mention

ARTICLE = re.compile(r"^(?:the|a|an) ", re.IGNORECASE)
POSSESSIVE = re.compile(r"['’]s?$")
# fmt: off
JOINING = frozenset({
    "of", "the", "and", "de", "la", "le", "du", "da", "di", "del", "der", "den", "von", "van", "al", "el", "bin",
    "for", "in", "on", "at", "to", "with", "&", "-", "–",
})
ROLES = TITLES | {"secretary", "ambassador", "envoy", "representative", "spokesman", "spokeswoman", "chief", "foreign"}
# fmt: on


def names_of_phrases(text: str, mentions: Iterable[Mention]) -> list[Mention]:
    """The mentions that name something, without article before and possessive after.

    A phrase of which a word in the middle is no part of a name ("critics of Ann Bell"), one that holds a name of the
    same label ("Foreign Minister Ann Bell"), and a title alone, are none.
    """
    trimmed = [_trimmed(text, mention) for mention in mentions if mention.form == "name"]
    named = [mention for mention in trimmed if _is_named(text[mention.start : mention.end])]
    return [mention for mention in named if not any(_holds(mention, other) for other in named)]


def _trimmed(text: str, mention: Mention) -> Mention:
    words = text[mention.start : mention.end]
    start = mention.start + len(words) - len(ARTICLE.sub("", words))
    end = mention.end - len(words) + len(POSSESSIVE.sub("", words))
    return replace(mention, start=start, end=max(start, end))


def _is_named(phrase: str) -> bool:
    words = phrase.split()
    return bool(words) and is_name(phrase) and _is_proper(words) and any(w.casefold() not in ROLES for w in words)


def _is_proper(words: Sequence[str]) -> bool:
    return all(word in JOINING or not word[0].islower() for word in words)


def _holds(outer: Mention, inner: Mention) -> bool:
    within = outer.start <= inner.start and inner.end <= outer.end and inner.span != outer.span
    return within and inner.label == outer.label
