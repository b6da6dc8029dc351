"""Work spread over processes, answers in the order of the tasks; with one worker, all of it happens in this process."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from graphwright.pipeline.errors import GraphwrightError

Task = TypeVar("Task")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Workers:
    """``count`` processes, or none where ``pool`` is ``None``."""

    count: int
    pool: ProcessPoolExecutor | None

    def ordered(self, work: Callable[[Task], Answer], tasks: Iterable[Task]) -> Iterator[Answer]:
        """The answers in the order of the tasks, of which only a few are held at a time."""
        if self.pool is None:
            yield from map(work, tasks)
            return
        waiting: deque[Future[Answer]] = deque()
        for task in tasks:
            waiting.append(self.pool.submit(work, task))
            while waiting[0].done() or len(waiting) > self.count + 1:
                yield waiting.popleft().result()
                if not waiting:
                    break
        while waiting:
            yield waiting.popleft().result()

    def start(self, work: Callable[[Task], Answer], task: Task) -> Callable[[], Answer]:
        """Begin one task; the function that is returned waits for the answer."""
        if self.pool is None:
            return lambda: work(task)
        return self.pool.submit(work, task).result


@contextmanager
def workers(count: int) -> Iterator[Workers]:
    """Processes that end with the block. Raises ``GraphwrightError`` where one of them is killed."""
    if count < 2:
        yield Workers(1, None)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_prepare)
    try:
        yield Workers(count, pool)
    except BrokenProcessPool as error:
        raise GraphwrightError(
            "wanted all worker processes to live; one was killed, perhaps for want of memory. "
            "Run the same command again with --workers 1: it goes on where it was"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _prepare() -> None:
    """Leave Ctrl-C to the parent, and end with it: a pool's processes outlive a parent that is killed.

    What is made of lines is millions of small objects without cycles: looking for cycles takes a tenth of the time.
    """
    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
