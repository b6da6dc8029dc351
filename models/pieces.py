"""Word pieces of a text with their offsets and letter cases: the encoder's input, for training and for use alike."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from graphwright.pipeline.protocols import IntArray

CLS, SEP, UNKNOWN = 101, 102, 100
OTHER_CASE, LOWER, TITLE, UPPER, MIXED, DIGIT = 1, 2, 3, 4, 5, 6


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """A text as word pieces, without special tokens.

    Shape: ids, cases int32 (pieces,); offsets int32 (pieces, 2), half-open code points into the text.
    """

    ids: IntArray
    cases: IntArray
    offsets: IntArray

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, part: slice) -> Pieces:
        return Pieces(self.ids[part], self.cases[part], self.offsets[part])


def load_tokenizer(vocabulary: Path) -> Tokenizer:
    """BERT's uncased WordPiece tokenizer over a vocabulary file, one piece a line; nothing is truncated or padded."""
    model = WordPiece.from_file(str(vocabulary), unk_token="[UNK]", max_input_chars_per_word=100)
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return tokenizer


def split_pieces(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Pieces]:
    """Word pieces of each text, whole: nothing is cut."""
    encodings = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    return [_pieces(text, encoding) for text, encoding in zip(texts, encodings, strict=True)]


def _pieces(text: str, encoding: Encoding) -> Pieces:
    ids = np.asarray(encoding.ids, np.int32)
    offsets = np.asarray(encoding.offsets, np.int32).reshape(-1, 2)
    return Pieces(ids, piece_cases(text, offsets), offsets)


def piece_cases(text: str, offsets: IntArray) -> IntArray:
    """The letter case of each piece, by whole arrays. Shape: offsets (pieces, 2) -> int32 (pieces,)."""
    if not len(offsets):
        return np.zeros(0, np.int32)
    kinds = _kinds(text)
    start, end = offsets[:, 0], offsets[:, 1]
    lower, upper, digit = (_count(kinds == kind, start, end) for kind in (1, 2, 3))
    first_upper = kinds[np.minimum(start, len(kinds) - 1)] == 2
    conditions = [
        (upper + lower == 0) & (digit > 0),
        upper + lower == 0,
        upper == 0,
        first_upper & (upper == 1),
        lower == 0,
    ]
    return np.select(conditions, [DIGIT, OTHER_CASE, LOWER, TITLE, UPPER], MIXED).astype(np.int32)


def letter_counts(text: str) -> tuple[int, int]:
    """How many letters are small, and how many are capitals."""
    small, capital = np.bincount(_kinds(text), minlength=3)[1:3].tolist()
    return small, capital


def _kinds(text: str) -> NDArray[np.uint8]:
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return _character_kinds()[np.minimum(points, _TABLE_SIZE - 1)]


_TABLE_SIZE = 0x10000


@cache
def _character_kinds() -> NDArray[np.uint8]:
    """For each code point of the basic plane: 1 lower-case letter, 2 upper-case letter, 3 digit, 0 anything else."""
    kinds = {"Ll": 1, "Lu": 2, "Lt": 2, "Nd": 3}
    categories = (unicodedata.category(chr(point)) for point in range(_TABLE_SIZE))
    return np.fromiter((kinds.get(category, 0) for category in categories), np.uint8, _TABLE_SIZE)


def _count(flags: NDArray[np.bool_], start: IntArray, end: IntArray) -> IntArray:
    totals = np.concatenate([[0], np.cumsum(flags)])
    return np.asarray(totals[end] - totals[start], np.int32)
