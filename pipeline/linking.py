"""Entity linking: which entity of the knowledge base each entity of a document is, or that it is not in it (NIL).

A small perceptron (FNN) scores every option of an entity together with the option NIL; a softmax over them is the
probability of each decision, so that NIL is learnt like any other answer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graphwright.pipeline.candidates import Question, questions
from graphwright.pipeline.errors import ConfigurationError
from graphwright.pipeline.given_names import gender_of_name
from graphwright.pipeline.knowledge import KnowledgeBase
from graphwright.pipeline.linking_features import Surroundings, feature_names, option_features, speaks_for
from graphwright.pipeline.names import RULERS, normalise
from graphwright.pipeline.records import Document, Entity

FloatArray = NDArray[np.float64]
FORMAT = 1
ABSENT = 0.5
"""Above this probability of NIL an entity is not linked."""
LEAST = 0.25
"""Nor below this probability of the likeliest option: of such links most are wrong, and hardly any found is lost."""
SHIPPED_RANKER = Path(__file__).parent / "kb" / "ranker.json"
_ARRAYS = ("mean", "deviation", "hidden", "bias", "output")


@dataclass(frozen=True, slots=True, eq=False)
class Ranker:
    """Perceptron with one hidden layer (ReLU). Shapes: ``hidden`` (features, width), ``bias`` and ``output`` (width,);
    inputs are scaled by ``mean`` and ``deviation`` (features,).
    """

    mean: FloatArray
    deviation: FloatArray
    hidden: FloatArray
    bias: FloatArray
    output: FloatArray
    temperature: float = 1.0

    def scores(self, features: FloatArray) -> FloatArray:
        """Logits (options,) of features (options, features)."""
        scaled = (features - self.mean) / self.deviation
        # einsum: a row's sum does not depend on how many rows there are, as it may with BLAS.
        inner = np.maximum(np.einsum("ij,jk->ik", scaled, self.hidden) + self.bias, 0.0)
        logits: FloatArray = np.einsum("ij,j->i", inner, self.output) / self.temperature
        return logits

    @classmethod
    def load(cls, path: Path = SHIPPED_RANKER) -> Ranker:
        """Raises ``ConfigurationError`` where the file is missing, of another format or for other features."""
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"wanted the weights of a linker; cannot read {path} ({error})") from error
        if content.get("format") != FORMAT or content.get("features") != list(feature_names()):
            raise ConfigurationError(f"wanted linker weights of format {FORMAT}; {path} was trained by another version")
        arrays = {name: np.array(content[name], dtype=np.float64) for name in _ARRAYS}
        return cls(**arrays, temperature=float(content["temperature"]))

    def save(self, path: Path) -> None:
        content: dict[str, object] = {"format": FORMAT, "features": list(feature_names())}
        for name in _ARRAYS:
            content[name] = np.round(getattr(self, name), 5).tolist()
        content["temperature"] = round(self.temperature, 5)
        path.write_text(json.dumps(content) + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer for one entity: its id or ``None`` for NIL, and the probability of that being right."""

    kb_id: str | None
    score: float


class KnowledgeLinker:
    """Fills ``protocols.EntityLinker``. Safe to share between threads.

    An entity is linked to the likeliest option unless NIL is likelier, or its probability is below ``minimum``. Where
    somebody has but a given name, only those are options for whom something else in the document speaks.
    """

    def __init__(self, base: KnowledgeBase, ranker: Ranker, *, minimum: float = LEAST) -> None:
        self.base = base
        self.ranker = ranker
        self.minimum = minimum

    def link(self, document: Document, entities: Sequence[Entity]) -> Sequence[Entity]:
        """The same entities with ``kb_id``; ``score`` is the probability of the link, or of NIL where there is none.

        Dates, numbers and entities without a name are handed on untouched.
        """
        asked = questions(document, entities, self.base)
        surroundings = Surroundings.of(document, asked, self.base)
        return [self._linked(index, question, surroundings) for index, question in enumerate(asked)]

    def _linked(self, index: int, question: Question, surroundings: Surroundings) -> Entity:
        if not question.names:
            return question.entity
        if not question.options:
            return replace(question.entity, kb_id=None, score=1.0)
        features = option_features(index, question, surroundings)
        logits = self.ranker.scores(features)
        if _has_but_a_given_name(question, surroundings):
            logits = np.where(speaks_for(features), logits, -np.inf)
        decision = decide(logits, question, self.minimum)
        return replace(question.entity, name=self._name(question, decision), kb_id=decision.kb_id, score=decision.score)

    @staticmethod
    def _name(question: Question, decision: Decision) -> str:
        """The knowledge base's name of what was linked; the document's where nothing was."""
        ids = {option.candidate.entity.id: option.candidate.entity.name for option in question.options}
        return ids.get(decision.kb_id or "") or question.entity.name


def _has_but_a_given_name(question: Question, surroundings: Surroundings) -> bool:
    """Whether a document has no more of somebody than a given name, which is that of too many.

    "Queen Victoria" is more, wherever the document has it.
    """
    names = {normalise(name) for name in question.names}
    if question.entity.label != "PER" or any(" " in name or gender_of_name(name) == "unknown" for name in names):
        return False
    return not any(f"{title} {name}" in surroundings.grams for name in names for title in RULERS)


def decide(logits: FloatArray, question: Question, minimum: float = 0.0) -> Decision:
    """The decision that logits (options + 1,) speak for; the last one is NIL. Ties go to the option listed first.

    First whether it is in the knowledge base at all, all options together, then which: namesakes that share the
    probability among them do not make it less likely that one of them is meant.
    """
    weights = np.exp(logits - logits.max())
    chances = weights / weights.sum()
    best = int(np.argmax(chances[:-1]))
    if chances[-1] > ABSENT or chances[best] < minimum:
        return Decision(None, float(chances[-1]))
    return Decision(question.options[best].candidate.entity.id, float(chances[best]))


@lru_cache(maxsize=4)
def load_linker(base: Path, ranker: Path = SHIPPED_RANKER) -> KnowledgeLinker:
    """The linker of a knowledge base with the shipped weights, opened once a process."""
    return KnowledgeLinker(KnowledgeBase.open(base), Ranker.load(ranker))
