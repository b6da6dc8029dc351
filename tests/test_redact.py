"""Redaction: what a policy takes out is in nothing that is made of a document, and the offsets fit what is left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace

import pytest
from fakes import GAZETTEER, GazetteerAnnotator
from hypothesis import given, settings
from hypothesis import strategies as st

from graphwright.pipeline.contribution import Policy, contribution
from graphwright.pipeline.errors import ConfigurationError
from graphwright.pipeline.graph import Contribution
from graphwright.pipeline.ledger import Ledger
from graphwright.pipeline.records import Annotated, Document, Entity, Mention, Relation, make_document
from graphwright.pipeline.redaction.policy import (
    KINDS,
    Redaction,
    checked_policy,
    is_pseudonym,
    make_redaction,
    parse_policy,
)
from graphwright.pipeline.redaction.redact import redact
from graphwright.pipeline.redaction.redacting import WITHHELD, Redacting, plain_reason

KEY = "0123456789abcdef-of-tests"
TEXT = (
    "Ada Lovelace was born in London. She wrote to ada@example.org. Ada Lovelace married William King. "
    "Later Lovelace and KING met Mary Somerville, who was born in Jedburgh."
)


def policy(text: str, key: str = KEY) -> Redaction:
    made = make_redaction(text, key)
    assert made is not None
    return made


def read(text: str, **metadata: str) -> Annotated:
    return next(GazetteerAnnotator().annotate([make_document("file:///a.txt", text, metadata=metadata)]))


def contributed(annotated: Annotated) -> Contribution:
    return contribution(annotated, "m", Policy(), "f", Ledger())


def strings(value: object) -> Iterator[str]:
    """Every text in a record, however deep."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for item in fields(value):
            yield from strings(getattr(value, item.name))
    elif isinstance(value, tuple | list):
        for part in value:
            yield from strings(part)
    elif isinstance(value, dict):
        yield from strings(list(value.items()))


def fits(annotated: Annotated) -> bool:
    """Whether every span lies in the text."""
    spans = [item.span for entity in annotated.entities for item in entity.mentions]
    spans += [item.span for item in annotated.mentions] + list(annotated.sentences)
    spans += [span for relation in annotated.relations or () for span in relation.evidence]
    return all(0 <= start < end <= len(annotated.document.text) for start, end in spans)


def test_dropped_people_are_gone_with_their_facts_and_stay_nowhere_in_the_text() -> None:
    left = redact(read(TEXT, title="Letters of Ada Lovelace"), policy("PER=drop,email=drop"))
    assert left.document.text == (
        "[PER] was born in London. She wrote to [EMAIL]. [PER] married [PER]. "
        "Later [PER] and [PER] met [PER], who was born in Jedburgh."
    )
    assert [(entity.name, entity.kb_id) for entity in left.entities] == [("London", "Q84"), ("Jedburgh", "Q990091")]
    assert left.relations == ()
    assert left.document.metadata["title"] == "Letters of [PER]"
    assert left.document.metadata["redacted"] == "PER 7, email 1, entities 3, facts 2".replace("PER 7", "PER 6")
    assert [left.document.text[slice(*item.span)] for item in left.mentions] == ["London", "Jedburgh"]


def test_a_pseudonym_is_the_same_everywhere_and_links_to_nothing() -> None:
    hidden = policy("PER=pseudonymise")
    one, two = (
        redact(read(TEXT), hidden),
        redact(read("Ada  Lovelace married William King.".replace("  ", " ")), hidden),
    )
    names = {entity.name for entity in one.entities if entity.label == "PER"}
    assert len(names) == 3
    assert all(is_pseudonym(name) for name in names)
    assert {entity.name for entity in two.entities} < names
    assert [entity.kb_id for entity in one.entities if entity.label == "PER"] == [None] * 3
    assert len(one.relations or ()) == 2
    assert {one.document.text[slice(*item.span)] for item in one.mentions} == names | {"London", "Jedburgh"}
    other = redact(read(TEXT), policy("PER=pseudonymise", "another key of the tests"))
    assert not names & {entity.name for entity in other.entities}


