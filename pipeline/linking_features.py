"""What the linker's ranker looks at: how the name matches, how well known the option is, whether it fits the label,
the words of the document, and the other entities named in it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log1p

import numpy as np
from numpy.typing import NDArray

from graphwright.pipeline.candidates import BORROWED, QUALIFIED, Option, Question
from graphwright.pipeline.knowledge import KnowledgeBase
from graphwright.pipeline.knowledge_entries import KINDS, Candidate
from graphwright.pipeline.linking_places import FEATURES as PLACE_FEATURES
from graphwright.pipeline.linking_places import Setting, countries_in, place_features, setting_of
from graphwright.pipeline.names import codes, is_acronym, normalise
from graphwright.pipeline.records import Document

MATCHES = (*KINDS, QUALIFIED, BORROWED)
LABELS = ("PER", "ORG", "LOC", "MISC")
EXACT = ("label", "alias", QUALIFIED)
_OPTION = (
    "same spelling", "similarity", "count", "share of count", "prior", "prior below best", "population",
    "population below best", "place in list", "only option", "sharing", "label fits", "label differs", "label unknown",
    "type words", "object names", "object share", "named by others", "others name it", "shared objects", "year",
    "name length", "name differs", "codes differ", "class", "claims",
    "rare words shared", "rare words missing", "rare words added",
)  # fmt: skip
_ENTITY = ("nil", "options", "words", "acronym", "capitals", "best count", "best kind exact", "fitting options")
_SPEAKING = (
    f"match {BORROWED}", f"match {QUALIFIED}", "type words", "object names", "named by others", "others name it",
    "shared objects", "year", "country near", "country in document", "place behind", "place before", "nil",
)  # fmt: skip
_PLURALS = 3
_GRAM = 4
_OBJECTS = 60
_SUPPORT = 3
_YEAR = re.compile(r"\b1[0-9]{3}\b|\b20[0-9]{2}\b")
# Links that say little: sex, given name, time zone, list and category pages.
_DULL = frozenset({21, 735, 734, 421, 910, 373, 31, 279, 106, 1412})


def feature_names() -> tuple[str, ...]:
    """Names of the columns, in order."""
    labels = (f"asked {label}" for label in LABELS)
    return (*(f"match {kind}" for kind in MATCHES), *_OPTION, *PLACE_FEATURES, *_ENTITY, *labels)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a document offers all its entities.

    ``grams``: its normalised word sequences up to four words; ``supporters``: id number -> indices of the entities
    that may mean it; ``objects``: id number -> indices of the entities one of whose likely options has a claim on it;
    ``countries``: id numbers of those named; ``settings``: one for each entity.
    """

    grams: frozenset[str]
    years: frozenset[int]
    supporters: Mapping[int, frozenset[int]]
    objects: Mapping[int, frozenset[int]]
    countries: frozenset[int]
    settings: Sequence[Setting]
    base: KnowledgeBase

    @classmethod
    def of(cls, document: Document, asked: Sequence[Question], base: KnowledgeBase) -> Surroundings:
        supporters: dict[int, set[int]] = defaultdict(set)
        objects: dict[int, set[int]] = defaultdict(set)
        for index, question in enumerate(asked):
            for option in question.options[:_SUPPORT]:
                qid = int(option.candidate.entity.id[1:])
                supporters[qid].add(index)
                for attribute, value in base.claims(qid)[:_OBJECTS]:
                    if attribute not in _DULL:
                        objects[value].add(index)
        frozen = [{key: frozenset(value) for key, value in found.items()} for found in (supporters, objects)]
        words = normalise(document.text).split()
        years = frozenset(int(year) for year in _YEAR.findall(document.text))
        countries = frozenset(countries_in(document.text, base))
        settings = [setting_of(document, question.entity, base) for question in asked]
        return cls(_grams(words), years, frozen[0], frozen[1], countries, settings, base)


def _grams(words: Sequence[str]) -> frozenset[str]:
    return frozenset(
        " ".join(words[start : start + length])
        for length in range(1, _GRAM + 1)
        for start in range(len(words) - length + 1)
    )


