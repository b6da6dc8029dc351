"""Coreference as it ships: which names and pronouns of a document mean the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphwright.models.shipped import COREFERENCE, load_coreference, load_encoder, weights_folder
from graphwright.pipeline.coreference import PRONOUN_LABEL
from graphwright.pipeline.pronouns import pronoun_kind
from graphwright.pipeline.records import Entity, Mention, make_document

ENCODER, COREFERENCE_NETWORK = load_encoder(weights_folder()), load_coreference(weights_folder() / COREFERENCE)


def mentions(text: str, *names: tuple[str, str]) -> list[Mention]:
    """Each name at its next place in the text, as (name, label)."""
    found, place = [], 0
    for name, label in names:
        start = text.index(name, place)
        place = start + len(name)
        found.append(Mention(make_document("test", text).id, start, place, label, 0.9))
    return found


def resolved(text: str, *names: tuple[str, str]) -> list[Entity]:
    return resolve(text, mentions(text, *names))


def resolve(text: str, found: list[Mention]) -> list[Entity]:
    return COREFERENCE_NETWORK.resolve(ENCODER.encode(make_document("test", text)), found)


def groups(text: str, *names: tuple[str, str]) -> list[tuple[str, list[str]]]:
    """Name and mentions' words of each entity."""
    return [
        (entity.name, [text[mention.start : mention.end] for mention in entity.mentions])
        for entity in resolved(text, *names)
    ]


PEOPLE = [
    pytest.param("Grace Hopper spoke. Hopper left.", ["Grace Hopper", "Hopper"], id="surname"),
    pytest.param("Grace Hopper spoke. Grace left.", ["Grace Hopper", "Grace"], id="first name"),
    pytest.param(
        "Ada Marion Hopper spoke. Marion Hopper left.", ["Ada Marion Hopper", "Marion Hopper"], id="some given names"
    ),
    pytest.param("Hopper left. Grace Hopper spoke.", ["Hopper", "Grace Hopper"], id="short form first"),
    pytest.param("Grace Hopper spoke. Dr. Hopper left.", ["Grace Hopper", "Dr. Hopper"], id="title and surname"),
    pytest.param(
        "Admiral Grace Hopper spoke. Grace Hopper left.", ["Admiral Grace Hopper", "Grace Hopper"], id="title"
    ),
    pytest.param("GRACE HOPPER spoke. Grace Hopper left.", ["GRACE HOPPER", "Grace Hopper"], id="case"),
]


@pytest.mark.parametrize(("text", "names"), PEOPLE)
def test_forms_of_a_persons_name_join(text: str, names: list[str]) -> None:
    [entity] = resolved(text, *((name, "PER") for name in names))
    assert entity.label == "PER"
    assert [text[m.start : m.end] for m in entity.mentions] == names
    assert entity.name == max(names, key=len)


@pytest.mark.parametrize(
    ("text", "names", "label"),
    [
        ("Royal Astronomical Society met. RAS voted.", ["Royal Astronomical Society", "RAS"], "ORG"),
        ("RAS voted. Royal Astronomical Society met.", ["RAS", "Royal Astronomical Society"], "ORG"),
        ("Tidal Optics Ltd grew. Tidal Optics fell.", ["Tidal Optics Ltd", "Tidal Optics"], "ORG"),
        ("The Louvre shut. Louvre staff left.", ["The Louvre", "Louvre"], "LOC"),
    ],
)
def test_short_forms_of_other_names_join(text: str, names: list[str], label: str) -> None:
    [entity] = resolved(text, *((name, label) for name in names))
    assert [text[m.start : m.end] for m in entity.mentions] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ada Byron met Grace Hopper.", [("Ada Byron", "PER"), ("Grace Hopper", "PER")]),
        ("Paris Hilton saw Paris.", [("Paris Hilton", "PER"), ("Paris", "LOC")]),
        ("In 1815 and in 1816.", [("1815", "TIME"), ("1816", "TIME")]),
        ("Paid in € or in $.", [("€", "NUM"), ("$", "NUM")]),
        ("Owls 🦉 and rockets 🚀.", [("🦉", "MISC"), ("🚀", "MISC")]),
    ],
)
def test_what_differs_stays_apart(text: str, names: list[tuple[str, str]]) -> None:
    assert [entity.name for entity in resolved(text, *names)] == [name for name, _ in names]


def test_equal_dates_are_one_entity() -> None:
    [entity] = resolved("Born in 1815, famous in 1815.", ("1815", "TIME"), ("1815", "TIME"))
    assert len(entity.mentions) == 2


def test_a_name_has_one_label_the_likeliest() -> None:
    text = "Jordan won. Jordan lost. Jordan drew."
    entities = resolved(text, ("Jordan", "PER"), ("Jordan", "LOC"), ("Jordan", "PER"))
    assert [(entity.label, len(entity.mentions)) for entity in entities] == [("PER", 3)]
    assert {mention.label for mention in entities[0].mentions} == {"PER"}


def test_a_pronoun_goes_to_the_person_before_it() -> None:
    text = "Grace Hopper wrote a compiler. She taught in Yale."
    found = groups(text, ("Grace Hopper", "PER"), ("Yale", "ORG"))
    assert found == [("Grace Hopper", ["Grace Hopper", "She"]), ("Yale", ["Yale"])]


def test_it_goes_to_the_organisation_and_never_to_a_person() -> None:
    text = "Grace Hopper joined Tidal Optics. It paid its staff."
    found = dict(groups(text, ("Grace Hopper", "PER"), ("Tidal Optics", "ORG")))
    assert found == {"Grace Hopper": ["Grace Hopper"], "Tidal Optics": ["Tidal Optics", "It", "its"]}


