"""English pronouns by what they stand for."""

from __future__ import annotations

PRONOUN_KINDS: dict[str, tuple[str, ...]] = {
    "I": ("i", "me", "my", "mine", "myself"),
    "we": ("we", "us", "our", "ours", "ourselves"),
    "you": ("you", "your", "yours", "yourself", "yourselves", "thou", "thee", "thy"),
    "he": ("he", "him", "his", "himself"),
    "she": ("she", "her", "hers", "herself"),
    "it": ("it", "its", "itself"),
    "they": ("they", "them", "their", "theirs", "themselves"),
    "relative": ("who", "whom", "whose", "which"),
    "this": ("this", "that", "these", "those", "here", "there", "where", "one", "such"),
}
PRONOUN_GENDERS = {"he": "male", "she": "female"}
"""Kinds that tell somebody's gender."""
PRONOUNS = {word: kind for kind, words in PRONOUN_KINDS.items() for word in words}


def pronoun_kind(text: str) -> str | None:
    """The kind of a pronoun, ``None`` for any other text and for acronyms.

    >>> pronoun_kind("She"), pronoun_kind("I"), pronoun_kind("US"), pronoun_kind("IT"), pronoun_kind("Ada")
    ('she', 'I', None, None, None)
    """
    return None if len(text) > 1 and text.isupper() else PRONOUNS.get(text.casefold())
