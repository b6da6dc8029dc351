"""How well names are found in texts of each kind: ``python tests/entity_quality.py DATA``.

Strict F1 over spans and labels, on the dev part of each set that training reads, or on the test part where there is no
other. Of a set's labels those count that stand for ours; a mention that may be one of two is right as either. Where
sets label phrases, names are what is left of them, as in training.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from graphwright.models.examples import read_rows
from graphwright.models.phrases import names_of_phrases
from graphwright.models.shipped import load_annotator
from graphwright.models.sources import ENTITY_SOURCES, NAMED, Source
from graphwright.pipeline.extraction import Extractor
from graphwright.pipeline.interchange import from_json
from graphwright.pipeline.records import Annotated, Mention
from graphwright.pipeline.schema import load_schema

Counts = tuple[int, int, int]
"""Right, found, wanted."""


def sets(data: Path) -> Iterator[tuple[str, Source, Path]]:
    """The sets with labels of their own, each once, and the file that measures it."""
    seen = set()
    for source in ENTITY_SOURCES:
        if source.labels and source.path and source.path not in seen and not source.path.startswith("knowledgenet"):
            seen.add(source.path)
            files = (data / source.path.replace("train", part) for part in ("dev", "test"))
            if path := next((file for file in files if file.is_file()), None):
                yield path.relative_to(data).as_posix().removesuffix(".jsonl.gz"), source, path


def wanted(item: Annotated, source: Source) -> list[Mention]:
    """The gold names whose label stands for one of ours."""
    named = [mention for mention in item.mentions if mention.form == "name"]
    kept = names_of_phrases(item.document.text, named) if source.phrases else named
    return [mention for mention in kept if source.labels.get(mention.label)]


def counted(gold: Annotated, found: Annotated, source: Source, kinds: frozenset[str]) -> Counts:
    """Over the labels ``kinds``; a gold mention that may be of another label is neither wanted nor wrong."""
    allowed = {(m.start, m.end): frozenset(source.labels[m.label]) for m in wanted(gold, source)}
    ours = [m for m in found.mentions if m.form == "name" and m.label in kinds]
    right = sum(m.label in allowed.get((m.start, m.end), ()) for m in ours)
    return right, len(ours), sum(labels <= kinds for labels in allowed.values())


def f1(annotator: Extractor, path: Path, source: Source) -> tuple[int, float]:
    """How many documents there are, and the score."""
    gold = [from_json(row, path.name) for row in read_rows(path)]
    kinds = source.known or NAMED
    found = annotator.annotate(item.document for item in gold)
    parts = [counted(item, other, source, kinds) for item, other in zip(gold, found, strict=True)]
    right, told, asked = (sum(column) for column in zip(*parts, strict=True))
    return len(gold), 2 * right / (told + asked)


def main(data: Path) -> None:
    annotator = load_annotator(schema=load_schema())
    for name, source, path in sets(data):
        documents, score = f1(annotator, path, source)
        print(f"{name}: {documents} documents, {' '.join(sorted(source.known or NAMED))}: F1 {score:.3f}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