def option_features(index: int, question: Question, around: Surroundings) -> NDArray[np.float64]:
    """Features (options + 1, columns) of an entity's options; the last row stands for NIL."""
    shared = _entity_features(question)
    rows = [
        [*_matches(option), *_option_features(place, option, index, question, around), 0.0, *shared]
        for place, option in enumerate(question.options)
    ]
    nothing = [0.0] * (len(MATCHES) + len(_OPTION) + len(PLACE_FEATURES))
    return np.array([*rows, [*nothing, 1.0, *shared]], dtype=np.float64)


def speaks_for(features: NDArray[np.float64]) -> NDArray[np.bool_]:
    """For each row of ``option_features``, whether anything of the document but the name speaks for it; NIL needs none.

    Shape: (options + 1,).
    """
    names = feature_names()
    columns = [names.index(name) for name in _SPEAKING]
    return np.array([bool(row.any()) for row in features[:, columns]])


def _matches(option: Option) -> list[float]:
    return [float(option.kind == kind) for kind in MATCHES]


def _entity_features(question: Question) -> list[float]:
    name, options, label = question.names[0], question.options, question.entity.label
    best = options[0] if options else None
    return [
        log1p(len(options)),
        float(min(len(name.split()), 5)),
        float(is_acronym(name)),
        float(name[:1].isupper()),
        log1p(max((option.candidate.count for option in options), default=0)),
        float(best is not None and best.kind in EXACT),
        log1p(sum(option.candidate.entity.label == label for option in options)),
        *(float(label == known) for known in LABELS),
    ]


def _option_features(place: int, option: Option, index: int, question: Question, around: Surroundings) -> list[float]:
    candidate, entity, options = option.candidate, option.candidate.entity, question.options
    counts = sum(other.candidate.count for other in options)
    best_prior = max(other.candidate.entity.prior for other in options)
    best_population = max(log1p(other.candidate.entity.population) for other in options)
    population = log1p(entity.population)
    key, own = normalise(option.name), normalise(entity.name)
    return [
        float(entity.name in question.names),
        candidate.similarity,
        log1p(candidate.count),
        candidate.count / counts if counts else 0.0,
        entity.prior,
        best_prior - entity.prior,
        population / 10.0,
        (best_population - population) / 10.0,
        log1p(place),
        float(len(options) == 1),
        log1p(candidate.sharing),
        float(entity.label == question.entity.label),
        float(bool(entity.label) and entity.label != question.entity.label),
        float(not entity.label),
        *_context_features(entity.id, entity.types, index, around),
        float(entity.year in around.years),
        float(min(len(key), 40)) / 10.0,
        float(key != own),
        float(codes(key) != codes(own)),
        float(entity.name[:1].islower()),
        log1p(len(around.base.claims(int(entity.id[1:])))),
        *_rare_words(key, own, candidate, around.base),
        *place_features(int(entity.id[1:]), around.settings[index], around.countries, around.base),
    ]


def _rare_words(key: str, own: str, candidate: Candidate, base: KnowledgeBase) -> list[float]:
    """How much of what a name says the entity's name says too: words weigh by how few entities have them."""
    mine, others = set(key.split()), set(own.split())
    if candidate.kind in EXACT:
        return [1.0, 0.0, 0.0]
    whole, shared = (sum(map(base.rarity, sorted(words))) for words in (mine, mine & others))
    added = sum(map(base.rarity, sorted(others - mine)))
    return [shared / whole if whole else 0.0, (whole - shared) / 10.0, added / 10.0]


def _context_features(qid: str, types: Sequence[str], index: int, around: Surroundings) -> list[float]:
    number, grams = int(qid[1:]), around.grams
    claims = around.base.claims(number)[:_OBJECTS]
    values = {value for attribute, value in claims if attribute not in _DULL}
    named = around.base.object_names(number)
    hits = sum(name in grams for name in named)
    words = {word for name in types for word in normalise(name).split() if len(word) > _PLURALS}
    mine = {index}
    supported = sum(bool(around.supporters[value] - mine) for value in values if value in around.supporters)
    sharing = sum(bool(around.objects[value] - mine) for value in values if value in around.objects)
    return [
        log1p(sum(word in grams for word in words)),
        log1p(hits),
        hits / len(named) if named else 0.0,
        log1p(supported),
        float(bool(around.objects.get(number, frozenset()) - mine)),
        log1p(sharing),
    ]
