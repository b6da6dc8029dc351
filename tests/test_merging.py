"""What people decide about identity: it holds over rebuilds, edits and forgetting, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from test_histories import ELSEWHERE, Played, memory

from graphwright.pipeline.errors import UsageError
from graphwright.pipeline.resolution.merging import merge, undo, unmerge
from graphwright.pipeline.resolution.questions import Named, answer, decided, questions
from graphwright.pipeline.resolution.scores import NAME_ALONE
from graphwright.pipeline.resolution.things import around, find_nodes
from graphwright.pipeline.sinks.store import Store

JEDBURGH = "William King was born in Jedburgh."
LONDON = "William King lived in London."
TEXTS = {"a.txt": JEDBURGH, "b.txt": JEDBURGH, "c.txt": LONDON, "d.txt": LONDON}
"""Two of that name: he of a and b, and he of c and d."""


def built(store: Store, texts: dict[str, str] = TEXTS) -> Played:
    played = Played(store, {})
    played.build(texts)
    return played


def kings(store: Store) -> list[tuple[str, ...]]:
    """The documents of each William King."""
    part = around(store)
    nodes = {part.resolution.assignment[key] for key, item in part.occurrences.items() if item.name == "William King"}
    things = [part.thing(node) for node in nodes]
    assert {thing.node.id for thing in things} <= {node.id for node in store.nodes()}
    return sorted(tuple(sorted(part.source(item) for item in thing.members)) for thing in things)


def king(store: Store, document: str) -> str:
    """The node of the William King of a document."""
    part = around(store)
    [item] = [
        item for item in part.occurrences.values()
        if part.source(item) == document and item.name == "William King"
    ]  # fmt: skip
    return part.resolution.assignment[item.id]


APART = [("a.txt", "b.txt"), ("c.txt", "d.txt")]
ONE = [("a.txt", "b.txt", "c.txt", "d.txt")]


def test_a_merge_holds_until_it_is_taken_back(store_factory: Callable[[], Store]) -> None:
    store = store_factory()
    played = built(store)
    assert kings(store) == APART
    before = store.digest()
    outcome = merge(store, king(store, "a.txt"), king(store, "c.txt"))
    assert kings(store) == ONE
    assert [node.name for node in outcome.things] == ["William King"]
    played.build({"a.txt": "Nobody is named here. " + JEDBURGH})  # its place is another, and so its id
    assert kings(store) == ONE
    played.forget({"a.txt", "d.txt"})
    assert kings(store) == [("b.txt", "c.txt")]
    played.build(TEXTS)
    assert kings(store) == ONE
    undo(store, [outcome.decision[:12]], "same")
    assert kings(store) == APART
    assert (store.digest(), list(store.decisions())) == (before, [])


def test_a_document_can_be_split_off(store_factory: Callable[[], Store]) -> None:
    store = store_factory()
    played = built(store)
    outcome = unmerge(store, king(store, "a.txt"), ["b.txt"])
    split = [("a.txt",), ("b.txt",), ("c.txt", "d.txt")]
    assert kings(store) == split
    assert len(outcome.things) == 2
    played.forget({"b.txt"})
    played.build({"b.txt": "Before that, nothing. " + JEDBURGH})
    assert kings(store) == split
    undo(store, ["William King", "William King"], "apart")
    assert kings(store) == APART


def test_the_later_decision_on_a_pair_replaces_the_earlier() -> None:
    store = memory()
    built(store)
    unmerge(store, king(store, "a.txt"), ["b.txt"])
    merge(store, king(store, "a.txt"), king(store, "b.txt"))
    assert [item.verdict for item in store.decisions()] == ["same"]
    merge(store, king(store, "b.txt"), king(store, "d.txt"))
    unmerge(store, king(store, "b.txt"))
    assert kings(store) == [("a.txt",), ("b.txt",), ("c.txt",), ("d.txt",)]
    merge(store, king(store, "c.txt"), king(store, "d.txt"))
    merge(store, king(store, "a.txt"), king(store, "d.txt"))
    assert kings(store) == [("a.txt", "c.txt", "d.txt"), ("b.txt",)]


def test_a_wrong_wikidata_id_is_taken_off_and_put_on() -> None:
    store = memory()
    played = built(store, {"a.txt": "Ada Lovelace married William King.", "b.txt": "Ada Lovelace lived in London."})
    unmerge(store, "Q7259", ["b.txt"])
    [linked, minted] = find_nodes(
        store, "Q7259", next(n.id for n in store.nodes() if n.name == "Ada Lovelace" and not n.kb_id)
    )
    assert (linked.kb_id, minted.kb_id) == ("Q7259", None)
    played.build({"b.txt": "Then, Ada Lovelace lived in London."})
    assert sum(node.name == "Ada Lovelace" for node in store.nodes()) == 2
    ada = next(n.id for n in store.nodes() if n.name == "Ada Lovelace" and not n.kb_id)
    merge(store, ada, "Q7259")
    assert sum(node.name == "Ada Lovelace" for node in store.nodes()) == 1
    merge(store, "wd:Q7259", "Q84")
    assert [node.kb_id for node in store.nodes() if "Ada Lovelace" in (node.name, *node.aliases)] == ["Q84"]


def test_what_is_not_in_the_knowledge_base_can_be_given_an_id() -> None:
    store = memory()
    built(store, {"a.txt": "Ada Lovelace married William King.", "b.txt": ELSEWHERE + "Ada Lovelace lived in London."})
    ada = next(node.id for node in store.nodes() if node.name == "Ada Lovelace" and not node.kb_id)
    outcome = merge(store, "Q7259", ada)
    assert [node.kb_id for node in outcome.things] == ["Q7259"]
    assert [end.second for end in store.decisions()] == ["Q7259"]


@pytest.mark.parametrize("asked", [("William King", "Q900001"), ("Q900001", "William King")])
def test_an_id_can_be_given_that_nothing_in_the_graph_has(asked: tuple[str, str]) -> None:
    store = memory()
    played = built(store, {"a.txt": "Ada Lovelace married William King."})
    outcome = merge(store, *asked)
    assert [(node.name, node.kb_id) for node in outcome.things] == [("William King", "Q900001")]
    assert "Q900001" in outcome.note
    played.forget({"a.txt"})
    played.build({"a.txt": "Then, Ada Lovelace married William King."})
    assert [node.kb_id for node in store.nodes() if node.name == "William King"] == ["Q900001"]
    merge(store, "Q900001", "Q900002")
    assert [node.kb_id for node in store.nodes() if node.name == "William King"] == ["Q900002"]


def test_what_is_linked_does_not_take_an_id_that_is_named_first() -> None:
    """Of two ids the second one stays."""
    store = memory()
    built(store, {"a.txt": "Ada Lovelace married William King."})
    with pytest.raises(UsageError, match="nothing answers to 'Q900001'"):
        merge(store, "Q900001", "Q7259")


def test_a_merge_of_two_types_is_told() -> None:
    store = memory()
    built(store, {"a.txt": "Ada Lovelace married William King."})
    assert merge(store, "William King", "Ada Lovelace").note == ""
    store = memory()
    built(store, {"a.txt": "Ada Lovelace lived in London."})
    assert merge(store, "Ada Lovelace", "London").note == "Ada Lovelace is PER, London is LOC"


def test_a_decision_that_finds_nothing_waits() -> None:
    store = memory()
    played = built(store)
    outcome = unmerge(store, king(store, "a.txt"), ["b.txt"])
    played.forget({"a.txt"})
    [waiting] = decided(around(store))
    assert (waiting.id, waiting.verdict, waiting.pairs, waiting.applied) == (outcome.decision, "apart", 1, 0)
    assert (waiting.first, waiting.second) == ((Named("William King", "a.txt"),), (Named("William King", "b.txt"),))
    played.build(TEXTS)
    assert [item.applied for item in decided(around(store))] == [1]


def test_questions_are_answered_for_good() -> None:
    store = memory()
    played = built(store, {"a.txt": "William King came.", "b.txt": "William King went."})
    [question] = questions(around(store))
    assert NAME_ALONE in question.reasons
    answer(store, question.id[:8], "apart")
    assert questions(around(store)) == []
    played.build({"a.txt": "Then, William King came."})
    assert questions(around(store)) == []
    undo(store, ["William King", "William King"], "apart")
    [again] = questions(around(store))
    assert again.id == question.id
    answer(store, again.id, "same")
    assert kings(store) == [("a.txt", "b.txt")]


def test_only_what_is_touched_is_decided_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    store = memory()
    built(store, TEXTS | {"e.txt": "Charles Babbage joined Analytical Society. Mary Somerville was born in London."})
    one, other = king(store, "a.txt"), king(store, "c.txt")
    assigned: dict[str, str] = {}
    write = store.resolve
    monkeypatch.setattr(store, "resolve", lambda assignment: (assigned.update(assignment), write(assignment)))
    merge(store, one, other)
    assert len(assigned) == 4


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("William King", "Q84"), ["2 things answer to 'William King'", "urn:graphwright:entity:"]),
        (("Q84", "London"), ["are one already"]),
        (("Q84", "Wilhelm King"), ["nothing answers to 'Wilhelm King'", "William King"]),
        (("", "Q84"), ["nothing answers to ''"]),
    ],
)
def test_what_cannot_be_merged(asked: tuple[str, str], words: list[str]) -> None:
    store = memory()
    built(store)
    with pytest.raises(UsageError) as error:
        merge(store, *asked)
    assert all(word in str(error.value) for word in words), error.value
    assert list(store.decisions()) == []


@pytest.mark.parametrize(
    ("asked", "named", "words"),
    [
        ("Q84", [], "name documents in which Q84 is wrong"),
        ("Q84", ["x.txt"], "there are: c.txt, d.txt"),
        ("he of a", ["a.txt", "b.txt"], "that is all of William King"),
        ("he of a", ["abc"], "'abc' is no occurrence or document"),
    ],
)
def test_what_cannot_be_split(asked: str, named: list[str], words: str) -> None:
    store = memory()
    built(store)
    with pytest.raises(UsageError, match=words):
        unmerge(store, king(store, "a.txt") if asked == "he of a" else asked, named)
    assert list(store.decisions()) == []


def test_what_was_not_decided_cannot_be_taken_back() -> None:
    store = memory()
    built(store)
    for asked in (["William King", "London"], ["0123456789ab"], ["x"]):
        with pytest.raises(UsageError, match="fits 0"):
            undo(store, asked, "same")
    first = merge(store, king(store, "a.txt"), king(store, "c.txt"))
    with pytest.raises(UsageError, match="fits 0"):
        undo(store, [first.decision], "apart")