def test_a_name_within_a_name_that_stays_goes_and_takes_the_link_along() -> None:
    text = "Grace Doe founded Doe Mills."
    document = make_document("file:///a.txt", text)
    person = Entity(0, "Grace Doe", "PER", (Mention(document.id, 0, 9, "PER"),))
    firm = Entity(1, "Doe Mills", "ORG", (Mention(document.id, 18, 27, "ORG"),), "Q1")
    left = redact(Annotated(document, ((0, 28),), (), (person, firm), ()), policy("PER=drop"))
    assert left.document.text == "[PER] founded [PER] Mills."
    assert [(entity.name, entity.kb_id, entity.mentions[0].span) for entity in left.entities] == [
        ("[PER] Mills", None, (14, 25))
    ]
    assert left.sentences == ((0, 26),)


def test_relatives_are_not_taken_for_each_other() -> None:
    text = "Eva Lind met Jon Lind. Lind left; the Lind house stands."
    document = make_document("file:///a.txt", text)
    places = {"Eva Lind": [(0, 8), (23, 27)], "Jon Lind": [(13, 21)]}
    eva, jon = (
        Entity(number, name, "PER", tuple(Mention(document.id, *span, "PER") for span in spans))
        for number, (name, spans) in enumerate(places.items())
    )
    hidden = policy("PER=pseudonymise")
    one, other = hidden.replacement("PER", "Eva Lind"), hidden.replacement("PER", "Jon Lind")
    left = redact(Annotated(document, ((0, 57),), (), (eva, jon), ()), hidden)
    assert left.document.text == f"{one} met {other}. {one} left; the {one} house stands."
    alone = replace(eva, mentions=eva.mentions[:1])
    left = redact(Annotated(document, ((0, 57),), (), (alone, jon), ()), hidden)
    assert left.document.text == f"{one} met {other}. [PER] left; the [PER] house stands."


def test_times_go_from_qualifiers_too() -> None:
    document = make_document("file:///a.txt", "Ann led Rovers in 1990.")
    spans = [(0, 3, "PER"), (8, 14, "ORG"), (18, 22, "TIME")]
    entities = tuple(
        Entity(n, document.text[a:b], label, (Mention(document.id, a, b, label),))
        for n, (a, b, label) in enumerate(spans)
    )
    said = Relation(1, 0, "P169", 0.9, ((0, 23),), qualifiers=(("P585", "1990"),), said_by="Ann")
    left = redact(Annotated(document, ((0, 23),), (), entities, (said,)), policy("TIME=drop,PER=pseudonymise"))
    assert left.document.text.endswith("led Rovers in [TIME].")
    assert left.relations is not None
    assert left.relations[0].qualifiers == ()
    assert is_pseudonym(left.relations[0].said_by)


