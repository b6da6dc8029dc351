from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graphwright.pipeline.assertion import assertion
from graphwright.pipeline.records import Assertion, Span

PAIRS = [json.loads(line) for line in Path(__file__).with_name("minimal_pairs.jsonl").read_text("utf-8").splitlines()]


def ends(text: str, head: str, tail: str) -> tuple[Span, Span]:
    first, second = text.index(head), text.index(tail)
    return (first, first + len(head)), (second, second + len(tail))


def judged(text: str, head: str, tail: str) -> Assertion:
    return assertion(text, *ends(text, head, tail))


def test_the_minimal_pairs_are_two_halves_with_all_labels() -> None:
    assert len(PAIRS) >= 200
    for split in ("dev", "test"):
        part = [pair for pair in PAIRS if pair["split"] == split]
        assert 0.45 <= len(part) / len(PAIRS) <= 0.55
        assert {pair["label"] for pair in part} == set(get_args(Assertion))


@pytest.mark.parametrize("split", ["dev", "test"])
def test_minimal_pairs(split: str) -> None:
    part = [pair for pair in PAIRS if pair["split"] == split]
    wrong = [pair for pair in part if judged(pair["text"], pair["head"], pair["tail"]) != pair["label"]]
    assert len(wrong) <= 0.05 * len(part), wrong


@pytest.mark.parametrize(
    ("text", "head", "tail"),
    [
        ("No Doubt recorded Never Again with May Wills.", "No Doubt", "Never Again"),
        ("Never Again was sung by May Wills.", "Never Again", "May Wills"),
        ("Orla Finn, whose father could not read, was born in Cork.", "Orla Finn", "Cork"),
        ("Orla Finn was born in Cork and never left.", "Orla Finn", "Cork"),
        ("Orla Finn was born in Cork; she might have died in Galway.", "Orla Finn", "Cork"),
        ("Orla Finn of Cork said that nobody would win.", "Orla Finn", "Cork"),
        ("It did not rain when Orla Finn came to Cork.", "Orla Finn", "Cork"),
        ("The comedy Blue Door ran on Kanal Nord and was cancelled in 1999.", "Blue Door", "Kanal Nord"),
        ("Orla Finn, probably best known for her songs, lives in Cork.", "Orla Finn", "Cork"),
        ("Lumo Glass, based in Cork, Ireland, said on Tuesday that it would buy Alba Tiles.", "Lumo Glass", "Cork"),
        ("Lumo Glass, based in Cork, said it would close.", "Lumo Glass", "Cork"),
        ("Lumo Glass, based in Cork, said Friday that it would close.", "Lumo Glass", "Cork"),
        ("Orla Finn, who was born in Cork, says the club is closed.", "Orla Finn", "Cork"),
        ("Lumo Glass, based in Cork, said in a statement that profits rose.", "Lumo Glass", "Cork"),
    ],
)
def test_cues_outside_their_scope_say_nothing(text: str, head: str, tail: str) -> None:
    assert judged(text, head, tail) == "asserted"


@pytest.mark.parametrize(
    ("text", "tail", "expected"),
    [
        ("Ira Wells was never, as far as is known, a member of Oakdale.", "Oakdale", "negated"),
        ("Ira Wells never played for Ashton, Barrow or Oakdale.", "Oakdale", "negated"),
        ("Ira Wells did not play for Ashton but for Oakdale.", "Oakdale", "asserted"),
        ("Ira Wells may not have played for Oakdale.", "Oakdale", "hedged"),
        ("Ira Wells will not play for Oakdale.", "Oakdale", "negated"),
        ("Ira Wells doesn’t play for Oakdale.", "Oakdale", "negated"),
        ("Ira Wells is said\nto play for Oakdale.", "Oakdale", "attributed"),
        ("Ira Wells, says Bo Lund, plays for Oakdale.", "Oakdale", "attributed"),
        ("Bo Lund said Ira Wells would play for Oakdale.", "Oakdale", "attributed"),
        ("“Ira Wells plays for Oakdale in May,” said Bo Lund.", "Oakdale", "attributed"),
        ("Ira Wells said that he may join Oakdale.", "Oakdale", "hedged"),
        ("Ira Wells plays, according to his mother, for Oakdale.", "Oakdale", "attributed"),
    ],
)
def test_scopes_and_priorities(text: str, tail: str, expected: Assertion) -> None:
    assert judged(text, "Ira Wells", tail) == expected


@given(st.sampled_from(PAIRS))
def test_the_order_of_the_ends_does_not_matter(pair: dict[str, str]) -> None:
    head, tail = ends(pair["text"], pair["head"], pair["tail"])
    assert assertion(pair["text"], head, tail) == assertion(pair["text"], tail, head)


@given(st.sampled_from(PAIRS), st.text(alphabet="ABCDE xyz", min_size=1).filter(str.strip))
@example({"text": "Bexley Motors will merge with Orlan Steel.", "head": "Bexley Motors", "tail": "Orlan Steel"}, " A")
def test_the_names_themselves_do_not_matter(pair: dict[str, str], name: str) -> None:
    """Only whether a name begins with a capital may, so it is kept."""
    text = pair["text"].replace(pair["head"], "X" + name)
    head = (start := text.index("X" + name), start + len(name) + 1)
    tail = (start := text.index(pair["tail"]), start + len(pair["tail"]))
    if tail[0] < head[1] and head[0] < tail[1]:
        return
    assert assertion(text, head, tail) == judged(pair["text"], pair["head"], pair["tail"])


@given(st.text(min_size=2), st.data())
def test_any_text_gets_an_answer(text: str, data: st.DataObject) -> None:
    middle = data.draw(st.integers(1, len(text) - 1))
    assert assertion(text, (0, middle), (middle, len(text))) in get_args(Assertion)


def test_a_line_of_any_length_is_judged_by_what_is_near() -> None:
    filler = "and Bob, Carl, not AAAAAAAA said " * 30_000
    text = f"{filler}. Ada {filler} never met Zoe. {filler}"
    head, tail = text.index("Ada"), text.index("Zoe")
    assert assertion(text, (head, head + 3), (tail, tail + 3)) == "negated"