def test_the_nearer_sentence_weighs_more() -> None:
    text = "Ada Byron wrote. Nothing came of it. Grace Hopper spoke. Then she left."
    found = dict(groups(text, ("Ada Byron", "PER"), ("Grace Hopper", "PER")))
    assert "she" in found["Grace Hopper"]


def test_who_stands_right_after_its_name() -> None:
    text = "Ada Byron met Grace Hopper, who had left Yale, which was shut."
    found = dict(groups(text, ("Ada Byron", "PER"), ("Grace Hopper", "PER"), ("Yale", "ORG")))
    assert found == {"Ada Byron": ["Ada Byron"], "Grace Hopper": ["Grace Hopper", "who"], "Yale": ["Yale", "which"]}


def given_groups(text: str, *spans: tuple[str, str]) -> list[list[str]]:
    """Mentions' words of each entity, where mentions come as (word, label), pronouns among them."""
    found = [
        replace(mention, form="pronoun" if pronoun_kind(text[mention.start : mention.end]) else "name")
        for mention in mentions(text, *spans)
    ]
    return [[text[m.start : m.end] for m in entity.mentions] for entity in resolve(text, found)]


@pytest.mark.parametrize(
    ("text", "spans", "joined"),
    [
        (
            "Ada Byron studied at Yale in 1815, where she taught.",
            [("Ada Byron", "PER"), ("Yale", "ORG"), ("where", "ORG"), ("she", "PER")],
            [["Ada Byron", "she"], ["Yale", "where"]],
        ),
        (
            "Ada Byron was the head of Tidal Optics, which she left.",
            [("Ada Byron", "PER"), ("Tidal Optics", "ORG"), ("which", "ORG"), ("she", "PER")],
            [["Ada Byron", "she"], ["Tidal Optics", "which"]],
        ),
        ("Ada Byron left. It grew.", [("Ada Byron", "PER"), ("It", "ORG")], [["Ada Byron"], ["It"]]),
    ],
)
def test_pronouns_that_come_with_a_label_keep_to_it(
    text: str, spans: list[tuple[str, str]], joined: list[list[str]]
) -> None:
    assert given_groups(text, *spans) == joined


def test_a_name_that_the_text_calls_another_one_joins() -> None:
    text = "Ada Byron (Russian: Ада Байрон; born Grace Hopper) wrote. Hopper left."
    [entity] = resolved(text, ("Ada Byron", "PER"), ("Ада Байрон", "PER"), ("Grace Hopper", "PER"), ("Hopper", "PER"))
    assert len(entity.mentions) == 4


def test_pronouns_without_a_name_are_entities_of_their_own_kind() -> None:
    text = "He saw her, and she saw him."
    entities = resolve(text, [])
    words = sorted(sorted(text[m.start : m.end] for m in entity.mentions) for entity in entities)
    assert words == [["He", "him"], ["her", "she"]]
    assert all(mention.form == "pronoun" for entity in entities for mention in entity.mentions)


def test_a_pronoun_within_a_name_is_no_pronoun() -> None:
    text = "Grace Hopper read Her Story aloud."
    found = groups(text, ("Grace Hopper", "PER"), ("Her Story", "MISC"))
    assert found == [("Grace Hopper", ["Grace Hopper"]), ("Her Story", ["Her Story"])]


@pytest.mark.parametrize("text", ["", " \n ", "she", "US it IT i us", "🦉 she 🦉"])
def test_texts_without_names(text: str) -> None:
    entities = resolve(text, [])
    assert all(mention.form == "pronoun" for entity in entities for mention in entity.mentions)
    assert not {"US", "IT", "i"} & {text[m.start : m.end] for entity in entities for m in entity.mentions}


WORDS = (
    "Ada",
    "Byron",
    "Ada Byron",
    "Dr. Byron",
    "RAS",
    "Royal Astronomical Society",
    "she",
    "it",
    "his",
    "1815",
    "🦉",
)
LABELS = ("PER", "ORG", "LOC", "TIME", "MISC")


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[Mention]]:
    text, found = "", []
    for word in draw(st.lists(st.sampled_from(WORDS), max_size=9)):
        start = len(text)
        text += word + draw(st.sampled_from([" ", ", ", ". "]))
        if word not in ("she", "it", "his"):
            found.append(Mention("d", start, start + len(word), draw(st.sampled_from(LABELS))))
    return text, found


@given(marked_texts(), st.randoms())
def test_the_order_of_mentions_does_not_matter(case: tuple[str, list[Mention]], random: object) -> None:
    text, found = case
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first = resolve(text, found)
    assert resolve(text, shuffled) == first


@given(marked_texts())
def test_every_mention_is_in_one_entity(case: tuple[str, list[Mention]]) -> None:
    text, found = case
    entities = resolve(text, found)
    spans = [mention.span for entity in entities for mention in entity.mentions]
    assert len(spans) == len(set(spans))
    assert {mention.span for mention in found} <= set(spans)
    assert [entity.id for entity in entities] == list(range(len(entities)))
    firsts = [entity.mentions[0].span for entity in entities]
    assert firsts == sorted(firsts)
    for entity in entities:
        assert {m.label for m in entity.mentions if m.form == "name"} <= {entity.label}
        assert {m.label for m in entity.mentions if m.form == "pronoun"} <= {PRONOUN_LABEL}


def test_mentions_given_on_a_text_without_words_stay() -> None:
    document = make_document("test", " \u200b ")
    given_here = Mention(document.id, 1, 2, "PER", 1.0, "nominal")
    assert [entity.mentions for entity in COREFERENCE_NETWORK.resolve(ENCODER.encode(document), [given_here])] == [
        (given_here,)
    ]
