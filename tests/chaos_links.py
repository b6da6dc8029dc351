"""What becomes of builds into a Neo4j that goes away, of two at once, and on a full disk (part of ``make chaos``).

Each trouble comes in the middle of a build that writes. That build is completed, or ends with one line and exit code 4;
the graph holds whole documents, and the next build ends with the digest of a graph that was never disturbed.
"""

from __future__ import annotations

import os
import resource
import selectors
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import chaos
from services.neo4j_server import server_at

from graphwright.flows.cli import main as command_line

REFUSED = 4
ROOMS = (200_000, 600_000, 1_500_000)
"""Bytes that a file may have on a full disk."""
CUTS = (0.0, 1.0, 2.0, 30.0)
"""Seconds for which a connection is cut."""
Address = tuple[str, int]


class Link:
    """A way to a server that can be cut: connections to ``uri`` go on to ``server`` while there is one."""

    def __init__(self, server: Address | None = None) -> None:
        self.server = server
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.uri = f"bolt://127.0.0.1:{self._listening.getsockname()[1]}"
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End all connections, now and until ``server`` is set again."""
        self.server = None
        for item in self._open:
            with suppress(OSError):
                item.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def _accept(self) -> None:
        while True:
            near, _ = self._listening.accept()
            try:
                far = socket.create_connection(self.server or ("127.0.0.1", 0))
            except OSError:  # cut, or the server is not up
                near.close()
                continue
            self._open += [near, far]
            threading.Thread(target=_forward, args=(near, far), daemon=True).start()


def _forward(near: socket.socket, far: socket.socket) -> None:
    with near, far, selectors.DefaultSelector() as ready, suppress(OSError):
        for source, target in ((near, far), (far, near)):
            ready.register(source, selectors.EVENT_READ, target)
        while True:
            for key, _ in ready.select():
                data = key.fileobj.recv(1 << 16)  # type: ignore[union-attr]  # sockets alone are registered
                if not data:
                    return
                key.data.sendall(data)


def address(uri: str) -> Address:
    """Host and port of a server."""
    parts = urlsplit(uri)
    return str(parts.hostname), int(parts.port or 0)


def full_disk(random: Random, editions: dict[int, int], room: int) -> str:
    """A build where no file may grow beyond some bytes; returns its last words."""
    chaos.edit(editions, random)
    process = start_build("graph", room=room)
    process.join()
    assert_refused_or_done(process)
    words = last_words()
    recovered("graph")
    return words


def cut_off(link: Link, random: Random, editions: dict[int, int], delay: float, seconds: float) -> str:
    """A build whose connection is cut after a delay, for so many seconds; returns its last words."""
    chaos.edit(editions, random)
    process, server = start_build(link.uri), link.server
    process.join(delay)
    link.cut()
    time.sleep(seconds)
    link.server = server
    process.join()
    assert_refused_or_done(process)
    words = last_words()
    recovered(link.uri)
    return words


def restarted(link: Link, home: Path, random: Random, editions: dict[int, int], delay: float) -> str:
    """A build whose server stops after a delay and starts again; returns its last words."""
    with server_at(home) as server:
        os.environ |= chaos.access(server)
        link.server = address(server.uri)
        chaos.build(link.uri)
        chaos.edit(editions, random)
        process = start_build(link.uri)
        process.join(delay)
    link.cut()
    with server_at(home) as server:
        link.server = address(server.uri)
        process.join()
        assert_refused_or_done(process)
        words = last_words()
        recovered(link.uri)
    return words


def two_builds(target: str, random: Random, editions: dict[int, int]) -> None:
    """Two builds of one corpus into one database at once: both are completed."""
    chaos.edit(editions, random)
    builds = [start_build(target), start_build(target)]
    for process in builds:
        process.join()
    assert [process.exitcode for process in builds] == [0, 0], last_words()
    recovered(target)


def recovered(target: str) -> None:
    """Documents are whole, and the next build ends as if nothing had been."""
    chaos.assert_whole(target)
    assert chaos.build(target) == chaos.undisturbed()


def start_build(target: str, *, room: int | None = None) -> BaseProcess:
    """``graphwright build corpus --to target`` in a process of its own; what it says is in the file ``said``."""
    names = {name: value for name, value in os.environ.items() if name.startswith("NEO4J_")}
    process = chaos.CONTEXT.Process(target=_command, args=(str(Path.cwd()), names, target, room))
    process.start()
    return process


def _command(folder: str, environment: Mapping[str, str], target: str, room: int | None) -> None:
    os.chdir(folder)
    os.environ |= environment
    said = os.open("said", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(said, stream)
    if room is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    sys.argv = ["graphwright", "build", "corpus", "--to", target, "--annotator", "fakes:gazetteer"]
    command_line()


def last_words() -> str:
    """The last line that the last build said."""
    lines = [line for line in Path("said").read_text(encoding="utf-8").splitlines() if line.strip()]
    assert not any(line.startswith("Traceback") for line in lines), "\n".join(lines)
    return lines[-1]


def assert_refused_or_done(process: BaseProcess) -> None:
    """Completed, or ended with the exit code of targets and one line that names the trouble."""
    words = last_words()
    assert process.exitcode == 0 or (process.exitcode == REFUSED and words.startswith("error: ")), words


@contextmanager
def fresh_corpus() -> Iterator[dict[int, int]]:
    """A corpus in a folder of its own; gives the edition of each document."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.chdir(folder)
        editions = dict.fromkeys(range(chaos.DOCUMENTS), 0)
        chaos.write_corpus(editions)
        yield editions


def main() -> None:
    random = Random(13)
    with fresh_corpus() as editions:
        chaos.build("graph")
        for room in ROOMS:
            print(f"no file above {room:,} bytes:", full_disk(random, editions, room), flush=True)
    with chaos.neo4j_target() as target, fresh_corpus() as editions:
        link = Link(address(target))
        chaos.build(target)
        for seconds in CUTS:
            words = cut_off(link, random, editions, random.uniform(1, 4), seconds)
            print(f"connection cut for {seconds:.0f} s:", words, flush=True)
        for _ in range(3):
            two_builds(target, random, editions)
            print("two builds at once: done", flush=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home, fresh_corpus() as editions:
        link = Link()
        for _ in range(2):
            words = restarted(link, Path(home), random, editions, random.uniform(1, 4))
            print("Neo4j restarted:", words, flush=True)


if __name__ == "__main__":
    import chaos_links

    chaos_links.main()  # under its own name, so that processes that it starts find its functions
