"""A pronoun that begins a sentence means the only person of the sentence before, if that begins with the name."""

from __future__ import annotations

import re

import pytest

from graphwright.pipeline.coreference import pronoun_mentions
from graphwright.pipeline.records import Document, Mention
from graphwright.pipeline.sentences import sentences
from graphwright.pipeline.subjects import subject_antecedents

PEOPLE = ("Ann Lee", "Ben Ode", "Lee", "Robin Day")


def told(text: str) -> list[tuple[str, str]]:
    """(pronoun, name) for each pronoun of which the text says whom it means."""
    found = [m.span() for name in PEOPLE for m in re.finditer(rf"\b{name}\b", text)]
    inner = {one for one in found for other in found if one != other and other[0] <= one[0] and one[1] <= other[1]}
    names = [Mention("1", *span, "PER") for span in sorted(set(found) - inner)]
    mentions = [*names, *pronoun_mentions(Document("1", text, ""), names)]
    pairs = subject_antecedents(text, sentences(text), sorted(mentions, key=lambda mention: mention.start))
    return [(text[slice(*span)], text[name.start : name.end]) for span, name in pairs]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("Ann Lee was a painter. She lived in Oslo.", [("She", "Ann Lee")]),
        ("Ann Lee ran. She won. Ben Ode ran. He lost.", [("She", "Ann Lee"), ("He", "Ben Ode")]),
        ("Ben Ode won the race. His wife watched it.", [("His", "Ben Ode")]),
        ("Dr. Ann Lee said that she was ill. She left.", [("She", "Ann Lee")]),
        ("Robin Day was a painter. He lived in Oslo.", [("He", "Robin Day")]),
        ("Ann Lee was a painter. He lived in Oslo.", []),
        ("Robin Day met his teacher. She was old.", []),
        ("Ann Lee met Ben Ode. She lived in Oslo.", []),
        ("Ann Lee's brother was a painter. She lived in Oslo.", []),
        ("In Oslo Ann Lee was a painter. She lived there.", []),
        ("Ann Lee was a painter. In Oslo she was known.", []),
        ("Ann Lee was a painter.\n\nShe lived in Oslo.", []),
        ("It rained. She lived in Oslo.", []),
        ("", []),
    ],
)
def test_whom_it_means(text: str, pairs: list[tuple[str, str]]) -> None:
    assert told(text) == pairs
