"""The labelled data sets that training reads, and what their labels mean to us.

Entity labels map to the sets of ours that they may stand for; what a set did not annotate exhaustively is unknown,
never "none".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ALL = frozenset({"PER", "ORG", "LOC", "TIME", "NUM", "MISC"})
NAMED = frozenset({"PER", "ORG", "LOC"})
OURS = {label: (label,) for label in sorted(ALL)}
DATED = {**OURS, "DATE": ("TIME",)}
WNUT = {
    "person": ("PER",),
    "location": ("LOC",),
    "corporation": ("ORG",),
    "group": ("ORG", "MISC"),
    "product": ("MISC",),
    "creative-work": ("MISC",),
}


GUM = {"person": ("PER",), "organization": ("ORG",), "place": ("LOC",), "time": ("TIME",)}
RE3D = {
    "Person": ("PER",),
    "Organisation": ("ORG",),
    "Location": ("LOC",),
    "Temporal": ("TIME",),
    "Quantity": ("NUM",),
    "Money": ("NUM",),
    "Nationality": ("LOC", "MISC"),
    "MilitaryPlatform": ("MISC",),
    "Vehicle": ("MISC",),
    "Weapon": ("MISC",),
}
CROSSNER = {
    **dict.fromkeys(("person", "politician", "researcher", "scientist", "writer", "musicalartist"), ("PER",)),
    **dict.fromkeys(("organisation", "politicalparty", "university", "band"), ("ORG",)),
    **dict.fromkeys(("location", "country"), ("LOC",)),
    **dict.fromkeys(("album", "award", "book", "election", "event", "magazine", "poem", "product"), ("MISC",)),
    **dict.fromkeys(("academicjournal", "conference", "programlang", "song", "misc"), ("MISC",)),
}
HIPE = {"pers": ("PER",), "loc": ("LOC",), "org": ("ORG",), "work": ("MISC",), "date": ("TIME",)}
CROSSNER_DOMAINS = ("ai", "literature", "music", "politics", "science")


Noise = Literal["faults", "names"]
MADE = frozenset({"frames", "stories"})


@dataclass(frozen=True, slots=True)
class Source:
    """A file of labelled documents below the data folder.

    ``labels`` maps its entity labels to ours; ``known`` are ours that it annotates exhaustively. Where mentions are
    ``phrases``, those without a capital are no names, and a leading article is not part of one. ``relations`` are
    annotated exhaustively in "complete" documents, in "passages", one in a "single" pair, or in all of the texts that
    are made of "frames" and "stories", which have no file. ``repeats`` is how often an epoch reads it (a part of it,
    below 1). With ``sentences`` each sentence is an example, so that short texts are learned from as well as whole
    documents. ``stretch`` cuts documents into as many sentences; ``joined`` puts as many texts into one. With ``noise``
    the texts have "faults" or other "names" (``noise.py``).
    """

    path: str
    labels: Mapping[str, tuple[str, ...]] = field(hash=False)
    known: frozenset[str]
    relations: str = "none"
    repeats: float = 1.0
    sentences: bool = False
    stretch: int = 0
    joined: int = 1
    phrases: bool = False
    noise: Noise | None = None

    @property
    def as_written(self) -> bool:
        """Whether its texts are such as people write: these alone select and calibrate.

        Sentences of which one relation is known are let in where they are joined: they alone have some of the types,
        and only beside others do they have pairs of which nothing is said.
        """
        made = self.noise or self.stretch or self.relations in MADE
        return not made and (self.joined > 1) == (self.relations == "single")


ENTITY_SOURCES = (
    Source("redocred/train.jsonl.gz", OURS, ALL, "complete", repeats=2),
    Source("redocred/train.jsonl.gz", OURS, ALL, "complete", stretch=3, joined=2),
    Source("redocred/train.jsonl.gz", OURS, ALL, "complete", stretch=5, joined=3),
    Source("redocred/train.jsonl.gz", OURS, ALL, "complete", stretch=9, joined=2),
    Source("docred-entities/train.jsonl.gz", OURS, ALL, repeats=0.5),
    Source("redocred/train.jsonl.gz", OURS, ALL, repeats=0.5, sentences=True),
    Source("docred-entities/train.jsonl.gz", OURS, ALL, repeats=0.5, sentences=True),
    Source("knowledgenet/train.jsonl.gz", DATED, frozenset(), "passages"),
    Source("knowledgenet/train.jsonl.gz", DATED, frozenset(), "passages", joined=3),
    Source("redocred/train.jsonl.gz", OURS, ALL, "complete", repeats=0.5, noise="faults"),
    Source("redocred/train.jsonl.gz", OURS, ALL, "complete", noise="names"),
    Source("docred-entities/train.jsonl.gz", OURS, ALL, repeats=0.25, sentences=True, noise="faults"),
    Source("docred-entities/train.jsonl.gz", OURS, ALL, repeats=0.125, sentences=True, noise="names"),
    Source("knowledgenet/train.jsonl.gz", DATED, frozenset(), "passages", repeats=0.25, noise="faults"),
    Source("knowledgenet/train.jsonl.gz", DATED, frozenset(), "passages", repeats=0.25, noise="names"),
    Source("uner_en_ewt/train.jsonl.gz", OURS, NAMED, repeats=2),
    Source("uner_en_ewt/train.jsonl.gz", OURS, NAMED, repeats=0.25, noise="faults"),
    Source("wnut17/train.jsonl.gz", WNUT, NAMED | {"MISC"}, repeats=2),
    Source("btc/train.jsonl.gz", OURS, NAMED, repeats=0.5),
    Source("gum/train.jsonl.gz", GUM, frozenset(), phrases=True),
    Source("re3d/train.jsonl.gz", RE3D, NAMED, phrases=True),
    Source("sec_filings/train.jsonl.gz", {"ORG": ("ORG",), "LOC": ("LOC",)}, frozenset({"LOC"}), phrases=True),
    Source("hipe2022/ajmc-en-train.jsonl.gz", HIPE, NAMED, phrases=True),
    *(Source(f"crossner/{domain}-train.jsonl.gz", CROSSNER, NAMED, phrases=True) for domain in CROSSNER_DOMAINS),
    Source("fewrel/train.jsonl.gz", {}, frozenset(), "single", joined=4),
    Source("fewrel/train.jsonl.gz", {}, frozenset(), "single", repeats=0.5),
    Source("", OURS, frozenset(), "frames"),
    Source("", OURS, frozenset(), "frames", joined=3),
    Source("", OURS, frozenset(), "stories"),
)

TWEETS = frozenset({"btc/train.jsonl.gz", "wnut17/train.jsonl.gz"})

RELATION_SOURCES = tuple(source for source in ENTITY_SOURCES if source.relations != "none")
"""Those that relation networks learn from."""

# KnowledgeNet's properties as Wikidata's: those that a fact makes true of (head, tail) or, with "inverse:", of
# (tail, head), and those that it may make true, which stay unknown.
KNOWLEDGENET: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "CEO": (("P169",), ()),
    "CHILD_OF": (("inverse:P40",), ("P22", "P25")),
    "DATE_FOUNDED": (("P571",), ()),
    "DATE_OF_BIRTH": (("P569",), ()),
    "DATE_OF_DEATH": (("P570",), ()),
    "EDUCATED_AT": (("P69",), ()),
    "EMPLOYEE_OR_MEMBER_OF": (("P108",), ("P463",)),
    "FOUNDED_BY": (("P112",), ()),
    "HEADQUARTERS": (("P159",), ()),
    "NATIONALITY": (("P27",), ()),
    "PLACE_OF_BIRTH": (("P19",), ()),
    "PLACE_OF_RESIDENCE": (("P551",), ()),
    "POLITICAL_AFFILIATION": (("P102",), ()),
    "SPOUSE": (("P26", "inverse:P26"), ()),
    "SUBSIDIARY_OF": (("P749", "inverse:P355"), ()),
}

# Re-DocRED's 96 types: there, a pair of entities without a type is a negative.
# fmt: off
COMPLETE = tuple(f"P{number}" for number in (
    6, 17, 19, 20, 22, 25, 26, 27, 30, 31, 35, 36, 37, 39, 40, 50, 54, 57, 58, 69, 86, 102, 108, 112, 118, 123, 127,
    131, 136, 137, 140, 150, 155, 156, 159, 161, 162, 166, 170, 171, 172, 175, 176, 178, 179, 190, 194, 205, 206,
    241, 264, 272, 276, 279, 355, 361, 364, 400, 403, 449, 463, 488, 495, 527, 551, 569, 570, 571, 576, 577, 580,
    582, 585, 607, 674, 676, 706, 710, 737, 740, 749, 800, 807, 840, 937, 1001, 1056, 1198, 1336, 1344, 1365, 1366,
    1376, 1412, 1441, 3373
))
# fmt: on

# FewRel's 80 types: what is stated of a pair is its one relation, except for these, which hold of the same pair.
# fmt: off
SINGLE = tuple(f"P{number}" for number in (
    6, 17, 22, 25, 26, 27, 31, 39, 40, 57, 58, 59, 84, 86, 101, 102, 105, 106, 118, 123, 127, 131, 135, 136, 137, 140,
    150, 155, 156, 159, 175, 176, 177, 178, 206, 241, 264, 276, 306, 355, 361, 364, 400, 403, 407, 410, 412, 413, 449,
    460, 463, 466, 495, 527, 551, 641, 674, 706, 710, 740, 750, 800, 921, 931, 937, 974, 991, 1001, 1303, 1344, 1346,
    1408, 1411, 1435, 1877, 1923, 2094, 3373, 3450, 4552
))
# fmt: on
TOGETHER = (
    ("P17", "P131", "P276", "P706", "P495", "P1001"),
    ("P57", "P58"),
    ("P123", "P176", "P178"),
    ("P159", "P740", "P276"),
    ("P127", "P137"),
    ("P361", "P463"),
    ("P407", "P364"),
    ("P551", "P937", "P27"),
    ("P206", "P403"),
    ("P106", "P101"),
    ("P710", "P1923", "P1346", "P991"),
)
SYMMETRIC = frozenset({"P26", "P3373", "P460"})
"""What holds both ways; the others do not hold of the pair reversed."""
