"""What can be read off a mention's own words: its head, gender and number, its determiner, what kind of pronoun it is.

The first ideas of coreference by rule (Lee et al. 2013, Deterministic coreference resolution based on entity-centric,
precision-ranked rules), here as values that a scorer learns from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from graphwright.pipeline.given_names import gender_of_name
from graphwright.pipeline.names import acronym, normalise
from graphwright.pipeline.pronouns import PRONOUN_KINDS, PRONOUNS
from graphwright.pipeline.records import Mention

KINDS = ("none", *PRONOUN_KINDS)
_KIND = {word: KINDS.index(kind) for word, kind in PRONOUNS.items()}

GENDERS = ("unknown", "male", "female", "thing", "plural")
_GENDERED: dict[str, tuple[str, ...]] = {
    "male": (
        "he", "him", "his", "himself", "mr", "sir", "lord", "king", "prince", "man", "boy", "gentleman", "father",
        "son", "brother", "husband", "uncle", "nephew", "grandfather", "grandson", "actor", "duke", "fellow", "lad",
        "papa", "dad", "master", "monk", "priest", "bishop", "baron", "count", "emperor", "stepfather", "widower",
        "guy", "chap", "squire", "businessman", "spokesman", "chairman", "waiter", "hero",
    ),
    "female": (
        "she", "her", "hers", "herself", "mrs", "ms", "miss", "lady", "queen", "princess", "woman", "girl", "mother",
        "daughter", "sister", "wife", "aunt", "niece", "grandmother", "granddaughter", "actress", "duchess", "mama",
        "mom", "mum", "mistress", "nun", "baroness", "countess", "empress", "stepmother", "widow", "madam", "maid",
        "businesswoman", "spokeswoman", "chairwoman", "waitress", "heroine", "madame", "mademoiselle", "nurse",
    ),
    "thing": ("it", "its", "itself"),
    "plural": (
        "they", "them", "their", "theirs", "themselves", "we", "us", "our", "ours", "ourselves", "these", "those",
        "people", "men", "women", "children", "folks", "both", "ladies", "gentlemen",
    ),
}  # fmt: skip
_GENDER = {word: GENDERS.index(gender) for gender, words in _GENDERED.items() for word in words}

DETERMINERS = ("none", "the", "a", "this", "possessive")
_DETERMINER = {
    "the": 1, "a": 2, "an": 2, "some": 2, "any": 2, "another": 2, "every": 2, "no": 2, "many": 2,
    "this": 3, "that": 3, "these": 3, "those": 3, "such": 3, "its": 4, "their": 4, "his": 4, "her": 4, "my": 4,
    "our": 4, "your": 4,
}  # fmt: skip
PEOPLE = frozenset({"PER", "person"})
"""Labels of people, ours and GUM's."""
_AFTER_HEAD = re.compile(r" (?:of|in|on|at|for|with|from|to|by|who|whom|whose|which|that|as|near|under|over) |[,;:(]")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Traits:
    """A mention's words in lower case, its normal form, its head word, and places in the tuples above.

    ``likely_gender`` is the gender, or where the words do not tell it, what somebody's given name makes likely.
    """

    words: tuple[str, ...]
    key: str
    head: str
    acronym: str
    kind: int
    gender: int
    determiner: int
    likely_gender: int = 0


def traits(text: str) -> Traits:
    """The traits of a mention's text.

    >>> found = traits("the old woman in the hat")
    >>> found.head, GENDERS[found.gender], DETERMINERS[found.determiner]
    ('woman', 'female', 'the')
    """
    words = tuple(_WORD.findall(text.lower()))
    cut = _AFTER_HEAD.search(text)
    first_part = tuple(_WORD.findall(text[: cut.start()].lower())) if cut else words
    head = _head(first_part or words)
    kind = _KIND.get(words[0], 0) if len(words) == 1 else 0
    determiner = 0 if kind or not words else _DETERMINER.get(words[0], 0)
    initials = acronym(text) if not kind else ""
    gender = _gender(text, words, head, kind)
    return Traits(words, normalise(text) or text, head, initials, kind, gender, determiner, gender)


def _head(words: Sequence[str]) -> str:
    plain = [word for word in words if word != "s"]
    return plain[-1] if plain else ""


def _gender(text: str, words: Sequence[str], head: str, kind: int) -> int:
    """By the pronoun or the head word, else by a title before a name; a plural by the ending of its head."""
    if kind and words[0] in _GENDER:
        return _GENDER[words[0]]
    for word in (head, *words[:1]):
        if word in _GENDER and word not in _DETERMINER:
            return _GENDER[word]
    plural = head in text and head.endswith("s") and len(head) > 3 and not head.endswith(("ss", "us", "is"))
    return GENDERS.index("plural") if plural else 0


def mention_traits(text: str, mentions: Sequence[Mention]) -> list[Traits]:
    """The traits of each mention of a text.

    A word by itself is no given name where it is anybody's surname.
    """
    found = [traits(text[mention.start : mention.end]) for mention in mentions]
    people = [m.form == "name" and m.label in PEOPLE for m in mentions]
    surnames = {t.head for t, is_person in zip(found, people, strict=True) if is_person and len(t.words) > 1}
    return [
        _with_given_name(t, text[m.start : m.end]) if is_person and (len(t.words) > 1 or t.head not in surnames) else t
        for m, t, is_person in zip(mentions, found, people, strict=True)
    ]


def _with_given_name(found: Traits, name: str) -> Traits:
    return found if found.gender else replace(found, likely_gender=GENDERS.index(gender_of_name(name)))
