"""Questions as vectors, by the encoder that reads documents, for searching the vectors that a build put into Neo4j."""

from __future__ import annotations

from dataclasses import dataclass

from graphwright.models.shipped import load_encoder, weights_folder
from graphwright.pipeline.protocols import Encoder
from graphwright.pipeline.records import make_document
from graphwright.pipeline.vectors import text_vector


@dataclass(frozen=True, slots=True)
class QuestionEmbedder:
    """What neo4j-graphrag's retrievers take as ``embedder``.

    Its vectors lie near those of things that a text would name in like words; it is no model of sentence similarity.
    """

    encoder: Encoder

    def embed_query(self, text: str) -> list[float]:
        """A unit vector, as long as those of the index. Raises ``ValueError`` where the text has no word."""
        vector = text_vector(self.encoder.encode(make_document("question", text, language="en")))
        if not vector:
            raise ValueError(f"wanted a question with words; received {text!r:.40}")
        return list(vector)


def load_embedder() -> QuestionEmbedder:
    """The embedder of the encoder that ships."""
    return QuestionEmbedder(load_encoder(weights_folder()))
