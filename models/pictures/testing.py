"""How good a picture network is: flags of the other package, logos among pictures of none, and its calibration."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from graphwright.models.pictures.negatives import drawn_negative
from graphwright.models.pictures.runtime import PictureNetwork
from graphwright.models.pictures.sets import NOTHING, Drawings, Source, one_from, some_of

FLAGS, LOGOS, SHOTS = 8, 16, 2
"""Pictures of each drawing: in the tests of flags and of logos, and in calibration."""
BINS = 15
LIKELY = 0.5
Labelled = tuple[NDArray[np.uint8], NDArray[np.int64]]


def calibration_set(drawings: Drawings) -> Labelled:
    """Learned drawings as they were not seen before, and as many pictures of none."""
    known = [some_of(drawings.flags, SHOTS, 101), some_of(drawings.logos, 2 * SHOTS, 102)]
    return joined([*known, *nothing(sum(len(part[1]) for part in known), drawings.calibrating, 103)])


def logo_set(drawings: Drawings) -> Labelled:
    """Linked logos, and as many pictures of none, half of them logos that are not linked and were not learned."""
    known = some_of(drawings.logos, LOGOS, 201)
    return joined([known, *nothing(len(known[1]), drawings.strangers, 202)])


def nothing(count: int, logos: Source, seed: int) -> list[Labelled]:
    """So many pictures of none of the classes: half drawn by chance, half of logos."""
    chance = np.random.default_rng(seed)
    marks = np.stack([one_from(logos, chance)[0] for _ in range(count // 2)])
    drawn = np.stack([drawn_negative(chance) for _ in range(count - count // 2)])
    return [(part, np.full(len(part), NOTHING, np.int64)) for part in (marks, drawn)]


def joined(parts: list[Labelled]) -> Labelled:
    pictures, targets = zip(*parts, strict=True)
    return np.concatenate(pictures), np.concatenate(targets)


def figures(network: PictureNetwork, drawings: Drawings) -> dict[str, float]:
    """Top-1 of flags; micro F1 of logos at any and at kept scores; expected calibration error; pictures a second."""
    flags, flag_targets = some_of(drawings.tested, FLAGS, 301, other_hand=False)
    found = network.probabilities(flags)
    logos, logo_targets = logo_set(drawings)
    started = time.perf_counter()
    answers = network.probabilities(logos)
    seconds = time.perf_counter() - started
    both = np.concatenate([found, answers]), np.concatenate([flag_targets, logo_targets])
    return {
        "flags_top1": float((best(found) == flag_targets).mean()),
        "flags": float(len(flags)),
        "logos_f1": f1(best(answers), logo_targets),
        "logos": float(len(logos)),
        "nothing_kept": float((answers[logo_targets == NOTHING, 1:].max(axis=1) >= LIKELY).mean()),
        "ece": calibration_error(*both),
        "pictures_per_second": len(logos) / seconds,
    }


def best(found: NDArray[np.float32]) -> NDArray[np.int64]:
    """The likeliest class of each picture. Shape: (pictures, classes) -> int64 (pictures,)."""
    return np.asarray(found.argmax(axis=1), np.int64)


def f1(predicted: NDArray[np.int64], true: NDArray[np.int64]) -> float:
    """Micro F1 over all classes but ``NOTHING``."""
    hits = ((predicted == true) & (true != NOTHING)).sum()
    stated = (predicted != NOTHING).sum() + (true != NOTHING).sum()
    return float(2 * hits / max(1, stated))


def calibration_error(found: NDArray[np.float32], true: NDArray[np.int64]) -> float:
    """Expected calibration error of the best class's score, "none of these" aside, over bins of equal width."""
    score, right = found[:, 1:].max(axis=1), found[:, 1:].argmax(axis=1) + 1 == true
    place = np.minimum((score * BINS).astype(np.int64), BINS - 1)
    gaps = [abs(score[place == b].mean() - right[place == b].mean()) * (place == b).sum() for b in sorted(set(place))]
    return float(sum(gaps) / max(1, len(true)))
