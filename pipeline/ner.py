"""Entity recognition by any spaCy pipeline that is installed, in place of our own network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import spacy
from spacy.language import Language

from graphwright.pipeline.errors import ConfigurationError
from graphwright.pipeline.protocols import Encoded
from graphwright.pipeline.records import ENTITY_LABELS, Mention

LABELS = {
    "PERSON": "PER",
    "NORP": "MISC",
    "FAC": "LOC",
    "GPE": "LOC",
    "PRODUCT": "MISC",
    "EVENT": "MISC",
    "WORK_OF_ART": "MISC",
    "LAW": "MISC",
    "LANGUAGE": "MISC",
    "DATE": "TIME",
    "PERCENT": "NUM",
    "MONEY": "NUM",
    "QUANTITY": "NUM",
    "CARDINAL": "NUM",
    **{label: label for label in ENTITY_LABELS},
}
"""OntoNotes's labels (and our own) as ours; what is not here, such as ORDINAL, is no entity to us."""


@dataclass(frozen=True, slots=True)
class SpacyRecognizer:
    """Fills ``protocols.MentionRecognizer`` with the ``ents`` of a spaCy pipeline."""

    nlp: Language

    @classmethod
    def load(cls, name: str) -> Self:
        """A pipeline by package name or folder. Raises ``ConfigurationError`` where there is none."""
        try:
            return cls(spacy.load(name))
        except OSError:
            known = ", ".join(sorted(spacy.util.get_installed_models())) or "none"
            raise ConfigurationError(f"no spaCy pipeline {name!r} is installed; installed: {known}") from None

    def recognize(self, encoded: Encoded) -> Sequence[Mention]:
        document = encoded.document
        found = self.nlp(document.text).ents
        return [
            Mention(document.id, entity.start_char, entity.end_char, LABELS[entity.label_])
            for entity in found
            if entity.label_ in LABELS
        ]
