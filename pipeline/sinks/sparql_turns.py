"""Turns of those who write to one endpoint at once: whoever is overtaken between reading and writing does it again.

No transaction of SPARQL spans requests, but an update request is one on the common servers. So each write moves a graph
that marks the last one. That fails, and all of the write with it, where another has moved the mark since.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Final, TypeVar
from uuid import uuid4

from graphwright.pipeline.errors import OvertakenError, StoreError
from graphwright.pipeline.vocabulary import BASE, GW, STORE_GRAPH

T = TypeVar("T")

MARK: Final = BASE + "write:"
"""Begins the name of the graph that marks the last write; the graph says nothing."""
PAUSES: Final = (0.1, 0.2, 0.5, 1, 2, 4, *(8,) * 6)
"""Seconds at most before the next attempt to write where others do."""
_SAID: Final = f"{STORE_GRAPH} {GW.lastWrite} {STORE_GRAPH}"
LAST: Final = f"SELECT ?last WHERE {{ GRAPH ?last {{ {_SAID} }} }}"
FIRST: Final = f"""INSERT {{ GRAPH <{MARK}first> {{ {_SAID} }} }}
WHERE {{ FILTER NOT EXISTS {{ GRAPH ?last {{ {_SAID} }} }} }}"""
"""Sets the mark where nobody has written."""


def after(last: str) -> str:
    """What makes a write the one that follows ``last`` (an IRI), and fails where that is the last no more."""
    return f"MOVE GRAPH <{last}> TO GRAPH <{MARK}{uuid4().hex}>"


def in_turn(work: Callable[[], T], target: str) -> T:
    """Do what reads and then writes, again as often as others overtake it.

    Raises ``StoreError`` where that takes more than a minute.
    """
    for pause in PAUSES:
        try:
            return work()
        except OvertakenError:
            time.sleep(random.uniform(0.5, 1) * pause)
    raise StoreError(f"{target}: others write to it all the time; run this again when they have ended")