def test_pages_and_names_without_spaces_keep_their_places() -> None:
    document = make_document("file:///a.pdf", "王小明住在上海。王小明走了。", metadata={"pages": "0,8"})
    person = Entity(0, "王小明", "PER", (Mention(document.id, 0, 3, "PER"),))
    left = redact(Annotated(document, ((0, 8), (8, 14)), (), (person,), ()), policy("PER=drop"))
    assert left.document.text == "[PER]住在上海。[PER]走了。"
    assert left.document.metadata["pages"] == "0,10"
    assert left.sentences == ((0, 10), (10, 18))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("PERSON=drop", r"unknown kind 'PERSON'; known: PER, ORG.*card, ssn, id"),
        ("PER=hide", "PER wants one of keep, drop, pseudonymise; received 'hide'"),
        ("PER", "PER wants one of"),
        ("TIME=pseudonymise", "TIME can be kept or dropped"),
        ("PER=drop,PER=keep", "names PER twice"),
    ],
)
def test_a_bad_policy_is_named(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        parse_policy(text)


def test_a_policy_needs_a_key_only_for_pseudonyms() -> None:
    assert make_redaction("", "") is None
    assert make_redaction("PER=keep, email = keep", "") is None
    assert checked_policy({"per": "drop"}) == {"PER": "drop"}
    assert policy("PER=drop", "").key == policy("PER=drop", KEY).key == b""
    with pytest.raises(ConfigurationError, match=r"at least 16 characters.*received none.*openssl"):
        make_redaction("PER=pseudonymise", "")
    with pytest.raises(ConfigurationError, match="received one of 5 characters"):
        make_redaction("PER=pseudonymise", "short")


def test_policy_and_key_are_part_of_the_version_and_the_key_is_shown_nowhere() -> None:
    choices = [policy("PER=pseudonymise"), policy("PER=pseudonymise", "k" * 20), policy("PER=drop"), policy("ORG=drop")]
    versions = {Redacting(GazetteerAnnotator(), item).version for item in choices}
    assert len(versions) == 4
    assert policy("PER=drop,ORG=drop").fingerprint == policy("ORG=drop,PER=drop").fingerprint
    assert KEY not in repr(choices) + "".join(versions)


def test_names_in_titles_are_found_where_the_text_has_none() -> None:
    document = make_document(
        "file:///ada_lovelace.txt", "A letter.", metadata={"title": "Ada Lovelace", "reader": "text"}
    )
    [left] = Redacting(GazetteerAnnotator(), policy("PER=drop")).annotate([document])
    assert left.document.metadata == {"title": "[PER]", "reader": "text", "redacted": "address 1"}
    ledger = Ledger()
    contribution(left, "m", Policy(), "f", ledger)
    assert ("document", "its address (source) still says what was taken out of it", 1) in ledger.rows()


def test_errors_quote_nothing() -> None:
    class Failing(GazetteerAnnotator):
        def annotate(self, documents: object) -> Iterator[Annotated]:
            raise ValueError("Ada Lovelace is too much")
            yield

    with pytest.raises(RuntimeError) as caught:
        list(Redacting(Failing(), policy("PER=drop")).annotate([make_document("a", "Ada")]))
    assert str(caught.value) == f"ValueError; {WITHHELD}"
    assert caught.value.__suppress_context__
    assert "Ada" not in plain_reason("cannot be read: UnicodeError: Ada")
    assert plain_reason("cannot be read: no such file") == "cannot be read: no such file"


WORDS = (
    *GAZETTEER,
    "Lovelace",
    "King",
    "ada@example.org",
    "+44 20 7946 0018",
    "4111 1111 1111 1111",
    "met",
    "1815",
    "@",
    "é",
    "10.0.0.1",
)
MARK = re.compile(r"\[[A-Z]+\]")
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join)
glued = st.lists(st.sampled_from((*WORDS, " ", "-", ".", "王")), min_size=1, max_size=12).map("".join)
policies = st.dictionaries(
    st.sampled_from(KINDS), st.sampled_from(("keep", "drop", "pseudonymise")), min_size=1, max_size=6
).map(lambda found: {k: "drop" if k in ("TIME", "NUM") and a == "pseudonymise" else a for k, a in found.items()})


