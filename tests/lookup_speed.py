"""How long a knowledge base takes to look names up, warm: `python tests/lookup_speed.py FILE`.

Names are drawn from the file by a seed. Each is asked for once to warm up the pages it lies on, then timed with the
memory of earlier answers emptied.
"""

from __future__ import annotations

import random
import sqlite3
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from graphwright.pipeline.knowledge import KnowledgeBase

COUNT = 10_000
SEED = 3


def drawn(path: Path, chance: random.Random) -> list[str]:
    """Names and aliases, spread over the whole file."""
    database = sqlite3.connect(path)
    ids = [row[0] for row in database.execute("SELECT id FROM entity")]
    found = []
    for item in chance.sample(ids, min(COUNT, len(ids))):
        query = "SELECT name FROM entity WHERE id = ? UNION SELECT name FROM name WHERE entity = ?"
        found.append(chance.choice(database.execute(query, (item, item)).fetchall())[0])
    database.close()
    return found


def most_shared(path: Path) -> str:
    """The key that most entities have."""
    database = sqlite3.connect(path)
    key: str = database.execute("SELECT key FROM alias WHERE rank = 0 ORDER BY sharing DESC, key LIMIT 1").fetchone()[0]
    database.close()
    return key


def misspelt(name: str) -> str:
    return name[:-2] + name[-1:]


def timed(path: Path, names: Sequence[str]) -> list[float]:
    """Milliseconds of each look-up, in order of size: the best of three, since others may use the machine."""
    warm = KnowledgeBase.open(path)
    for name in names:
        warm.candidates(name)
    warm.close()
    return sorted(map(min, zip(*(_once(path, names) for _ in range(3)), strict=True)))


def _once(path: Path, names: Sequence[str]) -> list[float]:
    base = KnowledgeBase.open(path)
    base.candidates("a name that opens the file")
    times = []
    for name in names:
        began = time.perf_counter()
        base.candidates(name)
        times.append(1000 * (time.perf_counter() - began))
    base.close()
    return times


def main() -> None:
    path, chance = Path(sys.argv[1]), random.Random(SEED)
    names = sorted(set(drawn(path, chance)))
    chance.shuffle(names)
    shared = most_shared(path)
    cases = (
        ("names in it", names),
        ("names with a letter left out", [misspelt(name) for name in names[:2000]]),
        ("names of nobody", [f"Xq{number} Zzyv{number * 7919 % 10007}" for number in range(2000)]),
        (f"the most shared ({shared!r})", [shared]),
    )
    print(f"{'ms for each look-up':<40} {'median':>8} {'p99':>8} {'worst':>8}")
    for label, asked in cases:
        times = timed(path, asked)
        middle, high = times[len(times) // 2], times[int(len(times) * 0.99)]
        print(f"{label:<40} {middle:8.3f} {high:8.3f} {times[-1]:8.3f}")


if __name__ == "__main__":
    main()
