"""How good linking is on labelled documents: ``python tests/linking_quality.py DATA [--split dev]``.

Over gold spans with gold coreference, weighted by mentions: accuracy where the id is in the knowledge base, and where
no training document mentions it; recall of the 16 candidates; and, with half of the ids taken out of the knowledge
base, precision and recall of "not in it".
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from graphwright.models.examples import read_rows
from graphwright.models.gold_entities import gold_entities
from graphwright.pipeline.candidates import questions
from graphwright.pipeline.identity import content_hash
from graphwright.pipeline.knowledge import KnowledgeBase
from graphwright.pipeline.knowledge_starter import STARTER, TRAINING
from graphwright.pipeline.linking import KnowledgeLinker, Ranker


def mentioned_in_training(data: Path) -> set[str]:
    """Wikidata ids that training splits mention."""
    found: set[str] = set()
    for name in TRAINING:
        for record in read_rows(data / name):
            found |= {entity["kb_id"] for entity in record["entities"] if entity.get("kb_id")}
            found |= {end for ends in record.get("triple_ids") or () for end in (ends[0], ends[2]) if end}
    return found


def answers(path: Path, base: KnowledgeBase) -> Iterator[tuple[str, str | None, bool, int]]:
    """For each entity with a gold id: that id, our answer, whether it was a candidate, how many mentions it has."""
    linker = KnowledgeLinker(base, Ranker.load())
    for record in read_rows(path):
        document, entities = gold_entities(record)
        gold = {entity.id: entity.kb_id for entity in entities}
        asked = questions(document, entities, base)
        options = {q.entity.id: {option.candidate.entity.id for option in q.options[:16]} for q in asked}
        # Those without a name are handed on as they are: they are to have no answer.
        for entity in linker.link(document, [replace(entity, kb_id=None) for entity in entities]):
            kb_id = gold[entity.id]
            if kb_id:
                yield kb_id, entity.kb_id, kb_id in options[entity.id], len(entity.mentions)


def without(base: Path, ids: Collection[str], folder: Path) -> Path:
    """A copy of a knowledge base that lacks some entities."""
    copy = folder / "half.sqlite"
    shutil.copyfile(base, copy)
    with closing(sqlite3.connect(copy)) as database:
        database.execute("CREATE TEMP TABLE gone(id INTEGER PRIMARY KEY)")
        database.executemany("INSERT INTO gone VALUES (?)", [(int(kb_id[1:]),) for kb_id in sorted(ids)])
        for table, column in (("entity", "id"), ("alias", "entity"), ("claim", "subject")):
            database.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT id FROM gone)")
        database.commit()
    return copy


def measures(data: Path, path: Path, kb: Path = STARTER) -> dict[str, float]:
    """The figures by name."""
    counts: Counter[str] = Counter()
    with closing(KnowledgeBase.open(kb)) as base:
        known, seen = set(base.ids()), mentioned_in_training(data)
        for gold, answer, candidate, mentions in answers(path, base):
            for group in ("known", *(("unseen",) if gold not in seen else ())):
                if gold in known:
                    counts[group] += mentions
                    counts[f"{group} right"] += mentions * (answer == gold)
                    counts[f"{group} candidate"] += mentions * candidate
            counts["linked"] += mentions * (answer is not None)
            counts["linked right"] += mentions * (answer == gold)
    out = {kb_id for kb_id in known if int(content_hash("out", kb_id)[:8], 16) % 2}
    with tempfile.TemporaryDirectory() as folder, closing(KnowledgeBase.open(without(kb, out, Path(folder)))) as half:
        left = set(half.ids())
        for gold, answer, _, mentions in answers(path, half):
            counts["nil"] += mentions * (gold not in left)
            counts["said nil"] += mentions * (answer is None)
            counts["nil right"] += mentions * (answer is None and gold not in left)
    return {
        "accuracy": counts["known right"] / counts["known"],
        "accuracy, ids that no training document mentions": counts["unseen right"] / counts["unseen"],
        "recall of 16 candidates": counts["known candidate"] / counts["known"],
        "precision of links": counts["linked right"] / counts["linked"],
        "precision of NIL, half of the ids taken out": counts["nil right"] / counts["said nil"],
        "recall of NIL, half of the ids taken out": counts["nil right"] / counts["nil"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the data sets")
    parser.add_argument("--split", default="dev", help="of KnowledgeNet")
    parser.add_argument("--kb", type=Path, default=STARTER)
    options = parser.parse_args()
    path = options.data / f"knowledgenet/{options.split}.jsonl.gz"
    for name, value in measures(options.data, path, options.kb).items():
        print(f"{name:50} {value:.3f}")


if __name__ == "__main__":
    main()