@st.composite
def annotations(draw: st.DrawFn) -> Annotated:
    """A text with entities wherever, also across words, within each other and of several mentions."""
    text = draw(st.one_of(texts, glued))
    document = Document("d", text, "urn:a", metadata={"title": draw(st.sampled_from(WORDS))})
    places = st.tuples(
        st.integers(0, len(text) - 1), st.integers(1, 12), st.sampled_from(("PER", "ORG", "LOC", "TIME"))
    )
    entities = []
    for number, (start, size, label) in enumerate(draw(st.lists(places, max_size=5))):
        span = start, min(len(text), start + size)
        form = draw(st.sampled_from(("name", "name", "nominal", "pronoun")))
        mention = Mention("d", *span, label, form=form)
        entities.append(Entity(number, text[slice(*span)], label, (mention,), draw(st.sampled_from((None, "Q1")))))
    count = len(entities)
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)) if count > 1 else st.nothing()
    chosen = draw(st.lists(pairs, max_size=3)) if count > 1 else []
    said = text[: draw(st.integers(0, 20))]
    relations = tuple(Relation(a, b, "P26", 0.9, ((0, len(text)),), said_by=said) for a, b in chosen)
    half = max(1, len(text) // 2)
    sentences = ((0, half), (half, len(text))) if half < len(text) else ((0, len(text)),)
    return Annotated(document, sentences, tuple(m for e in entities for m in e.mentions), tuple(entities), relations)


@given(st.one_of(texts.map(read), annotations()), policies)
@settings(max_examples=300, deadline=None)
def test_redacting_is_idempotent_and_offsets_fit(annotated: Annotated, actions: dict[str, str]) -> None:
    chosen = make_redaction(",".join(f"{kind}={action}" for kind, action in actions.items()), KEY)
    if chosen is None:
        return
    once = redact(annotated, chosen)
    assert fits(once)
    assert redact(once, chosen) == once
    labels = {entity.label for entity in once.entities}
    assert not labels & {kind for kind, action in actions.items() if action == "drop"}


@given(annotations(), policies)
@settings(max_examples=300, deadline=None)
def test_a_contribution_is_made_of_what_is_left_of_the_text(annotated: Annotated, actions: dict[str, str]) -> None:
    chosen = make_redaction(",".join(f"{kind}={action}" for kind, action in actions.items()), KEY)
    if chosen is None:
        return
    once = redact(annotated, chosen)
    left = " ".join(once.document.text.split())
    part = contributed(once)
    for item in part.occurrences:
        for said in (item.name, *item.aliases, *(mention.text for mention in item.mentions)):
            assert " ".join(said.split()) in left
        for mention in item.mentions:
            assert once.document.text[mention.start : mention.end] == mention.text
    for fact in part.facts:
        assert once.document.text[slice(*fact.evidence.sentence)] == fact.evidence.text
        for said in MARK.split(fact.evidence.said_by):  # a number that stands by itself is more of one than in a word
            assert " ".join(said.split()) in left


def test_a_name_that_holds_a_part_of_a_number_gives_nothing_away() -> None:
    document = make_document("file:///a.txt", "Pay to IBAN GB82 WEST 1234 5698 7654 32.")
    account = Entity(0, "IBAN GB82 WEST 1234 5698", "ORG", (Mention(document.id, 7, 31, "ORG"),), "Q1")
    left = redact(Annotated(document, (), (), (account,), ()), policy("iban=drop"))
    assert [(item.name, item.kb_id) for item in left.entities] == [("IBAN [IBAN]", None)]


@given(texts, st.sampled_from(("drop", "pseudonymise")), st.sampled_from(("PER", "ORG", "LOC")))
def test_no_redacted_name_survives_in_a_contribution(text: str, action: str, label: str) -> None:
    annotated = read(text, title=text)
    left = contributed(redact(annotated, policy(f"{label}={action}")))
    everything = " ".join(strings(replace(left, source=""))).casefold()
    for entity in annotated.entities:
        if entity.label == label:
            assert not re.search(rf"\b{re.escape(entity.name.casefold())}\b", everything)
            assert entity.kb_id is None or entity.kb_id.casefold() not in everything.split()


@given(st.lists(st.sampled_from(tuple(GAZETTEER)), min_size=2, max_size=6), st.randoms())
def test_what_a_document_yields_does_not_depend_on_the_others(names: list[str], random: object) -> None:
    documents = [make_document(f"urn:{n}", f"{name} was born in London.") for n, name in enumerate(names)]
    annotator = Redacting(GazetteerAnnotator(), policy("PER=pseudonymise"))
    together = list(annotator.annotate(documents))
    assert together == [next(annotator.annotate([document])) for document in documents]
