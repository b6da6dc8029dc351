"""Sizes and choices of classifiers and of their training. The defaults are the plain networks of the introductions.

Knows no TensorFlow, so that flows and the command line can name it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from graphwright.pipeline.errors import UsageError

Unit = Literal["auto", "characters", "words"]


@dataclass(frozen=True, slots=True)
class FnnConfig:
    """A perceptron: ``hidden`` units in each of ``layers`` layers (ReLU) before the softmax."""

    hidden: int = 128
    layers: int = 1
    embedding: int = 64
    dropout: float = 0.0
    normalise: bool = False
    residual: bool = False


@dataclass(frozen=True, slots=True)
class CnnConfig:
    """Convolutions of ``filters`` channels, each followed by a pool; a dense layer of ``hidden`` units; the softmax."""

    filters: tuple[int, ...] = (32, 64)
    kernel: int = 3
    hidden: int = 128
    embedding: int = 64
    dropout: float = 0.0
    normalise: bool = False
    residual: bool = False
    augment: bool = False


@dataclass(frozen=True, slots=True)
class RnnConfig:
    """``layers`` of GRUs of ``units``; the softmax reads their last state, or each part's maxima or means."""

    units: int = 128
    layers: int = 1
    embedding: int = 64
    bidirectional: bool = False
    pooling: Literal["last", "maxima", "means"] = "last"
    dropout: float = 0.0
    residual: bool = False


NetworkConfig = FnnConfig | CnnConfig | RnnConfig
CONFIGS: dict[str, type[FnnConfig] | type[CnnConfig] | type[RnnConfig]] = {
    "cnn": CnnConfig, "fnn": FnnConfig, "rnn": RnnConfig,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FitConfig:
    """How to learn. Training ends ``patience`` epochs after the best loss on the validation part, and returns to it.

    ``watch`` says which figure of the validation part is the one to be best; ``balanced`` weighs each class by the
    inverse of its number of examples; ``smoothing`` is that of labels; ``decay`` is that of weights (AdamW); ``clip``
    is the norm to which gradients are cut; with ``anneal`` the rate falls to zero by the last epoch (a cosine). So many
    ``members``, which differ in their seeds, are trained one after the other and heard together.
    """

    epochs: int = 30
    batch: int = 32
    rate: float = 1e-3
    patience: int = 5
    watch: Literal["loss", "accuracy"] = "loss"
    smoothing: float = 0.0
    decay: float = 0.0
    clip: float = 1.0
    anneal: bool = False
    balanced: bool = False
    members: int = 1
    seed: int = 13


@dataclass(frozen=True, slots=True)
class ReadConfig:
    """How examples are read: the size that pictures get; the unit of texts, of how many at most, and how often one must
    be seen to be known; with ``bigrams`` each token is read together with the next one, too.
    """

    height: int = 32
    width: int = 32
    colours: int = 3
    unit: Unit = "auto"
    length: int = 256
    rare: int = 2
    bigrams: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """All that decides what a training makes of a data set."""

    network: NetworkConfig
    fit: FitConfig = field(default_factory=FitConfig)
    read: ReadConfig = field(default_factory=ReadConfig)


def settings_of(network: str, options: Mapping[str, object] | None = None) -> Settings:
    """The settings of a network with some options of it, of its training and of reading, by their names.

    >>> settings_of("rnn", {"bidirectional": "true", "batch": 64}).fit.batch
    64

    Raises ``UsageError`` for a network, an option or a value that there is not.
    """
    if network not in CONFIGS:
        raise UsageError(f"no network {network!r}; known: {', '.join(sorted(CONFIGS))}")
    parts: tuple[Any, ...] = (CONFIGS[network](), FitConfig(), ReadConfig())
    known = sorted(option.name for part in parts for option in fields(part))
    unknown = sorted(set(options or ()) - set(known))
    if unknown:
        raise UsageError(f"{network} has no option {unknown[0]!r}; known: {', '.join(known)}")
    return Settings(*(_changed(part, options or {}) for part in parts))


def read_options(texts: Iterable[str]) -> dict[str, object]:
    """Options as they are typed; a list is written with commas.

    >>> read_options(["units=64", "filters=16,32"])
    {'units': '64', 'filters': ['16', '32']}
    """
    found: dict[str, object] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not value:
            raise UsageError(f"wanted NAME=VALUE, such as units=64; received {text!r}")
        found[name.strip()] = value.split(",") if "," in value else value.strip()
    return found


def _changed(part: Any, options: Mapping[str, object]) -> Any:
    own = {name: options[name] for name in sorted(options) if name in {option.name for option in fields(part)}}
    if isinstance(own.get("filters"), str):
        own["filters"] = [own["filters"]]
    try:
        checked = TypeAdapter(type(part)).validate_python(own)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UsageError(f"option {place}: {first['msg']}; received {first['input']!r}") from None
    _check_ranges(checked, own)
    return replace(part, **{name: getattr(checked, name) for name in own})


def _check_ranges(part: Any, names: Iterable[str]) -> None:
    """Counts are positive, shares lie below one. Raises ``UsageError``."""
    for name in names:
        value = getattr(part, name)
        if name in ("dropout", "smoothing") and not 0 <= value < 1:
            raise UsageError(f"option {name}: wanted a share of at least 0 and below 1; received {value}")
        if name == "colours" and value not in (1, 3):
            raise UsageError(f"option colours: wanted 1 (grey) or 3; received {value}")
        counts = value if isinstance(value, tuple) else (value,)
        positive = name not in ("dropout", "smoothing", "decay", "seed", "patience")
        if positive and any(not isinstance(n, str | bool) and n <= 0 for n in counts):
            raise UsageError(f"option {name}: wanted more than 0; received {value}")
