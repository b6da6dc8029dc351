"""Annotated documents as JSON lines, gzipped or not: what ``annotate`` writes, and what networks are trained on.

One object a line, UTF-8; offsets are half-open ranges of code points into ``text``::

    {"id", "text", "lang", "title"?, "source"?, "metadata"?, "sentences"?: [[start, end], ...],
     "mentions": [{"start", "end", "type", "entity", "score"?, "form"?: "NAME" | "NOM" | "PRON"}],
     "entities": [{"id", "name", "type"?, "kb_id", "score"?}],
     "relations": [{"head", "tail", "type", "score"?, "evidence"?: [sentence numbers], "assertion"?,
                    "qualifiers"?: [[name, value], ...], "said_by"?: who reports it}] | null,
     "unasked"?: how many pairs of entities were left out since there were too many,
     "depictions"?: [{"picture": hash, "page", "box": [left, top, right, bottom], "start", "name", "type", "kb_id",
                      "score"?, "model"}]}

Scores of 1, the form NAME (of a pronoun, PRON), the assertion "asserted" and an empty "said_by" are left out.
``relations`` is null where unknown. Other keys of a line are kept in ``Document.metadata``: strings as they are, other
values as JSON.
"""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TextIO, TypeVar, cast, get_args

from graphwright.pipeline.errors import CorpusError, StoreError
from graphwright.pipeline.pictures.lines import depiction_record, read_depiction
from graphwright.pipeline.pronouns import pronoun_kind
from graphwright.pipeline.readers.language import detect_language
from graphwright.pipeline.records import Annotated, Assertion, Document, Entity, Form, Mention, Relation, Span
from graphwright.pipeline.whole_files import whole_file

FORMS: Mapping[str, Form] = {"NAME": "name", "NOM": "nominal", "PRON": "pronoun"}
FORM_CODES = {form: code for code, form in FORMS.items()}
KNOWN = frozenset(
    {"id", "text", "lang", "source", "metadata", "sentences", "mentions", "entities", "relations", "unasked"}
    | {"depictions"}
)
STANDARD_OUTPUT = Path("-")
LONE_SURROGATES = "backslashreplace"  # UTF-8 has none; written so, they are JSON's escapes

Record = dict[str, Any]
T = TypeVar("T")


def read_annotated(path: str | Path, *, limit: int | None = None) -> Iterator[Annotated]:
    """The documents of a file, one at a time, at most ``limit`` of them.

    Raises ``CorpusError`` with file, line and what was wanted.
    """
    path = Path(path)
    base = path.resolve().as_uri()
    with opened(path) as lines:
        numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
        for number, line in islice(numbered, limit):
            try:
                record = json.loads(line)
                yield from_json(record, f"{base}#{record.get('id', number) if isinstance(record, dict) else number}")
            except json.JSONDecodeError as error:
                raise CorpusError(f"{path} line {number}: wanted one JSON object, found {error}") from None
            except CorpusError as error:
                raise CorpusError(f"{path} line {number}: {error}") from None


def write_annotated(documents: Iterable[Annotated], path: str | Path) -> int:
    """Write documents as JSON lines, gzipped where the name ends in .gz (equal content, equal bytes); returns how many.

    ``-`` is standard output. The file appears when all are written, so it may be the one that they are read from.
    Raises ``StoreError`` where the file cannot be written.
    """
    path, count = Path(path), 0
    try:
        with _standard_output() if path == STANDARD_OUTPUT else _created(path) as file:
            for annotated in documents:
                file.write(json.dumps(to_json(annotated), ensure_ascii=False, separators=(",", ":")) + "\n")
                count += 1
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror or error}); choose another file") from error
    return count


