"""Resolution across documents: a function of the set of occurrences and the decisions of people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphwright.pipeline.graph import Occurrence, OccurrenceMention
from graphwright.pipeline.identity import MINTED, content_hash, node_id
from graphwright.pipeline.records import Entity, Mention
from graphwright.pipeline.resolution import blocks, touched
from graphwright.pipeline.resolution.block_keys import block_keys, context_keys
from graphwright.pipeline.resolution.decisions import (
    Decision,
    Referent,
    Verdict,
    decision_on,
    in_order,
    main_key,
    places,
)
from graphwright.pipeline.resolution.resolve import (
    Resolution,
    resolve,
)
from graphwright.pipeline.resolution.touched import resolve_store, resolve_touched
from graphwright.pipeline.sinks.store import Pending

NAMES = {
    "PER": [
        "John Marsh",
        "J. Marsh",
        "Jane Marsh",
        "John Q. Marsh",
        "James John Marsh",
        "John Marsh Jr.",
        "John Marsh Sr.",
        "Dr. John Marsh",
        "Marsh",
        "Louis XIV",
        "Louis XV",
    ],
    "ORG": [
        "Tidal Optics Group",
        "Tidal Optics Group Ltd",
        "Tidal Optics Group GmbH",
        "Tidal Optics Inc.",
        "TOG",
        "Unit 731 Works",
        "Unit 732 Works",
        "Orbital",
    ],
    "LOC": ["Harrow Bay", "City of Harrow Bay", "Orlen"],
}
CONTEXT = ["Q1", "Q2", "Q3", "mira oldfen", "orlen vale", "fenland"]


def occurrence(
    name: str,
    label: str,
    document: str,
    context: Collection[str] = (),
    kb_id: str | None = None,
    aliases: tuple[str, ...] = (),
) -> Occurrence:
    identity = content_hash(document, name, label)
    mention = OccurrenceMention(0, len(name), name, 1.0)
    keys = block_keys(name, aliases, label, kb_id)
    return Occurrence(
        identity, document, label, name, aliases, kb_id, 0.9, (mention,), keys, tuple(sorted(set(context)))
    )


def referent(item: Occurrence, *beside: Occurrence) -> Referent:
    key = main_key(item)
    return Referent(item.document, key, in_order([item, *beside], key).index(item), item.name)


def referent_among(items: Sequence[Occurrence], key: str) -> Referent:
    item = next(item for item in items if item.id == key)
    beside = (other for other in items if other.document == item.document and main_key(item) in other.keys)
    return referent(item, *(other for other in beside if other is not item))


def decided(verdict: Verdict, first: Occurrence, second: Occurrence | str) -> Decision:
    return decision_on(verdict, referent(first), second if isinstance(second, str) else referent(second))


@st.composite
def occurrences(draw: st.DrawFn) -> list[Occurrence]:
    found = {}
    for number in range(draw(st.integers(0, 14))):
        label = draw(st.sampled_from(sorted(NAMES)))
        name = draw(st.sampled_from(NAMES[label]))
        context = draw(st.sets(st.sampled_from(CONTEXT), max_size=4))
        kb_id = draw(st.sampled_from([None, None, None, "Q77", "Q78"]))
        aliases = tuple(draw(st.sets(st.sampled_from(NAMES[label]), max_size=1)) - {name})
        document = f"d{draw(st.sampled_from((number, number // 2)))}"
        item = occurrence(name, label, document, context, kb_id, aliases)
        found[item.id] = item
    return list(found.values())


def groups(result: Resolution) -> set[frozenset[str]]:
    members: dict[str, set[str]] = {}
    for key, node in result.assignment.items():
        members.setdefault(node, set()).add(key)
    return {frozenset(group) for group in members.values()}


def together(first: Occurrence, second: Occurrence, *others: Occurrence) -> bool:
    nodes = resolve([first, second, *others]).assignment
    return nodes[first.id] == nodes[second.id]


@given(occurrences(), st.randoms(use_true_random=False))
def test_order_does_not_matter(items: list[Occurrence], random: object) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert resolve(items) == resolve(shuffled)


@given(occurrences())
def test_independent_blocks_can_be_resolved_apart(items: list[Occurrence]) -> None:
    whole = resolve(items)
    store = MemoryStore({item.id: item for item in items})
    for item in items:
        if item.kb_id is None:
            part = resolve_touched(store, item.keys, ())  # type: ignore[arg-type]
            assert part.resolution.assignment[item.id] == whole.assignment[item.id]


@given(occurrences())
def test_a_node_has_one_label_one_id_and_is_named_after_its_smallest_member(items: list[Occurrence]) -> None:
    known = {item.id: item for item in items}
    result = resolve(items)
    for group in groups(result):
        links = {known[key].kb_id for key in group} - {None}
        assert len(links) <= 1
        assert links or len({known[key].label for key in group}) == 1
        node = result.assignment[min(group)]
        assert node.endswith(f"/{min(map(str, links))}") if links else node == MINTED + min(group)


@given(occurrences(), st.data())
def test_what_people_set_apart_stays_apart(items: list[Occurrence], data: st.DataObject) -> None:
    merges = resolve(items).merges
    if merges:
        chosen = data.draw(st.sampled_from(merges))
        first, second = (referent_among(items, key) for key in (chosen.first, chosen.second))
        result = resolve(items, decisions=[decision_on("apart", first, second)])
        assert result.assignment[chosen.first] != result.assignment[chosen.second]


@pytest.mark.parametrize(
    ("first", "second", "label", "shared", "same"),
    [
        ("John Marsh", "John Marsh", "PER", ["Q1"], True),
        ("John Marsh", "Dr. John Marsh", "PER", ["Q1", "fenland"], True),
        ("John Marsh", "J. Marsh", "PER", ["Q1", "Q2", "fenland"], True),
        ("John Marsh", "J. Marsh", "PER", [], False),
        ("John Marsh", "Jane Marsh", "PER", ["Q1", "Q2", "fenland"], False),
        ("George W. Bush", "George H. W. Bush", "PER", ["Q1", "Q2", "fenland"], False),
        ("Marsh", "Marsh", "PER", ["Q1"], False),
        ("Tidal Optics Group", "Tidal Optics Group Ltd", "ORG", ["Q1"], True),
        ("Tidal Optics Bureau", "TOB", "ORG", ["Q1", "Q2", "Q3"], True),
        ("Unit 731 Works", "Unit 732 Works", "ORG", ["Q1", "Q2", "fenland"], False),
        ("Louis XIV", "Louis XV", "PER", ["Q1", "Q2", "fenland"], False),
        ("John Marsh Jr.", "John Marsh, Sr.", "PER", ["Q1", "Q2", "fenland"], False),
        ("John Marsh Jr.", "John Marsh junior", "PER", ["Q1", "Q2"], True),
        ("John Marsh Jr.", "John Marsh", "PER", ["Q1", "Q2"], True),
        ('Robert "Bob" Marsh', "Bob Marsh", "PER", ["Q1", "Q2"], True),
        ("James Paul Marsh", "Paul Marsh", "PER", ["Q1", "Q2"], True),
        ("James Paul Marsh", "Mary Marsh", "PER", ["Q1", "Q2", "Q3"], False),
        ("James Paul Marsh", "Paul Marsh", "PER", [], False),
        ("TOB", "TOB", "ORG", [], False),
        ("TOB", "TOB", "ORG", ["Q1"], True),
        ("Tidal Optics GmbH", "Tidal Optics Inc.", "ORG", ["Q1", "Q2", "fenland"], False),
        ("Tidal Optics GmbH & Co. KG", "Tidal Optics AG", "ORG", ["Q1", "Q2"], True),
        ("Tidal Optics GmbH", "Tidal Optics Ltd", "ORG", ["Q1", "Q2"], True),
    ],
)
def test_pairs(first: str, second: str, label: str, shared: list[str], same: bool) -> None:
    items = [occurrence(first, label, "a", [*shared, "x"]), occurrence(second, label, "b", [*shared, "y"])]
    assert together(items[0], items[1]) is same


def test_never_on_the_name_alone() -> None:
    here = occurrence("John Marsh", "PER", "a", ["Q1", "Q2", "Q3"])
    there = occurrence("John Marsh", "PER", "b", ["orlen vale", "fenland", "mira oldfen"])
    assert not together(here, there)
    assert not together(here, replace(there, label="ORG", context=here.context, keys=here.keys))


@pytest.mark.parametrize(
    ("first", "second", "shared", "same"),
    [
        (("Tidal Optics Bureau", "TOB"), ("Trout and Otter Bank", "TOB"), ["Q1", "Q2"], False),
        (("Tidal Optics Bureau", "TOB"), ("Trout and Otter Bank", "TOB"), ["Q1", "Q2", "Q3"], True),
        (("Tidal Optics Bureau", "TOB"), ("TOB",), ["Q1"], True),
        (("Tidal Optics Bureau", "TOB"), ("TOB",), [], False),
        (("Orbital Dental Supplies", "Orbital"), ("Orbital",), [], False),
        (("Orbital Dental Supplies", "Orbital"), ("Orbital Air Lines", "Orbital"), ["Q1"], False),
        (("Orbital Dental Supplies", "Orbital"), ("Orbital Dental Supplies Ltd", "Orbital"), ["Q1"], True),
    ],
)
def test_a_short_name_says_little_where_longer_ones_differ(
    first: tuple[str, ...], second: tuple[str, ...], shared: list[str], same: bool
) -> None:
    items = [
        occurrence(name, "ORG", document, [*shared, document], aliases=tuple(aliases))
        for (name, *aliases), document in ((first, "a"), (second, "b"))
    ]
    assert together(*items) is same


def test_a_surname_of_two_words_is_no_given_name_with_a_surname() -> None:
    shared = ["Q1", "Q2"]
    here = occurrence("Eveline Marchetti-Roux", "PER", "a", shared, aliases=("Marchetti-Roux",))
    assert together(here, occurrence("E. Marchetti-Roux", "PER", "b", shared))


def test_who_may_be_either_of_two_is_neither() -> None:
    """It waits for review; once somebody says which it is not, it is the other."""
    shared = ["Q1", "Q2"]
    peter, petra = (occurrence(name, "PER", "a", shared) for name in ("Peter Marsh", "Petra Marsh"))
    short = occurrence("P. Marsh", "PER", "b", shared)
    assert together(peter, short)
    result = resolve([peter, petra, short])
    assert (len(groups(result)), len(result.review)) == (3, 2)
    result = resolve([peter, petra, short], decisions=[decided("apart", petra, short)])
    assert result.assignment[peter.id] == result.assignment[short.id] != result.assignment[petra.id]
    result = resolve([peter, petra, short], decisions=[decided("same", petra, short)])
    assert result.assignment[petra.id] == result.assignment[short.id] != result.assignment[peter.id]
    clear = occurrence("P. Marsh", "PER", "b", [*shared, "Q3", "mira oldfen", "fenland"])
    known = replace(peter, context=clear.context)
    assert together(known, clear, petra)


def test_of_one_name_father_and_son_are_not_brought_together_by_a_third() -> None:
    shared = ["Q1", "Q2", "fenland"]
    names = ("John Marsh Jr.", "John Marsh", "John Marsh Sr.")
    items = [occurrence(name, "PER", document, shared) for name, document in zip(names, "abc", strict=True)]
    assert not together(items[0], items[2], items[1])


def test_linked_occurrences_go_to_their_item_and_draw_others_only_with_strong_evidence() -> None:
    anchor = occurrence("John Marsh", "PER", "a", ["Q1", "Q2", "Q3"], kb_id="Q77")
    weak = occurrence("John Marsh", "PER", "b", ["Q1"])
    strong = occurrence("John Marsh", "PER", "c", ["Q1", "Q2", "Q3"])
    nodes = resolve([anchor, weak]).assignment
    assert nodes[anchor.id] == "http://www.wikidata.org/entity/Q77"
    assert nodes[weak.id] == MINTED + weak.id
    assert resolve([anchor, strong]).assignment[strong.id] == nodes[anchor.id]


def test_people_can_join_and_detach() -> None:
    here, there = occurrence("Orlen", "LOC", "a"), occurrence("Harrow Bay", "LOC", "b")
    joined = resolve([here, there], decisions=[decided("same", here, there)])
    assert len(groups(joined)) == 1
    assert joined.merges[0].reasons == ("decided",)
    linked = [occurrence("Orlen", "LOC", name, ["Q1"], kb_id="Q77") for name in "ab"]
    detached = resolve(linked, decisions=[decided("apart", linked[0], "Q77")])
    assert detached.assignment[linked[0].id] == MINTED + linked[0].id


def test_merges_have_scores_and_reasons_and_doubt_goes_to_review() -> None:
    first, second = (occurrence("John Marsh", "PER", name, ["Q1", name]) for name in "ab")
    merge = resolve([first, second]).merges[0]
    assert merge.score >= 0.8
    assert any("john marsh" in reason for reason in merge.reasons)
    doubtful = [occurrence("John Marsh", "PER", name, [name]) for name in "ab"]
    result = resolve(doubtful)
    assert result.merges == ()
    assert [pair.score >= 0.5 for pair in result.review] == [True]


def test_a_large_block_is_resolved_in_linear_time() -> None:
    items = [occurrence("Tidal Optics Group", "ORG", f"d{n}", ["Q1", f"c{n % 9}"]) for n in range(3000)]
    assert len(groups(resolve(items))) == 1


def test_block_keys() -> None:
    assert block_keys("1997", (), "TIME", None) == ()
    assert "long:ORG:tob" in block_keys("Tidal Optics Bureau", (), "ORG", None)
    assert "short:ORG:tob" in block_keys("TOB", (), "ORG", None)
    assert block_keys("Orlen", ("City of Orlen",), "LOC", "Q5") == ("name:LOC:orlen",)


def test_context_is_what_else_the_document_names() -> None:
    names = [("Mira Oldfen", "PER", None), ("Fenland", "LOC", "Q42"), ("1997", "TIME", None), ("Fenland", "LOC", "Q42")]
    entities = [
        Entity(number, name, label, (Mention("d", 20 * number, 20 * number + 5, label),), kb_id)
        for number, (name, label, kb_id) in enumerate(names)
    ]
    assert context_keys(entities) == [("Q42",), ("mira oldfen",), ("Q42", "mira oldfen"), ("mira oldfen",)]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 40)), max_size=60, unique_by=lambda item: item[0]))
def test_context_is_the_nearest_whatever_is_looked_at(found: list[tuple[int, int]]) -> None:
    entities = [
        Entity(n, "x", "LOC", (Mention("d", 9 * at, 9 * at + 1, "LOC"),), f"Q{number}")
        for n, (at, number) in enumerate(found)
    ]
    for (here, own), context in zip(found, context_keys(entities), strict=True):
        others = {(abs(at - here), f"Q{number}") for at, number in found if number != own}
        far = {key: gap for gap, key in sorted(others, reverse=True)}
        assert context == tuple(sorted(sorted(far, key=lambda key: (far[key], key))[:24]))


def test_ten_thousand_entities_have_their_contexts_soon() -> None:
    entities = [Entity(n, f"Name {n}", "PER", (Mention("d", 9 * n, 9 * n + 8, "PER"),)) for n in range(10_000)]
    assert context_keys(entities)[0] == tuple(sorted(f"name {n}" for n in range(1, 25)))


@dataclass
class MemoryStore:
    """The reads and writes that resolution needs, over a dict."""

    held: dict[str, Occurrence]
    decided: dict[str, Decision] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)
    nodes: dict[str, str] = field(default_factory=dict)

    def pending(self) -> Pending:
        return Pending(frozenset(self.touched), {key: self.held[key].keys for key in sorted(self.added)})

    def occurrences(
        self, keys: Collection[str] | None = None, *, settled: bool | None = None, mentions: bool = True
    ) -> Iterator[Occurrence]:
        wanted = None if keys is None else set(keys)
        for key in sorted(self.held):
            item = self.held[key]
            own = item.kb_id is not None and self.node(item) == node_id(item.kb_id, key)
            if (wanted is None or wanted & set(item.keys)) and settled in (None, own):
                yield item if mentions else replace(item, mentions=())

    def linked(self, keys: Collection[str], *, most: int, mentions: bool = True) -> Iterator[Occurrence]:
        counts: Counter[tuple[str, str | None]] = Counter()
        for item in self.occurrences(keys, settled=True, mentions=mentions):
            shared = {(key, item.kb_id) for key in item.keys if key in keys}
            counts.update(shared)
            if any(counts[group] <= most for group in shared):
                yield item

    def node(self, item: Occurrence) -> str:
        return self.nodes.get(item.id, node_id(item.kb_id, item.id))

    def assignment(self) -> dict[str, str]:
        return {key: self.node(item) for key, item in self.held.items()}

    def decisions(self) -> Sequence[Decision]:
        return list(self.decided.values())

    def decide(self, decisions: Sequence[Decision], undone: Collection[str] = ()) -> None:
        new = {item.id: item for item in decisions}
        touched = [*new.values(), *(self.decided[key] for key in {*new, *undone} if key in self.decided)]
        self.decided = {key: item for key, item in self.decided.items() if key not in undone} | new
        self.touched |= {key for item in touched for key in item.keys}
        for item in self.held.values():
            if any((item.document, key) in places(touched) for key in item.keys):
                self.touched |= set(item.keys)

    def resolve(self, assignment: Mapping[str, str]) -> None:
        self.nodes.update(assignment)
        self.touched.clear()
        self.added.clear()

    def add(self, items: Sequence[Occurrence]) -> None:
        for item in items:
            self.held[item.id] = item
            self.added.add(item.id)

    def remove(self, items: Sequence[Occurrence]) -> None:
        for item in items:
            self.held.pop(item.id, None)
            self.nodes.pop(item.id, None)
            self.added.discard(item.id)
            self.touched |= set(item.keys)


VERDICTS = st.tuples(
    st.sampled_from(("same", "apart", "undone")),
    st.integers(0, 13),
    st.one_of(st.integers(0, 13), st.just("Q77")),
    st.sampled_from((0, 0, 1)),
)
Ruling = tuple[str, int, int | str, int]


def judge(
    store: MemoryStore, items: Sequence[Occurrence], verdict: str, one: int, other: int | str, ordinal: int
) -> None:
    """Decide on two of the items by their numbers, or take back what was decided on them.

    ``ordinal`` 1: what is meant is the second of the first one's name in its document, which may come later or never.
    """
    second = other if isinstance(other, str) else items[other % len(items)]
    if second != items[one % len(items)]:
        first = replace(referent(items[one % len(items)]), ordinal=ordinal)
        end = second if isinstance(second, str) else referent(second)
        decision = decision_on("same" if verdict == "undone" else verdict, first, end)  # type: ignore[arg-type]
        store.decide([decision] if verdict != "undone" else [], [decision.id])


@pytest.mark.parametrize(("small", "evidence"), [(48, 24), (2, 1)])
@settings(max_examples=150, deadline=None)
@given(
    items=occurrences(),
    gone=st.lists(st.integers(0, 13), max_size=6),
    size=st.integers(1, 5),
    verdicts=st.lists(VERDICTS, max_size=8),
)
def test_any_history_gives_what_a_fresh_start_gives(
    items: list[Occurrence],
    gone: list[int],
    size: int,
    verdicts: list[Ruling],
    small: int,
    evidence: int,
) -> None:
    """Also where blocks are large, which they seldom are in a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "_ALL_PAIRS", small)
        patch.setattr(blocks, "EVIDENCE", evidence)
        patch.setattr(touched, "EVIDENCE", evidence)
        play(items, gone, size, verdicts)


