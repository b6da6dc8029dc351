"""CoNLL and IOB2: a token a line with its tag, a blank line after each sentence (Ramshaw and Marcus 1995).

The tag is the last column that looks like one (O, B-PER, I-PER; also E-, S-, L-, U-), the token the first column, or
the second where the first counts. ``-DOCSTART-`` and ``# newdoc`` start a document; a file without them has one
sentence a document. A comment ``# text = ...`` gives the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from graphwright.pipeline.datasets.tokens import aligned, joined
from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.interchange import opened
from graphwright.pipeline.records import Annotated, Document, Entity, Mention, Span

TAG = re.compile(r"O|[BIESLU]-\S+")
COMMENT = re.compile(r"#\s*(?P<key>text|sent_id|newdoc(?: id)?)\s*(?:=\s*(?P<value>.*))?$")


@dataclass(slots=True)
class _Sentence:
    """A sentence while it is read: tokens, tags, and what its comments say. ``document`` counts documents."""

    document: int
    comments: dict[str, str] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


def read_columns(path: Path) -> Iterator[Annotated]:
    """The documents of a file, with a mention and an entity for each tagged name.

    Ids are the file's stem and a number. Raises ``CorpusError`` with file and line.
    """
    stem = path.name.split(".")[0]
    for number, (_, group) in enumerate(groupby(_sentences(path), key=lambda sentence: sentence.document)):
        yield _annotated(list(group), path, f"{stem}-{number}")


def _sentences(path: Path) -> Iterator[_Sentence]:
    document, marked = 0, False
    sentence = _Sentence(document)
    with opened(path) as lines:
        for number, line in enumerate(_with_end(lines), 1):
            columns = line.split()
            starts = bool(columns) and (columns[0] == "-DOCSTART-" or line.startswith("# newdoc"))
            if sentence.tokens and (starts or not columns):
                yield sentence
                document += not marked
                sentence = _Sentence(document)
            if starts:
                document, marked = document + marked, True
                sentence = _Sentence(document, sentence.comments)
            comment = COMMENT.match(line.strip()) if line.startswith("#") else None
            if comment:
                sentence.comments[comment["key"]] = comment["value"] or ""
            elif columns and not starts and not (line.startswith("#") and not any(map(TAG.fullmatch, columns))):
                _add(sentence, columns, f"{path} line {number}")


def _with_end(lines: Iterable[str]) -> Iterator[str]:
    yield from lines
    yield ""


def _add(sentence: _Sentence, columns: Sequence[str], place: str) -> None:
    counted = len(columns) > 2 and columns[0].isdigit() and int(columns[0]) == len(sentence.tokens) + 1
    tags = [column for column in columns[1 + counted :] if TAG.fullmatch(column)]
    if not tags:
        raise CorpusError(f"{place}: wanted a token and a tag such as B-PER or O, found {' '.join(columns)!r:.60}")
    sentence.tokens.append(columns[counted])
    sentence.tags.append(tags[-1])


def _annotated(sentences: Sequence[_Sentence], path: Path, name: str) -> Annotated:
    text, bounds, spans = _text(sentences)
    document = Document(name, text, f"{path.resolve().as_uri()}#{name}")
    mentions = tuple(
        Mention(document.id, places[first][0], places[last][1], label)
        for sentence, places in zip(sentences, spans, strict=True)
        for first, last, label in chunks(sentence.tags)
    )
    entities = tuple(
        Entity(number, text[slice(*mention.span)], mention.label, (mention,)) for number, mention in enumerate(mentions)
    )
    return Annotated(document, tuple(bounds), mentions, entities, None)


def _text(sentences: Sequence[_Sentence]) -> tuple[str, list[Span], list[list[Span]]]:
    """As ``joined``, but with the sentences as written where their comments give them."""
    text, bounds, spans = "", [], []
    for sentence in sentences:
        written = sentence.comments.get("text", "")
        places = aligned(sentence.tokens, written)
        if places is None or not written:
            written, _, (places,) = joined([sentence.tokens])
        start = len(text) + bool(text)
        text += (" " if text else "") + written
        bounds.append((start, len(text)))
        spans.append([(start + first, start + last) for first, last in places])
    return text, bounds, spans


def chunks(tags: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """First and last token and label of each name; an I- that continues nothing begins one, as in IOB1.

    >>> list(chunks(["B-PER", "I-PER", "O", "I-LOC", "B-LOC"]))
    [(0, 1, 'PER'), (3, 3, 'LOC'), (4, 4, 'LOC')]
    """
    first, label = 0, ""
    for number, tag in enumerate([*tags, "O"]):
        prefix, _, kind = tag.partition("-")
        continues = prefix in ("I", "E", "L") and kind == label
        if label and not continues:
            yield first, number - 1, label
        if not continues:
            first, label = number, kind
        elif prefix in ("E", "L"):
            yield first, number, label
            label = ""
