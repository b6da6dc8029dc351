"""Coreference in use: the trained scorer's antecedents, under rules that no score overrules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import onnxruntime

from graphwright.models.antecedents import AntecedentFeatures, antecedent_features, without_pronoun_labels
from graphwright.models.arrays import Arrays
from graphwright.pipeline.coreference import (
    PRONOUN_LABEL,
    agreed_labels,
    labelled_antecedent,
    make_entity,
    pronoun_mentions,
    relative_antecedent,
)
from graphwright.pipeline.mention_traits import GENDERS, KINDS, Traits, mention_traits
from graphwright.pipeline.names import is_shortened, person_words
from graphwright.pipeline.other_names import other_names
from graphwright.pipeline.protocols import Encoded, FloatArray, IntArray
from graphwright.pipeline.records import ENTITY_LABELS, Entity, Mention, Span
from graphwright.pipeline.subjects import subject_antecedents
from graphwright.pipeline.surnames import surname_antecedents

MEANT: dict[str, frozenset[str]] = {
    "he": frozenset({"PER"}),
    "she": frozenset({"PER"}),
    "I": frozenset({"PER"}),
    "we": frozenset({"ORG"}),
    "you": frozenset({"PER"}),
    "they": frozenset({"ORG"}),
    "it": frozenset({"ORG", "LOC", "MISC"}),
}
"""The labels of the named entities that a kind of pronoun may stand for."""
SPEAKERS = {"he": "PER", "she": "PER", "I": "PER", "we": "ORG"}
"""Pronouns that are entities of their own where nothing before them fits."""
MALE, FEMALE = GENDERS.index("male"), GENDERS.index("female")


@dataclass(slots=True)
class Cluster:
    """Mentions joined so far."""

    mentions: list[Mention]
    labels: set[str]
    genders: set[int]
    names: list[Traits]


@dataclass(frozen=True, slots=True, eq=False)
class NetworkCoreference:
    """Fills ``protocols.CoreferenceResolver``. Mentions that come with pronouns or nominals are all there are;
    among names alone, pronouns are looked for.
    """

    session: onnxruntime.InferenceSession

    def resolve(self, encoded: Encoded, mentions: Sequence[Mention]) -> list[Entity]:
        """Entities in order of first mention. Literals (dates, numbers) join only with literals of their label."""
        text = encoded.document.text
        if any(mention.form != "name" for mention in mentions):
            return numbered(text, self._clusters(encoded, mentions))
        names = agreed_labels(text, mentions)
        pronouns = pronoun_mentions(encoded.document, mentions)
        before = {p.span: name for p in pronouns if (name := relative_antecedent(text, names, p))}
        clusters = self._clusters(encoded, [*names, *(p for p in pronouns if p.span not in before)])
        owner = {mention.span: cluster for cluster in clusters for mention in cluster.mentions}
        for pronoun in pronouns:
            if pronoun.span in before:
                owner[before[pronoun.span].span].mentions.append(pronoun)
        return numbered(text, clusters)

    def _clusters(self, encoded: Encoded, mentions: Sequence[Mention]) -> list[Cluster]:
        ordered = with_entity_labels(sorted(mentions, key=lambda m: (m.start, -m.end)))
        known = mention_traits(encoded.document.text, ordered)
        if not len(encoded.offsets):
            return [Cluster([mention], {mention.label}, set(), []) for mention in ordered]
        if not ordered:
            return []
        # The network learnt from pronouns without labels.
        features = antecedent_features(encoded, without_pronoun_labels(ordered), known)
        return linked(ordered, known, features.candidates, self.scores(features), certain(encoded, ordered))

    def scores(self, features: AntecedentFeatures) -> FloatArray:
        """Scores of "new" and of each candidate of each mention. Shape: float32 (mentions, 1 + candidates)."""
        names = ("vectors", "singles", "candidates", "pairs")
        arrays: Arrays = {name: getattr(features, name)[np.newaxis] for name in names}
        return np.asarray(self.session.run(["scores"], arrays)[0][0], np.float32)


def with_entity_labels(mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions with the label of a pronoun only where that is one of ours."""
    bare = without_pronoun_labels(mentions)
    return [m if m.label in ENTITY_LABELS else plain for m, plain in zip(mentions, bare, strict=True)]