@contextmanager
def opened(path: Path, *, newline: str | None = None) -> Iterator[TextIO]:
    """A text file, gzipped or not, open for reading (``newline`` as in ``open``).

    What goes wrong while it is read is a ``CorpusError``.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with cast(TextIO, opener(path, "rt", encoding="utf-8-sig", newline=newline)) as lines:
            yield lines
    except UnicodeDecodeError:
        raise CorpusError(f"{path} line {_undecodable(path)}: wanted UTF-8 text; found other bytes") from None
    except (OSError, EOFError) as error:
        raise CorpusError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _undecodable(path: Path) -> int:
    """The number of the first line that is not UTF-8."""
    opener = gzip.open if path.suffix == ".gz" else open
    with cast(BinaryIO, opener(path, "rb")) as lines:
        return next(number for number, line in enumerate(lines, 1) if "\ufffd" in line.decode("utf-8", "replace"))


@contextmanager
def _standard_output() -> Iterator[TextIO]:
    file = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors=LONE_SURROGATES, newline="\n")
    try:
        yield file
    finally:
        file.detach()  # which writes what is left, and leaves standard output open


@contextmanager
def _created(path: Path) -> Iterator[TextIO]:
    if path.suffix != ".gz":
        with (
            whole_file(path) as draft,
            draft.open("w", encoding="utf-8", errors=LONE_SURROGATES, newline="\n") as file,
        ):
            yield file
        return
    with (
        whole_file(path) as draft,
        draft.open("wb") as raw,
        gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed,
        io.TextIOWrapper(packed, encoding="utf-8", errors=LONE_SURROGATES, newline="\n") as file,
    ):
        yield file


def from_json(record: Record, source: str) -> Annotated:
    """One document from its JSON object; ``source`` is used where the object names none.

    Raises ``CorpusError`` that says which key was wanted.
    """
    if not isinstance(record, dict):
        raise CorpusError(f"wanted a JSON object with 'id' and 'text', found a {type(record).__name__}")
    document = _document(record, source)
    sentences = tuple(_span(pair, document.text, "sentences") for pair in _list(record, "sentences"))
    mentions, members = _mentions(record, document)
    entities = tuple(_entity(item, members) for item in _list(record, "entities"))
    _check_known(members, {entity.id for entity in entities}, "a mention")
    if record.get("relations") is None:
        return Annotated(document, sentences, mentions, entities, None)
    relations = tuple(_relation(item, sentences) for item in _list(record, "relations"))
    ends = {end for relation in relations for end in (relation.head, relation.tail)}
    _check_known(ends, {entity.id for entity in entities}, "a relation")
    unasked = _wanted(record, "unasked", int) if "unasked" in record else 0
    return Annotated(document, sentences, mentions, entities, relations, unasked)


def to_json(annotated: Annotated) -> Record:
    """The JSON object of one document, without what has its default value."""
    document, metadata = annotated.document, dict(annotated.document.metadata)
    record: Record = {"id": document.id, "text": document.text, "lang": document.language}
    if "title" in metadata:
        record["title"] = metadata.pop("title")
    record["source"] = document.source
    if metadata:
        record["metadata"] = metadata
    if annotated.sentences:
        record["sentences"] = [list(span) for span in annotated.sentences]
    record["mentions"] = list(_mention_records(annotated))
    record["entities"] = [_entity_record(entity) for entity in annotated.entities]
    numbers = {span: number for number, span in enumerate(annotated.sentences)}
    relations = annotated.relations
    record["relations"] = None if relations is None else [_relation_record(item, numbers) for item in relations]
    if annotated.unasked:
        record["unasked"] = annotated.unasked
    if document.depictions:
        record["depictions"] = list(map(depiction_record, document.depictions))
    return record


def commonest(labels: Iterable[str], default: str) -> str:
    """The label that occurs most often, ties by the smaller string."""
    counts = Counter(labels)
    return min(counts, key=lambda label: (-counts[label], label), default=default)


def _document(record: Record, source: str) -> Document:
    metadata = dict(_mapping(record.get("metadata") or {}))
    for key, value in record.items():
        if key not in KNOWN and value is not None:
            metadata[key] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    name, text = _wanted(record, "id", str), _wanted(record, "text", str)
    source = _wanted(record, "source", str) if record.get("source") is not None else source
    language = _wanted(record, "lang", str) if record.get("lang") is not None else detect_language(text)
    depictions = tuple(map(read_depiction, _list(record, "depictions")))
    return Document(name, text, source, language, metadata, depictions)


def _mapping(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise CorpusError("'metadata' wants an object whose values are strings")
    return value


def _mentions(record: Record, document: Document) -> tuple[tuple[Mention, ...], dict[int, list[Mention]]]:
    """All mentions, and those of each entity."""
    mentions, members = [], defaultdict(list)
    for item in _list(record, "mentions"):
        span = _span((_wanted(item, "start", int), _wanted(item, "end", int)), document.text, "mentions")
        form = _choice(FORMS, item.get("form", _plain_form(document.text[slice(*span)])), "form")
        mention = Mention(document.id, *span, _wanted(item, "type", str), _score(item), form)
        mentions.append(mention)
        if item.get("entity") is not None:
            members[_wanted(item, "entity", int)].append(mention)
    return tuple(mentions), members


def _plain_form(text: str) -> str:
    """The form of a mention that does not say it."""
    return "PRON" if pronoun_kind(text) else "NAME"


def _entity(item: Record, members: Mapping[int, list[Mention]]) -> Entity:
    number = _wanted(item, "id", int)
    mentions = members.get(number, [])
    label = item.get("type") or commonest((mention.label for mention in mentions), "MISC")
    name, vector = _wanted(item, "name", str), tuple(_list(item, "vector"))
    if not all(isinstance(part, (int, float)) for part in vector):
        raise CorpusError(f"'vector' wants a list of numbers, found {item['vector']!r:.40}")
    return Entity(number, name, label, tuple(mentions), item.get("kb_id"), _score(item), vector)


def _relation(item: Record, sentences: tuple[Span, ...]) -> Relation:
    evidence = tuple(_sentence(number, sentences) for number in _list(item, "evidence"))
    assertion = _choice({name: name for name in get_args(Assertion)}, item.get("assertion", "asserted"), "assertion")
    qualifiers = tuple((str(name), str(value)) for name, value in _list(item, "qualifiers"))
    head, tail = _wanted(item, "head", int), _wanted(item, "tail", int)
    said_by = _wanted(item, "said_by", str) if "said_by" in item else ""
    return Relation(head, tail, _wanted(item, "type", str), _score(item), evidence, assertion, qualifiers, said_by)


def _sentence(number: Any, sentences: tuple[Span, ...]) -> Span:
    """The span of a sentence: by its number, or given as [start, end] where it is none of the document's."""
    if isinstance(number, list) and len(number) == 2:
        return int(number[0]), int(number[1])
    if not isinstance(number, int) or not 0 <= number < len(sentences):
        raise CorpusError(f"'evidence' wants sentence numbers from 0 to {len(sentences) - 1}, found {number!r}")
    return sentences[number]


