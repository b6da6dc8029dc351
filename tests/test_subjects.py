"""A pronoun that begins a sentence means what the sentence before is about, if it begins with that name."""

from __future__ import annotations

import re

import pytest

from graphwright.pipeline.coreference import pronoun_mentions
from graphwright.pipeline.records import Document, Mention
from graphwright.pipeline.sentences import sentences
from graphwright.pipeline.subjects import subject_antecedents

NAMES = {
    **dict.fromkeys(("Ann Lee", "Ben Ode", "Lee", "Robin Day"), "PER"),
    **dict.fromkeys(("Nordlys", "Fjordbank"), "ORG"),
    **dict.fromkeys(("Oslo", "Norway"), "LOC"),
}


def told(text: str) -> list[tuple[str, str]]:
    """(pronoun, name) for each pronoun of which the text says what it means."""
    found = [(*m.span(), label) for name, label in NAMES.items() for m in re.finditer(rf"\b{name}\b", text)]
    inner = {one for one in found for other in found if one != other and other[0] <= one[0] and one[1] <= other[1]}
    names = [Mention("1", *place) for place in sorted(set(found) - inner)]
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
        ("Nordlys makes engines. It is based in Oslo.", [("It", "Nordlys")]),
        ("The Nordlys makes engines for Ann Lee in Oslo. Its chief left.", [("Its", "Nordlys")]),
        ("Oslo is the capital of Norway. It is old.", [("It", "Oslo")]),
        ("Nordlys bought Fjordbank. It is based in Oslo.", []),
        ("Nordlys makes engines. It was decided in 1990 that engines sell.", []),
        ("Nordlys makes engines. It took years.", []),
        ("Nordlys makes engines. She lives in Oslo.", []),
        ("Ann Lee was a painter. It rained.", []),
        ("", []),
    ],
)
def test_what_it_means(text: str, pairs: list[tuple[str, str]]) -> None:
    assert told(text) == pairs
