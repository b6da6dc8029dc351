"""The fenced blocks of a page: reading them, running them, and putting in what they print.

A block opens with its language and, after it, its kind: ``console neo4j`` needs the server, ``console by-hand`` is
not run. In ``console`` a line ``$ command`` is run by bash and the lines up to the next one are its standard output;
a last line ``...`` stands for more. A ``text`` block holds what the ``python`` or ``cypher`` block before it prints.
Where no output is shown none is compared. Ids depend on where a file lies: long hexadecimal numbers count as equal.

As a program (``make readme``) it writes the true output into the page; blocks that need a server are left as they are.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
FENCE = re.compile(r"^```(?P<info>\w[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
IDS = re.compile(r"\b[0-9a-f]{12,64}\b")
MORE = "..."
OURS = ("GRAPHWRIGHT_", "NEO4J_", "PREFECT_")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block; ``line`` is the number of its fence in the page, ``start`` the place of its body."""

    language: str
    kind: str
    body: str
    line: int
    start: int


@dataclass(frozen=True, slots=True)
class Step:
    """A command with the output that the page shows; ``None`` where the page shows none."""

    command: tuple[str, ...]
    shown: str | None
    start: int
    end: int


class BlockError(Exception):
    """A block ended with an error."""


def read_blocks(page: str) -> list[Block]:
    """All blocks in order."""
    blocks = []
    for match in FENCE.finditer(page):
        language, _, kind = match["info"].partition(" ")
        line = page.count("\n", 0, match.start()) + 1
        blocks.append(Block(language, kind.strip(), match["body"], line, match.start("body")))
    return blocks


def steps_of(blocks: list[Block], number: int) -> list[Step]:
    """What is to be run of a block, and where in the page its output stands."""
    block = blocks[number]
    if block.language == "console":
        return _console_steps(block)
    commands = {
        "python": (sys.executable, "-c", block.body),
        "cypher": ("graphwright", "query", "neo4j", block.body),
    }
    if block.language not in commands:
        return []
    after = blocks[number + 1] if number + 1 < len(blocks) else None
    if after is None or after.language != "text":
        return [Step(commands[block.language], None, 0, 0)]
    return [Step(commands[block.language], after.body, after.start, after.start + len(after.body))]


def _console_steps(block: Block) -> list[Step]:
    steps: list[Step] = []
    place = block.start
    for part in re.split(r"(?m)^(?=\$ )", block.body):
        if part.startswith("$ "):
            command = re.match(r"\$ (?:.*\\\n)*.*\n", part)
            assert command, f"line {block.line}: a command that does not end"
            shown = part[command.end() :]
            steps.append(Step(("bash", "-c", command[0][2:]), shown or None, place + command.end(), place + len(part)))
        place += len(part)
    return steps


def workplace() -> tempfile.TemporaryDirectory[str]:
    """A folder with the examples and prefect.yaml, as a checkout has them."""
    folder = tempfile.TemporaryDirectory(prefix="readme-")
    shutil.copytree(ROOT / "examples", Path(folder.name) / "examples")
    shutil.copy(ROOT / "prefect.yaml", folder.name)
    return folder


def run(step: Step, folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """The standard output of a step. Raises ``BlockError`` where it fails."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        step.command,
        cwd=folder,
        env={**kept, "PATH": tools, "HOME": str(folder), **(environment or {})},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode:
        raise BlockError(f"{' '.join(step.command)}\nended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def as_shown(printed: str, shown: str) -> str:
    """What is printed, cut where the page cuts it."""
    wanted = shown.splitlines()
    lines = [line.rstrip() for line in printed.splitlines()]
    if wanted[-1] == MORE and len(lines) >= len(wanted):
        lines = [*lines[: len(wanted) - 1], MORE]
    return "".join(f"{line}\n" for line in lines)


def masked(text: str) -> str:
    """Text without its ids.

    >>> masked("statement 0123456789ab of 2 documents")
    'statement # of 2 documents'
    """
    return IDS.sub("#", text)


def rewrite(page: str) -> str:
    """The page with true output. Raises ``BlockError`` where a block fails or prints nothing where it should."""
    blocks = read_blocks(page)
    changes = []
    with workplace() as folder:
        for number, block in enumerate(blocks):
            for step in [] if block.kind else steps_of(blocks, number):
                printed = run(step, Path(folder))
                if step.shown is None:
                    continue
                if not printed.strip():
                    raise BlockError(f"line {block.line}: {' '.join(step.command)}\nprints nothing")
                if masked(new := as_shown(printed, step.shown)) != masked(step.shown):
                    changes.append((step.start, step.end, new))
    for start, end, new in reversed(changes):
        page = page[:start] + new + page[end:]
    return page


if __name__ == "__main__":
    path = Path(sys.argv[1])
    try:
        path.write_text(rewrite(path.read_text(encoding="utf-8")), encoding="utf-8")
    except BlockError as error:
        sys.exit(f"error: {error}")