def _mention_records(annotated: Annotated) -> Iterator[Record]:
    owners: dict[Mention, list[int]] = defaultdict(list)
    for entity in annotated.entities:
        for mention in entity.mentions:
            owners[mention].append(entity.id)
    text = annotated.document.text
    for mention in annotated.mentions:
        left = owners.get(mention)
        yield _mention_record(mention, left.pop(0) if left else None, text)
    for mention, left in owners.items():
        for owner in left:
            yield _mention_record(mention, owner, text)


def _mention_record(mention: Mention, entity: int | None, text: str) -> Record:
    record: Record = {"start": mention.start, "end": mention.end, "type": mention.label, "entity": entity}
    if FORMS[_plain_form(text[mention.start : mention.end])] != mention.form:
        record["form"] = FORM_CODES[mention.form]
    return _scored(record, mention.score)


def _entity_record(entity: Entity) -> Record:
    record: Record = {"id": entity.id, "name": entity.name, "type": entity.label, "kb_id": entity.kb_id}
    if entity.vector:
        record["vector"] = list(entity.vector)
    return _scored(record, entity.score)


def _relation_record(relation: Relation, numbers: Mapping[Span, int]) -> Record:
    record: Record = {"head": relation.head, "tail": relation.tail, "type": relation.type}
    _scored(record, relation.score)
    if relation.evidence:
        record["evidence"] = [numbers.get(span, list(span)) for span in relation.evidence]
    if relation.assertion != "asserted":
        record["assertion"] = relation.assertion
    if relation.qualifiers:
        record["qualifiers"] = [list(pair) for pair in relation.qualifiers]
    if relation.said_by:
        record["said_by"] = relation.said_by
    return record


def _scored(record: Record, score: float) -> Record:
    if score != 1.0:
        record["score"] = score
    return record


def _score(item: Record) -> float:
    score = item.get("score", 1.0)
    if not isinstance(score, (int, float)) or not 0 <= score <= 1:
        raise CorpusError(f"'score' wants a probability from 0 to 1, found {score!r}")
    return float(score)


def _wanted(item: Any, key: str, kind: type[T]) -> T:
    if not isinstance(item, dict) or key not in item:
        keys = ", ".join(sorted(item)) if isinstance(item, dict) else f"a {type(item).__name__}"
        raise CorpusError(f"wanted {key!r}; found {keys or 'nothing'}")
    value = item[key]
    if not isinstance(value, kind) or isinstance(value, bool):
        raise CorpusError(f"{key!r} wants {kind.__name__}, found {value!r:.40}")
    return value


def _list(record: Record, key: str) -> list[Any]:
    value = record.get(key) if isinstance(record, dict) else None
    if not isinstance(value, list | None):
        raise CorpusError(f"{key!r} wants a list, found {value!r:.40}")
    return value or []


def _span(pair: Any, text: str, key: str) -> Span:
    try:
        start, end = (int(value) for value in pair)
    except (TypeError, ValueError):
        raise CorpusError(f"{key!r} wants spans [start, end], found {pair!r:.40}") from None
    if not 0 <= start < end <= len(text):
        raise CorpusError(f"{key!r} wants spans with 0 <= start < end <= {len(text)}, found [{start}, {end}]")
    return start, end


def _choice(known: Mapping[str, T], name: str, key: str) -> T:
    if name not in known:
        raise CorpusError(f"{key!r} wants one of {', '.join(known)}; found {name!r}")
    return known[name]


def _check_known(used: Iterable[int], known: set[int], what: str) -> None:
    missing = sorted(set(used) - known)
    if missing:
        raise CorpusError(f"{what} refers to entity {missing[0]}, which 'entities' does not list")
