"""Texts made of texts: stretches cut out of long documents, and texts of several documents one after the other.

A network that only reads paragraphs about one subject learns that whoever is named is meant. Joined texts teach it
otherwise: what one document says of its people holds of nobody in the next, and, where the seam is a comma or a
conjunction, not even within a sentence. This is mosaic augmentation (Bochkovskiy et al. 2020, YOLOv4) for text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.records import Annotated, Entity, Mention, Relation, Span
from graphwright.pipeline.sentences import sentences

GAP = " "
SEAMS = (", ", ", and ", "; ", ", while ", ", whereas ", ", but ")
"""What joins two sentences into one in place of a full stop; so for ``WITHIN`` in eight texts."""
WITHIN = 3
FIRST_WORDS = frozenset({"The", "A", "An", "He", "She", "It", "They", "His", "Her", "Its", "Their", "In", "At", "This"})
PLACED = frozenset({"LOC", "ORG", "MISC"})

Fact = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled document, and what is known of where its labels hold.

    ``passages`` are read exhaustively for the properties beside them; ``unsaid`` are facts of the whole document that
    this text may not state; ``starts`` are the first characters of the documents that the text was joined from, and
    ``stated`` are pairs of names between which any document of the set states something.
    """

    content: Annotated
    passages: tuple[tuple[Span, tuple[str, ...]], ...] = ()
    unsaid: frozenset[Fact] = frozenset()
    starts: tuple[int, ...] = (0,)
    stated: frozenset[tuple[str, str]] = frozenset()

    @property
    def id(self) -> str:
        return self.content.document.id


def cut_stretches(documents: Iterable[Labelled], length: int) -> list[Labelled]:
    """Each document in stretches of ``length`` sentences, shuffled by their ids, so that neighbours differ."""
    found = []
    for labelled in documents:
        content = labelled.content
        spans = content.sentences or sentences(content.document.text)
        for first in range(0, len(spans), length):
            start, end = spans[first][0], spans[min(first + length, len(spans)) - 1][1]
            key = content_hash("stretch", labelled.id, str(first))
            found.append((key, _stretch(replace(content, sentences=spans), start, end)))
    return [stretch for _, stretch in sorted(found, key=lambda item: item[0])]


def _stretch(content: Annotated, start: int, end: int) -> Labelled:
    """What is between two characters. A fact whose evidence is not within is kept as one that may be unsaid."""
    entities = []
    for entity in content.entities:
        inside = tuple(_moved(m, -start) for m in entity.mentions if start <= m.start and m.end <= end)
        if inside:
            entities.append(replace(entity, mentions=inside))
    known = {entity.id for entity in entities}
    relations, unsaid = [], set()
    for relation in content.relations or ():
        if {relation.head, relation.tail} <= known:
            if relation.evidence and all(start <= s and e <= end for s, e in relation.evidence):
                relations.append(_shifted(relation, -start, 0))
            else:
                unsaid.add((relation.head, relation.type, relation.tail))
    document = replace(content.document, text=content.document.text[start:end])
    spans = tuple((s - start, e - start) for s, e in content.sentences if start <= s and e <= end)
    mentions = tuple(_moved(m, -start) for m in content.mentions if start <= m.start and m.end <= end)
    return Labelled(Annotated(document, spans, mentions, tuple(entities), tuple(relations)), unsaid=frozenset(unsaid))


def join_documents(documents: Iterable[Labelled], count: int) -> Iterator[Labelled]:
    """Texts of ``count`` different documents each, in order; what is left at the end is fewer."""
    group: list[Labelled] = []
    for labelled in documents:
        if len(group) == count or any(labelled.id == other.id for other in group):
            yield joined(group)
            group = []
        group.append(labelled)
    if group:
        yield joined(group)


def joined(parts: Sequence[Labelled]) -> Labelled:
    """One text of several, with the first one's id."""
    text, starts, within = _text(parts)
    sentence_spans: list[Span] = []
    mentions: list[Mention] = []
    entities: list[Entity] = []
    relations: list[Relation] = []
    passages: list[tuple[Span, tuple[str, ...]]] = []
    unsaid: set[Fact] = set()
    for part, shift, goes_on in zip(parts, starts, within, strict=True):
        number = 1 + max((e.id for e in entities), default=-1)
        spans = [(start + shift, end + shift) for start, end in _sentences(part)]
        if goes_on:
            spans[0] = (sentence_spans.pop()[0], spans[0][1])
        sentence_spans += spans
        mentions += [_moved(mention, shift) for mention in part.content.mentions]
        entities += [_renumbered(entity, shift, number) for entity in part.content.entities]
        relations += [_shifted(relation, shift, number) for relation in part.content.relations or ()]
        passages += [((start + shift, end + shift), names) for (start, end), names in part.passages]
        unsaid |= {(head + number, name, tail + number) for head, name, tail in part.unsaid}
    document = replace(parts[0].content.document, text=text)
    whole = Annotated(document, tuple(sentence_spans), tuple(mentions), tuple(entities), tuple(relations))
    return Labelled(whole, tuple(passages), frozenset(unsaid), starts, parts[0].stated)


