"""brat standoff: a text, and beside it a file of annotations with offsets (Stenetorp et al. 2012, brat).

Read are T (spans), R (relations with Arg1 and Arg2), * Equiv (spans that mean the same) and N (references to a
knowledge base). Events, attributes and notes are not relations between spans, and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graphwright.pipeline.datasets.files import located
from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.interchange import commonest, opened
from graphwright.pipeline.records import Annotated, Document, Entity, Mention, Relation

WIKIDATA_ID = re.compile(r"Q\d+")


@dataclass(slots=True)
class _Notes:
    """What an annotation file says, by the ids it uses."""

    mentions: dict[str, Mention] = field(default_factory=dict)
    relations: list[tuple[str, str, str]] = field(default_factory=list)
    same: list[Sequence[str]] = field(default_factory=list)
    references: dict[str, str] = field(default_factory=dict)


def read_brat(path: Path) -> Iterator[Annotated]:
    """The document of a .txt or .ann file, or all of a folder in order of name; the id is the file's stem.

    Raises ``CorpusError`` with file and line, also where one of the two files is missing.
    """
    texts = sorted(path.glob("*.txt")) if path.is_dir() else [path.with_suffix(".txt")]
    for text in texts:
        yield _document(text)


def _document(path: Path) -> Annotated:
    with opened(path, newline="") as file:
        text = file.read()
    document = Document(path.stem, text, path.resolve().as_uri())
    notes, beside = _Notes(), path.with_suffix(".ann")
    with opened(beside) as lines:
        for number, line in enumerate(lines, 1):
            with located(beside, f"line {number}"):
                _read_line(line.rstrip("\n"), document, notes)
    with located(beside, "as a whole"):
        return _annotated(document, notes)


def _read_line(line: str, document: Document, notes: _Notes) -> None:
    key, _, rest = line.partition("\t")
    if key[:1] == "T":
        notes.mentions[key] = _mention(rest, document)
    elif key[:1] == "R":
        label, head, tail = rest.split("\t")[0].split()
        notes.relations.append((label, head.split(":", 1)[1], tail.split(":", 1)[1]))
    elif key == "*" and rest.startswith("Equiv "):
        notes.same.append(rest.split()[1:])
    elif key[:1] == "N":
        _, target, reference = rest.split("\t")[0].split()
        notes.references[target] = reference
    elif key and key[:1] not in "EAM#*":
        raise CorpusError(f"wanted a line that begins with T, R, E, A, M, N, * or #; found {line!r:.60}")


def _mention(rest: str, document: Document) -> Mention:
    """A span in several pieces becomes the stretch from the first to the last."""
    place, _, written = rest.partition("\t")
    label, _, pieces = place.partition(" ")
    spans = [piece.split() for piece in pieces.split(";")]
    start, end = int(spans[0][0]), int(spans[-1][1])
    shown = " ".join(document.text[int(first) : int(last)] for first, last in spans)
    if " ".join(shown.split()) != " ".join(written.split()):
        raise CorpusError(f"the text has {shown!r:.40} at {pieces}, not {written!r:.40}")
    return Mention(document.id, start, end, label)


def _annotated(document: Document, notes: _Notes) -> Annotated:
    groups = _groups(notes)
    ordered = sorted(groups, key=lambda group: min(notes.mentions[key].span for key in group))
    numbers = {key: number for number, group in enumerate(ordered) for key in group}
    entities = tuple(_entity(number, group, document, notes) for number, group in enumerate(ordered))
    mentions = sorted(set(notes.mentions.values()), key=lambda mention: (mention.span, mention.label))
    relations = tuple(Relation(numbers[head], numbers[tail], label, 1.0) for label, head, tail in notes.relations)
    return Annotated(document, (), tuple(mentions), entities, relations)


def _groups(notes: _Notes) -> list[list[str]]:
    """Keys of the mentions that mean the same thing."""
    owner: Mapping[str, list[str]] = {key: [key] for key in notes.mentions}
    merged = dict(owner)
    for keys in notes.same:
        union = [key for group in {id(merged[key]): merged[key] for key in keys}.values() for key in group]
        for key in union:
            merged[key] = union
    return list({id(group): group for group in merged.values()}.values())


def _entity(number: int, group: Sequence[str], document: Document, notes: _Notes) -> Entity:
    mentions = tuple(sorted({notes.mentions[key] for key in group}, key=lambda mention: mention.span))
    name = document.text[slice(*mentions[0].span)]
    found = [WIKIDATA_ID.search(notes.references.get(key, "")) for key in group]
    kb_id = min((match[0] for match in found if match), default=None)
    return Entity(number, " ".join(name.split()), commonest((one.label for one in mentions), "MISC"), mentions, kb_id)