def certain(encoded: Encoded, mentions: Sequence[Mention]) -> dict[Span, Mention]:
    """Spans of mentions of which the text leaves no doubt what they mean, each with a name before it."""
    text = encoded.document.text
    names = [mention for mention in mentions if mention.form == "name"]
    subjects = subject_antecedents(text, encoded.sentences, mentions)
    found = {**dict(surname_antecedents(text, names)), **dict(subjects), **other_names(text, names)}
    if not any(mention.form == "nominal" for mention in mentions):
        labelled = (m for m in mentions if m.form == "pronoun" and m.label in ENTITY_LABELS)
        found |= {m.span: name for m in labelled if (name := labelled_antecedent(text, encoded.sentences, names, m))}
    return found


def linked(
    mentions: Sequence[Mention],
    known: Sequence[Traits],
    candidates: IntArray,
    scores: FloatArray,
    sure: Mapping[Span, Mention] = MappingProxyType({}),
) -> list[Cluster]:
    """Each mention joins its best candidate that scores above "new" and whose cluster it may join.

    A name joins the cluster of an equal one before it, whatever the scores say (Gale et al. 1992, one sense per
    discourse), and what is ``sure`` joins the mention told there.
    """
    clusters: list[Cluster] = []
    owner: list[Cluster] = []
    places = {mention.span: place for place, mention in enumerate(mentions)}
    equal: dict[tuple[str, str] | None, Cluster] = {}
    order = np.argsort(-scores, axis=1, kind="stable").tolist()
    for mention, traits, row, answers in zip(mentions, known, candidates.tolist(), order, strict=True):
        likely = (owner[row[answer - 1]] for answer in answers[: answers.index(0)])
        name = (traits.key, mention.label) if mention.form == "name" and mention.label in ENTITY_LABELS else None
        found = equal.get(name) or (owner[places[sure[mention.span].span]] if mention.span in sure else None)
        found = found or next((one for one in likely if may_join(mention, traits, one)), None)
        if found is None:
            found = Cluster([], set(), set(), [])
            clusters.append(found)
        if name:
            equal.setdefault(name, found)
        _join(found, mention, traits)
        owner.append(found)
    return clusters


def may_join(mention: Mention, traits: Traits, cluster: Cluster) -> bool:
    """No cluster holds both "he" and "she", two labels, names that are not akin, or a pronoun that cannot mean it."""
    if {traits.gender, *cluster.genders} >= {MALE, FEMALE}:
        return False
    known = cluster.labels & set(ENTITY_LABELS)
    if mention.label == PRONOUN_LABEL:
        return not (known and cluster.names) or bool(known & MEANT.get(KINDS[traits.kind], known))
    if mention.label not in ENTITY_LABELS or not known:
        return True
    if mention.form == "name" and cluster.names and not any(akin(traits, n, mention.label) for n in cluster.names):
        return False
    return mention.label in known


def _join(cluster: Cluster, mention: Mention, traits: Traits) -> None:
    cluster.mentions.append(mention)
    cluster.genders.add(traits.gender)
    if mention.label != PRONOUN_LABEL:
        cluster.labels.add(mention.label)
    if mention.form == "name":
        cluster.names.append(traits)


def akin(first: Traits, second: Traits, label: str) -> bool:
    """Whether two names can mean the same: they share a word or one is the other's acronym, and of two full names of
    people the first words begin alike ("J. Hopper" and "John Hopper", never "Grace Hopper" and "John Hopper") or one is
    the other less some given names ("Brewster Hopper" and "Grace Brewster Hopper").
    """
    if first.acronym == second.key or second.acronym == first.key:
        return True
    if not set(first.words) & set(second.words):
        return first.key == second.key
    ends = [person_words(name.key) for name in (first, second)]
    return label != "PER" or min(map(len, ends)) < 2 or ends[0][0][0] == ends[1][0][0] or is_shortened(*ends)


def numbered(text: str, clusters: Sequence[Cluster]) -> list[Entity]:
    """The clusters as entities, in order of first mention; pronouns alone that tell no label are left out."""
    labelled = [(label, cluster.mentions) for cluster in clusters if (label := cluster_label(text, cluster))]
    labelled.sort(key=lambda item: min((m.start, -m.end) for m in item[1]))
    return [make_entity(number, label, mentions, text) for number, (label, mentions) in enumerate(labelled)]


def cluster_label(text: str, cluster: Cluster) -> str | None:
    """The label of the first mention that has one; of pronouns alone theirs, ``None`` where they say nothing."""
    named = [mention.label for mention in cluster.mentions if mention.label != PRONOUN_LABEL]
    if named:
        return named[0]
    kinds = [KINDS[traits.kind] for traits in mention_traits(text, cluster.mentions)]
    return next((SPEAKERS[kind] for kind in kinds if kind in SPEAKERS), None)
