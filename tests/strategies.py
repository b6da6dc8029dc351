"""Hypothesis strategies: what documents may contribute to a graph, hostile names included."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from graphwright.pipeline.graph import Contribution, Evidence, Fact, Literal, Occurrence, OccurrenceMention
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.records import Region
from graphwright.pipeline.resolution.decisions import Decision, Referent, decision_on

HOSTILE = (
    'Robert"; DROP ALL #',
    "'}) DETACH DELETE n //",
    '" . } ; DROP ALL ; INSERT DATA { <urn:a> <urn:b> "',
    "`]->() SET n:`Owned",
    "{braces} <angle> $rows ${x} %s %20 ^^<urn:x> @en",
    "line\nbreak\r\ttab \x1f\x7f",
    r"back\slash \u0041 \\u0041 \U0001F600 \n",
    "\u202eright to left\u202c نص من اليمين",
    "emoji 🦉👩‍🚀 é e\u0301",
    "<script>alert(1)</script> ]]> &amp;",
    "",
    " ",
)
DOCUMENTS = ("a", "b", "c", "d/ä #?")
NAMES = ("Ada", "Byron", "Paris")
PREDICATES = ("P26", "P569", "works for", 'gw:score> } ; DROP ALL #"')
LITERALS = (
    Literal("1815-12-10", "date"),
    Literal("1815", "gYear"),
    Literal("-0044", "gYear"),
    Literal("1815-12", "gYearMonth"),
    Literal("0.10", "decimal", "metre"),
    Literal("0.1", "decimal"),
    Literal("+7", "decimal", 'hostile" } unit'),
    Literal("around 1815", "date"),
    Literal('x" . } ; DROP ALL #', "string"),
)

texts = st.one_of(st.sampled_from(NAMES), st.sampled_from(HOSTILE), st.text(max_size=8))
names = st.one_of(st.sampled_from(NAMES), texts)
scores = st.one_of(st.sampled_from((0.0, 0.5, 1.0)), st.floats(0, 1))
keys = st.one_of(st.sampled_from(("ada", "byron", "paris")), st.sampled_from(HOSTILE))
word_sets = st.sets(texts, max_size=2).map(lambda found: tuple(sorted(found)))
key_sets = st.sets(keys, max_size=2).map(lambda found: tuple(sorted(found)))
kb_ids = st.one_of(st.none(), st.sampled_from(("Q90", "Q7259")), st.sampled_from(HOSTILE).filter(bool))


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, int]:
    start = draw(st.integers(0, 40))
    return start, start + draw(st.integers(1, 9))


@st.composite
def mentions(draw: st.DrawFn) -> tuple[OccurrenceMention, ...]:
    """Mentions at different places, ordered; what only a picture shows has none."""
    places = sorted(draw(st.sets(spans(), max_size=2)))
    forms = st.sampled_from(("name", "nominal", "pronoun"))
    return tuple(OccurrenceMention(*place, draw(texts), draw(scores), draw(forms)) for place in places)


@st.composite
def occurrences(draw: st.DrawFn, document: str, number: int) -> Occurrence:
    """The ``number``-th entity of a document."""
    return Occurrence(
        id=content_hash("occurrence", document, str(number)),
        document=document,
        label=draw(st.sampled_from(("PER", "ORG", "LOC", 'hostile "label" {}'))),
        name=draw(names),
        aliases=draw(word_sets),
        kb_id=draw(kb_ids),
        score=draw(scores),
        mentions=draw(mentions()),
        keys=draw(key_sets),
        context=draw(word_sets),
    )


boxes = st.tuples(*(st.integers(-50, 2000) for _ in range(4)))
regions = st.builds(Region, st.sampled_from(("0a1b", "ffee")), st.integers(1, 400), boxes)


@st.composite
def facts(draw: st.DrawFn, document: str, number: int, ends: tuple[str, ...]) -> Fact:
    """The ``number``-th fact of a document, between two of its occurrences or one and a value."""
    pair_sets = st.sets(st.tuples(st.sampled_from(("P585", *HOSTILE)), texts), max_size=2)
    head, tail, sentence = draw(spans()), draw(spans()), draw(spans())
    evidence = Evidence(
        id=content_hash("evidence", document, str(number)),
        document=document,
        head=head,
        tail=tail,
        sentence=sentence,
        text=draw(texts),
        score=draw(scores),
        assertion=draw(st.sampled_from(("asserted", "asserted", "negated", "hedged", "future", "attributed"))),
        band=draw(st.sampled_from(("keep", "keep", "review"))),
        model=draw(st.sampled_from(("rnn 1", 'hostile "model" {}'))),
        said_by=draw(st.one_of(st.just(""), texts)),
        region=draw(st.one_of(st.none(), st.none(), regions)),
    )
    return Fact(
        id=content_hash("fact", document, str(number)),
        subject=draw(st.sampled_from(ends)),
        predicate=draw(st.sampled_from(PREDICATES)),
        object=draw(st.one_of(st.sampled_from(ends), st.sampled_from(ends), st.sampled_from(LITERALS))),
        qualifiers=draw(st.one_of(st.just(()), pair_sets.map(lambda found: tuple(sorted(found))))),
        evidence=evidence,
    )


@st.composite
def contributions(draw: st.DrawFn, document: str | None = None) -> Contribution:
    """What one document contributes; two for one document share ids where their numbers are equal."""
    chosen = document or draw(st.sampled_from(DOCUMENTS))
    members = tuple(draw(occurrences(chosen, number)) for number in range(draw(st.integers(0, 3))))
    ends = tuple(item.id for item in members)
    count = draw(st.integers(0, 4)) if ends else 0
    return Contribution(
        document=chosen,
        source=draw(texts),
        version=draw(st.sampled_from(("v1", "v2"))),
        fingerprint=draw(st.sampled_from(("f1", "f2"))),
        language=draw(st.sampled_from(("en", "zh", ""))),
        title=draw(texts),
        occurrences=members,
        facts=tuple(draw(facts(chosen, number, ends)) for number in range(count)),
    )


referents = st.builds(Referent, st.sampled_from(DOCUMENTS), keys, st.integers(0, 1), name=texts, source=texts)


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    """What somebody says of two things, or of one and a Wikidata id."""
    second = draw(st.one_of(referents, st.sampled_from(("Q90", "Q7259", *HOSTILE[:3]))))
    decision = decision_on(draw(st.sampled_from(("same", "apart"))), draw(referents), second)
    return replace(decision, act=draw(st.sampled_from(("act 1", 'hostile "act" {}'))))


corpora = st.lists(contributions(), max_size=4)
