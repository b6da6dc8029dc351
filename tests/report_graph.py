"""A small graph for the tests of the report: sentences in which [the head] and {the tail} are marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from graphwright.pipeline.graph import (
    Contribution,
    Evidence,
    Fact,
    Literal,
    Node,
    Occurrence,
    OccurrenceMention,
    Statement,
    assemble,
    digest,
    merged_node,
)
from graphwright.pipeline.identity import content_hash, node_id
from graphwright.pipeline.records import Assertion, Band

PREDICATES = {
    "P19": "place of birth",
    "P20": "place of death",
    "P26": "spouse",
    "P36": "capital",
    "P40": "child",
    "P50": "author",
    "P57": "director",
    "P69": "educated at",
    "P108": "employer",
    "P112": "founded by",
    "P123": "publisher",
    "P159": "headquarters location",
    "P166": "award received",
    "P175": "performer",
    "P463": "member of",
    "P571": "inception",
    "P749": "parent organization",
}
KB_IDS = {
    "Marie Curie": "Q7186",
    "Pierre Curie": "Q37463",
    "Warsaw": "Q270",
    "Paris": "Q90",
    "Albert Einstein": "Q937",
    "Alan Turing": "Q7251",
    "London": "Q84",
    "Microsoft": "Q2283",
    "IBM": "Q37156",
    "United Nations": "Q1065",
    "New York City": "Q60",
    "Nikola Tesla": "Q9036",
}
SENTENCES = """
curie P19 PER LOC: [Marie Curie] was born as Maria Skłodowska in {Warsaw}.
curie P26 PER PER: In 1895 [Marie Curie] married {Pierre Curie}.
curie P166 PER MISC: [Marie Curie] shared the {Nobel Prize in Physics} of 1903.
curie P69 PER ORG: [Marie Curie] studied at the {Sorbonne}.
curie P40 PER PER: [Marie Curie] was the mother of {Irène Joliot-Curie}.
curie P463 PER ORG negated: [Marie Curie] was never elected to the {French Academy of Sciences}.
pierre P26 PER PER: [Pierre Curie] married a student from Poland, Maria Skłodowska, later {Marie Curie}.
pierre P19 PER LOC: [Pierre Curie] came into the world in {Paris}.
pierre P20 PER LOC: [Pierre Curie] died on a street in {Paris}.
pierre P40 PER PER: [Pierre Curie] was the father of {Irène Joliot-Curie}.
pierre P166 PER MISC: [Pierre Curie] received the {Nobel Prize in Physics} with his wife.
irene P19 PER LOC: [Irène Joliot-Curie] was born in {Paris}.
irene P26 PER PER: [Irène Joliot-Curie] married {Frédéric Joliot} in 1926.
irene P166 PER MISC: [Irène Joliot-Curie] was awarded the {Nobel Prize in Chemistry}.
einstein P19 PER LOC: [Albert Einstein] was born in {Ulm}.
einstein P20 PER LOC: [Albert Einstein] died in {Princeton}.
einstein P69 PER ORG: [Albert Einstein] had studied at {ETH Zurich}.
einstein P108 PER ORG: [Albert Einstein] joined the {Institute for Advanced Study}.
einstein P166 PER MISC: [Albert Einstein] was given the {Nobel Prize in Physics}.
einstein P159 ORG LOC: The [Institute for Advanced Study] lies in {Princeton}.
tesla P19 PER LOC: [Nikola Tesla] was born in {Smiljan}.
tesla P20 PER LOC: [Nikola Tesla] died in {New York City}.
tesla P166 PER MISC negated: [Nikola Tesla] never received the {Nobel Prize in Physics}.
tesla P166 PER MISC attributed: Newspapers said that [Nikola Tesla] would share the {Nobel Prize in Physics}.
turing P19 PER LOC: [Alan Turing] was born in Maida Vale, {London}.
turing P69 PER ORG: [Alan Turing] was educated at {King's College}.
turing P69 PER ORG: [Alan Turing] took his doctorate at {Princeton University}.
turing P463 PER ORG: [Alan Turing] was elected to the {Royal Society}.
turing P26 PER PER negated: [Alan Turing] did not marry {Joan Clarke}.
neumann P108 PER ORG: [John von Neumann] was a professor of the {Institute for Advanced Study}.
neumann P19 PER LOC: [John von Neumann] was born in {Budapest}.
neumann P69 PER ORG: [John von Neumann] was educated at {ETH Zurich}.
neumann P20 PER LOC 0.61 review: [John von Neumann] left for {Washington, D.C.} in his last year.
microsoft P112 ORG PER: [Microsoft] was founded by {Bill Gates} and Paul Allen.
microsoft P112 ORG PER: [Microsoft] was founded by Bill Gates and {Paul Allen}.
microsoft P159 ORG LOC: [Microsoft] has its headquarters in {Redmond}.
microsoft P571 ORG TIME: [Microsoft] was founded on {4 April 1975}.
microsoft P19 PER LOC: [Bill Gates] was born in {Seattle}.
microsoft P19 PER LOC: [Paul Allen] was born in {Seattle} as well.
microsoft P749 ORG ORG: [LinkedIn] was bought by {Microsoft} in 2016.
microsoft P112 ORG PER: [LinkedIn] had been founded by {Reid Hoffman}.
yahoo P749 ORG ORG future: {Microsoft} said that it wanted to buy [Yahoo].
yahoo P112 ORG PER: [Yahoo] was founded by {Jerry Yang}.
yahoo P159 ORG LOC: [Yahoo] has its headquarters in {Sunnyvale}.
yahoo P749 ORG ORG hedged: [Yahoo] might instead have merged with {AOL}.
ibm P159 ORG LOC: [IBM] has its headquarters in {Armonk}.
ibm P749 ORG ORG: [Red Hat] was acquired by {IBM} in July 2019.
ibm P108 PER ORG 0.58 review: At [Herman Hollerith]'s desk the story of {IBM} begins.
un P159 ORG LOC: The [United Nations] has its headquarters in {New York City}.
un P571 ORG TIME: The [United Nations] was founded on {24 October 1945}.
un P108 PER ORG: [Kofi Annan] led the {United Nations} from 1997 to 2006.
un P19 PER LOC: [Kofi Annan] was born in {Kumasi}.
un P749 ORG ORG: [UNESCO] is an agency of the {United Nations}.
un P159 ORG LOC: [UNESCO] has its headquarters in {Paris}.
un P463 LOC ORG negated: [Vatican City] is not a member of the {United Nations}.
beatles P175 MISC ORG: [Abbey Road] is an album by {the Beatles}.
beatles P463 PER ORG: [John Lennon] was a member of {the Beatles}.
beatles P463 PER ORG: [Paul McCartney] was a member of {the Beatles}.
beatles P26 PER PER: [John Lennon] married the artist {Yoko Ono}.
beatles P20 PER LOC: [John Lennon] was shot in {New York City}.
lang P57 MISC PER: [Metropolis] was directed by {Fritz Lang}.
lang P26 PER PER: [Fritz Lang] was married to {Thea von Harbou}.
shelley P50 MISC PER: The author of [Frankenstein] is {Mary Shelley}.
shelley P19 PER LOC: [Mary Shelley] was born in {London}.
shelley P26 PER PER: [Mary Shelley] married {Percy Bysshe Shelley}.
istanbul P36 LOC LOC: The capital of [Turkey] is {Ankara}.
istanbul P36 LOC LOC negated: {Istanbul} is not the capital of [Turkey].
georgia P36 LOC LOC: The capital of [Georgia] is {Tbilisi}.
""".strip().splitlines()


class MemoryStore:
    """What the report asks of a store, out of contributions held in memory."""

    def __init__(self, contributions: list[Contribution]) -> None:
        self.contributions = contributions
        self.occurrences = [item for entry in contributions for item in entry.occurrences]
        self.assignment = {item.id: node_id(item.kb_id, content_hash(item.name)) for item in self.occurrences}

    def nodes(self) -> Iterator[Node]:
        groups: dict[str, list[Occurrence]] = defaultdict(list)
        for item in self.occurrences:
            groups[self.assignment[item.id]].append(item)
        return iter([merged_node(key, groups[key]) for key in sorted(groups)])

    def statements(self) -> Iterator[Statement]:
        return assemble((fact for entry in self.contributions for fact in entry.facts), self.assignment)

    def documents(self) -> Mapping[str, tuple[str, str]]:
        return {entry.document: (entry.source, entry.fingerprint) for entry in self.contributions}

    def digest(self) -> str:
        return digest(self.statements())


def contribution(source: str, lines: list[str]) -> Contribution:
    """One document out of lines such as ``P26 PER PER negated: [Ann] never married {Ben}.``"""
    document, start = content_hash("document", source), 0
    occurrences: dict[str, Occurrence] = {}
    facts: list[Fact] = []
    for line in lines:
        setting, marked = line.split(": ", 1)
        sentence = "".join(character for character in marked if character not in "[]{}")
        fact = _fact(document, setting.split(), marked, (start, start + len(sentence)), sentence, occurrences)
        facts.append(fact)
        start += len(sentence) + 1
    return Contribution(document, source, "v", "f", "en", source, tuple(occurrences.values()), tuple(facts))


def _fact(
    document: str,
    setting: list[str],
    marked: str,
    sentence: tuple[int, int],
    text: str,
    occurrences: dict[str, Occurrence],
) -> Fact:
    predicate, head_label, tail_label, *rest = setting
    assertion: Assertion = next(
        (word for word in rest if word in {"negated", "hedged", "future", "attributed"}), "asserted"
    )
    band: Band = "review" if "review" in rest else "keep"
    score = next((float(word) for word in rest if word[0].isdigit()), 0.7 + len(text) % 29 / 100)
    head, tail = _marked(marked, "[]"), _marked(marked, "{}")
    spans = [(sentence[0] + text.index(name), sentence[0] + text.index(name) + len(name)) for name in (head, tail)]
    subject = _occurrence(document, head, head_label, spans[0], occurrences)
    target = (
        Literal(tail, "string")
        if tail_label == "TIME"
        else _occurrence(document, tail, tail_label, spans[1], occurrences)
    )
    key = content_hash(document, marked)
    evidence = Evidence(key, document, spans[0], spans[1], sentence, text, score, assertion, band, "m")
    return Fact(key, subject, predicate, target, (), evidence)


def _marked(line: str, brackets: str) -> str:
    return line[line.index(brackets[0]) + 1 : line.index(brackets[1])]


def _occurrence(document: str, name: str, label: str, span: tuple[int, int], occurrences: dict[str, Occurrence]) -> str:
    key = content_hash("occurrence", document, name)
    mention = OccurrenceMention(*span, name, 1.0)
    made = Occurrence(key, document, label, name, (name.split()[-1],), KB_IDS.get(name), 1.0, (mention,))
    occurrences.setdefault(key, made)
    return key


def small_graph() -> MemoryStore:
    """About sixty nodes, in sixteen documents."""
    groups: dict[str, list[str]] = defaultdict(list)
    for line in SENTENCES:
        source, rest = line.split(" ", 1)
        groups[f"corpus/{source}.txt"].append(rest)
    return MemoryStore([contribution(source, lines) for source, lines in groups.items()])
