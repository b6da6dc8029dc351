"""The documents are true: examples in docstrings hold, the blocks of README run, and every command is told of."""

from __future__ import annotations

import doctest
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import readme_blocks
from readme_blocks import Block, Step, as_shown, masked, read_blocks, rewrite, steps_of
from typer.main import get_command

from graphwright.flows.cli import app

if TYPE_CHECKING:
    from services.neo4j_server import Neo4jServer

ROOT = Path(__file__).parents[1]
PARTS = ("pipeline", "models", "flows")
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = read_blocks(README)
KINDS = {"", "neo4j", "by-hand"}


def module_names() -> list[str]:
    """Each part is walked by itself: the root is a namespace that an editable install does not list."""
    found = []
    for part in PARTS:
        package = import_module(f"graphwright.{part}")
        found += [module.name for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    return found


@pytest.mark.parametrize("name", module_names())
def test_a_module_imports_and_its_examples_hold(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0


def test_there_are_examples_in_docstrings() -> None:
    sources = (path.read_text(encoding="utf-8") for part in PARTS for path in (ROOT / part).rglob("*.py"))
    assert sum(">>> " in source for source in sources) >= 3


def numbers(kind: str) -> list[object]:
    """Blocks of a kind that do something, named by their line in README."""
    runs = [number for number, block in enumerate(BLOCKS) if block.kind == kind and steps_of(BLOCKS, number)]
    return [pytest.param(number, id=f"line{BLOCKS[number].line}") for number in runs]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One folder for all blocks, as for a reader who types them one after the other."""
    with readme_blocks.workplace() as name:
        yield Path(name)


def check(step: Step, folder: Path, environment: dict[str, str] | None = None) -> None:
    printed = readme_blocks.run(step, folder, environment)
    if step.shown is not None:
        assert masked(as_shown(printed, step.shown)) == masked(step.shown), "make readme puts in what is printed now"


@pytest.mark.slow
@pytest.mark.parametrize("number", numbers(""))
def test_a_block_of_the_readme_prints_what_it_shows(number: int, folder: Path) -> None:
    for step in steps_of(BLOCKS, number):
        check(step, folder)


@pytest.mark.slow
@pytest.mark.neo4j
def test_the_blocks_for_neo4j_print_what_they_show(neo4j_server: Neo4jServer, folder: Path) -> None:
    server = neo4j_server
    environment = {
        "NEO4J_URI": server.uri,
        "NEO4J_USERNAME": server.username,
        "NEO4J_PASSWORD": server.password,
        "NEO4J_DATABASE": server.database,
    }
    server.wipe()
    steps = [step for number, block in enumerate(BLOCKS) if block.kind == "neo4j" for step in steps_of(BLOCKS, number)]
    assert len(steps) >= 4
    for step in steps:
        check(step, folder, environment)
    server.wipe()


def test_blocks_are_of_a_known_kind() -> None:
    assert {block.kind for block in BLOCKS} <= KINDS
    assert {block.language for block in BLOCKS} <= {"console", "python", "cypher", "sparql", "text", "yaml", "toml"}
    assert {"console", "python", "cypher"} <= {block.language for block in BLOCKS}


def command_names() -> list[str]:
    names = []
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        names += [f"{name} {inner}" for inner in command.commands] if hasattr(command, "commands") else [name]
    return names


@pytest.mark.parametrize("name", command_names())
def test_every_command_is_in_the_readme(name: str) -> None:
    assert f"graphwright {name}" in README


def test_the_readme_names_no_command_that_is_not_there() -> None:
    known = {name.split()[0] for name in command_names()}
    used = set(re.findall(r"^\$ (?:\w+=\S+ )*graphwright (\w+)", README, re.MULTILINE))
    assert used
    assert used <= known


def test_deployments_of_the_readme_are_in_prefect_yaml() -> None:
    used = set(re.findall(r"deployment run '?(\w+)/(\w+)", README))
    assert used
    yaml = (ROOT / "prefect.yaml").read_text(encoding="utf-8")
    for flow, name in sorted(used):
        assert f"name: {name}\n    entrypoint: graphwright.flows.{flow}" in yaml.replace("training.train", "train")


def test_links_within_the_repository_lead_somewhere() -> None:
    for page in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        links = re.findall(r"\]\((?!https?://|#)([^)#]+)", (ROOT / page).read_text(encoding="utf-8"))
        assert [link for link in links if not (ROOT / link).exists()] == []


PAGE = """# A page
```console
$ printf 'one\\ntwo\\nthree\\n'
one
...
$ printf 'statement 0123456789ab\\n' \\
    | cat
statement ba9876543210
$ true
```
```python
print(1 + 1)
```
```text
3
```
"""


def test_blocks_are_read_with_their_output() -> None:
    blocks = read_blocks(PAGE)
    assert [(block.language, block.line) for block in blocks] == [("console", 2), ("python", 11), ("text", 14)]
    assert [step.shown for step in steps_of(blocks, 0)] == ["one\n...\n", "statement ba9876543210\n", None]
    assert [step.shown for step in steps_of(blocks, 1)] == ["3\n"]


def test_rewriting_puts_in_what_is_printed_and_leaves_the_rest() -> None:
    assert rewrite(PAGE) == PAGE.replace("```text\n3\n", "```text\n2\n")


@pytest.mark.parametrize(
    ("block", "message"),
    [("```console\n$ exit 3\n```\n", "ended with 3"), ("```console\n$ true\nsomething\n```\n", "prints nothing")],
)
def test_a_block_that_fails_or_falls_silent_is_an_error(block: str, message: str) -> None:
    with pytest.raises(readme_blocks.BlockError, match=message):
        rewrite(block)


def test_a_wrong_output_is_seen(tmp_path: Path) -> None:
    blocks = [Block("console", "", "$ echo 1\n2\n", 1, 0)]
    with pytest.raises(AssertionError, match="make readme"):
        check(steps_of(blocks, 0)[0], tmp_path)
