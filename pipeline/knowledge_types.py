"""Coarse labels (PER, ORG, LOC, MISC) of knowledge-base entities: from their types, else from their claims."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

_WORDS: Mapping[str, str] = {
    "PER": ("human person people twin sibling"),
    "ORG": (
        "organization organisation company business enterprise university college school institute "
        "institution agency party club team association corporation airline bank label studio broadcaster "
        "network newspaper museum hospital league federation union ministry department government parliament "
        "legislature court church army navy brand shop store chain restaurant society foundation laboratory "
        "council committee commission manufacturer publisher academy operator facility nonprofit archive band "
        "ensemble orchestra duo trio conglomerate subsidiary charity healthcare franchise faculty bureau "
        "authority service police regiment brigade division"
    ),
    "LOC": (
        "country state city town village county municipality district region province settlement continent "
        "island river mountain lake sea ocean capital territory borough neighborhood neighbourhood quarter "
        "place location peninsula area commune prefecture metropolis kingdom republic empire desert valley "
        "bay gulf strait canal airport station road street bridge park stadium building castle palace world "
        "township suburb parish archipelago polity ceremonial governorate oblast canton residence community "
        "hamlet skyscraper tower arena venue forest volcano watercourse seaport port square cemetery monument "
        "reservoir dam observatory"
    ),
    "MISC": (
        "flag film movie song album book novel award genre war battle language religion software game series episode "
        "work literature magazine disease symptom taxon asteroid galaxy constellation spaceflight application "
        "profession ideology sport competition race"
    ),
}
_LABEL_OF = {word: label for label, words in _WORDS.items() for word in words.split()}
# Classes that data sets name by id, so that no name of theirs is needed.
_CLASSES: Mapping[str, str] = {
    **dict.fromkeys(("Q5", "Q215627", "Q95074"), "PER"),
    **dict.fromkeys(("Q43229", "Q4830453", "Q783794", "Q891723", "Q3918", "Q7278", "Q476028"), "ORG"),
    **dict.fromkeys(("Q215380", "Q6881511", "Q431289"), "ORG"),
    **dict.fromkeys(("Q27096213", "Q6256", "Q3624078", "Q515", "Q1549591", "Q1093829", "Q3957"), "LOC"),
    **dict.fromkeys(("Q532", "Q486972", "Q3895768", "Q35657", "Q1970725"), "LOC"),
}
_NAMED: Mapping[str, str] = {
    **dict.fromkeys(("per", "pers", "human"), "PER"),
    **dict.fromkeys(("date", "datetime", "time"), "TIME"),
    **dict.fromkeys(("quantity", "num"), "NUM"),
    "org": "ORG",
    "loc": "LOC",
    "misc": "MISC",
}
# Endings of words for what people do.
_AGENTS = (
    "actor", "actress", "singer", "writer", "author", "musician", "player", "politician", "director",
    "producer", "artist", "composer", "journalist", "poet", "footballer", "scientist", "physicist", "chemist",
    "mathematician", "philosopher", "economist", "lawyer", "king", "queen", "emperor", "president", "general",
    "officer", "painter", "sculptor", "architect", "comedian", "model", "wrestler", "rapper", "guitarist",
    "drummer", "pianist", "bassist", "engineer", "businessman", "entrepreneur", "historian", "novelist",
    "screenwriter", "cinematographer", "conductor", "songwriter", "monarch", "theologian", "explorer",
    "psychologist", "biologist", "activist", "diplomat", "athlete", "boxer", "swimmer", "driver",
)  # fmt: skip
# What stands at either end of a Wikidata property.
_ENDS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("P22", "P25", "P26", "P40", "P3373", "P451"), ("PER", "PER")),
    **dict.fromkeys(("P1066", "P184", "P185", "P802"), ("PER", "PER")),
    **dict.fromkeys(("P19", "P20", "P27", "P551", "P937", "P119"), ("PER", "LOC")),
    **dict.fromkeys(("P69", "P102", "P54", "P108", "P241"), ("PER", "ORG")),
    **dict.fromkeys(("P106", "P39", "P140", "P1303", "P412", "P410", "P413", "P172", "P1412"), ("PER", "MISC")),
    "P509": ("PER", "MISC"),
    **dict.fromkeys(("P57", "P58", "P161", "P86", "P50", "P162", "P110", "P287", "P344", "P725"), ("MISC", "PER")),
    **dict.fromkeys(("P264", "P449"), ("", "ORG")),
    **dict.fromkeys(("P123", "P178", "P176", "P272", "P750"), ("MISC", "ORG")),
    **dict.fromkeys(("P112", "P169", "P488", "P1037"), ("ORG", "PER")),
    **dict.fromkeys(("P159", "P740"), ("ORG", "LOC")),
    **dict.fromkeys(("P749", "P355"), ("ORG", "ORG")),
    **dict.fromkeys(("P131", "P150", "P47", "P36", "P1376", "P403", "P974", "P177", "P206", "P706"), ("LOC", "LOC")),
    **dict.fromkeys(("P6", "P35", "P84"), ("LOC", "PER")),
    **dict.fromkeys(("P17", "P495", "P1001", "P276", "P30"), ("", "LOC")),
    **dict.fromkeys(("P991", "P1346"), ("MISC", "")),
    **dict.fromkeys(("P136", "P641", "P364", "P407", "P135", "P101", "P166"), ("", "MISC")),
    **dict.fromkeys(("P155", "P156", "P3450", "P1877", "P674"), ("MISC", "MISC")),
}


@lru_cache(maxsize=65536)
def label_of_type(name: str) -> str:
    """PER, ORG, LOC, MISC, TIME or NUM for the name or Wikidata id of a type; empty where it is not known.

    >>> label_of_type("city of the United States"), label_of_type("Q5"), label_of_type("record label")
    ('LOC', 'PER', 'ORG')
    """
    for part in name.split("|"):
        known = _CLASSES.get(part) or _NAMED.get(part.casefold())
        if known:
            return known
    words = re.findall(r"[a-z]+", re.split(r" (?:of|in|for|with|by|that)\b", name.casefold())[0])
    found = [_LABEL_OF[word] for word in reversed(words) if word in _LABEL_OF]
    return found[0] if found else ""


def label_of_types(types: Iterable[str]) -> str:
    """The commonest label among an entity's types, ties by the first; empty where no type is known."""
    found = [label for label in map(label_of_type, types) if label]
    return max(found, key=found.count) if found else ""


def ends_of_property(attribute: str) -> tuple[str, str]:
    """Labels of subject and object of a property; empty where it does not say.

    >>> ends_of_property("P19")
    ('PER', 'LOC')
    """
    return _ENDS.get(attribute, ("", ""))


def label_of_description(text: str) -> str:
    """The label that the head noun of a short description speaks for; empty where it is not known.

    >>> label_of_description("British-American film director, screenwriter, and producer")
    'PER'
    """
    phrase = re.split(
        r"[,;(]| (?:and|of|in|for|with|by|that|from|based|who|which|at|on|near|located)\b", text.casefold()
    )[0]
    words = re.findall(r"[a-z]+", phrase)
    if not words:
        return ""
    return _LABEL_OF.get(words[-1]) or ("PER" if words[-1].endswith(_AGENTS) else "")
