"""The reference load of the speed table: a fixed piece of work on one core, whose seconds tell how fast a core is.

It is what extraction is made of: the matrix products of an encoder's layers, in float32, and a loop of plain Python.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

LENGTH, WIDTH, INNER, LAYERS = 512, 384, 1536, 6
STEPS = 400_000
LOADS = 5
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def reference_loads() -> list[float]:
    """Seconds of each of several loads, in a process of its own: NumPy reads its number of threads as it starts."""
    one_thread = {**os.environ, **dict.fromkeys(THREADS, "1")}
    done = subprocess.run([sys.executable, __file__], env=one_thread, capture_output=True, text=True, check=True)
    return [float(line) for line in done.stdout.split()]


def timed_loads() -> Iterator[float]:
    """The loads, one after the other, in this process."""
    import numpy as np

    chance = np.random.default_rng(13)
    shapes = ((LENGTH, WIDTH), (WIDTH, WIDTH), (WIDTH, INNER), (INNER, WIDTH))
    states, square, wide, narrow = (chance.standard_normal(shape, np.float32) for shape in shapes)
    for _ in range(LOADS):
        started = time.perf_counter()
        for _ in range(LAYERS):
            for _ in range(4):
                _ = states @ square
            _ = (states @ wide) @ narrow
        python_loop(STEPS)
        yield time.perf_counter() - started


def python_loop(steps: int) -> dict[int, int]:
    """Pseudo-random numbers (a linear congruential generator), counted in a table."""
    number, table = 1, dict.fromkeys(range(4096), 0)
    for _ in range(steps):
        number = (number * 1_103_515_245 + 12_345) & 0x7FFFFFFF
        table[number & 4095] += 1
    return table


if __name__ == "__main__":
    print(*timed_loads(), sep="\n", flush=True)
