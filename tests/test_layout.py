"""The layout: imports point one way, the package lists are whole, files and functions keep their size."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PARTS = ("pipeline", "models", "flows")
# What a part may import of the others, and what none of its files may import at all.
ALLOWED = {"pipeline": {"pipeline"}, "models": {"pipeline", "models"}, "flows": {"pipeline", "models", "flows"}}
HEAVY = {"pipeline": {"tensorflow", "keras", "prefect"}, "models": {"prefect"}, "flows": set()}
LONGEST_FILE = 350
LONGEST_FUNCTION = 60

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = SETTINGS["tool"]["setuptools"]


def source_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(path: Path) -> Iterator[str]:
    """Full names of the modules that a file imports, anywhere in it; a relative import begins with a dot."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def wrong_imports(path: Path, part: str) -> list[str]:
    wrong = []
    for name in imported(path):
        first, _, rest = name.partition(".")
        inner = rest.partition(".")[0]
        points_up = first == "graphwright" and inner not in ALLOWED[part]
        if not first or first in PARTS or first in HEAVY[part] or points_up:
            wrong.append(name)
    return wrong


@pytest.mark.parametrize("part", PARTS)
def test_imports_point_one_way(part: str) -> None:
    files = source_files(part)
    assert files
    assert {shown(path): wrong for path in files if (wrong := wrong_imports(path, part))} == {}


@pytest.mark.parametrize(
    "line",
    [
        "from graphwright.models.rnn import x",
        "import prefect.tasks",
        "from . import x",
        "from .x import y",
        "import flows",
    ],
)
def test_an_import_that_points_up_is_seen(line: str, tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(f"def f():\n    {line}\n")
    assert len(wrong_imports(file, "pipeline")) == 1


def packages_on_disk() -> list[str]:
    """Every folder of the parts that holds Python files; data folders belong to the package above them."""
    folders = {path.parent.relative_to(ROOT) for path in source_files(*PARTS)}
    return sorted(".".join(("graphwright", *folder.parts)) for folder in folders)


def folder_of(package: str) -> Path:
    return ROOT.joinpath(*package.split(".")[1:])


def test_every_package_is_listed() -> None:
    assert sorted(SETUPTOOLS["packages"]) == packages_on_disk()
    assert SETUPTOOLS["package-dir"] == {f"graphwright.{part}": part for part in PARTS}


def test_every_package_has_an_init_but_the_root_has_none() -> None:
    missing = [package for package in SETUPTOOLS["packages"] if not (folder_of(package) / "__init__.py").is_file()]
    assert missing == []
    assert not (ROOT / "__init__.py").exists()
    assert [part for part in PARTS if not (ROOT / part / "py.typed").is_file()] == []


def test_every_data_file_is_packed() -> None:
    packed = set()
    for package, patterns in SETUPTOOLS["package-data"].items():
        for name in SETUPTOOLS["packages"] if package == "*" else [package]:
            packed |= {path for pattern in patterns for path in folder_of(name).glob(pattern)}
    data = {
        path
        for part in PARTS
        for path in (ROOT / part).rglob("*")
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts
    }
    assert data
    assert sorted(shown(path) for path in data - packed) == []


def test_files_keep_their_size() -> None:
    lengths = {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in source_files(*PARTS)}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{shown(path)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_functions_keep_their_size() -> None:
    lengths = dict(found for path in source_files(*PARTS) for found in functions(path))
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_every_test_file_asserts_something() -> None:
    """A file of tests in which nothing is asserted cannot fail for the right reason."""
    silent = [
        shown(path)
        for path in source_files("tests")
        if path.name.startswith("test_") and not {"assert", "pytest.raises"} & set(_words(path))
    ]
    assert silent == []


def _words(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assert):
            yield "assert"
        elif isinstance(node, ast.Attribute):
            yield f"{ast.unparse(node.value)}.{node.attr}"