def play(items: list[Occurrence], gone: list[int], size: int, verdicts: list[Ruling]) -> None:
    store = MemoryStore({})
    for number, start in enumerate(range(0, len(items), size)):
        store.add(items[start : start + size])
        for verdict in verdicts[2 * number : 2 * number + 2]:
            judge(store, items, *verdict)
        resolve_store(store)  # type: ignore[arg-type]
    store.remove([items[number] for number in gone if number < len(items)])
    for verdict in verdicts[:2] if items else ():
        judge(store, items, *verdict)
        resolve_store(store)  # type: ignore[arg-type]
    resolve_store(store)  # type: ignore[arg-type]
    assert store.assignment() == dict(resolve(store.held.values(), decisions=store.decisions()).assignment)


@pytest.mark.parametrize(
    ("small", "held", "added"),
    [(2, "a e", "b c d"), (2, "a e f g", "b c d"), (5, "a b c d e", "f"), (5, "a b c d e", "bm")],
)
def test_newcomers_to_a_large_block_part_what_is_there(
    monkeypatch: pytest.MonkeyPatch, small: int, held: str, added: str
) -> None:
    """Whether they come between two or make it large, also far from both: what is compared no more is decided anew."""
    monkeypatch.setattr(blocks, "_ALL_PAIRS", small)
    context = {name: ["Q1", "Q2", "Q3"] for name in "ae"}
    context |= {name: [f"Q{place}"] for place, name in enumerate([*"bcdfg", "bm"], 1)}
    items = {name: replace(occurrence("Marsh", "PER", name, context[name]), id=name * 32) for name in context}
    store = MemoryStore({})
    store.add([items[name] for name in held.split()])
    resolve_store(store)  # type: ignore[arg-type]
    assert store.node(items["a"]) == store.node(items["e"])
    store.add([items[name] for name in added.split()])
    resolve_store(store)  # type: ignore[arg-type]
    assert store.node(items["a"]) != store.node(items["e"])
    assert store.assignment() == dict(resolve(store.held.values()).assignment)


