"""The texts of the speed table: the example corpus as often as it takes, with other names each time."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path
from zlib import crc32

from graphwright.pipeline.corpora import read_corpus
from graphwright.pipeline.ledger import Ledger

EXAMPLES = Path(__file__).parents[1] / "examples" / "corpus"
NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}")
VOWELS = "aeiou"


def write_texts(words: int, folder: Path) -> None:
    """The example corpus again and again, with other names each time, until it has so many words."""
    texts = [document.text for document in read_corpus([str(EXAMPLES)], ledger=Ledger())]
    written = 0
    for number in count():
        text = renamed(texts[number % len(texts)], number // len(texts))
        (folder / f"{number:06}.txt").write_text(text, encoding="utf-8")
        written += len(text.split())
        if written >= words:
            return


def renamed(text: str, copy: int) -> str:
    """A text in which half of the names have other vowels, the same wherever they stand; copy 0 is as it was.

    The other half stays what a knowledge base may hold.
    """
    names = {name for name in NAME.findall(text) if copy and crc32(f"{name} {copy}".encode()) % 2}
    turned = str.maketrans(VOWELS, VOWELS[copy % 5 :] + VOWELS[: copy % 5])
    return re.sub(r"[A-Z][a-z]+", lambda word: word[0].translate(turned) if word[0] in names else word[0], text)