def _text(parts: Sequence[Labelled]) -> tuple[str, tuple[int, ...], tuple[bool, ...]]:
    """The joined text, where each part starts in it, and whether that is within a sentence."""
    text, starts, within = parts[0].content.document.text, [0], [False]
    for before, part in pairwise(parts):
        seam = _seam(before, part)
        text = text + GAP if seam is None else text[:-1] + seam
        starts.append(len(text))
        within.append(seam is not None)
        text += part.content.document.text if seam is None else _uncapitalized(part)
    return text, tuple(starts), tuple(within)


def _seam(before: Labelled, after: Labelled) -> str | None:
    """What stands in place of a text's full stop; ``None`` where that stays. A function of the ids."""
    text = before.content.document.text
    free = text.endswith(".") and all(mention.end < len(text) for mention in before.content.mentions)
    if not free or not _sentences(after):
        return None
    number = int(content_hash("seam", before.id, after.id)[:8], 16)
    return SEAMS[number // 8 % len(SEAMS)] if number % 8 < WITHIN else None


def _uncapitalized(part: Labelled) -> str:
    """The text as it goes on within a sentence: a first word that is no name with a small letter."""
    text = part.content.document.text
    return text[:1].lower() + text[1:] if text.split(" ", 1)[0] in FIRST_WORDS else text


def _sentences(part: Labelled) -> Sequence[Span]:
    return part.content.sentences or sentences(part.content.document.text)


def apart(labelled: Labelled) -> dict[tuple[int, int], bool]:
    """Ordered pairs of entities that no one document of a joined text names together.

    The value says whether nothing can be true of them: so it is unless the name of one also occurs beside the other,
    or they are places, or things in places, of whose names another document states something.
    """
    if len(labelled.starts) < 2:
        return {}
    homes = {entity.id: _homes(entity, labelled.starts) for entity in labelled.content.entities}
    names = _names(labelled, homes)
    found = {}
    for head in labelled.content.entities:
        for tail in labelled.content.entities:
            if head.id != tail.id and not homes[head.id] & homes[tail.id]:
                placed = _placed(labelled, head, tail)
                met = _met(labelled, head, homes[tail.id], names) or _met(labelled, tail, homes[head.id], names)
                found[head.id, tail.id] = not placed and not met
    return found


def stated_names(texts: Iterable[Labelled]) -> frozenset[tuple[str, str]]:
    """The names, without their case, of heads and tails of all facts of the texts."""
    found = set()
    for labelled in texts:
        names = {e.id: {_surface(labelled, m) for m in e.mentions} for e in labelled.content.entities}
        for fact in labelled.content.relations or ():
            found |= {(head, tail) for head in names[fact.head] for tail in names[fact.tail]}
    return frozenset(found)


def _placed(labelled: Labelled, head: Entity, tail: Entity) -> bool:
    if not ({head.label, tail.label} <= PLACED and "LOC" in (head.label, tail.label)):
        return False
    heads, tails = ({_surface(labelled, mention) for mention in entity.mentions} for entity in (head, tail))
    return any((first, second) in labelled.stated for first in heads for second in tails)


def _names(labelled: Labelled, homes: Mapping[int, frozenset[int]]) -> dict[int, set[str]]:
    """The names in each part of a joined text."""
    names: dict[int, set[str]] = {part: set() for part in range(len(labelled.starts))}
    for entity in labelled.content.entities:
        for mention in entity.mentions:
            for part in homes[entity.id]:
                names[part].add(_surface(labelled, mention))
    return names


def _met(labelled: Labelled, entity: Entity, parts: Iterable[int], names: Mapping[int, set[str]]) -> bool:
    own = {_surface(labelled, mention) for mention in entity.mentions}
    return any(own & names[part] for part in sorted(parts))


def _surface(labelled: Labelled, mention: Mention) -> str:
    return labelled.content.document.text[mention.start : mention.end].casefold()


def _homes(entity: Entity, starts: Sequence[int]) -> frozenset[int]:
    return frozenset(sum(start <= mention.start for start in starts) - 1 for mention in entity.mentions)


def _moved(mention: Mention, shift: int) -> Mention:
    return replace(mention, start=mention.start + shift, end=mention.end + shift)


def _renumbered(entity: Entity, shift: int, number: int) -> Entity:
    return replace(entity, id=entity.id + number, mentions=tuple(_moved(m, shift) for m in entity.mentions))


def _shifted(relation: Relation, shift: int, number: int) -> Relation:
    evidence = tuple((start + shift, end + shift) for start, end in relation.evidence)
    return replace(relation, head=relation.head + number, tail=relation.tail + number, evidence=evidence)