def test_new_evidence_draws_what_is_there_already(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "EVIDENCE", 1)
    monkeypatch.setattr(touched, "EVIDENCE", 1)
    free = occurrence("John Marsh", "PER", "a", ["Q1", "Q2", "Q3"])
    late, early = (
        replace(occurrence("John Marsh", "PER", name, context, kb_id="Q77"), id=name * 32)
        for name, context in (("e", ["Q5"]), ("b", ["Q1", "Q2", "Q3"]))
    )
    store = MemoryStore({})
    store.add([free, late])
    resolve_store(store)  # type: ignore[arg-type]
    assert store.node(free) == MINTED + free.id
    store.add([early])
    assert resolve_store(store) == 1  # type: ignore[arg-type]
    assert store.node(free).endswith("/Q77")


def test_of_what_is_there_only_what_may_be_one_with_newcomers_is_decided_anew() -> None:
    store = MemoryStore({})
    store.add([occurrence("John Marsh", "PER", f"d{n}", [f"Q{n}"]) for n in range(9)])
    resolve_store(store)  # type: ignore[arg-type]
    store.add([occurrence("John Marsh", "PER", "new", ["Q3"]), occurrence("John Marsh", "PER", "e", ["Q8"], "Q77")])
    assert resolve_store(store) == 2  # type: ignore[arg-type]
    store.add([occurrence("John Marsh", "PER", "newer", ["Q3"])])
    assert resolve_store(store) == 3  # type: ignore[arg-type]


