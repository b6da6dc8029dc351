"""The recipe of the starter knowledge base: which files of a data folder it is built from, in which order."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from graphwright.pipeline.knowledge import KnowledgeInfo
from graphwright.pipeline.knowledge_build import build_knowledge

FACTS = (
    "kb/entities.jsonl.gz",
    "wikidata-slice/entities.jsonl.gz",
    "wikidata-slice/types.jsonl.gz",
    "wikidata-slice/triples-train.jsonl.gz",
    "wikidata-slice/triples-valid.jsonl.gz",
    "wikidata-slice/triples-test.jsonl.gz",
)
TRAINING = (
    "knowledgenet/train.jsonl.gz",
    "fewrel/train.jsonl.gz",
    "text2kgbench-tekgen/train.jsonl.gz",
    "hipe2022/ajmc-en-train.jsonl.gz",
    "wiki-fair/train.jsonl.gz",
    "gum/train.jsonl.gz",
)
SHIPPED = Path(__file__).parent / "kb"
STARTER = SHIPPED / "starter.sqlite"


def starter_sources(data: Path, *, without: Collection[str] = ()) -> list[str]:
    """Paths of the starter's sources; ``without`` leaves some of ``TRAINING`` out."""
    compiled = [str(path) for path in sorted(SHIPPED.glob("*.csv"))]
    return compiled + [str(data / name) for name in (*FACTS, *TRAINING) if name not in without]


def build_starter(data: Path, output: Path = STARTER) -> KnowledgeInfo:
    """Build the knowledge base that ships."""
    return build_knowledge(starter_sources(data), output)
