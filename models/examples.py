"""Training examples: labelled documents as arrays, made by the same functions that serve use."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from graphwright.models.features import RelationFeatures, relation_features
from graphwright.models.frames import frame_texts
from graphwright.models.noise import noisy_texts
from graphwright.models.phrases import names_of_phrases
from graphwright.models.pieces import Pieces, split_pieces
from graphwright.models.relation_labels import relation_labels
from graphwright.models.sources import Source
from graphwright.models.stitching import Labelled, cut_stretches, join_documents, stated_names
from graphwright.models.stories import story_texts
from graphwright.models.tags import TAGS, allowed_tags, piece_range
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.interchange import from_json
from graphwright.pipeline.records import Annotated
from graphwright.pipeline.sentences import sentences
from graphwright.pipeline.windows import WINDOW, window_starts

FRAMES, STORIES, SEED = 3000, 5000, 13
"""How many texts are made of sentence frames and of stories, and their seed; the same in every training."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A stretch of a document to learn from.

    Shape: allowed bool (pieces, tags); types int8 (pairs, types): 1 true, 0 false, -1 unknown; evidence bool (pairs,
    pieces), all false where unknown. The last two belong to ``relations`` and are empty without it.
    """

    id: str
    pieces: Pieces
    allowed: NDArray[np.bool_]
    relations: RelationFeatures | None
    types: NDArray[np.int8]
    evidence: NDArray[np.bool_]


def held_out(id: str, part: float = 0.1) -> bool:
    """Whether a training document belongs to the part that models are selected on; a function of its id."""
    return int(content_hash("held out", id)[:8], 16) < part * 2**32


def read_rows(path: Path) -> Iterator[dict[str, object]]:
    """The JSON objects of a file, gzipped or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def read_documents(path: Path, source: Source) -> Iterator[Labelled]:
    """The texts of a source's file with entities under our labels, cut and joined as the source wants them.

    What nobody wrote so is made of training documents alone.
    """
    texts: Iterable[Labelled] = (_labelled(row, source) for row in read_rows(path))
    if source.relations == "frames":
        texts = frame_texts(FRAMES, SEED)
    elif source.relations == "stories":
        texts = story_texts(STORIES, SEED)
    whole = list(texts) if source.joined > 1 else []
    texts = whole or texts
    if source.noise:
        texts = noisy_texts(texts, source.noise, SEED)
    if source.stretch:
        texts = cut_stretches(texts, source.stretch)
    if source.joined == 1:
        yield from (labelled for labelled in texts if source.as_written or not held_out(labelled.id))
        return
    stated = stated_names(whole)
    kept = [replace(labelled, stated=stated) for labelled in texts]
    for apart_from_training in (False, True) if source.as_written else (False,):
        yield from join_documents((t for t in kept if held_out(t.id) == apart_from_training), source.joined)


def _labelled(row: dict[str, object], source: Source) -> Labelled:
    """Entities under our labels, as the relation networks know them; those that have none of ours keep their own."""
    content = from_json(row, source.path)
    ours = [replace(entity, label=source.labels.get(entity.label, (entity.label,))[0]) for entity in content.entities]
    content = replace(content, entities=tuple(ours))
    if source.phrases:
        content = replace(content, mentions=tuple(names_of_phrases(content.document.text, content.mentions)))
    if source.relations != "passages":
        return Labelled(content)
    passages: Sequence[Sequence[int]] = row["sentences"]  # type: ignore[assignment]
    annotated: Sequence[Sequence[str]] = row["annotated"]  # type: ignore[assignment]
    read = (((start, end), tuple(names)) for (start, end), names in zip(passages, annotated, strict=True))
    return Labelled(content, tuple(read))


def read_examples(data: Path, source: Source, tokenizer: Tokenizer, types: Sequence[str]) -> Iterator[Example]:
    """All examples of a source below the folder ``data``: one a window of a document, relations in the first."""
    for labelled in read_documents(data / source.path, source):
        document = labelled.content
        pieces = split_pieces(tokenizer, [document.document.text])[0]
        if source.sentences:
            yield from sentence_examples(document, pieces, source, types)
            continue
        window = WINDOW if source.relations != "none" else WINDOW // 2
        for start in window_starts(len(pieces), window, 32):
            part = pieces[slice(start, start + window)]
            if source.relations == "none" or start:
                yield tags_example(document, part, source, types)
            else:
                yield document_example(labelled, part, source, types)


def sentence_examples(document: Annotated, pieces: Pieces, source: Source, types: Sequence[str]) -> Iterator[Example]:
    """Each sentence of a document by itself, to learn entity tags from."""
    for start, end in document.sentences:
        part = pieces[slice(*piece_range(pieces.offsets, start, end))]
        if len(part):
            yield tags_example(document, part, source, types)


def tags_example(document: Annotated, part: Pieces, source: Source, types: Sequence[str]) -> Example:
    """A stretch to learn entity tags from."""
    none = np.zeros((0, len(types)), np.int8), np.zeros((0, len(part)), bool)
    return Example(document.document.id, part, _allowed(document, part, source), None, *none)


def _allowed(document: Annotated, part: Pieces, source: Source) -> NDArray[np.bool_]:
    if not source.known:
        return np.ones((len(part), len(TAGS)), bool)
    named = sorted((m for m in document.mentions if m.form == "name"), key=lambda m: (m.start - m.end, m.start))
    taken = np.zeros(len(part), bool)
    ranges = []
    for mention in named:
        first, last = piece_range(part.offsets, mention.start, mention.end)
        labels = source.labels.get(mention.label, ())
        if first < last and labels and not taken[first:last].any():
            taken[first:last] = True
            ranges.append((first, last, labels))
    return allowed_tags(len(part), ranges, source.known)


def document_example(labelled: Labelled, part: Pieces, source: Source, types: Sequence[str]) -> Example:
    """The first stretch of a document, to learn entity tags and relations from."""
    document = labelled.content
    spans = document.sentences or sentences(document.document.text)
    entities = [entity for entity in document.entities if entity.mentions]
    pairs = None
    if source.relations == "single" and source.joined == 1:
        pairs = [(r.head, r.tail) for r in document.relations or ()]
        pairs += [(tail, head) for head, tail in pairs]
    features = relation_features(part.offsets, spans, entities, pairs)
    labels = relation_labels(labelled, features, source, types)
    allowed = _allowed(document, part, source)
    return Example(document.document.id, part, allowed, features, labels, evidence_pieces(document, part, features))


def evidence_pieces(document: Annotated, part: Pieces, features: RelationFeatures) -> NDArray[np.bool_]:
    """The pieces of each pair's evidence sentences. Shape: bool (pairs, pieces), all false where unknown."""
    line = {(features.kept[h], features.kept[t]): place for place, (h, t) in enumerate(features.pairs.tolist())}
    evidence = np.zeros((len(line), len(part)), bool)
    for relation in document.relations or ():
        place = line.get((relation.head, relation.tail))
        for start, end in relation.evidence if place is not None else ():
            first, last = piece_range(part.offsets, start, end)
            evidence[place, first:last] = True
    return evidence