def test_a_detached_occurrence_is_followed_through_all_its_names() -> None:
    """What was compared by its name stays so when a newcomer meets it by an alias."""
    detached = occurrence("Harrow Bay", "LOC", "a", ["Q1", "Q2"], "Q77", ("Orlen",))
    beside = occurrence("Harrow Bay", "LOC", "b", ["Q1", "Q2"])
    store = MemoryStore({})
    store.add([detached, beside])
    store.decide([decided("apart", detached, "Q77")])
    resolve_store(store)  # type: ignore[arg-type]
    assert len(set(store.nodes.values())) == 1
    store.add([occurrence("Orlen", "LOC", "c", ["Q3"])])
    resolve_store(store)  # type: ignore[arg-type]
    assert store.assignment() == dict(resolve(store.held.values(), decisions=store.decisions()).assignment)
    assert store.node(detached) == store.node(beside)


@pytest.mark.parametrize(("verdict", "kb_id"), [("same", None), ("apart", "Q77")])
def test_a_decision_that_comes_to_apply_to_what_is_there_is_followed_through_all_its_names(
    verdict: Verdict, kb_id: str | None
) -> None:
    """A newcomer of its name before it in its document makes it the second, of which somebody had decided."""
    meant, beside = (
        replace(occurrence(name, "LOC", document, ["Q1"], link, aliases), id=letter * 32)
        for name, document, link, aliases, letter in (
            ("Harrow Bay", "d", kb_id, ("Orlen",), "a"),
            ("Orlen", "e", None, (), "b"),
        )
    )
    meant = replace(meant, mentions=(OccurrenceMention(50, 60, "Harrow Bay", 1.0),))
    store = MemoryStore({})
    store.add([meant, beside])
    store.decide([decision_on(verdict, replace(referent(meant), ordinal=1), "Q77")])
    resolve_store(store)  # type: ignore[arg-type]
    before = store.node(beside)
    store.add([occurrence("Harrow Bay", "LOC", "d", ["Q9"])])
    resolve_store(store)  # type: ignore[arg-type]
    assert store.assignment() == dict(resolve(store.held.values(), decisions=store.decisions()).assignment)
    assert store.node(beside) != before


