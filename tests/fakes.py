"""Stand-ins that are real fillers of our Protocols, small enough to be checked by eye."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

from graphwright.pipeline.records import Annotated, Document, Entity, Mention, Relation, Span

GAZETTEER = {
    "Ada Lovelace": ("PER", "Q7259"),
    "Charles Babbage": ("PER", "Q46633"),
    "William King": ("PER", None),
    "Mary Somerville": ("PER", "Q268702"),
    "Analytical Society": ("ORG", "Q2741410"),
    "London": ("LOC", "Q84"),
    "Jedburgh": ("LOC", "Q990091"),
    "1815": ("TIME", None),
}
RELATIONS = {"was born in": ("P19", 0.9), "married": ("P26", 0.8), "joined": ("P463", 0.7), "lived in": ("P551", 0.3)}
NAMES = re.compile("|".join(sorted(map(re.escape, GAZETTEER), key=len, reverse=True)))
FAILING = "this document cannot be annotated"


@dataclass(frozen=True)
class GazetteerAnnotator:
    """Knows the names of ``GAZETTEER`` and a relation where a phrase of ``RELATIONS`` stands between two of them."""

    version: str = "gazetteer-1"

    def annotate(self, documents: Iterable[Document]) -> Iterator[Annotated]:
        for document in documents:
            yield _annotated(document)

    def complete(self, documents: Iterable[Annotated], given: str) -> Iterator[Annotated]:
        """Keeps given entities, and finds relations between them."""
        for annotated in documents:
            yield (
                _related(annotated.document, annotated.entities)
                if given == "entities"
                else _annotated(annotated.document)
            )


def gazetteer(**options: object) -> GazetteerAnnotator:
    """An annotator that workers in other processes can make: ``fakes:gazetteer``."""
    assert set(options) == {"network", "ner", "knowledge", "schema", "threads"}
    return GazetteerAnnotator()


@dataclass(frozen=True)
class SlowAnnotator:
    """The same, with time to interrupt it: the file ``annotated`` grows by a character a document."""

    inner: GazetteerAnnotator
    seconds: float

    @property
    def version(self) -> str:
        return self.inner.version

    def annotate(self, documents: Iterable[Document]) -> Iterator[Annotated]:
        for annotated in self.inner.annotate(documents):
            time.sleep(self.seconds)
            with Path("annotated").open("a", encoding="utf-8") as stream:
                stream.write(".")
            yield annotated


def slow(**options: object) -> SlowAnnotator:
    """A hundred documents a second."""
    return SlowAnnotator(gazetteer(**options), 0.01)


def broken(**options: object) -> GazetteerAnnotator:
    """An annotator that has a defect of its own."""
    raise RuntimeError(f"the model is broken\nin two lines, with {len(options)} options")


def interrupted(**options: object) -> GazetteerAnnotator:
    """As if somebody pressed Ctrl-C."""
    raise KeyboardInterrupt


def _save(output: Path, network: str) -> Path:
    output.mkdir(parents=True, exist_ok=True)
    (output / "network").write_text(network, encoding="utf-8")
    return output


def _train_ner(
    data: Path, output: Path, *, seed: int, epochs: int | None, say: Callable[[str], None], track: object
) -> Path:
    return _save(output, "encoder")


def _train_relations(
    data: Path, output: Path, *, network: str, seed: int, epochs: int | None, say: Callable[[str], None], track: object
) -> Path:
    return _save(output, network)


def _train_committee(data: Path, output: Path, *, seed: int, epochs: int | None) -> Path:
    return _save(output, "committee")


def _train_linker(data: Path, output: Path, *, seed: int, epochs: int | None) -> Path:
    return _save(output, "linker")


def _test_model(folder: Path, data: Path) -> dict[str, float]:
    assert (folder / "network").is_file()
    return {"f1": 0.75}


def _train_coreference(
    data: Path, output: Path, *, seed: int, epochs: int | None, say: Callable[[str], None], track: object
) -> Path:
    return _save(output, "coreference")


trainers = SimpleNamespace(
    train_ner=_train_ner,
    train_coreference=_train_coreference,
    train_relations=_train_relations,
    train_committee=_train_committee,
    train_linker=_train_linker,
    test_model=_test_model,
)
"""In place of ``graphwright.models.train`` and ``coreference_training``: models are files with a name in them."""


def _annotated(document: Document) -> Annotated:
    if FAILING in document.text:
        raise ValueError(FAILING)
    mentions: dict[str, list[Mention]] = {}
    for match in NAMES.finditer(document.text):
        label, _ = GAZETTEER[match.group()]
        mentions.setdefault(match.group(), []).append(Mention(document.id, *match.span(), label, 0.95))
    entities = tuple(
        Entity(number, name, GAZETTEER[name][0], tuple(found), GAZETTEER[name][1], 0.9)
        for number, (name, found) in enumerate(mentions.items())
    )
    return _related(document, entities)


def _related(document: Document, entities: tuple[Entity, ...]) -> Annotated:
    owners = sorted((mention.span, entity.id) for entity in entities for mention in entity.mentions)
    relations = []
    for ((_, left_end), head), ((right_start, _), tail) in pairwise(owners):
        between = document.text[left_end:right_start].strip()
        if between in RELATIONS and head != tail:
            predicate, score = RELATIONS[between]
            relations.append(Relation(head, tail, predicate, score, _around(document.text, left_end)))
    mentions = tuple(sorted((m for e in entities for m in e.mentions), key=lambda mention: mention.span))
    return Annotated(document, _sentences(document.text), mentions, entities, tuple(relations))


def _sentences(text: str) -> tuple[Span, ...]:
    return tuple(match.span() for match in re.finditer(r"[^.\s][^.]*\.?", text))


def _around(text: str, place: int) -> tuple[Span, ...]:
    return tuple(span for span in _sentences(text) if span[0] <= place < span[1])
