"""Our entity recognition as a spaCy pipeline component: ``nlp.add_pipe("graphwright_ner")`` in anybody's pipeline."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc, Span

from graphwright.models.runtime import OnnxEncoder, TagRecognizer
from graphwright.models.shipped import load_encoder, weights_folder
from graphwright.pipeline.records import Document


class GraphwrightNer:
    """Sets ``doc.ents`` to our mentions, widened to whole tokens; each span's ``id_`` stays empty."""

    def __init__(self, encoder: OnnxEncoder) -> None:
        self.encoder = encoder
        self.recognizer = TagRecognizer()

    def __call__(self, doc: Doc) -> Doc:
        document = Document("", doc.text, "", doc.lang_)
        spans: list[Span] = []
        for mention in self.recognizer.recognize(self.encoder.encode(document)):
            span = doc.char_span(mention.start, mention.end, label=mention.label, alignment_mode="expand")
            if span is not None and not (spans and span.start < spans[-1].end):
                spans.append(span)
        doc.set_ents(spans)
        return doc


@Language.factory("graphwright_ner", assigns=["doc.ents"])
def make_graphwright_ner(nlp: Language, name: str) -> GraphwrightNer:
    """The component with the shipped weights."""
    return GraphwrightNer(load_encoder(weights_folder()))