def test_a_decision_holds_when_the_text_around_it_changes() -> None:
    """Its place in the text, and so its id, is another; its name and its number among those of that name are not."""
    first, second = (occurrence("John Marsh", "PER", "a", kb_id=link) for link in (None, "Q77"))
    here, later = first, replace(second, id="f" * 32, mentions=(OccurrenceMention(40, 50, "John Marsh", 1.0),))
    decision = decision_on("same", referent(later, here), referent(occurrence("Orlen", "LOC", "b")))
    moved = [replace(item, id=f"{n}" * 32, mentions=(OccurrenceMention(60 + n, 70, "John Marsh", 1.0),))
             for n, item in enumerate((here, later))]  # fmt: skip
    other = occurrence("Orlen", "LOC", "b")
    for items in ([here, later], moved):
        nodes = resolve([*items, other], decisions=[decision]).assignment
        assert nodes[other.id] == nodes[items[1].id] != nodes[items[0].id]


def test_the_one_that_people_say_it_is_overrules_the_link() -> None:
    item, other = (occurrence("John Marsh", "PER", name, ["Q1"], kb_id="Q77") for name in "ab")
    nodes = resolve([item, other], decisions=[decided("same", item, "Q5")]).assignment
    assert nodes[item.id].endswith("/Q5")
    assert nodes[other.id].endswith("/Q77")


def test_names_that_people_joined_do_not_keep_others_out() -> None:
    maiden, married, third = (
        occurrence(name, "PER", name, ["Q1", "Q2", "Q3"]) for name in ("Jane Marsh", "Jane Orlen", "Jane  Orlen")
    )
    assert len(groups(resolve([maiden, married, third], decisions=[decided("same", maiden, married)]))) == 1


def test_what_was_set_apart_is_not_asked_again() -> None:
    one, other = (occurrence("John Marsh", "PER", name, [name]) for name in "ab")
    assert len(resolve([one, other]).review) == 1
    assert resolve([one, other], decisions=[decided("apart", one, other)]).review == ()
