"""Small labelled examples of every kind for the tests of classifiers, and the small networks that learn them."""

from __future__ import annotations

import numpy as np

from graphwright.models.classifiers.arrays import row_hash
from graphwright.models.classifiers.config import Settings, settings_of
from graphwright.models.classifiers.examples import Examples, Kind, Text
from graphwright.models.classifiers.texts import marked_text, plain_text

SMALL: dict[str, dict[str, object]] = {
    "fnn": {"hidden": 12, "embedding": 6},
    "cnn": {"filters": [4, 6], "hidden": 12, "embedding": 6},
    "rnn": {"units": 8, "embedding": 6},
}
PLAIN = [
    ("fnn", "pictures"),
    ("fnn", "pairs"),
    ("cnn", "pictures"),
    ("cnn", "pairs"),
    ("rnn", "pictures"),
    ("rnn", "texts"),
]
BETTER: list[tuple[str, str, dict[str, object]]] = [
    ("fnn", "texts", {"layers": 2, "dropout": 0.2, "normalise": True, "residual": True}),
    ("cnn", "texts", {"dropout": 0.2, "normalise": True, "residual": True}),
    ("cnn", "pictures", {"dropout": 0.2, "normalise": True, "residual": True, "augment": True}),
    (
        "rnn",
        "pairs",
        {"bigrams": True, "layers": 2, "dropout": 0.2, "bidirectional": True, "pooling": "maxima", "residual": True},
    ),
    ("rnn", "texts", {"bidirectional": True, "pooling": "means"}),
]
CASES: list[tuple[str, str, dict[str, object]]] = [(*case, {}) for case in PLAIN] + BETTER
WORDS = ("ash", "birch", "cedar", "elm", "fir", "gum", "hazel")


def small(network: str, options: dict[str, object] | None = None) -> Settings:
    """The settings of a small network, five epochs."""
    fit = {"rare": 1, "epochs": 5, "batch": 8, "rate": 0.01}
    return settings_of(network, {**SMALL[network], **fit, **(options or {})})


def examples_of(kind: str, number: int = 30, seed: int = 0) -> Examples:
    """So many examples of three classes that can be told apart; texts of 1 to 19 words."""
    labels = tuple("abc"[place % 3] for place in range(number))
    random = np.random.default_rng(seed)
    names = tuple(f"{kind} {place}" for place in range(number))
    if kind == "pictures":
        pixels = random.integers(0, 60, (number, 6, 6, 3)).astype(np.uint8)
        for place, label in enumerate(labels):
            pixels[place, 2 * "abc".index(label)] += 150
        return Examples("pictures", pixels, labels, names, tuple(map(row_hash, pixels)))
    texts = tuple(_text(kind, label, random) for label in labels)
    known: Kind = "pairs" if kind == "pairs" else "texts"
    return Examples(known, texts, labels, names, names)


def _text(kind: str, label: str, random: np.random.Generator) -> Text:
    words = [*random.choice(WORDS, random.integers(0, 18)), label]
    text = " ".join(random.permutation(words).tolist())
    if kind == "texts":
        return plain_text(text, "words")
    return marked_text(f"Ann {text} Bob", (0, 3), (len(text) + 5, len(text) + 8), "words")
