"""Labelled texts, and pairs of entities in labelled documents, as tokens: characters or words.

Of a pair, the text carries marks at the ends of both entities (Zhang and Wang 2015, arXiv 1508.01006), and each token
knows in which of five parts it lies: before, first entity, between, second entity, behind (after Zeng et al. 2015).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations
from pathlib import Path

from graphwright.models.classifiers.config import Unit
from graphwright.models.classifiers.examples import NONE, Examples, Text
from graphwright.pipeline.datasets import read_dataset
from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.interchange import opened
from graphwright.pipeline.records import Annotated, Span

WORD = re.compile(r"\w+|[^\w\s]")
CHARACTER = re.compile(r"[A-Za-z]+|\d|\S")
SCRIPTS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Kana, Han and Hangul, of which a character says about as much as a syllable or word elsewhere."""
HEAD, TAIL = ("<head>", "</head>"), ("<tail>", "</tail>")
EMPTY = "<empty>"
WANTED = 'wanted one JSON object a line, {"text": ..., "label": ...}'


def read_texts(path: Path, unit: Unit) -> tuple[Examples, Unit]:
    """The texts of a file with their labels, and the unit in which they were read.

    Raises ``CorpusError`` with file, line and what was wanted.
    """
    texts, labels = [], []
    with opened(path) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                text, label = _labelled(line, f"{path} line {number}")
                texts.append(text)
                labels.append(label)
    settled = settled_unit(unit, texts)
    items = tuple(plain_text(text, settled) for text in texts)
    names = tuple(f"text {number}" for number in range(1, len(texts) + 1))
    return Examples("texts", items, tuple(labels), names, tuple(content_hash(text) for text in texts)), settled


def read_pairs(path: Path, unit: Unit) -> tuple[Examples, Unit]:
    """Every ordered pair of entities of the documents of a data set, with its relation or ``NONE``; and the unit.

    A pair of which several relations are said is an example of each.
    """
    documents = [item for item in read_dataset(path) if item.relations is not None]
    if not any(item.relations for item in documents):
        raise CorpusError(f"{path}: wanted documents with relations between their entities, found none")
    settled = settled_unit(unit, (item.document.text for item in documents))
    items, labels, names, groups = [], [], [], []
    for item in documents:
        for head, tail, text, types in document_pairs(item, settled):
            for label in types:
                items.append(text)
                labels.append(label)
                names.append(f"{item.document.id} {head}-{tail}")
                groups.append(content_hash(item.document.text))
    return Examples("pairs", tuple(items), tuple(labels), tuple(names), tuple(groups)), settled


def document_pairs(item: Annotated, unit: Unit) -> Iterator[tuple[int, int, Text, Sequence[str]]]:
    """Head, tail, marked text and relations of every ordered pair of entities that do not overlap."""
    types = defaultdict(set)
    for relation in item.relations or ():
        types[relation.head, relation.tail].add(relation.type)
    spans = {entity.id: [mention.span for mention in entity.mentions] for entity in item.entities if entity.mentions}
    for head, tail in permutations(sorted(spans), 2):
        nearest = nearest_spans(spans[head], spans[tail])
        if nearest:
            found = sorted(types.get((head, tail), ())) or [NONE]
            yield head, tail, marked_text(item.document.text, *nearest, unit), found


def nearest_spans(heads: Iterable[Span], tails: Sequence[Span]) -> tuple[Span, Span] | None:
    """The mentions of two entities that stand next to each other, the first of several; none where all overlap.

    >>> nearest_spans([(0, 3), (20, 23)], [(25, 30)])
    ((20, 23), (25, 30))
    """
    apart = [(h, t) for h in heads for t in tails if h[1] <= t[0] or t[1] <= h[0]]
    return min(apart, key=lambda pair: (max(pair[0][0], pair[1][0]) - min(pair[0][1], pair[1][1]), pair), default=None)


def marked_text(text: str, head: Span, tail: Span, unit: Unit) -> Text:
    """The tokens of a text with marks at both ends of head and tail, and the part of each."""
    (first, first_marks), (second, second_marks) = sorted([(head, HEAD), (tail, TAIL)])
    cuts = (
        ((), text[: first[0]], ()),
        (first_marks[:1], text[first[0] : first[1]], first_marks[1:]),
        ((), text[first[1] : second[0]], ()),
        (second_marks[:1], text[second[0] : second[1]], second_marks[1:]),
        ((), text[second[1] :], ()),
    )
    pieces = [(*before, *tokens_of(inner, unit), *behind) for before, inner, behind in cuts]
    parts = tuple(number for number, piece in enumerate(pieces, 1) for _ in piece)
    return Text(tuple(token for piece in pieces for token in piece), parts)


def plain_text(text: str, unit: Unit) -> Text:
    """The tokens of a text, all of one part; a text without any is one token that says so."""
    tokens = tokens_of(text, unit) or (EMPTY,)
    return Text(tokens, (1,) * len(tokens))


def tokens_of(text: str, unit: Unit) -> tuple[str, ...]:
    """Words in lower case, or characters, where runs of Latin letters count as one.

    >>> tokens_of("IBM收购X2", "characters")
    ('ibm', '收', '购', 'x', '2')
    """
    return tuple((CHARACTER if unit == "characters" else WORD).findall(text.lower()))


def settled_unit(unit: Unit, texts: Iterable[str]) -> Unit:
    """Characters where most letters are of East Asian scripts, else words, if it is not said."""
    if unit != "auto":
        return unit
    east, letters = 0, 0
    for text in texts:
        east += len(SCRIPTS.findall(text))
        letters += sum(map(str.isalpha, text))
    return "characters" if 2 * east > letters else "words"


def _labelled(line: str, place: str) -> tuple[str, str]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise CorpusError(f"{place}: {WANTED}; found {error}") from None
    if not isinstance(record, dict):
        raise CorpusError(f"{place}: {WANTED}; found a {type(record).__name__}")
    text, label = record.get("text"), record.get("label")
    if not isinstance(text, str) or not isinstance(label, str | int) or label == "":
        missing = "text" if not isinstance(text, str) else "label"
        raise CorpusError(f"{place}: {WANTED}; found no {missing} in it: give every line one")
    return text, str(label)
